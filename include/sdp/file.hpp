// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// file.hpp - the file attributes of RFC 5547: read, judged in offer and answer, written.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <sdp/attribute.hpp>
#include <sdp/description.hpp>
#include <sdp/detail/fields.hpp>
#include <sdp/detail/values.hpp>
#include <sdp/direction.hpp>
#include <sdp/error.hpp>
#include <sdp/fingerprint.hpp>
#include <sdp/media.hpp>
#include <sdp/percent_text.hpp>
#include <sdp/safe_name.hpp>
#include <wire/charset.hpp>
#include <wire/result.hpp>
#include <wire/sink.hpp>
#include <wire/utf8.hpp>

namespace sdp::inline v0 {

// Values. All views live as long as the text they were read from. Each reader takes the value, the
// whole of it, and returns `bad_file_attribute`, or `number_too_large` at the digit that makes a
// number larger than 2^64-1. Linear, no allocation.

/// `hash:algorithm:value`, over the whole file even where a=file-range stands (FT-6-1).
struct file_hash {
    std::string_view algorithm{};  ///< a token, as sent
    std::string_view value{};      ///< as sent: `2UHEX *(":" 2UHEX)`

    /// `other` for one that RFC 8122 does not name.
    [[nodiscard]] constexpr hash_function function() const noexcept {
        return parse_hash_function(algorithm);
    }
    /// The value has as many octets as the function gives. True where it is not known.
    [[nodiscard]] constexpr bool size_fits() const noexcept {
        auto const size = digest_size(function());
        return size == 0 || value.size() + 1 == 3 * size;
    }
    /// Same algorithm, whatever its case, and same value.
    friend constexpr bool operator==(file_hash const& a, file_hash const& b) noexcept {
        return wire::iequals(a.algorithm, b.algorithm) && a.value == b.value;
    }
};

namespace detail {

struct selector_parts {
    std::string_view text{};
    std::optional<std::string_view> name{};
    std::optional<std::uint64_t> size{};
    std::optional<std::string_view> type{};
    std::size_t hashes = 0;
    bool repeated = false;
};
class selector_reader;

}  // namespace detail

/// The value of a=file-selector (FT-5-1): what is known of the file.
class file_selector {
   public:
    /// Without any selector, as in the answer to a question for capabilities (RFC 5547, 8.5).
    constexpr file_selector() noexcept = default;
    explicit constexpr file_selector(detail::selector_parts const& parts) noexcept
        : parts_(parts) {}

    /// All of it, as sent.
    [[nodiscard]] constexpr std::string_view text() const noexcept { return parts_.text; }
    /// No selector at all: a sign of capability, not of a file.
    [[nodiscard]] constexpr bool empty() const noexcept { return parts_.text.empty(); }
    /// Percent-encoded, and whatever the peer liked: see `safe_name` before any use (FT-6-2).
    [[nodiscard]] constexpr std::optional<percent_text> name() const noexcept {
        if (!parts_.name) return std::nullopt;
        return percent_text(*parts_.name);
    }
    /// Octets of the file; never 0, which the grammar cannot say.
    [[nodiscard]] constexpr std::optional<std::uint64_t> size() const noexcept {
        return parts_.size;
    }
    /// `type/subtype *(";" attribute "=" DQUOTE value DQUOTE)`, as sent.
    [[nodiscard]] constexpr std::optional<std::string_view> type() const noexcept {
        return parts_.type;
    }
    /// There may be several, of the same algorithm too (FT-6-1).
    [[nodiscard]] constexpr std::size_t hash_count() const noexcept { return parts_.hashes; }
    /// Calls `f(file_hash)` for each in order, until it returns false. Linear.
    template <class F>
    constexpr void for_each_hash(F&& f) const;
    /// The value of the first hash of this algorithm; nothing where there is none. Linear.
    [[nodiscard]] constexpr std::optional<std::string_view> hash(
        hash_function function) const noexcept;
    /// A second name, size or type was passed over: the first of each counts.
    [[nodiscard]] constexpr bool repeated() const noexcept { return parts_.repeated; }

