// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// grammar_test.cpp - the leaves and directives that the X3 grammars are made of.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <msrp/detail/grammar.hpp>
#include <wire/charset.hpp>

#include "support/catch.hpp"

namespace {

namespace grammar = msrp::detail::grammar;
using msrp::error;

struct pair {
    std::string_view left{};
    std::string_view right{};
};
struct refuse_zero {
    template <class Frame>
    bool operator()(Frame& f, std::string_view matched) const {
        return matched != "0" || f.refuse(error::number_too_large, matched.data());
    }
};

/// Runs a grammar over a text; the value and why it was refused.
template <class Grammar>
struct outcome {
    outcome(Grammar const& g, std::string_view text) : f(text, error::bad_status) {
        good = grammar::run_grammar(g, f);
    }
    grammar::frame<pair> f;
    bool good;
};
/// The same without notes, into a value elsewhere.
template <class Grammar>
bool runs_quickly(Grammar const& g, std::string_view text, pair& value) {
    grammar::quick_frame<pair> f{text, value};
    return grammar::run_grammar(g, f);
}

}  // namespace

TEST_CASE("grammar: what matched is kept, what did not match tells where", "[grammar]") {
    auto const g = grammar::keep<&pair::left>[grammar::some<wire::digit>] >> grammar::octet<'-'> >>
                   grammar::failing_with<
                       error::bad_ident>[grammar::keep<&pair::right>[grammar::some<wire::alpha>]] >>
                   grammar::end;
    outcome const good(g, "12-ab");
    REQUIRE(good.good);
    CHECK(good.f.value.left == "12");
    CHECK(good.f.value.right == "ab");

    outcome const no_dash(g, "12");
    CHECK_FALSE(no_dash.good);
    CHECK(no_dash.f.failed() == wire::failure{make_error_code(error::bad_status), 2, {}});
    outcome const no_letter(g, "12-3");
    CHECK_FALSE(no_letter.good);
    CHECK(no_letter.f.failed() == wire::failure{make_error_code(error::bad_ident), 3, {}});
}

TEST_CASE("grammar: a refused value stays refused, whatever else would match", "[grammar]") {
    // The optional gives way and the digits behind it match; the refusal counts nevertheless.
    auto const g = -grammar::then<refuse_zero>[grammar::octet<'0'>] >> grammar::any<wire::digit> >>
                   grammar::end;
    CHECK(outcome(g, "12").good);
    outcome const zero(g, "012");
    CHECK_FALSE(zero.good);
    CHECK(zero.f.failed() == wire::failure{make_error_code(error::number_too_large), 0, {}});
}

TEST_CASE("grammar: as often as it goes, within the bounds", "[grammar]") {
    auto const g = grammar::times<2, 3>[grammar::octet<'x'>] >> grammar::end;
    CHECK_FALSE(outcome(g, "x").good);
    CHECK(outcome(g, "xx").good);
    CHECK(outcome(g, "xxx").good);
    outcome const four(g, "xxxx");
    CHECK_FALSE(four.good);
    CHECK(four.f.failed().offset == 3);
}

TEST_CASE("grammar: a quick run gives the same verdict and value", "[grammar]") {
    auto const g =
        grammar::inlined[-grammar::then<refuse_zero>[grammar::octet<'0'>] >>
                         grammar::keep<&pair::left>[grammar::any<wire::digit>] >>
                         (grammar::word<"Until-"> | grammar::exactly<":"> |
                          grammar::apart[grammar::then<refuse_zero>[grammar::octet<'-'>] >>
                                         !grammar::octet<'-'>]) >>
                         grammar::keep<&pair::right>[grammar::from_to<wire::alpha, 2, 6>] >>
                         !grammar::one<wire::alpha>] >>
        grammar::end;
    for (std::string_view const text :
         {"12:ab", "12-ab", "12until-abcd", "12UNTIL-abcde", "3Until-abcdef"}) {
        CAPTURE(text);
        pair value;
        CHECK(runs_quickly(g, text, value));
        outcome const noted(g, text);
        CHECK(noted.good);
        CHECK(value.left == text.substr(0, text[1] == '2' ? 2 : 1));
        CHECK(value.left == noted.f.value.left);
        CHECK(value.right == noted.f.value.right);
    }
    for (std::string_view const text :
         {"", "12", "12:", "12:a", "12:abcdefg", "12--ab", "12until", "12until:ab", "12unti|-ab",
          "12\x15ntil-ab", "12:ab ", "012:ab", "12:a1", "12Until-abc-"}) {
        CAPTURE(text);
        pair value;
        CHECK_FALSE(runs_quickly(g, text, value));
        CHECK_FALSE(outcome(g, text).good);
    }
    // What is refused in a part that stands apart stays refused, too.
    auto const h = -grammar::apart[grammar::then<refuse_zero>[grammar::octet<'0'>]] >>
                   grammar::any<wire::digit> >> grammar::end;
    pair value;
    CHECK(runs_quickly(h, "12", value));
    CHECK_FALSE(runs_quickly(h, "012", value));
    CHECK_FALSE(outcome(h, "012").good);
}

TEST_CASE("grammar: a run of octets ends where it should, whatever its length", "[grammar]") {
    auto const g = grammar::keep<&pair::left>[grammar::some<wire::digit>] >>
                   grammar::keep<&pair::right>[grammar::from_to<wire::alpha, 0, 5>] >> grammar::end;
    std::string const digits = "0123456789012";
    std::string const letters = "abcdefg";
    for (std::size_t d = 0; d <= digits.size(); ++d)
        for (std::size_t l = 0; l <= letters.size(); ++l) {
            std::string const text = digits.substr(0, d) + letters.substr(0, l);
            CAPTURE(text);
            outcome const o(g, text);
            CHECK(o.good == (d != 0 && l <= 5));
            if (o.good) {
                CHECK(o.f.value.left.size() == d);
                CHECK(o.f.value.right.size() == l);
            } else {
                CHECK(o.f.failed().offset == (d == 0 ? 0 : d + 5));
            }
        }
}
