// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// bulk.cpp - load between two MSRP endpoints: how many messages, how many octets, how late, at what
// cost.
#include "common.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <asio/post.hpp>
#include <cinttypes>
#include <deque>
#include <fstream>
#include <functional>
#include <future>
#include <map>
#include <msrp/endpoint.hpp>
#include <msrp/ident.hpp>
#include <msrp/path.hpp>
#include <msrp/transport/acceptor.hpp>
#include <msrp/transport/certificate.hpp>
#include <msrp/transport/endpoint_driver.hpp>
#include <msrp/transport/serve.hpp>
#include <msrp/transport/tls.hpp>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <unordered_map>
#include <variant>

#include "support/percentiles.hpp"

namespace {

namespace transport = msrp::transport;
using asio::ip::tcp;
using examples::percentiles;
using program::awaitable;
using program::clock;
using program::error;
using program::failed;
using program::ok;
using program::parse_listen;
using program::random_octets;
using program::run;
using program::say;
using program::sdp_sink;
using program::sdp_source;
using program::to_text;
using program::usage;
using program::use_awaitable;
using json = nlohmann::ordered_json;

constexpr std::size_t max_sessions = 65536;

struct options {
    std::string serve{};  ///< ADDRESS:PORT: only the receiving side
    bool connect = false;
    std::string out = "-";
    std::string in = "-";
    std::size_t sessions = 1;
    std::size_t connections = 1;
    std::vector<std::uint64_t> sizes{60};
    double rate = 0;  ///< messages a second over all sessions; 0: as fast as possible
    std::uint64_t count = 0;
    double seconds = 5;
    std::size_t window = 8;
    std::uint64_t file = 0;
    bool tls = false;
    bool success_report = false;
    std::size_t block = msrp::session_options{}.block_size;
    std::size_t read = transport::driver_options{}.read_size;
    std::size_t unsent = transport::driver_options{}.max_unsent;
    int socket_buffer = 0;
    std::string json_file{};
    int timeout = 30;

    [[nodiscard]] std::size_t files() const { return file != 0 ? connections : 0; }
};

/// Octets to send: a window on what repeats itself, never copied.
class pool_source final : public msrp::body_source {
   public:
    explicit pool_source(std::string_view pool) : pool_(pool) {}
    void begin(std::uint64_t octets) { left_ = octets; }
    msrp::body_piece next(std::size_t at_most) override {
        auto const n = std::min<std::uint64_t>({at_most, left_, pool_.size() - at_});
        auto const piece = pool_.substr(at_, static_cast<std::size_t>(n));
        left_ -= n;
        at_ = (at_ + piece.size()) % pool_.size();
        return {piece, left_ == 0 ? msrp::body_state::last : msrp::body_state::more};
    }

   private:
    std::string_view pool_;
    std::size_t at_ = 0;
    std::uint64_t left_ = 0;
};

struct cpu_time {
    double user = 0;
    double system = 0;
    cpu_time operator-(cpu_time const& b) const { return {user - b.user, system - b.system}; }
    [[nodiscard]] double sum() const { return user + system; }
};
/// Of this thread: each side runs in one of its own.
cpu_time cpu_now() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    auto const seconds = [](timeval t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return {seconds(usage.ru_utime), seconds(usage.ru_stime)};
}

/// What one side must know of the other, in place of an SDP. The URI of session N has ".N" behind
/// its session-id.
struct card {
    std::string uri{};
    std::size_t sessions = 0;
    std::string fingerprint{};

