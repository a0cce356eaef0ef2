// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sdp_attributes.cpp - any text as the value of each file, data channel and chatroom attribute: the
// hand-written readers equal to the X3 grammars on value, code and offset; what was read is written
// and read again; names made safe; and the text as media descriptions.
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/sdp_media.hpp>
#include <sdp/parse_chatroom.hpp>
#include <sdp/parse_data_channel.hpp>
#include <sdp/parse_file.hpp>
#include <sdp/parser.hpp>

#include "fuzz_input.hpp"

namespace {

using fuzz::require;

bool is_same_view(std::string_view a, std::string_view b) {
    return a.size() == b.size() && (a.data() == b.data() || a.empty());
}
void inside(std::string_view part, std::string_view text) {
    if (part.empty()) return;
    std::less_equal<char const*> const le;
    require(
        le(text.data(), part.data()) && le(part.data() + part.size(), text.data() + text.size()),
        "view outside the text");
}
template <class T>
bool same_verdict(wire::result<T> const& reader, wire::result<T> const& grammar,
                  std::string_view text, char const* what) {
    require(reader.has_value() == grammar.has_value(), what);
    if (reader) return true;
    require(reader.error() == grammar.error(), what);
    require(reader.error().offset <= text.size() && reader.error().code.value() != 0, what);
    return false;
}

/// What a writer makes of something, as text of its own.
template <class Write>
std::string written(std::size_t room, Write&& write) {
    std::string memory(room, '\0');
    wire::sink out(memory);
    require(write(out).has_value() && !out.overflowed(), "written");
    return std::string(out.view());
}

void look_at_name(std::string_view decoded) {
    sdp::safe_name const safe(decoded);
    auto const name = safe.view();
    require(!name.empty() && name.size() <= sdp::safe_name::max_size, "size of a safe name");
    require(name.find_first_of(std::string_view("/\\:*?\"<>|\x7F\0", 11)) == std::string_view::npos,
            "separator in a safe name");
    for (char const c : name) require(static_cast<unsigned char>(c) >= 0x20, "control octet");
    require(wire::scan_utf8text(name).whole, "safe name in UTF-8");
    require(name.front() != '.' && name.back() != '.' && name.front() != ' ' && name.back() != ' ',
            "dot or blank at an end");
    require(name.front() != '-', "a safe name is no option");
    require(sdp::safe_name(name).view() == name, "a safe name stays");
    auto stem = std::string(name.substr(0, name.find('.')));
    for (char& c : stem) c = wire::to_lower(c);
    for (auto const* device : {"con", "prn", "aux", "nul", "com1", "lpt9", "con "})
        require(stem != device, "device");
}

void look_at_selector(sdp::file_selector const& s, std::string_view text) {
    require(is_same_view(s.text(), text) && !s.empty(), "text of a selector");
    std::vector<sdp::file_hash> hashes;
    s.for_each_hash([&](sdp::file_hash const& h) {
        inside(h.algorithm, text);
        inside(h.value, text);
        hashes.push_back(h);
        return true;
    });
    require(hashes.size() == s.hash_count(), "number of hashes");
    sdp::file_selector_spec spec;
    std::string name;
    bool writable = true;
    if (s.name()) {
        inside(s.name()->raw(), text);
        name = s.name()->decoded();
        require(name.size() == s.name()->size() && *s.name() == std::string_view(name), "decoded");
        require(sdp::safe_name(*s.name()).view() == sdp::safe_name(name).view(), "safe name");
        look_at_name(name);
        spec.name = name;
        std::string plain = name;
        for (char& c : plain)
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
        writable = wire::scan_utf8text(plain).whole;
    }
    spec.size = s.size();
    spec.type = s.type();
    for (auto const& h : hashes) writable = writable && h.size_fits();
    spec.hashes = hashes;
    if (!writable) {
        std::array<char, 1> memory{};
        wire::sink out(memory);
        require(!sdp::write_file_selector(out, spec) && out.needed() == 0, "not writable");
        return;
    }
    auto const again = written(
        4 * text.size() + 64, [&](wire::sink& out) { return sdp::write_file_selector(out, spec); });
    auto const back = sdp::read_file_selector(again);
    require(back && back->name() == s.name() && back->size() == s.size() &&
                back->type() == s.type() && back->hash_count() == s.hash_count(),
            "selector written and read");
}

void look_at_values(std::string_view text) {
    auto const selector = sdp::read_file_selector(text);
    auto const by_rule = sdp::parse_file_selector(text);
    if (same_verdict(selector, by_rule, text, "file-selector")) {
        require(selector->name() == by_rule->name() && selector->size() == by_rule->size() &&
                    selector->type() == by_rule->type() &&
                    selector->hash_count() == by_rule->hash_count() &&
                    selector->repeated() == by_rule->repeated(),
                "value of file-selector");
        look_at_selector(*selector, text);
    }
    auto const date = sdp::read_file_date(text);
    auto const date_by_rule = sdp::parse_file_date(text);
    if (same_verdict(date, date_by_rule, text, "file-date")) {
        require(*date == *date_by_rule, "value of file-date");
        auto const again =
            written(text.size(), [&](wire::sink& out) { return sdp::write_file_date(out, *date); });
        auto const back = sdp::read_file_date(again);
        require(back && *back == *date, "date written and read");
    }
    auto const range = sdp::read_file_range(text);
    auto const range_by_rule = sdp::parse_file_range(text);
    if (same_verdict(range, range_by_rule, text, "file-range")) {
        require(*range == *range_by_rule, "value of file-range");
        require(range->start >= 1 && (!range->stop || *range->stop >= range->start), "range");
        auto const again = written(
            text.size(), [&](wire::sink& out) { return sdp::write_file_range(out, *range); });
        require(again == text, "range written");
    }
    auto const icon = sdp::read_file_icon(text);
    auto const icon_by_rule = sdp::parse_file_icon(text);
    if (same_verdict(icon, icon_by_rule, text, "file-icon")) {
        require(is_same_view(icon->raw(), icon_by_rule->raw()), "value of file-icon");
        auto const id = icon->decoded();
        auto const again = written(3 * text.size() + 4,
                                   [&](wire::sink& out) { return sdp::write_file_icon(out, id); });
        auto const back = sdp::read_file_icon(again);
        require(back && *back == *icon, "icon written and read");
    }
    same_verdict(sdp::read_file_token(text, "a=x"), sdp::parse_file_token(text, "a=x"), text,
                 "token");

    auto const dcmap = sdp::read_dcmap(text);
    auto const dcmap_by_rule = sdp::parse_dcmap(text);
    if (same_verdict(dcmap, dcmap_by_rule, text, "dcmap")) {
        require(*dcmap == *dcmap_by_rule, "value of dcmap");
        if (!dcmap->contradicts_itself()) {
            auto const again = written(3 * text.size() + 128, [&](wire::sink& out) {
                return sdp::write_dcmap(out, *dcmap, dcmap->label.decoded(),
                                        dcmap->subprotocol.decoded());
            });
            auto back = sdp::read_dcmap(again);
            require(back && !back->repeated, "dcmap written and read");
            back->repeated = dcmap->repeated;
            require(*back == *dcmap, "dcmap written and read");
        }
    }
    sdp::attribute const line{"dcsa", text, true, 0, 5, 1};
    auto const dcsa = sdp::read_dcsa(line);
    auto const dcsa_by_rule = sdp::parse_dcsa(line);
    if (same_verdict(dcsa, dcsa_by_rule, text, "dcsa")) {
        auto const& a = dcsa->embedded;
        auto const& b = dcsa_by_rule->embedded;
        require(dcsa->stream_id == dcsa_by_rule->stream_id && is_same_view(a.name, b.name) &&
                    is_same_view(a.value, b.value) && a.has_value == b.has_value &&
                    a.value_offset == b.value_offset,
                "value of dcsa");
        require(a.value == text.substr(a.value_offset - 5), "offset of an embedded value");
    }
    auto const room = sdp::read_chatroom(text);
    auto const room_by_rule = sdp::parse_chatroom(text);
    if (same_verdict(room, room_by_rule, text, "chatroom")) {
        require(*room == *room_by_rule, "value of chatroom");
        std::size_t tokens = 0;
        room->for_each_token([&](std::string_view token) {
            require(!token.empty(), "token");
            ++tokens;
            return true;
        });
        require(tokens >= room->extensions, "tokens");
    }
}

void look_at_media(msrp::sdp_media const& m, std::string_view text) {
    require(m.usable() == m.reason().empty(), "a reason where not usable");
    for (auto const& f : m.findings())
        require(!f.text.empty() && !to_text(f.code).empty() && !to_text(f.severity).empty() &&
                    f.line != 0,
                "finding");
    std::size_t uris = 0;
    m.for_each_uri([&](msrp::uri const& u) {
        inside(u.text, text);
        ++uris;
        return true;
    });
    require(uris == m.path_size() && (uris == 0) == !m.next_hop(), "number of URIs");
    auto const path = m.path();
    require((path ? path->size() : 0) == uris, "merged path");
    if (m.channel() && m.usable())
        require(m.cema() && m.setup() && uris != 0 && m.channel()->reliable() &&
                    m.channel()->ordered && m.next_hop()->is_secure(),
                "usable data channel");
    auto const way = m.direction();
    auto const& file = m.file();
    for (auto const& f : check_file_offer(file, way)) require(!to_text(f.problem).empty(), "text");
    if (sdp::check_file_offer(file, way).empty() && file.has() && !file.is_capability()) {
        // The offer itself, seen from the other side, answers itself: nothing differs.
        auto const findings = sdp::check_file_answer(file, way, file, sdp::reversed(way), false);
        for (auto const& f : findings)
            require(f.problem == sdp::file_problem::not_for_the_receiver, "own answer");
        require(sdp::check_file_answer(file, way, file, way, true).empty(), "own refusal");
    }
}

void look_at_description(std::string_view text) {
    std::string whole = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\nt=0 0\r\n";
    whole += text;
    auto const d = sdp::parse(whole);
    if (!d) return;
    for (auto const m : d->media()) {
        look_at_media(msrp::sdp_media::read(m), whole);
        std::size_t channels = 0;
        msrp::for_each_msrp_channel(m, [&](msrp::sdp_media const& channel) {
            require(channel.channel().has_value(), "channel");
            look_at_media(channel, whole);
            ++channels;
            return true;
        });
        require(channels <= msrp::media_options{}.max_channels, "limit of channels");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    look_at_values(text);
    look_at_name(text);
    look_at_name(sdp::percent_text(text).decoded());
    look_at_description(text);
    return 0;
}
