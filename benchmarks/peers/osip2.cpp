// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// osip2.cpp - peer: osip2, a SIP parser, on SIP messages of the same shape.
// header: osipparser2/osip_parser.h
// library: osipparser2
// package: libosip2-dev
#include <cstdarg>
#include <string_view>

#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>
#include <osipparser2/osip_port.h>

#include "../bench.hpp"

namespace {

struct osip2 {
    static constexpr bool reads_halves = true;
    osip2() {
        // It logs what it refuses; the check that it does is no news.
        auto const silent = [](char const*, int, osip_trace_level_t, char const*, va_list) {};
        static bool const ready = [&] {
            ::osip_trace_initialize_func(END_TRACE_LEVEL, silent);
            return ::parser_init() == 0;
        }();
        static_cast<void>(ready);
    }
    bool operator()(std::string_view text) const {
        osip_message_t* message = nullptr;
        if (::osip_message_init(&message) != 0) return false;
        int const got = ::osip_message_parse(message, text.data(), text.size());
        benchmark::DoNotOptimize(message);
        ::osip_message_free(message);
        return got == 0;
    }
};
bench::message_parser<osip2> const registered{
    {"osip2", bench::role::peer,
     "SIP; every known field decoded and copied, an allocation for each"},
    bench::protocol::sip};

}  // namespace
