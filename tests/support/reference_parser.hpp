// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// reference_parser.hpp - a second, naive parser of whole streams, to hold the real one against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <msrp/chunk_event.hpp>
#include <msrp/error.hpp>
#include <msrp/limits.hpp>
#include <msrp/uri.hpp>
#include <wire/result.hpp>

#include "support/chunk_log.hpp"

namespace support {

/// Reads a whole stream octet by octet, straight down RFC 4975, section 9 (with errata 1954 and
/// 1282, zero further header fields, UTF-8 of RFC 3629), and tells a listener what it finds.
/// It shares no code with the chunk parser; a single URI is left to `msrp::read_uri`, which has a
/// differential target of its own.
///
/// An error is at the first octet that no valid stream could have there. A limit is passed at the
/// first octet that is too many; where that octet is wrong by the grammar too, the limit is named.
///
/// Once the stream has stopped, `peek` says LF for ever and nothing more is told: no step has to
/// ask whether the one before went well, and every loop ends at the line's end.
template <class Listener>
class reference_parser {
   public:
    reference_parser(std::string_view stream, Listener& listener, msrp::limits const& limits = {},
                     msrp::leniency const& lenient = {})
        : stream_(stream), listener_(listener), limits_(limits), lenient_(lenient) {}

    void run() {
        while (!stopped_ && at_ != stream_.size()) message();
        listener_.stop(stopped_ ? how_ : msrp::stream_end::boundary, why_);
    }

   private:
    using code = msrp::error;

    // --- octets ---

    void stop(msrp::stream_end how, wire::failure const& why) {
        if (stopped_) return;
        stopped_ = true;
        how_ = how;
        why_ = why;
    }
    void fail(code c, std::string_view field) {
        stop(msrp::stream_end::error, {msrp::make_error_code(c), at_, field});
    }

    /// The octet here. Within a line, the octet that makes the line too long is the limit's error.
    char peek() {
        if (at_ >= stream_.size()) stop(msrp::stream_end::incomplete, {});
        if (stopped_) return '\n';
        char const c = stream_[at_];
        if (bounded_ && at_ - line_ >= bound_ && c != '\r' && c != '\n')
            fail(bound_code_, bound_field_);
        return stopped_ ? '\n' : c;
    }
    /// All from `from` up to here.
    std::string_view since(std::size_t from) const {
        return stopped_ ? std::string_view{} : stream_.substr(from, at_ - from);
    }
    void open_line(std::size_t most, code too_long, char const* field) {
        line_ = at_;
        bound_ = most;
        bound_code_ = too_long;
        bound_field_ = field;
        std::size_t const used = at_ - head_;
        std::size_t const room =
            limits_.max_header_block < used + 2 ? 0 : limits_.max_header_block - used - 2;
        if (room < bound_) {
            bound_ = room;
            bound_code_ = code::header_block_too_long;
        }
        bounded_ = true;
    }
    bool line_ends() {
        char const c = peek();
        return c == '\r' || c == '\n';
    }
    /// CRLF, where the line may end.
    void crlf(std::string_view field) {
        bounded_ = false;
        if (peek() != '\r') fail(code::bad_line_end, field);
        ++at_;
        if (peek() != '\n') fail(code::bad_line_end, field);
        ++at_;
    }

    // --- sets of octets, spelt out ---

    static bool upper(char c) { return c >= 'A' && c <= 'Z'; }
    static bool alpha(char c) { return upper(c) || (c >= 'a' && c <= 'z'); }
    static bool digit(char c) { return c >= '0' && c <= '9'; }
    static bool ident(char c) {
        return alpha(c) || digit(c) || c == '.' || c == '-' || c == '+' || c == '%' || c == '=';
    }
    static bool token(char c) {
        return c > ' ' && c < 0x7F &&
               std::string_view("\"(),/:;<=>?@[\\]").find(c) == std::string_view::npos;
    }
    static char lower(char c) { return upper(c) ? static_cast<char>(c + 32) : c; }
    static bool same(std::string_view a, std::string_view b) {
        if (a.size() != b.size()) return false;
        for (std::size_t i = 0; i < a.size(); ++i)
            if (lower(a[i]) != lower(b[i])) return false;
        return true;
    }

    // --- text ---

