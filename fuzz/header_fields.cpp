// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// header_fields.cpp - each header grammar: against its hand-written twin, or decoded and written
// back.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <msrp/detail/head_reader.hpp>
#include <msrp/escaped_text.hpp>
#include <msrp/field_value.hpp>
#include <msrp/header.hpp>
#include <msrp/parse_byte_range.hpp>
#include <msrp/parse_digest.hpp>
#include <msrp/parse_header_line.hpp>
#include <msrp/parse_ident.hpp>
#include <msrp/parse_media_type.hpp>
#include <msrp/parse_mime.hpp>
#include <msrp/parse_nickname.hpp>
#include <msrp/parse_path.hpp>
#include <msrp/parse_report.hpp>
#include <msrp/parse_report_status.hpp>
#include <msrp/parse_seconds.hpp>
#include <msrp/parse_start_line.hpp>
#include <wire/sink.hpp>

namespace {

void demand(bool condition) {
    if (!condition) std::abort();
}
bool same_view(std::string_view a, std::string_view b) {
    return a.data() == b.data() && a.size() == b.size();
}
void demand_within(std::string_view part, std::string_view whole) {
    demand(part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size()));
}

/// The same verdict, and the same code at the same offset; `same_value` compares two good values.
template <class T, class Same>
void same(wire::result<T> const& a, wire::result<T> const& b, std::size_t size, Same same_value) {
    demand(a.has_value() == b.has_value());
    if (a) {
        demand(same_value(*a, *b));
        return;
    }
    demand(a.error().code == b.error().code && a.error().offset == b.error().offset);
    demand(a.error().offset <= size);
}

constexpr auto equal = [](auto const& a, auto const& b) { return a == b; };

/// A header block of one field, as far as its value is asked for.
msrp::header_view one_field(std::string_view value, msrp::field f) {
    msrp::detail::header_index index;
    index.note(f, 0, value.size());
    return {value, index};
}

void twins(std::string_view text, msrp::leniency const& lenient) {
    auto const size = text.size();
    same(msrp::read_ident(text), msrp::parse_ident(text), size, same_view);
    same(msrp::read_byte_range(text), msrp::parse_byte_range(text), size, equal);
    same(msrp::read_status(text, lenient.loose_utf8),
         msrp::parse_report_status(text, lenient.loose_utf8), size,
         [](msrp::report_status const& a, msrp::report_status const& b) {
             return a == b && (!a.comment || same_view(*a.comment, *b.comment));
         });
    same(one_field(text, msrp::field::expires).seconds(msrp::field::expires),
         msrp::parse_seconds(text), size, equal);
    same(one_field(text, msrp::field::success_report).success_report(),
         msrp::parse_success_report(text), size, equal);
    same(one_field(text, msrp::field::failure_report).failure_report(),
         msrp::parse_failure_report(text), size, equal);
    msrp::path_options const options{64, lenient.several_blanks, lenient.ipv6_without_brackets};
    same(msrp::read_path(text, options), msrp::parse_path(text, options), size,
         [](msrp::path_view const& a, msrp::path_view const& b) {
             return same_view(a.text(), b.text()) && a.size() == b.size();
         });

    auto const start = msrp::detail::read_start_line(text, lenient.loose_utf8);
    auto const parsed = msrp::parse_start_line(text, lenient.loose_utf8);
    demand(start.has_value() == parsed.has_value() && start.error() == parsed.error());
    if (start)
        demand(same_view(start->transaction_id, parsed->transaction_id) &&
               start->method == parsed->method && start->method_name == parsed->method_name &&
               start->status == parsed->status && start->comment == parsed->comment);

    auto const line = msrp::detail::read_header_line(text, msrp::field::other, {}, lenient);
    auto const field = msrp::parse_header_line(text, lenient);
    demand(line.has_value() == field.has_value() && line.error() == field.error());
    if (line)
        demand(line->id == field->id && same_view(text.substr(line->value_at), field->value) &&
               same_view(text.substr(0, text.find(':')), field->name));
}

