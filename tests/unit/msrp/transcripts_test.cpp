// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// transcripts_test.cpp - runs tests/transcripts/*.md: octets in, events out, however they are cut.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "support/chunk_log.hpp"
#include "support/reference_parser.hpp"

namespace {

struct transcript {
    std::string title;
    std::string octets;
    std::string events;
    msrp::limits limits{};
    msrp::leniency lenient{};
};

/// The escapes of tests/transcripts/README.md.
std::string unescape(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        char const c = text.front();
        text.remove_prefix(1);
        if (c != '\\') {
            out += c;
            continue;
        }
        REQUIRE_FALSE(text.empty());
        char const kind = text.front();
        text.remove_prefix(1);
        if (kind == 'r') {
            out += '\r';
        } else if (kind == 'n') {
            out += '\n';
        } else if (kind == '\\') {
            out += '\\';
        } else if (kind == 'x') {
            REQUIRE(text.size() >= 2);
            out += static_cast<char>(std::stoi(std::string(text.substr(0, 2)), nullptr, 16));
            text.remove_prefix(2);
        } else {
            REQUIRE(kind == '{');
            auto const end = text.find('}');
            REQUIRE((end != std::string_view::npos && end > 2 && text[1] == '*'));
            out.append(std::stoul(std::string(text.substr(2, end - 2))), text.front());
            text.remove_prefix(end + 1);
        }
    }
    return out;
}

void set_limit(msrp::limits& limits, std::string const& text) {
    auto const is = text.find('=');
    REQUIRE(is != std::string::npos);
    auto const name = text.substr(0, is);
    auto const value = std::stoul(text.substr(is + 1));
    if (name == "max_start_line") {
        limits.max_start_line = value;
    } else if (name == "max_header_line") {
        limits.max_header_line = value;
    } else if (name == "max_header_block") {
        limits.max_header_block = value;
    } else if (name == "max_header_fields") {
        limits.max_header_fields = value;
    } else if (name == "max_path_uris") {
        limits.max_path_uris = value;
    } else {
        REQUIRE(name == "max_non_send_body");
        limits.max_non_send_body = value;
    }
}

void set_leniency(msrp::leniency& lenient, std::string const& name) {
    if (name == "several_blanks") {
        lenient.several_blanks = true;
    } else if (name == "stray_crlf") {
        lenient.stray_crlf = true;
    } else if (name == "body_in_response") {
        lenient.body_in_response = true;
    } else if (name == "fail_at_end_line_without_crlf") {
        lenient.fail_at_end_line_without_crlf = true;
    } else if (name == "ipv6_without_brackets") {
        lenient.ipv6_without_brackets = true;
    } else if (name == "empty_body_without_crlf") {
        lenient.empty_body_without_crlf = true;
    } else {
        REQUIRE(name == "loose_utf8");
        lenient.loose_utf8 = true;
    }
}

std::vector<transcript> read(std::filesystem::path const& file) {
    std::ifstream in(file);
    REQUIRE(in.is_open());
    std::vector<transcript> all;
    std::string line;
    std::string block;
    while (std::getline(in, line)) {
        if (block.empty()) {
            if (line.rfind("## ", 0) == 0) {
                all.emplace_back();
                all.back().title = file.filename().string() + ": " + line.substr(3);
            } else if (line.rfind("Limits: ", 0) == 0) {
                set_limit(all.back().limits, line.substr(8));
            } else if (line.rfind("Leniency: ", 0) == 0) {
                set_leniency(all.back().lenient, line.substr(10));
            } else if (line.rfind("```", 0) == 0) {
                block = line.substr(3);
                REQUIRE((block == "octets" || block == "events"));
            }
        } else if (line == "```") {
            block.clear();
        } else if (block == "octets") {
            auto const text_end = line.find_last_not_of('\\');
            std::size_t const slashes =
                line.size() - (text_end == std::string::npos ? 0 : text_end + 1);
            bool const goes_on = slashes % 2 == 1;
            if (goes_on) line.pop_back();
            all.back().octets += unescape(line) + (goes_on ? "" : "\r\n");
        } else {
            all.back().events += unescape(line) + '\n';
        }
    }
    REQUIRE(block.empty());
    return all;
}

std::vector<transcript> all_transcripts() {
    std::vector<std::filesystem::path> files;
    for (auto const& entry :
         std::filesystem::directory_iterator(MSRPKIT_SOURCE_DIR "/tests/transcripts"))
        // offer_answer.md is for offer_answer_transcripts_test.cpp.
        if (auto const name = entry.path().filename();
            name != "README.md" && name != "offer_answer.md")
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<transcript> all;
    for (auto const& file : files)
        for (auto& t : read(file)) all.push_back(std::move(t));
    return all;
}

}  // namespace

TEST_CASE("transcripts, in any pieces", "[transcripts][FRM-7.1-2][FRM-7.1-8][T2][T3]") {
    auto const all = all_transcripts();
    CHECK(all.size() > 40);
    for (auto const& t : all) {
        INFO(t.title);
        REQUIRE_FALSE(t.octets.empty());
        CHECK(support::log_in_pieces(t.octets, 0, t.limits, t.lenient) == t.events);
        CHECK(support::log_in_pieces(t.octets, 1, t.limits, t.lenient) == t.events);
        for (std::size_t cut = 0; cut <= t.octets.size(); ++cut) {
            auto const log = support::log_cut(t.octets, cut, t.limits, t.lenient);
            if (log == t.events) continue;
            INFO("cut at " << cut);
            CHECK(log == t.events);
        }
    }
}

TEST_CASE("the reference parser, on transcripts cut off anywhere", "[transcripts][reference]") {
    for (auto const& t : all_transcripts()) {
        INFO(t.title);
        CHECK(support::reference_log(t.octets, t.limits, t.lenient) == t.events);
        for (std::size_t end = 0; end < t.octets.size(); ++end) {
            auto const part = t.octets.substr(0, end);
            auto const expected = support::reference_log(part, t.limits, t.lenient);
            auto const log = support::log_in_pieces(part, 0, t.limits, t.lenient);
            if (log == expected) continue;
            INFO("cut off at " << end);
            CHECK(log == expected);
        }
    }
}

TEST_CASE("the reference parser, on transcripts with random changes",
          "[transcripts][reference][property]") {
    std::mt19937 random(1954);
    auto const below = [&](std::size_t n) {
        return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
    };
    std::string const octets("\r\n-:; $+#aZ09\t\0\x7F\xC3\xA4/@[]%", 24);
    auto const all = all_transcripts();
    for (int round = 0; round < 20000; ++round) {
        auto const& t = all[below(all.size())];
        auto text = t.octets;
        for (std::size_t changes = 1 + below(3); changes != 0 && !text.empty(); --changes) {
            auto const at = below(text.size());
            switch (below(4)) {
                case 0: text[at] = octets[below(octets.size())]; break;
                case 1: text.insert(at, 1, octets[below(octets.size())]); break;
                case 2: text.erase(at, 1 + below(3)); break;
                default: text.insert(at, text.substr(below(text.size()), below(40))); break;
            }
        }
        auto const expected = support::reference_log(text, t.limits, t.lenient);
        auto const piece = 1 + below(50);
        auto const log = support::log_in_pieces(text, piece, t.limits, t.lenient);
        if (log == expected) continue;
        INFO(t.title << ", pieces of " << piece << ":\n" << text);
        REQUIRE(log == expected);
    }
}
