// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// end_line.hpp - find CRLF and the end-line of a transaction in a body that comes in pieces.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

#include <msrp/ident.hpp>
#include <wire/examined.hpp>
#include <wire/find_marker.hpp>
#include <wire/kernel.hpp>

namespace msrp::inline v0 {

/// `CRLF "-------" transact-id continuation-flag CRLF` (FRM-7.1-5, FRM-7.1-8). Only the whole of it
/// ends a body; everything else, near misses and other transactions' end-lines, is body.
///
/// It carries one small integer over the edge of a piece: CR stands in the pattern only at its
/// start and before its last octet, so after a mismatch nothing need be looked at again. Each octet
/// is examined at most twice: once by the search, once by the comparison.
class end_line_scanner {
   public:
    static constexpr std::size_t needle_max = 2 + 7 + ident_max;
    static constexpr std::size_t pattern_max = needle_max + 3;

    /// What a piece brought. First the `held` octets (they ended earlier pieces) are body, then the
    /// first `body` octets of the piece; `used` octets are done with. Octets between the two are
    /// held back, or the end-line where `found`.
    struct outcome {
        std::string_view held{};  ///< lives until the next `scan`
        std::size_t body = 0;
        std::size_t used = 0;
        std::size_t broken = 0;  ///< octets of the piece that went on with what was held, in vain
        bool found = false;
        char flag = 0;
    };

    /// Begin a body.
    /// @param transaction_id a valid `ident`.
    /// @param at_line_start the CRLF before the end-line counts as read (leniency
    ///        `empty_body_without_crlf`).
    void start(std::string_view transaction_id, bool at_line_start = false) noexcept {
        std::array<char, ident_max> octets{};
        auto const n = std::min(transaction_id.size(), ident_max);
        std::memcpy(octets.data(), transaction_id.data(), n);
        start(octets, n, at_line_start);
    }
    /// The same for an id in memory where all 32 octets may be read: `size` of them count.
    void start(std::array<char, ident_max> const& transaction_id, std::size_t size,
               bool at_line_start = false) noexcept {
        constexpr std::string_view front = "\r\n-------";
        std::memcpy(pattern_.data(), front.data(), front.size());
        std::memcpy(pattern_.data() + front.size(), transaction_id.data(), ident_max);
        needle_ = front.size() + size;
        pattern_[needle_ + 1] = '\r';
        pattern_[needle_ + 2] = '\n';
        unread_ = at_line_start ? 2 : 0;
        matched_ = unread_;
    }

    /// Octets held back: they may be the beginning of the end-line.
    [[nodiscard]] std::size_t held() const noexcept { return matched_ - unread_; }

    /// Look at the next octets of the body. Linear.
    [[nodiscard]] outcome scan(std::string_view piece) noexcept {
        outcome out;
        std::size_t i = 0;
        if (matched_ != 0) {
            std::size_t const before = matched_;
            i = match(piece, matched_);
            if (matched_ == needle_ + 3) return end(out, 0, i);
            if (i == piece.size()) {
                out.used = i;
                return out;
            }
            std::copy_n(pattern_.data() + unread_, before - unread_, held_.data());
            out.held = {held_.data(), before - unread_};
            out.broken = i;
            matched_ = unread_ = 0;
        }
        while (i < piece.size()) {
            std::size_t const at =
                i + wire::find_marker(piece.substr(i), {pattern_.data(), needle_}, kernel_);
            MSRPKIT_EXAMINED(at - i);
            if (at == piece.size()) break;
            if (piece.size() - at < needle_) {  // cut off by the end of the piece
                matched_ = piece.size() - at;
                MSRPKIT_EXAMINED(matched_);
                out.body = at;
                out.used = piece.size();
                return out;
            }
            MSRPKIT_EXAMINED(needle_);
            matched_ = needle_;
            std::size_t const n = needle_ + match(piece.substr(at + needle_), matched_);
            if (matched_ == needle_ + 3) return end(out, at, at + n);
            if (at + n == piece.size()) {
                out.body = at;
                out.used = piece.size();
                return out;
            }
            matched_ = 0;
            i = at + n;
        }
        out.body = out.used = piece.size();
        return out;
    }

    /// Where it shows that octet `at` of some body octets is body: it may stand in the beginning of
    /// an end-line, which breaks off further on.
    /// @param broken octets at the front that belong to such a beginning.
    [[nodiscard]] std::size_t shown(std::string_view octets, std::size_t at,
                                    std::size_t broken) const noexcept {
        if (at < broken) return broken;
        for (std::size_t back = 0; back <= at && back < pattern_max; ++back) {
            std::size_t const from = at - back;
            if (octets[from] != '\r') continue;
            std::size_t n = 0;
            while (from + n < octets.size() && fits(octets[from + n], n)) ++n;
            if (from + n > at) return from + n;
        }
        return at;
    }

   private:
    /// Whether `c` is octet `i` of the pattern.
    [[nodiscard]] bool fits(char c, std::size_t i) const noexcept {
        if (i == needle_) return c == '$' || c == '+' || c == '#';
        return i < needle_ + 3 && c == pattern_[i];
    }
    /// Goes on with a comparison; returns how many octets of `text` fitted.
    std::size_t match(std::string_view text, std::size_t& matched) noexcept {
        std::size_t i = 0;
        for (; i < text.size() && matched < needle_ + 3; ++i, ++matched) {
            char const c = text[i];
            if (matched == needle_) {
                if (c != '$' && c != '+' && c != '#') break;
                pattern_[needle_] = c;
            } else if (c != pattern_[matched]) {
                break;
            }
        }
        MSRPKIT_EXAMINED(i);
        return i;
    }
    outcome end(outcome& out, std::size_t body, std::size_t used) noexcept {
        out.body = body;
        out.used = used;
        out.found = true;
        out.flag = pattern_[needle_];
        matched_ = unread_ = 0;
        return out;
    }

    std::array<char, pattern_max> pattern_{};
    std::array<char, pattern_max> held_{};
    wire::kernel kernel_ = wire::best_kernel();
    std::size_t needle_ = 0;
    std::size_t matched_ = 0;
    std::size_t unread_ = 0;
};

}  // namespace msrp::inline v0
