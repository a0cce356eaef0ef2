// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// vectors_test.cpp - the descriptions printed in RFCs, where a folder of them is at hand.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <sdp/parse_description.hpp>
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
