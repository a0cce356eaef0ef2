// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk_serializer.hpp - write the head and the end-line of a chunk; the body is never copied.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
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

/// Exactly one SP between the URIs, whatever was read (FRM-9-3).
struct path_text {
    path_view const& path;
    /// Calls `f(text)` for each URI, its SP included.
    template <class F>
    void for_each(F&& f) const {
        std::string_view rest = path.text();
        for (auto end = rest.find(' '); end != std::string_view::npos; end = rest.find(' ')) {
            f(rest.substr(0, end + 1));
            rest.remove_prefix(rest.find_first_not_of(' ', end));
        }
        f(rest);
    }
};
[[nodiscard]] inline std::size_t room_of(path_text const& p) noexcept {
    return p.path.text().size();
}
MSRPKIT_ALWAYS_INLINE char* put(char* to, path_text const& p) noexcept {
    if (p.path.size() == 1) return wire::put(to, p.path.text());
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

}  // namespace detail

/// The end-line of a chunk, held inside the object. What goes out is three pieces: the head, the
/// body where the caller has it, this.
class end_line {
   public:
    /// @param transaction_id a valid `ident`; `view` is empty where it is none, or where `flag` is
    ///        none of the three: nothing that the grammar does not allow goes out (T8).
    /// @param after_body writes the CRLF that parts the body from the end-line (FRM-7.1-5).
    end_line(std::string_view transaction_id, continuation_flag flag, bool after_body) noexcept {
        bool const is_flag = flag == continuation_flag::complete ||
                             flag == continuation_flag::more || flag == continuation_flag::aborted;
        if (!is_flag || !read_ident(transaction_id)) return;
        wire::sink out(text_);
        if (after_body) out << "\r\n";
        out << "-------" << transaction_id << static_cast<char>(flag) << "\r\n";
        size_ = out.view().size();
    }
    /// Lives as long as this object.
    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

   private:
    std::array<char, 2 + 7 + ident_max + 1 + 2> text_{};
    std::size_t size_ = 0;
};

/// Writes start line and header fields into memory of the caller's, in the order that RFC 4975, 7.1
/// demands (FRM-7.1-2): start line, To-Path, From-Path, other fields, MIME fields, Content-Type
/// last. Every value is checked before it is written (T8): nothing but what the grammar allows goes
/// out, so what is written reads back as the same values. After a refusal nothing more is written
/// and every later call gives the same failure. Linear; allocates nothing.
///
/// A known field stands once, however it is given (HDR-9-1, T10); only WWW-Authenticate may stand
/// several times, one challenge each.
///
/// Failures: `illegal_octet` with the offset in the value and its field; `bad_*` and
/// `number_too_large` for a value that its field's grammar does not allow; `field_repeated`;
/// `bad_mime_field` for Content-Transfer-Encoding (CHK-7.1.1-9); `buffer_full` where the memory is
/// too small; `wrong_order`.
class head_writer {
   public:
    explicit head_writer(std::span<char> memory) noexcept : out_(memory) {}

    /// `MSRP SP transact-id SP method`, To-Path, From-Path.
    wire::result<void> request(std::string_view transaction_id, std::string_view method,
                               path_view const& to, path_view const& from) noexcept {
        if (stage_ != stage::start) return misplaced("start-line");
        if (method != "SEND" && (method.empty() || wire::upper_alpha.span(method) != method.size()))
            return fail(error::illegal_octet, wire::upper_alpha.span(method), "method");
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
        is_response_ = true;
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
        if (wire::iequals(name, "Content-Transfer-Encoding"))
            return fail(error::bad_mime_field, 0, "header");
        return text_field(field_of(name), name, value);
    }

    wire::result<void> message_id(std::string_view id) noexcept {
        if (!is_ident(id)) [[unlikely]]
            return fail(error::bad_ident, read_ident(id).error().offset, "Message-ID");
        return typed<msrp::field::message_id>(id);
    }
    /// A range that no chunk can have is refused.
    wire::result<void> byte_range(msrp::byte_range const& range) noexcept {
        if (!is_sensible(range)) return fail(error::bad_byte_range, 0, "Byte-Range");
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

    /// Writes the empty line. Only behind Content-Type; never in a response (FRM-7.1-3, FRM-9-1).
    /// @return the head: next come the body's octets, then `end_line{..., after_body = true}`.
    wire::result<std::string_view> finish_with_body() noexcept {
        if (stage_ != stage::content_type || is_response_) return misplaced("Content-Type");
        stage_ = stage::finished;
        if (!out_.append("\r\n")) [[unlikely]]
            return full();
        return out_.view();
    }
    /// Writes the end-line: the whole message. Not behind a MIME field (FRM-7.1-3); a response's
    /// flag is always `$` (FRM-7.1-6).
    wire::result<std::string_view> finish_without_body(
        continuation_flag flag = continuation_flag::complete) noexcept {
        if (stage_ != stage::fields || (is_response_ && flag != continuation_flag::complete))
            return misplaced("end-line");
        stage_ = stage::finished;
        // The id is read where it was written.
        auto const id = out_.view().substr(start_line_front.size(), transaction_id_size_);
        if (!out_.append("-------", id, static_cast<char>(flag), "\r\n")) [[unlikely]]
            return full();
        return out_.view();
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
            std::uint32_t const bit = 1U << static_cast<unsigned>(id);
            if ((present_ & bit) != 0) {
                static_cast<void>(fail(error::field_repeated, 0, label));
                return false;
            }
            present_ |= bit;
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
        transaction_id_size_ = id.size();
        stage_ = stage::fields;
        return written(out_.append(start_line_front, id, ' ', rest...,
                                   "\r\nTo-Path: ", detail::path_text{to},
                                   "\r\nFrom-Path: ", detail::path_text{from}, "\r\n"));
    }

    wire::sink out_;
    wire::result<void> refusal_{};
    stage stage_ = stage::start;
    bool is_response_ = false;
    std::uint32_t present_ = 0;  ///< bit by `field`
    std::size_t transaction_id_size_ = 0;
};

}  // namespace msrp::inline v0
