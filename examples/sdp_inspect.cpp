// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sdp_inspect.cpp - what a session description says of MSRP, as one JSON object.
//
// Exit status: 0 the description was read, 1 it was refused, 64 wrong usage, 66 no such input,
// 74 input or output failed.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <msrp/sdp_media.hpp>
#include <sdp/parser.hpp>
#include <wire/scan.hpp>

#include "support/json_text.hpp"

namespace {

using examples::json;
using examples::json_text;

constexpr int exit_ok = 0;
constexpr int exit_refused = 1;
constexpr int exit_usage = 64;
constexpr int exit_no_input = 66;
constexpr int exit_io = 74;

/// How to read a description, and how to judge what it says.
struct reading {
    sdp::leniency lenient;
    msrp::media_options media;
};

/// The leniencies by their names.
struct leniency_name {
    std::string_view name;
    bool& (*member)(reading&);
};
constexpr std::array leniency_names{
    leniency_name{"empty_session_name",
                  [](reading& r) -> bool& { return r.lenient.empty_session_name; }},
    leniency_name{"missing_time", [](reading& r) -> bool& { return r.lenient.missing_time; }},
    leniency_name{"connection_after_time",
                  [](reading& r) -> bool& { return r.lenient.connection_after_time; }},
    leniency_name{"missing_connection",
                  [](reading& r) -> bool& { return r.lenient.missing_connection; }},
    leniency_name{"missing_last_line_end",
                  [](reading& r) -> bool& { return r.lenient.missing_last_line_end; }},
    leniency_name{"blank_after_colon",
                  [](reading& r) -> bool& { return r.lenient.blank_after_colon; }},
    leniency_name{"doubled_address_type",
                  [](reading& r) -> bool& { return r.lenient.doubled_address_type; }},
    leniency_name{"scheme_rules", [](reading& r) -> bool& { return r.media.scheme_rules; }},
    leniency_name{"accept_weak_fingerprints",
                  [](reading& r) -> bool& { return r.media.accept_weak_fingerprints; }},
    leniency_name{"several_blanks", [](reading& r) -> bool& { return r.media.several_blanks; }},
    leniency_name{"ipv6_without_brackets",
                  [](reading& r) -> bool& { return r.media.ipv6_without_brackets; }},
};

/// The enumerator's name of what `sdp::parse` fails with.
std::string_view name_of(std::error_code const& code) {
    switch (static_cast<sdp::error>(code.value())) {
        case sdp::error::bad_line: return "bad_line";
        case sdp::error::unknown_line: return "unknown_line";
        case sdp::error::misplaced_line: return "misplaced_line";
        case sdp::error::missing_line: return "missing_line";
        case sdp::error::missing_time: return "missing_time";
        case sdp::error::missing_connection: return "missing_connection";
        case sdp::error::bad_line_end: return "bad_line_end";
        case sdp::error::bad_version: return "bad_version";
        case sdp::error::bad_origin: return "bad_origin";
        case sdp::error::bad_text: return "bad_text";
        case sdp::error::bad_uri: return "bad_uri";
        case sdp::error::bad_connection: return "bad_connection";
        case sdp::error::bad_bandwidth: return "bad_bandwidth";
        case sdp::error::bad_time: return "bad_time";
        case sdp::error::bad_repeat: return "bad_repeat";
        case sdp::error::bad_zone: return "bad_zone";
        case sdp::error::bad_media: return "bad_media";
        case sdp::error::port_too_large: return "port_too_large";
        case sdp::error::bad_attribute: return "bad_attribute";
        case sdp::error::text_too_long: return "text_too_long";
        case sdp::error::line_too_long: return "line_too_long";
        case sdp::error::too_many_lines: return "too_many_lines";
        case sdp::error::too_many_media: return "too_many_media";
        default: return "unknown";
    }
}

/// Prints the object. @return `status`, or that it could not all be written.
int printed(json const& object, int status) {
    auto const text = json_text::line(object);
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
    std::cerr << "sdp_inspect: the output cannot be written\n";
    return exit_io;
}

/// What a good description says, as the object that is printed.
class description_object {
   public:
    description_object(sdp::description_view const& description, msrp::media_options const& how)
        : description_(description), options_(how) {}

