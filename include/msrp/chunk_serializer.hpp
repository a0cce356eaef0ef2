// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk_serializer.hpp - write the head and the end-line of a chunk; the body is never copied.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include <msrp/byte_range.hpp>
#include <msrp/chunk_event.hpp>
#include <msrp/error.hpp>
#include <msrp/escaped_text.hpp>
#include <msrp/field_value.hpp>
#include <msrp/header.hpp>
#include <msrp/ident.hpp>
#include <msrp/method.hpp>
#include <msrp/path.hpp>
#include <msrp/status.hpp>
#include <wire/result.hpp>
#include <wire/sink.hpp>
#include <wire/utf8.hpp>

namespace msrp::inline v0 {

namespace detail {

// Pieces of a head; see wire/put.hpp.

struct three_digits {
    std::uint16_t value;  ///< 999 at most
};
[[nodiscard]] constexpr std::size_t room_of(three_digits) noexcept { return 3; }
MSRPKIT_ALWAYS_INLINE char* put(char* to, three_digits n) noexcept {
    to[0] = static_cast<char>('0' + n.value / 100);
    to[1] = static_cast<char>('0' + n.value / 10 % 10);
    to[2] = static_cast<char>('0' + n.value % 10);
    return to + 3;
}
inline wire::sink& operator<<(wire::sink& out, three_digits n) noexcept {
    std::array<char, 3> text;
    put(text.data(), n);
    return out << std::string_view(text.data(), text.size());
}

struct range_text {
    byte_range const& range;
};
[[nodiscard]] constexpr std::size_t room_of(range_text const&) noexcept { return 3 * 20 + 2; }
MSRPKIT_ALWAYS_INLINE char* put(char* to, range_text const& r) noexcept {
    to = wire::put(to, r.range.start);
    to = wire::put(to, '-');
    to = r.range.end ? wire::put(to, *r.range.end) : wire::put(to, '*');
    to = wire::put(to, '/');
    return r.range.total ? wire::put(to, *r.range.total) : wire::put(to, '*');
}
inline wire::sink& operator<<(wire::sink& out, range_text const& r) noexcept {
    return out << r.range;
}

/// As the grammar has it, whatever was read: exactly one SP between the URIs (FRM-9-3), brackets
/// around IPv6 addresses (URI-6-2).
struct path_text {
    path_view const& path;
    /// Calls `f(text)` for each piece of the text.
    template <class F>
    void for_each(F&& f) const {
        auto const one = [&](std::string_view text) {
            auto const host = path.is_plain() ? std::string_view{} : bare_ipv6(text);
            if (host.empty()) return f(text);
            auto const at = static_cast<std::size_t>(host.data() - text.data());
            f(text.substr(0, at));
            f("[");
            f(host);
            f("]");
            f(text.substr(at + host.size()));
        };
        std::string_view rest = path.text();
        for (auto end = rest.find(' '); end != std::string_view::npos; end = rest.find(' ')) {
            one(rest.substr(0, end));
            f(" ");
            rest.remove_prefix(rest.find_first_not_of(' ', end));
        }
        one(rest);
    }
    /// The IPv6 address of a URI that only a leniency reads.
    [[nodiscard]] static std::string_view bare_ipv6(std::string_view text) noexcept {
        auto const u = read_uri(text, {.ipv6_without_brackets = true});
        return u && u->kind == host_kind::ipv6 && u->host.data()[-1] != '[' ? u->host
                                                                            : std::string_view{};
    }
};
[[nodiscard]] inline std::size_t room_of(path_text const& p) noexcept {
    return p.path.text().size() + (p.path.is_plain() ? 0 : 2 * p.path.size());
}
MSRPKIT_ALWAYS_INLINE char* put(char* to, path_text const& p) noexcept {
    if (p.path.size() == 1 && p.path.is_plain()) return wire::put(to, p.path.text());
    p.for_each([&to](std::string_view text) { to = wire::put(to, text); });
    return to;
}
inline wire::sink& operator<<(wire::sink& out, path_text const& p) noexcept {
    p.for_each([&out](std::string_view text) { out << text; });
    return out;
}

/// A known field's name and ": ".
template <field Id>
struct name_text {
    static constexpr auto text = [] {
        constexpr auto name = canonical_name(Id);
        std::array<char, name.size() + 2> all{};
        std::copy(name.begin(), name.end(), all.begin());
        all[name.size()] = ':';
        all[name.size() + 1] = ' ';
        return all;
    }();
};
template <field Id>
[[nodiscard]] constexpr std::size_t room_of(name_text<Id> name) noexcept {
    return name.text.size();
}
template <field Id>
MSRPKIT_ALWAYS_INLINE char* put(char* to, name_text<Id> name) noexcept {
    std::memcpy(to, name.text.data(), name.text.size());
    return to + name.text.size();
}
template <field Id>
wire::sink& operator<<(wire::sink& out, name_text<Id> name) noexcept {
    return out << std::string_view(name.text.data(), name.text.size());
}

/// "no", "yes" or "partial".
struct report_text {
    report_value value;
};
[[nodiscard]] constexpr std::size_t room_of(report_text) noexcept { return 8; }
MSRPKIT_ALWAYS_INLINE char* put(char* to, report_text r) noexcept {
    static constexpr char words[][8] = {"no", "yes", "partial"};
    static constexpr std::uint8_t sizes[] = {2, 3, 7};
    auto const i = std::min<std::size_t>(static_cast<std::size_t>(r.value), 2);
    std::memcpy(to, words[i], sizeof words[i]);
    return to + sizes[i];
}
inline wire::sink& operator<<(wire::sink& out, report_text r) noexcept {
    std::array<char, 8> word;
    char* const end = put(word.data(), r);
    return out << std::string_view(word.data(), static_cast<std::size_t>(end - word.data()));
}

/// Whether a value is `token "/" token`: what most media types are.
[[nodiscard]] inline bool is_plain_media_type(std::string_view value) noexcept {
    static constexpr auto weights = [] {
        std::array<std::uint8_t, 256> w{};
        for (unsigned c = 0; c < 256; ++c) w[c] = token_char.contains(static_cast<char>(c)) ? 0 : 2;
        w[static_cast<unsigned char>('/')] = 1;
        return w;
    }();
    if (value.empty() || value.front() == '/' || value.back() == '/') return false;
    std::size_t sum = 0;  // 1 with one slash and else nothing but token octets
    for (char const c : value) sum += weights[static_cast<unsigned char>(c)];
    return sum == 1;
}

/// Where a password begins in the userinfo of a path's URIs: its ":"; `npos` where there is none.
[[nodiscard]] MSRPKIT_COLD inline std::size_t find_password(std::string_view path) noexcept {
    // "@" stands nowhere else in a URI, "/" not in userinfo.
    for (auto at = path.find('@'); at != std::string_view::npos; at = path.find('@', at + 1)) {
        auto const colon = path.find(':', path.rfind('/', at) + 1);
        if (colon < at) return colon;
    }
    return std::string_view::npos;
}

[[nodiscard]] constexpr std::uint32_t field_bit(field id) noexcept {
    return 1U << static_cast<unsigned>(id);
}
/// The fields that a method forbids (RPT-7.1.2-1, CHAT-7.1-1).
[[nodiscard]] constexpr std::uint32_t forbidden_in(method m) noexcept {
    return m == method::REPORT || m == method::NICKNAME
               ? field_bit(field::success_report) | field_bit(field::failure_report)
               : 0;
}

/// Octets of a chunk that need not be interruptible (CHK-5.1-1).
inline constexpr std::uint64_t uninterruptible_max = 2048;

/// Whether a SEND may say so: a sensible range that has no end where its octets, more than 2,048,
/// have to be interruptible (CHK-5.1-1).
[[nodiscard]] constexpr bool is_sendable(byte_range const& r) noexcept {
    return is_sensible(r) && (!r.end || *r.end - (r.start - 1) <= uninterruptible_max);
}
/// Whether a body of `size` octets is what a sensible range says of it (CHK-7.1.1-3).
[[nodiscard]] constexpr bool fits(byte_range const& r, std::uint64_t size) noexcept {
    constexpr auto top = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t const before = r.start - 1;
    return r.end ? *r.end - before == size : size <= r.total.value_or(top) - before;
}
/// What a SEND without a body says (CHK-7.1.1-4): `1-0` or `1-*`.
[[nodiscard]] constexpr bool is_of_nothing(byte_range const& r) noexcept {
    return r.start == 1 && r.end.value_or(0) == 0;
}

}  // namespace detail

/// Octets of body that a request other than SEND may have (FRM-7.1-9).
inline constexpr std::size_t non_send_body_max = 10240;

/// The end-line of a chunk, held inside the object. What goes out is three pieces: the head, the
/// body where the caller has it, this.
class end_line {
   public:
    /// @param transaction_id a valid `ident`; `view` is empty where it is none, or where `flag` is
    ///        none that a message of this kind may have: nothing that RFC 4975 does not allow goes
    ///        out (T8, FRM-7.1-6, FRM-7.1-9).
    /// @param after_body writes the CRLF that parts the body from the end-line (FRM-7.1-5).
    /// @param of what ends. Left out it is a SEND: nothing then stops a `+` behind another request,
    ///        or a `+` or `#` behind a response. A request begun with `head_writer` is ended by its
    ///        `end_of_body`, which knows.
    end_line(std::string_view transaction_id, continuation_flag flag, bool after_body,
             method of = method::SEND) noexcept {
        if (!may_end(of, flag) || !read_ident(transaction_id)) return;
        wire::sink out(text_);
        if (after_body) out << "\r\n";
        out << "-------" << transaction_id << static_cast<char>(flag) << "\r\n";
        size_ = out.view().size();
    }
    /// Lives as long as this object.
    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