   private:
    detail::selector_parts parts_{};
};

/// `a=file-selector:` with one selector or more. Without a colon it is `file_selector{}`.
[[nodiscard]] inline wire::result<file_selector> read_file_selector(
    std::string_view value) noexcept;

/// The value of a=file-date, each date an RFC 5322 `date-time` as sent, without its quotes.
struct file_date {
    std::optional<std::string_view> creation{};
    std::optional<std::string_view> modification{};
    std::optional<std::string_view> read{};
    friend constexpr bool operator==(file_date const&, file_date const&) = default;
};
/// `date-param *(SP date-param)`, each of the three at most once. Dates are checked for their form
/// and the range of each number, with a numeric zone; not whether that day was a Monday, or there
/// was a 31st. Comments, which RFC 5322 lets stand behind the zone, are refused.
[[nodiscard]] inline wire::result<file_date> read_file_date(std::string_view value) noexcept;

/// The value of a=file-range: octets from `start` to `stop`, both included, counted from 1. Not to
/// be mixed up with Byte-Range (FT-8.7-1).
struct file_range {
    std::uint64_t start = 1;
    std::optional<std::uint64_t> stop{};  ///< nothing: `*`, to the file's end
    friend constexpr bool operator==(file_range const&, file_range const&) = default;
};
/// `start-offset "-" (stop-offset / "*")`, start not above stop.
[[nodiscard]] inline wire::result<file_range> read_file_range(std::string_view value) noexcept;

/// a=file-icon: a cid-url (RFC 2392), `cid:` and a Content-ID without its angle brackets,
/// percent-encoded (FT-8.8-1). @return the part behind `cid:`.
[[nodiscard]] inline wire::result<percent_text> read_file_icon(std::string_view value) noexcept;

/// a=file-transfer-id and a=file-disposition: a token. @return `value`.
/// @param field "a=file-transfer-id" or "a=file-disposition", for the failure.
[[nodiscard]] inline wire::result<std::string_view> read_file_token(
    std::string_view value, std::string_view field) noexcept;

// One media description.

/// What is wrong with the file attributes of a media description, an offer or an answer.
enum class file_problem : std::uint8_t {
    malformed,          ///< the attribute counts as absent
    repeated,           ///< a second attribute of a name was passed over
    selector_repeated,  ///< a second name, size or type selector was passed over
    hash_size,          ///< a hash has not the size its algorithm gives
    // In offers and answers.
    selector_absent,     ///< no (well-formed) a=file-selector (FT-5-1)
    selector_empty,      ///< an answer to an offered file without selectors (FT-5-1)
    capability_only,     ///< an empty a=file-selector beside other file attributes (FT-5-1)
    transfer_id_absent,  ///< no a=file-transfer-id (FT-5-1)
    direction,           ///< offer neither sendonly nor recvonly; answer not the reverse (FT-8.2-1)
    push_by_name_only,   ///< a file to be sent without type, size and hash (FT-8.2-1)
    // In answers.
    not_understood,        ///< no file attribute at all: the peer knows plain MSRP only
    transfer_id_differs,   ///< FT-8.1-1
    selector_differs,      ///< a refusal does not mirror the selector (FT-8.3-1)
    name_differs,          ///< not the offered one, or left out of the answer to a push (FT-8.3-1)
    size_differs,          ///< likewise
    type_differs,          ///< likewise
    hash_differs,          ///< an algorithm is in both, with no common value
    not_for_the_receiver,  ///< icon, disposition or date in the answer to a push (FT-8.3-1)
    range_differs,         ///< accepted with another a=file-range (FT-8.3-2)
};
/// One sentence for a person, from static storage.
[[nodiscard]] constexpr std::string_view to_text(file_problem problem) noexcept;

struct file_finding {
    file_problem problem{};
    std::size_t line = 0;  ///< number of the line it is about, from 1; 0 where it is about none
    std::string_view attribute{};  ///< "file-selector" and so on, from static storage
};

namespace detail {

/// Makes room at the end of a full list: the last item that is like one before it goes.
/// @param like compares an item with one behind it. @return false where there is none.
template <class T, std::size_t N, class Like>
constexpr bool drop_repeated(std::array<T, N>& items, Like const& like) noexcept {
    for (std::size_t i = N; i-- > 1;)
        for (std::size_t j = 0; j < i; ++j)
            if (like(items[j], items[i])) {
                for (; i + 1 < N; ++i) items[i] = items[i + 1];
                return true;
            }
    return false;
}

}  // namespace detail

/// Findings in the order they were seen; up to 16, no allocation. Where more are found, a problem
/// of an attribute that is not in the list still gets in, in the place of one that is there twice.
class file_findings {
   public:
    static constexpr std::size_t capacity = 16;
    [[nodiscard]] file_finding const* begin() const noexcept { return items_.data(); }
    [[nodiscard]] file_finding const* end() const noexcept { return items_.data() + size_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// There were more than fit.
    [[nodiscard]] bool truncated() const noexcept { return truncated_; }
    [[nodiscard]] bool contains(file_problem problem) const noexcept {
        return std::any_of(begin(), end(),
                           [problem](auto const& f) { return f.problem == problem; });
    }
    void add(file_problem problem, std::size_t line, std::string_view attribute) noexcept {
        file_finding const found{problem, line, attribute};
        if (size_ < capacity) {
            items_[size_++] = found;
            return;
        }
        truncated_ = true;
        auto const like = [](file_finding const& a, file_finding const& b) {
            return a.problem == b.problem && a.attribute == b.attribute;
        };
        for (auto const& f : items_)
            if (like(f, found)) return;
        if (detail::drop_repeated(items_, like)) items_[capacity - 1] = found;
    }

   private:
    std::array<file_finding, capacity> items_{};
    std::size_t size_ = 0;
    bool truncated_ = false;
};

/// The file attributes of one media description or one data channel, as a view. The first of each
/// name counts, malformed or not (threat T10). Copy it freely; it lives as long as the text.
class file_attributes {
   public:
    constexpr file_attributes() noexcept = default;
    /// All in a range of `attribute`. Linear, no allocation.
    template <class Attributes>
    [[nodiscard]] static file_attributes read(Attributes const& attributes) noexcept {
        file_attributes out;
        for (attribute const a : attributes) out.consider(a);
        return out;
    }
    /// Those of a media description; on the session level they mean nothing (FT-5-1).
    [[nodiscard]] static file_attributes read(media_view const& media) noexcept {
        return read(media.attributes());
    }
    /// Reads one more. @return whether it is a file attribute.
    bool consider(attribute const& a) noexcept {
        return consider(a, [](file_problem) {});
    }
    /// The same. @param found called with each problem of this one, also where `findings()` is
    /// full.
    template <class F>
    bool consider(attribute const& a, F&& found) noexcept;

