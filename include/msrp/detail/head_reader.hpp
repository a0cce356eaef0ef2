// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// head_reader.hpp - the head of one chunk, start line to empty line or end-line, line by line.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include <msrp/chunk_event.hpp>
#include <msrp/detail/field_lookup.hpp>
#include <msrp/detail/plain_uri.hpp>
#include <msrp/error.hpp>
#include <msrp/header.hpp>
#include <msrp/ident.hpp>
#include <msrp/limits.hpp>
#include <msrp/method.hpp>
#include <wire/examined.hpp>
#include <wire/kernel.hpp>
#include <wire/line_index.hpp>
#include <wire/result.hpp>
#include <wire/utf8.hpp>

namespace msrp::inline v0 {

namespace detail {

/// What one line of a header section is; offsets of failures count from the line's first octet.
struct start_line {
    std::string_view transaction_id{};
    msrp::method method = msrp::method::none;
    std::string_view method_name{};
    std::uint16_t status = 0;
    std::optional<std::string_view> comment{};
};

/// More about a line that is refused.
struct line_doubt {
    /// What is before the octet that is wrong is a line by itself, but for `late`.
    bool whole = false;
    error late{};
    std::size_t late_at = 0;
    /// A port is wrong, but if the line went on it might turn out to be none.
    bool open = false;
};

/// `req-start / resp-start` of RFC 4975, section 9, without the CRLF.
[[nodiscard]] inline wire::result<start_line> read_start_line(
    std::string_view text, bool loose_utf8, line_doubt* doubt = nullptr) noexcept {
    constexpr std::string_view front = "MSRP ";
    MSRPKIT_EXAMINED(text.size());
    auto const fail = [doubt](error e, std::size_t at, bool whole = false) {
        if (doubt != nullptr) doubt->whole = whole;
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
        if (at + n != text.size()) return fail(error::bad_start_line, at + n, true);
        return line;
    }
    for (int i = 0; i < 3; ++i, ++at) {
        if (at == text.size() || !wire::digit.contains(text[at]))
            return fail(error::bad_start_line, at);
        line.status = static_cast<std::uint16_t>(line.status * 10 + (text[at] - '0'));
    }
    if (at == text.size()) return line;
    if (text[at] != ' ') return fail(error::bad_start_line, at, true);
    auto const comment = text.substr(at + 1);
    auto const scan = wire::scan_utf8text(comment, loose_utf8);
    if (!scan.whole) return fail(error::bad_utf8, at + 1 + scan.size, scan.between);
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
[[nodiscard]] inline wire::result<header_line> read_header_line(
    std::string_view text, field wanted, limits const& limit, leniency const& lenient,
    line_doubt* doubt = nullptr) noexcept {
    header_line line;
    std::size_t at = 0;
    auto const fail = [&](error e, std::size_t where, bool whole = false) {
        auto const name = canonical_name(line.id);
        if (doubt != nullptr) doubt->whole = whole;
        return wire::failure{make_error_code(e), where, name.empty() ? "header" : name};
    };
    if (wanted != field::other) {
        line.id = wanted;
        auto const name = canonical_name(wanted);
        for (; at < name.size(); ++at)
            if (at == text.size() || wire::to_lower(text[at]) != wire::to_lower(name[at]))
                return fail(
                    wanted == field::to_path ? error::expected_to_path : error::expected_from_path,
                    at);
        MSRPKIT_EXAMINED(at + 2);
    } else {
        auto const name = read_header_name(text);
        at = name.size;
        if (at == 0 || at == text.size() || text[at] != ':')
            return fail(error::bad_header_line, at);
        line.id = name.id;
    }
    if (at == text.size() || text[at] != ':') return fail(error::bad_header_line, at);
    ++at;
    if (at == text.size() || text[at] != ' ') return fail(error::bad_header_line, at);
    ++at;
    while (lenient.several_blanks && at < text.size() && text[at] == ' ') ++at;
    line.value_at = at;
    auto const value = text.substr(at);
    if (wanted != field::other) {
        std::size_t no_credit = 0;
        auto const path =
            walk_path(value, value.data() + value.size(),
                      {limit.max_path_uris, lenient.several_blanks, lenient.ipv6_without_brackets},
                      wire::kernel::swar, no_credit);
        line.uris = path.uris;
        if (path.uris != 0) return line;
        if (doubt != nullptr) {
            doubt->open = path.open;
            doubt->late = path.late;
            doubt->late_at = at + path.late_at;
        }
        return fail(path.why, at + path.at, path.whole);
    }
    auto const scan = wire::scan_utf8text(value, lenient.loose_utf8);
    MSRPKIT_EXAMINED(scan.size);
    if (!scan.whole) return fail(error::bad_utf8, at + scan.size, scan.between);
    return line;
}

/// What reading a line the slow way has found.
struct slow_line {
    header_line header{};
    line_doubt doubt{};
};

/// Reads the head of one chunk from a text that begins at its first octet and of which more and
/// more becomes known. The one place that knows which line may follow which, which limits hold and
/// where an error is; the push parser, the pull parser and the whole-message parser all go through
/// it. It keeps offsets only, so the text may move between calls.
///
/// Two stages: an index of line ends, made 64 octets at a time, says where the lines are and
/// whether all their octets are sound; then each line is read once, quickly where it is simply good
/// or plainly wrong, else by the slow way. So an octet is looked at twice: by the index, and by the
/// reader of its line. What short cuts try in vain is paid for by octets that only the index looks
/// at. (Octets behind the head that a vector holds and masks out do not count as looked at.)
class head_reader {
   public:
    enum class outcome : std::uint8_t {
        need_more,  ///< the head goes on behind what is known of it
        skipped,    ///< a stray CRLF: the head begins at `used()`
        body,       ///< the empty line: the body begins at `used()`
        end,        ///< the end-line: the message ends at `used()`
        error,      ///< see `failure`
    };

    head_reader(msrp::limits const& limits, msrp::leniency const& lenient) noexcept
        : limits_(limits), lenient_(lenient), kernel_(wire::best_kernel()) {
        limits_.max_header_block = std::min<std::size_t>(limits_.max_header_block, 1U << 30U);
        index_.loose_utf8 = lenient_.loose_utf8;
        index_.several_blanks = lenient_.several_blanks;
        index_.ipv6_without_brackets = lenient_.ipv6_without_brackets;
        plain_ = !lenient_.several_blanks && !lenient_.ipv6_without_brackets;
    }

    /// Begin another head.
    void start() noexcept {
        in_start_line_ = true;
        line_at_ = 0;
        index_.clear();
        last_ = field::other;
        lines_ = {};
        next_ = 0;
        close_seen_ = 0;
    }

    [[nodiscard]] msrp::limits const& limits() const noexcept { return limits_; }
    [[nodiscard]] msrp::leniency const& lenient() const noexcept { return lenient_; }
    /// Offset from the head's first octet.
    [[nodiscard]] wire::failure failure() const noexcept {
        return failure_ ? *failure_ : wire::failure{};
    }
    [[nodiscard]] msrp::method method() const noexcept { return method_; }
    [[nodiscard]] std::string_view transaction_id() const noexcept {
        return {marker_.transaction_id.data(), transaction_id_size_};
    }
    /// The same with all the octets that an id can have, and some that mean nothing.
    [[nodiscard]] std::array<char, ident_max> const& transaction_id_octets() const noexcept {
        return marker_.transaction_id;
    }
    /// CRLF, seven hyphens, the transaction id: how the end-line behind a body begins.
    [[nodiscard]] std::string_view end_marker() const noexcept {
        return {marker(), sizeof marker_.front + transaction_id_size_};
    }
    [[nodiscard]] wire::kernel kernel() const noexcept { return kernel_; }
    [[nodiscard]] char flag() const noexcept { return flag_; }
    [[nodiscard]] std::size_t used() const noexcept { return used_; }
    /// Octets that a head takes at most, with a closing line that may be an end-line.
    [[nodiscard]] std::size_t capacity() const noexcept { return limits_.max_header_block + 64; }

    /// Goes on with the head as far as it is known. Once it says anything but `need_more`, `start`
    /// comes before the next call.
    [[nodiscard]] outcome read(std::string_view head) noexcept {
        if (lenient_.stray_crlf && in_start_line_ && head.starts_with("\r\n")) {
            used_ = 2;
            return outcome::skipped;
        }
        for (;;) {
            if (next_ != lines_.count && !lines_.stray && !lines_.high && plain_ &&
                !take_lines(head))
                return outcome::error;
            if (next_ != lines_.count) {
                auto const done = line(head, ends_[next_++]);
                if (done != outcome::need_more) return done;
            } else if (lines_.ended) {
                // The empty line or the end-line, which the index stopped before.
                if (auto closed = outcome::error; take_close(head, closed)) return closed;
                std::size_t const from = std::max(line_at_, close_seen_);
                auto const lf = head.find('\n', from);
                MSRPKIT_EXAMINED(std::min(lf, head.size()) - from);
                if (lf == std::string_view::npos) {
                    close_seen_ = head.size();
                    return unfinished(head);
                }
                auto const done = line(head, lf);
                if (done != outcome::need_more) return done;
            } else {
                std::size_t const before = lines_.scanned;
                if (before == head.size()) return unfinished(head);
                lines_.count = next_ = 0;
                wire::index_lines(lines_, head, ends_.data(), ends_.size(), kernel_);
                MSRPKIT_EXAMINED(lines_.scanned - before);
                if (lines_.scanned == before && !lines_.ended) return unfinished(head);
            }
        }
    }

    /// The stream stops in the current line. @return `error` where what there is of it cannot be
    /// continued, else `need_more`.
    [[nodiscard]] outcome stop(std::string_view head) noexcept {
        auto const text = head.substr(line_at_);
        auto const wrong = examine(text, false);
        return wrong.code && wrong.offset < text.size() ? refuse(wrong) : outcome::need_more;
    }

    /// The event, once `read` said `body` or `end`; views into `head`, all of its fields are set.
    void begin(std::string_view head, std::uint64_t offset, chunk_begin& b) const noexcept {
        head = {head.data(), line_at_};
        // "MSRP" SP transact-id SP, then the method, or the status and its comment.
        std::size_t const tail_at = 5 + transaction_id_size_ + 1;
        std::string_view const tail(head.data() + tail_at, index_.fields_at - 2 - tail_at);
        b.transaction_id = {head.data() + 5, transaction_id_size_};
        b.method = method_;
        b.method_name = method_ == method::none ? std::string_view{} : tail;
        b.status = status_;
        if (has_comment_)
            b.comment.emplace(tail.data() + 4, tail.size() - 4);
        else
            b.comment.reset();
        b.headers.assign(head, index_);
        b.has_body = index_.has_body;
        b.offset = offset;
    }

   private:
    static constexpr std::size_t end_line_size = 7 + ident_max + 1;

    /// Takes the lines of `ends_` one by one, as long as they are simply good or plainly wrong. All
    /// have CR before their LF, and their octets are ASCII without controls.
    /// @return false where one is wrong: see `failure`.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool take_lines(std::string_view head) noexcept {
        auto const* const text = head.data();
        auto const* const known = text + head.size();
        std::size_t i = next_;
        if (in_start_line_) {
            std::size_t const lf = ends_[i];
            // Words are loaded beyond the line: a head of which little is known is read slowly.
            if (lf - 1 > limits_.max_start_line || lf >= limits_.max_header_block ||
                head.size() < 5 + ident_max || credit_ < 5 + ident_max)
                return true;
            std::size_t const looked = std::min(lf - 1, 5 + ident_max);
            MSRPKIT_EXAMINED(looked);
            if (!take_start_line({text, lf - 1})) {
                credit_ -= looked;
                return true;
            }
            credit_ += lf + 1 - looked;
            in_start_line_ = false;
            index_.fields_at = static_cast<std::uint32_t>(lf + 1);
            line_at_ = lf + 1;
            ++i;
        }
        // What the loops need, where no store into the index can be thought to change it.
        std::size_t at = line_at_;
        std::size_t lines = lines_.count;
        std::size_t const room = limits_.max_header_fields - index_.count;
        if (lines - i > room) lines = i + room;
        if (lines - i < 2 || ends_[lines - 1] >= limits_.max_header_block ||
            ends_[lines - 1] - at > limits_.max_header_line || ends_[lines - 2] + 33U > head.size())
            [[unlikely]]
            lines = lines_within(head, i, lines);
        auto last = last_;
        bool good = true;
        auto const wrong = [&](error why, std::size_t where, std::string_view name) {
            failure_ = wire::failure{make_error_code(why), at + where,
                                     name.empty() ? std::string_view("header") : name};
            good = false;
        };
        // FRM-7.1-2: the two paths, first both at once.
        plain_sizes plain{0, 0};
        bool named = false;
        if (index_.count == 0 && lines - i >= 2 && credit_ >= 64 && limits_.max_path_uris != 0 &&
            wire::detail::can_classify(kernel_)) {
            std::size_t const next = ends_[i] + std::size_t{1};
            std::size_t const to_at = at + 9;
            std::size_t const from_at = next + 11;
            std::size_t const to_size = next - 2 - to_at;
            std::size_t const from_size = ends_[i + 1] - 1 - from_at;
            // Of 16 octets, as the shortest URI, to 64; of a shorter line the size is huge here.
            bool const fit =
                to_size - 16 <= 48 && from_size - 16 <= 48 && from_at + 64 <= head.size();
            named = fit && are_path_names(text + at, text + next);
            if (named) {
                plain = plain_uri_sizes(text + to_at, to_size, text + from_at, from_size, kernel_);
                if (plain.second == from_size) [[likely]] {
                    MSRPKIT_EXAMINED(to_size + from_size);
                    index_.slot[header_index::bit(field::to_path)] = {
                        static_cast<std::uint32_t>(to_at), static_cast<std::uint32_t>(to_size)};
                    index_.slot[header_index::bit(field::from_path)] = {
                        static_cast<std::uint32_t>(from_at), static_cast<std::uint32_t>(from_size)};
                    index_.present = 3;
                    index_.count = 2;
                    index_.to_path_uris = index_.from_path_uris = 1;
                    last = field::from_path;
                    credit_ += 4;  // CR and LF are looked at by the index alone
                    at = ends_[i + 1] + std::size_t{1};
                    i += 2;
                } else if (plain.first == 0 || (plain.first == to_size && plain.second == 0)) {
                    std::size_t const lost = plain.first == 0 ? to_size : from_size;
                    MSRPKIT_EXAMINED(lost);
                    credit_ -= lost;
                }
            } else if (fit) {
                credit_ -= 9 + 11;
            }
        }
        for (; index_.count < 2 && i != lines; ++i) {
            std::size_t const lf = ends_[i];
            auto const* const p = text + at;
            std::size_t const size = lf - 1 - at;
            bool const to = index_.count == 0;
            std::size_t const value = !named ? is_path_name(p, to) : to ? 9 : 11;
            if (value == 0) break;
            auto const walk = walk_path({p + value, size - value}, known, {limits_.max_path_uris},
                                        kernel_, credit_, to ? plain.first : plain.second);
            last = to ? field::to_path : field::from_path;
            if (walk.uris == 0) {
                wrong(walk.why, value + walk.at, canonical_name(last));
                break;
            }
            (to ? index_.to_path_uris : index_.from_path_uris) =
                static_cast<std::uint32_t>(walk.uris);
            index_.note(last, at + value, size - value);
            credit_ += 2;
            at = lf + 1;
        }
        if (index_.count >= 2) {
            std::size_t credit = credit_;
            auto const first = i;
            auto present = index_.present;
            auto repeated = index_.repeated;
            auto const take = [&](field id, std::uint32_t bit, std::size_t value, std::size_t lf) {
                last = id;
                std::size_t const value_at = at + value;
                std::size_t const value_size = lf - 1 - value_at;
                credit += value_size;
                at = lf + 1;
                if ((present & bit) != 0) [[unlikely]] {
                    repeated |= bit;
                    return;
                }
                present |= bit;
                index_.slot[header_index::bit(id)] = {static_cast<std::uint32_t>(value_at),
                                                      static_cast<std::uint32_t>(value_size)};
            };
            while (i != lines) {
                header_name name{field::other, 0};
                if (credit >= lookup_cost) [[likely]] {
                    auto const* e = &entry_for(text + at);
                    while (e->begins(text + at)) {
                        MSRPKIT_EXAMINED(e->value_at);
                        take(e->id, e->bit, e->value_at, ends_[i]);
                        if (++i == lines) break;
                        e = &entry_for(text + at);
                    }
                    if (i == lines) break;
                    name = lookup_more(text + at, e->id);
                    if (name.size == 0) {
                        credit -= lookup_cost;
                        MSRPKIT_EXAMINED(lookup_cost);
                    }
                }
                std::string_view const line(text + at, ends_[i] - 1 - at);
                if (name.size == 0) name = read_header_name(line);
                bool const colon =
                    name.size != 0 && name.size < line.size() && line[name.size] == ':';
                if (!colon || name.size + 2 > line.size() || line[name.size + 1] != ' ') {
                    wrong(error::bad_header_line, name.size + (colon ? 1 : 0),
                          colon ? canonical_name(name.id) : std::string_view{});
                    break;
                }
                if (auto const bit = header_index::bit(name.id); bit < known_fields) {
                    take(name.id, 1U << bit, name.size + 2, ends_[i]);
                } else {
                    last = name.id;
                    credit += line.size() - name.size - 2;
                    at = ends_[i] + std::size_t{1};
                }
                ++i;
            }
            index_.present = present;
            index_.repeated = repeated;
            index_.count += static_cast<std::uint32_t>(i - first);
            credit_ = credit;
        }
        last_ = last;
        line_at_ = at;
        next_ = i;
        return good;
    }
    /// How many of the lines up to `lines` may be taken quickly, from the one at `line_at_` on,
    /// which is `ends_[i]`'s: those before one that is beyond a limit, or too near to the end of
    /// what is known to be looked at by words.
    [[nodiscard]] MSRPKIT_COLD std::size_t lines_within(std::string_view head, std::size_t i,
                                                        std::size_t lines) const noexcept {
        std::size_t at = line_at_;
        for (; i != lines; ++i) {
            std::size_t const lf = ends_[i];
            if (lf - 1 - at > limits_.max_header_line || lf >= limits_.max_header_block ||
                at + 32 > head.size())
                break;
            at = lf + 1;
        }
        return i;
    }
    MSRPKIT_ALWAYS_INLINE bool take_start_line(std::string_view text) noexcept {
        if (text.size() < 5 + ident_min + 4 || std::memcmp(text.data(), "MSRP ", 5) != 0)
            return false;
        auto const* const id = text.data() + 5;
        // The usual id is letters and digits: its length without a branch that depends on it.
        std::size_t n = alnum_run(id);
        if (n < ident_min || id[n] != ' ') [[unlikely]] {
            std::size_t const most = std::min(text.size() - 5 - 4, ident_max);
            n = std::min(n, most);
            while (n < most && ident_char.contains(id[n])) ++n;
            if (n < ident_min || id[n] != ' ' || !wire::alphanum.contains(id[0])) return false;
        }
        std::string_view const rest(id + n + 1, text.size() - 5 - n - 1);
        if (rest.size() < 3) return false;
        if (std::memcmp(rest.data(), "SEND", 4) == 0 && rest.size() == 4) {
            method_ = method::SEND;
            status_ = 0;
            has_comment_ = false;
        } else if (wire::digit.contains(rest[0])) {
            unsigned status = 0;
            for (std::size_t i = 0; i < 3; ++i) {
                if (!wire::digit.contains(rest[i])) return false;
                status = status * 10 + static_cast<unsigned>(rest[i] - '0');
            }
            if (rest.size() != 3 && rest[3] != ' ') return false;
            method_ = method::none;
            status_ = static_cast<std::uint16_t>(status);
            has_comment_ = rest.size() != 3;
        } else {
            auto const known = method_of(rest);
            if (known == method::other) return false;
            method_ = known;
            status_ = 0;
            has_comment_ = false;
        }
        // More than it has, less than is there.
        std::memcpy(marker_.transaction_id.data(), id, ident_max);
        transaction_id_size_ = n;
        return true;
    }
    /// The line that closes the head, if it is there and simply good.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool take_close(std::string_view head,
                                                        outcome& done) noexcept {
        auto const* const p = head.data() + line_at_;
        std::size_t const rest = head.size() - line_at_;
        if (index_.count < 2 || rest < 2) return false;
        if (p[0] == '\r') {
            if (p[1] != '\n' || last_ != field::content_type || method_ == method::none)
                return false;
            index_.has_body = true;
            used_ = line_at_ + 2;
            done = outcome::body;
            MSRPKIT_EXAMINED(2);
            return true;
        }
        std::size_t const size = 7 + transaction_id_size_;
        if (rest < size + 3 || credit_ < size + 3) return false;
        MSRPKIT_EXAMINED(size + 3);
        if (!wire::detail::same_octets(p, marker() + 2, size) ||
            (p[size] != '$' && p[size] != '+' && p[size] != '#') || p[size + 1] != '\r' ||
            p[size + 2] != '\n') {
            credit_ -= size + 3;
            return false;
        }
        flag_ = p[size];
        used_ = line_at_ + size + 3;
        done = outcome::end;
        return true;
    }
    /// The octets of `marker_`, which has no gap.
    [[nodiscard]] char const* marker() const noexcept {
        static_assert(sizeof marker_ == sizeof marker_.front + ident_max);
        return reinterpret_cast<char const*>(&marker_);
    }
    void note_transaction_id(std::string_view id) noexcept {
        std::copy_n(id.data(), id.size(), marker_.transaction_id.data());
        transaction_id_size_ = id.size();
    }

