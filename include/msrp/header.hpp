// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// header.hpp - the header fields of one chunk, in order, as views; known ones decoded when asked.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <type_traits>

#include <msrp/byte_range.hpp>
#include <msrp/error.hpp>
#include <msrp/ident.hpp>
#include <msrp/path.hpp>
#include <msrp/status.hpp>
#include <wire/charset.hpp>
#include <wire/examined.hpp>
#include <wire/kernel.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// Header fields with a meaning in RFC 4975, 4976, 7701 and, behind `content_type`, MIME.
enum class field : std::uint8_t {
    to_path,
    from_path,
    message_id,
    success_report,
    failure_report,
    byte_range,
    status,
    use_path,
    www_authenticate,
    authorization,
    authentication_info,
    expires,
    min_expires,
    max_expires,
    use_nickname,
    content_type,
    content_id,
    content_description,
    content_disposition,
    other_mime,  ///< another field whose name begins with "Content-"
    other,       ///< any other field
};

inline constexpr std::size_t known_fields = static_cast<std::size_t>(field::other_mime);

namespace detail {
inline constexpr std::array<std::string_view, known_fields> field_names = {"To-Path",
                                                                           "From-Path",
                                                                           "Message-ID",
                                                                           "Success-Report",
                                                                           "Failure-Report",
                                                                           "Byte-Range",
                                                                           "Status",
                                                                           "Use-Path",
                                                                           "WWW-Authenticate",
                                                                           "Authorization",
                                                                           "Authentication-Info",
                                                                           "Expires",
                                                                           "Min-Expires",
                                                                           "Max-Expires",
                                                                           "Use-Nickname",
                                                                           "Content-Type",
                                                                           "Content-ID",
                                                                           "Content-Description",
                                                                           "Content-Disposition"};
}  // namespace detail

/// The name as the RFCs spell it; empty for `other_mime` and `other`.
[[nodiscard]] constexpr std::string_view canonical_name(field f) noexcept {
    auto const i = static_cast<std::size_t>(f);
    return i < known_fields ? detail::field_names[i] : std::string_view{};
}

namespace detail {

/// The only known field that a name can be, by two of its letters; `other` where there is none.
[[nodiscard]] constexpr field field_guess(std::string_view name) noexcept {
    if (name.size() < 6) return field::other;
    auto const second = wire::to_lower(name[1]);
    switch (wire::to_lower(name[0])) {
        case 't': return field::to_path;
        case 'f': return second == 'r' ? field::from_path : field::failure_report;
        case 'm':
            return second == 'e'   ? field::message_id
                   : second == 'i' ? field::min_expires
                                   : field::max_expires;
        case 's': return second == 'u' ? field::success_report : field::status;
        case 'b': return field::byte_range;
        case 'u': return wire::to_lower(name[4]) == 'p' ? field::use_path : field::use_nickname;
        case 'w': return field::www_authenticate;
        case 'a':
            return wire::to_lower(name[4]) == 'o' ? field::authorization
                                                  : field::authentication_info;
        case 'e': return field::expires;
        case 'c': {
            if (name.size() < 9) return field::other;
            if (wire::to_lower(name[8]) == 't') return field::content_type;
            if (wire::to_lower(name[8]) == 'i') return field::content_id;
            return name.size() > 9 && wire::to_lower(name[9]) == 'e' ? field::content_description
                                                                     : field::content_disposition;
        }
        default: return field::other;
    }
}

/// A header field's name at the front of a text.
struct header_name {
    field id;
    std::size_t size;
};
/// Reads `hname = ALPHA [token]` (E1282) and says which field it is; names are case-insensitive
/// (FRM-9-2). Each octet is compared with the one known name it can be, and looked at again only
/// behind the first difference. @return size 0 where there is no name.
[[nodiscard]] constexpr header_name read_header_name(std::string_view text) noexcept {
    if (text.empty() || !wire::alpha.contains(text[0])) return {field::other, 0};
    auto const guess = field_guess(text);
    auto const name = canonical_name(guess);
    std::size_t n = 0;
    while (n < name.size() && n < text.size() && wire::to_lower(text[n]) == wire::to_lower(name[n]))
        ++n;
    bool const whole = n == name.size() && n != 0;
    std::size_t const rest = token_char.span(text.substr(n));
    MSRPKIT_EXAMINED(n + rest + 2);
    if (whole && rest == 0) return {guess, n};
    constexpr std::size_t prefix = std::string_view("Content-").size();
    bool const mime = guess >= field::content_type && guess <= field::content_disposition &&
                      n >= prefix && n + rest > prefix;
    return {mime ? field::other_mime : field::other, n + rest};
}

}  // namespace detail

