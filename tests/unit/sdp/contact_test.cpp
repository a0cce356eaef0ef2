// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// contact_test.cpp - sdp/detail/contact.hpp and grammar_contact.hpp: u=, e= and p= by RFC 8866's
// grammar, held against a reader of the ABNF that tries every alternative.
#include <sdp/parse_description.hpp>

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <sdp/description.hpp>
#include <sdp/parser.hpp>
#include <sdp/serializer.hpp>

#include "support/catch.hpp"

namespace {

using sdp::error;

// The ABNF as it is printed: a rule gives all places where it may end, and notes the furthest octet
// that some terminal could not take. Slow, and with nothing of the readers' but the names.

using ends = std::set<std::size_t>;
struct reading {
    std::string_view text;
    std::size_t furthest = 0;
};
using rule = std::function<ends(reading&, std::size_t)>;

rule octet(std::function<bool(unsigned)> const& is) {
    return [is](reading& r, std::size_t at) -> ends {
        if (at < r.text.size() && is(static_cast<unsigned char>(r.text[at]))) return {at + 1};
        r.furthest = std::max(r.furthest, at);
        return {};
    };
}
rule range(unsigned first, unsigned last) {
    return octet([=](unsigned c) { return c >= first && c <= last; });
}
rule any(std::string const& of) {
    return octet([=](unsigned c) { return of.find(static_cast<char>(c)) != std::string::npos; });
}
rule alt(std::vector<rule> const& of) {
    return [of](reading& r, std::size_t at) {
        ends out;
        for (auto const& one : of) out.merge(one(r, at));
        return out;
    };
}
rule seq(std::vector<rule> const& of) {
    return [of](reading& r, std::size_t at) {
        ends here{at};
        for (auto const& one : of) {
            ends next;
            for (auto const from : here) next.merge(one(r, from));
            here = next;
        }
        return here;
    };
}
rule lit(std::string const& text) {
    std::vector<rule> all;
    for (char const c : text) all.push_back(any({c}));
    return seq(all);
}
rule many(rule const& of, std::size_t least = 0, std::size_t most = 1000000) {
    return [=](reading& r, std::size_t at) {
        ends out;
        ends here{at};
        ends seen;
        for (std::size_t n = 0; !here.empty(); ++n) {
            if (n >= least) out.insert(here.begin(), here.end());
            if (n == most) break;
            ends next;
            for (auto const from : here)
                for (auto const to : of(r, from))
                    if (n < least || seen.insert(to).second) next.insert(to);
            here = next;
        }
        return out;
    };
}
rule maybe(rule const& of) { return many(of, 0, 1); }

struct abnf {
    rule alpha = alt({range('A', 'Z'), range('a', 'z')});
    rule digit = range('0', '9');
    rule hexdig = alt({digit, range('A', 'F'), range('a', 'f')});
    rule sp = lit(" ");
    rule wsp = any(" \t");
    rule vchar = range(0x21, 0x7E);

