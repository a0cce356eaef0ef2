// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint.hpp - one MSRP endpoint of the example programs: negotiates, connects, runs a session.
#pragma once

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/redirect_error.hpp>
#include <cema/connect_plan.hpp>
#include <cema/negotiator.hpp>
#include <cema/policies.hpp>
#include <functional>
#include <map>
#include <memory>
#include <msrp/ident.hpp>
#include <msrp/sdp_media.hpp>
#include <msrp/session.hpp>
#include <msrp/transport/acceptor.hpp>
#include <msrp/transport/certificate.hpp>
#include <msrp/transport/connect.hpp>
#include <msrp/transport/connection.hpp>
#include <msrp/transport/plan.hpp>
#include <msrp/transport/serve.hpp>
#include <msrp/transport/tls.hpp>

#include "common.hpp"

namespace program {

namespace transport = msrp::transport;
using session = msrp::basic_session<random_octets>;

/// The command line that send_file and receive_file share.
struct endpoint_options {
    std::string offer = "-";
    std::string answer = "-";
    std::string role;
    std::string listen = "127.0.0.1:0";
    bool tls = true;
    bool cema = true;
    std::string setup = "auto";
    bool wrong_fingerprint = false;
    int timeout = 30;
    progress::mode progress_mode = progress::mode::automatic;

    void add_to(CLI::App& app, std::string default_role) {
        role = std::move(default_role);
        app.add_option("--offer", offer, "SDP offer: FILE (a second one: FILE.2), or - for stdio")
            ->capture_default_str();
        app.add_option("--answer", answer, "SDP answer: FILE (a second one: FILE.2), or -")
            ->capture_default_str();
        app.add_option("--as", role, "this side of the negotiation")
            ->check(CLI::IsMember({"offerer", "answerer"}))
            ->capture_default_str();
        app.add_option("--listen", listen, "numeric address and port (0: any) of this endpoint")
            ->capture_default_str();
        app.add_flag("--tls,!--no-tls", tls, "TLS with certificates checked by fingerprint")
            ->default_str("on");
        app.add_flag("--cema,!--no-cema", cema, "RFC 6714; off: plain RFC 4975")->default_str("on");
        app.add_option("--setup", setup,
                       "auto; active or passive where there is a choice; none: no a=setup")
            ->check(CLI::IsMember({"auto", "active", "passive", "none"}))
            ->capture_default_str();
        app.add_flag("--wrong-fingerprint", wrong_fingerprint,
                     "for tests: promise a certificate that is not shown");
        app.add_option("--timeout", timeout,
                       "seconds to wait for an SDP, a connection, a sign of life")
            ->check(CLI::Range(1, 86400))
            ->capture_default_str();
        app.add_option("--progress", progress_mode, "auto: a bar on a terminal, else lines")
            ->transform(CLI::CheckedTransformer(
                std::map<std::string, progress::mode>{{"auto", progress::mode::automatic},
                                                      {"always", progress::mode::always},
                                                      {"never", progress::mode::never}}))
            ->default_str("auto");
    }
};

/// A negotiator of any policy.
class negotiation {
   public:
    virtual ~negotiation() = default;
    virtual wire::result<std::string_view> make_offer(cema::origin_numbers) = 0;
    virtual wire::result<cema::status> on_answer(std::string_view) = 0;
    virtual wire::result<cema::status> on_offer(std::string_view, cema::origin_numbers) = 0;
    virtual wire::result<cema::status> resolved(std::string_view,
                                                std::span<wire::ip_address const>) = 0;
    [[nodiscard]] virtual std::vector<std::string> names() const = 0;
    [[nodiscard]] virtual std::string_view local_description() const = 0;
    [[nodiscard]] virtual cema::connect_plan const* plan() const = 0;
    [[nodiscard]] virtual cema::reason_list const& reasons() const = 0;
};

template <class Profile, class Role, class Security>
class negotiation_by final : public negotiation {
    using negotiator = cema::basic_negotiator<Profile, cema::ask_names, Role, Security>;