    [[nodiscard]] std::string uri_of(std::size_t session) const {
        auto const end = uri.rfind(';');
        return uri.substr(0, end) + "." + std::to_string(session) + uri.substr(end);
    }
    [[nodiscard]] bool secure() const { return uri.starts_with("msrps:"); }
    [[nodiscard]] std::string text() const {
        std::string out = "uri " + uri + "\nsessions " + std::to_string(sessions) + "\n";
        if (!fingerprint.empty()) out += "fingerprint " + fingerprint + "\n";
        return out;
    }
    static card from(std::string const& text, std::string const& where) {
        card c;
        std::istringstream lines(text);
        for (std::string key, value; lines >> key && std::getline(lines >> std::ws, value);) {
            if (value.ends_with('\r')) value.pop_back();
            if (key == "uri") c.uri = value;
            if (key == "sessions") c.sessions = std::strtoul(value.c_str(), nullptr, 10);
            if (key == "fingerprint") c.fingerprint = value;
        }
        auto const uri = msrp::read_path(c.uri);
        bool const good = uri && uri->size() == 1 && uri->back().has_session_id() &&
                          c.uri.ends_with(";tcp") && c.sessions != 0 && c.sessions <= max_sessions;
        if (!good) throw error(failed, where + ": not what the other side of bulk writes");
        return c;
    }
};

/// Our certificate and our side of TLS.
struct identity {
    explicit identity(bool tls) {
        if (!tls) return;
        auto const own = transport::certificate::make();
        if (!own) throw error(failed, "no certificate: " + to_text(own.error()));
        auto made = transport::tls_context::make(*own);
        auto const print = own->fingerprint();
        if (!made || !print) throw error(failed, "no TLS");
        context.emplace(std::move(*made));
        fingerprint = sdp::fingerprint_text(*print).view();
    }
    [[nodiscard]] transport::tls_context* tls() { return context ? &*context : nullptr; }
    std::optional<transport::tls_context> context{};
    std::string fingerprint{};
};

card own_card(tcp::endpoint const& at, std::size_t sessions, identity const& own) {
    random_octets random;
    auto const id = msrp::make_ident<msrp::made_session_id>(random);
    return {std::string(own.context ? "msrps://" : "msrp://") + to_text(at) + "/" +
                std::string(id.view()) + ";tcp",
            sessions, own.fingerprint};
}

transport::session_trust trust_in(card const& peer) {
    transport::session_trust trust;
    if (peer.fingerprint.empty()) return trust;
    auto const view = sdp::parse_fingerprint(peer.fingerprint);
    auto const print = view ? sdp::fingerprint::make(*view) : std::nullopt;
    if (!print) throw error(failed, "the other side's fingerprint is of no use");
    sdp::fingerprint_set set;
    set.add(*print);
    trust.check = transport::peer_check::by_fingerprint(set);
    return trust;
}

transport::driver_options driver_options(options const& o) {
    transport::driver_options out;
    out.endpoint.each.max_connections = o.connections + 16;
    // All of them to one host and port, at once.
    out.endpoint.max_connect_attempts = o.connections + 16;
    out.endpoint.each.max_outgoing_messages = o.window + 2;
    out.endpoint.each.max_transactions = 2 * o.window + 32;
    out.endpoint.each.block_size = o.block;
    out.read_size = o.read;
    out.max_unsent = o.unsent;
    if (o.socket_buffer != 0)
        out.on_ready = [size = o.socket_buffer](msrp::connection_id, transport::stream& s) {
            std::error_code ignored;
            s.socket().set_option(asio::socket_base::send_buffer_size(size), ignored);
            s.socket().set_option(asio::socket_base::receive_buffer_size(size), ignored);
        };
    return out;
}

// --- the receiving side ---

class receiver {
   public:
    receiver(asio::io_context& io, options const& o, tcp::endpoint const& at)
        : options_(o),
          own_(o.tls),
          acceptor_(listen(io, at)),
          card_(own_card(acceptor_.local(), 1, own_)),
          driver_(io.get_executor(), random_octets{}, on_event{this}, make_options(), own_.tls()) {}
    receiver(receiver const&) = delete;
    receiver& operator=(receiver const&) = delete;
    ~receiver() = default;

    [[nodiscard]] card const& own_side() const { return card_; }
    void expect(card const& peer) {
        if (peer.secure() != options_.tls)
            throw error(failed, "one side is to use TLS, the other is not");
        auto const trust = trust_in(peer);
        for (std::size_t i = 0; i < peer.sessions; ++i) {
            auto const local = card_.uri_of(i);
            auto const remote = peer.uri_of(i);
            auto const made = driver_.open({.local = *msrp::read_path(local),
                                            .remote = *msrp::read_path(remote),
                                            .role = msrp::connection_role::passive},
                                           trust);
            if (!made) throw error(failed, "a session: " + to_text(made.error()));
        }
    }
    /// Until the last connection has gone, or none comes.
    awaitable<std::error_code> run() {
        transport::serve_options serve;
        serve.max_connections = options_.connections + max_sessions;
        serve.accept_timeout = std::chrono::seconds(options_.timeout);
        serve.on_end = [this](std::error_code ec, tcp::endpoint const&) {
            if (ec && ec != asio::error::eof) last_error_ = ec;
            if (bound != 0 && driver_.connections() == 0) acceptor_.close();
        };
        auto const why =
            co_await transport::async_serve(acceptor_, driver_, own_.tls(), serve, use_awaitable);
        co_return bound == 0 ? (last_error_ ? last_error_ : why) : std::error_code{};
    }
    void stop() {
        acceptor_.close();
        driver_.close_now();
    }

