// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// time_limit.hpp - ends what is being awaited when it takes too long.
#pragma once

#include <chrono>
#include <memory>
#include <system_error>
#include <utility>

#include <asio/steady_timer.hpp>

namespace msrp::inline v0::transport::detail {

/// Calls `cancel()` once, in the executor given, when `limit` has passed, unless this object was
/// destroyed before. A limit of zero or less is none.
template <class Cancel>
class time_limit {
   public:
    template <class Executor>
    time_limit(Executor const& executor, std::chrono::steady_clock::duration limit, Cancel cancel)
        : timer_(executor), state_(std::make_shared<state>(std::move(cancel))) {
        if (limit <= limit.zero()) return;
        timer_.expires_after(limit);
        timer_.async_wait([s = state_](std::error_code ec) {
            if (ec || !s->armed) return;
            s->expired = true;
            s->cancel();
        });
    }
    time_limit(time_limit const&) = delete;
    time_limit& operator=(time_limit const&) = delete;
    /// A handler that is queued already finds `armed` false.
    ~time_limit() { state_->armed = false; }

    [[nodiscard]] bool expired() const noexcept { return state_->expired; }

   private:
    struct state {
        explicit state(Cancel&& c) : cancel(std::move(c)) {}
        Cancel cancel;
        bool armed = true;
        bool expired = false;
    };
    ::asio::steady_timer timer_;
    std::shared_ptr<state> state_;
};

}  // namespace msrp::inline v0::transport::detail
