// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint.hpp - one MSRP endpoint of the example programs: negotiates, connects, runs a session,
// and begins again with a new SDP when the connection is lost.
#pragma once

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/redirect_error.hpp>
#include <cema/connect_plan.hpp>
#include <cema/negotiator.hpp>
#include <cema/policies.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <msrp/ident.hpp>
#include <msrp/sdp_media.hpp>
#include <msrp/transport/acceptor.hpp>
#include <msrp/transport/certificate.hpp>
#include <msrp/transport/endpoint_driver.hpp>
#include <msrp/transport/plan.hpp>
#include <msrp/transport/serve.hpp>
#include <msrp/transport/tls.hpp>

#include "common.hpp"

namespace program {

namespace transport = msrp::transport;
using driver =
    transport::endpoint_driver<random_octets, std::function<void(msrp::endpoint_event const&)>>;

/// The command line that chat, send_file and receive_file share.
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
    int reconnect = 5;
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
        app.add_option("--reconnect", reconnect,
                       "seconds to wait for a new SDP, and for the session by it, after a lost "
                       "connection; 0: give up at once")
            ->check(CLI::Range(0, 86400))
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

/// Octets after which a chunk of a file ends, and after which success is reported: what was
/// confirmed of a file is known to about as many.
inline constexpr std::uint64_t resume_unit = 1 << 18;

/// Negotiates by SDP files, connects or waits, runs the session until it ends. A session that lost
/// its connection with work left is followed by another one with new URIs (CON-5.4-6).
class endpoint {
   public:
    endpoint(asio::io_context& io, endpoint_options options)
        : io_(io), options_(std::move(options)), limit_(std::chrono::seconds(options_.timeout)) {}
    virtual ~endpoint() = default;
    endpoint(endpoint const&) = delete;
    endpoint& operator=(endpoint const&) = delete;

    /// @return when the last session has ended; what that means is for the derived class to say.
    awaitable<void> run() {
        prepare();
        bool const offers = options_.role == "offerer";
        sdp_sink out(offers ? options_.offer : options_.answer);
        sdp_source in(offers ? options_.answer : options_.offer);
        in.given_up = [this] { return gives_up(); };
        std::optional<std::string> offer;
        if (!offers) offer = co_await in.read(limit_, "offer");
        for (bool again = false;; again = true) {
            if (again) {
                bound_ = false;
                why_not_.clear();
                negotiation_ = negotiate_anew();
            }
            try {
                co_await one_session(out, in, offer, again);
            } catch (error const& e) {
                if (!again) throw;
                if (!may_be_over())
                    say("%s",
                        e.what());  // what there is of the work is for the derived class to say
                break;
            }
            if (finished() || fatal_ || options_.reconnect == 0) break;
            if (!offer && !co_await next_round(in, offer)) break;
            say(may_be_over() ? "the peer may have more: once more, with a new SDP"
                              : "the connection was lost: once more, with a new SDP");
        }
        std::error_code ignored;
        co_await driver_->async_shut_down(std::chrono::seconds(5),
                                          asio::redirect_error(use_awaitable, ignored));
        if (!ever_bound_)
            throw error(failed,
                        "no session: " + (why_not_.empty() ? "it ended at once" : why_not_));
    }

   protected:
    /// The session is there, and not bound yet.
    virtual void on_opened() {}
    /// The session stands: messages may be sent.
    virtual void on_bound() {}
    virtual void on_event(msrp::session_event const& event) = 0;
    virtual void adjust(msrp::session_options&) {}
    /// A message of which octets came in a session before goes on in this one, begun.
    bool expect_rest(std::string const& id, std::span<msrp::octet_range const> received,
                     std::optional<std::uint64_t> total) {
        return !driver_->endpoint().expect(session_, id, received, total, clock::now());
    }
    /// The connection ended; no error: by us, in order; `asio::error::eof`: by the peer, in order.
    virtual void on_connection_end(std::error_code) {}
    /// How long a connection may be silent; zero: forever.
    [[nodiscard]] virtual clock::duration idle_limit() const { return limit_; }
    /// Nothing is left that another session would be needed for.
    [[nodiscard]] virtual bool finished() const = 0;
    /// Perhaps nothing is left, but an end in order and a lost connection look the same.
    [[nodiscard]] virtual bool may_be_over() const { return false; }
    /// Do not wait for a session that does not stand.
    [[nodiscard]] virtual bool gives_up() const { return false; }