    /// Whether a message may end with `flag`: a SEND with any of the three, another request not
    /// with `+` (FRM-7.1-9), a response (`method::none`) only with `$` (FRM-7.1-6).
    [[nodiscard]] static constexpr bool may_end(method of, continuation_flag flag) noexcept {
        switch (flag) {
            case continuation_flag::complete: return true;
            case continuation_flag::more: return of == method::SEND;
            case continuation_flag::aborted: return of != method::none;
        }
        return false;
    }

   private:
    std::array<char, 2 + 7 + ident_max + 1 + 2> text_{};
    std::size_t size_ = 0;
};

/// Who made a message that `head_writer` writes.
enum class head_origin : std::uint8_t {
    own,
    /// Another element did, this one passes it on, as a relay does: what only the maker of a
    /// message answers for is written as it came.
    forwarded,
};

/// Writes start line and header fields into memory of the caller's, in the order that RFC 4975, 7.1
/// demands (FRM-7.1-2): start line, To-Path, From-Path, other fields, MIME fields, Content-Type
/// last. Every value is checked before it is written (T8): nothing but what the grammar allows goes
/// out, so what is written reads back as the same values, by a reader whose `msrp::limits` it does
/// not pass: those are the peer's business and not checked here. After a refusal nothing more is
/// written and every later call gives the same failure. Linear; allocates nothing.
///
/// A known field stands once, however it is given (HDR-9-1, T10); only WWW-Authenticate may stand
/// several times, one challenge each.
///
/// What a method demands is known at the end, what it forbids at once. A SEND has Message-ID; it
/// may do without Byte-Range, as the first chunk of a message does (CHK-7.1.1-2), but says only
/// what is so: `*` as range-end for more than 2,048 octets (CHK-5.1-1), 1-0 or 1-* without a body
/// (CHK-7.1.1-4), the octets that `finish_with_body` is told of (CHK-7.1.1-3). A REPORT has
/// Message-ID and Status, no Success-Report and no Failure-Report (RPT-7.1.2-1); without Byte-Range
/// it is about the whole message. A NICKNAME has Use-Nickname and no report fields either
/// (CHAT-7.1-1). No request but SEND ends with "+" or has a body of more than 10,240 octets
/// (FRM-7.1-9). No URI of a path has a password in its userinfo (URI-6-4). Unknown methods and
/// header fields are written as given (HDR-12-1).
///
/// Failures: `illegal_octet` with the offset in the value and its field; `bad_*` and
/// `number_too_large` for a value that its field's grammar does not allow; `illegal_octet` at the
/// ":" of a password; `field_repeated`; `field_absent` and `field_misplaced` for what the method
/// demands or forbids; `body_too_long`; `bad_mime_field` for Content-Transfer-Encoding
/// (CHK-7.1.1-9); `buffer_full` where the memory is too small; `wrong_order`.
class head_writer {
   public:
    /// @param origin `forwarded` asks for no field and forbids none (not even
    ///        Content-Transfer-Encoding), takes passwords, and a Byte-Range that does not fit the
    ///        body or its absence. What relays have to obey too holds as ever: no range-end above
    ///        2,048 octets, flags, sizes, order, grammar.
    explicit head_writer(std::span<char> memory, head_origin origin = head_origin::own) noexcept
        : out_(memory), own_(origin == head_origin::own) {}

