// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// corpus.hpp - what is parsed in the benchmarks: generated from fixed seeds, the same everywhere.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

/// Texts that stand one behind the other, as a socket would bring them.
class texts {
   public:
    explicit texts(std::vector<std::string> const& all) {
        for (auto const& one : all) octets_ += one;
        std::size_t at = 0;
        for (auto const& one : all) {
            views_.push_back(std::string_view(octets_).substr(at, one.size()));
            at += one.size();
        }
    }
    texts(texts const&) = delete;
    texts& operator=(texts const&) = delete;

    [[nodiscard]] auto begin() const { return views_.begin(); }
    [[nodiscard]] auto end() const { return views_.end(); }
    [[nodiscard]] std::size_t size() const { return views_.size(); }
    [[nodiscard]] std::string_view operator[](std::size_t i) const { return views_[i]; }
    [[nodiscard]] std::string_view octets() const { return octets_; }

   private:
    std::string octets_;
    std::vector<std::string_view> views_;
};

/// The engine alone is the same in every standard library; distributions are not.
class dice {
   public:
    explicit dice(std::uint64_t seed) : engine_(seed) {}
    std::size_t number(std::size_t least, std::size_t most) {
        return least + static_cast<std::size_t>(engine_() % (most - least + 1));
    }
    bool chance(std::size_t percent) { return number(1, 100) <= percent; }
    std::string word(std::size_t least, std::size_t most) {
        constexpr std::string_view letters = "abcdefghijkmnopqrstuvwxyz0123456789";
        std::string out(number(least, most), '\0');
        for (char& c : out) c = letters[number(0, letters.size() - 1)];
        return out;
    }
    template <class... Choices>
    std::string_view one_of(Choices... choices) {
        std::array<std::string_view, sizeof...(choices)> const all{choices...};
        return all[number(0, all.size() - 1)];
    }
    std::uint64_t octets() { return engine_(); }

   private:
    std::mt19937_64 engine_;
};

enum class protocol { msrp, http, sip };
enum class kind { send, ok, report };

/// SEND, 200 and REPORT in MSRP; in HTTP and SIP messages with as many header fields, about as many
/// octets and the same body.
struct message_parts {
    std::string tid, to, from, message_id, body;
};

/// A braced list is evaluated from left to right; the operands of `+` are not, and the dice would
/// fall otherwise with every compiler.
inline std::string cat(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (std::string_view const part : parts) out += part;
    return out;
}

inline std::string msrp_uri(dice& d, bool secure) {
    return cat({secure ? "msrps://" : "msrp://", d.word(4, 9), ".example.",
                d.one_of("net", "org", "com"), ":", std::to_string(d.number(1024, 65535)), "/",
                d.word(14, 22), ";tcp"});
}

inline std::string msrp_message(dice& d, kind k, message_parts const& p) {
    auto const size = std::to_string(p.body.size());
    auto const paths = cat({"To-Path: ", p.to, "\r\nFrom-Path: ", p.from, "\r\n"});
    auto const id = cat({"Message-ID: ", p.message_id, "\r\n"});
    auto const end = cat({"-------", p.tid, "$\r\n"});
    auto const range = cat({"Byte-Range: 1-", size, "/", size, "\r\n"});
    if (k == kind::ok) return cat({"MSRP ", p.tid, " 200 OK\r\n", paths, end});
    if (k == kind::report)
        return cat({"MSRP ", p.tid, " REPORT\r\n", paths, id, range, "Status: 000 ",
                    d.one_of("200 OK", "200", "408", "413 Stop"), "\r\n", end});
    std::vector<std::string> middle{
        id, range, cat({"Success-Report: ", d.one_of("yes", "no"), "\r\n"}),
        cat({"Failure-Report: ", d.one_of("yes", "no", "partial"), "\r\n"})};
    for (std::size_t i = middle.size() - 1; i > 0; --i)
        std::swap(middle[i], middle[d.number(0, i)]);
    return cat({"MSRP ", p.tid, " SEND\r\n", paths, middle[0], middle[1], middle[2], middle[3],
                "Content-Type: ", d.one_of("text/plain", "text/html", "message/cpim"), "\r\n\r\n",
                p.body, "\r\n", end});
}

