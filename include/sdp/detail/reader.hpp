// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// reader.hpp - the hand-written reader of a whole description: checks every line and their order.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sdp/connection.hpp>
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
/// `URI-reference` as far as its octets and pct-encoding go (RFC 8866, 5.5). Empty is one.
inline wire::result<void> check_uri(std::string_view value) noexcept {
    cursor in(value);
    while (!in.done()) {
        bool const good = in.octet('%') ? in.one_of(wire::hexdig) && in.one_of(wire::hexdig)
                                        : in.one_of(uri_char);
        if (!good) return in.fail(error::bad_uri, "u=");
    }
    return {};
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
/// s=, i=, e= and p= are taken as any text but an empty one; k= as anything, for it is discarded.
/// @return the failure's offset counts from the value's first octet.
inline wire::result<void> check_value(char type, std::string_view value,
                                      leniency const& lenient) noexcept {
    auto const only = [](auto const& read) -> wire::result<void> {
        if (!read) return read.error();
        return {};
    };
    switch (type) {
        case 'v':
            if (value == "0") return {};
            return wire::failure{make_error_code(error::bad_version),
                                 value.starts_with('0') ? 1U : 0U, "v="};
        case 'o': return only(read_origin(value));
        case 's':
            if (value.empty() && lenient.empty_session_name) return {};
            [[fallthrough]];
        case 'i':
        case 'e':
        case 'p':
            if (!value.empty()) return {};
            return wire::failure{make_error_code(error::bad_text), 0, line_name(type)};
        case 'u': return check_uri(value);
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
        if (l.content.size() > limit.max_line)
            return failed(error::line_too_long, at + limit.max_line, {});
        if (l.content.empty()) return failed(error::bad_line, at, {});
        char const type = l.content[0];
        auto const name = line_name(type);
        if (auto const why = order.next(type); why != in_order) return failed(why, at, name);
        if (l.content.size() < 2 || l.content[1] != '=')
            return failed(error::bad_line, at + 1, name);
        if (type == 'm' && out.media_count == limit.max_media)
            return failed(error::too_many_media, at, name);
        auto const value = l.content.substr(2);
        if (auto const good = check_value(type, value, lenient); !good)
            return good.error().at(at + 2);
        if (!l.good) return failed(error::bad_line_end, l.wrong, name);
        out.note(type, value, at, number);
        at = l.next;
    }
    if (auto const why = order.end(); why != in_order) return failed(why, text.size(), {});
    out.finish(text.size(), number);
    return {};
}

/// Whether an octet may stand in a non-ws-string.
[[nodiscard]] constexpr bool is_non_ws(char c) noexcept {
    auto const octet = static_cast<unsigned char>(c);
    return octet > 0x20 && octet != 0x7F;
}
/// Takes fields off the left of a value of at most 61 octets, whose breaks are known.
class mapped_fields {
   public:
    /// @param breaks window of a `wire::token_map`, from the first octet of `value` on.
    MSRPKIT_ALWAYS_INLINE mapped_fields(std::string_view value, std::uint64_t breaks) noexcept
        : value_(value), breaks_(breaks) {}

    /// A token, and `end` behind it.
    MSRPKIT_ALWAYS_INLINE bool token(char end) noexcept {
        auto const stop = next();
        if (stop == at_ || stop >= value_.size() || value_[stop] != end) return false;
        from_ = at_;
        at_ = stop + 1;
        breaks_ &= breaks_ - 1;
        return true;
    }
    /// `1*DIGIT`, and " " behind it.
    MSRPKIT_ALWAYS_INLINE bool number() noexcept {
        if (!token(' ')) return false;
        unsigned wrong = 0;
        for (auto i = from_; i + 1 < at_; ++i)
            wrong |= static_cast<unsigned>(value_[i] - '0') > 9 ? 1U : 0U;
        return wrong == 0;
    }
    /// A number up to 65535, of 5 digits at most, and " " behind it.
    MSRPKIT_ALWAYS_INLINE bool port() noexcept {
        if (!token(' ') || at_ - from_ > 6) return false;
        unsigned value = 0;
        for (auto i = from_; i + 1 < at_; ++i) {
            auto const d = static_cast<unsigned>(value_[i] - '0');
            if (d > 9) return false;
            value = value * 10 + d;
        }
        return value <= 65535;
    }
    /// `non-ws-string`, all the rest.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool rest_is_non_ws() noexcept {
        for (;; breaks_ &= breaks_ - 1) {
            auto const stop = next();
            if (stop >= value_.size()) return at_ < value_.size();
            if (!is_non_ws(value_[stop])) return false;
        }
    }
    /// `token *( " " token )`, all the rest.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE bool rest_is_tokens() noexcept {
        while (token(' ')) {
        }
        return at_ < value_.size() && next() >= value_.size();
    }

   private:
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE std::size_t next() const noexcept {
        return static_cast<std::size_t>(std::countr_zero(breaks_));
    }
    std::string_view value_;
    std::uint64_t breaks_;
    std::size_t at_ = 0;
    std::size_t from_ = 0;
};

