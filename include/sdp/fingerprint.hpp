// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// fingerprint.hpp - a=fingerprint: read, write, choose the hash function, compare with a digest.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include <sdp/detail/fields.hpp>
#include <sdp/error.hpp>
#include <sdp/media.hpp>
#include <wire/charset.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0 {

/// Hash functions with a name in RFC 8122, section 5.
enum class hash_function : unsigned char {
    other,
    md2,
    md5,
    sha_1,
    sha_224,
    sha_256,
    sha_384,
    sha_512
};

/// Octets of a digest; 0 for `other`.
[[nodiscard]] constexpr std::size_t digest_size(hash_function hash) noexcept {
    switch (hash) {
        case hash_function::md2:
        case hash_function::md5: return 16;
        case hash_function::sha_1: return 20;
        case hash_function::sha_224: return 28;
        case hash_function::sha_256: return 32;
        case hash_function::sha_384: return 48;
        case hash_function::sha_512: return 64;
        case hash_function::other: break;
    }
    return 0;
}
/// The name as written in a=fingerprint; empty for `other`.
[[nodiscard]] constexpr std::string_view to_text(hash_function hash) noexcept {
    switch (hash) {
        case hash_function::md2: return "md2";
        case hash_function::md5: return "md5";
        case hash_function::sha_1: return "sha-1";
        case hash_function::sha_224: return "sha-224";
        case hash_function::sha_256: return "sha-256";
        case hash_function::sha_384: return "sha-384";
        case hash_function::sha_512: return "sha-512";
        case hash_function::other: break;
    }
    return {};
}
/// The function of a name, whatever its case (TLS-8122-1).
[[nodiscard]] constexpr hash_function parse_hash_function(std::string_view name) noexcept {
    for (auto const hash :
         {hash_function::sha_256, hash_function::sha_1, hash_function::sha_224,
          hash_function::sha_384, hash_function::sha_512, hash_function::md5, hash_function::md2})
        if (wire::iequals(name, to_text(hash))) return hash;
    return hash_function::other;
}
/// May a certificate be checked by it (TLS-8122-2)? MD2 and MD5 never; SHA-1 and SHA-224 only where
/// the caller says so.
[[nodiscard]] constexpr bool usable(hash_function hash, bool accept_weak = false) noexcept {
    switch (hash) {
        case hash_function::sha_256:
        case hash_function::sha_384:
        case hash_function::sha_512: return true;
        case hash_function::sha_1:
        case hash_function::sha_224: return accept_weak;
        default: return false;
    }
}

/// The value of an a=fingerprint as views into the text.
struct fingerprint_view {
    hash_function hash = hash_function::other;
    std::string_view hash_name{};  ///< as written
    std::string_view digest{};     ///< as written: `2UHEX *(":" 2UHEX)`
};

