// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// link_twice.hpp - the addresses of what two translation units must share.
#pragma once

#include <msrp/error.hpp>
#include <wire/charset.hpp>
#include <wire/config.hpp>

struct shared_objects {
    void const* version;
    void const* charset;
    void const* category;
    friend bool operator==(shared_objects const&, shared_objects const&) = default;
};

// Internal linkage on purpose: each translation unit says which objects it sees.
[[maybe_unused]] static shared_objects here() {
    return {&wire::version, &wire::digit, &msrp::error_category()};
}

shared_objects other();
