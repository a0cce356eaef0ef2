// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// accept_types.hpp - the list of media types in a=accept-types and a=accept-wrapped-types.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <msrp/error.hpp>
#include <msrp/uri.hpp>
#include <wire/charset.hpp>
#include <wire/result.hpp>
#include <wire/token_map.hpp>
#include <wire/utf8.hpp>

namespace msrp::inline v0 {

/// One `format-entry` (RFC 4975, 8.6), as views into the text.
struct accepted_type {
    std::string_view text{};        ///< all of it, as written
    std::string_view type{};        ///< "*" alone for the entry `*`
    std::string_view subtype{};     ///< "*" for `type/*`; empty for the entry `*`
    std::string_view parameters{};  ///< each with its ";"; not used in matching (SDP-8.6-4)

    [[nodiscard]] bool is_any() const noexcept { return subtype.empty(); }
    [[nodiscard]] bool is_wildcard() const noexcept { return is_any() || subtype == "*"; }
    /// Does this entry allow `type/subtype`? Case does not count, parameters do not.
    [[nodiscard]] bool allows(std::string_view wanted_type,
                              std::string_view wanted_subtype) const noexcept {
        if (is_any()) return true;
        return wire::iequals(type, wanted_type) &&
               (subtype == "*" || wire::iequals(subtype, wanted_subtype));
    }
};

namespace detail {

/// Reads one format-entry at the front of a text.
class accepted_type_reader {
   public:
    explicit accepted_type_reader(std::string_view text) noexcept : text_(text) {}

