// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// safe_name.hpp - a file name that a peer sent, as one that is safe to create a file with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sdp/percent_text.hpp>
#include <wire/charset.hpp>

namespace sdp::inline v0 {

/// A file's name made safe for a file system, held inside the object (FT-6-2, threat T27; RFC 5547,
/// sections 6 and 10). One path component for POSIX and Windows, whatever was sent:
///
/// 1. Only what follows the last `/` or `\` counts, and within it what follows a drive letter with
///    its colon (`C:`).
/// 2. What is not well-formed UTF-8 (RFC 3629), ends up as `_`: one for each broken sequence.
/// 3. Characters that are not seen, or turn the direction of writing, go: U+00AD, U+061C, U+200B to
///    200F, U+202A to 202E, U+2060 to 206F, U+FEFF, U+E0000 to E007F. Control characters (C0, DEL,
///    C1), line and paragraph separators, and `: * ? " < > |` become `_`.
/// 4. Dots, blanks and `-` at the beginning go, so no `.`, no `..`, no hidden file and nothing that
///    a program takes for an option is left.
/// 5. At most `max_size` octets are kept, without cutting a character.
/// 6. Dots and blanks at the end go.
/// 7. A name whose part before the first dot is a device of Windows (CON, PRN, AUX, NUL, CONIN$,
///    CONOUT$, CLOCK$, COM and LPT with a digit or a superscript 1 to 3), in any case and with
///    blanks behind it, gets a `_` in front.
/// 8. What is empty now is `fallback`.
///
/// A safe name made safe again is the same. It may still be the name of a file that is there
/// already, and looks are not checked: never overwrite unasked.
class safe_name {
   public:
    static constexpr std::size_t max_size = 255;
    static constexpr std::string_view fallback = "file";

    /// @param decoded the name without percent-encoding; linear, no allocation.
    explicit constexpr safe_name(std::string_view decoded) noexcept {
        for (char const c : decoded) octet(c);
        finish();
    }
    /// @param sent as it stands in a=file-selector.
    explicit constexpr safe_name(percent_text const& sent) noexcept {
        sent.for_each([this](char c) { octet(c); });
        finish();
    }

    /// Never empty. Lives as long as this object.
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text_.data(), size_}; }

   private:
    static constexpr bool dot_or_blank(char c) noexcept { return c == '.' || c == ' '; }

    static constexpr bool unseen(std::uint32_t p) noexcept {
        return p == 0xAD || p == 0x61C || (p >= 0x200B && p <= 0x200F) ||
               (p >= 0x202A && p <= 0x202E) || (p >= 0x2060 && p <= 0x206F) || p == 0xFEFF ||
               (p >= 0xE0000 && p <= 0xE007F);
    }

    constexpr void octet(char c) noexcept {
        auto const o = static_cast<unsigned char>(c);
        if (wanted_ != 0) {
            if (o >= low_ && o <= high_) {
                low_ = 0x80;
                high_ = 0xBF;
                pending_[pending_size_++] = c;
                point_ = point_ << 6U | (o & 0x3FU);
                if (--wanted_ == 0) character();
                return;
            }
            wanted_ = 0;
            replace();
        }
        if (o < 0x80) return ascii(c);
        // RFC 3629, section 4: no overlong forms, no surrogates, nothing above U+10FFFF.
        low_ = o == 0xE0 ? 0xA0 : o == 0xF0 ? 0x90 : 0x80;
        high_ = o == 0xED ? 0x9F : o == 0xF4 ? 0x8F : 0xBF;
        if (o >= 0xC2 && o <= 0xDF) wanted_ = 1;
        if (o >= 0xE0 && o <= 0xEF) wanted_ = 2;
        if (o >= 0xF0 && o <= 0xF4) wanted_ = 3;
        if (wanted_ == 0) return replace();
        pending_[0] = c;
        pending_size_ = 1;
        point_ = o & (0x3FU >> wanted_);
    }
    constexpr void ascii(char c) noexcept {
        constexpr wire::charset forbidden =
            wire::charset::range(0, 0x1F) | wire::charset(":*?\"<>|\x7F");
        if (c == '/' || c == '\\') return restart();
        if (c == ':' && size_ == 1 && wire::alpha.contains(text_[0])) return restart();
        if (forbidden.contains(c)) return replace();
        if (size_ == 0 && (dot_or_blank(c) || c == '-')) return;
        append({&c, 1});
    }
    constexpr void character() noexcept {
        auto const p = point_;
        if (unseen(p)) return;
        if (p < 0xA0 || p == 0x2028 || p == 0x2029) return replace();
        append({pending_.data(), pending_size_});
    }
    constexpr void replace() noexcept { append("_"); }
    constexpr void restart() noexcept {
        size_ = 0;
        full_ = false;
    }
    constexpr void append(std::string_view character) noexcept {
        full_ = full_ || character.size() > max_size - size_;
        if (full_) return;  // what is behind it is lost, too
        for (char const c : character) text_[size_++] = c;
    }

    constexpr void finish() noexcept {
        if (wanted_ != 0) replace();
        trim();
        if (is_device(view().substr(0, view().find('.')))) {
            if (size_ == max_size) {
                // Not a step further than the beginning of a character.
                do --size_;
                while ((static_cast<unsigned char>(text_[size_]) & 0xC0U) == 0x80);
            }
            for (std::size_t i = size_++; i > 0; --i) text_[i] = text_[i - 1];
            text_[0] = '_';
            trim();
        }
        if (size_ == 0) append(fallback);
    }
    constexpr void trim() noexcept {
        while (size_ != 0 && dot_or_blank(text_[size_ - 1])) --size_;
    }
    static constexpr bool is_device(std::string_view stem) noexcept {
        while (stem.ends_with(' ')) stem.remove_suffix(1);
        for (std::string_view const name :
             {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"})
            if (wire::iequals(stem, name)) return true;
        auto const kind = stem.substr(0, 3);
        if (!wire::iequals(kind, "com") && !wire::iequals(kind, "lpt")) return false;
        auto const number = stem.substr(3);
        return (number.size() == 1 && wire::digit.contains(number[0])) || number == "\xC2\xB9" ||
               number == "\xC2\xB2" || number == "\xC2\xB3";
    }

    std::array<char, max_size> text_{};
    std::size_t size_ = 0;
    std::array<char, 4> pending_{};  ///< the octets of a character so far
    std::size_t pending_size_ = 0;
    std::uint32_t point_ = 0;
    unsigned wanted_ = 0;  ///< octets still to come
    unsigned low_ = 0x80;  ///< bounds of the next one
    unsigned high_ = 0xBF;
    bool full_ = false;
};

}  // namespace sdp::inline v0