/// Which field a name means; names are case-insensitive (FRM-9-2). `other` for what is no name.
[[nodiscard]] constexpr field field_of(std::string_view name) noexcept {
    auto const read = detail::read_header_name(name);
    return read.size == name.size() ? read.id : field::other;
}

/// Fields of the MIME entity that the body is (FRM-7.1-2, FRM-7.1-3).
[[nodiscard]] constexpr bool is_mime(field f) noexcept {
    return f >= field::content_type && f <= field::other_mime;
}

/// One header field; the views live as long as the header they came from.
struct header_field {
    std::string_view name;   ///< as spelt
    std::string_view value;  ///< all behind the one SP
    field id;
};

/// `Success-Report` and `Failure-Report` values (TRX-7.1.1-1).
enum class report_value : std::uint8_t { no, yes, partial };

namespace detail {

/// Seconds, the whole of `text` (RLY-4.6-1). @return `bad_number` or `number_too_large`.
[[nodiscard]] inline wire::result<std::uint64_t> read_seconds(std::string_view text) noexcept {
    auto const n = wire::parse_decimal(text);
    if (n) return *n;
    bool const large = n.error().code == std::errc::result_out_of_range;
    return wire::failure{
        make_error_code(large ? error::number_too_large : error::bad_number), n.error().offset, {}};
}

/// yes, no or, where it may be, partial, the whole of `text` (TRX-7.1.1-1).
/// @return `bad_report_value` at the octet that fits none.
[[nodiscard]] inline wire::result<report_value> read_report(std::string_view text,
                                                            bool partial) noexcept {
    if (wire::iequals(text, "yes")) return report_value::yes;
    if (wire::iequals(text, "no")) return report_value::no;
    if (partial && wire::iequals(text, "partial")) return report_value::partial;
    std::size_t n = 0;  // how far it could have become one of them
    for (std::string_view const word : {"yes", "no", "partial"}) {
        if (word.size() > 3 && !partial) continue;
        std::size_t k = 0;
        while (k < word.size() && k < text.size() && wire::to_lower(text[k]) == word[k]) ++k;
        n = n < k ? k : n;
    }
    return wire::failure{make_error_code(error::bad_report_value), n, {}};
}

/// Where a value stands, from the first octet of the header block.
struct header_slot {
    std::uint32_t at;
    std::uint32_t size;
};
/// For a parser's own index: no time is spent on slots that are written before they are read.
struct unset {};

/// What a parser notes about a header block, apart from the octets: one slot for each known field
/// (the first of its name) and bit masks of those that are there. Fixed size, no pointers.
struct header_index {
    header_index() noexcept {  // NOLINT
        // By 64 octets: of a larger block g++ makes slow string instructions.
        auto* const octets = reinterpret_cast<unsigned char*>(slot.data());
        static_assert(sizeof slot > 128 && sizeof slot <= 192);
        std::memset(octets, 0, 64);
        std::memset(octets + 64, 0, 64);
        std::memset(octets + 128, 0, sizeof slot - 128);
    }
    explicit header_index(unset) noexcept {}  // NOLINT

    std::array<header_slot, known_fields> slot;  ///< valid where `present`
    std::uint32_t present = 0;                   ///< bit by `field`
    std::uint32_t repeated = 0;                  ///< bit by `field`
    std::uint32_t fields_at = 0;                 ///< where the first header line begins
    std::uint32_t count = 0;
    std::uint32_t to_path_uris = 0;
    std::uint32_t from_path_uris = 0;
    bool has_body = false;
    bool loose_utf8 = false;
    bool several_blanks = false;
    bool ipv6_without_brackets = false;

    static constexpr std::size_t bit(field f) noexcept { return static_cast<std::size_t>(f); }

