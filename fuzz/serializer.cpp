// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// serializer.cpp - any values into the writer: what it accepts the parser reads back, the rest
// leaves no trace.
//
// Input: a list of calls. Each is one octet that names the call, then its arguments: a number is
// one octet, a text is all up to the next octet 0xFF.
#include <algorithm>
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
    std::optional<std::string> body;
    msrp::continuation_flag flag = msrp::continuation_flag::complete;
    std::string head;  ///< what the writer gave
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

/// Makes the calls into `memory`; stops at the first refusal.
written write(std::string_view program, std::span<char> memory, wire::failure& why,
              std::size_t& needed) {
    calls in(program);
    msrp::head_writer out(memory);
    written w;
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
    while (in.any() && !w.finished && !out.error_state().code) {
        before.assign(memory.data(), memory.size());
        switch (in.number() % 12) {
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
                field(name, value, took(out.field(name, value)));
                break;
            }
            case 3: {
                auto const id = in.text();
                field("Message-ID", id, took(out.message_id(id)));
                break;
            }
            case 4: {
                msrp::byte_range r;
                unsigned const stars = in.number();
                r.start = in.large();
                if ((stars & 1U) != 0) r.end = in.large();
                if ((stars & 2U) != 0) r.total = in.large();
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
                field("Content-Type", type, took(out.content_type(type)));
                break;
            }
            case 9:
            case 10: {
                auto const r = out.finish_with_body();
                w.flag = static_cast<msrp::continuation_flag>("$+#"[in.number() % 3]);
                if (r) {
                    w.body = in.text();
                    w.head = *r;
                    w.finished = true;
                }
                break;
            }
            default: {
                auto const flag = static_cast<msrp::continuation_flag>("$+#"[in.number() % 3]);
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
        if (code && code != msrp::error::buffer_full)
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
        demand(out.finish_with_body().error() == why);
        demand(out.finish_without_body().error() == why);
        demand(before == std::string_view(memory.data(), memory.size()));
    }
    return w;
}

/// The parser reads what was written.
void read_back(written const& w) {
    msrp::end_line const end(w.id, w.flag, true);
    std::string wire = w.head;
    if (w.body) {
        // The choice of an id that the body does not hold is the chunker's.
        std::string const needle = "\r\n-------" + w.id;
        if (("\r\n" + *w.body).find(needle) != std::string::npos) return;
        wire += *w.body;
        wire += end.view();
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
    if (w.range && !begin->headers.is_repeated(msrp::field::byte_range))
        demand(*begin->headers.byte_range() == *w.range);
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const program(reinterpret_cast<char const*>(data), size);
    wire::failure why;
    std::size_t needed = 0;
    auto const w = write_into(program, size * 10 + 600, why, needed);
    demand(why.code != msrp::error::buffer_full);
    if (!w.finished) return 0;
    demand(!why.code && needed == w.head.size());
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
