// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sdp_inspect.cpp - what a session description says of MSRP, as one JSON object.
//
// Exit status: 0 the description was read, 1 it was refused, 64 wrong usage, 66 no such input,
// 74 input or output failed.
#include <array>
#include <cstddef>
#include <cstdio>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <msrp/sdp_media.hpp>
#include <sdp/data_channel.hpp>
#include <sdp/error.hpp>
#include <sdp/parser.hpp>
#include <wire/scan.hpp>

#include "support/inspect_program.hpp"
#include "support/json_text.hpp"

namespace {

using examples::exit_ok;
using examples::inspect_program;
using examples::json;
using examples::json_text;

constexpr int exit_refused = 1;

/// How to read a description, and how to judge what it says.
struct reading : sdp::leniency, msrp::media_options {};

using leniency_name = examples::leniency_name<reading>;
constexpr std::array leniency_names{
    leniency_name{"empty_session_name", &reading::empty_session_name},
    leniency_name{"missing_time", &reading::missing_time},
    leniency_name{"connection_after_time", &reading::connection_after_time},
    leniency_name{"missing_connection", &reading::missing_connection},
    leniency_name{"missing_last_line_end", &reading::missing_last_line_end},
    leniency_name{"blank_after_colon", &reading::blank_after_colon},
    leniency_name{"doubled_address_type", &reading::doubled_address_type},
    leniency_name{"contact_as_text", &reading::contact_as_text},
    leniency_name{"scheme_rules", &reading::scheme_rules},
    leniency_name{"accept_weak_fingerprints", &reading::accept_weak_fingerprints},
    leniency_name{"several_blanks", &reading::several_blanks},
    leniency_name{"ipv6_without_brackets", &reading::ipv6_without_brackets},
};

/// What a good description says, as the object that is printed.
class description_object {
   public:
    description_object(sdp::description_view const& description, msrp::media_options const& how)
        : description_(description), options_(how) {}

    json make() {
        json object;
        session_level();
        auto& list = object["media"] = json::array();
        for (sdp::media_view const m : description_.media()) {
            auto const read = msrp::sdp_media::read(m, options_);
            list.push_back(one(read));
            note(read.findings());
            auto const channel = [this](msrp::sdp_media const& c) {
                note(c.findings());
                return true;
            };
            msrp::for_each_msrp_channel(m, channel, options_);
            for (sdp::attribute const a : m.attributes()) media_level(a, m.lenient());
        }
        unread_session_values();
        object["findings"] = std::move(findings_);
        if (truncated_) object["findings_truncated"] = true;
        if (text_.lossy()) object["lossy"] = true;
        return object;
    }

   private:
    json one(msrp::sdp_media const& read) {
        auto const& m = read.media();
        json out;
        out["media"] = text_(m.media());
        out["port"] = m.port();
        out["proto"] = text_(m.proto());
        auto& formats = out["fmt"] = json::array();
        wire::for_each_piece(m.formats(), ' ', [&](std::string_view format) {
            formats.push_back(text_(format));
            return true;
        });
        auto const connection = read.connection();
        out["connection"] = connection ? json(text_(connection->text)) : json(nullptr);
        auto& path = out["path"] = nullptr;
        read.for_each_uri([&](msrp::uri const& u) {
            path.push_back(text_(u.text));
            return true;
        });
        out["accept_types"] = types(read.accept_types());
        out["accept_wrapped_types"] = types(read.accept_wrapped_types());
        out["max_size"] = read.max_size() ? json(*read.max_size()) : json(nullptr);
        out["setup"] = read.setup() ? json(sdp::to_text(*read.setup())) : json(nullptr);
        out["cema"] = read.cema();
        out["fingerprint"] = fingerprints(m);
        out["direction"] = sdp::to_text(read.direction());
        out["file"] = read.file().has() ? file(read) : json(nullptr);
        out["msrp_usable"] = read.usable();
        out["reason"] = read.usable() ? json(nullptr) : json(read.reason());
        return out;
    }

    json types(std::optional<msrp::accept_types_view> const& list) {
        if (!list) return nullptr;
        json out = json::array();
        list->for_each([&](msrp::accepted_type const& t) {
            out.push_back(text_(t.text));
            return true;
        });
        return out;
    }

    /// The media's, well-formed or not, stand in the place of the session's (RFC 8122, section 5).
    json fingerprints(sdp::media_view const& m) {
        json out = json::array();
        auto const add = [&](sdp::attribute const& a) {
            if (auto const f = sdp::parse_fingerprint(a.value))
                out.push_back({{"hash", text_(f->hash_name)}, {"value", text_(f->digest)}});
        };
        bool own = false;
        for (sdp::attribute const a : m.attributes()) {
            if (a.name != "fingerprint") continue;
            own = true;
            add(a);
        }
        if (own) return out;
        for (sdp::attribute const a : m.session_attributes())
            if (a.name == "fingerprint") add(a);
        return out;
    }

