// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// uri.cpp - MSRP-URI and path: the reader against the grammar, the normal form, the comparison.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <msrp/parse_path.hpp>
#include <msrp/parse_uri.hpp>
#include <msrp/path.hpp>
#include <msrp/uri.hpp>
#include <wire/address.hpp>
#include <wire/kernel.hpp>
#include <wire/scan.hpp>
#include <wire/sink.hpp>

namespace {

void demand(bool condition) {
    if (!condition) std::abort();
}
bool same_view(std::string_view a, std::string_view b) {
    return a.data() == b.data() && a.size() == b.size();
}
bool within(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}
bool same_uri(msrp::uri const& a, msrp::uri const& b) {
    return same_view(a.text, b.text) && a.scheme == b.scheme && same_view(a.userinfo, b.userinfo) &&
           same_view(a.host, b.host) && a.kind == b.kind && a.ip == b.ip &&
           same_view(a.port_text, b.port_text) && a.port == b.port &&
           same_view(a.session_id, b.session_id) && same_view(a.transport, b.transport) &&
           same_view(a.parameters, b.parameters) && a.has_userinfo == b.has_userinfo;
}

constexpr msrp::uri_options bare{.ipv6_without_brackets = true};

/// Percent-encoding in the normal form makes no URI longer; only IPv6 may (`::` with one group).
template <std::size_t Size>
std::string_view normal(msrp::uri const& u, std::array<char, Size>& memory) {
    wire::sink out(memory);
    write_normal(out, u);
    demand(!out.overflowed());
    return out.view();
}

void one(std::string_view text, msrp::uri_options options) {
    auto const read = msrp::read_uri(text, options);
    auto const parsed = msrp::parse_uri(text, options);
    demand(read.has_value() == parsed.has_value());
    if (!read) {
        demand(read.error() == parsed.error());
        demand(read.error().offset <= text.size());
        return;
    }
    demand(same_uri(*read, *parsed));
    for (auto const part : {read->text, read->userinfo, read->host, read->port_text,
                            read->session_id, read->transport, read->parameters})
        demand(within(part, text));
    demand(!read->transport.empty() && !read->host.empty());
    if (options.ipv6_without_brackets) {
        // What is a URI by the grammar is the same; else it is one for want of brackets.
        auto const strict = msrp::read_uri(text);
        if (strict) {
            demand(same_uri(*read, *strict));
        } else {
            demand(read->kind == msrp::host_kind::ipv6 && read->port.has_value());
            demand(wire::parse_ipv6(read->host) == read->ip);
            demand(read->host.data()[-1] != '[');
        }
    }

    static std::array<char, 1 << 16> first;
    static std::array<char, 1 << 16> second;
    if (text.size() > first.size() - 64) return;
    auto const once = normal(*read, first);
    auto const again = msrp::read_uri(once);
    demand(again.has_value());
    demand(equivalent(*read, *again) && equivalent(*again, *read));
    demand(read->userinfo == again->userinfo && read->port_text == again->port_text);
    demand(read->parameters == again->parameters);
    demand(normal(*again, second) == once);
}

/// With the leniency an error is never before the one that there is without it.
void farther(std::string_view text) {
    auto const strict = msrp::read_uri(text);
    auto const lenient = msrp::read_uri(text, bare);
    demand(!strict || lenient);
    if (!lenient && lenient.error().code == msrp::error::bad_uri)
        demand(lenient.error().offset >= strict.error().offset);
}

void path(std::string_view text, msrp::path_options const& options) {
    auto const read = msrp::read_path(text, options);
    auto const parsed = msrp::parse_path(text, options);
    demand(read.has_value() == parsed.has_value());
    // What the chunk parser asks of a path, by every kernel: one that vectors let through is one.
    for (auto const k : wire::all_kernels) {
        if (!wire::available(k)) continue;
        std::size_t credit = 64 * (text.size() + 1);  // enough for the short cut at every URI
        auto const walk =
            msrp::detail::walk_path(text, text.data() + text.size(), options, k, credit);
        demand(walk.uris == (read ? read->size() : 0));
        if (!read) demand(read.error() == wire::failure{make_error_code(walk.why), walk.at, {}});
    }
    if (!read) {
        demand(read.error() == parsed.error());
        demand(read.error().offset <= text.size());
        return;
    }
    demand(same_view(read->text(), text) && same_view(parsed->text(), text));
    demand(read->size() == parsed->size() && read->size() >= 1 && read->size() <= options.max_uris);
    std::size_t count = 0;
    for (auto const u : *read) {
        if (count == 0) demand(same_uri(u, read->front()));
        ++count;
        if (count == read->size()) demand(same_uri(u, read->back()));
    }
    demand(count == read->size());
}

void compare(std::string_view a, std::string_view b) {
    auto const x = msrp::read_uri(a, bare);
    auto const y = msrp::read_uri(b, bare);
    if (!x || !y) return;
    demand(equivalent(*x, *x) && equivalent(*y, *y));
    bool const equal = equivalent(*x, *y);
    demand(equal == equivalent(*y, *x));
    if (!equal || a.size() + b.size() > 1000) return;
    // Equivalent, and alike in what comparison leaves aside: the same normal form.
    if (x->has_userinfo != y->has_userinfo || x->userinfo != y->userinfo ||
        x->parameters != y->parameters || x->port_text != y->port_text ||
        (x->port_text.data() == nullptr) != (y->port_text.data() == nullptr))
        return;
    std::array<char, 2048> first;
    std::array<char, 2048> second;
    demand(normal(*x, first) == normal(*y, second));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    one(text, {});
    one(text, bare);
    farther(text);
    path(text, {3, false, false});
    path(text, {64, true, false});
    path(text, {3, true, true});
    path(text, {64, false, true});
    auto const two = wire::split_at(text, '\n');
    if (two.found) {
        one(two.before, {});
        one(two.before, bare);
        compare(two.before, two.after);
    }
    return 0;
}
