// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// kernel.hpp - the instruction sets that scans are written for, and which of them to use here.
#pragma once

#include <cstdint>
#include <string_view>

// Which vector kernels this compiler builds. With MSRPKIT_NO_SIMD (in all translation units alike),
// on Windows and by compilers without GCC's vector extensions: none.
#if !defined(MSRPKIT_NO_SIMD) && defined(__GNUC__) && !defined(_WIN32)
#if defined(__x86_64__)
#define MSRPKIT_KERNEL_X86 1
#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(__AARCH64EB__)
#define MSRPKIT_KERNEL_NEON 1
#endif
#endif

// Helpers of a kernel must become part of it: a function for AVX2 takes in no lambda or template.
#if defined(__GNUC__)
#define MSRPKIT_ALWAYS_INLINE [[gnu::always_inline]] inline
#else
#define MSRPKIT_ALWAYS_INLINE inline
#endif

namespace wire::inline v0 {

/// How a scan is done. All kernels return the same.
enum class kernel : std::uint8_t {
    swar,    ///< 8 octets in a word, everywhere
    sse2,    ///< x86-64
    avx2,    ///< x86-64 with AVX2, BMI1 and BMI2
    avx512,  ///< x86-64 with AVX-512 F, BW, VL and VBMI2: those where wide vectors cost no clock
    neon,    ///< arm64, little-endian
};

/// Every kernel there is, on any machine.
inline constexpr kernel all_kernels[] = {kernel::swar, kernel::sse2, kernel::avx2, kernel::avx512,
                                         kernel::neon};

/// Its name: "swar", "sse2", "avx2", "avx512", "neon". From static storage.
[[nodiscard]] constexpr std::string_view name_of(kernel k) noexcept {
    switch (k) {
        case kernel::sse2: return "sse2";
        case kernel::avx2: return "avx2";
        case kernel::avx512: return "avx512";
        case kernel::neon: return "neon";
        case kernel::swar: break;
    }
    return "swar";
}

/// Whether a kernel is compiled in and both processor and operating system can run it.
[[nodiscard]] inline bool available(kernel k) noexcept {
    switch (k) {
        case kernel::swar:
#if defined(MSRPKIT_KERNEL_X86)
        case kernel::sse2:
#elif defined(MSRPKIT_KERNEL_NEON)
        case kernel::neon:
#endif
            return true;
#if defined(MSRPKIT_KERNEL_X86)
        case kernel::avx2:
            __builtin_cpu_init();
            return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                   __builtin_cpu_supports("bmi2");
        case kernel::avx512:
            return available(kernel::avx2) && __builtin_cpu_supports("avx512f") &&
                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512vbmi2");
#endif
        default: return false;
    }
}

/// The fastest kernel that is available. Asks the processor once; later calls are a load.
[[nodiscard]] inline kernel best_kernel() noexcept {
#if defined(MSRPKIT_KERNEL_X86)
    static kernel const best = available(kernel::avx512) ? kernel::avx512
                               : available(kernel::avx2) ? kernel::avx2
                                                         : kernel::sse2;
    return best;
#elif defined(MSRPKIT_KERNEL_NEON)
    return kernel::neon;
#else
    return kernel::swar;
#endif
}

}  // namespace wire::inline v0