    // RFC 3986, appendix A.
    rule pct = seq({lit("%"), hexdig, hexdig});
    rule unreserved = alt({alpha, digit, any("-._~")});
    rule sub = any("!$&'()*+,;=");
    rule pchar = alt({unreserved, pct, sub, any(":@")});
    rule segment = many(pchar);
    rule segment_nz = many(pchar, 1);
    rule segment_nz_nc = many(alt({unreserved, pct, sub, any("@")}), 1);
    rule abempty = many(seq({lit("/"), segment}));
    rule absolute = seq({lit("/"), maybe(seq({segment_nz, abempty}))});
    rule dec_octet =
        alt({digit, seq({range('1', '9'), digit}), seq({lit("1"), digit, digit}),
             seq({lit("2"), range('0', '4'), digit}), seq({lit("25"), range('0', '5')})});
    rule ipv4 = seq({dec_octet, lit("."), dec_octet, lit("."), dec_octet, lit("."), dec_octet});
    rule h16 = many(hexdig, 1, 4);
    rule h16c = seq({h16, lit(":")});
    rule ls32 = alt({seq({h16c, h16}), ipv4});
    rule before(std::size_t n) const { return maybe(seq({many(h16c, 0, n), h16})); }
    rule ipv6 = alt({seq({many(h16c, 6, 6), ls32}), seq({lit("::"), many(h16c, 5, 5), ls32}),
                     seq({maybe(h16), lit("::"), many(h16c, 4, 4), ls32}),
                     seq({before(1), lit("::"), many(h16c, 3, 3), ls32}),
                     seq({before(2), lit("::"), many(h16c, 2, 2), ls32}),
                     seq({before(3), lit("::"), h16c, ls32}), seq({before(4), lit("::"), ls32}),
                     seq({before(5), lit("::"), h16}), seq({before(6), lit("::")})});
    rule future =
        seq({any("vV"), many(hexdig, 1), lit("."), many(alt({unreserved, sub, lit(":")}), 1)});
    rule host = alt(
        {seq({lit("["), alt({ipv6, future}), lit("]")}), ipv4, many(alt({unreserved, pct, sub}))});
    rule userinfo = many(alt({unreserved, pct, sub, lit(":")}));
    rule authority =
        seq({maybe(seq({userinfo, lit("@")})), host, maybe(seq({lit(":"), many(digit)}))});
    rule net = seq({lit("//"), authority, abempty});
    rule empty = seq({});
    rule hier = alt({net, absolute, seq({segment_nz, abempty}), empty});
    rule relative = alt({net, absolute, seq({segment_nz_nc, abempty}), empty});
    rule query = many(alt({pchar, any("/?")}));
    rule scheme = seq({alpha, many(alt({alpha, digit, any("+-.")}))});
    rule tail = seq({maybe(seq({lit("?"), query})), maybe(seq({lit("#"), query}))});
    rule uri = alt({seq({scheme, lit(":"), hier, tail}), seq({relative, tail})});

    // RFC 5322, 3.2 and 3.4.1, without obs- and folding.
    rule fws = many(wsp, 1);
    rule quoted_pair = seq({lit("\\"), alt({vchar, wsp})});
    rule comment = [this](reading& r, std::size_t at) {
        auto const content =
            alt({range(33, 39), range(42, 91), range(93, 126), quoted_pair, comment});
        return seq({lit("("), many(seq({maybe(fws), content})), maybe(fws), lit(")")})(r, at);
    };
    rule cfws = alt({seq({many(seq({maybe(fws), comment}), 1), maybe(fws)}), fws});
    rule atext = alt({alpha, digit, any("!#$%&'*+-/=?^_`{|}~")});
    rule dot_text = seq({many(atext, 1), many(seq({lit("."), many(atext, 1)}))});
    rule dot_atom = seq({maybe(cfws), dot_text, maybe(cfws)});
    rule qcontent = alt({lit("!"), range(35, 91), range(93, 126), quoted_pair});
    rule quoted = seq({maybe(cfws), lit("\""), many(seq({maybe(fws), qcontent})), maybe(fws),
                       lit("\""), maybe(cfws)});
    rule dtext = alt({range(33, 90), range(94, 126)});
    rule literal = seq(
        {maybe(cfws), lit("["), many(seq({maybe(fws), dtext})), maybe(fws), lit("]"), maybe(cfws)});
    rule addr_spec = seq({alt({dot_atom, quoted}), lit("@"), alt({dot_atom, literal})});

    // RFC 8866, section 9.
    rule safe = alt({range(0x01, 0x09), range(0x0B, 0x0C), range(0x0E, 0x27), range(0x2A, 0x3B),
                     lit("="), range(0x3F, 0xFF)});
    rule email = alt({seq({addr_spec, many(sp, 1), lit("("), many(safe, 1), lit(")")}),
                      seq({many(safe, 1), many(sp, 1), lit("<"), addr_spec, lit(">")}), addr_spec});
    rule phone = seq({maybe(lit("+")), digit, many(alt({sp, lit("-"), digit}), 1)});
    rule number = alt({seq({phone, many(sp), lit("("), many(safe, 1), lit(")")}),
                       seq({many(safe, 1), lit("<"), phone, lit(">")}), phone});

