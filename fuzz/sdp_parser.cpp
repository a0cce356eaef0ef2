// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sdp_parser.cpp - any text as a description: written back the same, views inside the text; the
// hand-written reader equal to the X3 grammar on verdict, description and offset; the quick ways of
// reading equal to the exact ones.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <msrp/sdp_media.hpp>
#include <sdp/parse_description.hpp>
#include <sdp/parser.hpp>
#include <sdp/serializer.hpp>

#include "fuzz_input.hpp"

namespace {

using fuzz::require;

void inside(std::string_view part, std::string_view text) {
    if (part.data() == nullptr) return;
    std::less_equal<char const*> const le;
    require(
        le(text.data(), part.data()) && le(part.data() + part.size(), text.data() + text.size()),
        "view outside the text");
}

bool is_limit(wire::failure const& f) { return f.code == sdp::error_condition::limit; }

void look_at(sdp::media_view const& m, std::string_view text) {
    inside(m.media(), text);
    inside(m.proto(), text);
    inside(m.formats(), text);
    require((*m.lines().begin()).type == 'm', "first line of a media description");
    for (auto const a : m.attributes()) {
        inside(a.name, text);
        inside(a.value, text);
        require(!a.name.empty(), "attribute name");
        if (!a.value.empty())
            require(text.data() + a.value_offset == a.value.data(), "offset of a value");
    }
    if (auto const c = m.effective_connection()) {
        inside(c->text, text);
        inside(c->address, text);
    }
    auto const block = msrp::sdp_media::read(m);
    require(block.usable() == block.reason().empty(), "a reason where not usable");
    require(!block.usable() || (block.next_hop() && block.accept_types()), "usable");
    std::size_t uris = 0;
    block.for_each_uri([&](msrp::uri const& u) {
        inside(u.text, text);
        ++uris;
        return true;
    });
    require(uris == block.path_size(), "number of URIs");
    auto const path = block.path();
    require((path ? path->size() : 0) == uris, "merged path");
    for (auto const& f : block.findings()) require(!f.text.empty(), "text of a finding");
    if (block.accept_types()) {
        std::size_t entries = 0;
        block.accept_types()->for_each([&](msrp::accepted_type const& t) {
            inside(t.text, text);
            msrp::detail::accepted_type_reader exact(t.text);
            msrp::accepted_type again;
            require(exact.read(again) && exact.done() && again.type == t.type &&
                        again.subtype == t.subtype && again.parameters == t.parameters,
                    "an entry as its reader has it");
            if (!t.is_wildcard()) {
                auto const plain =
                    std::string_view(t.type.data(), t.type.size() + 1 + t.subtype.size());
                require(block.accepts(plain), "an entry accepts itself");
            }
            ++entries;
            return true;
        });
        require(entries == block.accept_types()->size(), "number of types");
    }
}

void same(std::optional<msrp::uri> const& quick) {
    if (!quick) return;
    auto const exact = msrp::read_uri(quick->text, {.ipv6_without_brackets = false});
    require(bool(exact), "a URI of the path");
    auto const same_part = [](std::string_view a, std::string_view b) {
        return a == b && (a.empty() || a.data() == b.data());
    };
    require(quick->scheme == exact->scheme && same_part(quick->userinfo, exact->userinfo) &&
                same_part(quick->host, exact->host) && quick->kind == exact->kind &&
                quick->ip == exact->ip && same_part(quick->port_text, exact->port_text) &&
                quick->port == exact->port && same_part(quick->session_id, exact->session_id) &&
                same_part(quick->transport, exact->transport) &&
                same_part(quick->parameters, exact->parameters) &&
                quick->has_userinfo == exact->has_userinfo,
            "parts of a URI of the path");
}
bool same(sdp::attribute const& a, sdp::attribute const& b) {
    return a.name.data() == b.name.data() && a.name == b.name && a.value == b.value &&
           a.has_value == b.has_value && a.offset == b.offset && a.value_offset == b.value_offset &&
           a.line_number == b.line_number;
}
/// What is found by the table of lines is what walking the lines finds.
void same_by_table(sdp::description_view const& d) {
    std::size_t message = d.media_count();
    for (auto const m : d.media()) {
        if (message == d.media_count() && m.media() == "message") message = m.index();
        require(d.media_index(m.media(), m.index()) == m.index(), "index by type");
        d.with_media(m.index(), [&](auto const& make, auto const& walk) {
            sdp::media_view const quick = make();
            require(quick.lines().text().data() == m.lines().text().data() &&
                        quick.lines().text().size() == m.lines().text().size() &&
                        quick.index() == m.index() && quick.line_number() == m.line_number(),
                    "media description by the table");
            auto at = m.attributes().begin();
            walk([&](sdp::attribute const& a) {
                require(at != m.attributes().end() && same(a, *at), "attribute by the table");
                ++at;
            });
            require(at == m.attributes().end(), "all attributes by the table");
        });
    }
    require(d.media_index("message") == message, "first message");
    auto const found = msrp::find_sdp_media(d);
    require(found.has_value() == (message != d.media_count()), "an m=message is found");
    if (!found) return;
    same(found->next_hop());
    same(found->far_end());
    auto const walked = msrp::sdp_media::read(*d.media(found->index()));
    auto const text = [](auto const& part) { return part ? part->text : std::string_view{}; };
    require(
        walked.path_size() == found->path_size() &&
            text(walked.next_hop()) == text(found->next_hop()) &&
            text(walked.far_end()) == text(found->far_end()) && walked.setup() == found->setup() &&
            walked.cema() == found->cema() && walked.fingerprints() == found->fingerprints() &&
            walked.max_size() == found->max_size() && walked.direction() == found->direction() &&
            walked.findings().size() == found->findings().size() &&
            walked.reason() == found->reason(),
        "found as read");
}

/// The quick reader takes nothing that the exact one refuses, and finds the same in it.
void quick_and_exact(std::string_view text, sdp::leniency const& lenient) {
    sdp::detail::layout quick;
    sdp::detail::line_table table;
    if (!sdp::detail::read_quickly(text, {}, lenient, quick, table)) return;
    sdp::detail::layout exact;
    require(bool(sdp::detail::read_line_by_line(text, {}, lenient, exact)), "verdict, quickly");
    require(quick == exact, "layout, quickly");
    if (table.count == 0) return;
    std::size_t i = 0;
    for (auto const l : sdp::line_range(text, 0, 1)) {
        require(i < table.count && table.at[i] == l.offset, "place of a line");
        require(l.type != 'a' || table.name_size[i] == std::min(l.value.find(':'), l.value.size()),
                "name of an attribute");
        ++i;
    }
    require(i == table.count && table.at[i] == text.size(), "number of lines");
}

/// The values of a checked text, split, are those that their readers make.
void split_as_read(sdp::description_view const& d) {
    bool const doubled = d.lenient().doubled_address_type;
    for (auto const l : d.lines()) {
        if (l.type != 'c') continue;
        auto const read = sdp::read_connection(l.value, doubled);
        auto const split = sdp::detail::connection_of(l, doubled);
        require(read && split.text == read->text && split.net_type == read->net_type &&
                    split.address_type == read->address_type && split.address == read->address &&
                    split.ip == read->ip && split.ttl == read->ttl &&
                    split.address_count == read->address_count && split.offset == l.offset &&
                    split.line_number == l.number,
                "c= split");
    }
    for (auto const m : d.media()) {
        auto const read = sdp::read_media_line((*m.lines().begin()).value);
        auto const& split = m.fields();
        require(read && split.media == read->media && split.port == read->port &&
                    split.port_count == read->port_count && split.proto == read->proto &&
                    split.formats == read->formats && split.port_offset == read->port_offset &&
                    split.port_size == read->port_size,
                "m= split");
        std::size_t own = 0;
        for (auto const l : m.lines())
            if (l.type == 'c' && own == 0) own = l.number;
        auto const c = m.own_connection();
        require(c ? c->line_number == own : own == 0, "own c=");
    }
}

/// In a text over `max_text` what is wrong before it goes first.
void wrong_first(std::string_view text, wire::result<sdp::description_view> const& whole) {
    sdp::limits half;
    half.max_text = text.size() / 2;
    if (half.max_text == text.size()) return;
    auto const cut = sdp::parse(text, half);
    bool const early = !whole && whole.error().offset < half.max_text;
    require(!cut && cut.error().offset == (early ? whole.error().offset : half.max_text) &&
                cut.error().code ==
                    (early ? whole.error().code : make_error_code(sdp::error::text_too_long)),
            "what is wrong before the limit");
}

void look_at(sdp::description_view const& d, std::string_view text) {
    require(d.text().data() == text.data() && d.text().size() == text.size(), "whole text");
    std::string out(text.size(), '\0');
    auto const n = sdp::serialize(d, out);
    require(n && *n == text.size() && out == text, "written back");
    std::size_t lines = 0;
    std::size_t media = 0;
    for (auto const l : d.lines()) {
        inside(l.value, text);
        require(text[l.offset] == l.type && l.number == ++lines, "line");
        media += l.type == 'm' ? 1U : 0U;
    }
    require(media == d.media_count(), "number of media descriptions");
    std::size_t seen = 0;
    for (auto const m : d.media()) {
        require(m.index() == seen++, "index");
        require(sdp::line_number_at(text, m.offset()) == m.line_number(), "line number");
        look_at(m, text);
    }
    require(seen == media, "walk over media descriptions");
    same_by_table(d);
    split_as_read(d);
    inside(d.origin().address, text);
    inside(d.session_name(), text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const strict = sdp::parse(text);
    auto const grammar = sdp::parse_description(text);
    if (!(!strict && is_limit(strict.error())) && !(!grammar && is_limit(grammar.error()))) {
        require(strict.has_value() == grammar.has_value(), "verdict of the grammar");
        if (strict) {
            require(strict->origin() == grammar->origin() &&
                        strict->session_name().data() == grammar->session_name().data() &&
                        strict->media_count() == grammar->media_count() &&
                        strict->session_lines().text().size() ==
                            grammar->session_lines().text().size() &&
                        strict->media().begin() == grammar->media().begin(),
                    "description of the grammar");
            if (strict->media_count() != 0)
                require(strict->media(0)->line_number() == grammar->media(0)->line_number(),
                        "line of the first m=");
        } else {
            require(strict.error().offset == grammar.error().offset, "offset of the grammar");
        }
    }
    wrong_first(text, strict);
    if (!strict) {
        require(strict.error().offset <= size && strict.error().code.value() != 0, "failure");
    } else {
        look_at(*strict, text);
        std::string crlf(2 * text.size() + 2, '\0');
        auto const n = sdp::serialize(*strict, crlf, sdp::line_ends::crlf);
        require(n.has_value(), "CRLF form fits");
        sdp::limits more;
        more.max_text *= 2;
        require(bool(sdp::parse(std::string_view(crlf).substr(0, *n), more)), "CRLF form");
    }
    sdp::leniency all;
    all.empty_session_name = all.missing_time = all.connection_after_time = true;
    all.missing_connection = all.missing_last_line_end = true;
    all.blank_after_colon = all.doubled_address_type = all.contact_as_text = true;
    auto const lenient = sdp::parse(text, {}, all);
    quick_and_exact(text, {});
    quick_and_exact(text, all);
    sdp::leniency some;  // which ones, the size says
    some.empty_session_name = (size & 1U) != 0;
    some.missing_time = (size & 2U) != 0;
    some.connection_after_time = (size & 4U) != 0;
    some.missing_connection = (size & 8U) != 0;
    some.missing_last_line_end = (size & 16U) != 0;
    some.blank_after_colon = (size & 32U) != 0;
    some.doubled_address_type = (size & 64U) != 0;
    some.contact_as_text = (size & 128U) != 0;
    quick_and_exact(text, some);
    require(!strict || lenient, "a leniency refuses what is strictly right");
    if (lenient) look_at(*lenient, text);
    return 0;
}
