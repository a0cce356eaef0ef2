// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk_parser.hpp - octets in pieces of any size in; chunk_begin, chunk_data, chunk_end out.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <system_error>
#include <vector>

#include <msrp/chunk_event.hpp>
#include <msrp/end_line.hpp>
#include <msrp/error.hpp>
#include <msrp/header.hpp>
#include <msrp/limits.hpp>
#include <wire/result.hpp>
#include <wire/scan.hpp>
#include <wire/utf8.hpp>

namespace msrp::inline v0 {

/// What `poll` found.
enum class parse_status : std::uint8_t {
    event,      ///< an event was stored
    need_more,  ///< the piece is used up; feed the next
    error,      ///< the stream broke the grammar or a limit; see `error()`
};

/// Where a stream stopped.
enum class stream_end : std::uint8_t {
    boundary,    ///< between messages
    incomplete,  ///< inside a message
    error,       ///< what came last cannot be continued to a message, or an error came before
};

namespace detail {

/// What one line of a header section is; offsets of failures count from the line's first octet.
struct start_line {
    std::string_view transaction_id{};
    msrp::method method = msrp::method::none;
    std::string_view method_name{};
    std::uint16_t status = 0;
    std::optional<std::string_view> comment{};
};

/// `req-start / resp-start` of RFC 4975, section 9, without the CRLF.
[[nodiscard]] inline wire::result<start_line> read_start_line(std::string_view text,
                                                              bool loose_utf8) noexcept {
    constexpr std::string_view front = "MSRP ";
    auto const fail = [](error e, std::size_t at) {
        return wire::failure{make_error_code(e), at, "start-line"};
    };
    std::size_t at = 0;
    for (; at < front.size(); ++at)
        if (at == text.size() || text[at] != front[at]) return fail(error::bad_start_line, at);
    start_line line;
    std::size_t n = 0;
    if (at < text.size() && wire::alphanum.contains(text[at]))
        n = ident_char.span(text.substr(at, ident_max));
    line.transaction_id = text.substr(at, n);
    at += n;
    if (n < ident_min || at == text.size() || text[at] != ' ')
        return fail(error::bad_transaction_id, at);
    ++at;
    if (at < text.size() && wire::upper_alpha.contains(text[at])) {
        n = wire::upper_alpha.span(text.substr(at));
        line.method_name = text.substr(at, n);
        line.method = method_of(line.method_name);
        if (at + n != text.size()) return fail(error::bad_start_line, at + n);
        return line;
    }
    for (int i = 0; i < 3; ++i, ++at) {
        if (at == text.size() || !wire::digit.contains(text[at]))
            return fail(error::bad_start_line, at);
        line.status = static_cast<std::uint16_t>(line.status * 10 + (text[at] - '0'));
    }
    if (at == text.size()) return line;
    if (text[at] != ' ') return fail(error::bad_start_line, at);
    auto const comment = text.substr(at + 1);
    auto const scan = wire::scan_utf8text(comment, loose_utf8);
    if (!scan.whole) return fail(error::bad_utf8, at + 1 + scan.size);
    line.comment = comment;
    return line;
}

/// `hname ":" SP hval`; offsets from the line's first octet.
struct header_line {
    field id = field::other;
    std::size_t value_at = 0;
    std::size_t uris = 0;  ///< of a path
};

/// Reads a header line without its CRLF. `wanted` is the field that must stand here, or `other`.
[[nodiscard]] inline wire::result<header_line> read_header_line(std::string_view text,
                                                                field wanted, limits const& limit,
                                                                leniency const& lenient) noexcept {
    header_line line;
    std::size_t at = 0;
    auto const fail = [&](error e, std::size_t where) {
        return wire::failure{make_error_code(e), where,
                             line.id == field::other ? "header" : canonical_name(line.id)};
    };
    if (wanted != field::other) {
        line.id = wanted;
        auto const name = canonical_name(wanted);
        for (; at < name.size(); ++at)
            if (at == text.size() || wire::to_lower(text[at]) != wire::to_lower(name[at]))
                return fail(wanted == field::to_path ? error::expected_to_path
                                                     : error::expected_from_path,
                            at);
    } else {
        if (!text.empty() && wire::alpha.contains(text[0])) at = token_char.span(text);
    }
    if (at == 0 || at == text.size() || text[at] != ':') return fail(error::bad_header_line, at);
    if (wanted == field::other) line.id = field_of(text.substr(0, at));
    ++at;
    if (at == text.size() || text[at] != ' ') return fail(error::bad_header_line, at);
    ++at;
    while (lenient.several_blanks && at < text.size() && text[at] == ' ') ++at;
    line.value_at = at;
    auto const value = text.substr(at);
    if (wanted != field::other) {
        auto const path = read_path(value, limit.max_path_uris, lenient.several_blanks);
        if (!path) return path.error().at(at, canonical_name(wanted));
        line.uris = path->size();
        return line;
    }
    auto const scan = wire::scan_utf8text(value, lenient.loose_utf8);
    if (!scan.whole) return fail(error::bad_utf8, at + scan.size);
    return line;
}

}  // namespace detail

/// The push parser of MSRP (RFC 4975, section 9): hand it the octets of a connection in pieces of
/// any size, take out events. A body is streamed as it arrives and never held; any way to cut the
/// stream into pieces gives the same events (adjacent chunk_data joined) and the same error at the
/// same offset, always the lowest at which the stream cannot go on.
///
/// It allocates when constructed, twice `limits::max_header_block`, and never again. Time is linear
/// in the octets fed. An error is final until `reset`.
///
///     parser.feed(piece);
///     for (msrp::chunk_event event; parser.poll(event) == msrp::parse_status::event;) { ... }
template <class Allocator = std::allocator<char>>
class basic_chunk_parser {
   public:
    using allocator_type = Allocator;