    [[nodiscard]] driver& machine() { return *driver_; }
    [[nodiscard]] msrp::session_handle session() const { return session_; }
    [[nodiscard]] msrp::session_counters const& counters() {
        return driver_->endpoint().counters();
    }
    void close_session() { (void)driver_->close(session_); }
    [[nodiscard]] random_octets& random() { return random_; }
    [[nodiscard]] endpoint_options const& options() const { return options_; }
    [[nodiscard]] bool bound() const { return bound_ && !ended_; }
    /// Why the session ended; no error: in order, by us or by the peer.
    [[nodiscard]] std::string const& trouble() const { return trouble_; }

   private:
    /// A peer with more to do makes a new SDP at once.
    static constexpr std::chrono::milliseconds moment{2000};

    struct complete_message {
        std::string id;
        std::uint64_t size;
    };
    void prepare() {
        check_distinct(std::array{std::pair{"--offer", options_.offer},
                                  std::pair{"--answer", options_.answer}});
        listen_at_ = parse_listen(options_.listen);
        listen();
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
            promised_.push_back(*print);
        }
        std::uint64_t number = 0;
        random_(std::span(reinterpret_cast<unsigned char*>(&number), sizeof number));
        numbers_.session_id = number >> 2U;
        numbers_.version = 1;
        negotiation_ = negotiate_anew();
        make_driver();
    }
    void listen() {
        if (acceptor_) return;
        auto listening = transport::acceptor::listen(io_.get_executor(), listen_at_);
        if (!listening)
            throw error(usage,
                        "--listen " + options_.listen + ": " + listening.error().code.message());
        acceptor_.emplace(std::move(*listening));
        listen_at_ = acceptor_->local();
    }
    void make_driver() {
        transport::driver_options o;
        o.endpoint.each.max_remembered_messages = 512;  // `done_`, and those of this session
        adjust(o.endpoint.each);
        o.endpoint.idle_timeout = std::chrono::milliseconds(0);  // a connection for each session
        o.connect.connect_timeout = o.connect.resolve_timeout = o.connect.handshake_timeout =
            limit_;
        o.write_timeout = limit_;
        o.idle_timeout = idle_limit();
        o.on_ready = [this](msrp::connection_id, transport::stream& s) { say_connected(s); };
        o.on_end = [this](msrp::connection_id, std::error_code ec) {
            note_end(ec);
            on_connection_end(ec);
            wake_.cancel();
        };
        driver_.emplace(
            io_.get_executor(), random_octets{},
            [this](msrp::endpoint_event const& event) { hear(event); }, std::move(o),
            context_ ? &*context_ : nullptr);
    }
    /// With a session URI of its own.
    std::unique_ptr<negotiation> negotiate_anew() {
        listen();
        auto const id = msrp::make_ident<msrp::made_session_id>(random_);
        own_uri_ = std::string(options_.tls ? "msrps" : "msrp") + "://" + to_text(listen_at_) +
                   "/" + std::string(id.view()) + ";tcp";
        cema::local_situation local;
        local.uri = own_uri_;
        local.tls = options_.tls;
        local.fingerprints = promised_;
        // With --tls nothing goes in the clear, whatever a description says.
        return options_.tls ? make_negotiation<cema::tls_required>(options_, local)
                            : make_negotiation<cema::tls_as_offered>(options_, local);
    }