   public:
    explicit negotiation_by(negotiator&& n) : n_(std::move(n)) {}
    static std::unique_ptr<negotiation> make(cema::local_situation const& local) {
        auto made = negotiator::make(local);
        if (!made) throw error(usage, to_text(made.error()));
        return std::make_unique<negotiation_by>(std::move(*made));
    }
    wire::result<std::string_view> make_offer(cema::origin_numbers o) override {
        return n_.make_offer(o);
    }
    wire::result<cema::status> on_answer(std::string_view a) override { return n_.on_answer(a); }
    wire::result<cema::status> on_offer(std::string_view t, cema::origin_numbers o) override {
        return n_.on_offer(t, o);
    }
    wire::result<cema::status> resolved(std::string_view name,
                                        std::span<wire::ip_address const> list) override {
        return n_.resolved(name, list);
    }
    [[nodiscard]] std::vector<std::string> names() const override {
        return {n_.names().begin(), n_.names().end()};
    }
    [[nodiscard]] std::string_view local_description() const override {
        return n_.local_description();
    }
    [[nodiscard]] cema::connect_plan const* plan() const override { return n_.plan(); }
    [[nodiscard]] cema::reason_list const& reasons() const override { return n_.reasons(); }

   private:
    negotiator n_;
};

template <class Security>
std::unique_ptr<negotiation> make_negotiation(endpoint_options const& options,
                                              cema::local_situation const& local) {
    bool const active = options.setup == "active";
    bool const offers = options.role == "offerer";
    if (options.setup == "none") {
        if (options.cema) throw error(usage, "--setup none: CEMA needs a=setup (RFC 6714, 4.5)");
        return negotiation_by<cema::rfc4975, cema::prefer_passive, Security>::make(local);
    }
    if (options.cema) {
        using p = cema::rfc6714;
        if (active && offers) return negotiation_by<p, cema::refuse_passive, Security>::make(local);
        if (active) return negotiation_by<p, cema::prefer_active, Security>::make(local);
        return negotiation_by<p, cema::prefer_passive, Security>::make(local);
    }
    using p = cema::rfc6135;
    if (active && offers) return negotiation_by<p, cema::refuse_passive, Security>::make(local);
    if (active) return negotiation_by<p, cema::prefer_active, Security>::make(local);
    return negotiation_by<p, cema::prefer_passive, Security>::make(local);
}

/// Negotiates by SDP files, connects or waits, runs the session until it ends.
class endpoint {
   public:
    endpoint(asio::io_context& io, endpoint_options options)
        : io_(io), options_(std::move(options)), limit_(std::chrono::seconds(options_.timeout)) {}
    virtual ~endpoint() = default;
    endpoint(endpoint const&) = delete;
    endpoint& operator=(endpoint const&) = delete;

    /// @return when the session has ended; what that means is for the derived class to say.
    awaitable<void> run() {
        prepare();
        bool const offers = options_.role == "offerer";
        sdp_sink out(offers ? options_.offer : options_.answer);
        sdp_source in(offers ? options_.answer : options_.offer);
        std::optional<std::string> offer;
        if (!offers) offer = co_await in.read(limit_, "offer");
        for (int round = 1;; ++round) {
            if (offers)
                co_await offer_session(out, in);
            else
                co_await answer_session(out, *offer, round);
            start();
            auto const deadline = clock::now() + limit_;
            auto grace = clock::time_point::max();
            offer.reset();
            while (!run_done_) {
                if (!bound_ && clock::now() >= deadline) {
                    co_await stop();
                    throw error(failed, "no session within " + std::to_string(options_.timeout) +
                                            " s: " + waiting_for());
                }
                // Until the session stands, the offerer may think again.
                if (!bound_ && !offers && in.is_file() && (offer = in.try_read())) break;
                if (fatal_) {
                    co_await stop();
                    break;
                }
                co_await nap();
            }
            if (!offer && !bound_ && !offers && !fatal_ && in.is_file()) {
                grace = std::min(deadline, clock::now() + std::chrono::seconds(2));
                while (!offer && clock::now() < grace) {
                    offer = in.try_read();
                    co_await sleep(std::chrono::milliseconds(10));
                }
            }
            if (!offer) break;
            say("a new offer came before the session stood");
            co_await stop();
        }
        if (!bound_) throw error(failed, "no session: " + why_not_);
    }

