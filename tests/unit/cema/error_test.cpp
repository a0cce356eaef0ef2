// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// error_test.cpp - each code has a text of its own and a condition.
#include <cema/connect_plan.hpp>
#include <cema/error.hpp>
#include <cema/reason.hpp>
#include <set>
#include <string>

#include "support/catch.hpp"

TEST_CASE("cema errors have texts and conditions") {
    using cema::error;
    std::set<std::string> texts;
    auto const unknown = cema::error_category().message(-1);
    for (auto e : {error::no_message_media, error::answer_does_not_fit, error::bad_own_uri,
                   error::bad_own_relay, error::bad_own_scheme, error::tls_required,
                   error::wrong_order, error::unknown_name, error::anchor_address}) {
        std::error_code const code = e;
        CHECK(texts.insert(code.message()).second);
        CHECK(code.message() != unknown);
        CHECK((code == cema::error_condition::value) == (static_cast<int>(e) < 300));
        CHECK((code == cema::error_condition::misuse) == (static_cast<int>(e) >= 300));
    }
    CHECK(std::string(cema::error_category().name()) == "cema");
    std::error_condition const c = cema::error_condition::value;
    CHECK(c.message() != make_error_condition(cema::error_condition::misuse).message());
    CHECK(std::string(c.category().name()) == "cema.condition");
    CHECK(cema::condition_category().message(-1) == "unknown cema condition");
}

TEST_CASE("a reason list is bounded and takes no empty reason") {
    cema::reason_list list;
    list.add({});
    CHECK(list.empty());
    for (int i = 0; i < 20; ++i) list.add({"d", "s", "i", "t"});
    CHECK(list.size() == cema::reason_list::capacity);
    CHECK(list.front().document == "d");
}

TEST_CASE("names of roles, targets and checks") {
    CHECK(to_text(cema::role::active) == "active");
    CHECK(to_text(cema::role::passive) == "passive");
    CHECK(to_text(cema::target_kind::cm_line) == "c/m-line");
    CHECK(to_text(cema::target_kind::path) == "path");
    CHECK(to_text(cema::target_kind::own_relay) == "own-relay");
    CHECK(to_text(cema::target_kind::none) == "none");
    CHECK(to_text(cema::identity_check::name) == "name");
    CHECK(to_text(cema::identity_check::fingerprint) == "fingerprint");
    CHECK(to_text(cema::identity_check::none) == "none");
}