    /// The current line ends with the LF at `lf` of the head: any line, and why it is refused.
    /// @return `need_more` where it is taken and the head goes on.
    [[nodiscard]] outcome line(std::string_view head, std::size_t lf) noexcept {
        auto text = head.substr(line_at_, lf - line_at_);
        bool const crlf = !text.empty() && text.back() == '\r';
        auto const content = text.substr(0, text.size() - (crlf ? 1 : 0));
        bool const fits = crlf && (closes(content) || content.size() <= line_bound().size);
        auto wrong = fits ? check(content) : examine(text, true);
        if (fits && wrong.code && wrong.offset < content.size() &&
            content[static_cast<std::size_t>(wrong.offset)] == '\r')
            wrong = behind_cr(wrong, text, true);
        if (!fits && !wrong.code)
            wrong = {make_error_code(error::bad_line_end), text.size(), name_of_line()};
        if (wrong.code) return refuse(wrong);
        text = content;
        if (!closes(text)) {
            accept(text, lf + 1);
            return outcome::need_more;
        }
        used_ = lf + 1;
        if (text.empty()) {
            index_.has_body = method_ != method::none;
            return outcome::body;
        }
        flag_ = text.back();
        return outcome::end;
    }

    /// The current line has no LF yet in the head as far as it is known.
    /// @return `need_more` while it may still become a good line, else `error`.
    [[nodiscard]] outcome unfinished(std::string_view head) noexcept {
        auto const text = head.substr(line_at_);
        std::size_t const most = closes(text) && !text.empty() ? end_line_size : line_bound().size;
        if (text.size() <= most + 1) return outcome::need_more;
        return refuse(examine(text.substr(0, most + 2), false));
    }

