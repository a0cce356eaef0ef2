// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// event_digest.hpp - what a parser says of a stream, as numbers: cheap to make and to compare.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include <msrp/chunk_event.hpp>
#include <wire/result.hpp>

namespace support {

/// A listener, as `log_text` is, for millions of streams a minute: two streams that differ in
/// anything that `log_text` would print have other numbers, but for a chance of 2^-64.
class event_digest {
   public:
    void clear() {
        words_.clear();
        body_ = 0;
        body_open_ = false;
    }

    void begin(std::string_view id, std::string_view method, unsigned status,
               std::optional<std::string_view> comment, std::uint64_t offset, bool has_body) {
        put(offset << 1U | (has_body ? 1U : 0U));
        put(status << 1U | (comment ? 1U : 0U));
        put(hash(id));
        put(hash(comment ? *comment : method));
        body_open_ = has_body;
    }
    void field(std::string_view name, std::string_view value) {
        put(hash(name));
        put(hash(value));
    }
    void paths(std::size_t to, std::size_t from) { put(~(std::uint64_t{to} << 32U | from)); }
    void data(std::string_view octets) {
        // Octet by octet: where the pieces were cut must not show.
        for (char const c : octets)
            body_ = body_ * 0x9E3779B97F4A7C15U + static_cast<unsigned char>(c) + 1;
    }
    void end(char flag, std::uint64_t size, std::uint64_t offset) {
        flush();
        put(size << 8U | static_cast<unsigned char>(flag));
        put(offset);
    }
    void stop(msrp::stream_end how, wire::failure const& why) {
        flush();
        put(static_cast<std::uint64_t>(how));
        if (how != msrp::stream_end::error) return;
        put(static_cast<std::uint64_t>(why.code.value()));
        put(why.offset);
        put(hash(why.field));
    }

    friend bool operator==(event_digest const& a, event_digest const& b) {
        return a.words_ == b.words_;
    }

   private:
    void put(std::uint64_t word) { words_.push_back(word); }
    static std::uint64_t hash(std::string_view text) {
        std::uint64_t h = text.size();
        while (!text.empty()) {
            std::uint64_t word = 0;
            std::size_t const n = text.size() < sizeof word ? text.size() : sizeof word;
            std::memcpy(&word, text.data(), n);
            h = (h ^ word) * 0x9E3779B97F4A7C15U;
            h ^= h >> 29U;
            text.remove_prefix(n);
        }
        return h;
    }
    void flush() {
        if (body_open_) put(body_);
        body_open_ = false;
        body_ = 0;
    }

    std::vector<std::uint64_t> words_;
    std::uint64_t body_ = 0;
    bool body_open_ = false;
};

}  // namespace support