    rule const& of(char type) const { return type == 'u' ? uri : type == 'e' ? email : number; }
};

constexpr std::size_t good = std::string_view::npos;

/// Where the ABNF refuses a value: at the first octet, maybe behind the last, that nothing takes.
std::size_t by_abnf(char type, std::string_view value) {
    static abnf const all;
    reading r{value};
    auto const where = all.of(type)(r, 0);
    if (where.contains(value.size())) return good;
    for (auto const at : where) r.furthest = std::max(r.furthest, at);
    return r.furthest;
}

constexpr std::string_view start = "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\n";
std::string description(char type, std::string_view value) {
    return std::string(start) + type + "=" + std::string(value) + "\r\nt=0 0\r\n";
}

/// All three readers agree. Fails by an exception: millions of assertions would cost minutes.
void same(char type, std::string_view value) {
    auto const text = description(type, value);
    auto const wanted = by_abnf(type, value);
    auto const hand = sdp::parse(text);
    auto const grammar = sdp::parse_description(text);
    auto const at = [&](auto const& read) {
        return read ? good : static_cast<std::size_t>(read.error().offset) - start.size() - 2;
    };
    auto const code = type == 'u'   ? error::bad_uri
                      : type == 'e' ? error::bad_email
                                    : error::bad_phone;
    if (at(hand) == wanted && at(grammar) == wanted &&
        (hand || (hand.error().code == code && hand.error().field == text.substr(start.size(), 2))))
        return;
    CAPTURE(type, std::string(value), wanted, at(hand), at(grammar), hand.error().code);
    FAIL("readers disagree");
}

struct row {
    std::string_view value;
    std::size_t at = good;
};
void check(char type, std::vector<row> const& rows) {
    for (auto const& r : rows) {
        CAPTURE(std::string(r.value));
        CHECK(by_abnf(type, r.value) == r.at);
        same(type, r.value);
    }
}

/// Every text over an alphabet up to a length.
void all_texts(char type, std::string_view alphabet, std::size_t most, std::string_view before) {
    std::string text;
    std::function<void()> const more = [&] {
        same(type, std::string(before) + text);
        if (text.size() == most) return;
        for (char const c : alphabet) {
            text += c;
            more();
            text.pop_back();
        }
    };
    more();
}

/// Every prefix of some values, and each with any octet changed, left out or put in.
void near(char type, std::vector<std::string_view> const& values, std::string_view octets) {
    for (auto const value : values) {
        CHECK(by_abnf(type, value) == good);
        for (std::size_t i = 0; i <= value.size(); ++i) {
            same(type, value.substr(0, i));
            for (char const c : octets) {
                std::string text(value);
                same(type, text.insert(i, 1, c));
                if (i == value.size()) continue;
                text = value;
                text[i] = c;
                same(type, text);
            }
            if (i == value.size()) continue;
            std::string text(value);
            same(type, text.erase(i, 1));
        }
    }
}

}  // namespace

TEST_CASE("SDP-8866-1 e= is an address, with a comment behind it or a name before it") {
    check('e', {{"mira@club.example"},
                {"m.ira+x@club"},
                {"mira@club.example (Mira Holm)"},
                {"mira@club.example   (Mira)"},
                {"mira@club.example (M\xC3\xADra)"},
                {"mira@club.example\t(Mira)"},  // CFWS
                {"mira@club.example(Mira)"},    // CFWS
                {"mira@club.example(Mira) (M\xC3\xAD)"},
                {"(at) mira (the) @ (our) club (now)"},
                {"(a(b(c)\\))d)mira@club"},
                {"Mira Holm <mira@club.example>"},
                {"M\xC3\xADra \"Mi\"  <\"mira holm\"@[192.0.2.1 x]>"},
                {"\"mira \\\" \\@\"@club"},
                {"\"\"@[]"},
                {"  <a@b>"},
                {"a@b <a@b>"},
                {"", 0},
                {"mira", 4},
                {"mira@", 5},
                {"mira holm", 9},  // a name
                {"mira@club..example", 18},
                {"mira@club.example (M\xC3\xADra) ", 25},
                {"mira@club.example\t(M\xC3\xADra)", 20},
                {"mira@club.example(M\xC3\xADra)", 17 + 2},
                {"mira@club.example ()x", 20},
                {"Mira<mira@club>", 4},
                {"<mira@club>", 0},
                {" <mira@club>", 1},
                {"Mira <mira@club", 15},
                {"Mira <mira@club> ", 16},
                {"Mira (Holm) <mira@club>", 12},
                {"a@b, c@d", 8},
                {"\xC3\xAD@club", 7}});
}