namespace detail {

/// The value of an upper-case hexadecimal digit, 0xF0 for any other octet.
inline constexpr auto digest_digits = [] {
    std::array<std::uint8_t, 256> table{};
    for (auto& entry : table) entry = 0xF0;
    for (std::uint8_t i = 0; i < 16; ++i)
        table[static_cast<unsigned char>("0123456789ABCDEF"[i])] = i;
    return table;
}();
/// Whether a text is `2UHEX *(":" 2UHEX)` of so many octets. @param out where they go.
[[nodiscard]] constexpr bool read_digest(std::string_view text, std::size_t size,
                                         std::uint8_t* out) noexcept {
    if (size == 0 || text.size() != 3 * size - 1) return false;
    auto const digit = [&](std::size_t i) -> unsigned {
        return digest_digits[static_cast<unsigned char>(text[i])];
    };
    unsigned wrong = 0;
    for (std::size_t i = 0;; ++i) {
        unsigned const high = digit(3 * i);
        unsigned const low = digit(3 * i + 1);
        wrong |= high | low;
        out[i] = static_cast<std::uint8_t>(high << 4U | low);
        if (i + 1 == size) break;
        wrong |= static_cast<unsigned>(text[3 * i + 2] ^ ':') << 8U;
    }
    return wrong < 0x10;
}

/// Whether a text is `2UHEX *(":" 2UHEX)` of so many octets. @param size 64 at most.
[[nodiscard]] inline bool is_digest(std::string_view text, std::size_t size) noexcept {
    if (size == 0 || text.size() != 3 * size - 1) return false;
#if defined(MSRPKIT_KERNEL_X86)
    namespace k = wire::detail::sse2;
    // Where the colons are in 48 octets; 64 pairs make 192.
    constexpr k::octets colons[3] = {{0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0},
                                     {0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0},
                                     {-1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1, 0, 0, -1}};
    char padded[192];
    std::memcpy(padded, text.data(), text.size());
    std::size_t const whole = (text.size() + 48) / 48 * 48;
    for (std::size_t i = text.size(); i < whole; ++i) padded[i] = i % 3 == 2 ? ':' : '0';
    k::octets right = k::all(-1);
    for (std::size_t i = 0; i < whole; i += 16) {
        auto const v = k::load(padded + i);
        auto const is_digit =
            reinterpret_cast<k::octets>((reinterpret_cast<k::unsigned_octets>(v) - '0') < 10);
        auto const is_letter =
            reinterpret_cast<k::octets>((reinterpret_cast<k::unsigned_octets>(v) - 'A') < 6);
        auto const colon = colons[i / 16 % 3];
        right &= (colon & k::equal(v, k::all(':'))) | (~colon & (is_digit | is_letter));
    }
    return k::bits(right) == 0xFFFF;
#else
    std::array<std::uint8_t, 64> octets;
    return read_digest(text, size, octets.data());
#endif
}

/// The octets of a text that `is_digest`. @param out where they go.
inline void decode_digest(std::string_view text, std::uint8_t* out) noexcept {
    std::size_t i = 0;
#if defined(MSRPKIT_KERNEL_X86)
    // Three octets at once. "0" to "9" end in their value, "A" to "F" in 1 to 6, with the bit 0x40.
    for (; i + 8 <= text.size(); i += 9) {
        std::uint64_t t = 0;
        std::memcpy(&t, text.data() + i, sizeof t);
        auto const digits = (t & 0x0F0F'0F0F'0F0F'0F0FU) + 9 * (t >> 6U & 0x0101'0101'0101'0101U);
        auto const pairs = digits << 4U | digits >> 8U;
        *out++ = static_cast<std::uint8_t>(pairs);
        *out++ = static_cast<std::uint8_t>(pairs >> 24U);
        *out++ = static_cast<std::uint8_t>(pairs >> 48U);
    }
#endif
    auto const digit = [&](std::size_t at) -> unsigned {
        return digest_digits[static_cast<unsigned char>(text[at])];
    };
    for (; i < text.size(); i += 3)
        *out++ = static_cast<std::uint8_t>(digit(i) << 4U | digit(i + 1));
}

}  // namespace detail

/// Reads `hash-func SP fingerprint` (RFC 8122, section 5; TLS-8122-1): upper-case hexadecimal only.
/// The digest of a known function must have its size. Linear, no allocation.
/// @return views of `value`; `bad_fingerprint`.
[[nodiscard]] inline wire::result<fingerprint_view> parse_fingerprint(
    std::string_view value) noexcept {
    auto const name = detail::part_of(value, 0, detail::find_near(value, ' '));
    if (auto const hash = parse_hash_function(name);
        hash != hash_function::other && name.size() != value.size()) {
        auto const digest = detail::part_of(value, name.size() + 1);
        if (detail::is_digest(digest, digest_size(hash)))
            return fingerprint_view{hash, name, digest};
    }
    constexpr auto uhex = wire::digit | wire::charset::range('A', 'F');
    detail::cursor in(value);
    fingerprint_view f;
    auto const failed = [&in] { return in.fail(error::bad_fingerprint, "a=fingerprint"); };
    if (!in.some(detail::token_char, f.hash_name) || !in.octet(' ')) return failed();
    f.hash = parse_hash_function(f.hash_name);
    auto const size = digest_size(f.hash);
    auto const start = in.at();
    std::size_t count = 0;
    do {
        if (!in.one_of(uhex) || !in.one_of(uhex)) return failed();
        ++count;
        if (count == size) break;
    } while (in.octet(':'));
    if (!in.done() || (size != 0 && count != size)) return failed();
    f.digest = in.from(start);
    return f;
}