    void continuation(unsigned low, unsigned high, std::string_view field) {
        auto const c = static_cast<unsigned char>(peek());
        if (c < low || c > high) fail(code::bad_utf8, field);
        ++at_;
    }
    /// `utf8text`, up to the end of the line.
    std::string_view text(std::string_view field) {
        std::size_t const from = at_;
        while (!line_ends()) {
            auto const c = static_cast<unsigned char>(peek());
            if (c == '\t' || (c >= 0x20 && c <= 0x7E)) {
                ++at_;
            } else if (lenient_.loose_utf8) {
                int const tail = c >= 0xFC && c <= 0xFD   ? 5
                                 : c >= 0xF8 && c <= 0xFB ? 4
                                 : c >= 0xF0 && c <= 0xF7 ? 3
                                 : c >= 0xE0 && c <= 0xEF ? 2
                                 : c >= 0xC0 && c <= 0xDF ? 1
                                                          : 0;
                if (tail == 0) fail(code::bad_utf8, field);
                ++at_;
                for (int i = 0; i < tail; ++i) continuation(0x80, 0xBF, field);
            } else {
                // RFC 3629, section 4, line by line.
                unsigned low = 0x80;
                unsigned high = 0xBF;
                int more = 0;
                if (c >= 0xC2 && c <= 0xDF) {
                } else if (c == 0xE0) {
                    low = 0xA0, more = 1;
                } else if ((c >= 0xE1 && c <= 0xEC) || c == 0xEE || c == 0xEF) {
                    more = 1;
                } else if (c == 0xED) {
                    high = 0x9F, more = 1;
                } else if (c == 0xF0) {
                    low = 0x90, more = 2;
                } else if (c >= 0xF1 && c <= 0xF3) {
                    more = 2;
                } else if (c == 0xF4) {
                    high = 0x8F, more = 2;
                } else {
                    fail(code::bad_utf8, field);
                }
                ++at_;
                continuation(low, high, field);
                for (int i = 0; i < more; ++i) continuation(0x80, 0xBF, field);
            }
        }
        return since(from);
    }

    // --- a message ---

    void message() {
        head_ = at_;
        if (lenient_.stray_crlf && stream_[at_] == '\r') {
            bounded_ = false;
            crlf("start-line");
            return;
        }
        fields_.clear();
        start_line();
        std::size_t const to = path("To-Path", 0);
        std::size_t const from = path("From-Path", 1);
        bool content_type_last = false;
        while (!stopped_) {
            bounded_ = false;
            if (peek() == '-') {
                char const flag = end_line();
                if (stopped_) return;
                begin(to, from, false);
                listener_.end(flag, 0, at_);
                return;
            }
            if (line_ends()) {
                if (is_response_ && !lenient_.body_in_response)
                    fail(code::body_in_response, "body");
                if (!is_response_ && !content_type_last)
                    fail(code::body_without_content_type, "Content-Type");
                crlf("header");
                if (stopped_) return;
                begin(to, from, !is_response_);
                body();
                return;
            }
            content_type_last = header(fields_.size());
        }
    }

    void start_line() {
        constexpr auto field = "start-line";
        open_line(limits_.max_start_line, code::start_line_too_long, field);
        for (char const c : {'M', 'S', 'R', 'P', ' '}) {
            if (peek() != c) fail(code::bad_start_line, field);
            ++at_;
        }
        if (!alpha(peek()) && !digit(peek())) fail(code::bad_transaction_id, field);
        std::size_t const id_at = at_;
        while (at_ - id_at < 32 && ident(peek())) ++at_;
        if (at_ - id_at < 4 || peek() != ' ') fail(code::bad_transaction_id, field);
        id_ = since(id_at);
        ++at_;
        is_response_ = !upper(peek());
        std::size_t const from = at_;
        method_ = {};
        status_ = 0;
        comment_.reset();
        if (!is_response_) {
            while (!line_ends()) {
                if (!upper(peek())) fail(code::bad_start_line, field);
                ++at_;
            }
            method_ = since(from);
        } else {
            for (int i = 0; i < 3; ++i) {
                if (!digit(peek())) fail(code::bad_start_line, field);
                status_ = status_ * 10 + static_cast<unsigned>(peek() - '0');
                ++at_;
            }
            if (!line_ends()) {
                if (peek() != ' ') fail(code::bad_start_line, field);
                ++at_;
                comment_ = text(field);
            }
        }
        crlf(field);
    }