    /// The longest line that may stand here, without its CRLF, and what a longer one is called.
    struct bound {
        std::size_t size;
        wire::failure why;
    };
    [[nodiscard]] bound line_bound() const noexcept {
        bound b{in_start_line_ ? limits_.max_start_line : limits_.max_header_line,
                {make_error_code(in_start_line_ ? error::start_line_too_long
                                                : error::header_line_too_long),
                 0, name_of_line()}};
        std::size_t const used = line_at_ + 2;
        std::size_t const room =
            limits_.max_header_block > used ? limits_.max_header_block - used : 0;
        if (room < b.size) {
            b.size = room;
            b.why.code = make_error_code(error::header_block_too_long);
        }
        b.why.offset = b.size;
        return b;
    }
    [[nodiscard]] std::string_view name_of_line() const noexcept {
        return in_start_line_ ? "start-line" : "header";
    }
    outcome refuse(wire::failure const& why) noexcept {
        failure_ = why.at(line_at_);
        return outcome::error;
    }

    /// Whether a line can only be the empty line or the end-line: it is bounded by what it must be,
    /// not by a limit.
    [[nodiscard]] bool closes(std::string_view text) const noexcept {
        return !in_start_line_ && index_.count >= 2 &&
               (text.empty() || text[0] == '-' || text[0] == '\r');
    }

