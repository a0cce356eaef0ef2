// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// end_line.hpp - find CRLF and the end-line of a transaction in a body that comes in pieces.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <msrp/ident.hpp>
#include <msrp/limits.hpp>
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
        bool found = false;
        /// Behind the `body` octets stands the flag of an end-line without its CRLF (leniency
        /// `fail_at_end_line_without_crlf`); nothing more is scanned.
        bool bare = false;
        char flag = 0;
    };

    /// @param k the kernel to search with; whichever it is, the outcome is the same.
    explicit end_line_scanner(wire::kernel k = wire::best_kernel()) noexcept : kernel_(k) {}

    /// Begin a body.
    /// @param transaction_id a valid `ident`.
    /// @param lenient `empty_body_without_crlf` and `fail_at_end_line_without_crlf` of it count.
    void start(std::string_view transaction_id, leniency const& lenient = strict) noexcept {
        std::array<char, ident_max> octets{};
        auto const n = std::min(transaction_id.size(), ident_max);
        std::memcpy(octets.data(), transaction_id.data(), n);
        start(octets, n, lenient);
    }
    /// The same for an id in memory where all 32 octets may be read: `size` of them count.
    void start(std::array<char, ident_max> const& transaction_id, std::size_t size,
               leniency const& lenient = strict) noexcept {
        constexpr std::string_view front = "\r\n-------";
        std::memcpy(pattern_.data(), front.data(), front.size());
        std::memcpy(pattern_.data() + front.size(), transaction_id.data(), ident_max);
        needle_ = front.size() + size;
        pattern_[needle_ + 1] = '\r';
        pattern_[needle_ + 2] = '\n';
        unread_ = lenient.empty_body_without_crlf ? 2 : 0;
        matched_ = unread_;
        fail_bare_ = lenient.fail_at_end_line_without_crlf;
        if (fail_bare_) start_bare();
    }

    /// Octets held back: they may be the beginning of the end-line.
    [[nodiscard]] std::size_t held() const noexcept { return matched_ - unread_; }

    /// Look at the next octets of the body. Linear.
    [[nodiscard]] outcome scan(std::string_view piece) noexcept {
        if (fail_bare_) return scan_each(piece);
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

    /// The octets of a body that may be no longer than so, as far as `scan` shall see them at once:
    /// then, where the body is too long, the last one that `scan` saw shows it (FRM-7.1-9).
    /// @param room what the body may still have; octets held back are part of that.
    [[nodiscard]] std::string_view within(std::uint64_t room,
                                          std::string_view octets) const noexcept {
        std::uint64_t const most = room - std::min<std::uint64_t>(held(), room);
        return most < octets.size() ? octets.substr(0, static_cast<std::size_t>(most) + 1) : octets;
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

    /// The hyphens and the id, without their CRLF.
    [[nodiscard]] std::string_view bare() const noexcept {
        return {pattern_.data() + 2, needle_ - 2};
    }
    /// How to go on with `bare()` after a mismatch (Knuth, Morris, Pratt).
    void start_bare() noexcept {
        auto const text = bare();
        back_[0] = 0;
        for (std::size_t i = 1, n = 0; i < text.size(); ++i) {
            while (n != 0 && text[i] != text[n]) n = back_[n - 1];
            n += text[i] == text[n] ? 1U : 0U;
            back_[i] = static_cast<std::uint8_t>(n);
        }
        run_ = 0;
        before_ = 0;
    }
    /// `scan` with `fail_at_end_line_without_crlf`: octet by octet, each looked at once. It follows
    /// the end-line and, beside it, the hyphens and the id wherever they stand. These cannot end
    /// within the beginning of an end-line but where the end-line has them: behind the CRLF there
    /// are seven hyphens and no eighth. So nothing is held back when the flag is met.
    outcome scan_each(std::string_view piece) noexcept {
        outcome out;
        auto const text = bare();
        std::size_t const held = matched_;
        bool going_on = matched_ != 0;
        for (std::size_t i = 0; i != piece.size(); ++i) {
            MSRPKIT_EXAMINED(1);
            char const c = piece[i];
            if (run_ == text.size() && matched_ != needle_ && before_ > text.size() &&
                (c == '$' || c == '+' || c == '#')) {
                out.body = out.used = i;
                out.bare = true;
                return out;
            }
            if (fits(c, matched_)) {
                if (matched_ == needle_) pattern_[needle_] = c;
                if (++matched_ == needle_ + 3) {
                    std::size_t const size = matched_ - unread_;
                    return end(out, i + 1 - std::min(size, i + 1), i + 1);
                }
            } else {
                if (going_on) {
                    going_on = false;
                    std::copy_n(pattern_.data() + unread_, held - unread_, held_.data());
                    out.held = {held_.data(), held - unread_};
                }
                matched_ = c == '\r' ? 1 : 0;
                unread_ = 0;
            }
            while (run_ != 0 && (run_ == text.size() || c != text[run_])) run_ = back_[run_ - 1];
            run_ += c == text[run_] ? 1U : 0U;
            before_ += before_ <= text.size() ? 1U : 0U;
        }
        out.body = piece.size() - std::min(matched_ - unread_, piece.size());
        out.used = piece.size();
        return out;
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
    wire::kernel kernel_;
    std::size_t needle_ = 0;
    std::size_t matched_ = 0;
    std::size_t unread_ = 0;
    bool fail_bare_ = false;
    std::size_t run_ = 0;     // octets of `bare()` that end here
    std::size_t before_ = 0;  // octets of the body, as far as it matters
    std::array<std::uint8_t, needle_max - 2> back_{};
};

}  // namespace msrp::inline v0