    /// `MSRP SP transact-id SP method`, To-Path, From-Path.
    wire::result<void> request(std::string_view transaction_id, std::string_view method,
                               path_view const& to, path_view const& from) noexcept {
        if (stage_ != stage::start) return misplaced("start-line");
        method_ = method_of(method);
        if (method_ != msrp::method::SEND) {
            auto const n = wire::upper_alpha.span(method);
            if (n == 0 || n != method.size()) return fail(error::illegal_octet, n, "method");
            if (own_) present_ = detail::forbidden_in(method_);
        }
        return begin(transaction_id, to, from, method);
    }

    /// `MSRP SP transact-id SP status-code [SP comment]`, To-Path, From-Path.
    /// @param comment written with its SP where not empty.
    wire::result<void> response(std::string_view transaction_id, std::uint16_t status,
                                std::string_view comment, path_view const& to,
                                path_view const& from) noexcept {
        if (stage_ != stage::start) return misplaced("start-line");
        if (status > 999) return fail(error::bad_status, 0, "status");
        auto const scan = wire::scan_utf8text(comment);
        if (!scan.whole) return fail(error::illegal_octet, scan.size, "comment");
        std::string_view const blank = comment.empty() ? "" : " ";
        return begin(transaction_id, to, from, detail::three_digits{status}, blank, comment);
    }

