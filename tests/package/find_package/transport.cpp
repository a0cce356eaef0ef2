// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// transport.cpp - the transport's headers and their libraries come with the package.
#include <openssl/ssl.h>
#include <asio/io_context.hpp>
#include <msrp/transport/acceptor.hpp>
#include <msrp/transport/beast_buffer.hpp>
#include <msrp/transport/connect.hpp>
#include <msrp/transport/endpoint_driver.hpp>

bool transport_works() {
    ::asio::io_context context;
    return context.run() == 0 && OpenSSL_version_num() >= 0x30000000L;
}