/// The readers of field_value.hpp.
void value_twins(std::string_view text, msrp::leniency const& lenient) {
    auto const size = text.size();
    auto const same_list = [](msrp::parameter_list const& a, msrp::parameter_list const& b) {
        return same_view(a.text(), b.text());
    };
    same(msrp::read_media_type(text, lenient), msrp::parse_media_type(text, lenient), size,
         [&](msrp::media_type const& a, msrp::media_type const& b) {
             return same_view(a.type, b.type) && same_view(a.subtype, b.subtype) &&
                    same_list(a.parameters, b.parameters);
         });
    same(msrp::read_content_disposition(text, lenient),
         msrp::parse_content_disposition(text, lenient), size,
         [&](msrp::content_disposition const& a, msrp::content_disposition const& b) {
             return same_view(a.type, b.type) && same_list(a.parameters, b.parameters);
         });
    same(msrp::read_content_id(text, lenient), msrp::parse_content_id(text, lenient), size,
         [](msrp::content_id const& a, msrp::content_id const& b) {
             return same_view(a.id, b.id) && same_view(a.local_part, b.local_part) &&
                    same_view(a.domain, b.domain);
         });
    same(msrp::read_content_description(text, lenient),
         msrp::parse_content_description(text, lenient), size, same_view);
    same(msrp::read_nickname(text, lenient), msrp::parse_nickname(text, lenient), size,
         [](msrp::escaped_text const& a, msrp::escaped_text const& b) {
             return same_view(a.raw(), b.raw());
         });
    auto const same_digest = [&](msrp::digest_view const& a, msrp::digest_view const& b) {
        return a.kind == b.kind && a.scheme == b.scheme && same_list(a.parameters, b.parameters);
    };
    same(msrp::read_digest(msrp::digest_kind::challenge, text, lenient),
         msrp::parse_www_authenticate(text, lenient), size, same_digest);
    same(msrp::read_digest(msrp::digest_kind::credentials, text, lenient),
         msrp::parse_authorization(text, lenient), size, same_digest);
    same(msrp::read_digest(msrp::digest_kind::info, text, lenient),
         msrp::parse_authentication_info(text, lenient), size, same_digest);
}

/// `check_field_value` says what the strict grammar of each field says.
void verdicts(std::string_view text) {
    auto const check = [&](msrp::field f, auto const& parsed) {
        auto const said = msrp::check_field_value(f, text);
        demand(said.has_value() == parsed.has_value());
        demand(said.error() ==
               (parsed ? wire::failure{} : parsed.error().at(0, msrp::canonical_name(f))));
    };
    using msrp::field;
    for (auto const f : {field::to_path, field::from_path, field::use_path})
        check(f, msrp::parse_path(text));
    for (auto const f : {field::expires, field::min_expires, field::max_expires})
        check(f, msrp::parse_seconds(text));
    check(field::message_id, msrp::parse_ident(text));
    check(field::success_report, msrp::parse_success_report(text));
    check(field::failure_report, msrp::parse_failure_report(text));
    check(field::byte_range, msrp::parse_byte_range(text));
    check(field::status, msrp::parse_report_status(text));
    check(field::www_authenticate, msrp::parse_www_authenticate(text));
    check(field::authorization, msrp::parse_authorization(text));
    check(field::authentication_info, msrp::parse_authentication_info(text));
    check(field::use_nickname, msrp::parse_nickname(text));
    check(field::content_type, msrp::parse_media_type(text));
    check(field::content_id, msrp::parse_content_id(text));
    check(field::content_description, msrp::parse_content_description(text));
    check(field::content_disposition, msrp::parse_content_disposition(text));
    auto const line = msrp::parse_header_line("X: " + std::string(text));
    for (auto const f : {field::other, field::other_mime}) {
        auto const said = msrp::check_field_value(f, text);
        demand(said.has_value() == line.has_value());
        if (!said) demand(said.error().at(3) == line.error());
    }
}

std::string decoded(msrp::escaped_text const& text) {
    std::string out;
    text.for_each([&](char c) { out += c; });
    demand(out.size() == text.size() && text == std::string_view(out));
    return out;
}
/// As a quoted-string; empty where only a leniency let it in.
std::string quoted(std::string_view plain) {
    std::string memory(2 * plain.size() + 2, '\0');
    wire::sink out(memory);
    if (!msrp::write_quoted(out, plain)) return {};
    demand(!out.overflowed());
    return std::string(out.view());
}

/// Writes the parameters anew; false where that cannot be done without the leniency.
bool rewrite(msrp::parameter_list const& list, std::string_view separator, bool leading,
             std::string& out) {
    bool first = !leading;
    for (auto const& p : list) {
        demand(!p.name.empty());
        demand_within(p.name, list.text());
        demand_within(p.value.raw(), list.text());
        if (!first) out += separator;
        first = false;
        out += p.name;
        if (!p.has_value) continue;
        out += '=';
        auto const plain = decoded(p.value);
        auto const text = p.quoted ? quoted(plain) : plain;
        if (p.quoted && text.empty()) return false;
        out += text;
    }
    return true;
}
void same_parameters(msrp::parameter_list const& a, msrp::parameter_list const& b) {
    auto j = b.begin();
    for (auto i = a.begin(); i != a.end(); ++i, ++j) {
        demand(j != b.end());
        demand(i->name == j->name && i->has_value == j->has_value && i->quoted == j->quoted);
        demand(decoded(i->value) == decoded(j->value));
    }
    demand(j == b.end());
}
template <class T>
bool good(wire::result<T> const& r, std::string_view text) {
    if (!r) demand(r.error().offset <= text.size());
    return r.has_value();
}