/// A fingerprint as a value: a known hash function and the octets of the digest.
class fingerprint {
   public:
    static constexpr std::size_t max_size = 64;

    /// From a digest that the caller computed; nothing where its size is not the function's.
    [[nodiscard]] static constexpr std::optional<fingerprint> make(
        hash_function hash, std::span<std::uint8_t const> digest) noexcept {
        if (digest.size() != digest_size(hash) || digest.empty()) return std::nullopt;
        fingerprint f;
        f.hash_ = hash;
        for (std::size_t i = 0; i < digest.size(); ++i) f.octets_[i] = digest[i];
        return f;
    }
    /// From a fingerprint that was read; nothing for an unknown hash function.
    [[nodiscard]] static constexpr std::optional<fingerprint> make(
        fingerprint_view const& read) noexcept {
        fingerprint f;
        f.hash_ = read.hash;
        if (std::is_constant_evaluated()) {
            if (!detail::read_digest(read.digest, digest_size(read.hash), f.octets_.data()))
                return std::nullopt;
        } else {
            if (!detail::is_digest(read.digest, digest_size(read.hash))) return std::nullopt;
            detail::decode_digest(read.digest, f.octets_.data());
        }
        return f;
    }

    [[nodiscard]] constexpr hash_function hash() const noexcept { return hash_; }
    [[nodiscard]] constexpr std::span<std::uint8_t const> digest() const noexcept {
        return std::span(octets_).first(digest_size(hash_));
    }
    friend constexpr bool operator==(fingerprint const&, fingerprint const&) noexcept = default;

   private:
    constexpr fingerprint() noexcept = default;
    friend class fingerprint_set;
    hash_function hash_ = hash_function::other;
    std::array<std::uint8_t, max_size> octets_{};
};

/// The value of a=fingerprint for a fingerprint, held inside the object.
class fingerprint_text {
   public:
    explicit constexpr fingerprint_text(fingerprint const& f) noexcept {
        for (char const c : to_text(f.hash())) text_[size_++] = c;
        char before = ' ';
        for (std::uint8_t const octet : f.digest()) {
            text_[size_++] = before;
            text_[size_++] = "0123456789ABCDEF"[octet >> 4U];
            text_[size_++] = "0123456789ABCDEF"[octet & 0xFU];
            before = ':';
        }
    }
    /// Lives as long as this object.
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text_, size_}; }

   private:
    char text_[7 + 3 * fingerprint::max_size]{};
    std::size_t size_ = 0;
};

/// What became of a fingerprint that a set was to take.
enum class fingerprint_use : unsigned char {
    taken,
    passed_over,  ///< its function may not be used, or is weaker than that of those held
    no_room,      ///< of the function of those held, but the set is full
};

/// The fingerprints that one certificate has to match: all of one hash function (TLS-8122-2).
/// Holds up to 8, without allocation.
class fingerprint_set {
   public:
    static constexpr std::size_t capacity = 8;