    std::uint64_t octets = 0;
    std::uint64_t messages = 0;  ///< complete
    std::uint64_t given_up = 0;
    std::uint64_t lost = 0;  ///< of those given up: by the connection, not by the sender
    std::size_t bound = 0;
    percentiles delivered{};
    clock::time_point first{};
    clock::time_point last{};
    cpu_time cpu_at_first{};

   private:
    struct on_event {
        receiver* me;
        void operator()(msrp::endpoint_event const& e) const { me->take(e); }
    };
    static transport::acceptor listen(asio::io_context& io, tcp::endpoint const& at) {
        auto made = transport::acceptor::listen(io.get_executor(), at);
        if (!made) throw error(usage, to_text(at) + ": " + to_text(made.error()));
        return std::move(*made);
    }
    [[nodiscard]] transport::driver_options make_options() const {
        auto out = driver_options(options_);
        out.endpoint.each.max_connections = max_sessions;
        return out;
    }
    void take(msrp::endpoint_event const& e) {
        if (auto const* const data = std::get_if<msrp::message_data>(&e.what)) {
            octets += data->octets.size();
        } else if (auto const* const end = std::get_if<msrp::message_end>(&e.what)) {
            last = clock::now();
            if (end->fate == msrp::message_fate::complete)
                ++messages;
            else
                ++given_up;
            if (end->fate == msrp::message_fate::incomplete) ++lost;
            if (auto const sent = time_in(end->message_id)) delivered.add(last - *sent);
        } else if (std::holds_alternative<msrp::session_bound>(e.what) && ++bound == 1) {
            first = clock::now();
            cpu_at_first = cpu_now();
        }
    }

   public:
    /// In messages at a rate, the Message-ID says when each was due, for one clock to read.
    static std::string ident_of(clock::time_point t, std::uint64_t number) {
        std::array<char, 33> text{};
        std::snprintf(text.data(), text.size(), "T%" PRIx64 ".%" PRIx64,
                      static_cast<std::uint64_t>(t.time_since_epoch().count()), number);
        return text.data();
    }

   private:
    [[nodiscard]] std::optional<clock::time_point> time_in(msrp::message_ident const& id) const {
        if (!options_.serve.empty() || options_.rate == 0 || !id.view().starts_with('T')) return {};
        auto const ns = std::strtoull(std::string(id.view().substr(1)).c_str(), nullptr, 16);
        return clock::time_point(clock::duration(static_cast<clock::rep>(ns)));
    }

    options const& options_;
    identity own_;
    transport::acceptor acceptor_;
    card card_;
    transport::endpoint_driver<random_octets, on_event> driver_;
    std::error_code last_error_{};
};

// --- the sending side ---

class sender {
   public:
    sender(asio::io_context& io, options const& o)
        : options_(o),
          own_(o.tls),
          // Nobody connects to us: where we would be, if that were so.
          card_(own_card({asio::ip::address_v4::loopback(), 2855}, o.sessions + o.files(), own_)),
          driver_(io.get_executor(), random_octets{}, on_event{this}, make_options(), own_.tls()),
          waits_(io),
          rate_timer_(io),
          stop_timer_(io) {
        auto const most = *std::max_element(o.sizes.begin(), o.sizes.end());
        pool_.resize(static_cast<std::size_t>(std::clamp<std::uint64_t>(most, 65536, whole_most)));
        std::uint32_t x = 0x2545F491;
        for (char& c : pool_) {  // any octets; the same in each run
            x ^= x << 13U;
            x ^= x >> 17U;
            x ^= x << 5U;
            c = static_cast<char>(x & 0xFFU);
        }
    }
    sender(sender const&) = delete;
    sender& operator=(sender const&) = delete;
    ~sender() = default;