    /// There is any file attribute, malformed or not.
    [[nodiscard]] bool has() const noexcept { return seen_ != 0; }
    /// Only an empty a=file-selector: a sign of capability (RFC 5547, 8.5).
    [[nodiscard]] bool is_capability() const noexcept {
        return seen_ == bit(name_of::selector) && selector_ && selector_->empty();
    }
    [[nodiscard]] std::optional<file_selector> const& selector() const noexcept {
        return selector_;
    }
    [[nodiscard]] std::optional<std::string_view> transfer_id() const noexcept { return id_; }
    /// As sent; see `shown_at_once`.
    [[nodiscard]] std::optional<std::string_view> disposition() const noexcept {
        return disposition_;
    }
    /// `render`, which is also the default (FT-7-1). `attachment`, and what is unknown or
    /// malformed, is not to be shown unasked.
    [[nodiscard]] bool shown_at_once() const noexcept {
        if (!disposition_) return (seen_ & bit(name_of::disposition)) == 0;
        return wire::iequals(*disposition_, "render");
    }
    [[nodiscard]] std::optional<file_date> const& date() const noexcept { return date_; }
    /// The Content-ID that a=file-icon names.
    [[nodiscard]] std::optional<percent_text> const& icon() const noexcept { return icon_; }
    /// Nothing: the whole file, as `1-*` says too.
    [[nodiscard]] std::optional<file_range> const& range() const noexcept { return range_; }
    /// Malformed and repeated ones.
    [[nodiscard]] file_findings const& findings() const noexcept { return findings_; }

    /// The name made safe; nothing where none was sent.
    [[nodiscard]] std::optional<sdp::safe_name> safe_name() const noexcept {
        if (!selector_ || !selector_->name()) return std::nullopt;
        return sdp::safe_name(*selector_->name());
    }

   private:
    enum class name_of : std::uint8_t { selector, id, disposition, date, icon, range };
    static constexpr std::array<std::string_view, 6> names = {
        "file-selector", "file-transfer-id", "file-disposition",
        "file-date",     "file-icon",        "file-range"};
    static constexpr unsigned bit(name_of n) noexcept { return 1U << static_cast<unsigned>(n); }
    template <class T, class U>
    static bool keep(std::optional<T>& to, wire::result<U> const& read) noexcept {
        if (read) to = *read;
        return read.has_value();
    }
    friend file_findings check_file_attributes(file_attributes const& file) noexcept;
    friend file_findings check_file_offer(file_attributes const& file, direction way) noexcept;
    friend file_findings check_file_answer(file_attributes const& offer, direction offered,
                                           file_attributes const& answer, direction answered,
                                           bool rejected) noexcept;

