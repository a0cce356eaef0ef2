// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// scan_test.cpp - splitting.
#include <string>
#include <vector>

#include <wire/scan.hpp>

#include "support/catch.hpp"

TEST_CASE("scan: split_at", "[wire]") {
    auto const a = wire::split_at("k=v=w", '=');
    CHECK(a.found);
    CHECK(a.before == "k");
    CHECK(a.after == "v=w");
    auto const b = wire::split_at("k", '=');
    CHECK_FALSE(b.found);
    CHECK(b.before == "k");
    CHECK(b.after.empty());
    auto const c = wire::split_at("=", '=');
    CHECK(c.found);
    CHECK(c.before.empty());
    CHECK(c.after.empty());
}

TEST_CASE("scan: for_each_piece", "[wire]") {
    auto const pieces = [](std::string_view text, std::size_t most) {
        std::vector<std::string> out;
        wire::for_each_piece(text, ' ', [&](std::string_view piece) {
            out.emplace_back(piece);
            return out.size() < most;
        });
        return out;
    };
    CHECK(pieces("a bc  d", 9) == std::vector<std::string>{"a", "bc", "", "d"});
    CHECK(pieces("", 9) == std::vector<std::string>{""});
    CHECK(pieces(" ", 9) == std::vector<std::string>{"", ""});
    CHECK(pieces("a b c", 2) == std::vector<std::string>{"a", "b"});
}
