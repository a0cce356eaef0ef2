// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// reader.hpp - the hand-written reader of a whole description: checks every line and their order.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sdp/connection.hpp>
#include <sdp/detail/contact.hpp>
#include <sdp/detail/fields.hpp>
#include <sdp/error.hpp>
#include <sdp/limits.hpp>
#include <sdp/media.hpp>
#include <sdp/origin.hpp>
#include <wire/result.hpp>
#include <wire/token_map.hpp>

namespace sdp::inline v0::detail {

/// What a description keeps of its text: where things begin. Offsets, so it survives a copy.
struct layout {
    std::size_t origin_at = 0;   ///< offset of the o= line
    std::size_t name_at = 0;     ///< offset of the s= line
    std::size_t media_at = 0;    ///< offset of the first m= line; the text's size where none
    std::size_t media_line = 0;  ///< number of that line; one more than the last where none
    std::size_t media_count = 0;
    session_index session{};
    friend bool operator==(layout const&, layout const&) = default;

    /// Takes note of a line that is good.
    void note(char type, std::string_view value, std::size_t at, std::size_t number) noexcept {
        if (type == 'm') {
            if (media_count++ == 0) {
                media_at = at;
                media_line = number;
            }
        } else if (media_count == 0) {
            if (type == 'o')
                origin_at = at;
            else if (type == 's')
                name_at = at;
            else
                session.add(type, value,
                            {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(number)});
        }
    }
    /// @param size of the text. @param lines in all.
    void finish(std::size_t size, std::size_t lines) noexcept {
        if (media_count != 0) return;
        media_at = size;
        media_line = lines + 1;
    }
};

/// The name of a line in `failure::field`.
[[nodiscard]] constexpr std::string_view line_name(char type) noexcept {
    constexpr std::string_view names = "v=o=s=i=u=e=p=c=b=t=r=z=k=a=m=";
    for (std::size_t i = 0; i < names.size(); i += 2)
        if (names[i] == type) return names.substr(i, 2);
    return {};
}

/// `bwtype ":" bandwidth` (RFC 8866, 5.8).
inline wire::result<void> check_bandwidth(std::string_view value) noexcept {
    cursor in(value);
    if (in.some(token_char) && in.octet(':') && in.some(wire::digit) && in.done()) return {};
    return in.fail(error::bad_bandwidth, "b=");
}
/// `time = POS-DIGIT 9*DIGIT`, and "0" where that is allowed too (RFC 8866, 5.9).
inline bool read_time(cursor& in, bool zero_too) noexcept {
    if (zero_too && in.octet('0')) return true;
    if (!in.one_of(pos_digit)) return false;
    for (int i = 0; i < 9; ++i)
        if (!in.one_of(wire::digit)) return false;
    while (in.one_of(wire::digit)) {
    }
    return true;
}
/// `start-time SP stop-time` (RFC 8866, 5.9).
inline wire::result<void> check_time(std::string_view value) noexcept {
    cursor in(value);
    if (read_time(in, true) && in.octet(' ') && read_time(in, true) && in.done()) return {};
    return in.fail(error::bad_time, "t=");
}
/// `typed-time = 1*DIGIT [fixed-len-time-unit]`
inline bool read_typed_time(cursor& in) noexcept {
    if (!in.some(wire::digit)) return false;
    in.one_of(time_unit);
    return true;
}
/// `repeat-interval SP typed-time 1*(SP typed-time)` (RFC 8866, 5.10).
inline wire::result<void> check_repeat(std::string_view value) noexcept {
    cursor in(value);
    bool good = in.next_in(pos_digit) && read_typed_time(in);
    for (int i = 0; good && i < 2; ++i) good = in.octet(' ') && read_typed_time(in);
    while (good && in.octet(' ')) good = read_typed_time(in);
    if (good && in.done()) return {};
    return in.fail(error::bad_repeat, "r=");
}
/// `time SP ["-"] typed-time *(SP time SP ["-"] typed-time)` (RFC 8866, 5.11).
inline wire::result<void> check_zone(std::string_view value) noexcept {
    cursor in(value);
    bool good = true;
    do {
        good = read_time(in, false) && in.octet(' ');
        if (good) in.octet('-');
        good = good && read_typed_time(in);
    } while (good && in.octet(' '));
    if (good && in.done()) return {};
    return in.fail(error::bad_zone, "z=");
}
/// `attribute = attribute-name [":" attribute-value]` (RFC 8866, 5.13). An empty value behind the
/// colon is let through: a malformed value is the attribute reader's to judge, and never refuses
/// the description.
inline wire::result<void> check_attribute(std::string_view value) noexcept {
    cursor in(value);
    if (in.some(token_char) && (in.done() || in.next_is(':'))) return {};
    return in.fail(error::bad_attribute, "a=");
}

/// The value of one line against its own production (RFC 8866, section 9), NUL, CR and LF aside.
/// s= and i= are taken as any text but an empty one; k= as anything, for it is discarded.
/// @return the failure's offset counts from the value's first octet.
inline wire::result<void> check_value(char type, std::string_view value,
                                      leniency const& lenient) noexcept {
    auto const only = [](auto const& read) -> wire::result<void> {
        if (!read) return read.error();
        return {};
    };
    auto const text = [&]() -> wire::result<void> {
        if (!value.empty()) return {};
        return wire::failure{make_error_code(error::bad_text), 0, line_name(type)};
    };
    switch (type) {
        case 'v':
            if (value == "0") return {};
            return wire::failure{make_error_code(error::bad_version),
                                 value.starts_with('0') ? 1U : 0U, "v="};
        case 'o': return only(read_origin(value));
        case 's': return lenient.empty_session_name ? wire::result<void>{} : text();
        case 'i': return text();
        case 'u': return lenient.contact_as_text ? wire::result<void>{} : check_uri(value);
        case 'e': return lenient.contact_as_text ? text() : check_email(value);
        case 'p': return lenient.contact_as_text ? text() : check_phone(value);
        case 'c': return only(read_connection(value, lenient.doubled_address_type));
        case 'b': return check_bandwidth(value);
        case 't': return check_time(value);
        case 'r': return check_repeat(value);
        case 'z': return check_zone(value);
        case 'a': return check_attribute(value);
        case 'm': return only(read_media_line(value));
        default: return {};  // k=
    }
}

/// No error: a error would be a call of the library.
inline constexpr error in_order{};

/// The order of lines (RFC 8866, sections 5 and 9), asked one type letter after the other.
class line_order {
   public:
    explicit line_order(leniency const& lenient) noexcept : lenient_(lenient) {}

