// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// relay_endpoint.cpp - for kamailio_test.py and scripts/kamailio_cpu: an endpoint behind a relay.
// It authorizes itself by AUTH on a connection of its own making, hands that to the driver, and
// exchanges messages with another one; or sends it many, in many sessions.
#include <openssl/evp.h>

#include <asio/read_until.hpp>
#include <asio/write.hpp>
#include <cstring>
#include <map>
#include <msrp/chunk_parser.hpp>
#include <msrp/inbox.hpp>
#include <msrp/transport/endpoint_driver.hpp>
#include <numeric>

#include "common.hpp"

namespace {

using namespace program;  // NOLINT(google-build-using-namespace): a program's own file
namespace transport = msrp::transport;

struct options {
    std::string relay, user, password, own_file, peer_file, fingerprint, go_file;
    bool active = false;
    bool direct = false;
    std::size_t max_chunk = 8000;
    std::size_t sessions = 1;
    std::size_t count = 0;  ///< of messages in a session; 0: `sizes`, each once, both ways
    std::size_t window = 8;
    int timeout = 60;
    std::vector<std::size_t> sizes{1, 100, 2048, 2049, 5000, 20000, 100000};
};

std::string md5(std::string const& text) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest, &size, EVP_md5(), nullptr);
    std::string out;
    for (unsigned i = 0; i < size; ++i) {
        out += "0123456789abcdef"[digest[i] >> 4U];
        out += "0123456789abcdef"[digest[i] & 15U];
    }
    return out;
}

/// A parameter of a challenge; enough for a test.
std::string parameter(std::string_view challenge, std::string_view name) {
    auto const at = challenge.find(std::string(name) + "=\"");
    if (at == std::string_view::npos) throw error(failed, "challenge: " + std::string(challenge));
    auto const value = challenge.substr(at + name.size() + 2);
    return std::string(value.substr(0, value.find('"')));
}

/// One AUTH and its response (RFC 4976, 5.1): status, the challenge, Use-Path.
struct answer {
    std::uint16_t status = 0;
    std::string challenge, use_path;
};
awaitable<answer> auth(transport::stream& s, options const& o, std::string const& own,
                       std::string const& id, std::string const& more) {
    std::string const request = "MSRP " + id + " AUTH\r\nTo-Path: " + o.relay +
                                "\r\nFrom-Path: " + own + "\r\n" + more + "-------" + id + "$\r\n";
    co_await asio::async_write(s, asio::buffer(request), use_awaitable);
    std::string in;
    co_await asio::async_read_until(s, asio::dynamic_buffer(in), "-------" + id + "$\r\n",
                                    use_awaitable);
    msrp::chunk_parser parser;
    msrp::chunk_event event;
    if (parser.feed(in) || parser.poll(event) != msrp::parse_status::event)
        throw error(failed, "the relay's answer is no MSRP");
    auto const& begin = std::get<msrp::chunk_begin>(event);
    answer out;
    out.status = begin.status;
    if (auto const c = begin.headers.raw(msrp::field::www_authenticate)) out.challenge = *c;
    if (auto const p = begin.headers.raw(msrp::field::use_path)) out.use_path = *p;
    co_return out;
}
awaitable<std::string> use_path(transport::stream& s, options const& o, std::string const& own) {
    auto const first = co_await auth(s, o, own, "auth0001", "");
    if (first.status != 401) throw error(failed, "no challenge: " + std::to_string(first.status));
    auto const realm = parameter(first.challenge, "realm");
    auto const nonce = parameter(first.challenge, "nonce");
    auto const ha1 = md5(o.user + ":" + realm + ":" + o.password);
    auto const ha2 = md5("AUTH:" + o.relay);
    auto const response = md5(ha1 + ":" + nonce + ":00000001:c0ffee01:auth:" + ha2);
    auto const second = co_await auth(s, o, own, "auth0002",
                                      "Authorization: Digest username=\"" + o.user +
                                          "\", realm=\"" + realm + "\", nonce=\"" + nonce +
                                          "\", qop=auth, nc=00000001, cnonce=\"c0ffee01\", uri=\"" +
                                          o.relay + "\", response=\"" + response + "\"\r\n");
    if (second.status != 200 || second.use_path.empty())
        throw error(failed, "not authorized: " + std::to_string(second.status));
    co_return second.use_path;
}

std::string body_of(std::size_t size, bool active) {
    std::string out(size, ' ');
    for (std::size_t i = 0; i < size; ++i)
        out[i] = static_cast<char>(i * 31 + i / 251 + (active ? 7 : 0));
    return out;
}

