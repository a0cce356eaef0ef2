// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// reference_parser.hpp - a second, naive parser of whole streams, to hold the real one against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <msrp/error.hpp>
#include <msrp/limits.hpp>
#include <msrp/uri.hpp>

namespace support {

/// Reads a whole stream octet by octet, straight down RFC 4975, section 9 (with errata 1954 and
/// 1282, zero further header fields, UTF-8 of RFC 3629), and gives the log that `chunk_log` gives.
/// It shares no code with the chunk parser; a single URI is left to `msrp::read_uri`, which has a
/// differential target of its own.
///
/// An error is at the first octet that no valid stream could have there. A limit is passed at the
/// first octet that is too many; where that octet is wrong by the grammar too, the limit is named.
class reference_parser {
   public:
    explicit reference_parser(std::string_view stream, msrp::limits const& limits = {},
                              msrp::leniency const& lenient = {})
        : stream_(stream), limits_(limits), lenient_(lenient) {}

    std::string run() {
        try {
            for (;;) {
                if (at_ == stream_.size()) return log_ + "ok\n";
                message();
            }
        } catch (cut_off const&) {
            return log_ + data_so_far() + "incomplete\n";
        } catch (broken const& b) {
            return log_ + data_so_far() + "error " + msrp::make_error_code(b.why).message() +
                   " at " + std::to_string(b.offset) + " in " + b.field + "\n";
        }
    }

   private:
    using code = msrp::error;
    struct cut_off {};
    struct broken {
        msrp::error why;
        std::size_t offset;
        std::string field;
    };

    // --- octets ---

    [[noreturn]] void fail(code c, std::string const& field) { throw broken{c, at_, field}; }

