// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunker.hpp - cut a message into SEND requests that can be interrupted, without copying its body.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

#include <msrp/body_source.hpp>
#include <msrp/byte_range.hpp>
#include <msrp/chunk_event.hpp>
#include <msrp/chunk_serializer.hpp>
#include <msrp/end_line.hpp>
#include <msrp/error.hpp>
#include <msrp/header.hpp>
#include <msrp/ident.hpp>
#include <msrp/path.hpp>
#include <msrp/range_set.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// A header field that the application adds to a message.
struct outgoing_field {
    std::string_view name;
    std::string_view value;
};

/// What stands in the head of every chunk of a message (CHK-7.1.1-1). Views; nothing is owned.
struct chunk_head {
    path_view to;
    path_view from;
    std::string_view message_id;
    std::string_view content_type{};  ///< empty: no body
    report_value success_report = report_value::no;
    report_value failure_report = report_value::yes;
    std::span<outgoing_field const> fields{};
};

/// Writes the head of one chunk; where it has no content type, the whole of it. Report fields that
/// say what their absence says (TRX-7.1.1-1) are left out.
/// @return the text in `memory`; the failures of `head_writer`.
[[nodiscard]] inline wire::result<std::string_view> write_head(
    std::span<char> memory, chunk_head const& head, std::string_view transaction_id,
    byte_range const& range, continuation_flag bodiless = continuation_flag::complete) {
    head_writer out(memory);
    // A refusal is sticky: it comes out at the end.
    static_cast<void>(out.request(transaction_id, "SEND", head.to, head.from));
    static_cast<void>(out.message_id(head.message_id));
    if (head.success_report != report_value::no)
        static_cast<void>(out.success_report(head.success_report));
    if (head.failure_report != report_value::yes)
        static_cast<void>(out.failure_report(head.failure_report));
    static_cast<void>(out.byte_range(range));
    for (auto const& f : head.fields) {
        if (head.content_type.empty() && is_mime(field_of(f.name))) continue;  // FRM-7.1-3
        static_cast<void>(out.field(f.name, f.value));
    }
    if (head.content_type.empty()) return out.finish_without_body(bodiless);
    static_cast<void>(out.content_type(head.content_type));
    return out.finish_with_body();
}

/// Finds `-------transact-id` in octets that come block by block, also over the edge of two blocks:
/// that text must not stand in the body of its own chunk (FRM-7.1-7). Searching for less than the
/// whole end-line is on purpose: receivers that match loosely are safe too.
///
/// Linear for any octets.
class end_line_guard {
   public:
    /// Begin a chunk. @param transaction_id a valid `ident`.
    void start(std::string_view transaction_id) noexcept {
        std::copy_n("-------", 7, text_.data());
        size_ = 7 + std::min(transaction_id.size(), ident_max);
        std::copy_n(transaction_id.data(), size_ - 7, text_.data() + 7);
        tail_size_ = 0;
    }

    /// How many of `octets`, which follow those accepted, may go out in this chunk: all of them, or
    /// less where the text would come to stand in it; then the chunk must end there. The answer is
    /// never 0 for the first octets of a chunk.
    [[nodiscard]] std::size_t safe(std::string_view octets) const noexcept {
        if (tail_size_ != 0) {
            // The edge: the octets before, and just so many that a text beginning in them may end.
            std::array<char, 2 * text_max> edge{};
            std::size_t const n = std::min(octets.size(), size_ - 1);
            std::copy_n(tail_.data(), tail_size_, edge.data());
            std::copy_n(octets.data(), n, edge.data() + tail_size_);
            auto const at = find({edge.data(), tail_size_ + n});
            if (at != std::string_view::npos) return at < tail_size_ ? 0 : at - tail_size_ + 1;
        }
        auto const at = find(octets);
        return at == std::string_view::npos ? octets.size() : at + 1;
    }