void digest(std::string_view text, msrp::leniency const& lenient) {
    using parser = wire::result<msrp::digest_view> (*)(std::string_view, msrp::leniency const&);
    for (parser const parse :
         {parser{msrp::parse_www_authenticate}, parser{msrp::parse_authorization},
          parser{msrp::parse_authentication_info}}) {
        auto const read = parse(text, lenient);
        if (!good(read, text)) continue;
        demand_within(read->scheme, text);
        static_cast<void>(read->missing());
        std::size_t count = 0;
        for (auto const& p : read->parameters) {
            demand(p.has_value);
            demand(same_view(read->parameters.find(p.name)->name, p.name));  // none twice
            ++count;
        }
        demand(count >= 1 && count <= 32);
        std::string again;
        if (read->kind != msrp::digest_kind::info) again = "Digest ";
        auto const separator = read->kind == msrp::digest_kind::info ? "," : ", ";
        if (!rewrite(read->parameters, separator, false, again)) continue;
        msrp::leniency digits;
        digits.sha256_response = lenient.sha256_response;
        auto const reread = parse(again, digits);
        demand(reread.has_value());
        same_parameters(read->parameters, reread->parameters);
    }
}

void mime(std::string_view text, msrp::leniency const& lenient) {
    if (auto const read = msrp::parse_media_type(text, lenient); good(read, text)) {
        demand_within(read->type, text);
        demand_within(read->subtype, text);
        demand(!read->type.empty() && !read->subtype.empty());
        auto again = std::string(read->type) + '/' + std::string(read->subtype);
        if (rewrite(read->parameters, ";", true, again)) {
            auto const reread = msrp::parse_media_type(again);
            demand(reread.has_value() && reread->is(read->type, read->subtype));
            same_parameters(read->parameters, reread->parameters);
        }
    }
    if (auto const read = msrp::parse_content_disposition(text, lenient); good(read, text)) {
        demand_within(read->type, text);
        auto again = std::string(read->type);
        if (rewrite(read->parameters, "; ", true, again)) {
            auto const reread = msrp::parse_content_disposition(again);
            demand(reread.has_value() && reread->type == read->type);
            same_parameters(read->parameters, reread->parameters);
        }
    }
    if (auto const read = msrp::parse_content_id(text, lenient); good(read, text)) {
        demand(same_view(read->id, text.substr(1, text.size() - 2)));
        demand(read->id.size() == read->local_part.size() + 1 + read->domain.size());
        demand(read->id.starts_with(read->local_part) && read->id.ends_with(read->domain));
    }
    if (auto const read = msrp::parse_content_description(text, lenient); good(read, text))
        demand(same_view(*read, text));
    if (auto const read = msrp::parse_nickname(text, lenient); good(read, text)) {
        demand_within(read->raw(), text);
        auto const plain = decoded(*read);
        demand(plain.size() <= 1023);
        auto const again = quoted(plain);
        if (again.empty()) {
            demand(lenient.loose_utf8);
        } else {
            auto const reread = msrp::parse_nickname(again);
            demand(reread.has_value() && *reread == std::string_view(plain));
        }
    }
}

}  // namespace

/// The first octet chooses the leniencies; the others are the value.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    msrp::leniency lenient;
    lenient.loose_utf8 = (data[0] & 1U) != 0;
    lenient.several_blanks = (data[0] & 2U) != 0;
    lenient.blanks_in_media_type = (data[0] & 4U) != 0;
    lenient.blanks_in_authentication_info = (data[0] & 8U) != 0;
    lenient.ipv6_without_brackets = (data[0] & 128U) != 0;
    lenient.sha256_response = (data[0] & 64U) != 0;  // bits 16 and 32 are those of a "0"
    std::string_view const text(reinterpret_cast<char const*>(data) + 1, size - 1);
    twins(text, lenient);
    value_twins(text, lenient);
    verdicts(text);
    digest(text, lenient);
    mime(text, lenient);
    return 0;
}