    explicit basic_chunk_parser(msrp::limits const& limits = {}, msrp::leniency const& lenient = {},
                                Allocator const& allocator = Allocator())
        : limits_(limits), lenient_(lenient), memory_(allocator) {
        limits_.max_header_block = std::min<std::size_t>(limits_.max_header_block, 1U << 30U);
        memory_.resize(2 * block_capacity());
        begin_message();
    }

    /// Hands over the next octets of the stream. They must stay where they are until all events
    /// are polled and no view is needed any more.
    /// @return `not_drained` while `poll` has not said need_more for the piece before; the sticky
    ///         error's code once the stream is broken.
    [[nodiscard]] std::error_code feed(std::string_view piece) noexcept {
        if (state_ == state::failed) return failure_.code;
        if (!drained_) return make_error_code(error::not_drained);
        offset_ += piece_.size();
        piece_ = piece;
        at_ = 0;
        drained_ = false;
        if (!gathered_) head_at_ = 0;
        return {};
    }

    /// Takes the next event.
    /// @param out set when the answer is `event`, untouched otherwise.
    [[nodiscard]] parse_status poll(chunk_event& out) noexcept {
        for (;;) {
            switch (state_) {
                case state::failed: return parse_status::error;
                case state::start_line:
                case state::headers: {
                    auto const done = head(out);
                    if (done != step::go_on) return status_of(done);
                    break;
                }
                case state::body: {
                    auto const done = body(out);
                    if (done != step::go_on) return status_of(done);
                    break;
                }
                case state::ended: {
                    out = chunk_end{static_cast<continuation_flag>(flag_), discard_ ? 0 : body_size_,
                                    offset_ + at_};
                    begin_message();
                    return parse_status::event;
                }
            }
        }
    }