    /// @return `in_order`, and the line is taken as read; or why it may not stand here.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE error next(char type) noexcept {
        if (type == 'a' && in_media_ && at_ == m_attributes) return in_order;  // as most are
        auto const why = in_media_ ? media(type) : session(type);
        if (why == error::misplaced_line && line_name(type).empty()) return error::unknown_line;
        return why;
    }
    /// May the text end here? @return `in_order`, or what is missing.
    [[nodiscard]] error end() const noexcept {
        if (in_media_) return lacks_connection();
        if (at_ < name) return error::missing_line;
        return lacks_time();
    }

   private:
    // The places of the session level, in order.
    static constexpr int version = 1, origin = 2, name = 3, information = 4, uri = 5, email = 6,
                         phone = 7, connection_place = 8, bandwidth = 9, time = 10, repeat = 11,
                         zone = 12, key = 13, attributes = 14;

    [[nodiscard]] error session(char type) noexcept {
        if (at_ < name) {
            constexpr std::string_view first = "vos";
            if (type != first[static_cast<std::size_t>(at_)]) return error::misplaced_line;
            ++at_;
            return in_order;
        }
        switch (type) {
            case 'i': return go(information, at_ < information);
            case 'u': return go(uri, at_ < uri);
            case 'e': return go(email, at_ <= email);
            case 'p': return go(phone, at_ <= phone);
            case 'c':
                if (at_ < connection_place) {
                    session_connection_ = true;
                    return go(connection_place, true);
                }
                if (lenient_.connection_after_time && !session_connection_ && at_ >= time &&
                    at_ <= zone) {
                    session_connection_ = true;
                    return in_order;
                }
                return error::misplaced_line;
            case 'b': return go(bandwidth, at_ <= bandwidth);
            case 't': return go(time, at_ <= zone);
            case 'r': return go(repeat, at_ == time || at_ == repeat);
            case 'z': return go(zone, at_ == repeat);
            case 'k': return after_time(key, at_ < key);
            case 'a': return after_time(attributes, true);
            case 'm': {
                auto const why = after_time(attributes, true);
                if (why == in_order) begin_media();
                return why;
            }
            default: return error::misplaced_line;
        }
    }
    [[nodiscard]] error go(int place, bool allowed) noexcept {
        if (!allowed) return error::misplaced_line;
        at_ = place;
        return in_order;
    }
    [[nodiscard]] error after_time(int place, bool allowed) noexcept {
        if (auto const why = lacks_time(); why != in_order) return why;
        return go(place, allowed);
    }
    [[nodiscard]] error lacks_time() const noexcept {
        return at_ < time && !lenient_.missing_time ? error::missing_time : in_order;
    }