    [[nodiscard]] card const& own_side() const { return card_; }
    void stop() { driver_.close_now(); }

    /// @param peer_cpu what the other side has used until now, where that is to be had.
    awaitable<void> run(card const& peer, std::function<cpu_time()> const& peer_cpu) {
        open(peer);
        if (!co_await wait_for(std::chrono::seconds(options_.timeout),
                               [this] { return bound_ == lines_.size() || why_; }))
            throw error(failed, "the sessions were not ready within " +
                                    std::to_string(options_.timeout) + " s");
        if (why_) throw error(failed, "a session could not be opened: " + why_.message());

        auto const own_before = cpu_now();
        auto const peer_before = peer_cpu();
        begin_ = last_done_ = next_due_ = clock::now();
        if (options_.count == 0) {
            auto const time = std::chrono::duration<double>(options_.seconds);
            stop_timer_.expires_after(std::chrono::duration_cast<clock::duration>(time));
            stop_timer_.async_wait([this](std::error_code ec) {
                if (!ec) stop_sending();
            });
        }
        running_ = true;
        for (std::size_t i = options_.sessions; i < lines_.size(); ++i) send_file(lines_[i]);
        fill(clock::now());
        co_await wait_for(clock::duration::max(), [this] { return !running_ || why_; });
        co_await wait_for(std::chrono::seconds(options_.timeout),
                          [this] { return in_flight_ == 0 || why_; });
        stop_timer_.cancel();
        rate_timer_.cancel();
        own_cpu = cpu_now() - own_before;
        other_cpu = peer_cpu() - peer_before;
        if (why_) throw error(failed, "a session ended: " + why_.message());
        if (in_flight_ != 0)
            throw error(failed, std::to_string(in_flight_) + " messages unanswered");
        std::error_code ec;
        co_await driver_.async_shut_down(std::chrono::seconds(5),
                                         asio::redirect_error(use_awaitable, ec));
        if (ec) throw error(failed, "the connections could not be closed: " + ec.message());
    }
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(last_done_ - begin_).count();
    }

    std::uint64_t messages = 0;
    std::uint64_t octets = 0;
    std::uint64_t failed_messages = 0;
    std::uint64_t file_octets = 0;
    std::uint64_t files = 0;  ///< complete
    percentiles answered{};
    percentiles reported{};
    cpu_time own_cpu{};
    cpu_time other_cpu{};

   private:
    static constexpr std::uint64_t whole_most = 1U << 20U;  ///< larger bodies come from a source

    struct slot {
        explicit slot(std::string_view pool) : source(pool) {}
        msrp::message_handle handle{};
        clock::time_point due{};
        std::uint64_t size = 0;
        bool sent = true;  ///< done and, if asked for, reported
        bool reported = true;
        pool_source source;
    };
    /// A session.
    struct line {
        msrp::session_handle session{};
        std::deque<slot> slots{};
        bool file = false;
    };
    struct on_event {
        sender* me;
        void operator()(msrp::endpoint_event const& e) const { me->take(e); }
    };

