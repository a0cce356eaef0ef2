// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// field_lookup_test.cpp - the perfect hash of field names says what reading the name says.
#include <string>
#include <string_view>

#include <msrp/detail/field_lookup.hpp>
#include <msrp/detail/plain_uri.hpp>
#include <msrp/header.hpp>

#include "support/catch.hpp"

namespace {

/// The line with octets before and behind it, as in a head.
msrp::detail::header_name looked_up(std::string const& line) {
    std::string const text = "12345678" + line + std::string(32, 'x');
    return msrp::detail::lookup_field(text.data() + 8);
}

}  // namespace

TEST_CASE("each known field is found, in any case of its letters (FRM-9-2)", "[field_lookup]") {
    for (std::size_t i = 0; i < msrp::known_fields; ++i) {
        auto const f = static_cast<msrp::field>(i);
        std::string const name(msrp::canonical_name(f));
        std::string lower;
        std::string upper;
        for (char const c : name) {
            lower += wire::to_lower(c);
            upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
        for (auto const& spelt : {name, lower, upper}) {
            INFO(spelt);
            auto const found = looked_up(spelt + ": v");
            CHECK(found.id == f);
            CHECK(found.size == name.size());
            CHECK(looked_up(spelt + " : v").size == 0);
            CHECK(looked_up(spelt + ":v").size == 0);
            CHECK(looked_up(spelt + "x: v").size == 0);
        }
    }
}

TEST_CASE("the table has each beginning of a name in its place", "[field_lookup]") {
    using msrp::detail::words_of;
    for (std::size_t i = 0; i < msrp::known_fields; ++i) {
        auto const f = static_cast<msrp::field>(i);
        auto const name = msrp::canonical_name(f);
        auto const words = words_of(f);
        CHECK(words.id == f);
        CHECK(words.size == name.size());
        auto const& there = msrp::detail::name_table[msrp::detail::name_place(words.first)];
        bool const content = f >= msrp::field::content_type;
        CHECK(there.id == (content ? msrp::field::content_type : f));
        std::string const line = std::string(name) + ": " + std::string(16, '\0');
        bool const first = f <= msrp::field::content_type;
        CHECK(there.begins(line.data()) == (first && name.size() <= 14));
        if (!first) continue;
        CHECK(there.value_at == name.size() + 2);
        CHECK(there.bit == 1U << i);
        bool more = false;
        for (auto const& w : msrp::detail::more_names) more |= w.id == f;
        CHECK(more == (name.size() > 14));
    }
    CHECK(msrp::detail::load_octets("abcdefgh") == 0x6867666564636261U);
    CHECK(msrp::detail::swapped(0x6867666564636261U) == 0x6162636465666768U);
}

TEST_CASE("other names are left to the reader of names", "[field_lookup]") {
    // Each octet of each name exchanged: nothing but what reading says may be found.
    for (std::size_t i = 0; i < msrp::known_fields; ++i) {
        std::string const name(msrp::canonical_name(static_cast<msrp::field>(i)));
        for (std::size_t at = 0; at < name.size(); ++at) {
            for (int c = 0x20; c < 0x7F; ++c) {
                std::string line = name + ": value";
                line[at] = static_cast<char>(c);
                auto const read = msrp::detail::read_header_name(line);
                auto const found = looked_up(line);
                INFO(line);
                if (found.size == 0) {
                    REQUIRE((read.id >= msrp::field::other_mime || read.size != name.size()));
                } else {
                    REQUIRE(found.id == read.id);
                    REQUIRE(found.size == read.size);
                }
            }
        }
    }
}

TEST_CASE("the names of paths, and runs of letters and digits", "[field_lookup]") {
    using msrp::detail::is_path_name;
    CHECK(is_path_name("To-Path: x.....", true) == 9);
    CHECK(is_path_name("tO-pATH: x.....", true) == 9);
    CHECK(is_path_name("To-Path:x......", true) == 0);
    CHECK(is_path_name("To-Path; x.....", true) == 0);
    CHECK(is_path_name("From-Path: x...", true) == 0);
    CHECK(is_path_name("From-Path: x...", false) == 11);
    CHECK(is_path_name("fROM-pATH: x...", false) == 11);
    CHECK(is_path_name("From-Path:x....", false) == 0);
    CHECK(is_path_name("From-Pbth: x...", false) == 0);
    CHECK(is_path_name("To-Path: x.....", false) == 0);
    // Both at once say what each says; of octets that are no controls.
    for (bool const to : {true, false}) {
        std::string lines[2] = {"To-Path: x.....", "From-Path: x..."};
        std::string& line = lines[to ? 0 : 1];
        CHECK(msrp::detail::are_path_names(lines[0].data(), lines[1].data()));
        for (std::size_t at = 0; at < 11; ++at) {
            char const old = line[at];
            for (int c = 0x20; c < 0x7F; ++c) {
                line[at] = static_cast<char>(c);
                INFO(line);
                REQUIRE(msrp::detail::are_path_names(lines[0].data(), lines[1].data()) ==
                        (is_path_name(line.data(), to) != 0));
            }
            line[at] = old;
        }
    }
    for (int c = 0; c < 256; ++c) {
        for (std::size_t at = 0; at < 16; ++at) {
            std::string text = "aZ09bcdefghijklm";
            text[at] = static_cast<char>(c);
            auto const run = msrp::detail::alnum_run(text.data());
            INFO(c << " at " << at);
#if defined(MSRPKIT_KERNEL_X86)
            REQUIRE(run == (wire::alphanum.contains(static_cast<char>(c)) ? 16 : at));
#else
            REQUIRE(run == 0);
#endif
        }
    }
}

TEST_CASE("an entry says how a line of its field begins, and no other does", "[field_lookup]") {
    using msrp::field;
    for (std::size_t i = 0; i < msrp::known_fields; ++i) {
        auto const f = static_cast<field>(i);
        auto const name = msrp::canonical_name(f);
        auto const entry = msrp::detail::entry_of(f);  // at run time, as the compiler does
        INFO(name);
        CHECK(entry.id == f);
        CHECK(entry.value_at == name.size() + 2);
        CHECK(entry.bit == 1U << msrp::detail::header_index::bit(f));
        for (std::size_t j = 0; j < msrp::known_fields; ++j) {
            auto const line = std::string(msrp::canonical_name(static_cast<field>(j))) + ": " +
                              std::string(16, 'v');
            CHECK(entry.begins(line.data()) == (i == j && name.size() <= 14));
        }
        auto const loud = std::string(name) + ":v" + std::string(16, 'v');
        CHECK_FALSE(entry.begins(loud.data()));
    }
}