/// A word for whoever waits for it: a file that appears whole.
void tell(options const& o, char const* what) { sdp_sink(o.own_file + what).write("yes"); }
awaitable<void> wait_for(options const& o, std::string const& file) {
    (void)co_await sdp_source(file).read(std::chrono::seconds(o.timeout), "word of the other side");
}

awaitable<void> talk(asio::io_context& io, options o) {
    auto const relay = msrp::read_uri(o.relay);
    if (!relay || !relay->port) throw error(usage, "RELAY: a URI with a port");
    bool const secure = relay->scheme == msrp::uri_scheme::msrps;
    transport::connect_target target;
    target.host = relay->host;
    target.port = *relay->port;
    target.tls = secure;
    std::optional<transport::tls_context> context;
    if (secure) {
        auto const own = transport::certificate::make();
        auto made = transport::tls_context::make(*own);
        if (!made) throw error(failed, to_text(made.error()));
        context.emplace(std::move(*made));
        auto const read = sdp::parse_fingerprint(o.fingerprint);
        auto const print = read ? sdp::fingerprint::make(*read) : std::nullopt;
        if (!print) throw error(usage, "--fingerprint: not one");
        sdp::fingerprint_set set;
        set.add(*print);
        target.check = transport::peer_check::by_fingerprint(set);
    }
    transport::session_trust trust;
    trust.check = target.check;
    auto made =
        co_await transport::connect(io.get_executor(), target, context ? &*context : nullptr);
    if (!made) throw error(failed, "relay: " + to_text(made.error()));
    random_octets random;
    auto const id = msrp::make_ident<msrp::made_session_id>(random);
    auto const own = std::string(secure ? "msrps" : "msrp") + "://" +
                     to_text(made->socket().local_endpoint()) + "/" + std::string(id.view()) +
                     ";tcp";
    // Own relay first, then the peer's path (RFC 4976, 5.2); `direct`: only the peer has a relay.
    std::string way;
    if (!o.direct) {
        way = co_await use_path(*made, o, own);
        way += ' ';
    }
    sdp_sink(o.own_file).write(way + own);
    sdp_source peer_in(o.peer_file);
    auto const peer = co_await peer_in.read(std::chrono::seconds(o.timeout), "peer's path");

    std::size_t confirmed = 0;
    std::size_t received = 0;
    std::size_t sent = 0;
    std::string trouble;
    msrp::session_handle session{};
    msrp::inbox inbox;
    std::vector<std::string> bodies;
    bodies.reserve(o.sizes.size());
    for (auto const size : o.sizes) bodies.push_back(body_of(size, o.active));
    std::size_t next = 0;
    bool bound = false;
    auto const to_send = o.count == 0 ? o.sizes.size() : o.active ? o.count : 0;
    auto const to_receive = o.count == 0 ? o.sizes.size() : o.active ? 0 : o.count;
    using driver =
        transport::endpoint_driver<random_octets, std::function<void(msrp::endpoint_event const&)>>;
    std::optional<driver> d;
    auto const send_next = [&] {
        if (next == to_send) return;
        if (!d->send(session, {.content_type = "application/octet-stream",
                               .body = bodies[next++ % bodies.size()],
                               .success_report = o.count == 0 ? msrp::report_value::yes
                                                              : msrp::report_value::no}))
            trouble = "not taken";
    };
    auto const on_event = [&](msrp::endpoint_event const& event) {
        auto const got = inbox.take(event);
        if (auto const* m = std::get_if<msrp::inbox_message>(&got)) {
            ++received;
            if (o.count != 0) return;
            examples::sha256 hash;
            hash.add(m->body);
            say("received %d %s", static_cast<int>(m->body.size()), hash.hex().c_str());
        }
        if (std::holds_alternative<msrp::session_bound>(event.what)) {
            bound = true;
        } else if (auto const* r = std::get_if<msrp::report_received>(&event.what)) {
            if (r->status != 200) trouble = "report " + std::to_string(r->status);
            if (r->fully_confirmed) ++confirmed;
        } else if (auto const* s = std::get_if<msrp::message_sent>(&event.what)) {
            if (s->outcome)
                trouble = s->outcome.message() + " " + std::to_string(s->status);
            else
                ++sent;
            send_next();
        } else if (auto const* e = std::get_if<msrp::session_ended>(&event.what)) {
            if (trouble.empty()) trouble = "ended: " + e->reason.message();
        }
    };
    transport::driver_options settings;
    settings.endpoint.each.max_chunk_size = o.max_chunk;
    d.emplace(io.get_executor(), random_octets{}, on_event, settings,
              context ? &*context : nullptr);
    auto const connection = d->adopt(std::move(*made));
    if (!connection) throw error(failed, to_text(connection.error()));
    std::string_view const theirs =
        std::string_view(peer).substr(0, peer.find_last_not_of("\r\n") + 1);
    auto const local_text = way + own;
    auto const remote_text = way + std::string(theirs);
    auto const local = msrp::read_path(local_text);
    auto const remote = msrp::read_path(remote_text);
    if (!local || !remote) throw error(failed, "paths: " + local_text + ", " + remote_text);
    msrp::session_parameters p{*local, *remote};
    p.role = o.active ? msrp::connection_role::active : msrp::connection_role::passive;
    if (o.active) p.connection = *connection;
    auto const opened = d->open(p, trust);
    if (!opened) throw error(failed, to_text(opened.error()));
    session = *opened;

    auto const end = clock::now() + std::chrono::seconds(o.timeout);
    auto const until = [&](auto done) -> awaitable<void> {
        while (trouble.empty() && !done()) {
            if (clock::now() > end) trouble = "time is over";
            co_await sleep(std::chrono::milliseconds(10));
        }
    };
    co_await until([&] { return bound; });
    if (!o.go_file.empty()) {
        tell(o, ".ready");
        co_await wait_for(o, o.go_file);
    }
    for (std::size_t i = 0; i < (o.count == 0 ? to_send : o.window); ++i) send_next();
    auto const good = [&] {
        return sent == to_send && received == to_receive && (o.count != 0 || confirmed == to_send);
    };
    co_await until(good);
    // The peer may still wait for a report of ours.
    tell(o, ".done");
    if (trouble.empty()) co_await wait_for(o, o.peer_file + ".done");
    say("sent %d, confirmed %d, received %d, refused %d", static_cast<int>(sent),
        static_cast<int>(confirmed), static_cast<int>(received),
        static_cast<int>(d->endpoint().counters().refused));
    d->close_now();
    if (!good()) throw error(failed, trouble);
}