    /// What is wrong first with the line as far as it is known, without LF; an offset at its end
    /// says only that it is not whole. An error before a limit goes first. @param ended an LF
    /// follows.
    [[nodiscard]] wire::failure examine(std::string_view text, bool ended) noexcept {
        auto const b = closes(text) ? bound{text.size(), {}} : line_bound();
        auto const part = text.substr(0, b.size);
        auto wrong = check(part);
        bool const too_long = text.size() > b.size;
        bool const within = wrong.code && wrong.offset < part.size();
        if (within && part[static_cast<std::size_t>(wrong.offset)] == '\r')
            return behind_cr(wrong, text, ended);
        if (too_long && !within && text[b.size] == '\r') {
            if (wrong.code || (!ended && b.size + 1 == text.size())) return wrong;
            return {make_error_code(error::bad_line_end), b.size + 1, name_of_line()};
        }
        if ((too_long || !ended) && wrong.code && slow_->doubt.open) wrong.offset = part.size();
        return too_long && (!wrong.code || wrong.offset >= b.size) ? b.why : wrong;
    }
    /// The octet that is wrong is a CR: no grammar takes one, so it is the line's first, and ends
    /// it. @return what is wrong with the line up to there, else that no LF follows.
    [[nodiscard]] wire::failure behind_cr(wire::failure wrong, std::string_view text,
                                          bool ended) noexcept {
        auto const cr = static_cast<std::size_t>(wrong.offset);
        bool const stray = in_start_line_ && cr == 0 && lenient_.stray_crlf;
        if (cr == 0 && !stray) wrong = check({});
        if (cr != 0 && !slow_->doubt.whole) return wrong;
        if (cr != 0 || stray) wrong = {};
        if (cr != 0 && slow_->doubt.late != error{})
            wrong = {make_error_code(slow_->doubt.late), slow_->doubt.late_at,
                     canonical_name(wanted())};
        if (wrong.code || (!ended && cr + 1 == text.size())) return wrong;
        return {make_error_code(error::bad_line_end), cr + 1, name_of_line()};
    }