   protected:
    /// The session stands: messages may be sent.
    virtual void on_bound() {}
    virtual void on_event(msrp::session_event const& event) = 0;
    virtual void adjust(msrp::session_options&) {}

    [[nodiscard]] session& machine() { return *session_; }
    void update() { driver_->update(); }
    [[nodiscard]] endpoint_options const& options() const { return options_; }
    /// Why the session ended; no error: in order, by us or by the peer.
    [[nodiscard]] std::string const& trouble() const { return trouble_; }

   private:
    using driver =
        transport::session_driver<session, std::function<void(msrp::session_event const&)>>;

    void prepare() {
        check_distinct(std::array{std::pair{"--offer", options_.offer},
                                  std::pair{"--answer", options_.answer}});
        auto listening =
            transport::acceptor::listen(io_.get_executor(), parse_listen(options_.listen));
        if (!listening)
            throw error(usage,
                        "--listen " + options_.listen + ": " + listening.error().code.message());
        acceptor_.emplace(std::move(*listening));
        std::vector<sdp::fingerprint> promised;
        if (options_.tls) {
            auto own = transport::certificate::make();
            if (!own) throw error(failed, to_text(own.error()));
            auto context = transport::tls_context::make(*own);
            if (!context) throw error(failed, to_text(context.error()));
            context_.emplace(std::move(*context));
            auto print = own->fingerprint();
            if (options_.wrong_fingerprint) {
                auto other = transport::certificate::make();
                if (!other) throw error(failed, to_text(other.error()));
                print = other->fingerprint();
            }
            if (!print) throw error(failed, to_text(print.error()));
            promised.push_back(*print);
        }
        auto const id = msrp::make_ident<msrp::made_session_id>(random_);
        std::string const uri = std::string(options_.tls ? "msrps" : "msrp") + "://" +
                                to_text(acceptor_->local()) + "/" + std::string(id.view()) + ";tcp";
        cema::local_situation local;
        local.uri = uri;
        local.tls = options_.tls;
        local.fingerprints = promised;
        // With --tls nothing goes in the clear, whatever a description says.
        negotiation_ = options_.tls ? make_negotiation<cema::tls_required>(options_, local)
                                    : make_negotiation<cema::tls_as_offered>(options_, local);
        std::uint64_t number = 0;
        random_(std::span(reinterpret_cast<unsigned char*>(&number), sizeof number));
        numbers_.session_id = number >> 2U;
        numbers_.version = 1;
        own_uri_ = uri;
    }

    awaitable<void> offer_session(sdp_sink& out, sdp_source& in) {
        for (int round = 1;; ++round) {
            auto const made = negotiation_->make_offer(next_numbers());
            if (!made) throw error(failed, "offer: " + to_text(made.error()));
            say_sdp(round == 1 ? "offer" : "second offer", *made);
            out.write(*made);
            auto const answer = co_await in.read(limit_, "answer");
            say_sdp(round == 1 ? "answer" : "second answer", answer);
            auto status = check(negotiation_->on_answer(answer), "answer");
            status = co_await resolve(status);
            say_decision(status);
            if (status == cema::status::plan) co_return;
            if (status == cema::status::new_offer && round == 1) continue;
            if (round > 1) {
                withdraw(out);
                throw error(failed,
                            "the second offer, without msrp-cema, was refused (port 0): "
                            "no session through this middlebox");
            }
            throw error(failed, "rejected: " + first_reason());
        }
    }

    awaitable<void> answer_session(sdp_sink& out, std::string offer, int round) {
        say_sdp(round == 1 ? "offer" : "later offer", offer);
        auto status = check(negotiation_->on_offer(offer, next_numbers()), "offer");
        status = co_await resolve(status);
        std::string const answer(negotiation_->local_description());
        if (!answer.empty()) {
            say_sdp("answer", answer);
            out.write(answer);
        }
        say_decision(status);
        if (status == cema::status::rejected && round > 1)
            throw error(failed,
                        "no session: the offerer gave it up before it stood (a later offer "
                        "is not acceptable: " +
                            first_reason() + ")");
        if (status != cema::status::answer_ready)
            throw error(failed, "no session, the offer cannot be accepted: " + first_reason());
    }