    /// `format-entry = ( ( type "/" ( subtype / "*" ) ) *( ";" type-param ) ) / "*"`. "*" is also a
    /// token, so `*/x` is a type like any other.
    bool read(accepted_type& out) noexcept {
        out = {};
        auto const start = at_;
        if (!token(out.type)) return false;
        if (octet('/')) {
            if (!token(out.subtype)) return false;
            auto const parameters = at_;
            while (octet(';'))
                if (!parameter()) return false;
            out.parameters = text_.substr(parameters, at_ - parameters);
        } else if (out.type != "*") {
            return false;
        }
        out.text = text_.substr(start, at_ - start);
        return true;
    }
    bool octet(char c) noexcept {
        if (done() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    [[nodiscard]] bool done() const noexcept { return at_ == text_.size(); }
    [[nodiscard]] std::size_t at() const noexcept { return at_; }

   private:
    bool token(std::string_view& out) noexcept {
        auto const n = token_char.span(text_.substr(at_));
        out = text_.substr(at_, n);
        at_ += n;
        return n != 0;
    }
    /// `type-param = token "=" ( token / quoted-string )`
    bool parameter() noexcept {
        std::string_view ignored;
        if (!token(ignored) || !octet('=')) return false;
        if (!octet('"')) return token(ignored);
        auto const scan = wire::scan_utf8text(text_.substr(at_));
        auto const end = at_ + scan.size;
        while (at_ < end && text_[at_] != '"') {
            bool const escape = text_[at_] == '\\';
            ++at_;
            if (!escape) continue;
            if (at_ >= end || (text_[at_] != '\\' && text_[at_] != '"')) return false;
            ++at_;
        }
        return octet('"');
    }
    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace detail

/// A checked `format-list` as a view; it lives as long as the text. Made by `read_accept_types`.
class accept_types_view {
   public:
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Calls `f(accepted_type)` for each entry in order, until it returns false. Linear.
    template <class F>
    void for_each(F&& f) const {
        for (std::size_t at = 0; at < text_.size(); ++at) {
            accepted_type entry;
            if (breaks_ != 0)
                split(at, entry);
            else
                detail::accepted_type_reader(text_.substr(at)).read(entry);
            if (!f(entry)) return;
            at += entry.text.size();
        }
    }
    [[nodiscard]] accepted_type front() const noexcept {
        accepted_type entry;
        detail::accepted_type_reader(text_).read(entry);
        return entry;
    }

    /// May a body of this media type be sent (SDP-8.6-2)? Parameters behind ";" are ignored
    /// (SDP-8.6-4).
    [[nodiscard]] bool accepts(std::string_view media_type) const noexcept {
        return preference(media_type).has_value();
    }
    /// How much the peer likes a media type: 0 is best. Explicit entries come before wildcards, and
    /// among either the order of the list counts (SDP-8.6-4). Nothing where it may not be sent.
    [[nodiscard]] std::optional<std::size_t> preference(
        std::string_view media_type) const noexcept {
        media_type = media_type.substr(0, media_type.find(';'));
        auto const slash = media_type.find('/');
        if (slash == std::string_view::npos || slash == 0 || slash + 1 == media_type.size())
            return std::nullopt;
        auto const type = media_type.substr(0, slash);
        auto const subtype = media_type.substr(slash + 1);
        std::optional<std::size_t> best;
        std::size_t place = 0;
        for_each([&](accepted_type const& entry) {
            if (entry.allows(type, subtype)) {
                auto const rank = place + (entry.is_wildcard() ? size_ : 0);
                if (!best || rank < *best) best = rank;
            }
            ++place;
            return true;
        });
        return best;
    }
    /// message/cpim comes first: the peer wants every message wrapped (CPIM-13-2).
    [[nodiscard]] bool wants_cpim() const noexcept {
        auto const first = front();
        return wire::iequals(first.type, "message") && wire::iequals(first.subtype, "cpim");
    }

   private:
    accept_types_view(std::string_view text, std::size_t size, std::uint64_t breaks) noexcept
        : text_(text), size_(size), breaks_(breaks) {}
    /// The entry at `at` of a plain list. @param entry new.
    void split(std::size_t at, accepted_type& entry) const noexcept {
        auto const next = [&](std::size_t from) {
            auto const rest = breaks_ >> from;  // each entry begins before the text's end
            return rest == 0 ? text_.size()
                             : std::min(from + static_cast<std::size_t>(std::countr_zero(rest)),
                                        text_.size());
        };
        auto const part = [&](std::size_t from, std::size_t to) {
            return std::string_view(text_.data() + from, to - from);
        };
        auto const type = next(at);
        auto end = type;
        entry.type = part(at, type);
        if (type != text_.size() && text_[type] == '/') {
            end = next(type + 1);
            entry.subtype = part(type + 1, end);
        }
        entry.text = part(at, end);
    }
    friend wire::result<accept_types_view> read_accept_types(std::string_view text) noexcept;
    std::string_view text_;
    std::size_t size_;
    std::uint64_t breaks_;  ///< of a list as most are: which of its octets are in no token; else 0
};

namespace detail {

/// How many entries a list has that is as most are: in 64 octets, without parameters. 0: to be
/// read. @param breaks which octets are in no token, those beyond the text too; never 0 then.
[[nodiscard]] inline std::size_t plain_type_count(std::string_view text,
                                                  std::uint64_t& breaks) noexcept {
    if (text.size() > 64 || !wire::token_breaks(text, breaks)) return 0;
    auto const token_end = [&](std::size_t from) {
        auto const rest = from < 64 ? breaks >> from : 0;
        auto const end = from + static_cast<std::size_t>(std::countr_zero(rest));
        return rest == 0 ? std::min<std::size_t>(64, text.size()) : std::min(end, text.size());
    };
    std::size_t count = 0;
    for (std::size_t at = 0;;) {
        auto const type = token_end(at);
        if (type == at) return 0;
        auto end = type;
        if (type != text.size() && text[type] == '/') {
            end = token_end(type + 1);
            if (end == type + 1) return 0;
        } else if (text[at] != '*' || type - at != 1) {
            return 0;
        }
        ++count;
        if (end == text.size()) return count;
        if (text[end] != ' ') return 0;
        at = end + 1;
    }
}

}  // namespace detail

/// Reads `format-list = format-entry *( SP format-entry )` (RFC 4975, 8.6; SDP-8.6-1), the whole of
/// `text`. Linear, no allocation.
/// @return a view of `text`; `bad_content_type` at the octet that does not fit.
[[nodiscard]] inline wire::result<accept_types_view> read_accept_types(
    std::string_view text) noexcept {
    std::uint64_t breaks = 0;
    if (auto const n = detail::plain_type_count(text, breaks); n != 0)
        return accept_types_view(text, n, breaks);
    detail::accepted_type_reader in(text);
    accepted_type entry;
    std::size_t count = 0;
    do {
        if (!in.read(entry)) break;
        ++count;
        if (in.done()) return accept_types_view(text, count, 0);
    } while (in.octet(' '));
    return wire::failure{make_error_code(error::bad_content_type), in.at(), {}};
}

}  // namespace msrp::inline v0