    /// Forgets the fields. The slots stay as they are: only those `present` are read.
    void clear() noexcept {
        present = repeated = fields_at = count = to_path_uris = from_path_uris = 0;
        has_body = false;
    }

    /// Notes one more field.
    MSRPKIT_ALWAYS_INLINE void note(field f, std::size_t value_at,
                                    std::size_t value_size) noexcept {
        ++count;
        if (bit(f) >= known_fields) return;
        std::uint32_t const mask = 1U << bit(f);
        if ((present & mask) != 0) {
            repeated |= mask;
            return;
        }
        present |= mask;
        slot[bit(f)] = {static_cast<std::uint32_t>(value_at),
                        static_cast<std::uint32_t>(value_size)};
    }
};

}  // namespace detail

/// The header fields of one chunk. A light value without pointers into the parser: only the octets
/// it speaks of must live, as `chunk_begin` says. Look-ups are O(1), walking all fields is linear,
/// decoding is done when a value is asked for. A malformed, repeated or misplaced field is an
/// error, never a value (T10, HDR-9-1).
class header_view {
   public:
    header_view() noexcept = default;
    /// For parsers: a checked header block (start line and header lines, each with its CRLF).
    header_view(std::string_view block, detail::header_index const& index) noexcept
        : block_(block), index_(index) {}

    /// For parsers: the same in place.
    void assign(std::string_view block, detail::header_index const& index) noexcept {
        static_assert(std::is_trivially_copyable_v<detail::header_index>);
        block_ = block;
        // With slots that may be unset; by 64 octets, which compilers make vectors of.
        auto* const to = reinterpret_cast<unsigned char*>(&index_);
        auto const* const from = reinterpret_cast<unsigned char const*>(&index);
        constexpr std::size_t size = sizeof(detail::header_index);
        static_assert(size > 128 && size <= 192);
        std::memcpy(to, from, 64);
        std::memcpy(to + 64, from + 64, 64);
        std::memcpy(to + 128, from + 128, size - 128);
    }

    /// The start line and the header lines, as they came.
    [[nodiscard]] std::string_view block() const noexcept { return block_; }
    /// How many header fields, To-Path and From-Path included.
    [[nodiscard]] std::size_t size() const noexcept { return index_.count; }