    /// These octets went out.
    void accept(std::string_view octets) noexcept {
        std::size_t const keep = size_ - 1;
        if (octets.size() >= keep) {
            std::copy_n(octets.data() + (octets.size() - keep), keep, tail_.data());
            tail_size_ = keep;
            return;
        }
        std::size_t const old = std::min(tail_size_, keep - octets.size());
        std::copy_n(tail_.data() + (tail_size_ - old), old, tail_.data());
        std::copy_n(octets.data(), octets.size(), tail_.data() + old);
        tail_size_ = old + octets.size();
    }

   private:
    static constexpr std::size_t text_max = 7 + ident_max;

    /// The seven hyphens end a run of them, since no id begins with one; and whoever looks at each
    /// seventh octet misses no run of seven.
    [[nodiscard]] std::size_t find(std::string_view in) const noexcept {
        auto const* const octets = in.data();
        std::size_t const size = in.size();
        for (std::size_t at = 6; at < size; at += 7) {
            for (; size - at >= 56; at += 56) {  // these looks do not wait for each other
                auto const* const p = octets + at;
                int const near = (p[0] == '-') + (p[7] == '-') + (p[14] == '-') + (p[21] == '-');
                int const far = (p[28] == '-') + (p[35] == '-') + (p[42] == '-') + (p[49] == '-');
                if (near + far != 0) break;
            }
            if (at >= size || octets[at] != '-') continue;
            std::size_t begin = at;
            std::size_t end = at + 1;
            while (begin != 0 && octets[begin - 1] == '-') --begin;
            while (end != size && octets[end] == '-') ++end;
            if (end - begin >= 7 && in.substr(end).starts_with({text_.data() + 7, size_ - 7}))
                return end - 7;
            at = end;  // no hyphen
        }
        return std::string_view::npos;
    }

    std::array<char, text_max> text_{};
    std::array<char, text_max> tail_{};
    std::size_t size_ = 0;
    std::size_t tail_size_ = 0;
};

/// How far a message is: the body that is left, and where the next octet stands.
class chunk_cursor {
   public:
    chunk_cursor() noexcept = default;
    /// No body.
    [[nodiscard]] static chunk_cursor bodiless() noexcept {
        chunk_cursor c;
        c.state_ = body_state::last;
        c.total_ = 0;
        return c;
    }
    /// The whole body lies in memory; it lives until the message is done.
    explicit chunk_cursor(std::string_view body) noexcept
        : rest_(body), total_(body.size()), state_(body_state::last) {}
    /// The body comes from a source; it lives until the message is done.
    explicit chunk_cursor(body_source& source, std::optional<std::uint64_t> total = {}) noexcept
        : source_(&source), total_(total), state_(body_state::more) {}

    /// Octets of the body given out.
    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
    [[nodiscard]] std::optional<std::uint64_t> total() const noexcept { return total_; }
    /// Whether anything of the message was given out, a chunk without octets included.
    [[nodiscard]] bool begun() const noexcept { return begun_; }
    /// Whether the last chunk, with "$" or "#", was given out.
    [[nodiscard]] bool done() const noexcept { return done_; }
    /// Why the message is given up: `std::errc::io_error` (the source failed),
    /// `std::errc::message_size` (its octets are not as many as said), `message_too_large` (they
    /// are more than `limit_size` allows).
    [[nodiscard]] std::error_code failure() const noexcept { return failure_; }
    /// Give the message up: the next step ends it with "#" (CHK-7.3.1-4).
    void abort() noexcept { abort_ = true; }
    /// Octets that the peer has: they are passed over, and never stand in a chunk (CON-5.4-6).
    /// @param known in rising order, apart from each other; they live as long as the message.
    void pass_over(std::span<octet_range const> known) noexcept { known_ = known; }
    /// No chunk carries more octets of it. @param octets 0: any number.
    void limit_chunks(std::uint64_t octets) noexcept {
        max_chunk_ = octets != 0 ? octets : no_limit;
    }
    /// A source of unknown length gives no more octets in all (SDP-8.6-6).
    void limit_size(std::uint64_t octets) noexcept { max_size_ = octets; }

