// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// uri.cpp - MSRP-URIs by our hand-written reader, by the grammar, and by two hand-made yardsticks.
#include <string>
#include <string_view>

#include <msrp/parse_uri.hpp>
#include <msrp/uri.hpp>

#include "bench.hpp"
#include "uri_forms.hpp"

namespace {

using bench::role;
using bench::uri_parser;
using result = wire::result<msrp::uri>;

template <result (*Read)(std::string_view)>
struct reader {
    bool operator()(std::string_view text) const {
        auto const uri = Read(text);
        benchmark::DoNotOptimize(uri);
        return bool(uri);
    }
};
result by_hand(std::string_view text) { return msrp::read_uri(text); }
result by_grammar(std::string_view text) { return msrp::parse_uri(text); }

uri_parser<reader<by_hand>> const hand{
    {"read_uri", role::ours, "full grammar, exact error offsets; views, address and port decoded"}};
uri_parser<reader<by_grammar>> const grammar{
    {"parse_uri (X3)", role::ours, "the same from the Spirit X3 grammar"}};
uri_parser<reader<bench::read_uri_by_table>> const table{
    {"class table", role::peer,
     "hand-written for this benchmark, one look-up an octet; rare shapes and errors left to "
     "read_uri"}};
#ifdef MSRPKIT_BENCH_AVX2
[[maybe_unused]] bool const bitmap = [] {
    if (!__builtin_cpu_supports("avx2")) return false;
    static uri_parser<reader<bench::read_uri_by_bitmap>> const registered{
        {"delimiter bitmap", role::peer,
         "hand-written for this benchmark with AVX2, a bitmap of each class of octets; rare shapes "
         "and errors left to read_uri"}};
    return true;
}();
#endif

bool same(result const& a, result const& b) {
    if (bool(a) != bool(b)) return false;
    if (!a) return a.error().code == b.error().code && a.error().offset == b.error().offset;
    return a->text == b->text && a->scheme == b->scheme && a->userinfo == b->userinfo &&
           a->host == b->host && a->kind == b->kind && a->ip == b->ip &&
           a->port_text == b->port_text && a->port == b->port && a->session_id == b->session_id &&
           a->transport == b->transport && a->parameters == b->parameters &&
           a->has_userinfo == b->has_userinfo;
}

/// All four are one function, also on URIs with one octet exchanged, taken out or put in twice.
[[maybe_unused]] bool const checked = [] {
    bench::checks().emplace_back("URI forms", []() -> std::string {
        for (std::string_view const uri : bench::uris())
            for (std::size_t i = 0; i <= uri.size(); ++i)
                for (char const c : std::string_view("a0:/;@%[].=\r -")) {
                    std::string text(uri);
                    if (i == uri.size())
                        text += c;
                    else if (c == ' ')
                        text.erase(i, 1);
                    else if (c == '-')
                        text.insert(i, 1, text[i]);
                    else
                        text[i] = c;
                    auto const want = msrp::read_uri(text);
                    if (!same(want, msrp::parse_uri(text))) return "parse_uri differs: " + text;
                    if (!same(want, bench::read_uri_by_table(text)))
                        return "the class table differs: " + text;
#ifdef MSRPKIT_BENCH_AVX2
                    if (__builtin_cpu_supports("avx2") &&
                        !same(want, bench::read_uri_by_bitmap(text)))
                        return "the bitmap differs: " + text;
#endif
                }
        return {};
    });
    return true;
}();

}  // namespace