/// Is the value of an o=, c= or m= line, of at most 61 octets, surely good?
[[nodiscard]] MSRPKIT_ALWAYS_INLINE bool fields_are_good(char type, mapped_fields in) noexcept {
    if (type == 'c') return in.token(' ') && in.token(' ') && in.rest_is_non_ws();
    if (type == 'o')
        return in.token(' ') && in.number() && in.number() && in.token(' ') && in.token(' ') &&
               in.rest_is_non_ws();
    if (type != 'm' || !in.token(' ') || !in.port()) return false;
    while (in.token('/')) {
    }
    return in.token(' ') && in.rest_is_tokens();
}

/// Reads a description as most are. @return false where `read_line_by_line` has to say.
[[nodiscard]] inline bool read_mapped(std::string_view text, limits const& limit,
                                      leniency const& lenient, layout& out) noexcept {
    if (text.size() < wire::token_map::min_text || text.size() > wire::token_map::max_text ||
        text.back() != '\n')
        return false;
    wire::token_map map;
    if (!map.read(text)) return false;
    line_order order(lenient);
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        auto const* const line = text.data() + at;
        auto const end = wire::token_map::next(map.lf, at);
        auto const next = end + 1;
        if (end - at < 2 || line[1] != '=') return false;
        std::size_t const content = end - at - (text[end - 1] == '\r' ? 1 : 0);
        char const type = line[0];
        if (++number > limit.max_lines || content > limit.max_line || order.next(type) != in_order)
            return false;
        std::string_view const value(line + 2, content - 2);
        auto const breaks = wire::token_map::window(map.breaks, at) >> 2U;
        bool good = false;
        if (type == 'a') {
            // CR and LF are breaks as well. A name that is too long for the window is none here.
            auto const name = static_cast<std::size_t>(std::countr_zero(breaks));
            good = name != 0 && name < 62 && (name == value.size() || value[name] == ':');
        } else if (type == 'v') {
            good = value == "0";
        } else if (type == 's') {
            good = !value.empty();
        } else if (type == 't') {
            good = value == "0 0";
        } else if (value.size() < 62) {
            good = fields_are_good(type, {value, breaks});
        }
        if (!good && !check_value(type, value, lenient)) return false;
        if (type == 'm' && out.media_count == limit.max_media) return false;
        out.note(type, value, at, number);
        at = next;
    }
    if (order.end() != in_order) return false;
    out.finish(text.size(), number);
    return true;
}

/// Places are 32-bit numbers, whatever `limits` say.
inline constexpr std::size_t max_text_ever = 0xFFFF'FFFF;

/// Reads a whole description. Linear, no allocation, never throws.
/// @param out new; where its parts begin. Of no use after a failure.
/// @return the first thing that is wrong.
[[nodiscard]] inline wire::result<void> read_description(std::string_view text, limits const& limit,
                                                         leniency const& lenient,
                                                         layout& out) noexcept {
    for (std::size_t const most : {limit.max_text, max_text_ever})
        if (text.size() > most)
            return wire::failure{make_error_code(error::text_too_long), most, {}};
    if (read_mapped(text, limit, lenient, out)) return {};
    return read_line_by_line(text, limit, lenient, out);
}

}  // namespace sdp::inline v0::detail
