// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// plain_uri_test.cpp - the short cut for usual URIs, by every kernel, never says more than
// read_uri.
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/detail/plain_uri.hpp>
#include <msrp/path.hpp>
#include <msrp/uri.hpp>
#include <wire/kernel.hpp>

#include "support/catch.hpp"

namespace {

std::vector<wire::kernel> kernels() {
    std::vector<wire::kernel> all;
    for (auto const k : wire::all_kernels)
        if (wire::available(k)) all.push_back(k);
    return all;
}

/// What the short cut says of a text with `behind` octets behind it that may be looked at, in
/// memory of just that size; all kernels but swar must agree.
std::size_t plain_size(std::string_view text, std::size_t behind) {
    auto const memory = std::make_unique<char[]>(text.size() + behind + 1);
    std::memset(memory.get(), 'x', text.size() + behind);
    std::copy_n(text.data(), text.size(), memory.get());
    std::size_t size = 0;
    bool first = true;
    for (auto const k : kernels()) {
        auto const n = msrp::detail::plain_uri_size({memory.get(), text.size()},
                                                    memory.get() + text.size() + behind, k);
        if (k == wire::kernel::swar) {
            CHECK(n == 0);
            continue;
        }
        if (!first) REQUIRE(n == size);
        size = n;
        first = false;
    }
    return size;
}

/// How many URIs the chunk parser finds in a path; 0 where it refuses it.
std::size_t count_uris(std::string_view path, std::size_t most, wire::kernel k) {
    std::size_t credit = 1000;
    return msrp::detail::walk_path(path, path.data() + path.size(), {most}, k, credit).uris;
}

std::vector<std::string> const usual = {
    "msrp://a.example:1/x;tcp", "msrps://relay.example.org:2855/Ab-._~+=/9;tcp",
    "msrp://192.0.2.77:65535/s;tcp", "msrp://h:80/0123456789abcdefghijklmnopqrstuvwxyz;tcp",
    "msrp://under_score~host:1/x;tcp"};

}  // namespace

TEST_CASE("usual URIs are seen as what they are (URI-6-1)", "[plain_uri]") {
    bool const shortcut = kernels().size() > 1 || kernels()[0] != wire::kernel::swar;
    for (auto const& uri : usual) {
        INFO(uri);
        REQUIRE(msrp::read_uri(uri));
        for (std::size_t const behind : {0U, 1U, 40U, 64U})
            CHECK(plain_size(uri, behind) == (shortcut ? uri.size() : 0));
        CHECK(plain_size(uri + " msrp://b:1/y;tcp", 64) == (shortcut ? uri.size() : 0));
    }
}

TEST_CASE("what the short cut takes is a URI (URI-6-2)", "[plain_uri]") {
    // Each octet of each URI exchanged, taken out, doubled; each in front of a blank and at the
    // end.
    std::size_t taken = 0;
    std::size_t left = 0;
    for (auto const& uri : usual) {
        for (std::size_t i = 0; i < uri.size(); ++i) {
            for (int c = 0; c < 256; ++c) {
                std::string text = uri;
                text[i] = static_cast<char>(c);
                if (c == ' ') text.erase(i, 1);
                if (c == 0) text.insert(i, 1, text[i + 1]);
                INFO(text << " octet " << i);
                auto const n = plain_size(text, c % 3 == 0 ? 0 : 64);
                REQUIRE(n <= text.size());
                if (n == 0) {
                    ++left;
                } else {
                    ++taken;
                    REQUIRE(msrp::read_uri(std::string_view(text).substr(0, n)));
                }
                // The path's own check says what read_path says, whichever way it goes.
                for (auto const k : kernels()) {
                    auto const path = msrp::read_path(text, {4});
                    auto const count = count_uris(text, 4, k);
                    REQUIRE(count == (path ? path->size() : 0));
                }
            }
        }
    }
    CHECK(left > 1000);
    CHECK((taken > 1000 || kernels().size() == 1));
}

TEST_CASE("two URIs at once are what each is by itself", "[plain_uri]") {
    std::vector<std::string> texts = usual;
    texts.push_back(usual[0] + " " + usual[0]);
    texts.push_back("msrp://h:1/x;ws;tcp");
    texts.push_back("msrp://h:65536/x;tcp");
    for (auto const& a : texts) {
        for (auto const& b : texts) {
            std::string const text = a + b + std::string(64, 'x');
            auto const* const first = text.data();
            auto const* const second = text.data() + a.size();
            auto const* const end = text.data() + text.size();
            for (auto const k : kernels()) {
                if (!wire::detail::can_classify(k)) continue;
                INFO(a << ' ' << b << ' ' << wire::name_of(k));
                auto const got =
                    msrp::detail::plain_uri_sizes(first, a.size(), second, b.size(), k);
                CHECK(got.first == msrp::detail::plain_uri_size({first, a.size()}, end, k));
                CHECK(got.second == (got.first != a.size() ? 0
                                                           : msrp::detail::plain_uri_size(
                                                                 {second, b.size()}, end, k)));
            }
        }
    }
}

TEST_CASE("a port at the edge of what the short cut takes", "[plain_uri]") {
    for (unsigned const port :
         {0U, 9U, 10U, 9999U, 10000U, 65535U, 65536U, 65540U, 66000U, 99999U, 100000U}) {
        auto const uri = "msrp://host.example:" + std::to_string(port) + "/session1;tcp";
        INFO(uri);
        auto const n = plain_size(uri, 64);
        CHECK((n == 0 || n == uri.size()));
        if (port > 65535) CHECK(n == 0);
        CHECK(count_uris(uri, 1, wire::best_kernel()) == (port > 65535 ? 0 : 1));
    }
    for (std::string const uri :
         {"msrp://h:/x;tcp", "msrp://h:00001/x;tcp", "msrp://h:1 /x;tcp", "msrp://h:1:2/x;tcp",
          "msrp://a/b:1/x;tcp", "msrp://:1/x;tcp", "msrp://h:1/;tcp", "msrp://h:1/x;tcpx",
          "msrp://h:1/x;tcp;p=1", "msrp://h:1/x;ws", "MSRP://h:1/x;tcp", "msrp:/h:1/x;tcp",
          "msrp://h:\xB1/x;tcp", "msrp://h:1/x@y;tcp", "msrp://h:1/x;tcp/"}) {
        INFO(uri);
        auto const n = plain_size(uri, 64);
        if (n != 0) CHECK(msrp::read_uri(std::string_view(uri).substr(0, n)));
        auto const path = msrp::read_path(uri);
        CHECK(count_uris(uri, 9, wire::best_kernel()) == (path ? path->size() : 0));
    }
}
