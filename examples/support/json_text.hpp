// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// json_text.hpp - octets from a peer as JSON strings, whatever they are.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <wire/utf8.hpp>

namespace examples {

using json = nlohmann::ordered_json;

/// Makes JSON strings; remembers whether one of them was not UTF-8.
class json_text {
   public:
    /// The text itself where it is UTF-8, else one character U+0000 to U+00FF for each octet.
    std::string operator()(std::string_view text) {
        if (is_utf8(text)) return std::string(text);
        lossy_ = true;
        std::string out;
        for (char const c : text) {
            auto const octet = static_cast<unsigned char>(c);
            if (octet < 0x80) {
                out += c;
            } else {
                out += static_cast<char>(0xC0U | octet >> 6U);
                out += static_cast<char>(0x80U | (octet & 0x3FU));
            }
        }
        return out;
    }

    [[nodiscard]] bool lossy() const noexcept { return lossy_; }

    /// One line: \u escapes for what was not UTF-8, plain UTF-8 else.
    static std::string line(json const& object) {
        return object.dump(-1, ' ', object.value("lossy", false)) + "\n";
    }

    static bool is_utf8(std::string_view text) noexcept {
        // Control characters are UTF-8, though no utf8text of MSRP.
        while (!text.empty()) {
            auto const scan = wire::scan_utf8text(text);
            if (scan.whole) return true;
            if (scan.size == text.size()) return false;
            auto const c = static_cast<unsigned char>(text[scan.size]);
            if (c >= 0x80 || (c >= 0x20 && c != 0x7F)) return false;
            if (scan.size > 0 && !wire::scan_utf8text(text.substr(0, scan.size)).whole)
                return false;
            text.remove_prefix(scan.size + 1);
        }
        return true;
    }

   private:
    bool lossy_ = false;
};

}  // namespace examples
