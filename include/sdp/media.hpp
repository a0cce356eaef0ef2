// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// media.hpp - a media description: its m= line, its own c= and a= lines, and those it inherits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <sdp/attribute.hpp>
#include <sdp/connection.hpp>
#include <sdp/detail/fields.hpp>
#include <sdp/limits.hpp>
#include <sdp/line.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0 {

/// `media SP port ["/" integer] SP proto 1*(SP fmt)` (RFC 8866, 5.14), as views into the text.
struct media_line {
    std::string_view media{};      ///< "message", "audio", ...
    std::uint16_t port = 0;        ///< 0: rejected or removed (RFC 3264)
    std::uint16_t port_count = 1;  ///< behind the "/"
    std::string_view proto{};      ///< "TCP/MSRP", "RTP/AVP", ...
    std::string_view formats{};    ///< all of them, one SP between two
    std::size_t port_offset = 0;   ///< of the port's first digit, in octets from the value's start
    std::size_t port_size = 0;     ///< octets of the port, without "/" and what follows
};

/// Reads the value of an m= line. Linear, no allocation.
/// @return views of `value`; `bad_media`, or `port_too_large` at the digit that makes the port (or
///         the number of ports) larger than 65535.
[[nodiscard]] inline wire::result<media_line> read_media_line(std::string_view value) noexcept {
    using detail::token_char;
    detail::cursor in(value);
    media_line m;
    std::uint32_t number = 0;
    bool large = false;
    auto const failed = [&] {
        return in.fail(large ? error::port_too_large : error::bad_media, "m=");
    };
    if (!in.some(token_char, m.media) || !in.octet(' ')) return failed();
    m.port_offset = in.at();
    if (!in.number(65535, number, large)) return failed();
    m.port = static_cast<std::uint16_t>(number);
    m.port_size = in.at() - m.port_offset;
    if (in.octet('/')) {
        if (!in.next_in(detail::pos_digit) || !in.number(65535, number, large)) return failed();
        m.port_count = static_cast<std::uint16_t>(number);
    }
    if (!in.octet(' ')) return failed();
    auto const proto = in.at();
    do {
        if (!in.some(token_char)) return failed();
    } while (in.octet('/'));
    m.proto = in.from(proto);
    if (!in.octet(' ')) return failed();
    auto const formats = in.at();
    do {
        if (!in.some(token_char)) return failed();
    } while (in.octet(' '));
    if (!in.done()) return failed();
    m.formats = in.from(formats);
    return m;
}

namespace detail {

/// The same of a value that was checked. @param m new.
inline void split_media_line(std::string_view value, media_line& m) noexcept {
    std::size_t at = 0;
    auto const field = [&] {
        auto const start = std::exchange(at, at + find_near(part_of(value, at), ' ') + 1);
        return part_of(value, start, at - 1 - start);
    };
    auto const number = [&] {
        std::uint32_t n = 0;
        for (; value[at] >= '0'; ++at) n = n * 10 + static_cast<std::uint32_t>(value[at] - '0');
        return static_cast<std::uint16_t>(n);
    };
    m.media = field();
    m.port_offset = at;
    m.port = number();
    m.port_size = at - m.port_offset;
    if (value[at++] == '/') {
        m.port_count = number();
        ++at;
    }
    m.proto = field();
    m.formats = part_of(value, at);
}

}  // namespace detail

/// One media description of a checked description, as a view: copy it freely, it lives as long as
/// the text. Only descriptions make one. Look-ups walk the lines of the level they ask: linear, no
/// allocation.
class media_view {
   public:
    [[nodiscard]] std::string_view media() const noexcept { return fields_.media; }
    [[nodiscard]] std::uint16_t port() const noexcept { return fields_.port; }
    [[nodiscard]] std::uint16_t port_count() const noexcept { return fields_.port_count; }
    [[nodiscard]] std::string_view proto() const noexcept { return fields_.proto; }
    /// The formats as written, one SP between two; never empty. `wire::for_each_piece` splits them.
    [[nodiscard]] std::string_view formats() const noexcept { return fields_.formats; }
    [[nodiscard]] media_line const& fields() const noexcept { return fields_; }
    /// Rejected or removed (RFC 3264, 6 and 8.2).
    [[nodiscard]] bool rejected() const noexcept { return fields_.port == 0; }

    /// Its place among the media descriptions, from 0.
    [[nodiscard]] std::size_t index() const noexcept { return index_; }
    /// All its lines, the m= line first.
    [[nodiscard]] line_range lines() const noexcept { return lines_; }
    /// Where its m= line begins, in octets from the description's start.
    [[nodiscard]] std::size_t offset() const noexcept { return lines_.offset(); }
    [[nodiscard]] std::size_t line_number() const noexcept { return lines_.first_number(); }