TEST_CASE("SDP-8866-1 p= is a phone, with a comment behind it or a name before it") {
    check('p', {{"+49 30 123"},
                {"12"},
                {"1-"},
                {"+1 "},
                {"+49 30 123 (Mira)"},
                {"+49 30 123(M\xC3\xADra <)", 17},
                {"+49-30(M\xC3\xADra)"},
                {"Mira <+49 30>"},
                {"1<22>"},
                {"", 0},
                {"+1", 2},
                {"1", 1},
                {"++1", 3},
                {"+49.30", 6},
                {"(0)30 12", 0},
                {"12 ()", 4},
                {"12 (a) ", 6},
                {"Mira <+4>", 8},
                {"Mira <+44", 9},
                {"Mira <+44>x", 10},
                {"<12>", 0},
                {"+49 30 123 (Mira", 16}});
}

TEST_CASE("SDP-8866-1 u= is a URI-reference of RFC 3986") {
    check('u', {{""},
                {"x"},
                {"?"},
                {"#"},
                {"//"},
                {"/"},
                {"h:"},
                {"h:/"},
                {"h://"},
                {"https://u:p@h.example:8/a/b;c=d,e//f/?q?/#f?/"},
                {"//[::1]:80/x"},
                {"//[v1f.a:b]"},
                {"//[V1f.a:b]"},
                {"//[2001:db8::192.0.2.1]?"},
                {"mailto:a@b.example"},
                {"a/b:c"},
                {"./b:c"},
                {"%41@"},
                {"a+b:c"},
                {"//1.2.3.4:"},
                {"a b", 1},
                {"%4", 2},
                {"%4g", 2},
                {"a_b:c", 3},
                {"1a:b", 2},
                {":", 0},
                {"%41:", 3},
                {"//h:1x", 6},
                {"//h:1x/", 6},
                {"//a:b:c?", 7},
                {"//u@h:1x", 7},
                {"//u@h@i", 5},
                {"//u[", 3},
                {"//[::1", 6},
                {"//[::1]x", 7},
                {"//[1:2]", 6},
                {"//[]", 3},
                {"//[:1]", 4},
                {"//[v.a]", 4},
                {"//[vg]", 4},
                {"//[v1.]", 6},
                {"//[v1.%41]", 6},
                {"//[::256.1.1.1]", 8},
                {"//[::1.2.3]", 10},
                {"//[1:2:3:4:5:6:7:8:9]", 18},
                {"//[12345::]", 7},
                {"///[", 3},
                {"a[", 1},
                {"a#b#", 3},
                {"a?[", 2},
                {"\xC3\xA9", 0},
                {"a\"", 1}});
}

TEST_CASE("SDP-8866-1 readers of e= p= and u= agree near what is right") {
    near('e',
         {"a.b@c.d (e (f)) (\xC3\xA9)", "a b  <\"c \\d\"@[e f]>", " (a\\(b)a@b(c) (d) (\xC3\xA9)"},
         "a .@\"\\()<>[]\t\x01\x7F\xFF");
    near('p', {"+1 2-3 (a b)", "a 1<+1 2>", "12 (\xFF)"}, "1+- ()<>a\x01\xFF");
    near('u',
         {"a+b:/c:d/%4f?e/f#g?", "//a:b@c:12/d:e?f", "h://%aB@[1::25:1.255.34.5]:6", "a@b/c:d",
          "//[v1.:a]", "//[1:22:333:4444:5:6:7:8]", "//[1:2:3:4:5:6:7::]", "//[::2:3:4:5:6:7:8]",
          "//[a:B::C:d:1.2.3.4]"},
         "a1gv.:/?#[]@%+-_ \xC3");
}

