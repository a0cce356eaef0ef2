// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sdp_roundtrip.cpp - edits of a description with any values: refused without a trace, or exactly
// the edit and nothing else; and the writer with any fields: refused, or read back as they were.
//
// Input: the number of edits (one octet); for each: kind, level, two lengths (one octet each), then
// that many octets of name and of value; what is left is the description.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sdp/description.hpp>
#include <sdp/parser.hpp>
#include <sdp/serializer.hpp>

#include "fuzz_input.hpp"

namespace {

using fuzz::input;
using fuzz::require;

struct edit {
    unsigned kind;
    std::size_t level;
    std::string_view name;
    std::string_view value;
};

/// What an edit may not touch: every line but those of its own type (and name) at its own level.
std::string others(sdp::description_view const& d, char type, std::string_view name,
                   std::size_t level) {
    std::string out;
    auto add = [&](sdp::line_range const& lines, std::size_t here) {
        for (auto const l : lines) {
            auto const head = l.value.substr(0, l.value.find(':'));
            if (l.type == type && here == level && (name.empty() || head == name)) continue;
            out += l.type;
            out += '=';
            out += l.value;
            out += '\n';
        }
    };
    add(d.session_lines(), sdp::session_level);
    for (auto const m : d.media()) add(m.lines(), m.index());
    return out;
}

sdp::attribute_range attributes(sdp::description_view const& d, std::size_t level) {
    return level == sdp::session_level ? d.attributes() : d.media(level)->attributes();
}

void apply(sdp::description& d, edit const& e) {
    std::string const before(d.text());
    auto const failed = [&](auto const& done) {
        if (done) return false;
        require(d.text() == before, "a refused edit leaves no trace");
        return true;
    };
    switch (e.kind % 9) {
        case 0: {
            auto const kept = others(d, 'a', e.name, e.level);
            if (failed(d.set_attribute(e.level, e.name, e.value))) return;
            require(kept == others(d, 'a', e.name, e.level), "set_attribute: other lines");
            auto const a = attributes(d, e.level).find(e.name);
            require(a && a->has_value && a->value == e.value, "set_attribute: value");
            break;
        }
        case 1: {
            auto const old = static_cast<std::size_t>(
                std::distance(d.view().lines().begin(), d.view().lines().end()));
            if (failed(d.add_attribute(e.level, e.name))) return;
            require(old + 1 == static_cast<std::size_t>(
                                   std::distance(d.view().lines().begin(), d.view().lines().end())),
                    "add_attribute: one line more");
            require(attributes(d, e.level).contains(e.name), "add_attribute");
            break;
        }
        case 2: {
            auto const kept = others(d, 'a', e.name, e.level);
            if (e.name.empty() || failed(d.remove_attribute(e.level, e.name))) return;
            require(!attributes(d, e.level).contains(e.name), "remove_attribute");
            require(kept == others(d, 'a', e.name, e.level), "remove_attribute: other lines");
            break;
        }
        case 3: {
            auto const kept = others(d, 'c', {}, e.level);
            if (failed(d.set_connection(e.level, e.value))) return;
            require(kept == others(d, 'c', {}, e.level), "set_connection: other lines");
            auto const c = e.level == sdp::session_level
                               ? d.view().session_connection()
                               : d.view().media(e.level)->own_connection();
            require(c && c->text.ends_with(e.value), "set_connection: address");
            break;
        }
        case 4: {
            if (failed(d.remove_connection(e.level))) return;
            break;
        }
        case 5: {
            auto const port = static_cast<std::uint16_t>(e.value.size() * 257);
            auto const kept = others(d, 'm', {}, e.level);
            if (failed(d.set_port(e.level, port))) return;
            require(d.view().media(e.level)->port() == port, "set_port");
            require(kept == others(d, 'm', {}, e.level), "set_port: other lines");
            break;
        }
        case 6: {
            if (failed(d.increment_version())) return;
            break;
        }
        case 7: {
            if (failed(d.set_proto(e.level, e.value))) return;
            require(d.view().media(e.level)->proto() == e.value, "set_proto");
            break;
        }
        default: {
            auto const count = d.view().media_count();
            if (failed(d.add_media(e.value))) return;
            require(d.view().media_count() == count + 1, "add_media");
        }
    }
}

/// A description written with any fields.
/// @param f of o= six, then: session name, address of c=, media, proto, formats, names of two
///        attributes, value of the second.
void write(std::array<std::string_view, 14> const& f, std::uint16_t port) {
    sdp::origin const o{f[0], f[1], f[2], f[3], f[4], f[5]};
    sdp::description_writer out;
    out.session(o, f[6]).connection(f[7]).unbounded_time().media(f[8], port, f[9], f[10]);
    out.attribute(f[11]).attribute(f[12], f[13]);
    require(bool(out.lines()) == bool(out.finish()), "what is written is a description");
    auto const d = out.finish();
    if (!d) {
        require(d.error().code == sdp::error::illegal_value, "refused by the writer");
        return;
    }
    auto const v = d->view();
    std::string types;
    for (sdp::line const l : v.lines()) types += l.type;
    require(types == "vosctmaa", "no line more or less");
    require(v.origin() == o && v.session_name() == f[6], "origin and name");
    for (std::size_t i : {1U, 2U})  // RFC 3264, section 5
        require(f[i].find_first_not_of('0') == std::string_view::npos ||
                    std::stoull(std::string(f[i])) <= 9223372036854775807U,
                "numbers of o=");
    auto const c = v.session_connection();
    require(c && c->text.substr(c->text.rfind(' ') + 1) == f[7], "connection");
    require(f[7].find_first_of("[] ") == std::string_view::npos, "no brackets");
    require(c->ip || f[7].find(':') == std::string_view::npos, "a name has no colon");
    auto const m = *v.media(0);
    require(m.media() == f[8] && m.port() == port && m.proto() == f[9] && m.formats() == f[10] &&
                m.fields().port_count == 1,
            "m=");
    auto a = m.attributes().begin();
    require((*a).name == f[11] && !(*a).has_value, "attribute without a value");
    ++a;
    require((*a).name == f[12] && (*a).has_value && (*a).value == f[13], "attribute with a value");
}

/// A description written with any text in u=, e= or p=.
void write_contact(char type, std::string_view value) {
    sdp::description_writer out;
    out.session({"-", "1", "2", "IN", "IP4", "h.example"}).line(type, {value}).unbounded_time();
    auto const d = out.finish();
    if (d) {
        auto const l = *std::next(d->view().lines().begin(), 3);
        require(l.type == type && l.value == value, "contact");
        require(std::distance(d->view().lines().begin(), d->view().lines().end()) == 5,
                "contact: one line");
    } else {
        require(d.error().code == sdp::error::illegal_value, "contact: refused by the writer");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    input in(data, size);
    std::vector<edit> edits(in.octet() % 16);
    for (auto& e : edits) {
        e.kind = in.octet();
        auto const level = in.octet();
        e.level = level == 255 ? sdp::session_level : level % 4;
        auto const name = in.octet();
        auto const value = in.octet();
        e.name = in.octets(name);
        e.value = in.octets(value);
    }
    std::array<std::string_view, 14> fields{"-",   "1", "2",   "IN", "IP4", "h.example", "-",
                                            "::1", "m", "p/q", "*",  "a",   "b",         "c"};
    write(fields, 9);
    for (auto const& e : edits) {
        fields[e.kind % 14] = e.value;
        if (e.name.size() % 2 == 1) fields[e.level % 14] = e.name;
        write(fields, static_cast<std::uint16_t>(e.kind * 257));
        write_contact("uep"[e.kind % 3], e.value);
    }
    sdp::leniency lenient;
    lenient.missing_last_line_end = lenient.missing_connection = true;
    auto d = sdp::description::parse(in.rest(), {}, lenient);
    if (!d) return 0;
    require(d->text() == in.rest(), "nothing edited, nothing changed");
    for (auto const& e : edits) {
        apply(*d, e);
        auto const again = sdp::parse(d->text(), {}, lenient);
        require(again && again->media_count() == d->view().media_count(), "still a description");
    }
    return 0;
}