    /// Its own a= lines.
    [[nodiscard]] attribute_range attributes() const noexcept {
        return attribute_range(lines_, leniency_.blank_after_colon);
    }
    /// The a= lines of the session level.
    [[nodiscard]] attribute_range session_attributes() const noexcept {
        return attribute_range(session_, leniency_.blank_after_colon);
    }
    /// Its own first attribute of that name, else the session's. Walks the session level too: where
    /// all media descriptions ask, prefer those below.
    [[nodiscard]] std::optional<attribute> effective_attribute(
        std::string_view name) const noexcept {
        if (auto own = attributes().find(name)) return own;
        return session_attributes().find(name);
    }

    /// The session's a=setup and its direction attribute: found once for the whole description, so
    /// asking costs nothing.
    [[nodiscard]] std::optional<attribute> session_setup() const noexcept {
        return attribute_at(index_of_session_.setup);
    }
    [[nodiscard]] std::optional<attribute> session_direction() const noexcept {
        return attribute_at(index_of_session_.direction);
    }
    /// Calls `f(attribute)` for each a=fingerprint of the session, in order. Without any, or with
    /// one, asking costs nothing; with several the lines from the first to the last are walked.
    /// Where all media descriptions ask, that is so often: `limits::max_media` and
    /// `limits::max_text` bound it.
    template <class F>
    void for_each_session_fingerprint(F&& f) const {
        auto left = index_of_session_.fingerprint_count;
        if (left == 0) return;
        auto const first = index_of_session_.fingerprint;
        auto const lines = detail::part_of(session_.text(), first.offset - session_.offset());
        for (attribute const a : attribute_range(line_range(lines, first.offset, first.number),
                                                 leniency_.blank_after_colon)) {
            if (a.name != "fingerprint") continue;
            f(a);
            if (--left == 0) return;
        }
    }

    /// Its own first c= line, else the session's (RFC 8866, 5.7). Nothing only where the leniency
    /// `missing_connection` let that pass.
    [[nodiscard]] std::optional<connection> effective_connection() const noexcept {
        auto at = own_connection_place();
        auto const& block = at.number != 0 ? lines_ : session_;
        if (at.number == 0) at = index_of_session_.connection;
        if (at.number == 0) return std::nullopt;
        return detail::connection_of(line_at(block, at), leniency_.doubled_address_type);
    }
    /// Its own first c= line. Further ones (layered multicast) are among `lines()`.
    [[nodiscard]] std::optional<connection> own_connection() const noexcept {
        auto const at = own_connection_place();
        if (at.number == 0) return std::nullopt;
        return detail::connection_of(line_at(lines_, at), leniency_.doubled_address_type);
    }

    /// How the description was read.
    [[nodiscard]] leniency const& lenient() const noexcept { return leniency_; }

   private:
    friend class description_view;
    media_view(line_range session, detail::session_index const& of_session, line_range lines,
               std::size_t index, leniency const& lenient) noexcept
        : session_(session),
          index_of_session_(of_session),
          lines_(lines),
          index_(index),
          leniency_(lenient) {
        auto const text = lines.text();
        auto const end = detail::find_near(text, '\n');
        second_ = std::min(end + 1, text.size());
        auto const size = end - (text[end - 1] == '\r' ? 1 : 0);
        detail::split_media_line(detail::part_of(text, 2, size - 2), fields_);
    }
    /// @param of the lines it is among.
    [[nodiscard]] static line line_at(line_range const& of, detail::place at) noexcept {
        auto const from = detail::part_of(of.text(), at.offset - of.offset());
        return *line_range(from, at.offset, at.number).begin();
    }
    [[nodiscard]] std::optional<attribute> attribute_at(detail::place at) const noexcept {
        if (at.number == 0) return std::nullopt;
        return as_attribute(line_at(session_, at), leniency_.blank_after_colon);
    }
    /// Of its own first c= line.
    [[nodiscard]] detail::place own_connection_place() const noexcept {
        auto const text = lines_.text();
        auto number = static_cast<std::uint32_t>(lines_.first_number() + 1);
        // c= stands behind m= and before a=.
        for (auto at = second_; at < text.size() && text[at] != 'a'; ++number) {
            if (text[at] == 'c') return {static_cast<std::uint32_t>(lines_.offset() + at), number};
            at += detail::find_near(detail::part_of(text, at), '\n') + 1;
        }
        return {};
    }

    line_range session_{};
    detail::session_index index_of_session_{};
    line_range lines_{};
    std::size_t index_ = 0;
    leniency leniency_{};
    media_line fields_{};
    std::size_t second_ = 0;  // where its second line begins, in lines_
};

}  // namespace sdp::inline v0
