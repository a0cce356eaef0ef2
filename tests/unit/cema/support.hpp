// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// support.hpp - descriptions for the tests of the CEMA layer.
#pragma once

#include <cema/negotiator.hpp>
#include <cstdint>
#include <optional>
#include <sdp/parser.hpp>
#include <string>
#include <string_view>

namespace cema_test {

/// An m=message description, put together line by line.
struct text {
    std::string c = "192.0.2.2";
    unsigned port = 7002;
    std::string path = "msrp://192.0.2.2:7002/bob1;tcp";
    std::string setup{};  ///< empty: none
    bool cema = false;
    bool tls = false;
    std::string more{};  ///< further lines of the media description, with their line ends

    [[nodiscard]] std::string str() const {
        auto const type = c.find(':') == std::string::npos ? "IP4 " : "IP6 ";
        return "v=0\r\no=- 5 1 IN " + std::string(type) + c + "\r\ns=-\r\nc=IN " + type + c +
               "\r\nt=0 0\r\nm=message " + std::to_string(port) +
               (tls ? " TCP/TLS/MSRP *\r\n" : " TCP/MSRP *\r\n") + "a=accept-types:text/plain\r\n" +
               "a=path:" + path + "\r\n" + (setup.empty() ? "" : "a=setup:" + setup + "\r\n") +
               (cema ? "a=msrp-cema\r\n" : "") + more;
    }
};

inline std::optional<sdp::description> parsed(std::string_view text) {
    auto d = sdp::description::parse(text);
    if (!d) return std::nullopt;
    return *d;
}

/// A line of the text, without its line end, that begins so; empty where there is none.
inline std::string line(std::string_view text, std::string_view begin) {
    std::size_t at = 0;
    while (at < text.size()) {
        auto const end = text.find("\r\n", at);
        auto const one = text.substr(at, end - at);
        if (one.starts_with(begin)) return std::string(one);
        if (end == std::string_view::npos) break;
        at = end + 2;
    }
    return {};
}
inline bool has(std::string_view text, std::string_view wanted) {
    return line(text, wanted) == wanted;
}

template <class Reasons>
bool cites(Reasons const& reasons, std::string_view document, std::string_view section,
           std::string_view item = {}) {
    for (auto const& r : reasons)
        if (r.document == document && r.section == section && (item.empty() || r.item == item))
            return true;
    return false;
}

inline sdp::fingerprint some_fingerprint(std::uint8_t octet = 0xAB) {
    std::uint8_t digest[32];
    for (auto& d : digest) d = octet;
    return *sdp::fingerprint::make(sdp::hash_function::sha_256, digest);
}

}  // namespace cema_test