/// The same header lines, Content-Length for Byte-Range; what the end-line has in MSRP is in the
/// start line.
inline std::string http_message(dice& d, kind k, message_parts const& p) {
    if (k == kind::ok)  // two fields, one of them must frame
        return cat(
            {"HTTP/1.1 200 OK\r\nTo-Path: ", p.to, " ", p.from, "\r\nContent-Length: 0\r\n\r\n"});
    auto const head = cat({k == kind::send ? "POST /" : "GET /", p.tid, d.word(12, 18),
                           " HTTP/1.1\r\nTo-Path: ", p.to, "\r\nFrom-Path: ", p.from,
                           "\r\nMessage-ID: ", p.message_id, "\r\n"});
    if (k == kind::report) return cat({head, "Byte-Range: 1-60/60\r\nStatus: 000 200 OK\r\n\r\n"});
    return cat({head, "Content-Length: ", std::to_string(p.body.size()), "\r\nSuccess-Report: ",
                d.one_of("yes", "no"), "\r\nFailure-Report: ", d.one_of("yes", "no", "partial"),
                "\r\nContent-Type: text/plain\r\n\r\n", p.body});
}

/// A MESSAGE of as many fields and octets; SIP's own fields, since its parsers decode them.
inline std::string sip_message(dice& d, kind k, message_parts const& p) {
    auto const host = [&] { return d.word(4, 9) + ".example.net"; };
    auto const user = [&] { return cat({"<sip:", d.word(4, 9), "@", host(), ">"}); };
    auto const via = cat({"Via: SIP/2.0/TCP ", host(), ":5060;branch=z9hG4bK", p.tid, "\r\n"});
    if (k == kind::ok)
        return cat({"SIP/2.0 200 OK\r\n", via, "Call-ID: ", p.message_id, d.word(40, 50), "@",
                    host(), "\r\n\r\n"});
    bool const send = k == kind::send;
    auto const head = cat({send ? "MESSAGE sip:" : "OPTIONS sip:", d.word(6, 12), "@", host(),
                           " SIP/2.0\r\n", via, "From: ", user(), ";tag=", d.word(8, 14),
                           "\r\nTo: ", user(), "\r\nCall-ID: ", p.message_id, "@", host(),
                           "\r\nCSeq: ", std::to_string(d.number(1, 9999)),
                           send ? " MESSAGE\r\n" : " OPTIONS\r\n"});
    if (!send) return head + "\r\n";
    return cat({head, "Content-Type: text/plain\r\nContent-Length: ", std::to_string(p.body.size()),
                "\r\n\r\n", p.body});
}

inline constexpr std::size_t message_count = 512;

/// 512 different messages: a parser's branches cannot be learned as those of one message can.
inline texts const& messages(protocol in, kind k) {
    static auto const make = [](protocol p, kind what) {
        dice d(4975 + 16 * static_cast<std::uint64_t>(p) + static_cast<std::uint64_t>(what));
        std::vector<std::string> all;
        for (std::size_t i = 0; i < message_count; ++i) {
            message_parts parts{d.word(8, 14), msrp_uri(d, d.chance(30)), msrp_uri(d, d.chance(30)),
                                d.word(12, 20), d.word(50, 70)};
            for (char& c : parts.body)
                if (d.chance(15)) c = ' ';
            all.push_back(p == protocol::msrp   ? msrp_message(d, what, parts)
                          : p == protocol::http ? http_message(d, what, parts)
                                                : sip_message(d, what, parts));
        }
        return all;
    };
    static texts const all[3][3] = {
        {texts(make(protocol::msrp, kind::send)), texts(make(protocol::msrp, kind::ok)),
         texts(make(protocol::msrp, kind::report))},
        {texts(make(protocol::http, kind::send)), texts(make(protocol::http, kind::ok)),
         texts(make(protocol::http, kind::report))},
        {texts(make(protocol::sip, kind::send)), texts(make(protocol::sip, kind::ok)),
         texts(make(protocol::sip, kind::report))}};
    return all[static_cast<std::size_t>(in)][static_cast<std::size_t>(k)];
}

/// Messages with `fields` more header fields, for curves of growth. Every one has a value of its
/// own.
inline std::string message_with_fields(protocol in, std::size_t fields) {
    dice d(fields);
    std::string m = in == protocol::http ? "GET /index HTTP/1.1\r\n" : "MSRP a1b2c3d4 REPORT\r\n";
    m += "To-Path: msrp://a.example.net:9/s;tcp\r\nFrom-Path: msrp://b.example.net:9/s;tcp\r\n";
    for (std::size_t i = 0; i < fields; ++i)
        m += cat({"X-", d.word(6, 14), ": ", d.word(8, 40), "\r\n"});
    return m + (in == protocol::http ? "\r\n" : "-------a1b2c3d4$\r\n");
}

