// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sdp_parser.cpp - any text as a description: written back the same, views inside the text, and the
// hand-written reader equal to the X3 grammar on verdict, description and offset.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>

#include <msrp/sdp_media.hpp>
#include <sdp/parse_description.hpp>
#include <sdp/parser.hpp>
#include <sdp/serializer.hpp>

namespace {

void require(bool holds, char const* what) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

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
    all.blank_after_colon = all.doubled_address_type = true;
    auto const lenient = sdp::parse(text, {}, all);
    require(!strict || lenient, "a leniency refuses what is strictly right");
    if (lenient) look_at(*lenient, text);
    return 0;
}