   private:
    friend class chunker;

    static constexpr auto no_limit = std::numeric_limits<std::uint64_t>::max();

    enum class supply : std::uint8_t { octets, wait, failed, done };
    /// Octets until those that the peer has.
    [[nodiscard]] std::uint64_t until_known() const noexcept {
        return known_.empty() ? no_limit : known_.front().first - 1 - sent_;
    }
    /// Between chunks: goes behind what the peer has, if that comes next.
    /// @return `done` where the message ends there.
    [[nodiscard]] supply go_behind_known(std::size_t at_most) {
        bool passed = false;
        for (; !known_.empty() && known_.front().first <= sent_ + 1; known_ = known_.subspan(1)) {
            std::uint64_t const last = known_.front().last;
            if (sent_ < last && rest_.empty() && state_ == body_state::more) {
                std::uint64_t const left = last - sent_;
                sent_ += std::min(source_->skip(left), left);
            }
            while (sent_ < last) {
                if (rest_.empty() && state_ == body_state::last)
                    return fail(std::make_error_code(std::errc::message_size));
                auto const got = take_piece(
                    static_cast<std::size_t>(std::min<std::uint64_t>(at_most, last - sent_)));
                if (got != supply::octets) return got;
                auto const n = std::min<std::uint64_t>(last - sent_, rest_.size());
                rest_.remove_prefix(static_cast<std::size_t>(n));
                sent_ += n;
            }
            passed = begun_ = true;
        }
        bool const end = at_total() || (rest_.empty() && state_ == body_state::last);
        return passed && end ? supply::done : supply::octets;
    }
    /// Asks the source, where nothing is at hand.
    supply take_piece(std::size_t at_most) {
        if (!rest_.empty() || state_ == body_state::last) return supply::octets;
        auto const piece = source_->next(at_most);
        if (piece.state == body_state::failed)
            return fail(std::make_error_code(std::errc::io_error));
        if (piece.state == body_state::wait) return supply::wait;
        rest_ = piece.octets;
        state_ = piece.state;
        return rest_.empty() && state_ == body_state::more && !at_total() ? supply::wait
                                                                          : supply::octets;
    }
    /// Sees to it that octets are at hand, or that there are no more.
    supply fetch(std::size_t at_most) {
        if (auto const got = take_piece(at_most); got != supply::octets) return got;
        if (total_) {
            std::uint64_t const left = *total_ - sent_;
            bool const last = state_ == body_state::last;
            if (rest_.size() > left || (last && rest_.size() != left))
                return fail(std::make_error_code(std::errc::message_size));
            if (rest_.size() == left) state_ = body_state::last;
        } else if (sent_ > max_size_ || rest_.size() > max_size_ - sent_) {
            return fail(make_error_code(error::message_too_large));
        }
        return supply::octets;
    }
    [[nodiscard]] bool at_total() const noexcept { return total_ && *total_ == sent_; }
    supply fail(std::error_code why) noexcept {
        failure_ = why;
        abort_ = true;
        return supply::failed;
    }

    std::string_view rest_{};
    std::span<octet_range const> known_{};
    body_source* source_ = nullptr;
    std::uint64_t sent_ = 0;
    std::uint64_t max_chunk_ = no_limit;
    std::uint64_t max_size_ = no_limit;
    std::optional<std::uint64_t> total_{};
    std::error_code failure_{};
    body_state state_ = body_state::last;
    bool begun_ = false;
    bool done_ = false;
    bool abort_ = false;
};

/// Some octets to write: in this order, each may be empty. They live until the next step.
struct chunk_block {
    std::string_view head{};
    std::string_view body{};
    std::string_view end{};
    made_transaction_id transaction_id{};              ///< of the chunk they belong to
    octet_range range{};                               ///< where `ends`: what the chunk carried
    bool begins = false;                               ///< a chunk begins with these octets
    bool ends = false;                                 ///< it ends with them
    continuation_flag flag = continuation_flag::more;  ///< where `ends`
};

