// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// serializer.cpp - any values into the writer: what it accepts the parser reads back, the rest
// leaves no trace.
//
// Input: a list of calls. Each is one octet that names the call, then its arguments: a number is
// one octet, a text is all up to the next octet 0xFF. Where the first octet is 0xF0 or more, the
// message is one that is forwarded. Where it is 0xE0 to 0xEF, a head template is made instead: both
// paths, with an odd first octet the content type, the range and the body's size, then other
// fields.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <msrp/chunk_parser.hpp>
#include <msrp/chunk_serializer.hpp>
#include <msrp/head_template.hpp>
#include <msrp/parse_byte_range.hpp>
#include <msrp/parse_digest.hpp>
#include <msrp/parse_ident.hpp>
#include <msrp/parse_media_type.hpp>
#include <msrp/parse_mime.hpp>
#include <msrp/parse_nickname.hpp>
#include <msrp/parse_path.hpp>
#include <msrp/parse_report.hpp>
#include <msrp/parse_report_status.hpp>
#include <msrp/parse_seconds.hpp>

namespace {

void demand(bool condition) {
    if (!condition) std::abort();
}

class calls {
   public:
    explicit calls(std::string_view text) : text_(text) {}
    [[nodiscard]] bool any() const { return !text_.empty(); }
    unsigned number() {
        if (text_.empty()) return 0;
        auto const n = static_cast<unsigned char>(text_.front());
        text_.remove_prefix(1);
        return n;
    }
    std::string_view text() {
        auto const end = std::min(text_.find('\xFF'), text_.size());
        auto const t = text_.substr(0, end);
        text_.remove_prefix(std::min(end + 1, text_.size()));
        return t;
    }
    /// Up to 2^64-1, the great ones as likely as the small.
    std::uint64_t large() {
        std::uint64_t n = 0;
        for (unsigned octets = number() % 9; octets != 0; --octets) n = n << 8U | number();
        return n;
    }
    /// Mostly a flag.
    msrp::continuation_flag flag() {
        unsigned const n = number();
        auto const octet = n < 0xF0 ? static_cast<unsigned char>("$+#"[n % 3]) : n - 0xF0;
        // What no flag is, too. NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange)
        return static_cast<msrp::continuation_flag>(octet);
    }
    msrp::byte_range range() {
        msrp::byte_range r;
        unsigned const stars = number();
        r.start = large();
        if ((stars & 1U) != 0) r.end = large();
        if ((stars & 2U) != 0) r.total = large();
        return r;
    }
    msrp::path_view path() {
        auto const read = msrp::read_path(text());
        return read ? *read : *msrp::read_path("msrp://a.example:1/x;tcp");
    }