    /// Walks the fields in order of arrival.
    class iterator {
       public:
        using value_type = header_field;
        using difference_type = std::ptrdiff_t;
        iterator() noexcept = default;
        iterator(std::string_view rest, bool several_blanks) noexcept
            : rest_(rest), several_blanks_(several_blanks) {}
        [[nodiscard]] header_field operator*() const noexcept {
            auto const line = rest_.substr(0, rest_.find('\r'));
            auto const colon = std::min(line.find(':'), line.size());
            auto const name = line.substr(0, colon);
            std::size_t at = std::min(colon + 2, line.size());
            while (several_blanks_ && at < line.size() && line[at] == ' ') ++at;
            return {name, line.substr(at), field_of(name)};
        }
        iterator& operator++() noexcept {
            rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size() - 1) + 1);
            return *this;
        }
        iterator operator++(int) noexcept {
            auto before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(iterator const& a, iterator const& b) noexcept {
            return a.rest_.size() == b.rest_.size();
        }

       private:
        std::string_view rest_{};
        bool several_blanks_ = false;
    };
    [[nodiscard]] iterator begin() const noexcept {
        return {block_.substr(index_.fields_at), index_.several_blanks};
    }
    [[nodiscard]] iterator end() const noexcept { return {}; }

    /// Whether a known field is there, once or more, whatever its value.
    [[nodiscard]] bool has(field f) const noexcept {
        return bit(f) < known_fields && (index_.present >> bit(f) & 1U) != 0;
    }
    [[nodiscard]] bool is_repeated(field f) const noexcept {
        return bit(f) < known_fields && (index_.repeated >> bit(f) & 1U) != 0;
    }

    /// The value of a known field as it stands, not decoded.
    /// @return `field_absent`; `field_repeated` where it stands more than once (T10: which would be
    ///         meant?); `field_misplaced` for a MIME field where there is no body (FRM-7.1-3). Not
    ///         for `other` and `other_mime`: walk the fields.
    [[nodiscard]] wire::result<std::string_view> raw(field f) const noexcept {
        if (!has(f)) return fail(f, error::field_absent);
        if (is_repeated(f)) return fail(f, error::field_repeated);
        if (is_mime(f) && !index_.has_body) return fail(f, error::field_misplaced);
        auto const& s = index_.slot[bit(f)];
        return block_.substr(s.at, s.size);
    }

    /// To-Path, the one at its place behind the start line: the parser checked it before it gave
    /// out the chunk. Where another one stands further on this is still the first, without a sign:
    /// ask `is_repeated(field::to_path)`, and take such a request as malformed (HDR-9-1, T10).
    [[nodiscard]] path_view to_path() const noexcept {
        return path_of(field::to_path, index_.to_path_uris);
    }
    /// From-Path, the one behind To-Path; as `to_path`, also where it is repeated.
    [[nodiscard]] path_view from_path() const noexcept {
        return path_of(field::from_path, index_.from_path_uris);
    }

    /// `bad_ident` where malformed.
    [[nodiscard]] wire::result<std::string_view> message_id() const noexcept {
        return read(field::message_id, [](std::string_view v) { return read_ident(v); });
    }
    /// `bad_byte_range` or `number_too_large` where malformed or senseless.
    [[nodiscard]] wire::result<msrp::byte_range> byte_range() const noexcept {
        return read(field::byte_range, [](std::string_view v) { return read_byte_range(v); });
    }
    /// `bad_status` or `bad_utf8` where malformed.
    [[nodiscard]] wire::result<report_status> status() const noexcept {
        bool const loose = index_.loose_utf8;
        return read(field::status, [loose](std::string_view v) { return read_status(v, loose); });
    }
    /// yes or no, case-insensitive as all ABNF strings. The default of an absent one is the
    /// caller's to fill in (TRX-7.1.1-1: "no").
    [[nodiscard]] wire::result<report_value> success_report() const noexcept {
        return report(field::success_report, false);
    }
    /// yes, no or partial (TRX-7.1.1-1: absent means "yes").
    [[nodiscard]] wire::result<report_value> failure_report() const noexcept {
        return report(field::failure_report, true);
    }
    /// Seconds (RLY-4.6-1); `field` is expires, min_expires or max_expires.
    [[nodiscard]] wire::result<std::uint64_t> seconds(field f) const noexcept {
        return read(f, [](std::string_view v) { return detail::read_seconds(v); });
    }
    /// A path of its own syntax, Use-Path (RFC 4976).
    [[nodiscard]] wire::result<path_view> use_path() const noexcept {
        path_options const options{.several_blanks = index_.several_blanks,
                                   .ipv6_without_brackets = index_.ipv6_without_brackets};
        return read(field::use_path,
                    [&options](std::string_view v) { return read_path(v, options); });
    }

   private:
    static constexpr std::size_t bit(field f) noexcept { return static_cast<std::size_t>(f); }
    static wire::failure fail(field f, error e) noexcept {
        return {make_error_code(e), 0, canonical_name(f)};
    }
    template <class Reader>
    auto read(field f, Reader&& reader) const noexcept -> decltype(reader(std::string_view{})) {
        auto const text = raw(f);
        if (!text) return text.error();
        auto value = reader(*text);
        if (!value) return value.error().at(0, canonical_name(f));
        return value;
    }
    [[nodiscard]] wire::result<report_value> report(field f, bool partial) const noexcept {
        return read(f, [partial](std::string_view v) { return detail::read_report(v, partial); });
    }
    [[nodiscard]] path_view path_of(field f, std::size_t uris) const noexcept {
        auto const text = first(f);
        // "@" stands nowhere but behind userinfo.
        bool const plain =
            !index_.ipv6_without_brackets && text.find('@') == std::string_view::npos;
        return {text, uris, plain};
    }
    [[nodiscard]] std::string_view first(field f) const noexcept {
        auto const& s = index_.slot[bit(f)];
        return block_.substr(s.at, s.size);
    }

    std::string_view block_{};
    detail::header_index index_{};
};

}  // namespace msrp::inline v0