    /// Whether a line, without its CRLF, may stand here.
    [[nodiscard]] wire::failure check(std::string_view text) noexcept {
        slow_.emplace();
        if (in_start_line_) {
            auto const read = read_start_line(text, lenient_.loose_utf8, &slow_->doubt);
            if (!read) return read.error();
            method_ = read->method;
            status_ = read->status;
            has_comment_ = read->comment.has_value();
            note_transaction_id(read->transaction_id);
            return {};
        }
        if (closes(text)) return check_close(text);
        if (index_.count >= limits_.max_header_fields && !text.empty() &&
            wire::alpha.contains(text[0]))
            return {make_error_code(error::too_many_header_fields), 0, "header"};
        auto const read = read_header_line(text, wanted(), limits_, lenient_, &slow_->doubt);
        if (!read) return read.error();
        slow_->header = *read;
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
                return {make_error_code(error::body_in_response), 0, "body"};
            }
            if (last_ == field::content_type) return {};
            return {make_error_code(error::body_without_content_type), 0, "Content-Type"};
        }
        auto const wrong = [](std::size_t at) {
            return wire::failure{make_error_code(error::bad_end_line), at, "end-line"};
        };
        MSRPKIT_EXAMINED(std::min(text.size(), end_line_size));
        std::size_t at = 0;
        for (; at < 7; ++at)
            if (at == text.size() || text[at] != '-') return wrong(at);
        for (std::size_t i = 0; i < transaction_id_size_; ++i, ++at)
            if (at == text.size() || text[at] != marker_.transaction_id[i]) return wrong(at);
        if (at == text.size() || (text[at] != '$' && text[at] != '+' && text[at] != '#'))
            return wrong(at);
        slow_->doubt.whole = true;
        return at + 1 == text.size() ? wire::failure{} : wrong(at + 1);
    }

    /// Takes a checked line; the next one begins at `next`.
    void accept(std::string_view text, std::size_t next) noexcept {
        if (in_start_line_) {
            in_start_line_ = false;
            index_.fields_at = static_cast<std::uint32_t>(next);
        } else {
            auto const& header = slow_->header;
            last_ = header.id;
            if (index_.count == 0) index_.to_path_uris = static_cast<std::uint32_t>(header.uris);
            if (index_.count == 1) index_.from_path_uris = static_cast<std::uint32_t>(header.uris);
            index_.note(header.id, line_at_ + header.value_at, text.size() - header.value_at);
        }
        line_at_ = next;
    }

    static constexpr std::size_t lines_at_once = 32;

    msrp::limits limits_;
    msrp::leniency lenient_;
    wire::kernel kernel_;
    bool plain_;  // no leniency that the quick way does not know
    bool in_start_line_ = true;
    char flag_ = '$';
    bool has_comment_ = false;
    field last_ = field::other;
    msrp::method method_ = msrp::method::none;
    std::uint16_t status_ = 0;
    std::size_t line_at_ = 0;     // where the current line begins
    std::size_t close_seen_ = 0;  // octets that hold no LF behind the closing line's start
    std::size_t used_ = 0;
    wire::line_index lines_{};
    std::size_t next_ = 0;     // of `ends_`, up to `lines_.count`
    std::size_t credit_ = 64;  // see `walk_path`: one vector, and octets looked at only once
    std::size_t transaction_id_size_ = 0;
    header_index index_{unset{}};
    struct {
        char front[9] = {'\r', '\n', '-', '-', '-', '-', '-', '-', '-'};
        std::array<char, ident_max> transaction_id{};
    } marker_;
    std::optional<slow_line> slow_{};         // set by `check`, which is seldom called
    std::optional<wire::failure> failure_{};  // a failure takes time to make, even an empty one
    std::array<std::uint32_t, lines_at_once> ends_;  // NOLINT: the index writes before it is read
};

}  // namespace detail

}  // namespace msrp::inline v0