    /// Negotiates and runs one session to its end.
    /// @param offer of the peer, taken; set where the session ended because another one came.
    awaitable<void> one_session(sdp_sink& out, sdp_source& in, std::optional<std::string>& offer,
                                bool again) {
        bool const offers = options_.role == "offerer";
        for (int round = again ? 2 : 1;; ++round) {
            if (offers)
                co_await offer_session(out, in, again);
            else
                co_await answer_session(out, *offer, round);
            offer.reset();
            start();
            auto const deadline = clock::now() + (again ? patience() : limit_);
            while (!over()) {
                if (!bound_ && clock::now() >= deadline) {
                    co_await stop();
                    throw_unless_bound("no session within " + std::to_string(options_.timeout) +
                                       " s: " + waiting_for());
                    co_return;
                }
                // The offerer may think again, or have lost the connection.
                if (!offers && in.is_file() && (offer = in.try_read())) break;
                if (fatal_ || refused_) break;
                if (!bound_ && gives_up()) {
                    co_await stop();
                    throw error(failed, "given up before the session stood");
                }
                co_await nap();
            }
            if (!offer && !bound_ && !offers && !fatal_ && in.is_file()) {
                auto const grace = std::min(deadline, clock::now() + std::chrono::seconds(2));
                while (!offer && clock::now() < grace) {
                    offer = in.try_read();
                    co_await sleep(std::chrono::milliseconds(10));
                }
            }
            // A peer that lost the connection may know it before us: what it sent is still read.
            auto const last_words = clock::now() + std::chrono::seconds(1);
            while (offer && bound_ && !over() && clock::now() < last_words)
                co_await sleep(std::chrono::milliseconds(10));
            co_await stop();
            if (!offer || bound_) co_return;
            say("a new offer came before the session stood");
            negotiation_ = negotiate_anew();
        }
    }
    void throw_unless_bound(std::string const& what) const {
        if (!ever_bound_) throw error(failed, what);
    }
    /// How long to wait for what makes a session after the first one.
    [[nodiscard]] std::chrono::milliseconds patience() const {
        std::chrono::milliseconds const all = std::chrono::seconds(options_.reconnect);
        return may_be_over() ? std::min<std::chrono::milliseconds>(all, moment) : all;
    }
    /// Waits for what the next session begins with.
    awaitable<bool> next_round(sdp_source& in, std::optional<std::string>& offer) {
        if (!ever_bound_) co_return false;
        if (options_.role == "offerer") co_return true;
        try {
            offer = co_await in.read(patience(), "new offer");
        } catch (error const&) {
            co_return false;
        }
        co_return true;
    }

