// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// beast_buffer.hpp - a Beast dynamic buffer as the receive buffer of a standalone Asio stream.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/flat_static_buffer.hpp>
#include <boost/beast/core/static_buffer.hpp>
#include <cstddef>
#include <string_view>

#include <asio/buffer.hpp>

namespace msrp::inline v0::transport {

/// A short list of Asio buffers, as Asio's read and write calls want it. It names no Boost type, so
/// no Boost.Asio function is found by argument-dependent lookup.
template <class Buffer>
class buffer_list {
   public:
    using value_type = Buffer;
    using const_iterator = Buffer const*;
    /// Beast's own buffers have two pieces at most; a write has a head, a body and an end-line.
    static constexpr std::size_t capacity = 16;

    [[nodiscard]] const_iterator begin() const noexcept { return items_.data(); }
    [[nodiscard]] const_iterator end() const noexcept { return items_.data() + size_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// @return false where the list is full.
    bool add(Buffer const& b) noexcept {
        if (size_ == capacity) return false;
        items_[size_++] = b;
        return true;
    }

   private:
    std::array<Buffer, capacity> items_{};
    std::size_t size_ = 0;
};

using mutable_buffer_list = buffer_list<::asio::mutable_buffer>;
using const_buffer_list = buffer_list<::asio::const_buffer>;

using flat_buffer = boost::beast::flat_buffer;  ///< grows on the heap up to its max_size()
template <std::size_t N>
using flat_static_buffer = boost::beast::flat_static_buffer<N>;  ///< N octets inside the object

/// The writable part of a Beast dynamic buffer, for Asio.
/// @param size octets wanted. @return up to `size` octets of space (fewer near the buffer's
///         max_size(), none where it is full). Valid until the buffer changes.
template <class DynamicBuffer>
[[nodiscard]] mutable_buffer_list prepare(DynamicBuffer& buffer, std::size_t size) {
    mutable_buffer_list out;
    std::size_t const room = buffer.max_size() - buffer.size();
    auto const space = buffer.prepare(size < room ? size : room);
    auto const end = boost::asio::buffer_sequence_end(space);
    for (auto it = boost::asio::buffer_sequence_begin(space); it != end; ++it) {
        boost::asio::mutable_buffer const piece(*it);
        if (piece.size() != 0) out.add({piece.data(), piece.size()});
    }
    return out;
}

/// Calls `f(std::string_view)` for each piece of the readable part, in order; then nothing of it is
/// taken away: call `buffer.consume()`. The views are valid until the buffer changes.
template <class DynamicBuffer, class F>
void for_each_piece(DynamicBuffer const& buffer, F&& f) {
    auto const readable = buffer.cdata();
    auto const end = boost::asio::buffer_sequence_end(readable);
    for (auto it = boost::asio::buffer_sequence_begin(readable); it != end; ++it) {
        boost::asio::const_buffer const piece(*it);
        if (piece.size() != 0)
            f(std::string_view(static_cast<char const*>(piece.data()), piece.size()));
    }
}

}  // namespace msrp::inline v0::transport