    transport::driver_options make_options() {
        auto out = driver_options(options_);
        out.on_end = [this](msrp::connection_id, std::error_code ec) {
            if (ec && !why_) why_ = ec;
        };
        return out;
    }
    void open(card const& peer) {
        if (peer.secure() != options_.tls)
            throw error(failed, "one side is to use TLS, the other is not");
        auto trust = trust_in(peer);
        lines_.resize(card_.sessions);
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            // Sessions that expect another name do not share a connection.
            trust.server_name = "c" + std::to_string(i % options_.connections) + ".invalid";
            auto const local = card_.uri_of(i);
            auto const remote = peer.uri_of(i);
            auto const made = driver_.open(
                {.local = *msrp::read_path(local), .remote = *msrp::read_path(remote)}, trust);
            if (!made) throw error(failed, "a session: " + to_text(made.error()));
            auto& l = lines_[i];
            l.session = *made;
            l.file = i >= options_.sessions;
            for (std::size_t n = 0; n < (l.file ? 1 : options_.window); ++n)
                l.slots.emplace_back(std::string_view(pool_).substr(0, options_.block));
            by_handle_.emplace(static_cast<std::uint64_t>(*made), &l);
        }
        for (std::size_t n = 0; n < options_.window; ++n)  // all sessions in turns
            for (auto& l : lines_)
                if (!l.file) free_.push_back(&l);
    }

    // --- messages ---

    [[nodiscard]] bool is_due(clock::time_point now) const {
        return running_ && (options_.rate == 0 || next_due_ <= now);
    }
    /// Sends all that is due and has room.
    void fill(clock::time_point now) {
        if (std::exchange(filling_, true)) return;
        auto const interval = std::chrono::duration_cast<clock::duration>(
            std::chrono::duration<double>(options_.rate == 0 ? 0 : 1 / options_.rate));
        while (is_due(now) && !free_.empty()) {
            send_message(options_.rate == 0 ? now : next_due_);
            next_due_ += interval;
            if (options_.count != 0 && begun_ == options_.count) stop_sending();
            if (options_.rate != 0) now = clock::now();
        }
        filling_ = false;
        if (options_.rate == 0 || !running_ || free_.empty()) return;
        rate_timer_.expires_at(next_due_);
        rate_timer_.async_wait([this](std::error_code ec) {
            if (!ec) fill(clock::now());
        });
    }
    void send_message(clock::time_point due) {
        auto& l = *free_.front();
        free_.pop_front();
        auto const at = std::find_if(l.slots.begin(), l.slots.end(),
                                     [](slot const& s) { return s.sent && s.reported; });
        auto& s = *at;
        s.size = options_.sizes[begun_++ % options_.sizes.size()];
        s.due = due;
        std::string id;
        if (options_.rate != 0) id = receiver::ident_of(due, begun_);
        start(l, s, id);
    }
    void send_file(line& l) {
        auto& s = l.slots.front();
        s.size = options_.file;
        start(l, s, "file." + std::to_string(++files_begun_));
    }
    void start(line& l, slot& s, std::string const& id) {
        msrp::outgoing_message m;
        m.content_type = l.file ? "application/octet-stream" : "text/plain";
        m.message_id = id;
        if (s.size > whole_most) {
            s.source.begin(s.size);
            m.source = &s.source;
            m.total = s.size;
        } else {
            m.body = std::string_view(pool_).substr(0, static_cast<std::size_t>(s.size));
        }
        s.reported = !options_.success_report || l.file;
        if (!s.reported) m.success_report = msrp::report_value::yes;
        s.sent = false;
        ++in_flight_;
        auto const made = driver_.send(l.session, m);
        if (made) {
            s.handle = *made;
            return;
        }
        s.sent = s.reported = true;
        --in_flight_;
        if (!why_) why_ = made.error().code;
        waits_.cancel();
    }
    void stop_sending() {
        running_ = false;
        for (auto& l : lines_)
            if (l.file && !l.slots.front().sent)
                static_cast<void>(driver_.abort(l.slots.front().handle));
        waits_.cancel();
    }

    void take(msrp::endpoint_event const& e) {
        if (auto const* const sent = std::get_if<msrp::message_sent>(&e.what)) {
            with_slot(e.session, sent->handle, [&](line& l, slot& s) { on_sent(l, s, *sent); });
        } else if (auto const* const report = std::get_if<msrp::report_received>(&e.what)) {
            with_slot(e.session, report->handle, [&](line& l, slot& s) {
                if (!report->fully_confirmed || s.reported) return;
                auto const now = clock::now();
                reported.add(now - s.due);
                s.reported = true;
                if (s.sent) done(l, now);
            });
        } else if (auto const* const missing = std::get_if<msrp::report_missing>(&e.what)) {
            with_slot(e.session, missing->handle, [&](line& l, slot& s) {
                if (std::exchange(s.reported, true)) return;
                ++failed_messages;
                if (s.sent) done(l, clock::now());
            });
        } else if (std::holds_alternative<msrp::session_bound>(e.what)) {
            if (++bound_ == lines_.size()) waits_.cancel();
        } else if (auto const* const over = std::get_if<msrp::session_ended>(&e.what)) {
            if (over->reason && !why_) why_ = over->reason;
            waits_.cancel();
        }
    }
    template <class F>
    void with_slot(msrp::session_handle session, msrp::message_handle message, F f) {
        auto const found = by_handle_.find(static_cast<std::uint64_t>(session));
        if (found == by_handle_.end()) return;
        for (auto& s : found->second->slots)
            if (s.handle == message) return f(*found->second, s);
    }
    void on_sent(line& l, slot& s, msrp::message_sent const& sent) {
        if (std::exchange(s.sent, true)) return;
        if (l.file) {
            --in_flight_;
            file_octets += sent.octets;
            if (!sent.outcome) ++files;
            if (running_) send_file(l);
            if (in_flight_ == 0) waits_.cancel();
            return;
        }
        last_done_ = clock::now();
        if (sent.outcome) {
            ++failed_messages;
            s.reported = true;
        } else {
            ++messages;
            octets += sent.octets;
            answered.add(last_done_ - s.due);
        }
        if (s.reported) done(l, last_done_);
    }
    void done(line& l, clock::time_point now) {
        last_done_ = now;
        --in_flight_;
        free_.push_back(&l);
        if (is_due(now) || free_.size() == 1) fill(now);
        if (in_flight_ == 0 && !running_) waits_.cancel();
    }

    /// Until it is so, or for so long.
    template <class Test>
    awaitable<bool> wait_for(clock::duration limit, Test test) {
        auto const end = limit == limit.max() ? clock::time_point::max() : clock::now() + limit;
        while (!test() && clock::now() < end) {
            std::error_code ignored;
            waits_.expires_at(end);
            co_await waits_.async_wait(asio::redirect_error(use_awaitable, ignored));
        }
        co_return test();
    }

    options const& options_;
    identity own_;
    card card_;
    std::string pool_{};
    std::vector<line> lines_{};
    std::unordered_map<std::uint64_t, line*> by_handle_{};
    std::deque<line*> free_{};  ///< each as often as it has room
    std::size_t bound_ = 0;
    std::uint64_t begun_ = 0;
    std::uint64_t files_begun_ = 0;
    std::uint64_t in_flight_ = 0;
    clock::time_point begin_{};
    clock::time_point last_done_{};
    clock::time_point next_due_{};
    std::error_code why_{};
    bool running_ = false;
    bool filling_ = false;
    transport::endpoint_driver<random_octets, on_event> driver_;
    asio::steady_timer waits_;
    asio::steady_timer rate_timer_;
    asio::steady_timer stop_timer_;
};

