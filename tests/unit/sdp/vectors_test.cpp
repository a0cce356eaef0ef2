// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// vectors_test.cpp - the descriptions printed in RFCs, where a folder of them is at hand.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <msrp/sdp_media.hpp>
#include <sdp/parse_chatroom.hpp>
#include <sdp/parse_data_channel.hpp>
#include <sdp/parse_description.hpp>
#include <sdp/parse_file.hpp>
#include <sdp/parser.hpp>

#include "support/catch.hpp"

namespace {

std::filesystem::path folder() {
    if (char const* named = std::getenv("MSRPKIT_VECTORS")) return named;
#ifdef MSRPKIT_VECTORS_DIR
    return MSRPKIT_VECTORS_DIR;
#else
    return {};
#endif
}

// What RFC 8866 forbids and the RFC printed all the same, by name.
sdp::leniency needed(std::string const& name) {
    sdp::leniency l;
    if (name.starts_with("rfc3264/10.") || name.starts_with("rfc5547/6") ||
        name.starts_with("rfc5547/9.1") || name.starts_with("rfc5547/9.2"))
        l.empty_session_name = true;
    if (name.starts_with("rfc3264/9-")) l.connection_after_time = true;
    if (name.starts_with("rfc7701/9.1")) l.missing_time = true;
    return l;
}

}  // namespace

TEST_CASE("SDP-8866-2 the descriptions printed in RFCs parse with the leniency each needs") {
    auto const root = folder();
    if (root.empty() || !std::filesystem::is_directory(root)) {
        WARN("skipped: MSRPKIT_VECTORS names no folder of RFC examples");
        return;
    }
    std::size_t files = 0;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(root)) {
        auto const name = entry.path().lexically_relative(root).generic_string();
        if (!name.ends_with(".sdp") || name.ends_with(".fragment.sdp")) continue;
        CAPTURE(name);
        std::ifstream in(entry.path(), std::ios::binary);
        std::string const text{std::istreambuf_iterator<char>(in), {}};
        auto const lenient = needed(name);
        auto const d = sdp::parse(text, {}, lenient);
        if (!d) {
            CAPTURE(d.error().code.message(), d.error().offset);
            FAIL_CHECK("does not parse");
            continue;
        }
        // Strictly it parses exactly if it needs nothing, and the grammar agrees.
        auto const strict = sdp::parse(text);
        CHECK(strict.has_value() == (lenient == sdp::leniency{}));
        CHECK(sdp::parse_description(text).has_value() == strict.has_value());
        CHECK(d->media_count() >= 1);
        for (auto const m : d->media()) CHECK(m.effective_connection());
        ++files;
    }
    CHECK(files > 20);
}

TEST_CASE(
    "FT-5-1 DC-4.4-1 CHAT-8-1 the attributes printed in RFC 5547 8864 8873 and 7701 are read") {
    auto const root = folder();
    if (root.empty() || !std::filesystem::is_directory(root)) {
        WARN("skipped: MSRPKIT_VECTORS names no folder of RFC examples");
        return;
    }
    std::map<std::string, std::size_t> seen;
    auto const judge = [&](sdp::attribute const& a) {
        CAPTURE(std::string(a.name), std::string(a.value));
        if (a.name == "file-selector" && a.has_value) {
            CHECK(sdp::read_file_selector(a.value));
            CHECK(sdp::parse_file_selector(a.value));
        } else if (a.name == "file-date") {
            CHECK(sdp::read_file_date(a.value));
            CHECK(sdp::parse_file_date(a.value));
        } else if (a.name == "file-icon") {
            CHECK(sdp::read_file_icon(a.value));
            CHECK(sdp::parse_file_icon(a.value));
        } else if (a.name == "file-range") {
            CHECK(sdp::read_file_range(a.value));
            CHECK(sdp::parse_file_range(a.value));
        } else if (a.name == "chatroom") {
            CHECK(sdp::read_chatroom(a.value));
            CHECK(sdp::parse_chatroom(a.value));
        } else if (a.name == "dcmap") {
            CHECK(sdp::read_dcmap(a.value));
            CHECK(sdp::parse_dcmap(a.value));
        }
        ++seen[std::string(a.name)];
    };
    for (auto const& entry : std::filesystem::recursive_directory_iterator(root)) {
        auto const name = entry.path().lexically_relative(root).generic_string();
        if (!name.ends_with(".sdp")) continue;
        CAPTURE(name);
        std::ifstream in(entry.path(), std::ios::binary);
        std::string text{std::istreambuf_iterator<char>(in), {}};
        if (name.ends_with(".fragment.sdp") && text.starts_with("m="))
            text = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nt=0 0\r\n" + text;
        sdp::leniency l;
        l.empty_session_name = l.missing_time = l.missing_connection = true;
        l.connection_after_time = l.doubled_address_type = l.blank_after_colon = true;
        auto const d = sdp::parse(text, {}, l);
        if (!d) continue;
        for (auto const m : d->media()) {
            for (auto const a : m.attributes()) {
                judge(a);
                if (a.name != "dcsa") continue;
                auto const inner = sdp::read_dcsa(a);
                REQUIRE(inner);
                CHECK(sdp::parse_dcsa(a));
                judge(inner->embedded);
            }
            CHECK(sdp::file_attributes::read(m).findings().empty());
            if (name.starts_with("rfc5547/")) {
                CHECK(msrp::sdp_media::read(m).file().has());
            }
            if (!name.starts_with("rfc8873/")) continue;
            msrp::media_options options;
            options.ipv6_without_brackets = true;
            std::size_t channels = 0;
            msrp::for_each_msrp_channel(
                m,
                [&](msrp::sdp_media const& c) {
                    CHECK(c.usable());
                    CHECK(c.findings().empty());
                    ++channels;
                    return true;
                },
                options);
            CHECK(channels == 2);
        }
    }
    CHECK(seen["file-selector"] >= 9);
    CHECK(seen["file-date"] >= 4);
    CHECK(seen["file-icon"] >= 4);
    CHECK(seen["file-range"] >= 3);
    CHECK(seen["chatroom"] >= 2);
    CHECK(seen["dcmap"] >= 6);
    CHECK(seen["dcsa"] >= 20);
}