    /// Ends what was offered: the same media with port zero (RFC 3264, 8.2).
    void withdraw(sdp_sink& out) {
        auto const path = msrp::read_path(own_uri_);
        if (!path) return;
        auto const host = acceptor_->local().address().to_string();
        msrp::media_spec spec{.path = *path};
        spec.host = host;
        spec.tls = options_.tls;
        auto const made = msrp::make_description(numbers_.session_id, next_numbers().version, spec);
        if (made) out.write(made->text());
    }

    cema::origin_numbers next_numbers() {
        auto const out = numbers_;
        ++numbers_.version;
        return out;
    }
    cema::status check(wire::result<cema::status> const& r, char const* what) {
        if (!r)
            throw error(failed, std::string("the ") + what +
                                    " is of no use: " + to_text(r.error()) + " at octet " +
                                    std::to_string(r.error().offset));
        return *r;
    }
    [[nodiscard]] std::string first_reason() const {
        auto const& list = negotiation_->reasons();
        return list.empty() ? "no reason given" : to_text(list.front());
    }
    void say_decision(cema::status status) {
        auto const* const plan = negotiation_->plan();
        if (plan != nullptr) {
            std::string where = plan->connects()
                                    ? "connect to the " + std::string(cema::to_text(plan->target)) +
                                          ", " + plan->host + " port " + std::to_string(plan->port)
                                    : "wait at " + to_text(acceptor_->local());
            say("decision: %s, %s, CEMA %s, TLS %s, identity by %s",
                std::string(cema::to_text(plan->local_role)).c_str(), where.c_str(),
                plan->cema ? "on" : "off", plan->tls ? "on" : "off",
                std::string(cema::to_text(plan->identity)).c_str());
        } else {
            say("decision: %s", std::string(cema::to_text(status)).c_str());
        }
        for (auto const& r : negotiation_->reasons()) say("reason: %s", to_text(r).c_str());
    }

    awaitable<cema::status> resolve(cema::status status) {
        while (status == cema::status::resolve) {
            auto const names = negotiation_->names();
            if (names.empty()) throw error(failed, "names are wanted, but none is named");
            transport::tcp::resolver resolver(io_);
            std::error_code ec;
            auto const found = co_await resolver.async_resolve(
                names.front(), "0", asio::redirect_error(use_awaitable, ec));
            std::vector<wire::ip_address> list;
            for (auto const& one : found)
                if (auto const ip = wire::parse_ip(one.endpoint().address().to_string()))
                    list.push_back(*ip);
            status = check(negotiation_->resolved(names.front(), list), "name");
        }
        co_return status;
    }

    /// Starts to carry the plan out, beside this coroutine.
    void start() {
        auto const& plan = *negotiation_->plan();
        auto options = transport::options_of(plan);
        adjust(options);
        session_ = std::make_unique<session>(options, plan.local_path, plan.remote_path, random_);
        transport::connection_options connection;
        connection.idle_timeout = limit_;
        connection.write_timeout = limit_;
        driver_ = std::make_unique<driver>(
            io_.get_executor(), *session_,
            [this](msrp::session_event const& event) {
                if (std::holds_alternative<msrp::session_bound>(event)) {
                    bound_ = true;
                    if (acceptor_) acceptor_->close();
                    on_bound();
                } else if (auto const* const e = std::get_if<msrp::protocol_error>(&event)) {
                    trouble_ = "the peer's octets are no MSRP: " + to_text(e->failure);
                }
                on_event(event);
            },
            connection);
        run_done_ = false;
        asio::co_spawn(io_, plan.connects() ? connect(plan) : serve(plan),
                       asio::bind_cancellation_slot(stop_.slot(), [this](std::exception_ptr e) {
                           run_done_ = true;
                           if (e && why_not_.empty()) why_not_ = "cancelled";
                           wake_.cancel();
                       }));
    }