    // The places within a media description.
    static constexpr int m_line = 0, m_information = 1, m_connection = 2, m_bandwidth = 3,
                         m_key = 4, m_attributes = 5;

    void begin_media() noexcept {
        in_media_ = true;
        at_ = m_line;
        own_connection_ = false;
    }
    [[nodiscard]] error media(char type) noexcept {
        switch (type) {
            case 'i': return go(m_information, at_ == m_line);
            case 'c': {
                auto const why = go(m_connection, at_ <= m_connection);
                own_connection_ = own_connection_ || why == in_order;
                return why;
            }
            case 'b': return behind_connection(m_bandwidth, at_ <= m_bandwidth);
            case 'k': return behind_connection(m_key, at_ < m_key);
            case 'a': return behind_connection(m_attributes, true);
            case 'm': {
                auto const why = lacks_connection();
                if (why == in_order) begin_media();
                return why;
            }
            default: return error::misplaced_line;
        }
    }
    [[nodiscard]] error behind_connection(int place, bool allowed) noexcept {
        if (auto const why = lacks_connection(); why != in_order) return why;
        return go(place, allowed);
    }
    [[nodiscard]] error lacks_connection() const noexcept {
        return session_connection_ || own_connection_ || lenient_.missing_connection
                   ? in_order
                   : error::missing_connection;
    }

    leniency const& lenient_;
    int at_ = 0;
    bool in_media_ = false;
    bool session_connection_ = false;
    bool own_connection_ = false;
};

/// One line cut off a text: up to the first octet that ends it or may not stand in it.
struct cut_line {
    std::string_view content;  ///< up to CR, LF, NUL or the text's end
    std::size_t next = 0;      ///< where the next line begins, where `good`
    std::size_t wrong = 0;     ///< where not: the first octet that does not fit
    bool good = false;
};
[[nodiscard]] inline cut_line cut(std::string_view text, std::size_t from,
                                  bool may_lack_end) noexcept {
    auto const lf = text.find('\n', from);
    auto const end = std::min(lf, text.size());
    auto content = text.substr(from, end - from);
    cut_line out;
    auto const nul = content.find('\0');
    if (nul != std::string_view::npos) content = content.substr(0, nul);
    auto const cr = content.find('\r');
    if (cr != std::string_view::npos) {
        out.content = content.substr(0, cr);
        out.wrong = from + cr + 1;  // a CR may stand before LF only
        out.good = lf != std::string_view::npos && out.wrong == lf;
    } else {
        out.content = content;
        out.wrong = from + content.size();
        out.good = out.wrong == lf || (out.wrong == text.size() && may_lack_end);
    }
    out.next = std::min(end + 1, text.size());
    return out;
}