    json file(msrp::sdp_media const& read) {
        auto const& f = read.file();
        auto const text = [&](std::optional<std::string_view> const& t) {
            return t ? json(text_(*t)) : json(nullptr);
        };
        auto const selector = f.selector().value_or(sdp::file_selector());
        json out;
        out["name"] = selector.name() ? json(text_(selector.name()->decoded())) : json(nullptr);
        auto const safe = f.safe_name();
        out["safe_name"] = safe ? json(text_(safe->view())) : json(nullptr);
        out["size"] = selector.size() ? json(*selector.size()) : json(nullptr);
        out["type"] = text(selector.type());
        auto& hashes = out["hash"] = json::array();
        selector.for_each_hash([&](sdp::file_hash const& h) {
            hashes.push_back({{"algorithm", text_(h.algorithm)}, {"value", text_(h.value)}});
            return true;
        });
        out["transfer_id"] = text(f.transfer_id());
        out["disposition"] = text(f.disposition());
        auto const range = read.media().attributes().find("file-range");
        out["range"] = f.range() && range ? json(text_(range->value)) : json(nullptr);
        return out;
    }

    // `msrp::sdp_media` has no findings for what it never looks at.

    void session_level() {
        sdp::for_each_misplaced_file_attribute(description_, [&](sdp::attribute const& a) {
            add("warning", "file_at_session_level", a.line_number,
                "file attribute on the session level means nothing");
        });
        for (sdp::attribute const a : description_.attributes()) {
            direction(a);
            for (std::string_view const name :
                 {"path", "accept-types", "accept-wrapped-types", "max-size", "msrp-cema",
                  "chatroom", "dcmap", "dcsa"})
                if (a.name == name)
                    add("warning", "media_attribute_at_session_level", a.line_number,
                        "attribute of a media on the session level means nothing");
        }
    }
    void media_level(sdp::attribute const& a, sdp::leniency const& lenient) {
        direction(a);
        if (a.name == "dcmap" && !sdp::read_dcmap(a.value))
            add("warning", "dcmap_malformed", a.line_number, "malformed a=dcmap, passed over");
        if (a.name != "dcsa") return;
        if (auto const read = sdp::read_dcsa(a, lenient.blank_after_colon))
            direction(read->embedded);
        else
            add("warning", "dcsa_malformed", a.line_number, "malformed a=dcsa, passed over");
    }
    void direction(sdp::attribute const& a) {
        if (a.has_value && sdp::parse_direction(a.name))
            add("warning", "direction_with_value", a.line_number,
                "direction attribute with a value, read as absent");
    }
    /// What is malformed on the session level is told even where no media falls back on it, or has
    /// too many findings.
    void unread_session_values() {
        for (sdp::attribute const a : description_.attributes()) {
            bool const bad = (a.name == "setup" && !sdp::parse_setup(a.value)) ||
                             (a.name == "fingerprint" && !sdp::parse_fingerprint(a.value));
            auto const told = told_.lower_bound({a.line_number, {}});
            if (bad && (told == told_.end() || told->first != a.line_number))
                add("warning", "session_value_malformed", a.line_number,
                    "malformed attribute on the session level, passed over");
        }
    }

    void note(msrp::finding_list const& list) {
        truncated_ = truncated_ || list.truncated();
        for (auto const& f : list)
            add(msrp::to_text(f.severity), msrp::to_text(f.code), f.line, f.text);
    }
    /// What is wrong on the session level is seen anew by each media that falls back on it, and
    /// what is wrong with an m= line by each data channel: a code is told once for a line.
    void add(std::string_view severity, std::string_view code, std::size_t line,
             std::string_view text) {
        if (!told_.emplace(line, code).second) return;
        findings_.push_back(
            {{"severity", severity}, {"code", code}, {"line", line}, {"text", text}});
    }

    sdp::description_view const& description_;
    msrp::media_options const& options_;
    json_text text_;
    json findings_ = json::array();
    std::set<std::pair<std::size_t, std::string_view>> told_;
    bool truncated_ = false;
};

int inspect(inspect_program& program, reading const& how) {
    std::FILE* const input = program.open();
    if (input == nullptr) return program.cannot_open();
    sdp::limits const limit;
    std::string text(limit.max_text + 1, '\0');  // what is behind it is refused whatever it is
    text.resize(std::fread(text.data(), 1, text.size(), input));
    if (std::ferror(input) != 0) return program.cannot_read();
    auto const print = [&](json const& object, int status) {
        inspect_program::put(json_text::line(object));
        return program.when_written(status);
    };
    auto const read = sdp::parse(text, limit, how);
    if (read) return print(description_object(*read, how).make(), exit_ok);
    auto const& why = read.error();
    json error = {{"code", sdp::name_of(why.code)},
                  {"message", why.code.message()},
                  {"line", sdp::line_number_at(text, why.offset)},
                  {"offset", why.offset}};
    return print({{"error", std::move(error)}}, exit_refused);
}

}  // namespace

int main(int argc, char** argv) {
    inspect_program program(
        "sdp_inspect",
        "Reads a session description (SDP) and prints one JSON object: what it says of MSRP, and "
        "what is wrong with it.",
        "The description");
    reading how;
    program.add_leniencies(leniency_names, how);
    if (auto const status = program.parse(argc, argv)) return *status;
    return inspect(program, how);
}
