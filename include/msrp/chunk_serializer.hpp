// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk_serializer.hpp - write the head and the end-line of a chunk; the body is never copied.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
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

/// The end-line of a chunk, held inside the object. What goes out is three pieces: the head, the
/// body where the caller has it, this.
class end_line {
   public:
    /// @param transaction_id a valid `ident` (cut at 32 octets).
    /// @param after_body writes the CRLF that parts the body from the end-line (FRM-7.1-5).
    end_line(std::string_view transaction_id, continuation_flag flag, bool after_body) noexcept {
        wire::sink out(text_);
        if (after_body) out << "\r\n";
        out << "-------" << transaction_id.substr(0, ident_max) << static_cast<char>(flag)
            << "\r\n";
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
                               path_view to, path_view from) noexcept {
        if (!expect(stage::start)) return failure_;
        if (method.empty() || wire::upper_alpha.span(method) != method.size())
            return fail(error::illegal_octet, wire::upper_alpha.span(method), "method");
        return begin(transaction_id, to, from, [&] { out_ << method; });
    }

    /// `MSRP SP transact-id SP status-code [SP comment]`, To-Path, From-Path.
    /// @param comment written with its SP where not empty.
    wire::result<void> response(std::string_view transaction_id, std::uint16_t status,
                                std::string_view comment, path_view to, path_view from) noexcept {
        if (!expect(stage::start)) return failure_;
        if (status > 999) return fail(error::bad_status, 0, "status");
        auto const scan = wire::scan_utf8text(comment);
        if (!scan.whole) return fail(error::illegal_octet, scan.size, "comment");
        is_response_ = true;
        return begin(transaction_id, to, from, [&] {
            three_digits(status);
            if (!comment.empty()) out_ << ' ' << comment;
        });
    }

    /// Any field but To-Path and From-Path, which the start writes. A MIME field ("Content-...")
    /// may stand only behind all others, Content-Type only last. The value of a known field is
    /// checked as `check_field_value` does.
    wire::result<void> field(std::string_view name, std::string_view value) noexcept {
        if (failure_.code) return failure_;
        std::size_t const n =
            !name.empty() && wire::alpha.contains(name[0]) ? token_char.span(name) : 0;
        if (n == 0 || n != name.size()) return fail(error::illegal_octet, n, "header");
        // CHK-7.1.1-9: the transfer encoding is always binary.
        if (wire::iequals(name, "Content-Transfer-Encoding"))
            return fail(error::bad_mime_field, 0, "header");
        return text_field(field_of(name), name, value);
    }

    wire::result<void> message_id(std::string_view id) noexcept {
        if (auto const ok = read_ident(id); !ok)
            return fail(error::bad_ident, ok.error().offset, "Message-ID");
        return typed(msrp::field::message_id, [&] { out_ << id; });
    }
    /// A range that no chunk can have is refused.
    wire::result<void> byte_range(msrp::byte_range const& range) noexcept {
        if (!is_sensible(range)) return fail(error::bad_byte_range, 0, "Byte-Range");
        return typed(msrp::field::byte_range, [&] { out_ << range; });
    }
    wire::result<void> success_report(report_value value) noexcept {
        if (value == report_value::partial)
            return fail(error::bad_report_value, 0, "Success-Report");
        return typed(msrp::field::success_report, [&] { out_ << text_of(value); });
    }
    wire::result<void> failure_report(report_value value) noexcept {
        return typed(msrp::field::failure_report, [&] { out_ << text_of(value); });
    }
    wire::result<void> status(report_status const& status) noexcept {
        if (status.name_space > 999 || status.code > 999)
            return fail(error::bad_status, 0, "Status");
        auto const comment = status.comment.value_or(std::string_view{});
        auto const scan = wire::scan_utf8text(comment);
        if (!scan.whole) return fail(error::illegal_octet, scan.size, "Status");
        return typed(msrp::field::status, [&] {
            three_digits(status.name_space);
            out_ << ' ';
            three_digits(status.code);
            if (status.comment) out_ << ' ' << comment;
        });
    }
    wire::result<void> use_path(path_view list) noexcept {
        return typed(msrp::field::use_path, [&] { uris(list); });
    }
    /// Seconds (RLY-4.6-1), as the next two.
    wire::result<void> expires(std::uint64_t seconds) noexcept {
        return typed(msrp::field::expires, [&] { out_ << seconds; });
    }
    wire::result<void> min_expires(std::uint64_t seconds) noexcept {
        return typed(msrp::field::min_expires, [&] { out_ << seconds; });
    }
    wire::result<void> max_expires(std::uint64_t seconds) noexcept {
        return typed(msrp::field::max_expires, [&] { out_ << seconds; });
    }
    /// @param plain the nickname meant, 1023 octets at most: quotes and escapes are added
    ///        (CHAT-7.1-1). An empty one removes the nickname (CHAT-7.3-1).
    wire::result<void> use_nickname(std::string_view plain) noexcept {
        auto const scan = wire::scan_utf8text(plain);
        if (plain.size() > detail::nickname_max && scan.size >= detail::nickname_max)
            return fail(error::bad_nickname, detail::nickname_max, "Use-Nickname");
        if (!scan.whole) return fail(error::illegal_octet, scan.size, "Use-Nickname");
        return typed(msrp::field::use_nickname,
                     [&] { static_cast<void>(write_quoted(out_, plain)); });
    }
    /// The media type as it shall stand, parameters included.
    wire::result<void> content_type(std::string_view media_type) noexcept {
        return text_field(msrp::field::content_type, "Content-Type", media_type);
    }