/// Reads a whole description line by line, octet by octet.
/// @param out what `read_description` makes.
[[nodiscard, gnu::noinline]] inline wire::result<void> read_line_by_line(std::string_view text,
                                                                         limits const& limit,
                                                                         leniency const& lenient,
                                                                         layout& out) noexcept {
    auto const failed = [](error why, std::size_t at, std::string_view field) {
        return wire::failure{make_error_code(why), at, field};
    };
    out = {};
    line_order order(lenient);
    std::size_t number = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        if (number == limit.max_lines) return failed(error::too_many_lines, at, {});
        ++number;
        auto const l = cut(text, at, lenient.missing_last_line_end);
        bool const too_long = l.content.size() > limit.max_line;
        auto const content = too_long ? part_of(l.content, 0, limit.max_line) : l.content;
        auto const check = [&]() -> wire::result<void> {
            if (content.empty()) return failed(error::bad_line, at, {});
            char const type = content[0];
            auto const name = line_name(type);
            if (auto const why = order.next(type); why != in_order) return failed(why, at, name);
            if (content.size() < 2 || content[1] != '=')
                return failed(error::bad_line, at + 1, name);
            if (type == 'm' && out.media_count == limit.max_media)
                return failed(error::too_many_media, at, name);
            if (auto const good = check_value(type, content.substr(2), lenient); !good)
                return good.error().at(at + 2);
            if (!too_long && !l.good) return failed(error::bad_line_end, l.wrong, name);
            return {};
        };
        auto const good = check();
        // What is wrong within the limit goes first; at its end more octets might mend it.
        if (too_long && (good || good.error().offset >= at + limit.max_line))
            return failed(error::line_too_long, at + limit.max_line, {});
        if (!good) return good;
        out.note(content[0], content.substr(2), at, number);
        at = l.next;
    }
    if (auto const why = order.end(); why != in_order) return failed(why, text.size(), {});
    out.finish(text.size(), number);
    return {};
}

/// Where the lines of a description begin and how long the names of its attributes are: noted while
/// it is checked, so that nobody has to look for them again. Only of what is short.
struct line_table {
    static constexpr std::size_t max_lines = 64;
    // Only so many of them are set: to clear them all would take longer than most reading.
    std::array<std::uint16_t, max_lines + 1> at;    ///< the text's size behind the last line
    std::array<std::uint8_t, max_lines> name_size;  ///< of an a= line
    std::uint8_t count = 0;                         ///< lines; 0 where nothing is noted

    line_table() noexcept {}                                         // NOLINT: as said
    line_table(line_table const& other) noexcept { *this = other; }  // NOLINT
    line_table& operator=(line_table const& other) noexcept {
        if (this == &other) return *this;
        count = other.count;
        if (count == 0) return *this;
        std::copy_n(other.at.begin(), count + 1, at.begin());
        std::copy_n(other.name_size.begin(), count, name_size.begin());
        return *this;
    }
};

/// Are `n` octets all digits? @param end of what may be looked at.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE bool are_digits(char const* p, std::size_t n,
                                                    [[maybe_unused]] char const* end) noexcept {
#if defined(MSRPKIT_KERNEL_X86)
    if (n <= 16 && end - p >= 16) {
        namespace k = wire::detail::sse2;
        auto const from_zero = reinterpret_cast<k::unsigned_octets>(k::load(p)) - '0';
        auto const others = k::bits(reinterpret_cast<k::octets>(from_zero > 9)) | 1U << 16U;
        return static_cast<std::size_t>(std::countr_zero(others)) >= n;
    }
#endif
    unsigned wrong = 0;
    for (std::size_t i = 0; i < n; ++i) wrong |= static_cast<unsigned>(p[i] - '0') > 9 ? 1U : 0U;
    return wrong == 0;
}

/// Reads a description as most are, in one pass along its bitmaps. It knows the usual order of
/// lines; for any other, for a failure and for leniencies of order, `read_line_by_line` has to
/// look.
class quick_reader {
   public:
    /// @param text whole lines. @param map of the text.
    quick_reader(std::string_view text, wire::token_map const& map, limits const& limit,
                 leniency const& lenient) noexcept
        : text_(text), map_(map), limit_(limit), lenient_(lenient) {}

