// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// cares.cpp - the resolver over c-ares, from the package and with its library.
#include <asio/io_context.hpp>
#include <msrp/transport/cares_resolver.hpp>

int main() {
    ::asio::io_context io;
    auto const resolver = msrp::transport::cares_resolver::make(io.get_executor());
    return resolver && resolver->policy() ? 0 : 1;
}
