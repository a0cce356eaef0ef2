// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// result.hpp - a value, or the failure that says why there is none.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

// For what is seldom done, such as refusing: kept out of the way of what is done often.
#if defined(__GNUC__)
#define MSRPKIT_COLD [[gnu::cold, gnu::noinline]]
#else
#define MSRPKIT_COLD
#endif

namespace wire::inline v0 {

/// Why something was refused: the code, where, and in which part.
///
/// `offset` counts octets from 0. In a reader of one value it counts from the value's first octet
/// and names the first octet at which the text cannot be continued to anything valid (the text's
/// end where it stops too early). In a stream it counts from the stream's first octet.
/// `field` is a name from static storage ("To-Path", "start-line", "c=") or empty; it never
/// dangles.
struct failure {
    std::error_code code{};
    std::uint64_t offset = 0;
    std::string_view field{};

    /// The same failure, seen from a text that begins `by` octets earlier, in a named part.
    [[nodiscard]] failure at(std::uint64_t by, std::string_view name) const noexcept {
        return {code, offset + by, name};
    }
    [[nodiscard]] failure at(std::uint64_t by) const noexcept { return at(by, field); }

    friend bool operator==(failure const&, failure const&) = default;
};

/// Either a `T` or a `failure`. Reading the value of a failed result is undefined, as with
/// `std::expected`: test it first.
template <class T>
class [[nodiscard]] result {
   public:
    using value_type = T;

    result(T value) noexcept(std::is_nothrow_move_constructible_v<T>)  // NOLINT
        : state_(std::in_place_index<0>, std::move(value)) {}
    /// A `T{}`, to be filled where it stands: a long one is not copied.
    explicit result(std::in_place_t) noexcept(std::is_nothrow_default_constructible_v<T>)
        : state_(std::in_place_index<0>, braces{}) {}
    result(failure why) noexcept : state_(std::in_place_index<1>, why) {}  // NOLINT
    result(std::error_code code) noexcept                                  // NOLINT
        : state_(std::in_place_index<1>, failure{code, 0, {}}) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    [[nodiscard]] T& value() & noexcept { return *std::get_if<0>(&state_); }
    [[nodiscard]] T const& value() const& noexcept { return *std::get_if<0>(&state_); }
    [[nodiscard]] T&& value() && noexcept { return std::move(*std::get_if<0>(&state_)); }
    [[nodiscard]] T& operator*() & noexcept { return value(); }
    [[nodiscard]] T const& operator*() const& noexcept { return value(); }
    [[nodiscard]] T&& operator*() && noexcept { return std::move(*this).value(); }
    T* operator->() noexcept { return std::get_if<0>(&state_); }
    T const* operator->() const noexcept { return std::get_if<0>(&state_); }

    [[nodiscard]] T value_or(T other) const& { return has_value() ? value() : std::move(other); }

    /// The failure; `failure{}` (no error) where there is a value.
    [[nodiscard]] failure error() const noexcept {
        auto const* f = std::get_if<1>(&state_);
        return f != nullptr ? *f : failure{};
    }

   private:
    /// Becomes a `T{}` where it is wanted; `T()` would clear all of it first.
    struct braces {
        constexpr operator T() const noexcept { return T{}; }  // NOLINT
    };
    std::variant<T, failure> state_;
};

/// Success, or the failure.
template <>
class [[nodiscard]] result<void> {
   public:
    using value_type = void;

    result() noexcept = default;
    result(failure why) noexcept : why_(why) {}                            // NOLINT
    result(std::error_code code) noexcept : why_(failure{code, 0, {}}) {}  // NOLINT

    [[nodiscard]] bool has_value() const noexcept { return !why_.has_value(); }
    explicit operator bool() const noexcept { return has_value(); }
    /// As `result<T>::error`.
    [[nodiscard]] failure error() const noexcept { return why_ ? *why_ : failure{}; }

   private:
    // Not a failure{}: to make an error_code is a call of the library.
    std::optional<failure> why_{};
};

}  // namespace wire::inline v0