    json make() {
        json object;
        sdp::for_each_misplaced_file_attribute(description_, [&](sdp::attribute const& a) {
            add("warning", "file_at_session_level", a.line_number,
                "file attribute on the session level means nothing");
        });
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
        }
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
        for (std::size_t i = 0; auto const a = m.session_fingerprint(i); ++i) add(*a);
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

    void note(msrp::finding_list const& list) {
        truncated_ = truncated_ || list.truncated();
        for (auto const& f : list) {
            // What is wrong on the session level is seen anew by each media that falls back on it,
            // and what is wrong with an m= line by each data channel.
            if (!told_.emplace(f.line, f.code).second) continue;
            add(msrp::to_text(f.severity), msrp::to_text(f.code), f.line, f.text);
        }
    }

    void add(std::string_view severity, std::string_view code, std::size_t line,
             std::string_view text) {
        findings_.push_back(
            {{"severity", severity}, {"code", code}, {"line", line}, {"text", text}});
    }

    sdp::description_view const& description_;
    msrp::media_options const& options_;
    json_text text_;
    json findings_ = json::array();
    std::set<std::pair<std::size_t, msrp::finding_code>> told_;
    bool truncated_ = false;
};

int inspect(std::FILE* input, reading const& how) {
    sdp::limits const limit;
    std::string text(limit.max_text + 1, '\0');  // what is behind it is refused whatever it is
    text.resize(std::fread(text.data(), 1, text.size(), input));
    if (std::ferror(input) != 0) {
        std::cerr << "sdp_inspect: the input cannot be read\n";
        return exit_io;
    }
    auto const read = sdp::parse(text, limit, how.lenient);
    if (read) return printed(description_object(*read, how.media).make(), exit_ok);
    auto const& why = read.error();
    json error = {{"code", name_of(why.code)},
                  {"message", why.code.message()},
                  {"line", sdp::line_number_at(text, why.offset)},
                  {"offset", why.offset}};
    return printed({{"error", std::move(error)}}, exit_refused);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "Reads a session description (SDP) and prints one JSON object: what it says of "
        "MSRP, and what is wrong with it."};
    std::vector<std::string> lenient_options;
    std::string file = "-";
    std::string names;
    for (auto const& l : leniency_names) names += (names.empty() ? "" : ", ") + std::string(l.name);
    app.add_option("--lenient", lenient_options,
                   "Read a departure from the rules (may be repeated): " + names)
        ->allow_extra_args(false)
        ->type_name("NAME");
    app.add_option("FILE", file, "The description; - or none: standard input");
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& e) {
        if (int const code = app.exit(e); code != 0) return exit_usage;
        std::cout.flush();
        if (std::cout && std::fflush(stdout) == 0) return exit_ok;
        std::cerr << "sdp_inspect: the output cannot be written\n";
        return exit_io;
    }
    reading how;
    for (auto const& wanted : lenient_options) {
        auto const found = std::find_if(leniency_names.begin(), leniency_names.end(),
                                        [&](auto const& l) { return l.name == wanted; });
        if (found == leniency_names.end()) {
            std::cerr << "sdp_inspect: no leniency is called \"" << wanted << "\"; there are "
                      << names << '\n';
            return exit_usage;
        }
        found->member(how) = true;
    }

    struct close_file {
        void operator()(std::FILE* f) const { std::fclose(f); }
    };
    std::unique_ptr<std::FILE, close_file> opened;
    std::FILE* input = stdin;
    if (file != "-") {
        opened.reset(std::fopen(file.c_str(), "rb"));
        if (!opened) {
            std::cerr << "sdp_inspect: cannot open " << file << '\n';
            return exit_no_input;
        }
        input = opened.get();
    }
    return inspect(input, how);
}
