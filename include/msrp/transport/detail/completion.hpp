// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// completion.hpp - the handler of an operation that ends later, whatever its completion token was.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include <asio/any_io_executor.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/cancellation_type.hpp>
#include <asio/dispatch.hpp>
#include <asio/execution/context.hpp>
#include <asio/execution/outstanding_work.hpp>
#include <asio/execution_context.hpp>
#include <asio/post.hpp>
#include <asio/prefer.hpp>
#include <asio/query.hpp>

namespace msrp::inline v0::transport::detail {

/// The handlers that wait, of one execution context: when it is destroyed it destroys them, as it
/// does the handlers of Asio's own operations. Else a coroutine that waits for a driver, and that
/// owns this driver, would be kept for ever.
class waiting_room final : public ::asio::execution_context::service {
   public:
    using key_type = waiting_room;
    static inline ::asio::execution_context::id id{};

    class guest : public std::enable_shared_from_this<guest> {
       public:
        guest() = default;
        guest(guest const&) = delete;
        guest& operator=(guest const&) = delete;
        virtual ~guest() = default;
        /// The handler is destroyed, uncalled.
        virtual void drop() noexcept = 0;

       private:
        friend class waiting_room;
        guest* next_ = nullptr;
        guest** link_ = nullptr;  ///< what points to it; null: not in
    };

    explicit waiting_room(::asio::execution_context& context) : service(context) {}
    void enter(guest& g) {
        std::lock_guard const lock(mutex_);
        g.next_ = first_;
        g.link_ = &first_;
        if (first_ != nullptr) first_->link_ = &g.next_;
        first_ = &g;
    }
    void leave(guest& g) noexcept {
        std::lock_guard const lock(mutex_);
        take_out(g);
    }

   private:
    static void take_out(guest& g) noexcept {
        if (g.link_ == nullptr) return;
        *g.link_ = g.next_;
        if (g.next_ != nullptr) g.next_->link_ = g.link_;
        g.link_ = nullptr;
    }
    void shutdown() override {
        for (;;) {
            std::shared_ptr<guest> g;  // what goes with its handler may take others away
            {
                std::lock_guard const lock(mutex_);
                if (first_ == nullptr) return;
                g = first_->shared_from_this();
                take_out(*g);
            }
            g->drop();
        }
    }

    std::mutex mutex_;
    guest* first_ = nullptr;
};

/// Keeps the handler, and the executors that must not run dry before it was called.
template <class... Results>
class completion {
   public:
    completion() noexcept = default;
    /// @param on_cancel called as a function when the operation's cancellation slot says so.
    template <class Handler, class Cancel>
    completion(::asio::any_io_executor const& executor, Handler&& handler, Cancel on_cancel) {
        auto& room =
            ::asio::use_service<waiting_room>(::asio::query(executor, ::asio::execution::context));
        auto kept = std::make_shared<kept_of<std::decay_t<Handler>>>(
            executor, std::forward<Handler>(handler), std::move(on_cancel), room);
        room.enter(*kept);
        kept_ = std::move(kept);
    }

    explicit operator bool() const noexcept { return kept_ != nullptr; }
    /// Calls the handler once, in its executor, never from within this call.
    void operator()(Results... results) {
        if (auto const kept = std::exchange(kept_, nullptr)) kept->call(std::move(results)...);
    }

   private:
    struct any_kept : waiting_room::guest {
        virtual void call(Results... results) = 0;
    };
    template <class Handler>
    struct kept_of final : any_kept {
        template <class H, class Cancel>
        kept_of(::asio::any_io_executor const& executor, H&& h, Cancel on_cancel,
                waiting_room& waits_in)
            : waiting(std::in_place, std::forward<H>(h), executor), room(waits_in) {
            auto slot = ::asio::get_associated_cancellation_slot(waiting->handler);
            if (!slot.is_connected()) return;
            // Posted: this must not be destroyed by the completion that it leads to.
            slot.assign([executor, cancel = std::move(on_cancel)](::asio::cancellation_type type) {
                if (type != ::asio::cancellation_type::none) ::asio::post(executor, cancel);
            });
        }
        ~kept_of() override {
            if (waiting) room.leave(*this);  // else it left, and the room may be gone
        }
        void drop() noexcept override { auto const gone = std::exchange(waiting, std::nullopt); }
        void call(Results... results) override {
            if (!waiting) return;
            room.leave(*this);
            auto now = std::exchange(waiting, std::nullopt);
            auto slot = ::asio::get_associated_cancellation_slot(now->handler);
            if (slot.is_connected()) slot.clear();
            // First here, then where the handler belongs: a promise's executor would otherwise make
            // use of a thread of Asio's.
            auto const io = now->io_work;
            ::asio::post(io, [now = std::move(*now), ... r = std::move(results)]() mutable {
                ::asio::dispatch(now.work,
                                 [h = std::move(now.handler), ... r = std::move(r)]() mutable {
                                     std::move(h)(std::move(r)...);
                                 });
            });
        }

        static auto work_of(auto const& executor) {
            return ::asio::prefer(executor, ::asio::execution::outstanding_work.tracked);
        }
        using own_executor = ::asio::associated_executor_t<Handler, ::asio::any_io_executor>;
        struct state {
            template <class H>
            state(H&& h, ::asio::any_io_executor const& executor)
                : handler(std::forward<H>(h)),
                  work(work_of(::asio::get_associated_executor(handler, executor))),
                  io_work(work_of(executor)) {}
            Handler handler;
            std::decay_t<decltype(work_of(std::declval<own_executor>()))> work;
            ::asio::any_io_executor io_work;
        };
        std::optional<state> waiting;
        waiting_room& room;
    };
    std::shared_ptr<any_kept> kept_{};
};

}  // namespace msrp::inline v0::transport::detail