    /// Any field but To-Path and From-Path, which the start writes. A MIME field ("Content-...")
    /// may stand only behind all others, Content-Type only last. The value of a known field is
    /// checked as `check_field_value` does.
    wire::result<void> field(std::string_view name, std::string_view value) noexcept {
        if (stage_ == stage::refused) return refused();
        std::size_t const n =
            !name.empty() && wire::alpha.contains(name[0]) ? token_char.span(name) : 0;
        if (n == 0 || n != name.size()) return fail(error::illegal_octet, n, "header");
        // CHK-7.1.1-9: the transfer encoding is always binary.
        if (own_ && wire::iequals(name, "Content-Transfer-Encoding"))
            return fail(error::bad_mime_field, 0, "header");
        return text_field(field_of(name), name, value);
    }

    wire::result<void> message_id(std::string_view id) noexcept {
        if (!is_ident(id)) [[unlikely]]
            return fail(error::bad_ident, read_ident(id).error().offset, "Message-ID");
        return typed<msrp::field::message_id>(id);
    }
    /// A range that no chunk can have is refused, and in a SEND more than 2,048 octets with an end
    /// (CHK-5.1-1).
    wire::result<void> byte_range(msrp::byte_range const& range) noexcept {
        if (!may_say(range)) return fail(error::bad_byte_range, 0, "Byte-Range");
        return typed<msrp::field::byte_range>(detail::range_text{range});
    }
    MSRPKIT_ALWAYS_INLINE wire::result<void> success_report(report_value value) noexcept {
        if (value == report_value::partial)
            return fail(error::bad_report_value, 0, "Success-Report");
        return typed<msrp::field::success_report>(detail::report_text{value});
    }
    MSRPKIT_ALWAYS_INLINE wire::result<void> failure_report(report_value value) noexcept {
        return typed<msrp::field::failure_report>(detail::report_text{value});
    }
    wire::result<void> status(report_status const& status) noexcept {
        if (status.name_space > 999 || status.code > 999)
            return fail(error::bad_status, 0, "Status");
        auto const comment = status.comment.value_or(std::string_view{});
        auto const scan = wire::scan_utf8text(comment);
        if (!scan.whole) return fail(error::illegal_octet, scan.size, "Status");
        std::string_view const blank = status.comment ? " " : "";
        return typed<msrp::field::status>(detail::three_digits{status.name_space}, ' ',
                                          detail::three_digits{status.code}, blank, comment);
    }
    wire::result<void> use_path(path_view const& list) noexcept {
        if (has_password(list, "Use-Path")) return refused();
        return typed<msrp::field::use_path>(detail::path_text{list});
    }
    /// Seconds (RLY-4.6-1), as the next two.
    wire::result<void> expires(std::uint64_t seconds) noexcept {
        return typed<msrp::field::expires>(seconds);
    }
    wire::result<void> min_expires(std::uint64_t seconds) noexcept {
        return typed<msrp::field::min_expires>(seconds);
    }
    wire::result<void> max_expires(std::uint64_t seconds) noexcept {
        return typed<msrp::field::max_expires>(seconds);
    }
    /// @param plain the nickname meant, 1023 octets at most: quotes and escapes are added
    ///        (CHAT-7.1-1). An empty one removes the nickname (CHAT-7.3-1).
    wire::result<void> use_nickname(std::string_view plain) noexcept {
        auto const scan = wire::scan_utf8text(plain);
        if (plain.size() > detail::nickname_max && scan.size >= detail::nickname_max)
            return fail(error::bad_nickname, detail::nickname_max, "Use-Nickname");
        if (!scan.whole) return fail(error::illegal_octet, scan.size, "Use-Nickname");
        if (!place(msrp::field::use_nickname, "Use-Nickname")) return refused();
        out_ << "Use-Nickname: ";
        static_cast<void>(write_quoted(out_, plain));
        return written(out_.append("\r\n"));
    }
    /// The media type as it shall stand, parameters included.
    MSRPKIT_ALWAYS_INLINE wire::result<void> content_type(std::string_view media_type) noexcept {
        if (detail::is_plain_media_type(media_type))
            return typed<msrp::field::content_type>(media_type);
        return text_field(msrp::field::content_type, "Content-Type", media_type);
    }