    /// The first octet of a header line: is there room for one more?
    void open_header(std::size_t before) {
        open_line(limits_.max_header_line, code::header_line_too_long, "header");
        if (alpha(peek()) && before >= limits_.max_header_fields)
            fail(code::too_many_header_fields, "header");
    }
    void colon(std::string_view field) {
        if (peek() != ':') fail(code::bad_header_line, field);
        ++at_;
        if (peek() != ' ') fail(code::bad_header_line, field);
        ++at_;
        blanks();
    }
    void blanks() {
        while (lenient_.several_blanks && peek() == ' ') ++at_;
    }

    /// To-Path or From-Path; how many URIs.
    std::size_t path(std::string_view field, std::size_t before) {
        open_header(before);
        std::size_t const from = at_;
        for (char const c : field) {
            if (lower(peek()) != lower(c))
                fail(before == 0 ? code::expected_to_path : code::expected_from_path, field);
            ++at_;
        }
        auto const name = since(from);
        colon(field);
        std::size_t const value = at_;
        for (std::size_t count = 1; !stopped_; ++count) {
            if (static_cast<void>(peek()), count > limits_.max_path_uris)
                fail(code::path_too_long, field);
            one_uri(field);
            if (peek() != ' ') {
                fields_.emplace_back(name, since(value));
                crlf("header");
                return count;
            }
            ++at_;
            blanks();
        }
        return 0;
    }
    /// One MSRP-URI: all up to a blank, the line's end or the octet that makes the line too long.
    void one_uri(std::string_view field) {
        if (stopped_) return;
        bool ends = false;
        bool too_long = false;
        std::size_t to = at_;
        for (; to < stream_.size(); ++to) {
            char const c = stream_[to];
            too_long = to - line_ >= bound_ && c != '\r' && c != '\n';
            ends = !too_long && (c == ' ' || c == '\r' || c == '\n');
            if (ends || too_long) break;
        }
        auto const uri = stream_.substr(at_, to - at_);
        msrp::uri_options const options{lenient_.ipv6_without_brackets};
        auto const read = msrp::read_uri(uri, options);
        bool lost = !read;
        if (lost && !ends) {
            // Not all of it is known. A port that is absent or too large may turn out to be none.
            auto const why = read.error();
            lost = why.offset < uri.size();
            if (why.code == code::bad_port || why.code == code::ip_without_port)
                for (std::string const more : {"", "0", "00"})  // it may stop within "%41"
                    for (std::string const rest : {"@h:1/x;tcp", "/x;tcp"})
                        if (msrp::read_uri(std::string(uri).append(more).append(rest), options))
                            lost = false;
        }
        if (lost) {
            at_ += static_cast<std::size_t>(read.error().offset);
            fail(static_cast<code>(read.error().code.value()), field);
        }
        at_ = to;
        static_cast<void>(peek());  // there is more, and it is not too long
    }

    /// Any other header field; whether it was Content-Type.
    bool header(std::size_t before) {
        open_header(before);
        std::size_t const from = at_;
        if (alpha(peek()))
            while (token(peek())) ++at_;
        auto const name = since(from);
        if (name.empty() || peek() != ':') fail(code::bad_header_line, "header");
        std::string_view label = "header";
        for (std::string_view const known :
             {"To-Path", "From-Path", "Message-ID", "Success-Report", "Failure-Report",
              "Byte-Range", "Status", "Use-Path", "WWW-Authenticate", "Authorization",
              "Authentication-Info", "Expires", "Min-Expires", "Max-Expires", "Use-Nickname",
              "Content-Type", "Content-ID", "Content-Description", "Content-Disposition"})
            if (same(known, name)) label = known;
        colon(label);
        auto const value = text(label);
        fields_.emplace_back(name, value);
        crlf("header");
        return label == "Content-Type";
    }

    /// `"-------" transact-id continuation-flag CRLF` in place of a header line.
    char end_line() {
        auto const expect = [&](char c) {
            if (peek() != c) fail(code::bad_end_line, "end-line");
            ++at_;
        };
        for (int i = 0; i < 7; ++i) expect('-');
        for (char const c : id_) expect(c);
        char const flag = peek();
        if (flag != '$' && flag != '+' && flag != '#') fail(code::bad_end_line, "end-line");
        ++at_;
        if (!line_ends()) fail(code::bad_end_line, "end-line");
        crlf("header");
        return flag;
    }

