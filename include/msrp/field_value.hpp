// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// field_value.hpp - is a value what the grammar of its header field allows; read without X3.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <msrp/byte_range.hpp>
#include <msrp/digest_view.hpp>
#include <msrp/error.hpp>
#include <msrp/escaped_text.hpp>
#include <msrp/header.hpp>
#include <msrp/ident.hpp>
#include <msrp/limits.hpp>
#include <msrp/mime.hpp>
#include <msrp/parameter.hpp>
#include <msrp/path.hpp>
#include <msrp/status.hpp>
#include <msrp/uri.hpp>
#include <wire/charset.hpp>
#include <wire/result.hpp>
#include <wire/utf8.hpp>

// These readers stand beside the X3 grammars of parse_media_type.hpp, parse_mime.hpp,
// parse_nickname.hpp and parse_digest.hpp, which are the definition: same verdict, same value, same
// offset, held by the fuzz target header_fields. Here only how; there which rule and why.
namespace msrp::inline v0 {

namespace detail {

/// Octets of a nickname at most, its escapes undone (CHAT-7.1-1).
inline constexpr std::size_t nickname_max = 1023;

inline constexpr wire::charset space = wire::charset(" ");
inline constexpr wire::charset blank_octets = wire::charset(" \t");
inline constexpr wire::charset ascii_text = wire::charset("\t") | wire::charset::range(0x20, 0x7E);
inline constexpr wire::charset quotable = wire::charset("\"\\");
inline constexpr wire::charset lower_hex = wire::digit | wire::charset::range('a', 'f');
inline constexpr wire::charset mail_atom =
    wire::charset::range(0x21, 0x7E) - wire::charset("()<>@,;:\\\".[]");
inline constexpr wire::charset domain_text = ascii_text - wire::charset("[]\\");

/// A place in a text that moves on over what fits. Where a call returns false it stands at the
/// first octet that does not fit.
struct value_reader {
    std::string_view text;
    bool loose_utf8 = false;
    std::size_t at = 0;