    /// @param out,table new. @return false where it cannot say, whatever they hold then.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool read(layout& out, line_table& table) noexcept {
        if (!session(out, table)) return false;
        while (at_ < text_.size())
            if (!media(out, table)) return false;
        out.finish(text_.size(), number_);
        if (number_ <= line_table::max_lines) {
            table.at[number_] = static_cast<std::uint16_t>(text_.size());
            table.count = static_cast<std::uint8_t>(number_);
        }
        return number_ <= limit_.max_lines && longest_ <= limit_.max_line &&
               out.media_count <= limit_.max_media;
    }

   private:
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool next_is(char type) const noexcept {
        return at_ < text_.size() && text_[at_] == type;
    }
    [[nodiscard]] place here() const noexcept {
        return {static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(number_ + 1)};
    }
    /// Takes the line at `at_`. @return false where no "=" is in its place.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool take(line_table& table) noexcept {
        auto const* const line = text_.data() + at_;
        auto const end = wire::token_map::next(map_.lf, at_);
        if (end - at_ < 2 || line[1] != '=') return false;
        auto const size = end - at_ - (text_[end - 1] == '\r' ? 1 : 0);
        longest_ = std::max(longest_, size);
        value_ = std::string_view(line + 2, size - 2);
        breaks_ = wire::token_map::window(map_.breaks, at_) >> 2U;
        if (number_ < line_table::max_lines) table.at[number_] = static_cast<std::uint16_t>(at_);
        ++number_;
        at_ = end + 1;
        return true;
    }
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool take_attribute(line_table& table) noexcept {
        if (!take(table)) return false;
        // CR and LF are breaks as well. A name that is too long for the window is none here.
        auto const name = static_cast<std::size_t>(std::countr_zero(breaks_));
        if (number_ <= line_table::max_lines)
            table.name_size[number_ - 1] = static_cast<std::uint8_t>(name);
        return name != 0 && name < 62 && (name == value_.size() || value_[name] == ':');
    }

    /// The lines before the first m= line.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool session(layout& out, line_table& table) noexcept {
        if (!next_is('v') || !take(table) || value_ != "0") return false;
        out.origin_at = at_;
        if (!next_is('o') || !take(table) || !good_origin()) return false;
        out.name_at = at_;
        if (!next_is('s') || !take(table) || (value_.empty() && !lenient_.empty_session_name))
            return false;
        if (next_is('i') && (!take(table) || value_.empty())) return false;
        if (next_is('c')) {
            out.session.connection = here();
            connected_ = true;
            if (!take(table) || !good_connection()) return false;
        }
        if (!bandwidths(table) || !next_is('t')) return false;
        do {
            if (!take(table) || (value_ != "0 0" && !check_time(value_))) return false;
        } while (next_is('t'));
        while (next_is('a')) {
            auto const where = here();
            if (!take_attribute(table)) return false;
            out.session.add('a', value_, where);
        }
        return true;
    }
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool media(layout& out, line_table& table) noexcept {
        if (!next_is('m')) return false;
        if (out.media_count++ == 0) {
            out.media_at = at_;
            out.media_line = number_ + 1;
        }
        if (!take(table) || !good_media()) return false;
        if (next_is('i') && (!take(table) || value_.empty())) return false;
        bool connected = connected_ || lenient_.missing_connection;
        while (next_is('c')) {
            connected = true;
            if (!take(table) || !good_connection()) return false;
        }
        if (!connected || !bandwidths(table)) return false;
        while (next_is('a'))
            if (!take_attribute(table)) return false;
        return true;
    }
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool bandwidths(line_table& table) noexcept {
        while (next_is('b'))
            if (!take(table) || !check_bandwidth(value_)) return false;
        return true;
    }

    // Values of at most 61 octets by their breaks, others as always.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool good_connection() noexcept {
        field_ = 0;
        return (value_.size() < 62 && token(' ') && token(' ') && rest_is_non_ws()) ||
               check_value('c', value_, lenient_);
    }
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool good_origin() noexcept {
        field_ = 0;
        return (value_.size() < 62 && token(' ') && number() && number() && token(' ') &&
                token(' ') && rest_is_non_ws()) ||
               check_value('o', value_, lenient_);
    }
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool good_media() noexcept {
        field_ = 0;
        if (value_.size() < 62 && token(' ') && port()) {
            while (token('/')) {
            }
            if (token(' ') && rest_is_tokens()) return true;
        }
        return bool(check_value('m', value_, lenient_));
    }
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE std::size_t next_break() const noexcept {
        return static_cast<std::size_t>(std::countr_zero(breaks_));
    }
    /// A token, and `end` behind it.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool token(char end) noexcept {
        auto const stop = next_break();
        if (stop == field_ || stop >= value_.size() || value_[stop] != end) return false;
        from_ = field_;
        field_ = stop + 1;
        breaks_ &= breaks_ - 1;
        return true;
    }
    /// `1*DIGIT`, and " " behind it.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool number() noexcept {
        return token(' ') &&
               are_digits(value_.data() + from_, field_ - 1 - from_, text_.data() + text_.size());
    }
    /// A number up to 65535, of 5 digits at most, and " " behind it.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool port() noexcept {
        if (!token(' ') || field_ - from_ > 6) return false;
        unsigned value = 0;
        for (auto i = from_; i + 1 < field_; ++i) {
            auto const d = static_cast<unsigned>(value_[i] - '0');
            if (d > 9) return false;
            value = value * 10 + d;
        }
        return value <= 65535;
    }
    /// `non-ws-string`, all the rest.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool rest_is_non_ws() noexcept {
        for (;; breaks_ &= breaks_ - 1) {
            auto const stop = next_break();
            if (stop >= value_.size()) return field_ < value_.size();
            auto const octet = static_cast<unsigned char>(value_[stop]);
            if (octet <= 0x20 || octet == 0x7F) return false;
        }
    }
    /// `token *( " " token )`, all the rest.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool rest_is_tokens() noexcept {
        while (token(' ')) {
        }
        return field_ < value_.size() && next_break() >= value_.size();
    }

    std::string_view text_;
    wire::token_map const& map_;
    limits const& limit_;
    leniency const& lenient_;
    std::size_t at_ = 0;
    std::size_t number_ = 0;   // of lines taken
    std::size_t longest_ = 0;  // of them
    bool connected_ = false;   // the session has a c= line
    // Of the line taken last.
    std::string_view value_{};
    std::uint64_t breaks_ = 0;
    std::size_t from_ = 0;   // where its last field begins
    std::size_t field_ = 0;  // where its next one does
};

