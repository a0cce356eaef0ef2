// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// uriparser.cpp - peer: uriparser, RFC 3986 in C.
// header: uriparser/Uri.h
// library: uriparser
// package: liburiparser-dev
#include <string_view>

#include <uriparser/Uri.h>

#include "../bench.hpp"

namespace {

struct uriparser {
    bool operator()(std::string_view text) const {
        UriUriA uri;
        char const* error = nullptr;
        int const got =
            ::uriParseSingleUriExA(&uri, text.data(), text.data() + text.size(), &error);
        benchmark::DoNotOptimize(uri);
        if (got == URI_SUCCESS) ::uriFreeUriMembersA(&uri);
        return got == URI_SUCCESS;
    }
};
bench::uri_parser<uriparser> const registered{
    {"uriparser", bench::role::peer, "generic URI; allocates for path segments and addresses"}};

}  // namespace
