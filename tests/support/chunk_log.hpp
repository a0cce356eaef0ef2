// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk_log.hpp - what a chunk parser says of a stream, as text that two runs can be compared by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/chunk_parser.hpp>

namespace support {

/// Tells an event to a listener: `begin`, a `field` each, `paths`, `data`, `end`.
/// @param base the stream offset that the event's offsets count from.
template <class Listener>
void tell(Listener& to, msrp::chunk_event const& event, std::uint64_t base = 0) {
    if (auto const* b = std::get_if<msrp::chunk_begin>(&event)) {
        to.begin(b->transaction_id, b->method_name, b->status, b->comment, base + b->offset,
                 b->has_body);
        for (auto const f : b->headers) to.field(f.name, f.value);
        to.paths(b->headers.to_path().size(), b->headers.from_path().size());
    }
    if (auto const* d = std::get_if<msrp::chunk_data>(&event)) to.data(d->octets);
    if (auto const* e = std::get_if<msrp::chunk_end>(&event))
        to.end(static_cast<char>(e->flag), e->body_size, base + e->offset);
}

/// A listener: events as text, one line an event and a line a header field, adjacent data joined;
/// the last line says how the stream stopped.
class log_text {
   public:
    /// @param method empty: a response.
    void begin(std::string_view id, std::string_view method, unsigned status,
               std::optional<std::string_view> comment, std::uint64_t offset, bool has_body) {
        text_ += "begin " + std::string(id) + ' ';
        text_ += method.empty() ? std::to_string(status) : std::string(method);
        if (comment) text_ += " \"" + std::string(*comment) + '"';
        text_ += " at " + std::to_string(offset) + (has_body ? " body\n" : "\n");
        body_open_ = has_body;
    }
    void field(std::string_view name, std::string_view value) {
        text_ += "  " + std::string(name) + '=' + std::string(value) + '\n';
    }
    void paths(std::size_t to, std::size_t from) {
        text_ += "  paths " + std::to_string(to) + ' ' + std::to_string(from) + '\n';
    }
    void data(std::string_view octets) { body_ += octets; }
    void end(char flag, std::uint64_t size, std::uint64_t offset) {
        flush();
        text_ += std::string("end ") + flag + " size " + std::to_string(size) + " at " +
                 std::to_string(offset) + '\n';
    }
    void stop(msrp::stream_end how, wire::failure const& why) {
        flush();
        if (how == msrp::stream_end::boundary) text_ += "ok\n";
        if (how == msrp::stream_end::incomplete) text_ += "incomplete\n";
        if (how == msrp::stream_end::error)
            text_ += "error " + why.code.message() + " at " + std::to_string(why.offset) + " in " +
                     std::string(why.field) + "\n";
    }
    [[nodiscard]] std::string const& text() const { return text_; }

    void note(msrp::chunk_event const& event, std::uint64_t base = 0) { tell(*this, event, base); }
    std::string const& finish(msrp::stream_end how, wire::failure const& why) {
        stop(how, why);
        return text_;
    }

   private:
    void flush() {
        if (body_open_) text_ += "data [" + body_ + "]\n";
        body_open_ = false;
        body_.clear();
    }

    std::string text_;
    std::string body_;
    bool body_open_ = false;
};

/// The log of what the push parser says. It also looks at the promises about views: all that one
/// feed gave out are whole until the next, and body octets lie in the piece or are at most 43 that
/// were held back.
class chunk_log {
   public:
    explicit chunk_log(msrp::limits const& limits = {}, msrp::leniency const& lenient = {})
        : parser_(limits, lenient) {}

    void feed(std::string_view piece) {
        if (parser_.feed(piece)) return;
        views_.clear();
        copies_.clear();
        msrp::chunk_event event;
        while (parser_.poll(event) == msrp::parse_status::event) {
            text_.note(event);
            if (auto const* begin = std::get_if<msrp::chunk_begin>(&event)) {
                keep(begin->headers.block());
                keep(begin->transaction_id);
                keep(begin->method_name);
                keep(begin->comment.value_or(std::string_view{}));
            }
            if (auto const* data = std::get_if<msrp::chunk_data>(&event)) {
                keep(data->octets);
                bool const inside =
                    data->octets.data() >= piece.data() &&
                    data->octets.data() + data->octets.size() <= piece.data() + piece.size();
                if (data->octets.empty() || (!inside && data->octets.size() > 43))
                    wrong_ += "stray chunk_data\n";
            }
        }
        std::size_t at = 0;
        for (auto const view : views_) {
            if (copies_.compare(at, view.size(), view) != 0) wrong_ += "a view changed\n";
            at += view.size();
        }
    }
    std::string finish() {
        auto const how = parser_.finish();
        return text_.finish(how, parser_.error()) + wrong_;
    }
    [[nodiscard]] msrp::chunk_parser const& parser() const { return parser_; }

   private:
    void keep(std::string_view view) {
        views_.push_back(view);
        copies_ += view;
    }

    msrp::chunk_parser parser_;
    log_text text_;
    std::vector<std::string_view> views_;  // of this feed
    std::string copies_;                   // what they said, one behind the other
    std::string wrong_;                    // promises that were broken
};

/// The log of `stream` fed in pieces of `size` octets (0: whole).
inline std::string log_in_pieces(std::string_view stream, std::size_t size,
                                 msrp::limits const& limits = {},
                                 msrp::leniency const& lenient = {}) {
    chunk_log log(limits, lenient);
    if (size == 0) size = stream.size() + 1;
    for (std::size_t at = 0; at < stream.size(); at += size) {
        // A piece of its own on the heap: reading past its end is seen by ASan.
        std::vector<char> const piece(
            stream.begin() + static_cast<std::ptrdiff_t>(at),
            stream.begin() + static_cast<std::ptrdiff_t>(std::min(at + size, stream.size())));
        log.feed({piece.data(), piece.size()});
    }
    return log.finish();
}

/// The log of `stream` cut in two at `cut`.
inline std::string log_cut(std::string_view stream, std::size_t cut,
                           msrp::limits const& limits = {}, msrp::leniency const& lenient = {}) {
    chunk_log log(limits, lenient);
    std::string const first(stream.substr(0, cut));
    log.feed(first);
    std::string const second(stream.substr(cut));
    log.feed(second);
    return log.finish();
}

}  // namespace support