/// Reads a description as most are. @return false where `read_line_by_line` has to say.
[[nodiscard]] inline bool read_quickly(std::string_view text, limits const& limit,
                                       leniency const& lenient, layout& out,
                                       line_table& table) noexcept {
    if (text.size() < wire::token_map::min_text || text.size() > wire::token_map::max_text ||
        text.back() != '\n')
        return false;
    wire::token_map map;
    return map.read(text) && quick_reader(text, map, limit, lenient).read(out, table);
}

/// Places are 32-bit numbers, whatever `limits` say.
inline constexpr std::size_t max_text_ever = 0xFFFF'FFFF;

/// Of a text that is too long only so many octets are read: what is wrong among them goes first.
/// @param head those octets. @param out for use in here.
[[nodiscard, gnu::noinline]] inline wire::result<void> read_too_long(std::string_view head,
                                                                     limits const& limit,
                                                                     leniency const& lenient,
                                                                     layout& out) noexcept {
    // A failure at the end of the head may be one that more text would mend.
    auto const good = read_line_by_line(head, limit, lenient, out);
    if (!good && good.error().offset < head.size()) return good;
    return wire::failure{make_error_code(error::text_too_long), head.size(), {}};
}

/// Reads a whole description. Linear, no allocation, never throws.
/// @param out new; where its parts begin. Of no use after a failure. @param table new.
/// @return the first thing that is wrong.
[[nodiscard]] inline wire::result<void> read_description(std::string_view text, limits const& limit,
                                                         leniency const& lenient, layout& out,
                                                         line_table& table) noexcept {
    if (auto const most = std::min(limit.max_text, max_text_ever); text.size() > most)
        return read_too_long(part_of(text, 0, most), limit, lenient, out);
    if (read_quickly(text, limit, lenient, out, table)) return {};
    table.count = 0;
    return read_line_by_line(text, limit, lenient, out);
}

}  // namespace sdp::inline v0::detail
