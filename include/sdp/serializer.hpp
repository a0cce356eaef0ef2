// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// serializer.hpp - description to text, and a writer that makes a new description line by line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <sdp/description.hpp>
#include <sdp/detail/reader.hpp>
#include <sdp/error.hpp>
#include <wire/result.hpp>
#include <wire/sink.hpp>

namespace sdp::inline v0 {

enum class line_ends : unsigned char {
    as_read,  ///< the same octets as were read
    crlf,     ///< CRLF behind each line, whatever was read (RFC 8866, section 5)
};

/// Writes a description into memory of the caller's. Linear, no allocation.
/// @return the octets written; `buffer_too_small` with the octets needed as its offset.
[[nodiscard]] inline wire::result<std::size_t> serialize(
    description_view const& view, std::span<char> memory,
    line_ends ends = line_ends::as_read) noexcept {
    wire::sink out(memory);
    if (ends == line_ends::as_read) {
        out << view.text();
    } else {
        for (line const l : view.lines()) out << l.type << '=' << l.value << "\r\n";
    }
    if (out.overflowed())
        return wire::failure{make_error_code(error::buffer_too_small), out.needed(), {}};
    return out.view().size();
}

/// Makes a description line by line. Each field is held against its own production, so none can
/// become several or begin a line of its own; what does not fit is refused with `illegal_value` and
/// the line's name, and sticks: everything later is ignored and `finish` tells it (threat T8).
/// Addresses of the Internet are numeric and without brackets, or names.
/// Each call is linear in what it writes.
template <class Allocator = std::allocator<char>>
class basic_description_writer {
   public:
    using string_type = std::basic_string<char, std::char_traits<char>, Allocator>;

    explicit basic_description_writer(limits const& limit = {},
                                      Allocator const& allocator = Allocator())
        : text_(allocator), limits_(limit) {}

    /// Writes `v=0`, `o=` and `s=`. Session id and version must fit a signed number of 64 bits
    /// (RFC 3264, section 5); the first version of a session should be below 2^62 - 1 (there, too).
    basic_description_writer& session(origin const& o, std::string_view name = "-") {
        if (!good_origin(o)) return refuse("o=");
        line('v', {"0"});
        line('o', {o.username, " ", o.session_id, " ", o.session_version, " ", o.net_type, " ",
                   o.address_type, " ", o.address});
        return line('s', {name});
    }
    /// Writes `c=IN IP4|IP6 address`: IP6 for a numeric IPv6 address, else IP4. A multicast address
    /// may have its TTL and number (RFC 8866, 5.7).
    basic_description_writer& connection(std::string_view address) {
        return line('c', {"IN ", detail::address_type_of(address), " ", address});
    }
    /// Writes `t=0 0`: a session without bounds.
    basic_description_writer& unbounded_time() { return line('t', {"0 0"}); }
    /// Writes an m= line. @param proto tokens with "/" between them. @param formats tokens with one
    /// blank between them.
    basic_description_writer& media(std::string_view media, std::uint16_t port,
                                    std::string_view proto, std::string_view formats) {
        if (!detail::is_token(media) || !detail::are_tokens(proto, '/') ||
            !detail::are_tokens(formats, ' '))
            return refuse("m=");
        return line('m', {media, " ", wire::decimal(port).view(), " ", proto, " ", formats});
    }
    /// Writes `a=name`.
    basic_description_writer& attribute(std::string_view name) {
        if (!detail::is_token(name)) return refuse("a=");
        return line('a', {name});
    }
    /// Writes `a=name:value`. @param value not empty.
    basic_description_writer& attribute(std::string_view name, std::string_view value) {
        if (!detail::is_token(name) || value.empty()) return refuse("a=");
        return line('a', {name, ":", value});
    }
    /// Writes a line of any type whose value is these pieces, one behind the other. It is the whole
    /// value that is checked: where the pieces are fields, each is the caller's to check.
    basic_description_writer& line(char type, std::initializer_list<std::string_view> pieces) {
        if (failed_) return *this;
        auto const name = detail::line_name(type);
        if (name.empty()) return refuse({});
        text_.append(name);
        auto const start = text_.size();
        for (auto const p : pieces) text_.append(p);
        auto const value = std::string_view(text_).substr(start);
        if (!detail::is_byte_text(value) || !detail::check_value(type, value, {}) ||
            !good_value(type, value))
            return refuse(name);
        text_.append("\r\n");
        return *this;
    }

    /// The description, if every line was good, they are in order and within the limits.
    [[nodiscard]] wire::result<basic_description<Allocator>> finish() const {
        if (failed_) return wire::failure{make_error_code(error::illegal_value), 0, refused_};
        return basic_description<Allocator>::parse(text_, limits_, {}, text_.get_allocator());
    }
    /// What was written so far, to be put into a description by `add_media`; `illegal_value` if a
    /// line was refused. Lives until the writer changes or ends.
    [[nodiscard]] wire::result<std::string_view> lines() const noexcept {
        if (failed_) return wire::failure{make_error_code(error::illegal_value), 0, refused_};
        return std::string_view(text_);
    }

   private:
    static bool good_origin(origin const& o) noexcept {
        return detail::is_non_ws(o.username) && detail::is_origin_number(o.session_id) &&
               detail::is_origin_number(o.session_version) && detail::is_token(o.net_type) &&
               detail::is_token(o.address_type) &&
               detail::is_address(o.net_type, o.address_type, o.address, false);
    }
    /// What readers let through, but must not be written.
    static bool good_value(char type, std::string_view value) noexcept {
        if (type == 'o') return good_origin(*read_origin(value));
        if (type == 'a') return value.find(':') != value.size() - 1;
        if (type != 'c') return true;
        auto const net = value.find(' ');
        auto const kind = value.find(' ', net + 1);
        return detail::is_address(value.substr(0, net), value.substr(net + 1, kind - net - 1),
                                  value.substr(kind + 1), true);
    }
    basic_description_writer& refuse(std::string_view field) {
        if (failed_) return *this;
        failed_ = true;
        refused_ = field;
        return *this;
    }
    string_type text_;
    limits limits_;
    std::string_view refused_{};
    bool failed_ = false;
};

using description_writer = basic_description_writer<>;

}  // namespace sdp::inline v0