    /// The octets of the stream end here: was that between messages? Call it when `poll` has said
    /// need_more (or error); it sets `error()` where what came last cannot become a message.
    [[nodiscard]] stream_end finish() noexcept {
        if (state_ == state::failed) return stream_end::error;
        if (at_boundary()) return stream_end::boundary;
        if (in_head()) {
            auto const line = std::string_view(block(), block_size_).substr(line_at_);
            bool const cr_last = line.find('\r') == line.size() - 1 && !line.empty();
            bool const stray = cr_last && line.size() == 1 && state_ == state::start_line &&
                               lenient_.stray_crlf;
            auto const wrong = cr_last ? check(line.substr(0, line.size() - 1)) : check_any(line);
            if (wrong.code && !stray && (cr_last || wrong.offset < line.size())) {
                fail(wrong.at(line_offset()));
                return stream_end::error;
            }
        }
        return stream_end::incomplete;
    }

    /// Between messages: nothing of the next one has come.
    [[nodiscard]] bool at_boundary() const noexcept {
        return state_ == state::start_line && !gathered_ && (drained_ || at_ == piece_.size());
    }

    /// Octets of the stream that are done with.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_ + at_; }

    /// What broke the stream: code, offset from the stream's first octet, field. `failure{}` before.
    [[nodiscard]] wire::failure const& error() const noexcept { return failure_; }

    /// Forget the stream and begin another at offset 0. Allocates nothing.
    void reset() noexcept {
        piece_ = {};
        at_ = 0;
        offset_ = 0;
        drained_ = true;
        failure_ = {};
        begin_message();
    }

    [[nodiscard]] msrp::limits const& limits() const noexcept { return limits_; }

   private:
    enum class state : std::uint8_t { start_line, headers, body, ended, failed };
    enum class step : std::uint8_t { go_on, event, need_more, error };

    using error_type = msrp::error;

    static parse_status status_of(step s) noexcept {
        return s == step::event       ? parse_status::event
               : s == step::need_more ? parse_status::need_more
                                      : parse_status::error;
    }

    // --- head: start line, header lines, the empty line or the end-line ---

    /// A block, and one more line that may be an end-line, with the CRLF that a line may have.
    [[nodiscard]] std::size_t block_capacity() const noexcept {
        return limits_.max_header_block + 64;
    }
    [[nodiscard]] char* block() noexcept {
        return memory_.data() + (second_ ? block_capacity() : 0);
    }
    [[nodiscard]] bool in_head() const noexcept {
        return state_ == state::start_line || state_ == state::headers;
    }
    /// The head as far as it is known: in the piece, or gathered.
    [[nodiscard]] std::string_view known() noexcept {
        return gathered_ ? std::string_view(block(), block_size_) : piece_.substr(head_at_);
    }
    /// Stream offset of the current line's first octet.
    [[nodiscard]] std::uint64_t line_offset() const noexcept { return head_offset_ + line_at_; }

    void begin_message() noexcept {
        state_ = state::start_line;
        if (gathered_) second_ = !second_;  // views of this feed stay whole
        gathered_ = false;
        block_size_ = 0;
        head_at_ = at_;
        head_offset_ = offset_ + at_;
        line_at_ = 0;
        seen_ = 0;
        index_ = {};
        index_.loose_utf8 = lenient_.loose_utf8;
        index_.several_blanks = lenient_.several_blanks;
        last_ = field::other;
        discard_ = false;
        body_size_ = 0;
        tail_ = {};
    }

    void fail(wire::failure why) noexcept {
        failure_ = why;
        state_ = state::failed;
    }

    /// The longest line that may stand here, without its CRLF, and what a longer one is called.
    struct bound {
        std::size_t size;
        wire::failure why;
    };
    [[nodiscard]] bound line_bound() const noexcept {
        bool const start = state_ == state::start_line;
        bound b{start ? limits_.max_start_line : limits_.max_header_line,
                {make_error_code(start ? error_type::start_line_too_long
                                       : error_type::header_line_too_long),
                 0, start ? "start-line" : "header"}};
        std::size_t const used = line_at_ + 2;
        std::size_t const room = limits_.max_header_block > used ? limits_.max_header_block - used
                                                                 : 0;
        if (room < b.size) {
            b.size = room;
            b.why.code = make_error_code(error_type::header_block_too_long);
        }
        b.why.offset = b.size;
        return b;
    }