enum class chunk_step : std::uint8_t {
    block,  ///< octets to write
    wait,   ///< the source has none now
    done,   ///< nothing more of this message
};

/// Writes one chunk at a time, of one message or of several in turn, block by block.
///
/// A chunk is interruptible (range-end "*", CHK-5.1-1) unless the whole rest of the message is at
/// hand and no longer than the interrupt point; so one chunk carries a message of any size, until
/// something else has to go out (CHK-7.1.1-6, -7). Allocates nothing.
///
///     msrp::chunker chunks(memory);
///     msrp::chunk_cursor message(body);
///     msrp::chunk_block b;
///     while (*chunks.next(message, head, new_id, others_wait, b) == msrp::chunk_step::block)
///         write(b.head, b.body, b.end);
class chunker {
   public:
    /// @param head_memory room for one head; lives as long as the chunker.
    /// @param block_size octets of body in one block at most.
    /// @param interrupt_point octets that an interruptible chunk carries at least (2048); more than
    ///        2048 are interruptible in any case (CHK-5.1-1).
    explicit chunker(std::span<char> head_memory, std::size_t block_size = 64 * 1024,
                     std::size_t interrupt_point = 2048) noexcept
        : memory_(head_memory),
          block_size_(std::max<std::size_t>(block_size, 1)),
          interrupt_point_(interrupt_point) {}

    /// Whether a chunk is under way; only its message can go on.
    [[nodiscard]] bool open() const noexcept { return open_; }

    /// The next octets of `message`.
    /// @param new_id called as `new_id()` for a `made_transaction_id` that no transaction under way
    ///        has (FRM-7.1-1).
    /// @param interrupt something else waits: end the chunk here with "+", if it may be.
    /// @return the failures of `write_head`; the message is as before then.
    template <class NewId>
    [[nodiscard]] wire::result<chunk_step> next(chunk_cursor& message, chunk_head const& head,
                                                NewId&& new_id, bool interrupt, chunk_block& out) {
        out = {};
        if (message.done_) return chunk_step::done;
        if (!open_ && !message.abort_) {
            auto const got = message.go_behind_known(block_size_);
            if (got == chunk_cursor::supply::wait) return chunk_step::wait;
            if (got == chunk_cursor::supply::done) {
                message.done_ = true;
                return chunk_step::done;
            }
        }
        if (message.abort_) return give_up(message, head, new_id, out);
        if (open_ && message.until_known() == 0)
            return close(message, continuation_flag::more, out);
        if (open_ && interrupt && in_chunk_ >= interrupt_point_)
            return close(message, continuation_flag::more, out);
        switch (message.fetch(block_size_)) {
            case chunk_cursor::supply::failed: return give_up(message, head, new_id, out);
            case chunk_cursor::supply::wait:
                // Nothing to go on with: others need not wait for this source.
                if (open_ && interrupt) return close(message, continuation_flag::more, out);
                return chunk_step::wait;
            default: break;
        }
        if (!open_) {
            if (auto const begun = begin(message, head, new_id, out); !begun) return begun.error();
            if (!open_) return chunk_step::block;  // bodiless: the head was all
        }
        std::uint64_t const room = std::min(message.until_known(), message.max_chunk_ - in_chunk_);
        auto const block = message.rest_.substr(
            0, static_cast<std::size_t>(std::min<std::uint64_t>(block_size_, room)));
        std::size_t const safe = guard_.safe(block);
        out.transaction_id = id_;
        out.body = block.substr(0, safe);
        guard_.accept(out.body);
        message.rest_.remove_prefix(safe);
        message.sent_ += safe;
        in_chunk_ += safe;
        if (safe < block.size()) return close(message, continuation_flag::more, out);  // FRM-7.1-7
        if (message.rest_.empty() && message.state_ == body_state::last) {
            message.done_ = true;
            return close(message, continuation_flag::complete, out);
        }
        if (in_chunk_ == message.max_chunk_) return close(message, continuation_flag::more, out);
        return chunk_step::block;
    }

