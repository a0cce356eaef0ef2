// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// anchor.cpp - a media anchor: rewrites the c/m-line of one session's SDP and moves its octets.
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/redirect_error.hpp>
#include <cema/anchor.hpp>
#include <msrp/transport/acceptor.hpp>
#include <msrp/transport/byte_pump.hpp>
#include <msrp/transport/connect.hpp>
#include <sdp/parser.hpp>

#include "common.hpp"

namespace {

using namespace program;  // NOLINT(google-build-using-namespace): a program's own file
namespace transport = msrp::transport;

struct options {
    std::string offer_in;
    std::string offer_out;
    std::string answer_in;
    std::string answer_out;
    std::string listen = "127.0.0.1";
    bool sniff = false;
    int timeout = 30;
};

/// The offer with all its ports zero: what a peer that refuses would answer (RFC 3264, 6).
std::string refusal_of(std::string_view offer) {
    std::string out;
    std::size_t copied = 0;
    auto const description = sdp::parse(offer);
    if (!description) return {};
    for (sdp::media_view const m : description->media()) {
        auto const at = m.offset() + 2 + m.fields().port_offset;
        out.append(offer.substr(copied, at - copied)).append("0");
        copied = at + m.fields().port_size;
    }
    return out.append(offer.substr(copied));
}

/// Whether these are the first octets of a TLS record that carries a handshake (RFC 8446, 5.1).
bool is_tls_record(transport::byte_pump_flow const& f) {
    return f.first_size == 5 && f.first[0] == 22 && f.first[1] == 3 && f.first[2] <= 4;
}

class anchor_program {
   public:
    anchor_program(asio::io_context& io, options const& o)
        : io_(io),
          options_(o),
          limit_(std::chrono::seconds(o.timeout)),
          offers_in_(o.offer_in),
          answers_in_(o.answer_in),
          offers_out_(o.offer_out),
          answers_out_(o.answer_out) {}