    /// Whether a line that begins with `first` is bounded by what it must be, not by a limit.
    [[nodiscard]] bool closes_head(std::string_view line) const noexcept {
        return state_ == state::headers && index_.count >= 2 &&
               (line.empty() || line[0] == '-' || line[0] == '\r');
    }
    static constexpr std::size_t end_line_size = 7 + ident_max + 1;

    step head(chunk_event& out) noexcept {
        // The current line, from `line_at_` of the head; `seen_` octets of it hold no LF.
        if (!gathered_) {
            auto const text = known();
            auto const lf = text.find('\n', line_at_ + seen_);
            if (lf != std::string_view::npos)
                return line(text.substr(line_at_, lf + 1 - line_at_), out);
            seen_ = text.size() - line_at_;
            if (auto const verdict = unfinished(text.substr(line_at_)); verdict != step::go_on)
                return verdict;
            if (!text.empty()) {
                std::memcpy(block(), text.data(), text.size());
                block_size_ = text.size();
                gathered_ = true;
            }
            return drained();
        }
        auto const rest = piece_.substr(at_);
        auto const lf = rest.find('\n');
        bool const whole = lf != std::string_view::npos;
        // Never more than fits: an overlong line is known as such by then.
        std::size_t const room = block_capacity() - block_size_;
        std::size_t const take = std::min(whole ? lf + 1 : rest.size(), room);
        if (take != 0) std::memcpy(block() + block_size_, rest.data(), take);
        block_size_ += take;
        at_ += take;
        auto const text = std::string_view(block(), block_size_).substr(line_at_);
        if (whole && take == lf + 1) return line(text, out);
        if (auto const verdict = unfinished(text); verdict != step::go_on) return verdict;
        return drained();
    }

    step drained() noexcept {
        at_ = piece_.size();
        drained_ = true;
        return step::need_more;
    }

    /// A line whose LF has not come: is it already too long?
    step unfinished(std::string_view line) noexcept {
        std::size_t const most = closes_head(line) && !line.empty() ? end_line_size
                                                                    : line_bound().size;
        if (line.size() <= most + 1) return step::go_on;
        return overlong(line);
    }

    step overlong(std::string_view line) noexcept {
        if (closes_head(line)) {
            fail(check_any(line).at(line_offset()));
            return step::error;
        }
        auto const b = line_bound();
        auto const wrong = check_any(line.substr(0, b.size));
        fail((wrong.code && wrong.offset < b.size ? wrong : b.why).at(line_offset()));
        return step::error;
    }

    /// Checks a line that may hold CR: an error before the CR, or the CR itself.
    [[nodiscard]] wire::failure check_any(std::string_view line) noexcept {
        auto const cr = line.find('\r');
        if (cr == std::string_view::npos) return check(line);
        auto const wrong = check(line.substr(0, cr));
        if (wrong.code) return wrong;
        return {make_error_code(error_type::bad_line_end), cr + 1, field_name()};
    }
    [[nodiscard]] std::string_view field_name() const noexcept {
        return state_ == state::start_line ? "start-line" : "header";
    }

    /// A line with its LF.
    step line(std::string_view with_lf, chunk_event& out) noexcept {
        auto text = with_lf.substr(0, with_lf.size() - 1);
        bool const crlf = !text.empty() && text.back() == '\r';
        if (crlf) text.remove_suffix(1);
        if (closes_head(text)) {
            if (text.find('\r') != std::string_view::npos) {
                fail(check_any(text).at(line_offset()));
                return step::error;
            }
        } else if (text.size() > line_bound().size) {
            return overlong(with_lf);
        }
        if (!crlf || text.find('\r') != std::string_view::npos) {
            auto wrong = check_any(text);
            if (!wrong.code)
                wrong = {make_error_code(error_type::bad_line_end), text.size(), field_name()};
            fail(wrong.at(line_offset()));
            return step::error;
        }
        if (state_ == state::start_line && text.empty() && lenient_.stray_crlf) {
            if (!gathered_) at_ = head_at_ + with_lf.size();
            gathered_ = false;
            begin_message();
            return step::go_on;
        }
        if (auto const wrong = check(text); wrong.code) {
            fail(wrong.at(line_offset()));
            return step::error;
        }
        return accept(text, with_lf.size(), out);
    }