    void begin(std::size_t to, std::size_t from, bool with_body) {
        listener_.begin(id_, method_, status_, comment_, head_, with_body);
        for (auto const& [name, value] : fields_) listener_.field(name, value);
        listener_.paths(to, from);
    }

    // --- body ---

    /// How many octets at `at` are a beginning of the end-line, with or without the CRLF before it,
    /// or all of it.
    std::size_t end_line_prefix(std::size_t at, bool without_crlf, bool& whole) const {
        std::size_t n = 0;
        auto const more = [&](std::string_view any_of) {
            bool const fits =
                at + n < stream_.size() && any_of.find(stream_[at + n]) != std::string_view::npos;
            n += fits ? 1 : 0;
            return fits;
        };
        whole = false;
        if (!without_crlf && (!more("\r") || !more("\n"))) return n;
        for (int i = 0; i < 7; ++i)
            if (!more("-")) return n;
        for (char const c : id_)
            if (!more({&c, 1})) return n;
        whole = more("$+#") && more("\r") && more("\n");
        return n;
    }

    void body() {
        std::size_t const from = at_;
        std::size_t lost = 0;  // where the last beginning of an end-line broke off
        auto const tell = [&] {
            if (!is_response_) listener_.data(stream_.substr(from, at_ - from));
        };
        for (;; ++at_) {
            bool whole = false;
            bool bare = at_ == from && lenient_.empty_body_without_crlf;
            std::size_t n = bare ? end_line_prefix(at_, true, whole) : 0;
            if (n == 0) {
                bare = false;
                n = end_line_prefix(at_, false, whole);
            }
            if (whole) {
                tell();
                listener_.end(stream_[at_ + n - 3], is_response_ ? 0 : at_ - from, at_ + n);
                at_ += n;
                return;
            }
            if (at_ + n == stream_.size()) {  // the end, or in the midst of an end-line
                tell();
                stop(msrp::stream_end::incomplete, {});
                return;
            }
            // The octet here is body. The stream is lost where the octet is that shows it.
            std::size_t const shown = at_ + n > lost ? at_ + n : lost;
            if (n > 0) lost = shown;
            if (method_ != "SEND" && at_ - from >= limits_.max_non_send_body) {
                tell();
                at_ = shown;
                fail(code::body_too_long, "body");
                return;
            }
            if (lenient_.fail_at_end_line_without_crlf && flag_without_crlf(from)) {
                tell();
                fail(code::end_line_in_body, "body");
                return;
            }
        }
    }
    /// Erratum 4177: the octet here is a flag, hyphens and id before it, some of the body before
    /// them, and that does not end with CRLF. A body of one octet or two may be half a CRLF.
    bool flag_without_crlf(std::size_t from) const {
        std::string const bare = "-------" + std::string(id_);
        auto const body = stream_.substr(from, at_ - from);
        if (std::string_view("$+#").find(stream_[at_]) == std::string_view::npos) return false;
        if (body.size() <= bare.size() || !body.ends_with(bare)) return false;
        return !body.substr(0, body.size() - bare.size()).ends_with("\r\n");
    }

    std::string_view stream_;
    Listener& listener_;
    msrp::limits limits_;
    msrp::leniency lenient_;
    std::size_t at_ = 0;
    std::size_t head_ = 0;   // where the message begins
    std::size_t line_ = 0;   // where the line begins
    std::size_t bound_ = 0;  // how long it may be
    bool bounded_ = false;
    code bound_code_{};
    std::string_view bound_field_{};
    bool stopped_ = false;
    msrp::stream_end how_ = msrp::stream_end::boundary;
    wire::failure why_{};

    std::string_view id_{};
    bool is_response_ = false;
    std::string_view method_{};
    unsigned status_ = 0;
    std::optional<std::string_view> comment_{};
    std::vector<std::pair<std::string_view, std::string_view>> fields_{};
};

/// The log of a whole stream by the reference parser.
inline std::string reference_log(std::string_view stream, msrp::limits const& limits = {},
                                 msrp::leniency const& lenient = {}) {
    log_text log;
    reference_parser<log_text> parser(stream, log, limits, lenient);
    parser.run();
    return log.text();
}

}  // namespace support