TEST_CASE("SDP-8866-1 readers of e= p= and u= agree on every short text") {
    all_texts('e', "a@ (\\)<>\xFF", 4, "");
    all_texts('e', " ()a\xFF\\", 5, "a@b");
    all_texts('e', "a @\".[]>", 4, "a <");
    all_texts('p', "1+ (a)<>", 4, "");
    all_texts('u', "a1:/@?#[%", 4, "");
    all_texts('u', "1:.a]", 5, "//[1::");
    all_texts('u', "a1:@[", 4, "//");
}

TEST_CASE(
    "SDP-8866-2 contact_as_text takes any text in u=, and any but an empty one in e= and p=") {
    sdp::leniency lenient;
    lenient.contact_as_text = true;
    for (std::string_view const value : {"nobody (", "0", "<<<", "\xC3\xA9 [", "a b", "+1"}) {
        for (char const type : {'u', 'e', 'p'}) {
            CAPTURE(type, std::string(value));
            auto const text = description(type, value);
            CHECK(sdp::parse(text).has_value() == (type == 'u' && value.size() < 3));
            auto const d = sdp::parse(text, {}, lenient);
            REQUIRE(d);
            CHECK(d->text() == text);
        }
    }
    CHECK(sdp::parse(description('u', ""), {}, lenient));
    for (char const type : {'e', 'p'}) {
        auto const d = sdp::parse(description(type, ""), {}, lenient);
        REQUIRE_FALSE(d);
        CHECK(d.error().code == error::bad_text);
        CHECK(d.error().offset == start.size() + 2);
        CHECK(d.error().field == std::string{type, '='});
    }
    // NUL and CR stay what they are.
    auto const cr = sdp::parse(description('e', "a\rb"), {}, lenient);
    REQUIRE_FALSE(cr);
    CHECK(cr.error().code == error::bad_line_end);
}

TEST_CASE("T8 what is written as u= e= and p= is what is read") {
    auto const written = [](char type, std::string_view value) {
        sdp::description_writer out;
        out.session({"-", "1", "1", "IN", "IP4", "h.example"}).line(type, {value}).unbounded_time();
        auto const d = out.finish();
        if (d) {
            CHECK((*std::next(d->view().lines().begin(), 3)).value == value);
            CHECK(sdp::parse(d->text()));
        } else {
            CHECK(d.error().code == error::illegal_value);
            CHECK(d.error().field == std::string{type, '='});
        }
        return d.has_value();
    };
    CHECK(written('e', "Mira <mira@club.example>"));
    CHECK_FALSE(written('e', "mira"));
    CHECK_FALSE(written('e', ""));
    CHECK_FALSE(written('e', "a@b\r\np=12"));
    CHECK(written('p', "+49 30 1"));
    CHECK_FALSE(written('p', "030/1"));
    CHECK(written('u', "https://h.example/x"));
    CHECK(written('u', ""));
    CHECK_FALSE(written('u', "https://h.example/x y"));
}

TEST_CASE("SDP-8866-2 a description read with contact_as_text can be edited, and stays as it is") {
    sdp::leniency lenient;
    lenient.contact_as_text = true;
    auto const text = std::string(start) + "u=a b\r\ne=nobody\r\np=none\r\nt=0 0\r\n";
    CHECK_FALSE(sdp::description::parse(text));
    auto d = sdp::description::parse(text, {}, lenient);
    REQUIRE(d);
    REQUIRE(d->set_connection(sdp::session_level, "h.example"));
    REQUIRE(d->set_attribute(sdp::session_level, "tool", "x"));
    CHECK(d->text() ==
          std::string(start) +
              "u=a b\r\ne=nobody\r\np=none\r\nc=IN IP4 h.example\r\nt=0 0\r\na=tool:x\r\n");
    CHECK(sdp::parse(d->text(), {}, lenient));
    CHECK_FALSE(sdp::parse(d->text()));
}