    awaitable<void> offer_session(sdp_sink& out, sdp_source& in, bool again) {
        auto const limit = again ? patience() : limit_;
        for (int round = 1;; ++round) {
            auto const made = negotiation_->make_offer(next_numbers());
            if (!made) throw error(failed, "offer: " + to_text(made.error()));
            say_sdp(round == 1 ? "offer" : "second offer", *made);
            out.write(*made);
            auto const answer = co_await in.read(limit, "answer");
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

    void hear(msrp::endpoint_event const& event) {
        if (event.session != msrp::session_handle{} && event.session != session_) return;
        if (std::holds_alternative<msrp::session_bound>(event.what)) {
            bound_ = ever_bound_ = true;
            close_acceptor();
            on_bound();
        } else if (auto const* const e = std::get_if<msrp::protocol_error>(&event.what)) {
            trouble_ = "the peer's octets are no MSRP: " + to_text(e->failure);
        } else if (auto const* const over = std::get_if<msrp::session_ended>(&event.what)) {
            ended_ = true;
            if (!bound_ && over->reason && over->reason != msrp::error::connection_lost) {
                refused_ = true;
                why_not_ = "the first request failed: " + over->reason.message();
            }
        } else if (auto const* const m = std::get_if<msrp::message_end>(&event.what)) {
            if (m->fate == msrp::message_fate::complete)
                done_.push_back({std::string(m->message_id.view()), m->size});
            if (done_.size() > 256) done_.pop_front();
        }
        on_event(event.what);
        wake_.cancel();
    }

    /// Starts to carry the plan out, beside this coroutine.
    void start() {
        auto const& plan = *negotiation_->plan();
        ended_ = refused_ = false;
        trouble_.clear();
        why_not_.clear();
        check_ = transport::check_of(plan);
        serving_ = !plan.connects();
        auto const made = driver_->open(transport::parameters_of(plan), transport::trust_of(plan));
        if (!made) throw error(failed, "session: " + to_text(made.error()));
        session_ = *made;
        // What is complete is not taken twice, should its report have got lost.
        for (auto const& d : done_) {
            msrp::octet_range const all{1, d.size};
            (void)expect_rest(d.id, {&all, d.size == 0 ? 0U : 1U}, d.size);
        }
        on_opened();
        if (plan.connects()) {
            connecting_to_ = plan.host + " port " + std::to_string(plan.port);
            return;
        }
        asio::co_spawn(io_, serve(),
                       asio::bind_cancellation_slot(stop_.slot(), [this](std::exception_ptr) {
                           serving_ = false;
                           wake_.cancel();
                       }));
    }
    [[nodiscard]] bool over() const {
        // The driver's, too: a connection that ends in order waits for the peer's end.
        return ended_ && !serving_ && driver_->endpoint().connections() == 0 &&
               driver_->connections() == 0;
    }

    void say_connected(transport::stream& s) {
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
        if (check_.by == transport::peer_check::kind::fingerprint && facts.peer)
            say("fingerprint: matches, %s",
                std::string(sdp::fingerprint_text(*facts.peer).view()).c_str());
    }

    awaitable<void> serve() {
        transport::serve_options options;
        options.handshake_timeout = std::min<clock::duration>(limit_, std::chrono::seconds(30));
        options.check = check_;
        options.on_end = [this](std::error_code ec, transport::tcp::endpoint const& who) {
            if (bound_) return;
            why_not_ = "connection from " + to_text(who) + ": " + ec.message();
            say("refused: %s", why_not_.c_str());
            // Somebody is in the middle, or the SDP lies: no second try.
            if (ec == transport::error::fingerprint_mismatch ||
                ec == transport::error::certificate_refused) {
                fatal_ = true;
                wake_.cancel();
            }
        };
        std::error_code ignored;
        (void)co_await transport::async_serve(*acceptor_, *driver_, context_ ? &*context_ : nullptr,
                                              options);
    }
    void close_acceptor() {
        if (acceptor_) acceptor_->close();
    }

    void note_end(std::error_code ec) {
        if (!bound_ && !serving_ && ec) {
            if (!refused_) why_not_ = "connecting to " + connecting_to_ + ": " + ec.message();
            if (ec.category() == transport::error_category()) fatal_ = true;
        }
        if (ec && ec != asio::error::eof && trouble_.empty()) trouble_ = ec.message();
    }

    /// Ends what is there of the session.
    awaitable<void> stop() {
        if (!over()) driver_->close_now();
        if (serving_) stop_.emit(asio::cancellation_type::terminal);
        while (!over()) {
            if (!ended_ && driver_->endpoint().connections() == 0) (void)driver_->close(session_);
            co_await nap();
        }
        acceptor_.reset();
    }
    awaitable<void> nap() {
        std::error_code ignored;
        wake_.expires_after(std::chrono::milliseconds(bound_ ? 200 : 10));
        co_await wake_.async_wait(asio::redirect_error(use_awaitable, ignored));
    }
    [[nodiscard]] std::string waiting_for() const {
        if (!why_not_.empty()) return why_not_;
        auto const* const plan = negotiation_->plan();
        return plan != nullptr && plan->connects() ? "the peer does not answer"
                                                   : "nobody connected to " + to_text(listen_at_);
    }

    asio::io_context& io_;
    endpoint_options options_;
    std::chrono::milliseconds limit_;
    random_octets random_;
    std::string own_uri_;
    std::string connecting_to_;
    std::vector<sdp::fingerprint> promised_;
    cema::origin_numbers numbers_{};
    asio::ip::tcp::endpoint listen_at_;
    std::optional<transport::acceptor> acceptor_;
    std::optional<transport::tls_context> context_;
    std::unique_ptr<negotiation> negotiation_;
    std::optional<driver> driver_;
    msrp::session_handle session_{};
    /// The last ones that came: as many as a chat has under way, since each may be sent again.
    std::deque<complete_message> done_;
    transport::peer_check check_{};
    asio::cancellation_signal stop_;
    asio::steady_timer wake_{io_};
    bool serving_ = false;
    bool ended_ = true;
    bool bound_ = false;
    bool ever_bound_ = false;
    bool fatal_ = false;
    bool refused_ = false;  ///< the session, by the peer
    std::string why_not_;
    std::string trouble_;
};

}  // namespace program
