// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk_parser.hpp - octets in pieces of any size in; chunk_begin, chunk_data, chunk_end out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <msrp/chunk_event.hpp>
#include <msrp/detail/head_reader.hpp>
#include <msrp/end_line.hpp>
#include <msrp/error.hpp>
#include <msrp/limits.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// The push parser of MSRP (RFC 4975, section 9): hand it the octets of a connection in pieces of
/// any size, take out events. A body is streamed as it arrives and never held; any way to cut the
/// stream into pieces gives the same events (adjacent chunk_data joined) and the same error at the
/// same offset, always the lowest at which the stream cannot go on.
///
/// Memory is taken only for a head that the end of a piece cuts, by `poll`: 1 KiB, doubled as the
/// head grows, at last `limits::max_header_block` and 64 octets. While views of such a head are
/// out, the next one has memory of its own: there are at most two blocks, and for a moment half of
/// one more, while it grows. The next `feed` with no head under way gives back what is more than
/// 4 KiB; the rest is kept, so that heads of up to 4 KiB soon allocate no more. Where the allocator
/// throws nothing is lost: the next `poll` goes on from there.
///
/// Time is linear in the octets fed. An error is final until `reset`.
///
///     parser.feed(piece);
///     for (msrp::chunk_event event; parser.poll(event) == msrp::parse_status::event;) { ... }
template <class Allocator = std::allocator<char>>
class basic_chunk_parser {
   public:
    using allocator_type = Allocator;

    explicit basic_chunk_parser(msrp::limits const& limits = {}, msrp::leniency const& lenient = {},
                                Allocator const& allocator = Allocator())
        : head_(limits, lenient), memory_(allocator), shown_(allocator) {}

    /// Hands over the next octets of the stream. They must stay where they are until all events
    /// are polled and no view is needed any more.
    /// @return `not_drained` while `poll` has not said need_more for the piece before; the sticky
    ///         error's code once the stream is broken.
    [[nodiscard]] std::error_code feed(std::string_view piece) noexcept {
        if (state_ == state::failed) return failure_.code;
        if (!drained_) return make_error_code(error_type::not_drained);
        offset_ += piece_.size();
        piece_ = piece;
        at_ = 0;
        drained_ = false;
        if (!gathered_) {
            head_at_ = 0;
            if (large_) give_back();
        }
        return {};
    }

    /// Takes the next event. Nothing else here allocates.
    /// @param out set when the answer is `event`, untouched otherwise.
    [[nodiscard]] parse_status poll(chunk_event& out) {
        for (;;) {
            auto done = step::go_on;
            switch (state_) {
                case state::failed: return parse_status::error;
                case state::head: done = head(out); break;
                case state::body: done = body(out); break;
                case state::ended:
                    out =
                        chunk_end{static_cast<continuation_flag>(flag_), body_size_, offset_ + at_};
                    begin_message();
                    return parse_status::event;
            }
            if (done == step::event) return parse_status::event;
            if (done == step::need_more) {
                at_ = piece_.size();
                drained_ = true;
                return parse_status::need_more;
            }
        }
    }

    /// The octets of the stream end here: was that between messages? Call it when `poll` has said
    /// need_more (or error); it sets `error()` where what came last cannot become a message.
    [[nodiscard]] stream_end finish() noexcept {
        if (state_ == state::failed) return stream_end::error;
        if (at_boundary()) return stream_end::boundary;
        if (state_ == state::head && gathered_ &&
            head_.stop(gathered()) == detail::head_reader::outcome::error) {
            fail(head_.failure().at(head_offset_));
            return stream_end::error;
        }
        return stream_end::incomplete;
    }

    /// Between messages: nothing of the next one has come.
    [[nodiscard]] bool at_boundary() const noexcept {
        return state_ == state::head && !gathered_ && (drained_ || at_ == piece_.size());
    }

    /// Octets of the stream that are done with.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_ + at_; }

    /// What broke the stream: code, offset from the stream's first octet, field. `failure{}`
    /// before.
    [[nodiscard]] wire::failure const& error() const noexcept { return failure_; }