/// All sessions at once, each with a connection of its own.
awaitable<int> talk_in_all(asio::io_context& io, options const& o) {
    if (o.sessions == 1) {
        co_await talk(io, o);
        co_return ok;
    }
    std::size_t left = o.sessions;
    std::exception_ptr first;
    for (std::size_t i = 1; i <= o.sessions; ++i) {
        auto one = o;
        one.own_file += "." + std::to_string(i);
        one.peer_file += "." + std::to_string(i);
        asio::co_spawn(io, talk(io, std::move(one)), [&](std::exception_ptr what) {
            if (!first) first = what;
            --left;
        });
    }
    while (left != 0 && !first) co_await sleep(std::chrono::milliseconds(10));
    if (first) std::rethrow_exception(first);
    co_return ok;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"An endpoint behind an MSRP relay, for a test."};
    options o;
    app.add_option("RELAY", o.relay, "the relay's URI")->required();
    app.add_option("--user", o.user)->required();
    app.add_option("--password", o.password)->required();
    app.add_option("--own", o.own_file, "where the own path goes")->required();
    app.add_option("--peer", o.peer_file, "where the peer's path comes from")->required();
    app.add_option("--fingerprint", o.fingerprint, "of the relay's certificate, as in SDP");
    app.add_option("--max-chunk", o.max_chunk, "octets of body in a chunk")->capture_default_str();
    app.add_option("--sizes", o.sizes, "of the messages to send");
    app.add_flag("--direct", o.direct,
                 "this side has no relay of its own, but connects to the peer's");
    app.add_flag("--active", o.active, "connects the session");
    app.add_option("--sessions", o.sessions, "above 1: with files that end with .1, .2, ...")
        ->check(CLI::Range(1, 10000));
    app.add_option("--count", o.count, "messages that the active side sends in a session");
    app.add_option("--window", o.window, "of these, unanswered at once")->check(CLI::Range(1, 64));
    app.add_option("--go", o.go_file, "says .ready, and begins when there is this file");
    app.add_option("--timeout", o.timeout, "seconds for the other side, and in all");
    return run(app, argc, argv, "relay_endpoint",
               [&](asio::io_context& io) -> awaitable<int> { return talk_in_all(io, o); });
}