   private:
    std::string_view text_;
};

/// What was accepted.
struct written {
    std::string id;
    std::string method;
    std::uint16_t status = 0;
    std::string comment;
    std::vector<std::string> to;
    std::vector<std::string> from;
    std::vector<std::pair<std::string, std::string>> fields;
    std::optional<msrp::byte_range> range;
    std::optional<msrp::report_status> status_field;  ///< its comment is of the program
    std::optional<msrp::report_value> success;
    std::optional<msrp::report_value> failure;
    std::vector<std::string> use_path;
    std::array<std::optional<std::uint64_t>, 3> seconds;
    std::optional<std::string> nickname;  ///< as meant
    std::optional<std::string> body;
    bool sized = false;  ///< the writer was told of the body's size
    msrp::continuation_flag flag = msrp::continuation_flag::complete;
    std::string head;  ///< what the writer gave
    std::string end;   ///< and behind the body
    bool forwarded = false;
    bool finished = false;
};

std::vector<std::string> texts(msrp::path_view path) {
    std::vector<std::string> all;
    for (auto const u : path) all.emplace_back(u.text);
    return all;
}

bool has_line_end(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0\x7F", 4)) != std::string_view::npos;
}

constexpr std::array seconds_fields = {msrp::field::expires, msrp::field::min_expires,
                                       msrp::field::max_expires};

/// Whether the X3 grammar takes a value; any text where the field has none.
bool grammar_takes(msrp::field f, std::string_view value) {
    using msrp::field;
    switch (f) {
        case field::message_id: return msrp::parse_ident(value).has_value();
        case field::success_report: return msrp::parse_success_report(value).has_value();
        case field::failure_report: return msrp::parse_failure_report(value).has_value();
        case field::byte_range: return msrp::parse_byte_range(value).has_value();
        case field::status: return msrp::parse_report_status(value).has_value();
        case field::to_path:
        case field::from_path:
        case field::use_path: return msrp::parse_path(value).has_value();
        case field::www_authenticate: return msrp::parse_www_authenticate(value).has_value();
        case field::authorization: return msrp::parse_authorization(value).has_value();
        case field::authentication_info: return msrp::parse_authentication_info(value).has_value();
        case field::expires:
        case field::min_expires:
        case field::max_expires: return msrp::parse_seconds(value).has_value();
        case field::use_nickname: return msrp::parse_nickname(value).has_value();
        case field::content_type: return msrp::parse_media_type(value).has_value();
        case field::content_id: return msrp::parse_content_id(value).has_value();
        case field::content_description: return msrp::parse_content_description(value).has_value();
        case field::content_disposition: return msrp::parse_content_disposition(value).has_value();
        case field::other_mime:
        case field::other: break;
    }
    return msrp::parse_content_description(value).has_value();
}

bool is_forwarded(std::string_view program) {
    return !program.empty() && static_cast<unsigned char>(program.front()) >= 0xF0;
}

/// Whether a path, as its text, has a password (URI-6-4).
bool has_password(std::string_view text) {
    auto const read = msrp::read_path(text);
    if (!read) return false;
    for (auto const u : *read)
        if (u.userinfo.find(':') != std::string_view::npos) return true;
    return false;
}

/// Whether a SEND may have this Byte-Range, a sensible one (CHK-5.1-1).
bool is_interruptible(msrp::byte_range const& r) {
    return !r.end || *r.end - (r.start - 1) <= 2048;
}

std::string const* value_of(written const& w, std::string_view name) {
    for (auto const& f : w.fields)
        if (wire::iequals(f.first, name)) return &f.second;
    return nullptr;
}

/// The field that a method demands and that is not there.
std::string_view lacking(written const& w) {
    if (w.forwarded) return {};
    bool const is_report = w.method == "REPORT";
    if ((w.method == "SEND" || is_report) && value_of(w, "Message-ID") == nullptr)
        return "Message-ID";
    if (is_report && value_of(w, "Status") == nullptr) return "Status";
    bool const is_nickname = w.method == "NICKNAME";
    return is_nickname && value_of(w, "Use-Nickname") == nullptr ? "Use-Nickname" : "";
}

/// Whether a range says that there are `size` octets (CHK-7.1.1-3).
bool says(msrp::byte_range const& r, std::uint64_t size) {
    if (r.end) return size == 0 ? *r.end == r.start - 1 : *r.end - r.start == size - 1;
    if (size == 0) return true;
    auto const last = r.start + (size - 1);
    return last >= r.start && last <= r.total.value_or(last);
}

/// What RFC 4975 asks of a whole message, beyond the grammar.
void obeys(written const& w) {
    bool const is_send = w.method == "SEND";
    demand(lacking(w).empty());
    demand(w.flag == msrp::continuation_flag::complete ||
           (w.flag == msrp::continuation_flag::more && is_send) ||
           (w.flag == msrp::continuation_flag::aborted && !w.method.empty()));
    demand(is_send || !w.body || w.body->size() <= 10240);
    if (auto const* range = value_of(w, "Byte-Range"); is_send && range != nullptr) {
        auto const r = *msrp::read_byte_range(*range);
        demand(is_interruptible(r));
        demand(w.body || w.forwarded || (r.start == 1 && r.end.value_or(0) == 0));
    }
    if (w.forwarded) return;
    if (is_send && w.sized) {
        auto const* range = value_of(w, "Byte-Range");
        demand(range != nullptr ? says(*msrp::read_byte_range(*range), w.body->size())
                                : w.body->size() <= 2048);
    }
    if (w.method == "REPORT" || w.method == "NICKNAME")
        for (auto const name : {"Success-Report", "Failure-Report"})
            demand(value_of(w, name) == nullptr);
    for (auto const& u : w.to) demand(!has_password(u));
    for (auto const& u : w.from) demand(!has_password(u));
    if (auto const* list = value_of(w, "Use-Path"); list != nullptr) demand(!has_password(*list));
    demand(value_of(w, "Content-Transfer-Encoding") == nullptr);
}

/// Makes the calls into `memory`; stops at the first refusal.
written write(std::string_view program, std::span<char> memory, wire::failure& why,
              std::size_t& needed) {
    calls in(program);
    written w;
    w.forwarded = is_forwarded(program);
    msrp::head_writer out(memory,
                          w.forwarded ? msrp::head_origin::forwarded : msrp::head_origin::own);
    std::string before;
    auto const took = [&](wire::result<void> const& r) {
        demand(out.error_state() == r.error());
        return r.has_value();
    };
    auto const field = [&](std::string_view name, std::string_view value, bool accepted) {
        if (!accepted) return;
        demand(!has_line_end(name) && !has_line_end(value));
        w.fields.emplace_back(name, value);
    };
    // A field by its name: taken if and only if its grammar takes the value, where it may stand.
    auto const by_name = [&](std::string_view name, std::string_view value) {
        auto const f = msrp::field_of(name);
        bool const ok = took(out.field(name, value));
        auto const code = out.error_state().code;
        if (ok) demand(grammar_takes(f, value));
        if (code && code != msrp::error::buffer_full && code != msrp::error::wrong_order &&
            code != msrp::error::field_repeated && code != msrp::error::field_misplaced &&
            f < msrp::field::other_mime) {
            bool by_rule = f == msrp::field::use_path && !w.forwarded && has_password(value);
            if (auto const range = msrp::read_byte_range(value); f == msrp::field::byte_range)
                by_rule = range && w.method == "SEND" && !is_interruptible(*range);
            demand(by_rule || !grammar_takes(f, value));
        }
        field(name, value, ok);
    };
    while (in.any() && !w.finished && !out.error_state().code) {
        before.assign(memory.data(), memory.size());
        auto const call = in.number() % 16;
        switch (call) {
            case 0: {
                auto const id = in.text();
                auto const method = in.text();
                auto const to = in.path();
                auto const from = in.path();
                if (took(out.request(id, method, to, from))) {
                    w.id = id;
                    w.method = method;
                    w.to = texts(to);
                    w.from = texts(from);
                }
                break;
            }
            case 1: {
                auto const id = in.text();
                auto const status = static_cast<std::uint16_t>(in.number() << 3U | in.number());
                auto const comment = in.text();
                auto const to = in.path();
                auto const from = in.path();
                if (took(out.response(id, status, comment, to, from))) {
                    w.id = id;
                    w.status = status;
                    w.comment = comment;
                    w.to = texts(to);
                    w.from = texts(from);
                }
                break;
            }
            case 2: {
                auto const name = in.text();
                auto const value = in.text();
                by_name(name, value);
                break;
            }
            case 3: {
                auto const id = in.text();
                field("Message-ID", id, took(out.message_id(id)));
                break;
            }
            case 4: {
                auto const r = in.range();
                if (took(out.byte_range(r))) {
                    w.range = r;
                    field("Byte-Range",
                          std::to_string(r.start) + '-' + (r.end ? std::to_string(*r.end) : "*") +
                              '/' + (r.total ? std::to_string(*r.total) : "*"),
                          true);
                }
                break;
            }
            case 5:
            case 6: {
                bool const success = in.number() % 2 == 0;
                auto const value = static_cast<msrp::report_value>(in.number() % 3);
                constexpr std::string_view words[] = {"no", "yes", "partial"};
                bool const ok =
                    took(success ? out.success_report(value) : out.failure_report(value));
                demand(!(ok && success && value == msrp::report_value::partial));
                if (ok) (success ? w.success : w.failure) = value;
                field(success ? "Success-Report" : "Failure-Report",
                      words[static_cast<std::size_t>(value)], ok);
                break;
            }
            case 7: {
                msrp::report_status s;
                s.name_space = static_cast<std::uint16_t>(in.number() << 3U);
                s.code = static_cast<std::uint16_t>(in.number() << 3U | in.number());
                auto const comment = in.text();
                if (in.number() % 2 == 0) s.comment = comment;
                if (took(out.status(s))) {
                    demand(s.name_space < 1000 && s.code < 1000);
                    w.status_field = s;
                    auto const three = [](unsigned n) {
                        return std::to_string(1000 + n).substr(1);
                    };
                    field("Status",
                          three(s.name_space) + ' ' + three(s.code) +
                              (s.comment ? ' ' + std::string(comment) : std::string()),
                          true);
                }
                break;
            }
            case 8: {
                auto const type = in.text();
                bool const ok = took(out.content_type(type));
                if (ok) demand(grammar_takes(msrp::field::content_type, type));
                field("Content-Type", type, ok);
                break;
            }
            case 12: {
                auto const name = msrp::canonical_name(
                    static_cast<msrp::field>(in.number() % msrp::known_fields));
                auto const value = in.text();
                by_name(name, value);
                break;
            }
            case 13: {
                auto const list = in.path();
                if (took(out.use_path(list))) {
                    w.use_path = texts(list);
                    std::string text;
                    for (auto const& u : w.use_path) text += (text.empty() ? "" : " ") + u;
                    field("Use-Path", text, true);
                }
                break;
            }
            case 14: {
                auto const which = in.number() % 3;
                auto const n = in.large();
                if (took(which == 0   ? out.expires(n)
                         : which == 1 ? out.min_expires(n)
                                      : out.max_expires(n))) {
                    w.seconds[which] = n;
                    field(msrp::canonical_name(seconds_fields[which]), std::to_string(n), true);
                }
                break;
            }
            case 15: {
                // More octets than a program holds, too.
                std::string nickname(std::size_t{in.number()} * 8, 'n');
                nickname += in.text();
                if (took(out.use_nickname(nickname))) {
                    demand(nickname.size() <= 1023);
                    std::string text = "\"";
                    for (char const c : nickname)
                        text += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
                    field("Use-Nickname", text + '"', true);
                    w.nickname = nickname;
                }
                break;
            }
            case 9:
            case 10: {
                w.flag = in.flag();
                std::string body(in.text());
                // More octets than a program holds, too.
                bool const sized = call == 10;
                unsigned const more = sized ? in.number() : 0;
                if (more == 1) body.append(10240, 'b');
                if (more == 2) body.append(2048, 'b');
                auto const r = sized ? out.finish_with_body(body.size()) : out.finish_with_body();
                if (!r) break;
                w.head = *r;
                auto const end = out.end_of_body(w.flag);
                if (!end) break;
                w.end = end->view();
                w.body = std::move(body);
                w.sized = sized;
                w.finished = true;
                break;
            }
            default: {
                auto const flag = in.flag();
                auto const r = out.finish_without_body(flag);
                if (r) {
                    w.flag = flag;
                    w.head = *r;
                    w.finished = true;
                }
                break;
            }
        }
        auto const code = out.error_state().code;
        if (code == msrp::error::field_repeated)
            demand(std::any_of(w.fields.begin(), w.fields.end(), [&](auto const& f) {
                return wire::iequals(f.first, out.error_state().field);
            }));
        if (code == msrp::error::field_misplaced)
            demand((w.method == "REPORT" || w.method == "NICKNAME") && !w.forwarded &&
                   out.error_state().field.ends_with("-Report"));
        if (code == msrp::error::field_absent) demand(out.error_state().field == lacking(w));
        if (code && code != msrp::error::buffer_full && w.head.empty())
            demand(before == std::string_view(memory.data(), memory.size()));
    }
    why = out.error_state();
    needed = out.needed();
    // After a refusal every call gives the same and writes nothing.
    if (why.code) {
        before.assign(memory.data(), memory.size());
        auto const path = *msrp::read_path("msrp://a.example:1/x;tcp");
        demand(out.request("abcd", "SEND", path, path).error() == why);
        demand(out.response("abcd", 200, "OK", path, path).error() == why);
        demand(out.field("Foo", "bar").error() == why);
        demand(out.message_id("abcd").error() == why && out.message_id("").error() == why);
        demand(out.byte_range({}).error() == why);
        demand(out.success_report(msrp::report_value::yes).error() == why);
        demand(out.status({0, 200, std::nullopt}).error() == why);
        demand(out.content_type("a/b").error() == why);
        demand(out.use_path(path).error() == why);
        demand(out.expires(1).error() == why && out.min_expires(1).error() == why);
        demand(out.max_expires(1).error() == why && out.use_nickname("n").error() == why);
        demand(out.finish_with_body().error() == why && out.finish_with_body(9).error() == why);
        demand(out.end_of_body(msrp::continuation_flag::complete).error() == why);
        demand(out.finish_without_body().error() == why);
        demand(before == std::string_view(memory.data(), memory.size()));
    }
    return w;
}

/// The known fields come back as decoded values, and as those that went in.
void read_values(msrp::header_view const& headers, written const& w) {
    using msrp::field;
    for (std::size_t i = 2; i < msrp::known_fields; ++i) {
        auto const f = static_cast<field>(i);
        if (!headers.has(f)) continue;
        demand(!headers.is_repeated(f) || f == field::www_authenticate);
    }
    for (auto const h : headers) demand(grammar_takes(h.id, h.value));
    demand(!headers.has(field::message_id) || headers.message_id());
    demand(!headers.has(field::byte_range) || headers.byte_range());
    demand(!headers.has(field::status) || headers.status());
    demand(!headers.has(field::success_report) || headers.success_report());
    demand(!headers.has(field::failure_report) || headers.failure_report());
    demand(!headers.has(field::use_path) || headers.use_path());
    if (w.range) demand(*headers.byte_range() == *w.range);
    if (w.status_field) demand(*headers.status() == *w.status_field);
    if (w.success) demand(*headers.success_report() == *w.success);
    if (w.failure) demand(*headers.failure_report() == *w.failure);
    if (!w.use_path.empty()) demand(texts(*headers.use_path()) == w.use_path);
    for (std::size_t i = 0; i < seconds_fields.size(); ++i) {
        auto const f = seconds_fields[i];
        demand(!headers.has(f) || headers.seconds(f));
        if (w.seconds[i]) demand(*headers.seconds(f) == *w.seconds[i]);
    }
    if (w.nickname)
        demand(*msrp::parse_nickname(*headers.raw(field::use_nickname)) ==
               std::string_view(*w.nickname));
}

/// The parser reads what was written.
void read_back(written const& w) {
    std::string wire = w.head;
    if (w.body) {
        // The choice of an id that the body does not hold is the chunker's.
        std::string const needle = "\r\n-------" + w.id;
        if (("\r\n" + *w.body).find(needle) != std::string::npos) return;
        wire += *w.body;
        wire += w.end;
    }
    msrp::limits limits;
    limits.max_start_line = limits.max_header_line = limits.max_header_block = wire.size() + 2;
    limits.max_header_fields = limits.max_path_uris = wire.size();
    limits.max_non_send_body = wire.size();
    msrp::chunk_parser parser(limits);
    demand(!parser.feed(wire));
    msrp::chunk_event event;
    demand(parser.poll(event) == msrp::parse_status::event);
    auto const* begin = std::get_if<msrp::chunk_begin>(&event);
    demand(begin != nullptr);
    demand(begin->transaction_id == w.id && begin->method_name == w.method);
    demand(begin->status == w.status && begin->comment.value_or("") == w.comment);
    demand(begin->has_body == w.body.has_value());
    demand(texts(begin->headers.to_path()) == w.to && texts(begin->headers.from_path()) == w.from);
    std::size_t i = 0;
    for (auto const f : begin->headers) {
        if (i++ < 2) continue;
        demand(i - 2 <= w.fields.size());
        demand(f.name == w.fields[i - 3].first && f.value == w.fields[i - 3].second);
    }
    demand(i == w.fields.size() + 2);
    read_values(begin->headers, w);
    std::string body;
    while (parser.poll(event) == msrp::parse_status::event) {
        if (auto const* data = std::get_if<msrp::chunk_data>(&event)) body += data->octets;
        if (auto const* last = std::get_if<msrp::chunk_end>(&event)) {
            demand(last->flag == w.flag && last->offset == wire.size());
            demand(last->body_size == body.size());
        }
    }
    demand(body == w.body.value_or(""));
    demand(parser.finish() == msrp::stream_end::boundary && parser.offset() == wire.size());
}

/// Memory of just that size.
written write_into(std::string_view program, std::size_t size, wire::failure& why,
                   std::size_t& needed) {
    auto const memory = std::make_unique<char[]>(size);
    std::fill_n(memory.get(), size, '\xA5');
    return write(program, {memory.get(), size}, why, needed);
}

/// A template is made of what the writer takes, and writes what it writes.
void hold_template(std::string_view program) {
    calls in(program);
    bool const typed = in.number() % 2 == 1;
    auto const to = in.path();
    auto const from = in.path();
    auto const range = in.range();
    auto const size = in.large();
    msrp::template_fields fields;
    if (typed) fields.content_type = in.text();
    std::vector<msrp::template_field> others;
    while (in.any() && others.size() < 8) {
        unsigned const id = in.number() % (msrp::known_fields + 1);
        auto const name = id < msrp::known_fields
                              ? msrp::canonical_name(static_cast<msrp::field>(id))
                              : in.text();
        others.push_back({name, in.text()});
    }
    fields.others = others;
    bool const has_body = !fields.content_type.empty();
    auto const written = [&](std::span<char> memory, msrp::byte_range const& r,
                             std::optional<std::uint64_t> octets) {
        msrp::head_writer out(memory);
        static_cast<void>(out.request("abcd", "SEND", to, from));
        static_cast<void>(out.message_id("mid1"));
        static_cast<void>(out.byte_range(r));
        for (auto const& f : others) static_cast<void>(out.field(f.name, f.value));
        if (!has_body) return out.finish_without_body();
        static_cast<void>(out.content_type(fields.content_type));
        return octets ? out.finish_with_body(*octets) : out.finish_with_body();
    };
    std::vector<char> memory(program.size() * 10 + 6000);
    auto const made = msrp::head_template::make(to, from, fields);
    demand(made.error() == written(memory, {1, 0, 0}, {}).error());
    if (!made) return;
    auto const wanted = written(memory, range, size);
    std::vector<char> other(made->max_size());
    auto const got = made->write(other, "abcd", "mid1", range, size);
    if (!has_body && size != 0) {
        demand(got.error().code == msrp::error::bad_byte_range);
        return;
    }
    demand(got.error() == wanted.error());
    if (!got) return;
    constexpr std::string_view end = "-------abcd$\r\n";
    demand(has_body ? *got == *wanted : std::string(*got) + std::string(end) == *wanted);
    // It reads back: an empty line only behind a Content-Type (FRM-7.1-3).
    auto const text = std::string(*got) + (has_body ? "\r\n" : "") + std::string(end);
    msrp::limits limits;
    limits.max_header_line = limits.max_header_block = limits.max_path_uris = text.size() + 2;
    msrp::chunk_parser parser(limits);
    demand(!parser.feed(text));
    msrp::chunk_event event;
    demand(parser.poll(event) == msrp::parse_status::event);
    auto const& begin = std::get<msrp::chunk_begin>(event);
    demand(begin.has_body == has_body && *begin.headers.byte_range() == range);
    for (auto const f : begin.headers) demand(has_body || !msrp::is_mime(f.id));
    while (parser.poll(event) == msrp::parse_status::event) {
    }
    demand(parser.finish() == msrp::stream_end::boundary);
}

bool is_template(std::string_view program) {
    return !program.empty() && (static_cast<unsigned char>(program.front()) & 0xF0U) == 0xE0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const program(reinterpret_cast<char const*>(data), size);
    if (is_template(program)) {
        hold_template(program);
        return 0;
    }
    wire::failure why;
    std::size_t needed = 0;
    auto const w = write_into(program, size * 10 + 6000, why, needed);
    demand(why.code != msrp::error::buffer_full);
    if (!w.finished) return 0;
    demand(!why.code && needed == w.head.size());
    obeys(w);
    read_back(w);

    wire::failure other;
    std::size_t other_needed = 0;
    auto const same = write_into(program, needed, other, other_needed);
    demand(same.finished && same.head == w.head);
    auto const cut = write_into(program, size % needed, other, other_needed);
    demand(!cut.finished && other.code == msrp::error::buffer_full);
    demand(other.offset > size % needed);
    return 0;
}