    /// Forget the stream and begin another at offset 0. Allocates nothing; views are gone, and
    /// memory is given back as by `feed`.
    void reset() noexcept {
        piece_ = {};
        at_ = 0;
        offset_ = 0;
        drained_ = true;
        failure_ = {};
        gathered_ = false;
        begin_message();
        if (large_) give_back();
    }

    [[nodiscard]] msrp::limits const& limits() const noexcept { return head_.limits(); }

   private:
    enum class state : std::uint8_t { head, body, ended, failed };
    enum class step : std::uint8_t { go_on, event, need_more };
    using error_type = msrp::error;
    using outcome = detail::head_reader::outcome;

    void begin_message() noexcept {
        state_ = state::head;
        head_at_ = at_;
        head_offset_ = offset_ + at_;
        head_.start();
        discard_ = false;
        body_size_ = 0;
        discarded_ = 0;
        tail_ = {};
    }

    void fail(wire::failure why) noexcept {
        failure_ = why;
        state_ = state::failed;
    }

    // --- head ---

    using block = std::vector<char, Allocator>;
    static constexpr std::size_t first_size = 1024;
    static constexpr std::size_t kept_size = 4096;

    [[nodiscard]] std::string_view gathered() const noexcept {
        return {memory_.data(), gathered_size_};
    }
    /// T13: makes room for a head of `size` octets. It is never more than the reader takes: a line
    /// that does not fit is overlong, and known as such before. Views are into the other block.
    [[gnu::noinline]] void grow(std::size_t size) {
        std::size_t to = first_size;
        while (to < size) to *= 2;
        if (to > head_.capacity() / 2) to = std::max(size, head_.capacity());
        memory_.resize(to);
        large_ = large_ || to > kept_size;
    }
    /// No head is under way, and no view is needed any more.
    [[gnu::noinline]] void give_back() noexcept {
        for (auto* const b : {&memory_, &shown_})
            if (b->size() > kept_size) block(b->get_allocator()).swap(*b);
        large_ = false;
    }

    /// In the piece where the head began in it, else gathered.
    step head(chunk_event& out) { return gathered_ ? head_gathered(out) : head_in_piece(out); }
    step head_in_piece(chunk_event& out) {
        auto const text = piece_.substr(head_at_);
        auto const done = head_.read(text);
        if (done == outcome::need_more) {
            if (!text.empty()) {
                if (text.size() > memory_.size()) grow(text.size());
                std::memcpy(memory_.data(), text.data(), text.size());
                gathered_size_ = text.size();
                gathered_ = true;
            }
            return step::need_more;
        }
        if (done != outcome::error) at_ = head_at_ + head_.used();
        return head_done(done, text, out);
    }
    step head_gathered(chunk_event& out) {
        while (at_ != piece_.size()) {
            // What is copied beyond the head's end is given back.
            if (gathered_size_ == memory_.size()) grow(gathered_size_ + 1);
            std::size_t const take =
                std::min({piece_.size() - at_, std::size_t{512}, memory_.size() - gathered_size_});
            std::memcpy(memory_.data() + gathered_size_, piece_.data() + at_, take);
            gathered_size_ += take;
            at_ += take;
            auto const done = head_.read(gathered());
            if (done != outcome::need_more) {
                if (done != outcome::error) {
                    at_ -= gathered_size_ - head_.used();
                    gathered_size_ = head_.used();
                }
                auto const text = gathered();
                gathered_ = false;
                memory_.swap(shown_);  // what is shown of it stays whole
                return head_done(done, text, out);
            }
        }
        return step::need_more;
    }