    /// Whether a line, without its CRLF, may stand here.
    [[nodiscard]] wire::failure check(std::string_view text) noexcept {
        if (state_ == state::start_line) {
            auto const read = detail::read_start_line(text, lenient_.loose_utf8);
            if (!read) return read.error();
            start_ = *read;
            return {};
        }
        if (closes_head(text)) return check_close(text);
        if (index_.count >= limits_.max_header_fields && !text.empty() &&
            wire::alpha.contains(text[0]))
            return {make_error_code(error_type::too_many_header_fields), 0, "header"};
        auto const read = detail::read_header_line(text, wanted(), limits_, lenient_);
        if (!read) return read.error();
        header_ = *read;
        return {};
    }
    /// FRM-7.1-2: To-Path, then From-Path, then all others.
    [[nodiscard]] field wanted() const noexcept {
        return index_.count == 0   ? field::to_path
               : index_.count == 1 ? field::from_path
                                   : field::other;
    }

    /// The empty line before a body, or the end-line of a message without one.
    [[nodiscard]] wire::failure check_close(std::string_view text) noexcept {
        if (text.empty()) {
            // FRM-9-1, FRM-7.1-3
            if (method_ == method::none) {
                if (lenient_.body_in_response) return {};
                return {make_error_code(error_type::body_in_response), 0, "body"};
            }
            if (last_ == field::content_type) return {};
            return {make_error_code(error_type::body_without_content_type), 0, "Content-Type"};
        }
        auto const wrong = [](std::size_t at) {
            return wire::failure{make_error_code(error_type::bad_end_line), at, "end-line"};
        };
        std::size_t at = 0;
        for (; at < 7; ++at)
            if (at == text.size() || text[at] != '-') return wrong(at);
        for (char const c : transaction_id()) {
            if (at == text.size() || text[at] != c) return wrong(at);
            ++at;
        }
        if (at == text.size() || (text[at] != '$' && text[at] != '+' && text[at] != '#'))
            return wrong(at);
        return at + 1 == text.size() ? wire::failure{} : wrong(at + 1);
    }
    [[nodiscard]] std::string_view transaction_id() const noexcept {
        return {transaction_id_.data(), transaction_id_size_};
    }

    /// Takes a checked line.
    step accept(std::string_view text, std::size_t with_crlf, chunk_event& out) noexcept {
        std::size_t const after = line_at_ + with_crlf;
        if (!gathered_) at_ = head_at_ + after;
        if (state_ == state::start_line) {
            method_ = start_.method;
            transaction_id_size_ = start_.transaction_id.size();
            std::copy_n(start_.transaction_id.data(), transaction_id_size_,
                        transaction_id_.data());
            state_ = state::headers;
            index_.fields_at = static_cast<std::uint32_t>(after);
        } else if (closes_head(text)) {
            return close_head(text, out);
        } else {
            last_ = header_.id;
            if (index_.count == 0) index_.to_path_uris = static_cast<std::uint32_t>(header_.uris);
            if (index_.count == 1) index_.from_path_uris = static_cast<std::uint32_t>(header_.uris);
            index_.note(header_.id, line_at_ + header_.value_at, text.size() - header_.value_at);
        }
        line_at_ = after;
        seen_ = 0;
        return step::go_on;
    }

