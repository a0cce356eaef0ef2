// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// error_test.cpp - sdp/error.hpp: every code has a text of its own and a condition.
#include <sdp/error.hpp>

#include <set>
#include <string>
#include <system_error>

#include "support/catch.hpp"

using sdp::error;
using sdp::error_condition;

TEST_CASE("every sdp error has a text of its own and a condition") {
    std::set<std::string> texts;
    auto const all = [&](int first, int last, error_condition kind) {
        for (int code = first; code <= last; ++code) {
            CAPTURE(code);
            std::error_code const e(code, sdp::error_category());
            CHECK(e.message() != "unknown sdp error");
            CHECK(texts.insert(e.message()).second);
            CHECK(e == kind);
        }
        CHECK(std::error_code(last + 1, sdp::error_category()).message() == "unknown sdp error");
    };
    all(1, static_cast<int>(error::not_in_grammar), error_condition::syntax);
    all(100, static_cast<int>(error::too_many_media), error_condition::limit);
    all(200, static_cast<int>(error::number_too_large), error_condition::value);
    all(300, static_cast<int>(error::buffer_too_small), error_condition::misuse);
    CHECK(std::string(sdp::error_category().name()) == "sdp");
    for (auto const kind : {error_condition::syntax, error_condition::limit, error_condition::value,
                            error_condition::misuse})
        CHECK(make_error_condition(kind).message() != "unknown sdp condition");
    CHECK(std::error_condition(9, sdp::condition_category()).message() == "unknown sdp condition");
    CHECK(std::string(sdp::condition_category().name()) == "sdp.condition");
}