    step head_done(outcome done, std::string_view text, chunk_event& out) noexcept {
        switch (done) {
            case outcome::need_more: return step::need_more;  // handled before
            case outcome::error: fail(head_.failure().at(head_offset_)); return step::go_on;
            case outcome::skipped: begin_message(); return step::go_on;
            case outcome::body:
                scanner_.start(head_.transaction_id_octets(), head_.transaction_id().size(),
                               head_.lenient());
                discard_ = head_.method() == method::none;
                state_ = state::body;
                break;
            case outcome::end:
                flag_ = head_.flag();
                state_ = state::ended;
                break;
        }
        head_.begin(text, head_offset_, out.emplace<chunk_begin>());
        return step::event;
    }

    // --- body ---

    step body(chunk_event& out) noexcept {
        for (;;) {
            if (!tail_.held.empty()) {
                auto octets = std::exchange(tail_.held, {});
                // Octets of this piece, if all of them are: those in the scanner's memory go with
                // the next ones.
                if (at_ >= octets.size())
                    octets = piece_.substr(at_ - octets.size(), octets.size());
                if (give(octets, out)) return step::event;
            } else if (tail_.body != 0) {
                auto const octets = piece_.substr(at_, std::exchange(tail_.body, 0));
                if (give(octets, out)) return step::event;
            } else if (tail_.bare) {
                bare_end_line();
            } else if (tail_.used != 0) {
                at_ = scanned_to_;
                bool const found = tail_.found;
                flag_ = tail_.flag;
                tail_ = {};
                if (found) {
                    state_ = state::ended;
                    return step::go_on;
                }
            } else {
                if (at_ == piece_.size()) return step::need_more;
                auto octets = piece_.substr(at_);
                if (head_.method() != method::SEND) octets = scanner_.within(room(), octets);
                tail_ = scanner_.scan(octets);
                scanned_to_ = at_ + tail_.used;
            }
            if (state_ == state::failed) return step::go_on;
        }
    }

    /// Gives out body octets; false where there is nothing to give. FRM-7.1-9: a body that is too
    /// long is given out up to the limit; the octet that shows it is the error.
    bool give(std::string_view octets, chunk_event& out) noexcept {
        if (head_.method() != method::SEND && octets.size() > room()) {
            fail({make_error_code(error_type::body_too_long), offset_ + scanned_to_ - 1, "body"});
            octets = octets.substr(0, static_cast<std::size_t>(room()));
        }
        if (discard_) {
            discarded_ += octets.size();
            return false;
        }
        body_size_ += octets.size();
        if (octets.empty()) return false;
        out = chunk_data{octets};
        return true;
    }
    /// FRM-7.1-8, erratum 4177. Where the flag is one octet too many, too, the limit is named.
    void bare_end_line() noexcept {
        bool const too_long = head_.method() != method::SEND && room() == 0;
        fail({make_error_code(too_long ? error_type::body_too_long : error_type::end_line_in_body),
              offset_ + scanned_to_, "body"});
    }
    /// Octets that a body other than a SEND's may still have.
    [[nodiscard]] std::uint64_t room() const noexcept {
        return head_.limits().max_non_send_body - (discard_ ? discarded_ : body_size_);
    }

    detail::head_reader head_;
    block memory_;  // of the head that is gathered
    block shown_;   // of the one before, views are into it
    std::string_view piece_{};
    std::size_t at_ = 0;        // octets of the piece that are done with
    std::uint64_t offset_ = 0;  // stream offset of the piece
    state state_ = state::head;
    bool drained_ = true;
    bool gathered_ = false;
    bool large_ = false;  // a block is more than is kept
    bool discard_ = false;
    char flag_ = '$';
    std::size_t gathered_size_ = 0;
    std::size_t head_at_ = 0;        // in the piece, where not gathered
    std::uint64_t head_offset_ = 0;  // in the stream
    end_line_scanner scanner_{};
    end_line_scanner::outcome tail_{};
    std::size_t scanned_to_ = 0;
    std::uint64_t body_size_ = 0;
    std::uint64_t discarded_ = 0;
    wire::failure failure_{};
};

using chunk_parser = basic_chunk_parser<>;
namespace pmr {
using chunk_parser = basic_chunk_parser<std::pmr::polymorphic_allocator<char>>;
}

}  // namespace msrp::inline v0