// --- results ---

json latency(percentiles const& p) {
    return {{"count", p.count()}, {"p50", p.us(0.5)},     {"p90", p.us(0.9)},
            {"p99", p.us(0.99)},  {"p99.9", p.us(0.999)}, {"max", p.max_us()}};
}
json cpu(cpu_time const& t) { return {{"user", t.user}, {"system", t.system}}; }

void write_json(std::string const& name, json const& result) {
    auto const text = result.dump(2) + "\n";
    if (name == "-") {
        std::fputs(text.c_str(), stdout);
        if (std::fflush(stdout) != 0) throw error(failed, "standard output: cannot be written");
        return;
    }
    std::ofstream out(name, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) throw error(usage, name + ": cannot be written");
}

void show(json const& r) {
    auto const number = [](json const& j) { return j.get<double>(); };
    if (r.contains("messages_per_second"))
        say("messages  %" PRIu64 " in %.2f s: %.0f/s, %.1f MB/s; %" PRIu64 " failed",
            r["messages"].get<std::uint64_t>(), number(r["seconds"]),
            number(r["messages_per_second"]), number(r["mb_per_second"]),
            r["failed"].get<std::uint64_t>());
    if (r.contains("received"))
        say("received  %" PRIu64 " messages, %" PRIu64 " octets, %" PRIu64 " given up",
            r["received"]["messages"].get<std::uint64_t>(),
            r["received"]["octets"].get<std::uint64_t>(),
            r["received"]["given_up"].get<std::uint64_t>());
    if (r.contains("files")) say("files     %.1f MB/s beside", number(r["files"]["mb_per_second"]));
    for (auto const& [side, t] : r["cpu_seconds"].items())
        say("cpu       %-9s %8.3f s user %8.3f s system", side.c_str(), number(t["user"]),
            number(t["system"]));
    if (!r.contains("latency_us")) return;
    say("latency, us        p50        p90        p99      p99.9        max");
    for (auto const& [what, p] : r["latency_us"].items())
        say("%-10s  %10.1f %10.1f %10.1f %10.1f %10.1f", what.c_str(), number(p["p50"]),
            number(p["p90"]), number(p["p99"]), number(p["p99.9"]), number(p["max"]));
}

