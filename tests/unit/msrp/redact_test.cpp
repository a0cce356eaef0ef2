// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <msrp/redact.hpp>

#include "support/catch.hpp"

namespace {

std::string redacted(std::string_view text, std::size_t piece) {
    msrp::session_id_redactor redact;
    std::string out;
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
        redact(text.substr(0, piece), [&](std::string_view shown) { out += shown; });
    return out;
}

}  // namespace

TEST_CASE("session-ids are blotted out, in pieces of any size (CON-3-1)", "[redact]") {
    struct row {
        std::string_view text, shown;
    };
    for (auto const& r : {
             row{"To-Path: msrp://a.example:1/secret;tcp msrps://b/x;tcp\r\n",
                 "To-Path: msrp://a.example:1/*;tcp msrps://b/*;tcp\r\n"},
             row{"MSRPS://U@h:2855/9af~=k/l;tcp;q", "MSRPS://U@h:2855/*;tcp;q"},
             row{"mmsrp://h/id", "mmsrp://h/*"},
             row{"msrmsrp://h/id\nmsrp:///id", "msrmsrp://h/*\nmsrp:///*"},
             row{"msrp://h;tcp/x msrp:/h/x http://h/x msrp://h/;tcp",
                 "msrp://h;tcp/x msrp:/h/x http://h/x msrp://h/*;tcp"},
             row{"msrpss://h/x msrps//h/x msrp://h", "msrpss://h/x msrps//h/x msrp://h"},
             row{"ms: msx m/s msrp:x msrps:m msrp:", "ms: msx m/s msrp:x msrps:m msrp:"},
             row{"msmsrp://h/id msrp:msrps://h/id", "msmsrp://h/* msrp:msrps://h/*"},
         })
        for (std::size_t piece = 1; piece <= r.text.size(); ++piece)
            CHECK(redacted(r.text, piece) == r.shown);
}