    /// Writes the empty line. Only behind Content-Type; never in a response (FRM-7.1-3, FRM-9-1).
    /// @return the head: next come the body's octets, then `end_line{..., after_body = true}`.
    wire::result<std::string_view> finish_with_body() noexcept {
        if (failure_.code) return failure_;
        if (stage_ != stage::content_type || is_response_)
            return fail(error::wrong_order, 0, "Content-Type");
        stage_ = stage::finished;
        out_ << "\r\n";
        return text();
    }
    /// Writes the end-line: the whole message. Not behind a MIME field (FRM-7.1-3); a response's
    /// flag is always `$` (FRM-7.1-6).
    wire::result<std::string_view> finish_without_body(
        continuation_flag flag = continuation_flag::complete) noexcept {
        if (failure_.code) return failure_;
        if (stage_ != stage::fields || (is_response_ && flag != continuation_flag::complete))
            return fail(error::wrong_order, 0, "end-line");
        stage_ = stage::finished;
        out_ << end_line(transaction_id_text(), flag, false).view();
        return text();
    }

    /// The first thing refused; `failure{}` while all is well.
    [[nodiscard]] wire::failure const& error_state() const noexcept { return failure_; }
    /// Octets that everything so far wants, also past the memory's end.
    [[nodiscard]] std::size_t needed() const noexcept { return out_.needed(); }

   private:
    enum class stage : std::uint8_t { start, fields, mime, content_type, finished };

    static std::string_view text_of(report_value v) noexcept {
        return v == report_value::yes ? "yes" : v == report_value::no ? "no" : "partial";
    }
    [[nodiscard]] std::string_view transaction_id_text() const noexcept {
        return {transaction_id_.data(), transaction_id_size_};
    }
    wire::failure fail(error e, std::uint64_t at, std::string_view name) noexcept {
        if (!failure_.code) failure_ = {make_error_code(e), at, name};
        return failure_;
    }
    bool expect(stage s) noexcept {
        if (!failure_.code && stage_ != s)
            static_cast<void>(fail(error::wrong_order, 0, "start-line"));
        return !failure_.code;
    }
    wire::result<void> done() noexcept {
        if (out_.overflowed()) return fail(error::buffer_full, out_.needed(), {});
        return {};
    }
    wire::result<std::string_view> text() noexcept {
        if (out_.overflowed()) return fail(error::buffer_full, out_.needed(), {});
        return out_.view();
    }
    void three_digits(std::uint16_t value) noexcept {
        out_ << static_cast<char>('0' + value / 100) << static_cast<char>('0' + value / 10 % 10)
             << static_cast<char>('0' + value % 10);
    }
    template <class Value>
    void line(std::string_view name, Value&& value) noexcept {
        out_ << name << ": ";
        value();
        out_ << "\r\n";
    }
    /// Whether a field may stand here; then it does.
    bool place(msrp::field id, std::string_view label) noexcept {
        if (failure_.code) return false;
        bool const is_path = id == msrp::field::to_path || id == msrp::field::from_path;
        stage const wanted = id == msrp::field::content_type ? stage::content_type
                             : is_mime(id)                   ? stage::mime
                                                             : stage::fields;
        if (is_path || stage_ < stage::fields || stage_ > wanted || stage_ == stage::content_type) {
            static_cast<void>(fail(error::wrong_order, 0, label));
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
        if (!place(id, label)) return failure_;
        if (auto const ok = check_field_value(id, value); !ok) {
            // What no field may hold is called so, also where it ends a value too early.
            auto const scan = wire::scan_utf8text(value);
            if (!scan.whole && scan.size <= ok.error().offset)
                return fail(error::illegal_octet, scan.size, label);
            failure_ = ok.error();
            return failure_;
        }
        line(name, [&] { out_ << value; });
        return done();
    }
    /// A known field outside MIME whose value is checked already.
    template <class Value>
    wire::result<void> typed(msrp::field id, Value&& value) noexcept {
        auto const name = canonical_name(id);
        if (!place(id, name)) return failure_;
        line(name, value);
        return done();
    }
    template <class Rest>
    wire::result<void> begin(std::string_view id, path_view to, path_view from,
                             Rest&& rest) noexcept {
        if (auto const ok = read_ident(id); !ok)
            return fail(error::bad_transaction_id, ok.error().offset, "start-line");
        std::memcpy(transaction_id_.data(), id.data(), id.size());
        transaction_id_size_ = id.size();
        out_ << "MSRP " << id << ' ';
        rest();
        out_ << "\r\n";
        line("To-Path", [&] { uris(to); });
        line("From-Path", [&] { uris(from); });
        stage_ = stage::fields;
        return done();
    }
    /// Exactly one SP between the URIs, whatever was read (FRM-9-3).
    void uris(path_view list) noexcept {
        bool first = true;
        for (uri const& one : list) {
            if (!first) out_ << ' ';
            first = false;
            out_ << one.text;
        }
    }

    wire::sink out_;
    wire::failure failure_{};
    stage stage_ = stage::start;
    bool is_response_ = false;
    std::uint32_t present_ = 0;  ///< bit by `field`
    std::size_t transaction_id_size_ = 0;
    std::array<char, ident_max> transaction_id_{};
};

}  // namespace msrp::inline v0