json result_of(options const& o, sender const& s) {
    json r;
    auto const seconds = s.seconds();
    auto const per_second = [&](std::uint64_t n) {
        return seconds > 0 ? static_cast<double>(n) / seconds : 0.0;
    };
    r["transport"] = o.tls ? "tls" : "tcp";
    r["sessions"] = o.sessions;
    r["connections"] = o.connections;
    r["sizes"] = o.sizes;
    r["rate"] = o.rate;
    r["window"] = o.window;
    r["success_report"] = o.success_report;
    r["seconds"] = seconds;
    r["messages"] = s.messages;
    r["failed"] = s.failed_messages;
    r["octets"] = s.octets;
    r["messages_per_second"] = per_second(s.messages);
    r["mb_per_second"] = per_second(s.octets) / 1e6;
    if (o.file != 0)
        r["files"] = {{"octets", s.file_octets},
                      {"complete", s.files},
                      {"mb_per_second", per_second(s.file_octets) / 1e6}};
    r["cpu_seconds"]["sender"] = cpu(s.own_cpu);
    r["latency_us"]["answered"] = latency(s.answered);
    if (o.success_report) r["latency_us"]["reported"] = latency(s.reported);
    return r;
}
json received(receiver const& r) {
    return {{"messages", r.messages}, {"octets", r.octets}, {"given_up", r.given_up}};
}

int finish(options const& o, json const& result, std::uint64_t not_good) {
    show(result);
    if (!o.json_file.empty()) write_json(o.json_file, result);
    if (not_good == 0) return ok;
    std::fprintf(stderr, "bulk: %" PRIu64 " messages failed\n", not_good);
    return failed;
}

// --- who runs ---

/// The receiving side in a thread of its own.
class receiver_thread {
   public:
    explicit receiver_thread(options const& o) : r(io_, o, {asio::ip::address_v4::loopback(), 0}) {}
    receiver_thread(receiver_thread const&) = delete;
    receiver_thread& operator=(receiver_thread const&) = delete;
    ~receiver_thread() {
        if (!thread_.joinable()) return;
        asio::post(io_, [this] { r.stop(); });
        thread_.join();
    }
    void start(card const& peer) {
        r.expect(peer);
        asio::co_spawn(io_, r.run(), [this](std::exception_ptr e, std::error_code ec) {
            thrown_ = e;
            why_ = ec;
        });
        thread_ = std::thread([this] { io_.run(); });
    }
    cpu_time cpu() {
        std::promise<cpu_time> told;
        asio::post(io_, [&told] { told.set_value(cpu_now()); });
        return told.get_future().get();
    }
    void join() {
        thread_.join();
        if (thrown_) std::rethrow_exception(thrown_);
        if (why_) throw error(failed, "the receiving side: " + why_.message());
    }

   private:
    asio::io_context io_{1};

   public:
    receiver r;

   private:
    std::thread thread_{};
    std::exception_ptr thrown_;  ///< of its coroutine
    std::error_code why_{};
};

awaitable<int> run_both(asio::io_context& io, options const& o) {
    receiver_thread there(o);
    sender s(io, o);
    there.start(s.own_side());
    co_await s.run(there.r.own_side(), [&there] { return there.cpu(); });
    there.join();
    auto result = result_of(o, s);
    result["received"] = received(there.r);
    result["cpu_seconds"]["receiver"] = cpu(s.other_cpu);
    if (o.rate != 0) result["latency_us"]["delivered"] = latency(there.r.delivered);
    auto const wrong = there.r.messages != s.messages + s.files;
    if (wrong) throw error(failed, "the receiving side counted other messages than were sent");
    co_return finish(o, result, s.failed_messages);
}

awaitable<int> run_sender(asio::io_context& io, options const& o) {
    sender s(io, o);
    sdp_source in(o.in);
    sdp_sink(o.out).write(s.own_side().text());
    auto const from = in.show();
    auto const text = co_await in.read(std::chrono::seconds(o.timeout), "word of the other side");
    auto const peer = card::from(text, from);
    co_await s.run(peer, [] { return cpu_time{}; });
    co_return finish(o, result_of(o, s), s.failed_messages);
}

