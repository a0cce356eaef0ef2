// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// body_source.hpp - where the body of a message to be sent comes from, block by block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace msrp::inline v0 {

/// What a body source has to say about the octets it gives.
enum class body_state : std::uint8_t {
    more,    ///< ask again once these octets are used
    last,    ///< these octets (none is allowed) end the message
    wait,    ///< nothing now; tell the session by `resume` when there is (no octets are given)
    failed,  ///< nothing ever again: the message is aborted with "#" (CHK-7.3.1-4)
};

/// Some octets of a body.
struct body_piece {
    std::string_view octets{};
    body_state state = body_state::more;
};

/// A body that is made while it is sent: of known or unknown length, from a file or a generator.
/// Owned by the caller; it lives until the message is done.
class body_source {
   public:
    body_source() = default;
    body_source(body_source const&) = default;
    body_source& operator=(body_source const&) = default;

    /// The octets behind those given before.
    /// @param at_most the session has no use for more octets at once; a piece that is longer is
    ///        still sent, block by block.
    /// @return a view that lives until the next call of `next` or the end of the message; the
    ///         octets are never copied. An empty piece that is `more` counts as `wait`.
    [[nodiscard]] virtual body_piece next(std::size_t at_most) = 0;

    /// Passes over the next octets, which are known to have arrived (CON-5.4-6), where that is
    /// quicker than to give them: a file seeks.
    /// @return how many of `octets` were passed over, by default none. The session asks for the
    /// rest
    ///         by `next`, and throws it away.
    [[nodiscard]] virtual std::uint64_t skip(std::uint64_t octets) {
        static_cast<void>(octets);
        return 0;
    }

   protected:
    ~body_source() = default;  // never destroyed by who only reads from it
};

}  // namespace msrp::inline v0
