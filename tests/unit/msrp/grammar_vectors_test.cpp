// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar_vectors_test.cpp - the header fields printed in RFCs, where a folder of them is at hand.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

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

bool parses(msrp::field f, std::string_view value) {
    using msrp::field;
    switch (f) {
        case field::to_path:
        case field::from_path:
        case field::use_path: return msrp::parse_path(value).has_value();
        case field::message_id: return msrp::parse_ident(value).has_value();
        case field::success_report: return msrp::parse_success_report(value).has_value();
        case field::failure_report: return msrp::parse_failure_report(value).has_value();
        case field::byte_range: return msrp::parse_byte_range(value).has_value();
        case field::status: return msrp::parse_report_status(value).has_value();
        case field::www_authenticate: {
            auto const d = msrp::parse_www_authenticate(value);
            return d && d->missing().empty();
        }
        case field::authorization: {
            auto const d = msrp::parse_authorization(value);
            return d && d->missing().empty();
        }
        case field::authentication_info: {
            // All that are printed have blanks, which their grammar has not.
            msrp::leniency lenient;
            lenient.blanks_in_authentication_info = true;
            auto const d = msrp::parse_authentication_info(value, lenient);
            return d && d->missing().empty() && !msrp::parse_authentication_info(value);
        }
        case field::expires:
        case field::min_expires:
        case field::max_expires: return msrp::parse_seconds(value).has_value();
        case field::use_nickname: return msrp::parse_nickname(value).has_value();
        case field::content_type: return msrp::parse_media_type(value).has_value();
        case field::content_id: return msrp::parse_content_id(value).has_value();
        case field::content_description: return msrp::parse_content_description(value).has_value();
        case field::content_disposition: return msrp::parse_content_disposition(value).has_value();
        case field::other_mime:
        case field::other: break;
    }
    return true;
}

}  // namespace

TEST_CASE("FRM-9-2 RLY-9.1-3 CHAT-7.1-1 the header fields printed in RFCs parse") {
    auto const root = folder();
    if (root.empty() || !std::filesystem::is_directory(root)) {
        WARN("skipped: MSRPKIT_VECTORS names no folder of RFC examples");
        return;
    }
    std::size_t files = 0;
    std::map<msrp::field, int> seen;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.path().extension() != ".msrp") continue;
        std::ifstream in(entry.path(), std::ios::binary);
        std::string const text{std::istreambuf_iterator<char>(in), {}};
        std::string_view rest = text;
        for (bool first = true;; first = false) {
            auto const end = rest.find("\r\n");
            auto const line = rest.substr(0, end);
            if (line.empty() || line.starts_with("-------") || end == std::string_view::npos) break;
            rest.remove_prefix(end + 2);
            CAPTURE(entry.path().filename().string(), line);
            if (first) {
                CHECK(msrp::parse_start_line(line));
                continue;
            }
            auto const field = msrp::parse_header_line(line);
            REQUIRE(field);
            CHECK(parses(field->id, field->value));
            ++seen[field->id];
        }
        ++files;
    }
    CHECK(files > 50);
    CHECK(seen[msrp::field::authorization] > 0);
    CHECK(seen[msrp::field::use_nickname] > 0);
    CHECK(seen[msrp::field::use_path] > 0);
}