    /// Forget the chunk under way, e.g. since its connection was lost.
    void reset() noexcept { open_ = false; }

   private:
    template <class NewId>
    wire::result<void> begin(chunk_cursor& message, chunk_head const& head, NewId&& new_id,
                             chunk_block& out) {
        bool const last = message.state_ == body_state::last && message.known_.empty();
        // In one block, since the message may be given up between two (CHK-7.1.1-3).
        bool exact = last && message.rest_.size() <= message.max_chunk_ &&
                     message.rest_.size() <= block_size_ &&
                     message.rest_.size() <= std::min<std::size_t>(interrupt_point_, 2048);
        id_ = new_id();
        guard_.start(id_.view());
        if (exact) {
            // Another id if this one's end-line stands in the rest; as often as a sane source of
            // random octets will ever need. Failing that the chunk is cut there.
            for (int tries = 0; tries < 8 && !all_safe(message.rest_); ++tries) {
                id_ = new_id();
                guard_.start(id_.view());
            }
            exact = all_safe(message.rest_);
        }
        byte_range range{message.sent_ + 1, {}, message.total_};
        if (exact) {
            range.end = message.sent_ + message.rest_.size();
            range.total = range.end;
        }
        auto const text = write_head(memory_, head, id_.view(), range);
        if (!text) return text.error();
        out.head = *text;
        out.begins = true;
        out.transaction_id = id_;
        message.begun_ = true;
        first_ = message.sent_ + 1;
        in_chunk_ = 0;
        open_ = !head.content_type.empty();
        if (!open_) {
            message.done_ = true;
            ended(message, continuation_flag::complete, out);
        }
        return {};
    }
    [[nodiscard]] bool all_safe(std::string_view octets) const noexcept {
        return guard_.safe(octets) == octets.size();
    }

    template <class NewId>
    wire::result<chunk_step> give_up(chunk_cursor& message, chunk_head const& head, NewId&& new_id,
                                     chunk_block& out) {
        if (open_) {
            message.done_ = true;
            return close(message, continuation_flag::aborted, out);
        }
        if (!message.begun_) {
            message.done_ = true;
            return chunk_step::done;
        }
        // Between two chunks: one without a body carries the "#" (CHK-7.1.1-4).
        id_ = new_id();
        auto bare = head;
        bare.content_type = {};
        std::uint64_t const at = message.sent_;
        auto const text = write_head(memory_, bare, id_.view(), {1, 0, message.total_},
                                     continuation_flag::aborted);
        if (!text) return text.error();
        message.done_ = true;
        first_ = at + 1;
        out.head = *text;
        out.begins = true;
        out.transaction_id = id_;
        ended(message, continuation_flag::aborted, out);
        return chunk_step::block;
    }

    chunk_step close(chunk_cursor const& message, continuation_flag flag,
                     chunk_block& out) noexcept {
        end_ = end_line(id_.view(), flag, true);
        out.end = end_.view();
        out.transaction_id = id_;
        open_ = false;
        ended(message, flag, out);
        return chunk_step::block;
    }
    void ended(chunk_cursor const& message, continuation_flag flag, chunk_block& out) noexcept {
        out.ends = true;
        out.flag = flag;
        out.range = {first_, message.sent_};
    }

    std::span<char> memory_;
    std::size_t block_size_;
    std::size_t interrupt_point_;
    made_transaction_id id_{};
    end_line_guard guard_{};
    end_line end_{"0000", continuation_flag::complete, false};
    std::uint64_t first_ = 1;
    std::uint64_t in_chunk_ = 0;
    bool open_ = false;
};

}  // namespace msrp::inline v0
