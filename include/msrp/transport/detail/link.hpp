// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// link.hpp - what an endpoint's driver keeps of one connection.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <msrp/session_event.hpp>
#include <msrp/transport/beast_buffer.hpp>
#include <msrp/transport/detail/completion.hpp>
#include <msrp/transport/stream.hpp>

namespace msrp::inline v0::transport::detail {

/// Handlers of reads and writes share it; `owner` is null once the driver is gone.
template <class Owner>
struct link {
    using clock = std::chrono::steady_clock;
    static constexpr std::size_t first_read = 4096;
    static constexpr std::size_t max_record = 16'384;  ///< octets (RFC 8446, section 5.1)

    link(stream&& s, connection_id number, Owner& of, std::size_t max_read)
        : connection(std::move(s)), id(number), owner(&of), buffer(max_read) {}

    /// Ends all that is under way. OpenSSL is told, too: a write that it was about to try again
    /// would look at octets that nobody keeps any longer.
    void close() {
        if (auto* const ssl = connection.ssl())
            SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        close_now(connection);
    }
    /// Over TLS: the beginning of what is to be written, in `record`, where it is in pieces and the
    /// first one does not fill a record of TLS. Asio's stream takes one piece at a time: each would
    /// be a record, and a packet, of its own. With nothing to be written the memory is given back.
    /// @return false: the pieces are to be written as they are.
    [[nodiscard]] bool fill_record(std::span<std::string_view const> output) {
        record.clear();
        if (output.empty()) record.shrink_to_fit();
        if (output.size() < 2 || output.front().size() >= max_record) return false;
        for (auto const piece : output) record.append(piece.substr(0, max_record - record.size()));
        return !record.empty();
    }
    [[nodiscard]] bool is_open() { return connection.lowest_layer().is_open(); }
    /// Nothing is under way that uses the stream.
    [[nodiscard]] bool at_rest() const noexcept { return !reading && !writing && !shutting; }

    stream connection;
    connection_id id;
    Owner* owner;
    flat_buffer buffer;
    std::string record{};
    std::size_t read_size = first_read;  ///< grows while reads fill it
    clock::time_point last_activity = clock::now();
    clock::time_point waits_since{};  ///< of a write, or of the peer's end
    std::error_code reason{};
    completion<std::error_code> on_end{};
    bool reading = false;
    bool held = false;  ///< nothing is read before the peer takes what waits for it
    bool writing = false;
    bool ending = false;
    bool shutting = false;   ///< its end is being told to the peer
    bool said_end = false;   ///< ... it was
    bool heard_end = false;  ///< the peer's end, or an error
    bool told = false;       ///< the endpoint knows that it is gone
    bool gone = false;       ///< nothing of it is left
};

}  // namespace msrp::inline v0::transport::detail