    fingerprint_set() noexcept {}  // NOLINT: see items_
    fingerprint_set(fingerprint_set const& other) noexcept { *this = other; }
    fingerprint_set& operator=(fingerprint_set const& other) noexcept {
        if (this == &other) return *this;
        size_ = other.size_;
        truncated_ = other.truncated_;
        for (std::size_t i = 0; i < size_; ++i) std::construct_at(&items_[i], other.items_[i]);
        return *this;
    }

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// `consider` found more of this function than fit: a certificate of theirs is not trusted.
    [[nodiscard]] bool truncated() const noexcept { return truncated_; }
    /// The function to compute over the peer's certificate (DER). `other` where empty.
    [[nodiscard]] hash_function hash() const noexcept {
        return empty() ? hash_function::other : items_[0].hash();
    }
    [[nodiscard]] fingerprint const* begin() const noexcept { return items_.data(); }
    [[nodiscard]] fingerprint const* end() const noexcept { return items_.data() + size_; }

    /// @param digest of the certificate, by `hash()`.
    /// @return whether it is one of these; false where the set is empty.
    [[nodiscard]] bool matches(std::span<std::uint8_t const> digest) const noexcept {
        for (auto const& f : *this) {
            if (f.digest().size() != digest.size()) continue;
            bool equal = true;
            for (std::size_t i = 0; i < digest.size(); ++i) equal &= f.digest()[i] == digest[i];
            if (equal) return true;
        }
        return false;
    }

    /// Adds one. @return false where the set is full or holds another function's.
    bool add(fingerprint const& f) noexcept {
        if (size_ == capacity || (size_ != 0 && hash() != f.hash())) return false;
        std::construct_at(&items_[size_++], f);
        return true;
    }
    /// Adds one that was read if its function is usable and no weaker than those held, which go if
    /// it is stronger (TLS-8122-2).
    fingerprint_use consider(fingerprint_view const& read, bool accept_weak = false) noexcept {
        if (!usable(read.hash, accept_weak) || (!empty() && read.hash < hash()))
            return fingerprint_use::passed_over;
        auto const f = fingerprint::make(read);
        if (!f) return fingerprint_use::passed_over;
        if (!empty() && read.hash > hash()) {
            size_ = 0;
            truncated_ = false;
        }
        if (add(*f)) return fingerprint_use::taken;
        truncated_ = true;
        return fingerprint_use::no_room;
    }
    /// Holds the same, in the same order.
    friend bool operator==(fingerprint_set const& a, fingerprint_set const& b) noexcept {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

   private:
    union {  // only the first `size_` are there: to clear half a KiB would cost more than to read
        std::array<fingerprint, capacity> items_;
    };
    std::size_t size_ = 0;
    bool truncated_ = false;
};

/// Calls `f(attribute, wire::result<fingerprint_view>)` for each a=fingerprint that applies: the
/// media description's if it has any, else the session's (TLS-8122-1). Linear in the lines of the
/// media description and, where it has none, in those of the session level from the first
/// a=fingerprint to the last.
template <class F>
void for_each_fingerprint(media_view const& media, F&& f) {
    bool own = false;
    for (attribute const a : media.attributes()) {
        if (a.name != "fingerprint") continue;
        own = true;
        f(a, parse_fingerprint(a.value));
    }
    if (own) return;
    media.for_each_session_fingerprint(
        [&](attribute const& a) { f(a, parse_fingerprint(a.value)); });
}

/// The set a certificate must match: of the strongest usable hash function given (TLS-8122-2).
/// Malformed ones and those of unusable functions are passed over; of the strongest the first 8
/// count, and `truncated()` says whether there were more.
/// @param accept_weak lets SHA-1 and SHA-224 count, where there is nothing better.
/// @return empty where no usable one is given: then no certificate may be trusted by fingerprint.
[[nodiscard]] inline fingerprint_set choose_fingerprints(media_view const& media,
                                                         bool accept_weak = false) noexcept {
    fingerprint_set out;
    for_each_fingerprint(media, [&](attribute const&, auto const& f) {
        if (f) out.consider(*f, accept_weak);
    });
    return out;
}

}  // namespace sdp::inline v0