awaitable<int> run_receiver(asio::io_context& io, options const& o) {
    receiver r(io, o, parse_listen(o.serve, "--serve"));
    sdp_source in(o.in);
    sdp_sink(o.out).write(r.own_side().text());
    auto const from = in.show();
    auto const text = co_await in.read(std::chrono::seconds(o.timeout), "word of the other side");
    r.expect(card::from(text, from));
    auto const why = co_await r.run();
    if (why) throw error(failed, "nobody came: " + why.message());
    json result;
    result["transport"] = o.tls ? "tls" : "tcp";
    result["received"] = received(r);
    result["seconds"] = std::chrono::duration<double>(r.last - r.first).count();
    result["cpu_seconds"]["receiver"] = cpu(cpu_now() - r.cpu_at_first);
    co_return finish(o, result, r.lost);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "Load between two MSRP endpoints. Without --serve and --connect, both are in this process, "
        "over loopback, each in a thread.",
        "bulk"};
    options o;
    auto* const serve =
        app.add_option("--serve", o.serve, "Only the receiving side, at ADDRESS:PORT");
    auto* const connect = app.add_flag("--connect", o.connect, "Only the sending side");
    serve->excludes(connect);
    app.add_option("--out", o.out, "Alone: where our side's URI is written (- : standard output)");
    app.add_option("--in", o.in, "Alone: where the other side's is read (- : standard input)");
    std::vector<CLI::Option*> const of_sender{
        app.add_option("--sessions", o.sessions)->check(CLI::Range(1, 30000)),
        app.add_option("--connections", o.connections, "Sessions share so many")
            ->check(CLI::Range(1, 1000)),
        app.add_option("--size", o.sizes, "Octets of a message; several: in turns")
            ->delimiter(',')
            ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40U)),
        app.add_option("--rate", o.rate, "Messages a second in all; 0: as fast as possible")
            ->check(CLI::Range(0.0, 1e7)),
        app.add_option("--count", o.count, "Messages in all; in place of --seconds")
            ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40U)),
        app.add_option("--seconds", o.seconds)->check(CLI::Range(0.01, 1e6))->excludes("--count"),
        app.add_option("--window", o.window, "Messages of a session at once, unanswered")
            ->check(CLI::Range(1, 1000)),
        app.add_option("--file", o.file, "Beside, each connection carries files of so many octets")
            ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40U)),
        app.add_flag("--success-report", o.success_report, "Ask for success reports"),
    };
    app.add_flag("--tls", o.tls, "TLS with certificates checked by fingerprint");
    app.add_option("--block", o.block, "Octets of a body in one write")
        ->check(CLI::Range(512, 1 << 24));
    app.add_option("--read", o.read, "Octets in one read, at most")
        ->check(CLI::Range(4096, 1 << 24));
    app.add_option("--unsent", o.unsent, "Octets the system keeps unsent; 0: the system's limit")
        ->check(CLI::Range(0, 1 << 28));
    app.add_option("--socket-buffer", o.socket_buffer, "SO_SNDBUF and SO_RCVBUF; 0: the system's")
        ->check(CLI::Range(0, 1 << 28));
    app.add_option("--json", o.json_file, "Write the results there, too (- : standard output)");
    app.add_option("--timeout", o.timeout, "Seconds for the other side, and for the last answers")
        ->check(CLI::Range(1, 86400));
    return run(app, argc, argv, "bulk", [&](asio::io_context& io) -> awaitable<int> {
        if (o.connections > o.sessions)
            throw error(usage, "--connections: no more than there are --sessions");
        bool const alone = o.connect || !o.serve.empty();
        if (!alone && (o.in != "-" || o.out != "-"))
            throw error(usage, "--in and --out go with --serve or --connect");
        if (!o.serve.empty())
            for (auto const* const option : of_sender)
                if (option->count() != 0)
                    throw error(usage, option->get_name() + " is the sending side's");
        if (alone && o.out == "-" && o.json_file == "-")
            throw error(usage, "--out and --json cannot both be standard output");
        if (!o.json_file.empty() && o.json_file != "-")  // not only when all is over
            if (!std::ofstream(o.json_file, std::ios::app))
                throw error(usage, o.json_file + ": cannot be written");
        if (o.json_file == "-" || (alone && o.out == "-")) program::log = stderr;
        if (!o.serve.empty()) return run_receiver(io, o);
        return o.connect ? run_sender(io, o) : run_both(io, o);
    });
}
