// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chunk_log.hpp - what a chunk parser says of a stream, as text that two runs can be compared by.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/chunk_parser.hpp>

namespace support {

/// Events as text: one line an event and a line a header field, adjacent chunk_data joined; the
/// last line says how the stream stopped.
class log_text {
   public:
    /// @param base the stream offset that the event's offsets count from.
    void note(msrp::chunk_event const& event, std::uint64_t base = 0) {
        if (auto const* begin = std::get_if<msrp::chunk_begin>(&event)) note_begin(*begin, base);
        if (auto const* data = std::get_if<msrp::chunk_data>(&event)) body_ += data->octets;
        if (auto const* end = std::get_if<msrp::chunk_end>(&event)) note_end(*end, base);
    }

    std::string finish(msrp::stream_end how, wire::failure const& why) {
        flush();
        if (how == msrp::stream_end::boundary) text_ += "ok\n";
        if (how == msrp::stream_end::incomplete) text_ += "incomplete\n";
        if (how == msrp::stream_end::error)
            text_ += "error " + why.code.message() + " at " + std::to_string(why.offset) + " in " +
                     std::string(why.field) + "\n";
        return text_;
    }

   private:
    void note_begin(msrp::chunk_begin const& b, std::uint64_t base) {
        text_ += "begin " + std::string(b.transaction_id) + ' ';
        if (b.is_request()) {
            text_ += b.method_name;
        } else {
            text_ += std::to_string(b.status);
            if (b.comment) text_ += " \"" + std::string(*b.comment) + '"';
        }
        text_ += " at " + std::to_string(base + b.offset) + (b.has_body ? " body\n" : "\n");
        for (auto const f : b.headers)
            text_ += "  " + std::string(f.name) + '=' + std::string(f.value) + '\n';
        text_ += "  paths " + std::to_string(b.headers.to_path().size()) + ' ' +
                 std::to_string(b.headers.from_path().size()) + '\n';
        body_open_ = b.has_body;
    }
    void note_end(msrp::chunk_end const& e, std::uint64_t base) {
        flush();
        text_ += "end ";
        text_ += static_cast<char>(e.flag);
        text_ += " size " + std::to_string(e.body_size) + " at " + std::to_string(base + e.offset) +
                 '\n';
    }
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