    /// Writes the empty line. Only behind Content-Type, in a SEND (FRM-7.1-3) whose size is not
    /// known yet: that the body is what Byte-Range says, and that more than 2,048 octets have one
    /// with "*", is left to the caller. Another request needs a size: `wrong_order` at "body".
    /// @return the head: next come the body's octets, then `end_of_body`.
    wire::result<std::string_view> finish_with_body() noexcept {
        if (stage_ != stage::content_type || method_ == method::none)
            return misplaced("Content-Type");
        if (method_ != method::SEND) return misplaced("body");
        return finish("\r\n");
    }
    /// The same in any request, not in a response (FRM-9-1).
    /// @param body_size octets of the body. In a SEND as many as Byte-Range says (CHK-7.1.1-3), and
    ///        above 2,048 only with a Byte-Range (CHK-5.1-1), else `bad_byte_range`; not asked of
    ///        what is forwarded. In another request 10,240 at most, else `body_too_long`
    ///        (FRM-7.1-9).
    wire::result<std::string_view> finish_with_body(std::uint64_t body_size) noexcept {
        if (stage_ != stage::content_type || method_ == method::none)
            return misplaced("Content-Type");
        if (method_ != method::SEND) {
            if (body_size > non_send_body_max)
                return fail(error::body_too_long, non_send_body_max, "body");
        } else if (own_ && !may_have(body_size)) {
            return fail(error::bad_byte_range, 0, "Byte-Range");
        }
        return finish("\r\n");
    }
    /// The end-line behind the body whose head this wrote (FRM-7.1-5). It may be asked for again,
    /// as long as it is given: a flag that is refused makes the writer refuse for good.
    /// @param flag `$`, `#`; `+` only in a SEND (FRM-7.1-9), else `wrong_order`.
    /// @return by value; to be called while the memory still holds the head.
    [[nodiscard]] wire::result<end_line> end_of_body(continuation_flag flag) noexcept {
        if (stage_ != stage::finished || !has_body_ || !end_line::may_end(method_, flag))
            return misplaced("end-line");
        return end_line(transaction_id(), flag, true, method_);
    }
    /// Writes the end-line: the whole message. Not behind a MIME field (FRM-7.1-3); a response's
    /// flag is always `$` (FRM-7.1-6), that of a request other than SEND never `+` (FRM-7.1-9).
    wire::result<std::string_view> finish_without_body(
        continuation_flag flag = continuation_flag::complete) noexcept {
        if (stage_ != stage::fields || !end_line::may_end(method_, flag))
            return misplaced("end-line");
        if (own_ && !detail::is_of_nothing(range_))
            return fail(error::bad_byte_range, 0, "Byte-Range");
        // The id is read where it was written.
        return finish("-------", transaction_id(), static_cast<char>(flag), "\r\n");
    }