    step close_head(std::string_view text, chunk_event& out) noexcept {
        auto const head = known().substr(0, line_at_);
        bool const with_body = text.empty();
        index_.has_body = with_body && method_ != method::none;
        discard_ = with_body && method_ == method::none;
        // The start line as it now stands: "MSRP" SP transact-id SP, then method or status.
        std::size_t const tail_at = 5 + transaction_id_size_ + 1;
        auto const tail = head.substr(tail_at, index_.fields_at - 2 - tail_at);
        chunk_begin begin;
        begin.transaction_id = head.substr(5, transaction_id_size_);
        begin.method = method_;
        if (method_ != method::none) begin.method_name = tail;
        begin.status = start_.status;
        if (start_.comment) begin.comment = tail.substr(4);
        begin.headers = header_view(head, index_);
        begin.has_body = index_.has_body;
        begin.offset = head_offset_;
        out = begin;
        if (with_body) {
            scanner_.start(transaction_id(), lenient_.empty_body_without_crlf);
            body_offset_ = offset_ + at_;
            state_ = state::body;
        } else {
            flag_ = text.back();
            state_ = state::ended;
        }
        return step::event;
    }

    // --- body ---

    step body(chunk_event& out) noexcept {
        for (;;) {
            if (!tail_.held.empty()) {
                auto const octets = std::exchange(tail_.held, {});
                if (give(octets, out)) return given();
                continue;
            }
            if (tail_.body != 0) {
                auto const octets = piece_.substr(at_, std::exchange(tail_.body, 0));
                if (give(octets, out)) return given();
                continue;
            }
            if (tail_.used != 0) {
                at_ = scanned_to_;
                bool const found = tail_.found;
                flag_ = tail_.flag;
                tail_ = {};
                if (found) {
                    state_ = state::ended;
                    return step::go_on;
                }
            }
            if (at_ == piece_.size()) return drained();
            tail_ = scanner_.scan(piece_.substr(at_));
            scanned_to_ = at_ + tail_.used;
        }
    }

    /// Gives out body octets; false where they are discarded. FRM-7.1-9: a body that is too long is
    /// given out up to the limit; the octet behind it is the error.
    bool give(std::string_view octets, chunk_event& out) noexcept {
        std::uint64_t const most = limits_.max_non_send_body;
        if (method_ != method::SEND && octets.size() > most - body_size_) {
            octets = octets.substr(0, static_cast<std::size_t>(most - body_size_));
            fail({make_error_code(error_type::body_too_long), body_offset_ + most, "body"});
        }
        body_size_ += octets.size();
        if (discard_ || octets.empty()) return state_ == state::failed;
        out = chunk_data{octets};
        given_ = true;
        return true;
    }
    step given() noexcept { return std::exchange(given_, false) ? step::event : step::error; }

    msrp::limits limits_;
    msrp::leniency lenient_;
    std::vector<char, Allocator> memory_;  // two header blocks: see begin_message
    std::string_view piece_{};
    std::size_t at_ = 0;        // octets of the piece that are done with
    std::uint64_t offset_ = 0;  // stream offset of the piece
    state state_ = state::start_line;
    bool drained_ = true;
    bool gathered_ = false;
    bool second_ = false;
    bool discard_ = false;
    bool given_ = false;
    char flag_ = '$';
    method method_ = method::none;
    field last_ = field::other;
    std::size_t block_size_ = 0;
    std::size_t head_at_ = 0;        // in the piece, where not gathered
    std::uint64_t head_offset_ = 0;  // in the stream
    std::size_t line_at_ = 0;        // from the head's first octet
    std::size_t seen_ = 0;           // octets of the line without LF
    detail::header_index index_{};
    detail::start_line start_{};
    detail::header_line header_{};
    std::array<char, ident_max> transaction_id_{};
    std::size_t transaction_id_size_ = 0;
    end_line_scanner scanner_{};
    end_line_scanner::outcome tail_{};
    std::size_t scanned_to_ = 0;
    std::uint64_t body_offset_ = 0;
    std::uint64_t body_size_ = 0;
    wire::failure failure_{};
};

using chunk_parser = basic_chunk_parser<>;
namespace pmr {
using chunk_parser = basic_chunk_parser<std::pmr::polymorphic_allocator<char>>;
}

}  // namespace msrp::inline v0