    awaitable<int> run() {
        check_distinct(std::array{std::pair{"--offer-in", options_.offer_in},
                                  std::pair{"--offer-out", options_.offer_out},
                                  std::pair{"--answer-in", options_.answer_in},
                                  std::pair{"--answer-out", options_.answer_out}});
        auto local = parse_listen(options_.listen);
        auto towards_answerer = listen(local);
        if (local.port() != 0) local.port(0);
        auto towards_offerer = listen(local);

        auto offer = co_await offers_in_.read(limit_, "offer");
        if (!take_offer(offer, towards_answerer.local())) co_return failed;
        auto const answer = co_await answers_in_.read(limit_, "answer");
        auto const action =
            check(anchor_.on_answer(answer, to_wire(towards_offerer.local())), "answer");
        answers_out_.write(anchor_.text());
        say("answer: %s", to_text(anchor_.why()).c_str());
        if (action == cema::anchor_action::unchanged)
            throw error(failed, "the answerer rejects the session");
        say_sdp("answer, as passed on", anchor_.text());

        bool const other_way = anchor_.answerer_opens();
        auto& door = other_way ? towards_answerer : towards_offerer;
        auto const& far = other_way ? anchor_.offerer() : anchor_.answerer();
        say("waiting: for the %s at %s, then to %s port %d", other_way ? "answerer" : "offerer",
            to_text(door.local()).c_str(), std::string(far.host).c_str(), int{far.port});

        asio::cancellation_signal stop;
        bool done = false;
        int code = failed;
        std::exception_ptr thrown;
        asio::steady_timer wake(io_);
        asio::co_spawn(io_, carry(door, std::string(far.host), far.port),
                       asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr e, int c) {
                           thrown = e;
                           code = c;
                           done = true;
                           wake.cancel();
                       }));
        while (!done) {
            std::error_code ignored;
            wake.expires_after(std::chrono::milliseconds(10));
            co_await wake.async_wait(asio::redirect_error(use_awaitable, ignored));
            auto const again = offers_in_.is_file() ? offers_in_.try_read() : std::nullopt;
            if (!again) continue;
            // A later offer ends the session that was made ready, if it has not begun.
            auto const fresh = take_offer(*again, towards_answerer.local());
            if (fresh) throw error(failed, "a later offer with msrp-cema: not supported here");
            if (withdrawn_) break;
        }
        if (!done) {
            stop.emit(asio::cancellation_type::terminal);
            while (!done) co_await sleep(std::chrono::milliseconds(1));
            throw error(failed,
                        "the session was given up by the offerer, this anchor being no "
                        "B2BUA for its second offer");
        }
        if (thrown) std::rethrow_exception(thrown);
        co_return code;
    }

   private:
    transport::acceptor listen(transport::tcp::endpoint const& at) {
        auto made = transport::acceptor::listen(io_.get_executor(), at);
        if (!made)
            throw error(usage, "--listen " + to_text(at) + ": " + made.error().code.message());
        return std::move(*made);
    }
    cema::anchor_action check(wire::result<cema::anchor_action> const& r, char const* what) {
        if (!r)
            throw error(failed, std::string("the ") + what +
                                    " is of no use: " + to_text(r.error()) + " at octet " +
                                    std::to_string(r.error().offset));
        return *r;
    }

    /// @return whether the offer was passed on with our address in it.
    bool take_offer(std::string_view offer, transport::tcp::endpoint const& own) {
        auto const action = check(anchor_.on_offer(offer, to_wire(own)), "offer");
        say("offer: %s", to_text(anchor_.why()).c_str());
        switch (action) {
            case cema::anchor_action::rewritten:
                offers_out_.write(anchor_.text());
                say_sdp("offer, as passed on", anchor_.text());
                return true;
            case cema::anchor_action::unchanged:
                offers_out_.write(anchor_.text());
                withdrawn_ = true;
                return false;
            case cema::anchor_action::refused:
                answers_out_.write(refusal_of(offer));
                std::fprintf(stderr,
                             "anchor: refused an offer without msrp-cema: this anchor is no "
                             "B2BUA\n");
                return false;
        }
        return false;
    }

    awaitable<int> carry(transport::acceptor& door, std::string host, std::uint16_t port) {
        auto near = co_await door.accept(limit_);
        if (!near) throw error(failed, "nobody connected: " + to_text(near.error()));
        door.close();  // one session, one connection
        transport::connect_target target;
        target.host = host;
        target.port = port;
        auto far = co_await transport::connect(io_.get_executor(), target, nullptr);
        if (!far) throw error(failed, "cannot connect to " + host + ": " + to_text(far.error()));
        transport::byte_pump_options pump;
        pump.idle_timeout = limit_;
        auto const begin = clock::now();
        auto const moved =
            co_await transport::byte_pump(std::move(*near), std::move(far->socket()), pump);
        say_flow("from the side that connected", moved.from_a);
        say_flow("from the other side", moved.from_b);
        say("moved: %s",
            octets_per_second(moved.from_a.octets + moved.from_b.octets, clock::now() - begin)
                .c_str());
        co_return ok;
    }

    void say_flow(char const* which, transport::byte_pump_flow const& f) {
        say("%s: %llu octets%s%s", which, static_cast<unsigned long long>(f.octets),
            f.error ? ", ended by: " : "", f.error ? f.error.message().c_str() : "");
        if (!options_.sniff) return;
        std::string text;
        for (std::size_t i = 0; i < f.first_size; ++i) {
            std::array<char, 4> hex{};
            std::snprintf(hex.data(), hex.size(), " %02x", unsigned{f.first[i]});
            text += hex.data();
        }
        say("sniff: first octets%s: %s", text.c_str(),
            is_tls_record(f) ? "a TLS record header" : "no TLS record header");
    }

    asio::io_context& io_;
    options options_;
    std::chrono::milliseconds limit_;
    sdp_source offers_in_;
    sdp_source answers_in_;
    sdp_sink offers_out_;
    sdp_sink answers_out_;
    cema::anchor anchor_;
    bool withdrawn_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "A media anchor (RFC 6714, 6.2) for one session: puts its own address into the c= and m= "
        "line "
        "of the offer and the answer, and moves octets without looking at them. It is no B2BUA: an "
        "offer without msrp-cema is refused.\n"
        "Exit status: 0 the session was carried to its end, 1 refused or failed, 2 usage."};
    options o;
    app.add_option("--offer-in", o.offer_in, "FILE with the offerer's SDP (later: FILE.2)")
        ->required();
    app.add_option("--offer-out", o.offer_out, "FILE for the answerer")->required();
    app.add_option("--answer-in", o.answer_in, "FILE with the answerer's SDP")->required();
    app.add_option("--answer-out", o.answer_out, "FILE for the offerer")->required();
    app.add_option("--listen", o.listen,
                   "numeric address of this anchor, with the port for the answerer's side or none")
        ->capture_default_str();
    app.add_flag("--sniff", o.sniff, "keep the first five octets of each direction and judge them");
    app.add_option("--timeout", o.timeout, "seconds to wait for an SDP, a connection, an octet")
        ->check(CLI::Range(1, 86400))
        ->capture_default_str();
    return run(app, argc, argv, "anchor", [&](asio::io_context& io) -> awaitable<int> {
        anchor_program a(io, o);
        co_return co_await a.run();
    });
}