    void say_connected(transport::stream& s, transport::peer_check const& check) {
        std::error_code ec;
        auto const remote = s.socket().remote_endpoint(ec);
        say("connected: %s (here %s)", to_text(remote).c_str(),
            to_text(s.socket().local_endpoint(ec)).c_str());
        if (!s.is_tls()) {
            say("tls: none");
            return;
        }
        auto const facts = transport::facts_of(s.ssl());
        say("tls: %s, %s", facts.version.c_str(), facts.suite.c_str());
        if (check.by == transport::peer_check::kind::fingerprint && facts.peer)
            say("fingerprint: matches, %s",
                std::string(sdp::fingerprint_text(*facts.peer).view()).c_str());
    }

    awaitable<void> connect(cema::connect_plan const& plan) {
        auto const target = transport::target_of(plan);
        transport::connect_options options;
        options.connect_timeout = options.resolve_timeout = options.handshake_timeout = limit_;
        auto made = co_await transport::connect(io_.get_executor(), target,
                                                context_ ? &*context_ : nullptr, options);
        if (!made) {
            auto const f = made.error();
            why_not_ = "connecting to " + target.host + " port " + std::to_string(target.port) +
                       ": " + to_text(f);
            if (f.code.category() == transport::error_category()) fatal_ = true;
            co_return;
        }
        say_connected(*made, target.check);
        auto const ended = co_await driver_->async_run(std::move(*made), transport::role_of(plan));
        note_end(ended);
    }

    awaitable<void> serve(cema::connect_plan const& plan) {
        transport::serve_options options;
        options.handshake_timeout = std::min<clock::duration>(limit_, std::chrono::seconds(30));
        options.check = transport::check_of(plan);
        options.on_ready = [this, check = options.check](transport::stream& s) {
            say_connected(s, check);
        };
        options.on_end = [this](std::error_code ec, transport::tcp::endpoint const& who) {
            if (bound_) {
                note_end(ec);
                return;
            }
            why_not_ = "connection from " + to_text(who) + ": " + ec.message();
            say("refused: %s", why_not_.c_str());
            // Somebody is in the middle, or the SDP lies: no second try.
            if (ec == transport::error::fingerprint_mismatch ||
                ec == transport::error::certificate_refused) {
                fatal_ = true;
                wake_.cancel();
            }
        };
        (void)co_await transport::async_serve(*acceptor_, *driver_, context_ ? &*context_ : nullptr,
                                              options);
    }

    void note_end(std::error_code ec) {
        if (!bound_) why_not_ = "the peer ended the connection: " + ec.message();
        if (ec && ec != asio::error::eof && trouble_.empty()) trouble_ = ec.message();
    }

    awaitable<void> stop() {
        stop_.emit(asio::cancellation_type::terminal);
        while (!run_done_) co_await nap();
    }
    awaitable<void> nap() {
        std::error_code ignored;
        wake_.expires_after(std::chrono::milliseconds(bound_ ? 1000 : 10));
        co_await wake_.async_wait(asio::redirect_error(use_awaitable, ignored));
    }
    [[nodiscard]] std::string waiting_for() const {
        if (!why_not_.empty()) return why_not_;
        auto const* const plan = negotiation_->plan();
        return plan != nullptr && plan->connects()
                   ? "the peer does not answer"
                   : "nobody connected to " + to_text(acceptor_->local());
    }

    asio::io_context& io_;
    endpoint_options options_;
    std::chrono::milliseconds limit_;
    random_octets random_;
    std::string own_uri_;
    cema::origin_numbers numbers_{};
    std::optional<transport::acceptor> acceptor_;
    std::optional<transport::tls_context> context_;
    std::unique_ptr<negotiation> negotiation_;
    std::unique_ptr<session> session_;
    std::unique_ptr<driver> driver_;
    asio::cancellation_signal stop_;
    asio::steady_timer wake_{io_};
    bool run_done_ = true;
    bool bound_ = false;
    bool fatal_ = false;
    std::string why_not_;
    std::string trouble_;
};

}  // namespace program
