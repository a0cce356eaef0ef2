// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// first_stage.hpp - what the parser does before it looks at values, by itself: for comparison.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <msrp/detail/field_lookup.hpp>
#include <msrp/end_line.hpp>
#include <msrp/header.hpp>
#include <msrp/ident.hpp>
#include <wire/find_marker.hpp>
#include <wire/kernel.hpp>
#include <wire/line_index.hpp>

namespace bench {

/// Framing, header index, line ends and control octets, made of the parser's own parts; no URI, no
/// method, no order of fields, no limit. It is what a parser like picohttpparser does.
struct first_stage {
    msrp::detail::header_index index;
    std::string_view body;
    std::array<std::uint32_t, 64> ends{};
    wire::kernel kernel = wire::best_kernel();

    /// @param text one message, all of it.
    bool read(std::string_view text) {
        wire::line_index lines;
        wire::index_lines(lines, text, ends.data(), ends.size(), kernel);
        if (lines.stray || lines.high || !lines.ended || lines.count < 3 || text.size() < 64)
            return false;
        if (std::memcmp(text.data(), "MSRP ", 5) != 0) return false;
        std::array<char, msrp::ident_max> id;
        std::memcpy(id.data(), text.data() + 5, id.size());
        std::size_t n = msrp::detail::alnum_run(text.data() + 5);  // of the 64 octets or more
        while (n < id.size() && msrp::ident_char.contains(id[n])) ++n;
        if (text[5 + n] != ' ') return false;
        index.clear();
        std::size_t at = ends[0] + 1;
        for (std::size_t i = 1; i < lines.count; ++i) {
            std::size_t const lf = ends[i];
            auto name = text.size() - at < 32 ? msrp::detail::header_name{msrp::field::other, 0}
                                              : msrp::detail::lookup_field(text.data() + at);
            if (name.size == 0) {  // any other token
                name.size = msrp::token_char.span(text.substr(at, lf - at));
                if (name.size == 0 || text[at + name.size] != ':') return false;
            }
            if (text[at + name.size + 1] != ' ') return false;
            std::size_t const value = at + name.size + 2;
            index.note(name.id, value, lf - 1 - value);
            at = lf + 1;
        }
        if (text[at] == '\r') {
            std::array<char, msrp::end_line_scanner::needle_max> needle;
            std::memcpy(needle.data(), "\r\n-------", 9);
            std::memcpy(needle.data() + 9, id.data(), id.size());
            auto const rest = text.substr(at + 2);
            std::size_t const size = wire::find_marker(rest, {needle.data(), 9 + n}, kernel);
            body = rest.substr(0, size);
            std::size_t const flag_at = size + 9 + n;
            return rest.size() >= flag_at + 3 && rest[flag_at + 1] == '\r' &&
                   rest[flag_at + 2] == '\n' &&
                   (rest[flag_at] == '$' || rest[flag_at] == '+' || rest[flag_at] == '#');
        }
        return text.size() - at == 7 + n + 3 && std::memcmp(text.data() + at, "-------", 7) == 0 &&
               std::memcmp(text.data() + at + 7, id.data(), n) == 0;
    }
};

}  // namespace bench