    /// The octet here. Within a line, the octet that makes the line too long is the limit's error.
    char peek() {
        if (at_ == stream_.size()) throw cut_off{};
        char const c = stream_[at_];
        if (bounded_ && at_ - line_ >= bound_ && c != '\r' && c != '\n')
            fail(bound_code_, bound_field_);
        return c;
    }
    char take() {
        char const c = peek();
        ++at_;
        return c;
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
    void crlf(char const* field) {
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
    static std::string lower(std::string text) {
        for (char& c : text) c = lower(c);
        return text;
    }

    // --- text ---

    void continuation(unsigned low, unsigned high, std::string const& field) {
        auto const c = static_cast<unsigned char>(peek());
        if (c < low || c > high) fail(code::bad_utf8, field);
        ++at_;
    }
    /// `utf8text`, up to the end of the line.
    std::string text(std::string const& field) {
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
        return std::string(stream_.substr(from, at_ - from));
    }

    // --- a message ---

    void message() {
        head_ = at_;
        if (lenient_.stray_crlf && stream_[at_] == '\r') {
            bounded_ = false;
            crlf("start-line");
            return;
        }
        std::string const what = start_line();
        std::string fields;
        std::size_t const to = path("To-Path", 0, fields);
        std::size_t const from = path("From-Path", 1, fields);
        bool content_type_last = false;
        std::size_t count = 2;
        for (;;) {
            bounded_ = false;
            if (peek() == '-') {
                char const flag = end_line();
                begin(what, fields, to, from, false);
                log_ += std::string("end ") + flag + " size 0 at " + std::to_string(at_) + "\n";
                return;
            }
            if (peek() == '\r' || peek() == '\n') {
                if (is_response_ && !lenient_.body_in_response)
                    fail(code::body_in_response, "body");
                if (!is_response_ && !content_type_last)
                    fail(code::body_without_content_type, "Content-Type");
                crlf("header");
                begin(what, fields, to, from, !is_response_);
                body();
                return;
            }
            content_type_last = header(count++, fields);
        }
    }

    /// Reads the start line; what it says, as the log has it.
    std::string start_line() {
        constexpr auto field = "start-line";
        open_line(limits_.max_start_line, code::start_line_too_long, field);
        for (char const c : {'M', 'S', 'R', 'P', ' '}) {
            if (peek() != c) fail(code::bad_start_line, field);
            ++at_;
        }
        id_.clear();
        if (!alpha(peek()) && !digit(peek())) fail(code::bad_transaction_id, field);
        while (id_.size() < 32 && ident(peek())) id_ += take();
        if (id_.size() < 4 || peek() != ' ') fail(code::bad_transaction_id, field);
        ++at_;
        is_response_ = !upper(peek());
        std::string what;
        if (!is_response_) {
            while (!line_ends()) {
                if (!upper(peek())) fail(code::bad_start_line, field);
                what += take();
            }
            is_send_ = what == "SEND";
        } else {
            is_send_ = false;
            for (int i = 0; i < 3; ++i) {
                if (!digit(peek())) fail(code::bad_start_line, field);
                what += take();
            }
            what = std::to_string(std::stoi(what));
            if (!line_ends()) {
                if (peek() != ' ') fail(code::bad_start_line, field);
                ++at_;
                what += " \"" + text(field) + '"';
            }
        }
        crlf(field);
        return what;
    }

    /// The first octet of a header line: is there room for one more?
    void open_header(std::size_t before) {
        open_line(limits_.max_header_line, code::header_line_too_long, "header");
        if (alpha(peek()) && before >= limits_.max_header_fields)
            fail(code::too_many_header_fields, "header");
    }
    void colon(std::string const& field) {
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
    std::size_t path(std::string const& field, std::size_t before, std::string& fields) {
        open_header(before);
        std::size_t const from = at_;
        for (char const c : field) {
            if (lower(peek()) != lower(c))
                fail(before == 0 ? code::expected_to_path : code::expected_from_path, field);
            ++at_;
        }
        colon(field);
        std::size_t const value = at_;
        for (std::size_t count = 1;; ++count) {
            if (static_cast<void>(peek()), count > limits_.max_path_uris)
                fail(code::path_too_long, field);
            one_uri(field);
            if (peek() != ' ') {
                fields += "  " + std::string(stream_.substr(from, field.size())) + '=' +
                          std::string(stream_.substr(value, at_ - value)) + '\n';
                crlf("header");
                return count;
            }
            ++at_;
            blanks();
        }
    }
    /// One MSRP-URI: all up to a blank, the line's end or the octet that makes the line too long.
    void one_uri(std::string const& field) {
        std::string uri;
        bool ends = false;
        bool too_long = false;
        for (std::size_t i = at_; i < stream_.size() && !ends && !too_long; ++i) {
            char const c = stream_[i];
            too_long = i - line_ >= bound_ && c != '\r' && c != '\n';
            ends = !too_long && (c == ' ' || c == '\r' || c == '\n');
            if (!ends && !too_long) uri += c;
        }
        auto const read = msrp::read_uri(uri);
        bool lost = !read;
        if (lost && !ends) {
            // Not all of it is known. A port that is absent or too large may turn out to be none.
            auto const why = read.error();
            lost = why.offset < uri.size();
            if (why.code == code::bad_port || why.code == code::ip_without_port)
                for (std::string const more : {"", "0", "00"})  // it may stop within "%41"
                    for (std::string const rest : {"@h:1/x;tcp", "/x;tcp"})
                        if (msrp::read_uri(uri + more + rest)) lost = false;
        }
        if (lost) {
            at_ += static_cast<std::size_t>(read.error().offset);
            fail(static_cast<code>(read.error().code.value()), field);
        }
        at_ += uri.size();
        static_cast<void>(peek());  // there is more, and it is not too long
    }

    /// Any other header field; whether it was Content-Type.
    bool header(std::size_t before, std::string& fields) {
        open_header(before);
        std::string name;
        if (alpha(peek()))
            while (token(peek())) name += take();
        if (name.empty()) fail(code::bad_header_line, "header");
        if (peek() != ':') fail(code::bad_header_line, "header");
        std::string label = "header";
        for (std::string const known :
             {"To-Path", "From-Path", "Message-ID", "Success-Report", "Failure-Report",
              "Byte-Range", "Status", "Use-Path", "WWW-Authenticate", "Authorization",
              "Authentication-Info", "Expires", "Min-Expires", "Max-Expires", "Use-Nickname",
              "Content-Type", "Content-ID", "Content-Description", "Content-Disposition"})
            if (lower(known) == lower(name)) label = known;
        colon(label);
        fields += "  " + name + '=';
        fields += text(label) + '\n';
        crlf("header");
        return label == "Content-Type";
    }

    /// `"-------" transact-id continuation-flag CRLF` in place of a header line.
    char end_line() {
        for (char const c : "-------" + id_) {
            if (peek() != c) fail(code::bad_end_line, "end-line");
            ++at_;
        }
        char const flag = peek();
        if (flag != '$' && flag != '+' && flag != '#') fail(code::bad_end_line, "end-line");
        ++at_;
        if (!line_ends()) fail(code::bad_end_line, "end-line");
        crlf("header");
        return flag;
    }

    void begin(std::string const& what, std::string const& fields, std::size_t to, std::size_t from,
               bool with_body) {
        log_ += "begin " + id_ + ' ' + what + " at " + std::to_string(head_) +
                (with_body ? " body\n" : "\n") + fields + "  paths " + std::to_string(to) + ' ' +
                std::to_string(from) + '\n';
        body_open_ = with_body;
    }

    // --- body ---

    /// How many octets at `at` are a beginning of CRLF and the end-line, or all of it.
    std::size_t end_line_prefix(std::size_t at, bool without_crlf, bool& whole) const {
        std::string_view const front = std::string_view(end_).substr(without_crlf ? 2 : 0);
        std::size_t n = 0;
        auto const more = [&](std::string_view any_of) {
            bool const fits =
                at + n < stream_.size() && any_of.find(stream_[at + n]) != std::string::npos;
            n += fits ? 1 : 0;
            return fits;
        };
        whole = false;
        for (char const c : front)
            if (!more({&c, 1})) return n;
        whole = more("$+#") && more("\r") && more("\n");
        return n;
    }

    void body() {
        std::size_t const from = at_;
        end_ = "\r\n-------" + id_;
        for (;; ++at_) {
            bool whole = false;
            bool bare = at_ == from && lenient_.empty_body_without_crlf;
            std::size_t n = bare ? end_line_prefix(at_, true, whole) : 0;
            if (n == 0) {
                bare = false;
                n = end_line_prefix(at_, false, whole);
            }
            if (whole) {
                body_ = std::string(stream_.substr(from, at_ - from));
                char const flag = stream_[at_ + n - 3];
                log_ += data_so_far() + "end " + flag + " size " +
                        std::to_string(is_response_ ? 0 : at_ - from) + " at " +
                        std::to_string(at_ + n) + '\n';
                at_ += n;
                return;
            }
            if (at_ + n == stream_.size()) {  // the end, or in the midst of an end-line
                body_ = std::string(stream_.substr(from, at_ - from));
                throw cut_off{};
            }
            // The octet here is body. The stream is lost where the octet is that shows it.
            std::size_t const shown = at_ + n > lost_ ? at_ + n : lost_;
            if (n > 0) lost_ = shown;
            if (!is_send_ && at_ - from >= limits_.max_non_send_body) {
                body_ = std::string(stream_.substr(from, at_ - from));
                at_ = shown;
                fail(code::body_too_long, "body");
            }
        }
    }
    std::string data_so_far() {
        std::string const line = body_open_ ? "data [" + body_ + "]\n" : "";
        body_open_ = false;
        body_.clear();
        return line;
    }

    std::string_view stream_;
    msrp::limits limits_;
    msrp::leniency lenient_;
    std::size_t at_ = 0;
    std::size_t head_ = 0;  // where the message begins
    std::size_t line_ = 0;  // where the line begins
    std::size_t lost_ = 0;  // where the last beginning of an end-line broke off
    std::size_t bound_ = 0;
    bool bounded_ = false;
    code bound_code_{};
    std::string bound_field_;
    std::string id_;
    std::string end_;  // CRLF and the end-line up to its flag
    bool is_response_ = false;
    bool is_send_ = false;
    std::string log_;
    std::string body_;
    bool body_open_ = false;
};

/// The log of a whole stream by the reference parser.
inline std::string reference_log(std::string_view stream, msrp::limits const& limits = {},
                                 msrp::leniency const& lenient = {}) {
    return reference_parser(stream, limits, lenient).run();
}

}  // namespace support