    /// The first thing refused; `failure{}` while all is well.
    [[nodiscard]] wire::failure error_state() const noexcept { return refusal_.error(); }
    /// Octets that everything so far wants, also past the memory's end.
    [[nodiscard]] std::size_t needed() const noexcept { return out_.needed(); }

   private:
    enum class stage : std::uint8_t { start, fields, mime, content_type, finished, refused };

    static constexpr std::string_view start_line_front = "MSRP ";

    /// Keeps the first failure.
    MSRPKIT_COLD wire::failure fail(wire::failure const& why) noexcept {
        if (stage_ != stage::refused) refusal_ = why;
        stage_ = stage::refused;
        return refusal_.error();
    }
    MSRPKIT_COLD wire::failure fail(error e, std::uint64_t at, std::string_view name) noexcept {
        return fail({make_error_code(e), at, name});
    }
    MSRPKIT_COLD wire::failure refused() const noexcept { return refusal_.error(); }
    MSRPKIT_COLD wire::failure misplaced(std::string_view name) noexcept {
        return fail(error::wrong_order, 0, name);
    }
    MSRPKIT_COLD wire::failure full() noexcept {
        return fail(error::buffer_full, out_.needed(), {});
    }
    [[nodiscard]] std::string_view transaction_id() const noexcept {
        return out_.view().substr(start_line_front.size(), transaction_id_size_);
    }
    /// A field that stands already, or that the method forbids.
    MSRPKIT_COLD void one_too_many(msrp::field id, std::string_view label) noexcept {
        bool const never = own_ && (detail::forbidden_in(method_) & detail::field_bit(id)) != 0;
        fail(never ? error::field_misplaced : error::field_repeated, 0, label);
    }
    /// A field that the method demands and that is not there.
    MSRPKIT_COLD std::string_view lacking() const noexcept {
        bool const is_report = method_ == method::REPORT;
        if (!own_) return {};
        if ((method_ == method::SEND || is_report) && !has(msrp::field::message_id))
            return "Message-ID";
        if (is_report && !has(msrp::field::status)) return "Status";
        if (method_ == method::NICKNAME && !has(msrp::field::use_nickname)) return "Use-Nickname";
        return {};
    }
    [[nodiscard]] bool has(msrp::field id) const noexcept {
        return (present_ & detail::field_bit(id)) != 0;
    }
    /// Whether a SEND of our own may have a body of that size, by its Byte-Range.
    [[nodiscard]] bool may_have(std::uint64_t body_size) const noexcept {
        return detail::fits(range_, body_size) &&
               (body_size <= detail::uninterruptible_max || has(msrp::field::byte_range));
    }
    /// Whether this message may say so of its octets.
    MSRPKIT_ALWAYS_INLINE bool may_say(msrp::byte_range const& range) noexcept {
        if (method_ != method::SEND) return is_sensible(range);
        range_ = range;
        return detail::is_sendable(range);
    }
    /// URI-6-4
    bool has_password(std::string_view uris, std::string_view label) noexcept {
        auto const at = own_ ? detail::find_password(uris) : std::string_view::npos;
        if (at == std::string_view::npos) return false;
        fail(error::illegal_octet, at, label);
        return true;
    }
    bool has_password(path_view const& list, std::string_view label) noexcept {
        return !list.is_plain() && has_password(list.text(), label);
    }
    template <class... Pieces>
    MSRPKIT_ALWAYS_INLINE wire::result<std::string_view> finish(Pieces const&... pieces) noexcept {
        if (method_ != method::SEND || !has(msrp::field::message_id)) [[unlikely]]
            if (auto const name = lacking(); !name.empty())
                return fail(error::field_absent, 0, name);
        has_body_ = stage_ == stage::content_type;
        stage_ = stage::finished;
        if (!out_.append(pieces...)) [[unlikely]]
            return full();
        return out_.view();
    }
    MSRPKIT_ALWAYS_INLINE wire::result<void> written(bool all) noexcept {
        if (!all) [[unlikely]]
            return full();
        return {};
    }
    /// Whether a field may stand here; then it does.
    MSRPKIT_ALWAYS_INLINE bool place(msrp::field id, std::string_view label) noexcept {
        bool const is_path = id == msrp::field::to_path || id == msrp::field::from_path;
        stage const wanted = id == msrp::field::content_type ? stage::content_type
                             : is_mime(id)                   ? stage::mime
                                                             : stage::fields;
        if (is_path || stage_ < stage::fields || stage_ > wanted || stage_ >= stage::content_type) {
            static_cast<void>(misplaced(label));
            return false;
        }
        // A challenge may be one of several (RFC 4976); all else would be read as a contradiction.
        if (static_cast<std::size_t>(id) < known_fields && id != msrp::field::www_authenticate) {
            if ((present_ & detail::field_bit(id)) != 0) {
                one_too_many(id, label);
                return false;
            }
            present_ |= detail::field_bit(id);
        }
        stage_ = wanted;
        return true;
    }
    /// A field whose name is checked already, but not its value.
    wire::result<void> text_field(msrp::field id, std::string_view name,
                                  std::string_view value) noexcept {
        auto const label = canonical_name(id).empty() ? "header" : canonical_name(id);
        if (!place(id, label)) return refused();
        if (auto const ok = check_field_value(id, value); !ok) {
            // What no field may hold is called so, also where it ends a value too early.
            auto const scan = wire::scan_utf8text(value);
            if (!scan.whole && scan.size <= ok.error().offset)
                return fail(error::illegal_octet, scan.size, label);
            return fail(ok.error());
        }
        if (id == msrp::field::use_path && has_password(value, label)) return refused();
        if (id == msrp::field::byte_range && !may_say(*read_byte_range(value)))
            return fail(error::bad_byte_range, 0, label);
        return written(out_.append(name, ": ", value, "\r\n"));
    }
    /// A known field whose value is checked already.
    template <msrp::field Id, class... Value>
    MSRPKIT_ALWAYS_INLINE wire::result<void> typed(Value const&... value) noexcept {
        if (!place(Id, canonical_name(Id))) return refused();
        return written(out_.append(detail::name_text<Id>{}, value..., "\r\n"));
    }
    template <class... Rest>
    MSRPKIT_ALWAYS_INLINE wire::result<void> begin(std::string_view id, path_view const& to,
                                                   path_view const& from,
                                                   Rest const&... rest) noexcept {
        if (!is_ident(id)) [[unlikely]]
            return fail(error::bad_transaction_id, read_ident(id).error().offset, "start-line");
        if (to.size() == 1 && from.size() == 1 && to.is_plain() && from.is_plain()) [[likely]]
            return start(id, to.text(), from.text(), rest...);
        return start_slowly(id, to, from, rest...);
    }
    template <class Path, class... Rest>
    MSRPKIT_ALWAYS_INLINE wire::result<void> start(std::string_view id, Path const& to,
                                                   Path const& from, Rest const&... rest) noexcept {
        transaction_id_size_ = id.size();
        stage_ = stage::fields;
        return written(out_.append(start_line_front, id, ' ', rest..., "\r\nTo-Path: ", to,
                                   "\r\nFrom-Path: ", from, "\r\n"));
    }
    /// Paths of several URIs, or with something to look at.
    template <class... Rest>
    wire::result<void> start_slowly(std::string_view id, path_view const& to, path_view const& from,
                                    Rest const&... rest) noexcept {
        if (has_password(to, "To-Path") || has_password(from, "From-Path")) return refused();
        return start(id, detail::path_text{to}, detail::path_text{from}, rest...);
    }

    wire::sink out_;
    wire::result<void> refusal_{};
    stage stage_ = stage::start;
    bool own_;
    bool has_body_ = false;
    method method_ = method::none;
    msrp::byte_range range_{};   ///< of a SEND: its Byte-Range, where it has one
    std::uint32_t present_ = 0;  ///< bit by `field`; those that may not come count
    std::size_t transaction_id_size_ = 0;
};

}  // namespace msrp::inline v0