/// 256 MSRP-URIs: names, IPv4, IPv6, some with userinfo or parameters, some without a session-id.
/// All of them are URIs by RFC 3986 too, so that generic parsers can be compared (that is why one
/// without a session-id has no port: generic parsers take ";" for a part of it).
inline texts const& uris() {
    static texts const all([] {
        dice d(3986);
        std::vector<std::string> out;
        for (std::size_t i = 0; i < 256; ++i) {
            std::string u(d.one_of("msrp://", "msrp://", "msrps://", "MSRP://"));
            if (d.chance(12)) u += d.word(3, 8) + "@";
            auto const host = d.number(1, 100);
            bool const ip = host <= 30;
            if (host <= 20) {
                for (int part = 0; part < 4; ++part)
                    u += std::to_string(d.number(0, 255)) + (part < 3 ? "." : "");
            } else if (ip) {
                u += "[2001:db8::" + std::to_string(d.number(1, 9999)) + "]";
            } else {
                u += cat({d.word(3, 14), ".",
                          d.one_of("example.net", "relay.example", "im.example.org")});
            }
            bool const session = ip || d.chance(92);
            if (session && (ip || d.chance(85))) u += ":" + std::to_string(d.number(1, 65535));
            if (session) u += cat({"/", d.word(8, 22), d.one_of("", "", "", "=", "-x", "+a/b")});
            u += cat({";", d.one_of("tcp", "tcp", "tcp", "TCP", "ws")});
            if (d.chance(15)) u += cat({";", d.word(3, 6), "=", d.word(2, 8)});
            out.push_back(std::move(u));
        }
        return out;
    }());
    return all;
}

/// 512 different descriptions of an MSRP session, about 400 octets each, as endpoints write them:
/// own or inherited c=, one or two URIs in the path, TLS with a fingerprint in two of five, an
/// audio stream before it in some. (Each c= has a numeric address: not every peer reads names.)
inline texts const& descriptions() {
    static texts const all([] {
        dice d(8866);
        std::vector<std::string> out;
        for (std::size_t i = 0; i < message_count; ++i) {
            bool const secure = d.chance(40);
            bool const relay = d.chance(40);
            bool const own_connection = d.chance(25);
            std::string address;
            for (int part = 0; part < 4; ++part)
                address += cat({part == 0 ? "" : ".", std::to_string(d.number(1, 254))});
            bool const v6 = d.chance(15);
            if (v6) address = cat({"2001:db8::", std::to_string(d.number(1, 9999))});
            auto const c = cat({"c=IN ", v6 ? "IP6 " : "IP4 ", address, "\r\n"});
            std::string t =
                cat({"v=0\r\no=", d.one_of("-", "-", "alice", "im"), " ",
                     std::to_string(d.number(1000000, 4000000000U)), " ",
                     std::to_string(d.number(1, 4000000000U)), " IN ", v6 ? "IP6 " : "IP4 ",
                     address, "\r\ns=", d.one_of("-", "-", "session", "Chat with Bob"), "\r\n"});
            if (d.chance(10)) t += cat({"i=", d.word(6, 20), "\r\n"});
            if (!own_connection) t += c;
            if (d.chance(15)) t += cat({"b=AS:", std::to_string(d.number(8, 512)), "\r\n"});
            t += "t=0 0\r\n";
            if (d.chance(50)) t += cat({"a=tool:", d.word(8, 16), "/", d.word(1, 4), "\r\n"});
            if (d.chance(10))
                t += cat({"m=audio ", std::to_string(d.number(1024, 65534)), " RTP/AVP 0 8\r\n", c,
                          "a=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n"});
            auto const port = std::to_string(d.number(1024, 65535));
            t += cat({"m=message ", port, secure ? " TCP/TLS/MSRP *\r\n" : " TCP/MSRP *\r\n"});
            if (own_connection) t += c;
            std::vector<std::string> lines{
                cat({"accept-types:",
                     d.one_of("message/cpim text/plain text/html",
                              "text/plain application/im-iscomposing+xml", "message/cpim", "*",
                              "text/plain image/jpeg image/png application/*")}),
                cat({"path:", relay ? msrp_uri(d, secure) + " " : "", secure ? "msrps" : "msrp",
                     v6 ? "://[" : "://", address, v6 ? "]:" : ":", port, "/", d.word(14, 22),
                     ";tcp"})};
            if (d.chance(50))
                lines.push_back(cat({"accept-wrapped-types:",
                                     d.one_of("*", "text/plain text/html *", "text/plain")}));
            if (d.chance(60))
                lines.push_back(cat({"max-size:", std::to_string(d.number(10000, 10000000))}));
            if (d.chance(70))
                lines.push_back(cat({"setup:", d.one_of("actpass", "active", "passive")}));
            if (d.chance(40)) lines.emplace_back("msrp-cema");
            if (d.chance(50))
                lines.emplace_back(d.one_of("sendrecv", "sendrecv", "sendonly", "recvonly"));
            if (d.chance(15)) lines.emplace_back("chatroom:nickname private-messages");
            if (d.chance(30)) lines.push_back(cat({"x-", d.word(4, 12), ":", d.word(6, 24)}));
            if (secure) {
                std::string f = "fingerprint:SHA-256 ";
                for (int octet = 0; octet < 32; ++octet) {
                    if (octet != 0) f += ':';
                    for (int half = 0; half < 2; ++half) f += "0123456789ABCDEF"[d.number(0, 15)];
                }
                lines.push_back(std::move(f));
            }
            for (std::size_t n = lines.size() - 1; n > 0; --n)
                std::swap(lines[n], lines[d.number(0, n)]);
            for (auto const& line : lines) t += cat({"a=", line, "\r\n"});
            out.push_back(std::move(t));
        }
        return out;
    }());
    return all;
}