    [[nodiscard]] bool ended() const noexcept { return at == text.size(); }
    [[nodiscard]] std::string_view rest() const noexcept { return text.substr(at); }
    [[nodiscard]] std::string_view since(std::size_t from) const noexcept {
        return text.substr(from, at - from);
    }
    [[nodiscard]] wire::failure failed(error e) const noexcept {
        return {make_error_code(e), at, {}};
    }
    [[nodiscard]] bool is(char c) const noexcept { return !ended() && text[at] == c; }
    bool octet(char c) noexcept {
        if (!is(c)) return false;
        ++at;
        return true;
    }
    /// As many octets of a set as there are, `most` at most; how many.
    std::size_t run(wire::charset const& set, std::size_t most = std::string_view::npos) noexcept {
        std::size_t const n = set.span(rest().substr(0, most));
        at += n;
        return n;
    }
    bool some(wire::charset const& set) noexcept { return run(set) != 0; }
    /// How far what follows is `word`, in any case.
    [[nodiscard]] std::size_t common(std::string_view word) const noexcept {
        std::size_t n = 0;
        while (n < word.size() && at + n < text.size() &&
               wire::to_lower(text[at + n]) == wire::to_lower(word[n]))
            ++n;
        return n;
    }
    bool word(std::string_view w) noexcept {
        auto const n = common(w);
        at += n;
        return n == w.size();
    }
    /// @param escaped what may stand behind a backslash.
    bool quoted_string(wire::charset const& escaped) noexcept {
        if (!octet('"')) return false;
        for (;;) {
            auto const stop = std::min(text.find_first_of("\"\\", at), text.size());
            auto const scan = wire::scan_utf8text(text.substr(at, stop - at), loose_utf8);
            at += scan.size;
            if (!scan.whole || ended()) return false;
            if (octet('"')) return true;
            ++at;
            if (run(escaped, 1) == 0) return false;
        }
    }
    bool token_or_quoted(wire::charset const& escaped) noexcept {
        return is('"') ? quoted_string(escaped) : some(token_char);
    }
    /// `item *( separator item )`
    template <class Item>
    bool list(char separator, Item&& item) noexcept {
        do {
            if (!item()) return false;
        } while (octet(separator));
        return true;
    }
};

}  // namespace detail

/// Reads the value of Content-Type, the whole of `text`. Linear, no allocation.
/// @return exactly what `parse_media_type` returns.
[[nodiscard]] inline wire::result<media_type> read_media_type(
    std::string_view text, leniency const& lenient = {}) noexcept {
    detail::value_reader in{text, lenient.loose_utf8};
    auto const blanks = [&] {
        if (lenient.blanks_in_media_type) in.run(detail::blank_octets);
    };
    media_type out;
    bool good = in.some(token_char);
    out.type = in.since(0);
    good = good && in.octet('/');
    auto const subtype_at = in.at;
    good = good && in.some(token_char);
    out.subtype = in.since(subtype_at);
    auto const parameters_at = in.at;
    while (good && !in.ended()) {
        blanks();
        good = in.octet(';');
        if (!good) break;
        blanks();
        good = in.some(token_char);
        auto const behind = in.at;
        blanks();
        if (!good || !in.octet('=')) {
            in.at = behind;
            continue;
        }
        blanks();
        good = in.token_or_quoted(detail::quotable);
    }
    if (!good) return in.failed(error::bad_content_type);
    out.parameters = parameter_list(in.since(parameters_at), ';');
    return out;
}

/// Reads the value of Content-Disposition, the whole of `text` (HDR-7.1.1-1). Linear, no
/// allocation. @return exactly what `parse_content_disposition` returns.
[[nodiscard]] inline wire::result<content_disposition> read_content_disposition(
    std::string_view text, leniency const& lenient = {}) noexcept {
    detail::value_reader in{text, lenient.loose_utf8};
    auto const value = [&](std::string_view name) {
        if (wire::iequals(name, "size")) return in.some(wire::digit);
        for (std::string_view const date : {"creation-date", "modification-date", "read-date"})
            if (wire::iequals(name, date)) return in.quoted_string(detail::ascii_text);
        return in.token_or_quoted(detail::ascii_text);
    };
    auto const octet_in_blanks = [&](char c) {
        in.run(detail::blank_octets);
        if (!in.octet(c)) return false;
        in.run(detail::blank_octets);
        return true;
    };
    content_disposition out;
    bool good = in.some(token_char);
    out.type = in.since(0);
    auto const parameters_at = in.at;
    while (good && !in.ended()) {
        good = octet_in_blanks(';');
        if (!good) break;
        auto const name_at = in.at;
        good = in.some(token_char);
        auto const name = in.since(name_at);
        good = good && octet_in_blanks('=') && value(name);
    }
    if (!good) return in.failed(error::bad_mime_field);
    out.parameters = parameter_list(in.since(parameters_at), ';');
    return out;
}

/// Reads the value of Content-ID, the whole of `text`. Linear, no allocation.
/// @return exactly what `parse_content_id` returns.
[[nodiscard]] inline wire::result<content_id> read_content_id(
    std::string_view text, leniency const& lenient = {}) noexcept {
    detail::value_reader in{text, lenient.loose_utf8};
    auto const word = [&] {
        return in.is('"') ? in.quoted_string(detail::ascii_text) : in.some(detail::mail_atom);
    };
    auto const sub_domain = [&] {
        if (!in.octet('[')) return in.some(detail::mail_atom);
        for (;;) {
            in.run(detail::domain_text);
            if (!in.octet('\\')) return in.octet(']');
            if (in.run(detail::ascii_text, 1) == 0) return false;
        }
    };
    content_id out;
    bool good = in.octet('<') && in.list('.', word);
    if (good) out.local_part = in.since(1);
    good = good && in.octet('@');
    auto const domain_at = in.at;
    good = good && in.list('.', sub_domain);
    if (good) {
        out.domain = in.since(domain_at);
        out.id = in.since(1);
    }
    if (!good || !in.octet('>') || !in.ended()) return in.failed(error::bad_mime_field);
    return out;
}

/// Reads the value of Content-Description, the whole of `text`: any text. Linear.
/// @return exactly what `parse_content_description` returns.
[[nodiscard]] inline wire::result<std::string_view> read_content_description(
    std::string_view text, leniency const& lenient = {}) noexcept {
    auto const scan = wire::scan_utf8text(text, lenient.loose_utf8);
    if (!scan.whole) return wire::failure{make_error_code(error::bad_mime_field), scan.size, {}};
    return text;
}

/// Reads the value of Use-Nickname, the whole of `text` (CHAT-7.1-1, CHAT-7.3-1). Linear, no
/// allocation. @return exactly what `parse_nickname` returns.
[[nodiscard]] inline wire::result<escaped_text> read_nickname(
    std::string_view text, leniency const& lenient = {}) noexcept {
    detail::value_reader in{text};
    // Octets of the escape or character that begins here.
    auto const size_of = [](char c) -> std::size_t {
        auto const octet = static_cast<unsigned char>(c);
        if (c == '\\') return 2;
        if (octet < 0xC0) return 1;
        return octet < 0xE0 ? 2U : octet < 0xF0 ? 3U : octet < 0xF8 ? 4U : octet < 0xFC ? 5U : 6U;
    };
    bool good = in.octet('"');
    std::size_t room = detail::nickname_max;
    while (good && !in.ended() && !in.is('"')) {
        auto const one = in.rest().substr(0, size_of(text[in.at]));
        bool const escape = one[0] == '\\';
        if (escape) {
            good = one.size() == 2 && detail::quotable.contains(one[1]);
            if (!good) ++in.at;
        } else {
            auto const scan = wire::scan_utf8text(one, lenient.loose_utf8);
            good = scan.whole;
            if (!good) in.at += scan.size;
        }
        std::size_t const counted = escape ? 1 : one.size();
        good = good && counted <= room;
        if (!good) break;
        room -= counted;
        in.at += one.size();
    }
    if (!good || !in.octet('"') || !in.ended()) return in.failed(error::bad_nickname);
    return escaped_text(text.substr(1, text.size() - 2));
}

namespace detail {

/// What stands behind the "=" of a Digest parameter.
enum class digest_form : std::uint8_t {
    any,  ///< a token or a quoted-string
    token,
    quoted,    ///< a quoted-string
    truth,     ///< true or false
    qop_list,  ///< tokens between commas, in quotes
    count,     ///< 8 LHEX
    response,  ///< 32 LHEX, or 64 under a leniency, in quotes
    hex,       ///< LHEX, in quotes
};
struct digest_rule {
    std::string_view name;
    digest_form form;
};
inline constexpr std::array challenge_rules{
    digest_rule{"realm", digest_form::quoted},    digest_rule{"nonce", digest_form::quoted},
    digest_rule{"opaque", digest_form::quoted},   digest_rule{"stale", digest_form::truth},
    digest_rule{"algorithm", digest_form::token}, digest_rule{"qop", digest_form::qop_list}};
inline constexpr std::array credentials_rules{
    digest_rule{"username", digest_form::quoted},   digest_rule{"realm", digest_form::quoted},
    digest_rule{"nonce", digest_form::quoted},      digest_rule{"uri", digest_form::quoted},
    digest_rule{"response", digest_form::response}, digest_rule{"algorithm", digest_form::token},
    digest_rule{"cnonce", digest_form::quoted},     digest_rule{"opaque", digest_form::quoted},
    digest_rule{"qop", digest_form::token},         digest_rule{"nc", digest_form::count}};
inline constexpr std::array info_rules{
    digest_rule{"nextnonce", digest_form::quoted}, digest_rule{"qop", digest_form::token},
    digest_rule{"rspauth", digest_form::hex}, digest_rule{"cnonce", digest_form::quoted},
    digest_rule{"nc", digest_form::count}};

[[nodiscard]] constexpr std::span<digest_rule const> digest_rules(digest_kind kind) noexcept {
    if (kind == digest_kind::challenge) return challenge_rules;
    if (kind == digest_kind::credentials) return credentials_rules;
    return info_rules;
}

/// The parameters of a Digest field.
struct digest_reader : value_reader {
    digest_kind kind = digest_kind::challenge;
    leniency allow{};
    std::array<std::string_view, 32> names{};
    std::size_t count = 0;

