// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// offer_answer.cpp - two sides that send each other any offers and answers, in any order, with good
// and stale tokens: each call does what a plain model over lines of text says, or changes nothing.
//
// Input: options (one octet), size of the script (one octet), the script, then descriptions, each
// ended by a line "--". A step of the script is one octet: what (3 bits), who (1 bit), which
// description (4 bits); further octets where the description is made up, or one of several.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sdp/offer_answer.hpp>
#include <sdp/parser.hpp>

#include "fuzz_input.hpp"

namespace {

using sdp::error;

using fuzz::input;
using fuzz::require;

// The rules once more, plainly, over lines of text.

using lines = std::vector<std::string>;

lines split(std::string_view text, char at) {
    lines out;
    while (!text.empty()) {
        auto const end = std::min(text.find(at), text.size());
        out.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}
lines lines_of(std::string_view text) {
    auto out = split(text, '\n');
    for (auto& l : out)
        if (!l.empty() && l.back() == '\r') l.pop_back();
    return out;
}
std::string lower(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

struct plain_media {
    std::size_t first = 0;  ///< its m= line
    std::string type;
    bool zero = false;
    std::string proto;
    std::string direction = "sendrecv";
    std::size_t direction_line = 0;
    std::string setup;  ///< empty: absent or unknown
    std::size_t setup_line = 0;
    bool multicast = false;
    unsigned long port = 0;
    unsigned long ports = 1;
    lines formats;
    std::string connection;  ///< what of the first c= line counts
    std::size_t connection_line = 0;
};
struct plain_description {
    lines times;
    std::vector<std::size_t> time_lines;
    std::vector<plain_media> media;
    lines origin;
};

plain_description read_plain(std::string_view text) {
    plain_description out;
    auto const all = lines_of(text);
    plain_media session;
    std::vector<bool> own_direction;
    std::vector<bool> own_setup;
    bool session_direction = false;
    bool session_setup = false;
    bool session_connection = false;
    bool own_connection = false;
    auto const is_multicast = [](std::string const& value) {
        auto const c = sdp::read_connection(value);
        if (!c) return false;
        if (!c->ip) return c->ttl.has_value();
        if (c->ip->is_v6()) return c->ip->octets()[0] == 255;
        return c->ip->octets()[0] >= 224 && c->ip->octets()[0] <= 239;
    };
    auto const place = [](std::string const& value) {
        auto const c = sdp::read_connection(value);
        if (!c) return std::string();
        auto shown = c->net_type.empty() ? std::string() : lower(std::string(c->net_type));
        shown += " " + lower(std::string(c->address_type)) + " ";
        shown += c->ip ? std::string(wire::ip_text(*c->ip).view()) : lower(std::string(c->address));
        shown += c->ttl ? "/" + std::to_string(*c->ttl) : "";
        return shown + "/" + std::to_string(c->address_count.value_or(1));
    };
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const& l = all[i];
        auto const value = l.substr(2);
        bool const in_media = !out.media.empty();
        auto& here = in_media ? out.media.back() : session;
        switch (l[0]) {
            case 'o': out.origin = split(value, ' '); break;
            case 't':
            case 'r':
            case 'z':
                out.times.push_back(l);
                out.time_lines.push_back(i);
                break;
            case 'c':
                if (in_media ? !own_connection : !session_connection) {
                    here.multicast = is_multicast(value);
                    here.connection = place(value);
                    here.connection_line = i;
                }
                (in_media ? own_connection : session_connection) = true;
                break;
            case 'm': {
                auto const fields = split(value, ' ');
                plain_media m = session;
                m.first = i;
                m.type = fields[0];
                auto const ports = split(fields[1], '/');
                m.port = std::strtoul(ports[0].c_str(), nullptr, 10);
                if (ports.size() > 1) m.ports = std::strtoul(ports[1].c_str(), nullptr, 10);
                m.zero = m.port == 0;
                m.formats.assign(fields.begin() + 3, fields.end());
                if (!session_connection) m.connection_line = i;
                m.proto = lower(fields[2]);
                if (!session_direction) m.direction_line = i;
                if (!session_setup) m.setup_line = i;
                out.media.push_back(m);
                own_direction.push_back(false);
                own_setup.push_back(false);
                own_connection = false;
                break;
            }
            case 'a': {
                auto const name = value.substr(0, value.find(':'));
                if (value == "sendrecv" || value == "sendonly" || value == "recvonly" ||
                    value == "inactive") {
                    if (in_media ? own_direction.back() : session_direction) break;
                    if (in_media) own_direction.back() = true;
                    if (!in_media) session_direction = true;
                    here.direction = value;
                    here.direction_line = i;
                } else if (name == "setup") {
                    if (in_media ? own_setup.back() : session_setup) break;
                    if (in_media) own_setup.back() = true;
                    if (!in_media) session_setup = true;
                    auto const role = value == name ? std::string() : lower(value.substr(6));
                    bool const known = role == "active" || role == "passive" || role == "actpass" ||
                                       role == "holdconn";
                    here.setup = known ? role : "";
                    here.setup_line = i;
                }
                break;
            }
            default: break;
        }
    }
    if (out.times.empty()) out.times.emplace_back("t=0 0");
    return out;
}

/// What is wrong, and the number of the line from 0: that behind the last for the end.
struct verdict {
    std::error_code code{};
    std::size_t line = 0;
};
verdict wrong(error e, std::size_t line) { return {make_error_code(e), line}; }

verdict plain_check_answer(std::string const& offer, std::string const& answer,
                           sdp::answer_leniency rules) {
    auto const o = read_plain(offer);
    auto const a = read_plain(answer);
    if (a.media.size() < o.media.size())
        return wrong(error::answer_media_count, lines_of(answer).size());
    if (a.media.size() > o.media.size())
        return wrong(error::answer_media_count, a.media[o.media.size()].first);
    if (!rules.same_origin && o.origin == a.origin && lines_of(offer) != lines_of(answer))
        return wrong(error::answer_origin, 1);
    for (std::size_t i = 0; i < std::max(o.times.size(), a.times.size()); ++i) {
        if (i < o.times.size() && i < a.times.size() && o.times[i] == a.times[i]) continue;
        if (a.time_lines.empty()) return wrong(error::answer_time, 0);
        return wrong(error::answer_time, a.time_lines[std::min(i, a.time_lines.size() - 1)]);
    }
    static constexpr std::array directions{
        "sendrecv>sendrecv", "sendrecv>sendonly", "sendrecv>recvonly",
        "sendrecv>inactive", "sendonly>recvonly", "sendonly>inactive",
        "recvonly>sendonly", "recvonly>inactive", "inactive>inactive"};
    static constexpr std::array setups{
        "active>passive", "active>holdconn", "passive>active",   "passive>holdconn",
        "actpass>active", "actpass>passive", "actpass>holdconn", "holdconn>holdconn",
    };
    auto const among = [](auto const& pairs, std::string const& pair) {
        return std::find(pairs.begin(), pairs.end(), pair) != pairs.end();
    };
    for (std::size_t i = 0; i < o.media.size(); ++i) {
        auto const& x = o.media[i];
        auto const& y = a.media[i];
        if (x.type != y.type) return wrong(error::answer_media_type, y.first);
        if (y.zero) continue;
        if (x.zero) return wrong(error::answer_revives_media, y.first);
        bool const tls = rules.tls_added && x.proto.rfind("tcp/", 0) == 0 &&
                         y.proto == "tcp/tls/" + x.proto.substr(4);
        if (x.proto != y.proto && !tls) return wrong(error::answer_proto, y.first);
        std::size_t const known = static_cast<std::size_t>(
            std::count_if(y.formats.begin(), y.formats.end(), [&](std::string const& f) {
                return std::find(x.formats.begin(), x.formats.end(), f) != x.formats.end();
            }));
        if (x.formats.size() <= 32 && y.formats.size() <= 32 &&
            (x.multicast ? known != y.formats.size() : x.type == "message" && known == 0))
            return wrong(error::answer_formats, y.first);
        if (x.multicast != y.multicast) return wrong(error::answer_address, y.connection_line);
        if (x.multicast && (x.port != y.port || x.ports != y.ports))
            return wrong(error::answer_address, y.first);
        if (x.multicast && x.connection != y.connection)
            return wrong(error::answer_address, y.connection_line);
        if (x.multicast ? x.direction != y.direction
                        : !among(directions, x.direction + ">" + y.direction))
            return wrong(error::answer_direction, y.direction_line);
        auto const offered = x.setup.empty() || (rules.holdconn_is_absent && x.setup == "holdconn")
                                 ? "active"
                                 : x.setup;
        auto const answered = y.setup.empty() ? "passive" : y.setup;
        auto pair = offered;
        pair.append(">").append(answered);
        if (!among(setups, pair)) return wrong(error::answer_setup, y.setup_line);
    }
    return {};
}

std::string without_zeros(std::string n) {
    while (n.size() > 1 && n[0] == '0') n.erase(0, 1);
    return n;
}
std::string plus(std::string n, unsigned more) {
    for (; more != 0; --more) {
        auto i = n.size();
        while (i != 0 && n[i - 1] == '9') n[--i] = '0';
        if (i == 0)
            n.insert(0, "1");
        else
            ++n[i - 1];
    }
    return n;
}
bool plain_continues(std::string const& before, std::string const& after) {
    if (before == after) return true;
    auto old = read_plain(before).origin;
    auto now = read_plain(after).origin;
    bool const next = without_zeros(plus(old[2], 1)) == without_zeros(now[2]);
    old[2] = now[2];
    return old == now && next;
}

/// What a machine should hold.
struct model {
    struct side {
        std::optional<std::string> agreed;
        std::optional<std::string> refused;
    };
    std::array<side, 2> sides;  ///< the peer's, ours
    std::optional<std::string> pending;
    bool ours = false;

    verdict next(bool of_us, std::string const& text) const {
        auto const& s = sides[of_us ? 1 : 0];
        if (!s.agreed) return {};
        bool good = text == *s.agreed;
        if (!of_us || !s.refused) good = good || plain_continues(*s.agreed, text);
        if (s.refused) good = good || plain_continues(*s.refused, text);
        if (!good) return wrong(error::bad_origin_change, 1);
        if (read_plain(text).media.size() < read_plain(*s.agreed).media.size())
            return wrong(error::media_vanished, lines_of(text).size());
        return {};
    }
    verdict begin(bool by_us, std::string const& text) {
        auto const v = next(by_us, text);
        if (pending) {
            if (ours && !by_us && !v.code && sides[0].agreed) sides[0].refused = text;
            return wrong(error::offer_pending, 0);
        }
        if (v.code) return v;
        pending = text;
        ours = by_us;
        return {};
    }
    verdict finish(bool by_us, std::string const& text, sdp::answer_leniency rules) {
        rules.tls_added = rules.tls_added && !by_us;
        rules.same_origin = rules.same_origin && !by_us;
        if (auto const v = plain_check_answer(*pending, text, rules); v.code) return v;
        if (auto const v = next(by_us, text); v.code) return v;
        sides[by_us ? 1 : 0] = {text, {}};
        sides[by_us ? 0 : 1] = {pending, {}};
        pending.reset();
        return {};
    }
    void rollback() {
        auto& s = sides[ours ? 1 : 0];
        if (s.agreed) s.refused = pending;
        pending.reset();
    }
};

/// One side: its machine, its model, its tokens.
class party {
   public:
    party(sdp::answer_leniency rules, std::vector<sdp::offer_token>& tokens)
        : machine_(std::in_place, rules), rules_(rules), tokens_(tokens) {}

    bool offer(sdp::description const& d, bool ours) {
        auto const r = ours ? machine_->send_offer(d) : machine_->receive_offer(d);
        same(model_.begin(ours, std::string(d.text())), r, d.text());
        if (r) {
            for (auto const t : tokens_) require(!(t == *r), "a token was there before");
            tokens_.push_back(*r);
            token_ = *r;
        }
        check();
        return r.has_value();
    }
    bool answer(sdp::description const& d, bool ours) {
        if (!token_) return false;
        return answer(*token_, d, ours);
    }
    bool answer(sdp::offer_token token, sdp::description const& d, bool ours) {
        auto const r = ours ? machine_->send_answer(token, d) : machine_->receive_answer(token, d);
        // We answer what the peer offered.
        if (!good(token) || model_.ours == ours)
            stale(r);
        else
            same(model_.finish(ours, std::string(d.text()), rules_), r, d.text());
        check();
        return r.has_value();
    }
    void rollback(sdp::offer_token token) {
        auto const r = machine_->rollback(token);
        if (good(token)) {
            require(r.has_value(), "rollback");
            model_.rollback();
        } else {
            stale(r);
        }
        check();
    }
    void forget(sdp::offer_token token) {
        auto const r = machine_->forget(token);
        if (good(token) && model_.ours) {
            require(r.has_value(), "forget");
            model_.pending.reset();
        } else {
            stale(r);
        }
        check();
    }
    void move() {
        sdp::offer_answer moved(std::move(*machine_));
        require(!machine_->pending() && !machine_->local() && !machine_->remote(),
                "moved from, it is as new");
        machine_.emplace(std::move(moved));
        check();
    }
    std::optional<sdp::offer_token> token() const { return token_; }
    std::optional<std::string> const& local() const { return model_.sides[1].agreed; }
    std::optional<std::string> const& remote() const { return model_.sides[0].agreed; }
    std::optional<std::string> const& refused() const { return model_.sides[1].refused; }
    std::optional<std::string> const& pending() const { return model_.pending; }

   private:
    bool good(sdp::offer_token token) const { return model_.pending && token_ && token == *token_; }
    static void stale(wire::result<void> const& r) {
        require(!r && r.error().code == error::stale_offer, "a stale token");
    }
    template <class T>
    static void same(verdict const& v, wire::result<T> const& r, std::string_view text) {
        require(r.has_value() == !v.code, "verdict");
        if (r) return;
        require(r.error().code == v.code, "error");
        if (v.code == sdp::error_condition::misuse) return;
        auto const at = static_cast<std::size_t>(r.error().offset);
        require(at <= text.size() && (at == 0 || text[at - 1] == '\n' || at == text.size()),
                "an offset is where a line begins");
        require(lines_of(text.substr(0, at)).size() == v.line, "line of the error");
    }
    /// The machine holds what the model says, and no token but that of the pending offer is good.
    void check() {
        auto const equal = [](std::optional<sdp::description_view> const& is,
                              std::optional<std::string> const& wanted) {
            return is ? wanted && is->text() == *wanted : !wanted;
        };
        require(equal(machine_->local(), local()), "local");
        require(equal(machine_->remote(), remote()), "remote");
        require(equal(machine_->pending_offer(), pending()), "pending offer");
        require(machine_->pending() == pending().has_value(), "pending");
        for (auto const t : tokens_)
            if (!good(t)) stale(machine_->rollback(t));
    }

    std::optional<sdp::offer_answer> machine_;
    sdp::answer_leniency rules_;
    std::vector<sdp::offer_token>& tokens_;  ///< of both sides
    std::optional<sdp::offer_token> token_;
    model model_;
};

// Descriptions made up from a few octets.

template <std::size_t N>
std::string pick(std::array<char const*, N> const& of, unsigned which) {
    return of[which % N];
}

/// @param version of o=. Session level in one octet, then two octets for each media description.
std::string made_up(input& in, bool by_b, std::string const& version) {
    static constexpr std::array directions{"",
                                           "a=sendonly\r\n",
                                           "a=recvonly\r\n",
                                           "a=inactive\r\n",
                                           "a=sendrecv\r\n",
                                           "a=sendonly:1\r\n"};
    static constexpr std::array setups{
        "",
        "a=setup:active\r\n",
        "a=setup:passive\r\n",
        "a=setup:actpass\r\n",
        "a=setup:holdconn\r\n",
        "a=setup:x\r\n",
        "a=setup\r\n",
        "a=setup:Passive\r\n",
    };
    static constexpr std::array times{"t=0 0\r\n", "t=3900000000 0\r\n",
                                      "t=0 0\r\nt=3900000000 0\r\n", ""};
    static constexpr std::array connections{"", "c=IN IP4 233.252.0.1/127\r\n",
                                            "c=IN IP6 ff02::1\r\n", "c=IN IP4 group/3\r\n"};
    static constexpr std::array protos{"TCP/MSRP", "TCP/TLS/MSRP", "tcp/msrp", "RTP/AVP"};
    auto const session = in.octet();
    auto out = std::string("v=0\r\no=") + (by_b ? "ben 7 " : "ann 4 ") + version +
               " IN IP4 h\r\ns=-\r\nc=IN IP4 h\r\n" +
               pick(times, session / 4 % 8 > 3 ? 0 : session / 4);
    out += pick(directions, session / 32 == 7 ? 1 : 0);
    out += pick(setups, session / 32 == 6 ? 2 : 0);
    for (unsigned i = 0; i < session % 4; ++i) {
        auto const one = in.octet();
        auto const two = in.octet();
        out += std::string("m=") + (one % 8 == 7 ? "audio " : "message ") +
               (one / 8 % 4 == 3 ? "0 " : std::to_string(7000 + i) + " ") +
               pick(protos, one / 32 % 8 > 3 ? 0 : one / 32) + " *\r\n" +
               pick(connections, two / 64) + pick(directions, two % 8 > 5 ? 0 : two % 8) +
               pick(setups, two / 8 % 8);
    }
    return out;
}
/// An answer that fits an offer, but for its o= perhaps.
std::string fitting(std::string const& offer, bool by_b, std::string const& version,
                    unsigned reject) {
    std::string out;
    for (auto l : lines_of(offer)) {
        if (l[0] == 'o') {
            l = std::string("o=") + (by_b ? "ben 7 " : "ann 4 ") + version + " IN IP4 h";
        } else if (l[0] == 'm' && (reject & 1U) != 0) {
            auto const from = l.find(' ') + 1;
            l.replace(from, l.find(' ', from) - from, "0");
        } else if (l == "a=sendonly") {
            l = "a=recvonly";
        } else if (l == "a=recvonly") {
            l = "a=sendonly";
        } else if (lower(l) == "a=setup:passive" || l == "a=setup:actpass") {
            l = "a=setup:active";
        } else if (l == "a=setup:active" || l == "a=setup:holdconn") {
            l = "a=setup:passive";
        }
        if (l[0] == 'm') reject /= 2;
        out += l + "\r\n";
    }
    return out;
}

sdp::leniency reading() {
    sdp::leniency lenient;
    lenient.missing_time = lenient.missing_connection = lenient.missing_last_line_end = true;
    return lenient;
}

class play {
   public:
    play(unsigned options, std::string_view descriptions) {
        sdp::answer_leniency rules;
        rules.tls_added = (options & 1U) != 0;
        rules.holdconn_is_absent = (options & 8U) != 0;
        rules.same_origin = (options & 16U) != 0;
        parties_.reserve(2);
        parties_.emplace_back(rules, tokens_);
        parties_.emplace_back(rules, tokens_);
        static constexpr std::array first{"1", "9", "099", "18446744073709551615"};
        for (auto& v : versions_) v = pick(first, options / 2);
        while (!descriptions.empty() && raw_.size() < 16) {
            auto const end = std::min(descriptions.find("\n--\n"), descriptions.size());
            raw_.emplace_back(descriptions.substr(0, std::min(end + 1, descriptions.size())));
            descriptions.remove_prefix(std::min(end + 4, descriptions.size()));
        }
    }

    void step(input& in) {
        auto const octet = in.octet();
        unsigned const by = octet / 8 % 2;
        auto& x = parties_[by];
        auto& y = parties_[1 - by];
        switch (octet % 8) {
            case 0:
                if (auto const d = description(in, octet / 16, by)) {
                    bool const sent = x.offer(*d, true);
                    bool const come = y.offer(*d, false);
                    if (sent && come) provided(by, *d);
                }
                break;
            case 1:
                if (auto const d = description(in, octet / 16, by))
                    if (x.offer(*d, true)) provided(by, *d);
                break;
            case 2:
                if (auto const d = description(in, octet / 16, 1 - by)) x.offer(*d, false);
                break;
            case 3:
                if (auto const d = description(in, octet / 16, by)) {
                    bool const sent = x.answer(*d, true);
                    bool const come = y.answer(*d, false);
                    if (sent) provided(by, *d);
                    if (sent && come)
                        require(x.local() == y.remote() && x.local() == d->text(),
                                "both hold the answer that was sent");
                }
                break;
            case 4:
                if (auto const d = description(in, octet / 16, 1 - by)) x.answer(*d, false);
                break;
            case 5:
                for (auto* const p : {&x, &y})
                    if ((octet / 16 % 2 == 0 || p == &x) && p->token()) p->rollback(*p->token());
                break;
            case 6:
                if (octet / 16 % 2 == 0 && x.token()) x.forget(*x.token());
                if (octet / 16 % 2 == 1) x.move();
                break;
            default:
                // Any token that there ever was.
                if (tokens_.empty()) break;
                auto const token = tokens_[in.octet() % tokens_.size()];
                if (octet / 16 % 3 == 0) x.rollback(token);
                if (octet / 16 % 3 == 1) x.forget(token);
                if (octet / 16 % 3 == 2)
                    if (auto const d = description(in, 12, by)) x.answer(token, *d, true);
        }
    }

   private:
    void provided(std::size_t by, sdp::description const& d) {
        versions_[by] = std::string(d.view().origin().session_version);
    }
    /// A description by A or B: made up, from the input, or one that is there.
    std::optional<sdp::description> description(input& in, unsigned which, unsigned by) {
        std::optional<std::string> text;
        auto const& x = parties_[by];
        switch (which) {
            case 6:
            case 7:
                if (!raw_.empty()) text = raw_[in.octet() % raw_.size()];
                break;
            case 8: text = x.local(); break;
            case 9: text = x.remote(); break;
            case 10: text = x.refused(); break;
            case 11: text = last_; break;
            case 12:
            case 13:
            case 14:
            case 15:
                // Of what is pending, an answer; of what is agreed, an update.
                if (x.pending())
                    text = fitting(*x.pending(), by == 1, next_version(in, which % 4, by),
                                   which == 15 ? in.octet() : 0);
                else if (x.local())
                    text = fitting(*x.local(), by == 1, next_version(in, which % 4, by), 0);
                break;
            default: text = made_up(in, by == 1, next_version(in, which, by));
        }
        if (!text) return std::nullopt;
        last_ = text;
        auto d = sdp::description::parse(*text, {}, reading());
        if (!d) return std::nullopt;
        return *std::move(d);
    }
    std::string next_version(input& in, unsigned which, unsigned by) {
        if (which == 5) return std::string(in.octet() % 4, '0') + plus(versions_[by], 1);
        static constexpr std::array<unsigned, 5> more{1, 0, 1, 2, 3};
        return plus(versions_[by], more[which]);
    }

    std::vector<sdp::offer_token> tokens_;
    std::vector<party> parties_;
    std::array<std::string, 2> versions_;
    std::vector<std::string> raw_;
    std::optional<std::string> last_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    input in({reinterpret_cast<char const*>(data), size});
    auto const options = in.octet();
    auto const script_size = in.octet();
    input script(in.octets(script_size));
    play both(options, in.rest());
    for (int steps = 0; steps < 24 && !script.done(); ++steps) both.step(script);

    // Any two descriptions of the input, without a machine.
    auto const all = in.rest();
    auto const end = std::min(all.find("\n--\n"), all.size());
    std::string const first(all.substr(0, std::min(end + 1, all.size())));
    std::string const second(all.substr(std::min(end + 4, all.size())));
    auto const o = sdp::parse(first, {}, reading());
    auto const a = sdp::parse(second, {}, reading());
    if (!o || !a) return 0;
    for (unsigned bits = 0; bits < 8; ++bits) {
        sdp::answer_leniency rules;
        rules.tls_added = (bits & 1U) != 0;
        rules.holdconn_is_absent = (bits & 2U) != 0;
        rules.same_origin = (bits & 4U) != 0;
        auto const v = plain_check_answer(first, second, rules);
        auto const r = sdp::check_answer(*o, *a, rules);
        require(r.has_value() ? !v.code : r.error().code == v.code, "check_answer");
    }
    require(sdp::check_update(*o, *o).has_value(), "the same may follow");
    auto const kept = read_plain(second).media.size() >= read_plain(first).media.size();
    require(sdp::check_update(*o, *a).has_value() == (plain_continues(first, second) && kept),
            "check_update");
    return 0;
}
