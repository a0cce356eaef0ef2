// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// observer_test.cpp - what an observer sees, and that it sees no session-ids.
#include <cema/negotiator.hpp>
#include <cema/redact.hpp>
#include <string>
#include <vector>

#include "support.hpp"
#include "support/catch.hpp"

namespace {

using cema::status;
using cema_test::text;

struct log_of_steps {
    std::vector<std::string> lines{};
    std::vector<std::string> texts{};
};
template <bool Ids>
struct watcher {
    static constexpr bool wants_session_ids = Ids;
    log_of_steps* log = nullptr;
    void description(cema::description_kind k, std::string_view t) const {
        if (log == nullptr) return;
        log->lines.emplace_back(k == cema::description_kind::local ? "local" : "remote");
        log->texts.emplace_back(t);
    }
    void decided(cema::offerer_facts const& f, cema::offerer_decision const& d) const {
        log->lines.push_back(std::string(f.mismatch ? "mismatch: " : "") +
                             std::string(to_text(d.action)));
    }
    void decided(cema::answerer_facts const& f, cema::answerer_decision const& d) const {
        log->lines.push_back(std::string(f.offer_cema ? "cema: " : "") +
                             std::string(to_text(d.action)));
    }
    void stepped(std::string_view what, cema::reason_list const& why) const {
        log->lines.push_back(std::string(what) + (why.empty() ? "" : ", with reasons"));
    }
};
template <bool Ids>
using watched =
    cema::basic_negotiator<cema::rfc6714, cema::ask_names, cema::prefer_passive,
                           cema::tls_as_offered, cema::no_other_mechanism, watcher<Ids>>;

constexpr auto own_uri = "msrp://192.0.2.1:7001/s3cret;tcp";

}  // namespace

TEST_CASE("an observer sees facts, decisions and steps of an offerer") {
    log_of_steps log;
    auto n = watched<false>::make({.uri = own_uri});
    REQUIRE(n);
    n->observer().log = &log;
    REQUIRE(n->make_offer({1, 1}));
    REQUIRE(n->on_answer(
        text{.c = "203.0.113.5", .path = "msrp://bob.example:7002/h1dden;tcp", .setup = "active"}
            .str()));
    REQUIRE(n->resolved("bob.example", {}));
    REQUIRE(n->make_offer({1, 2}));
    REQUIRE(n->on_answer(text{.port = 0}.str()));
    CHECK(log.lines == std::vector<std::string>{"local", "remote", "resolve",
                                                "mismatch: new offer without msrp-cema",
                                                "new offer, with reasons", "local", "remote",
                                                "media rejected", "rejected, with reasons"});
    for (auto const& t : log.texts) {
        CHECK(t.find("s3cret") == std::string::npos);
        CHECK(t.find("h1dden") == std::string::npos);
    }
    CHECK(log.texts[0].find("a=path:msrp://192.0.2.1:7001/*;tcp\r\n") != std::string::npos);
}

TEST_CASE("an observer sees those of an answerer, and session-ids where it asks for them") {
    log_of_steps log;
    auto n = watched<true>::make({.uri = own_uri});
    REQUIRE(n);
    n->observer().log = &log;
    REQUIRE(n->on_offer(text{.setup = "actpass", .cema = true}.str(), {1, 1}));
    CHECK(log.lines == std::vector<std::string>{"remote", "cema: answer with msrp-cema", "local",
                                                "answer, with reasons"});
    CHECK(log.texts[1].find("/s3cret;tcp") != std::string::npos);
    CHECK(log.texts[0].find("/bob1;tcp") != std::string::npos);
    REQUIRE(n->peer_is_not_wanted());
    CHECK(log.lines.back() == "rejected, with reasons");
}

TEST_CASE("session-ids are blotted out wherever an MSRP-URI stands") {
    using cema::redact_session_ids;
    CHECK(redact_session_ids("").empty());
    CHECK(redact_session_ids("a=path:msrp://h:1/abc;tcp\r\n") == "a=path:msrp://h:1/*;tcp\r\n");
    CHECK(redact_session_ids("a=path:MSRPS://h:1/a/b;ws msrp://[::1]:2/c;tcp\n") ==
          "a=path:MSRPS://h:1/*;ws msrp://[::1]:2/*;tcp\n");
    CHECK(redact_session_ids("a=dcsa:2 path:msrps://h:1/abc") == "a=dcsa:2 path:msrps://h:1/*");
    CHECK(redact_session_ids("msrp://h/;tcp") == "msrp://h/*;tcp");
    CHECK(redact_session_ids("msrp://h;tcp msrp://u@h:9/x") == "msrp://h;tcp msrp://u@h:9/*");
    CHECK(redact_session_ids("http://h/page msrp://") == "http://h/page msrp://");
    CHECK(redact_session_ids("xmsrp://h/id;tcp") == "xmsrp://h/*;tcp");
    CHECK(redact_session_ids(std::string_view("msrp://h/a\0b", 12)) ==
          std::string_view("msrp://h/*\0b", 12));
    // Once is enough.
    auto const once = redact_session_ids(text{}.str());
    CHECK(once.find("bob1") == std::string::npos);
    CHECK(redact_session_ids(once) == once);
}