    bool value(digest_form form) noexcept {
        switch (form) {
            case digest_form::any: return token_or_quoted(quotable);
            case digest_form::token: return some(token_char);
            case digest_form::quoted: return quoted_string(quotable);
            case digest_form::truth: return word(common("true") != 0 ? "true" : "false");
            case digest_form::qop_list:
                return octet('"') && list(',', [this] { return some(token_char); }) && octet('"');
            case digest_form::count: return run(lower_hex, 8) == 8;
            case digest_form::response: {
                if (!octet('"')) return false;
                auto const n = run(lower_hex, allow.sha256_response ? 64 : 32);
                return (n == 32 || n == 64) && octet('"');
            }
            case digest_form::hex: break;
        }
        if (!octet('"')) return false;
        run(lower_hex);
        return octet('"');
    }
    bool parameter() noexcept {
        auto const name_at = at;
        auto form = digest_form::any;
        std::size_t size = 0;   // of the rule's name found
        std::size_t known = 0;  // how far it could have become one
        for (auto const& rule : digest_rules(kind)) {
            auto const n = common(rule.name);
            known = std::max(known, n);
            if (n != rule.name.size() || !rest().substr(n).starts_with('=')) continue;
            form = rule.form;
            size = n;
            break;
        }
        if (size == 0 && kind == digest_kind::info) {
            at += known;
            return false;
        }
        if (!some(token_char) || !is('=')) return false;
        auto const name = since(name_at);
        if (count == names.size()) {
            at = name_at;
            return false;
        }
        for (std::size_t i = 0; i < count; ++i)
            if (wire::iequals(names[i], name)) return false;
        names[count++] = name;
        return octet('=') && value(form);
    }
    bool parameters() noexcept {
        for (;;) {
            if (!parameter()) return false;
            if (ended()) return true;
            if (!octet(',')) return false;
            if (kind != digest_kind::info) {
                if (!octet(' ')) return false;
            } else if (allow.blanks_in_authentication_info) {
                run(space);
            }
        }
    }
};

}  // namespace detail

/// Reads the value of WWW-Authenticate, Authorization or Authentication-Info, as `kind` says, the
/// whole of `text` (RLY-9.1-3, RLY-9.1-4, T10, T12). Linear, no allocation.
/// @return exactly what `parse_www_authenticate`, `parse_authorization` or
///         `parse_authentication_info` returns.
[[nodiscard]] inline wire::result<digest_view> read_digest(digest_kind kind, std::string_view text,
                                                           leniency const& lenient = {}) noexcept {
    detail::digest_reader in{{text, lenient.loose_utf8}, kind, lenient};
    digest_view out;
    out.kind = kind;
    bool good = true;
    if (kind != digest_kind::info) {
        good = in.word("Digest");
        out.scheme = in.since(0);
        good = good && in.octet(' ');
    }
    auto const parameters_at = in.at;
    if (!good || !in.parameters()) return in.failed(error::bad_authentication);
    out.parameters = parameter_list(in.since(parameters_at), ',');
    return out;
}

/// Says whether `value` is what the grammar of a header field allows, strictly (T8, T10): what
/// passes, the readers and `parse_*` functions of that field read. Linear, no allocation.
/// @param f `other` and `other_mime` may have any text (`utf8text`).
/// @return the failure of the field's reader: its code, offset and, as `field`, the canonical name
///         or "header".
[[nodiscard]] inline wire::result<void> check_field_value(field f,
                                                          std::string_view value) noexcept {
    auto const verdict = [f](auto const& read) -> wire::result<void> {
        if (read) return {};
        return read.error().at(0, canonical_name(f));
    };
    switch (f) {
        case field::to_path:
        case field::from_path:
        case field::use_path: return verdict(read_path(value));
        case field::message_id: return verdict(read_ident(value));
        case field::success_report: return verdict(detail::read_report(value, false));
        case field::failure_report: return verdict(detail::read_report(value, true));
        case field::byte_range: return verdict(read_byte_range(value));
        case field::status: return verdict(read_status(value));
        case field::www_authenticate: return verdict(read_digest(digest_kind::challenge, value));
        case field::authorization: return verdict(read_digest(digest_kind::credentials, value));
        case field::authentication_info: return verdict(read_digest(digest_kind::info, value));
        case field::expires:
        case field::min_expires:
        case field::max_expires: return verdict(detail::read_seconds(value));
        case field::use_nickname: return verdict(read_nickname(value));
        case field::content_type: return verdict(read_media_type(value));
        case field::content_id: return verdict(read_content_id(value));
        case field::content_description: return verdict(read_content_description(value));
        case field::content_disposition: return verdict(read_content_disposition(value));
        case field::other_mime:
        case field::other: break;
    }
    auto const scan = wire::scan_utf8text(value);
    if (!scan.whole) return wire::failure{make_error_code(error::bad_utf8), scan.size, "header"};
    return {};
}

}  // namespace msrp::inline v0