    unsigned seen_ = 0;
    std::optional<file_selector> selector_{};
    std::optional<std::string_view> id_{};
    std::optional<std::string_view> disposition_{};
    std::optional<file_date> date_{};
    std::optional<percent_text> icon_{};
    std::optional<file_range> range_{};
    file_findings findings_{};
};

namespace detail {
inline constexpr file_attributes no_file_attributes{};
}  // namespace detail

/// Calls `f(attribute)` for each file attribute on the session level, where it means nothing: they
/// are media-level attributes only (RFC 5547, section 6). Linear.
template <class F>
void for_each_misplaced_file_attribute(description_view const& whole, F&& f) {
    for (attribute const a : whole.attributes())
        if (file_attributes().consider(a)) f(a);
}

/// What is missing among the file attributes of a media description or data channel, be it an offer
/// or an answer (FT-5-1): `selector_absent`, `transfer_id_absent`; `capability_only`, and that
/// alone. Empty where there are none, and for a sign of capability. An attribute that is there and
/// malformed is told by `file.findings()`.
[[nodiscard]] inline file_findings check_file_attributes(file_attributes const& file) noexcept;

/// What is wrong with the file attributes of an offer (FT-5-1, FT-8.1-1, FT-8.2-1), beyond
/// `file.findings()`. Empty for an offer without any, and for a sign of capability.
/// @param way the direction that applies to the media description (or data channel).
[[nodiscard]] inline file_findings check_file_offer(file_attributes const& file,
                                                    direction way) noexcept;
[[nodiscard]] inline file_findings check_file_offer(media_view const& media) noexcept {
    return check_file_offer(file_attributes::read(media), effective_direction(media));
}

/// What is wrong with the file attributes of an answer (FT-5-1, FT-8.1-1, FT-8.3-1, FT-8.3-2).
/// Empty where the offer was about no file. Where it holds `not_understood`, that alone: such an
/// answer to a push may be taken as one by a peer that knows plain MSRP (RFC 5547, section 4).
/// @param rejected the answer's port is 0, or the data channel is not in the answer.
[[nodiscard]] inline file_findings check_file_answer(file_attributes const& offer,
                                                     direction offered,
                                                     file_attributes const& answer,
                                                     direction answered, bool rejected) noexcept;
[[nodiscard]] inline file_findings check_file_answer(media_view const& offer,
                                                     media_view const& answer) noexcept {
    return check_file_answer(file_attributes::read(offer), effective_direction(offer),
                             file_attributes::read(answer), effective_direction(answer),
                             answer.rejected());
}

// Writing. Each appends the value, for `basic_description_writer::attribute(name, value)`; what may
// not be written is `illegal_value`, and then nothing is appended. Linear, no allocation.

/// What is to be said of a file; views that must live until it is written.
struct file_selector_spec {
    /// UTF-8, one path component, not encoded. `"`, `%`, both separators, `:` and control octets
    /// are percent-encoded.
    std::optional<std::string_view> name{};
    std::optional<std::uint64_t> size{};  ///< octets, not 0
    /// `type/subtype`, its parameters as the grammar of a=file-selector has them.
    std::optional<std::string_view> type{};
    std::span<file_hash const> hashes{};
};
[[nodiscard]] inline wire::result<void> write_file_selector(
    wire::sink& out, file_selector_spec const& spec) noexcept;
[[nodiscard]] inline wire::result<void> write_file_date(wire::sink& out,
                                                        file_date const& date) noexcept;
[[nodiscard]] inline wire::result<void> write_file_range(wire::sink& out,
                                                         file_range const& range) noexcept;
/// @param content_id without angle brackets, not encoded.
[[nodiscard]] inline wire::result<void> write_file_icon(wire::sink& out,
                                                        std::string_view content_id) noexcept;
/// @param token a=file-transfer-id: random, about 32 characters, new for each transfer (FT-8.1-1).
[[nodiscard]] inline wire::result<void> write_file_transfer_id(wire::sink& out,
                                                               std::string_view token) noexcept;
/// @param token "attachment", "render", ...
[[nodiscard]] inline wire::result<void> write_file_disposition(wire::sink& out,
                                                               std::string_view token) noexcept;

// Implementation.

namespace detail {

/// Reads selectors one by one.
class selector_reader {
   public:
    enum class kind : std::uint8_t { name, size, type, hash };
    explicit constexpr selector_reader(std::string_view text) noexcept : in_(text) {}

    /// `selector`. @return false where it is none.
    constexpr bool read() noexcept {
        if (begins_with(in_, 'n')) {
            what = kind::name;
            return literal(in_, "name:") && quoted(in_, filename_char, 1, name);
        }
        if (begins_with(in_, 's')) {
            what = kind::size;
            return literal(in_, "size:") && integer(in_, size, too_large);
        }
        if (begins_with(in_, 't')) {
            what = kind::type;
            return literal(in_, "type:") && media_type();
        }
        what = kind::hash;
        if (!literal(in_, "hash:") || !in_.some(token_char, hash.algorithm) || !in_.octet(':'))
            return false;
        auto const start = in_.at();
        do {
            if (!in_.one_of(upper_hex) || !in_.one_of(upper_hex)) return false;
        } while (in_.octet(':'));
        hash.value = in_.from(start);
        return true;
    }
    /// `type "/" subtype *(";" ft-parameter)`: tokens of RFC 2045, which are those of SDP.
    constexpr bool media_type() noexcept {
        auto const start = in_.at();
        if (!in_.some(token_char) || !in_.octet('/') || !in_.some(token_char)) return false;
        while (in_.octet(';')) {
            std::string_view ignored;
            if (!in_.some(token_char) || !in_.octet('=') || !quoted(in_, filename_char, 1, ignored))
                return false;
        }
        type = in_.from(start);
        return true;
    }
    constexpr bool more() noexcept { return in_.octet(' '); }
    [[nodiscard]] constexpr cursor const& at() const noexcept { return in_; }

    kind what = kind::name;  ///< what was read, and one of these:
    std::string_view name{};
    std::uint64_t size = 0;
    std::string_view type{};
    file_hash hash{};
    bool too_large = false;