/// The transaction id of all bodies below.
inline constexpr std::string_view body_tid = "q7Rk2Mz9Wd4x";
inline std::string needle_of(std::string_view tid) { return "\r\n-------" + std::string(tid); }

/// Octets by chance, without 0x00 (so that memchr has something to look for). Not repeated.
inline std::string const& random_octets(std::size_t size) {
    static std::vector<std::pair<std::size_t, std::string>> made;
    for (auto const& [n, octets] : made)
        if (n == size) return octets;
    dice d(size);
    std::string out(size, '\0');
    for (std::size_t i = 0; i + 8 <= size; i += 8) {
        std::uint64_t const eight = d.octets();
        std::memcpy(out.data() + i, &eight, 8);
    }
    std::replace(out.begin(), out.end(), '\0', ' ');
    made.reserve(64);  // views and references into it are given out
    return made.emplace_back(size, std::move(out)).second;
}

/// Bodies made to slow a search for the end-line down; none holds it.
enum class hostile { hyphens, crlf, crlf_hyphen, other_ids, each_octet, near_miss, wrong_flag };
inline constexpr std::array<hostile, 7> all_hostile = {
    hostile::hyphens,    hostile::crlf,      hostile::crlf_hyphen, hostile::other_ids,
    hostile::each_octet, hostile::near_miss, hostile::wrong_flag};
inline std::string_view name_of(hostile h) {
    switch (h) {
        case hostile::hyphens: return "all '-'";
        case hostile::crlf: return "all CRLF";
        case hostile::crlf_hyphen: return "CRLF '-'";
        case hostile::other_ids: return "end-lines of other ids";
        case hostile::each_octet: return "near misses, each octet in turn";
        case hostile::near_miss: return "near misses, last octet of the id";
        case hostile::wrong_flag: return "near misses, the flag";
    }
    return {};
}
inline std::string hostile_octets(hostile h, std::size_t size) {
    std::string unit;
    dice d(1);  // the same at every size: what grows is the length alone
    switch (h) {
        case hostile::hyphens: unit = "-"; break;
        case hostile::crlf: unit = "\r\n"; break;
        case hostile::crlf_hyphen: unit = "\r\n-"; break;
        case hostile::other_ids:  // as many as nobody learns by heart
            for (int i = 0; i < 256; ++i) unit += needle_of(d.word(12, 12)) + "$";
            break;
        case hostile::each_octet:
            for (std::size_t i = 0; i < needle_of(body_tid).size(); ++i) {
                unit += needle_of(body_tid);
                unit[unit.size() - needle_of(body_tid).size() + i] = '!';
            }
            break;
        case hostile::near_miss:
            unit = needle_of(body_tid);
            unit.back() = 'y';
            break;
        case hostile::wrong_flag: unit = needle_of(body_tid) + "%"; break;
    }
    std::string out;
    out.reserve(size + unit.size());
    while (out.size() < size) out += unit;
    out.resize(size);
    return out;
}

}  // namespace bench
