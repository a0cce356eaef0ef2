// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// walk.hpp - what the iterators have in common that make what they are at while they walk.
#pragma once

#include <cstddef>

namespace sdp::inline v0::detail {

/// The base of an `Iterator` over `Value`s, which itself has `*`, `++` before it and `==`. It is
/// empty, and the operator is no member, so that it is not hidden.
template <class Iterator, class Value>
struct walk {
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    friend Iterator operator++(Iterator& at, int) noexcept {
        auto before = at;
        ++at;
        return before;
    }
};

}  // namespace sdp::inline v0::detail