   private:
    cursor in_;
};

[[nodiscard]] inline wire::failure bad_file(cursor const& in, bool too_large,
                                            std::string_view field) noexcept {
    return in.fail(too_large ? error::number_too_large : error::bad_file_attribute, field);
}

/// One of these words (in lower case); else stops where the best of them stops.
constexpr bool one_word(cursor& in, std::span<std::string_view const> words) noexcept {
    auto best = in;
    for (auto const word : words) {
        auto here = in;
        bool const whole = literal(here, word);
        if (here.at() > best.at()) best = here;
        if (!whole) continue;
        in = here;
        return true;
    }
    in = best;
    return false;
}
inline constexpr std::array<std::string_view, 7> day_names = {"mon", "tue", "wed", "thu",
                                                              "fri", "sat", "sun"};
inline constexpr std::array<std::string_view, 12> month_names = {
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
inline constexpr wire::charset up_to_1 = wire::charset("01");
inline constexpr wire::charset one_or_2 = wire::charset("12");
inline constexpr wire::charset up_to_3 = wire::charset("0123");
inline constexpr wire::charset up_to_5 = wire::charset("012345");
inline constexpr wire::charset from_4 = wire::charset("456789");
inline constexpr wire::charset sign = wire::charset("+-");

/// `date-time` (RFC 5322, section 3.3) with a numeric zone, no comment, no folding.
constexpr bool date_time(cursor& in) noexcept {
    using wire::digit;
    in.some(blank);
    if (!in.next_in(digit)) {
        if (!one_word(in, day_names) || !in.octet(',')) return false;
        in.some(blank);
    }
    if (in.octet('0')) {
        if (!in.one_of(pos_digit)) return false;
    } else if (in.one_of(one_or_2)) {
        in.one_of(digit);
    } else if (in.octet('3')) {
        in.one_of(up_to_1);
    } else if (!in.one_of(from_4)) {
        return false;
    }
    if (!in.some(blank) || !one_word(in, month_names) || !in.some(blank)) return false;
    for (int i = 0; i < 4; ++i)
        if (!in.one_of(digit)) return false;
    in.some(digit);
    if (!in.some(blank)) return false;
    bool const hour = in.octet('2') ? in.one_of(up_to_3) : in.one_of(up_to_1) && in.one_of(digit);
    if (!hour || !in.octet(':') || !in.one_of(up_to_5) || !in.one_of(digit)) return false;
    if (in.octet(':')) {
        bool const second = in.octet('6') ? in.octet('0') : in.one_of(up_to_5) && in.one_of(digit);
        if (!second) return false;
    }
    if (!in.some(blank) || !in.one_of(sign) || !in.one_of(digit) || !in.one_of(digit) ||
        !in.one_of(up_to_5) || !in.one_of(digit))
        return false;
    in.some(blank);
    return true;
}

/// UTF-8 (RFC 3629), any control octets in it.
[[nodiscard]] constexpr bool is_utf8(std::string_view text) noexcept {
    for (;;) {
        auto const scan = wire::scan_utf8text(text);
        if (scan.whole) return true;
        if (!scan.between || static_cast<unsigned char>(text[scan.size]) >= 0x80) return false;
        text.remove_prefix(scan.size + 1);
    }
}

}  // namespace detail

inline wire::result<file_selector> read_file_selector(std::string_view value) noexcept {
    detail::selector_reader in(value);
    detail::selector_parts parts;
    parts.text = value;
    auto const first = [&parts](auto& to, auto const& from) {
        if (to)
            parts.repeated = true;
        else
            to = from;
    };
    using kind = detail::selector_reader::kind;
    do {
        if (!in.read()) return detail::bad_file(in.at(), in.too_large, "a=file-selector");
        switch (in.what) {
            case kind::name: first(parts.name, in.name); break;
            case kind::size: first(parts.size, in.size); break;
            case kind::type: first(parts.type, in.type); break;
            case kind::hash: ++parts.hashes; break;
        }
    } while (in.more());
    if (!in.at().done()) return detail::bad_file(in.at(), false, "a=file-selector");
    return file_selector(parts);
}

template <class F>
constexpr void file_selector::for_each_hash(F&& f) const {
    if (parts_.hashes == 0) return;
    detail::selector_reader in(parts_.text);
    do {
        if (!in.read()) return;
        if (in.what == detail::selector_reader::kind::hash && !f(in.hash)) return;
    } while (in.more());
}
constexpr std::optional<std::string_view> file_selector::hash(
    hash_function function) const noexcept {
    std::optional<std::string_view> out;
    for_each_hash([&](file_hash const& h) {
        if (h.function() == function) out = h.value;
        return !out;
    });
    return out;
}

inline wire::result<file_date> read_file_date(std::string_view value) noexcept {
    detail::cursor in(value);
    file_date d;
    auto const failed = [&in] { return detail::bad_file(in, false, "a=file-date"); };
    do {
        std::optional<std::string_view>* to = nullptr;
        std::string_view word;
        if (detail::begins_with(in, 'c')) {
            to = &d.creation;
            word = "creation:\"";
        } else if (detail::begins_with(in, 'm')) {
            to = &d.modification;
            word = "modification:\"";
        } else if (detail::begins_with(in, 'r')) {
            to = &d.read;
            word = "read:\"";
        }
        if (to == nullptr || *to || !detail::literal(in, word)) return failed();
        auto const start = in.at();
        if (!detail::date_time(in)) return failed();
        *to = in.from(start);
        if (!in.octet('"')) return failed();
        if (d.creation && d.modification && d.read) break;  // there is no fourth
    } while (in.octet(' '));
    if (!in.done()) return failed();
    return d;
}

inline wire::result<file_range> read_file_range(std::string_view value) noexcept {
    detail::cursor in(value);
    file_range r;
    bool large = false;
    auto const failed = [&] { return detail::bad_file(in, large, "a=file-range"); };
    if (!detail::integer(in, r.start, large) || !in.octet('-')) return failed();
    if (in.octet('*')) {
        if (!in.done()) return failed();
        return r;
    }
    if (!in.next_in(detail::pos_digit)) return failed();
    std::uint64_t stop = 0;
    for (; in.next_in(wire::digit); in.octet(in.peek())) {
        large = !detail::add_digit(stop, in.peek(), std::numeric_limits<std::uint64_t>::max());
        if (large || !detail::can_reach(stop, r.start)) return failed();
    }
    if (!in.done() || stop < r.start) return failed();
    r.stop = stop;
    return r;
}

inline wire::result<percent_text> read_file_icon(std::string_view value) noexcept {
    detail::cursor in(value);
    auto const failed = [&in] { return detail::bad_file(in, false, "a=file-icon"); };
    auto const part = [&in] {  // 1*(cid-char / "%" HEXDIG HEXDIG)
        auto const start = in.at();
        for (;;) {
            in.some(detail::cid_char);
            if (!in.octet('%')) return in.at() != start;
            if (!in.one_of(wire::hexdig) || !in.one_of(wire::hexdig)) return false;
        }
    };
    if (!detail::literal(in, "cid:")) return failed();
    auto const start = in.at();
    if (!part() || !in.octet('@') || !part() || !in.done()) return failed();
    return percent_text(in.from(start));
}

inline wire::result<std::string_view> read_file_token(std::string_view value,
                                                      std::string_view field) noexcept {
    detail::cursor in(value);
    if (!in.some(detail::token_char) || !in.done()) return detail::bad_file(in, false, field);
    return value;
}

template <class F>
bool file_attributes::consider(attribute const& a, F&& found) noexcept {
    if (!a.name.starts_with("file-")) return false;
    auto const at = std::find(names.begin(), names.end(), a.name);
    if (at == names.end()) return false;
    auto const which = static_cast<name_of>(at - names.begin());
    auto const note = [&](file_problem problem) {
        findings_.add(problem, a.line_number, *at);
        found(problem);
    };
    if ((seen_ & bit(which)) != 0) {
        note(file_problem::repeated);
        return true;
    }
    seen_ |= bit(which);
    bool good = false;
    switch (which) {
        case name_of::selector:
            good = keep(selector_, a.has_value ? read_file_selector(a.value) : file_selector());
            if (!good) break;
            if (selector_->repeated()) note(file_problem::selector_repeated);
            selector_->for_each_hash([&](file_hash const& h) {
                if (!h.size_fits()) note(file_problem::hash_size);
                return h.size_fits();
            });
            break;
        case name_of::id: good = keep(id_, read_file_token(a.value, "a=file-transfer-id")); break;
        case name_of::disposition:
            good = keep(disposition_, read_file_token(a.value, "a=file-disposition"));
            break;
        case name_of::date: good = keep(date_, read_file_date(a.value)); break;
        case name_of::icon: good = keep(icon_, read_file_icon(a.value)); break;
        case name_of::range: good = keep(range_, read_file_range(a.value)); break;
    }
    if (!good) note(file_problem::malformed);
    return true;
}

constexpr std::string_view to_text(file_problem problem) noexcept {
    switch (problem) {
        case file_problem::malformed: return "malformed file attribute, read as absent";
        case file_problem::repeated: return "file attribute repeated, the first one counts";
        case file_problem::selector_repeated: return "selector repeated, the first one counts";
        case file_problem::hash_size: return "hash is not as long as its algorithm makes it";
        case file_problem::selector_absent: return "no a=file-selector";
        case file_problem::selector_empty: return "a=file-selector names no file";
        case file_problem::capability_only: return "empty a=file-selector beside file attributes";
        case file_problem::transfer_id_absent: return "no a=file-transfer-id";
        case file_problem::direction: return "direction does not fit the transfer of a file";
        case file_problem::push_by_name_only: return "file to be sent without type, size and hash";
        case file_problem::not_understood: return "answer has no file attributes";
        case file_problem::transfer_id_differs: return "a=file-transfer-id is not the offered one";
        case file_problem::selector_differs: return "a=file-selector is not the offered one";
        case file_problem::name_differs: return "name of the file is not the offered one";
        case file_problem::size_differs: return "size of the file is not the offered one";
        case file_problem::type_differs: return "type of the file is not the offered one";
        case file_problem::hash_differs: return "hash of the file is not the offered one";
        case file_problem::not_for_the_receiver:
            return "icon, disposition or date in the receiver's answer";
        case file_problem::range_differs: return "a=file-range is not the offered one";
    }
    return {};
}

inline file_findings check_file_attributes(file_attributes const& file) noexcept {
    using name_of = file_attributes::name_of;
    file_findings out;
    if (!file.has() || file.is_capability()) return out;
    auto const absent = [&file](name_of name) {
        return (file.seen_ & file_attributes::bit(name)) == 0;
    };
    if (file.selector() && file.selector()->empty()) {
        out.add(file_problem::capability_only, 0, "file-selector");
        return out;
    }
    if (absent(name_of::selector)) out.add(file_problem::selector_absent, 0, "file-selector");
    if (absent(name_of::id)) out.add(file_problem::transfer_id_absent, 0, "file-transfer-id");
    return out;
}

inline file_findings check_file_offer(file_attributes const& file, direction way) noexcept {
    file_findings out;
    auto const add = [&out](file_problem problem, std::string_view attribute) {
        out.add(problem, 0, attribute);
    };
    if (!file.has() || file.is_capability()) return out;
    auto const& selector = file.selector();
    if (!selector) {
        add(file_problem::selector_absent, "file-selector");
    } else if (selector->empty()) {
        add(file_problem::capability_only, "file-selector");
        return out;
    } else if (way == direction::sendonly && !selector->type() && !selector->size() &&
               selector->hash_count() == 0) {
        add(file_problem::push_by_name_only, "file-selector");
    }
    if (!file.transfer_id()) add(file_problem::transfer_id_absent, "file-transfer-id");
    if (way != direction::sendonly && way != direction::recvonly)
        add(file_problem::direction, to_text(way));
    return out;
}

namespace detail {

/// Equal but for the case of type and subtype.
[[nodiscard]] constexpr bool same_file_type(std::string_view a, std::string_view b) noexcept {
    auto const size = std::min(a.find(';'), a.size());
    return wire::iequals(a.substr(0, size), b.substr(0, std::min(size, b.size()))) &&
           a.substr(size) == b.substr(std::min(size, b.size()));
}
/// An algorithm is in both and no value is. Looks at the first 8 of each.
[[nodiscard]] inline bool hashes_differ(file_selector const& a, file_selector const& b) noexcept {
    bool differ = false;
    int left = 8;
    a.for_each_hash([&](file_hash const& one) {
        bool common = false;
        bool same = false;
        int others = 8;
        b.for_each_hash([&](file_hash const& other) {
            common = common || wire::iequals(one.algorithm, other.algorithm);
            same = same || one == other;
            return --others != 0;
        });
        differ = common && !same;
        return !differ && --left != 0;
    });
    return differ;
}

}  // namespace detail

inline file_findings check_file_answer(file_attributes const& offer, direction offered,
                                       file_attributes const& answer, direction answered,
                                       bool rejected) noexcept {
    file_findings out;
    auto const add = [&out](file_problem problem, std::string_view attribute) {
        out.add(problem, 0, attribute);
    };
    if (!offer.has() || offer.is_capability()) return out;
    if (!answer.has()) {
        add(file_problem::not_understood, {});
        return out;
    }
    if (!answer.transfer_id())
        add(file_problem::transfer_id_absent, "file-transfer-id");
    else if (offer.transfer_id() && *answer.transfer_id() != *offer.transfer_id())
        add(file_problem::transfer_id_differs, "file-transfer-id");

    constexpr std::string_view selector = "file-selector";
    auto const& theirs = answer.selector();
    if (!theirs) add(file_problem::selector_absent, selector);
    if (rejected) {
        if (theirs && offer.selector() && theirs->text() != offer.selector()->text())
            add(file_problem::selector_differs, selector);
        return out;
    }
    if (theirs && theirs->empty()) add(file_problem::selector_empty, selector);
    bool const push = offered == direction::sendonly;
    if (answered != reversed(offered)) add(file_problem::direction, to_text(answered));
    if (theirs && offer.selector()) {
        auto const& ours = *offer.selector();
        // A receiver copies what was offered; a sender may leave it out, but sends that file.
        auto const judge = [&](bool is_offered, bool is_answered, bool equal, file_problem what) {
            if (is_offered && (is_answered ? !equal : push)) add(what, selector);
        };
        judge(ours.name().has_value(), theirs->name().has_value(), ours.name() == theirs->name(),
              file_problem::name_differs);
        judge(ours.size().has_value(), theirs->size().has_value(), ours.size() == theirs->size(),
              file_problem::size_differs);
        judge(
            ours.type().has_value(), theirs->type().has_value(),
            ours.type() && theirs->type() && detail::same_file_type(*ours.type(), *theirs->type()),
            file_problem::type_differs);
        if (detail::hashes_differ(ours, *theirs)) add(file_problem::hash_differs, selector);
    }
    using name_of = file_attributes::name_of;
    for (auto const which : {name_of::disposition, name_of::date, name_of::icon})
        if (push && (answer.seen_ & file_attributes::bit(which)) != 0)
            add(file_problem::not_for_the_receiver,
                file_attributes::names[static_cast<std::size_t>(which)]);
    // Saying nothing says 1-*; but an offered range has to come back.
    bool const same_range =
        answer.range() ? *answer.range() == offer.range().value_or(file_range{}) : !offer.range();
    if (!same_range) add(file_problem::range_differs, "file-range");
    return out;
}

namespace detail {

[[nodiscard]] inline wire::failure unwritable(std::string_view field) noexcept {
    return {make_error_code(error::illegal_value), 0, field};
}
[[nodiscard]] constexpr bool is_file_type(std::string_view text) noexcept {
    selector_reader in(text);
    return in.media_type() && in.at().done();
}
[[nodiscard]] constexpr bool is_file_hash(file_hash const& hash) noexcept {
    if (!is_token(hash.algorithm) || hash.value.size() % 3 != 2 || !hash.size_fits()) return false;
    for (std::size_t i = 0; i < hash.value.size(); ++i)
        if (i % 3 == 2 ? hash.value[i] != ':' : !upper_hex.contains(hash.value[i])) return false;
    return true;
}
[[nodiscard]] constexpr bool is_date_time(std::string_view text) noexcept {
    cursor in(text);
    return date_time(in) && in.done();
}
/// What stands for itself in a name that is written: nothing that any system takes for structure.
inline constexpr wire::charset written_name_char =
    filename_char - (wire::charset::range(0x01, 0x1F) | wire::charset("\x7F/\\:"));

}  // namespace detail

inline wire::result<void> write_file_selector(wire::sink& out,
                                              file_selector_spec const& spec) noexcept {
    bool const empty = !spec.name && !spec.size && !spec.type && spec.hashes.empty();
    if (empty || (spec.name && (spec.name->empty() || !detail::is_utf8(*spec.name))) ||
        (spec.size && *spec.size == 0) || (spec.type && !detail::is_file_type(*spec.type)) ||
        !std::all_of(spec.hashes.begin(), spec.hashes.end(), detail::is_file_hash))
        return detail::unwritable("a=file-selector");
    std::string_view between;
    auto const next = [&]() -> wire::sink& {
        out << between;
        between = " ";
        return out;
    };
    if (spec.name) {
        next() << "name:\"";
        write_percent(out, *spec.name, detail::written_name_char);
        out << '"';
    }
    if (spec.type) next() << "type:" << *spec.type;
    if (spec.size) next() << "size:" << *spec.size;
    for (auto const& h : spec.hashes) next() << "hash:" << h.algorithm << ':' << h.value;
    return {};
}

inline wire::result<void> write_file_date(wire::sink& out, file_date const& date) noexcept {
    std::string_view between;
    struct {
        std::string_view name;
        std::optional<std::string_view> const& text;
    } const all[] = {
        {"creation", date.creation}, {"modification", date.modification}, {"read", date.read}};
    bool any = false;
    for (auto const& d : all) {
        any = any || d.text;
        if (d.text && !detail::is_date_time(*d.text)) return detail::unwritable("a=file-date");
    }
    if (!any) return detail::unwritable("a=file-date");
    for (auto const& d : all) {
        if (!d.text) continue;
        out << between << d.name << ":\"" << *d.text << '"';
        between = " ";
    }
    return {};
}

inline wire::result<void> write_file_range(wire::sink& out, file_range const& range) noexcept {
    if (range.start == 0 || (range.stop && *range.stop < range.start))
        return detail::unwritable("a=file-range");
    out << range.start << '-';
    if (range.stop)
        out << *range.stop;
    else
        out << '*';
    return {};
}

inline wire::result<void> write_file_icon(wire::sink& out, std::string_view content_id) noexcept {
    auto const at = content_id.rfind('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == content_id.size())
        return detail::unwritable("a=file-icon");
    out << "cid:";
    write_percent(out, content_id.substr(0, at), detail::cid_char);
    out << '@';
    write_percent(out, content_id.substr(at + 1), detail::cid_char);
    return {};
}

inline wire::result<void> write_file_transfer_id(wire::sink& out, std::string_view token) noexcept {
    if (!detail::is_token(token)) return detail::unwritable("a=file-transfer-id");
    out << token;
    return {};
}
inline wire::result<void> write_file_disposition(wire::sink& out, std::string_view token) noexcept {
    if (!detail::is_token(token)) return detail::unwritable("a=file-disposition");
    out << token;
    return {};
}

}  // namespace sdp::inline v0
