// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk_puller.hpp - here are the octets: what is the next event, and how many were used?
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <msrp/chunk_event.hpp>
#include <msrp/detail/head_reader.hpp>
#include <msrp/end_line.hpp>
#include <msrp/error.hpp>
#include <msrp/limits.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// The pull parser: for a program that keeps the octets in a contiguous buffer of its own, a Beast
/// dynamic buffer for instance. It copies nothing, allocates nothing, and remembers offsets only,
/// so the buffer may move its octets between calls. Same events and errors as `chunk_parser`.
///
///     auto const got = puller.next(buffer_octets, event);
///     if (got.status == parse_status::event) handle(event);
///     buffer.consume(got.used);            // after that the event's views are gone
///     if (got.status == parse_status::need_more) read_more_into(buffer);
class chunk_puller {
   public:
    struct step {
        parse_status status;
        std::size_t used;  ///< drop so many octets from the buffer's front before the next call
    };

    explicit chunk_puller(msrp::limits const& limits = {},
                          msrp::leniency const& lenient = {}) noexcept
        : head_(limits, lenient) {}

    /// Looks for the next event.
    /// @param octets all octets that are not used yet: what was shown before and not used stands at
    ///        its front again. With need_more, a longer text is wanted; at most
    ///        `limits::max_header_block` and a line have to be kept.
    /// @param out set when the status is `event`; its views are into `octets`.
    /// Linear over all calls: octets that were looked at are not looked at again.
    [[nodiscard]] step next(std::string_view octets, chunk_event& out) noexcept {
        std::size_t const all = octets.size();
        for (;;) {
            auto done = parse_status::need_more;
            bool go_on = false;
            switch (state_) {
                case state::failed: done = parse_status::error; break;
                case state::head: go_on = head(octets, out, done); break;
                case state::body: go_on = body(octets, out, done); break;
                case state::ended:
                    out = chunk_end{static_cast<continuation_flag>(flag_), body_size_, offset_};
                    begin_message();
                    done = parse_status::event;
                    break;
            }
            if (!go_on) return {done, all - octets.size()};
        }
    }

    /// The stream ends behind `octets`, those that are not used: was that between messages? Call it
    /// when `next` has said need_more or error.
    [[nodiscard]] stream_end finish(std::string_view octets) noexcept {
        if (state_ == state::failed) return stream_end::error;
        if (state_ == state::head && octets.empty()) return stream_end::boundary;
        if (state_ == state::head && head_.stop(octets) == outcome::error) {
            fail(head_.failure().at(offset_));
            return stream_end::error;
        }
        return stream_end::incomplete;
    }

    /// Octets used, over all calls.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
    /// What broke the stream; offset from the stream's first octet. `failure{}` before.
    [[nodiscard]] wire::failure const& error() const noexcept { return failure_; }

    /// Forget the stream and begin another at offset 0.
    void reset() noexcept {
        offset_ = 0;
        failure_ = {};
        begin_message();
    }

   private:
    enum class state : std::uint8_t { head, body, ended, failed };
    using outcome = detail::head_reader::outcome;
    using error_type = msrp::error;

    void begin_message() noexcept {
        state_ = state::head;
        head_.start();
        body_size_ = 0;
        read_size_ = 0;
    }
    void fail(wire::failure why) noexcept {
        failure_ = why;
        state_ = state::failed;
    }
    void use(std::string_view& octets, std::size_t n) noexcept {
        octets.remove_prefix(n);
        offset_ += n;
    }

    /// True: go on with what is left of the octets; else `done` is the answer.
    bool head(std::string_view& octets, chunk_event& out, parse_status& done) noexcept {
        auto const found = head_.read(octets);
        std::size_t const size = head_.used();
        switch (found) {
            case outcome::need_more: return false;
            case outcome::error: fail(head_.failure().at(offset_)); return true;
            case outcome::skipped:
                use(octets, size);
                begin_message();
                return true;
            case outcome::body:
                scanner_.start(head_.transaction_id_octets(), head_.transaction_id().size(),
                               head_.lenient());
                state_ = state::body;
                break;
            case outcome::end:
                flag_ = head_.flag();
                state_ = state::ended;
                break;
        }
        head_.begin(octets, offset_, out.emplace<chunk_begin>());
        use(octets, size);
        done = parse_status::event;
        return false;
    }

    bool body(std::string_view& octets, chunk_event& out, parse_status& done) noexcept {
        bool const not_send = head_.method() != method::SEND;
        for (;;) {
            // Octets held back stand at the front again; the scanner knows them.
            std::size_t const held = std::min(scanner_.held(), octets.size());
            std::uint64_t const room = head_.limits().max_non_send_body - read_size_;
            auto rest = octets.substr(held);
            if (not_send) rest = scanner_.within(room, rest);
            if (rest.empty()) return false;
            auto const seen = scanner_.scan(rest);
            std::size_t size = held != 0 && seen.held.empty() ? 0 : held + seen.body;
            std::size_t used = size;
            if (not_send && size > room) {
                // FRM-7.1-9: given out up to the limit; the octet that shows it is the error.
                fail({make_error_code(error_type::body_too_long), offset_ + held + seen.used - 1,
                      "body"});
                used = size = static_cast<std::size_t>(room);
            } else if (seen.bare) {  // FRM-7.1-8, erratum 4177
                fail({make_error_code(not_send && size == room ? error_type::body_too_long
                                                               : error_type::end_line_in_body),
                      offset_ + size, "body"});
            } else if (seen.found) {
                flag_ = seen.flag;
                state_ = state::ended;
                used = held + seen.used;
            }
            read_size_ += size;
            bool const give = size != 0 && head_.method() != method::none;
            if (give) {
                body_size_ += size;
                out = chunk_data{octets.substr(0, size)};
                done = parse_status::event;
            }
            use(octets, used);
            if (give) return false;
            if (state_ != state::body) return true;
        }
    }

    detail::head_reader head_;
    state state_ = state::head;
    char flag_ = '$';
    std::uint64_t offset_ = 0;  // stream offset of the first octet not used
    end_line_scanner scanner_{};
    std::uint64_t body_size_ = 0;
    std::uint64_t read_size_ = 0;
    wire::failure failure_{};
};

}  // namespace msrp::inline v0
