// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// anchor.cpp - a media anchor: rewrites the c/m-lines of sessions' SDP and moves their octets.
#include <sys/resource.h>

#include <algorithm>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/redirect_error.hpp>
#include <asio/signal_set.hpp>
#include <cema/anchor.hpp>
#include <map>
#include <msrp/transport/acceptor.hpp>
#include <msrp/transport/byte_pump.hpp>
#include <msrp/transport/connect.hpp>
#include <sdp/parser.hpp>
#include <set>

#include "common.hpp"

namespace {

using namespace program;  // NOLINT(google-build-using-namespace): a program's own file
namespace transport = msrp::transport;
using transport::tcp;

constexpr auto one_session_poll = std::chrono::milliseconds(10);
constexpr auto directory_poll = std::chrono::milliseconds(50);
constexpr std::size_t max_connections = 2;  // of a session: the one in use and a later offer's

struct options {
    std::string offer_in;
    std::string offer_out;
    std::string answer_in;
    std::string answer_out;
    std::string directory;
    std::string listen = "127.0.0.1";
    std::string listen_offerer;
    std::string listen_answerer;
    bool sniff = false;
    bool resolve = false;
    int timeout = 30;
    int idle = 0;
    std::size_t buffer = 65536;
    std::size_t max_sessions = 1000;
    std::uint64_t sessions = 0;

    [[nodiscard]] std::chrono::seconds limit() const { return std::chrono::seconds(timeout); }
    [[nodiscard]] std::chrono::seconds silence() const {
        return std::chrono::seconds(idle == 0 ? timeout : idle);
    }
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

/// Sleeps until told or until a time, and misses nothing said while it was awake.
class alarm_clock {
   public:
    explicit alarm_clock(asio::io_context& io) : timer_(io) {}
    void ring() {
        rung_ = true;
        timer_.cancel();
    }
    awaitable<void> wait_until(clock::time_point end) {
        if (!rung_) {
            std::error_code ignored;
            timer_.expires_at(end);
            co_await timer_.async_wait(asio::redirect_error(use_awaitable, ignored));
        }
        rung_ = false;
    }

   private:
    asio::steady_timer timer_;
    bool rung_ = false;
};

/// The two sides of a session, each with a listening port of its own.
enum side : std::uint8_t { offerer = 0, answerer = 1 };
constexpr side other(side s) { return s == offerer ? answerer : offerer; }
constexpr char const* name_of(side s) { return s == offerer ? "offerer" : "answerer"; }

/// @return where to listen for a side; by --listen where its own option is absent.
tcp::endpoint listen_address(options const& o, side s) {
    auto const& own = s == offerer ? o.listen_offerer : o.listen_answerer;
    auto const option = std::string("--listen-") + name_of(s);
    if (!own.empty()) return parse_listen(own, option);
    auto at = parse_listen(o.listen);
    if (s == offerer) at.port(0);  // a port of --listen is the answerer's
    return at;
}

transport::acceptor listen(asio::io_context& io, options const& o, side s) {
    auto const at = listen_address(o, s);
    auto made = transport::acceptor::listen(io.get_executor(), at);
    if (!made) throw error(usage, "--listen " + to_text(at) + ": " + made.error().code.message());
    return std::move(*made);
}

enum class outcome : std::uint8_t { carried, refused, failed, stopped };
constexpr std::array<char const*, 4> outcome_names{"carried", "refused", "failed", "stopped"};

struct ending {
    outcome how = outcome::failed;
    std::string text;
    exit_code code = failed;
};

/// One session: its SDP files, its two ports, its connections.
class session {
   public:
    /// @param name empty: the only session of the program, which shows the SDP, too.
    /// @param poll how often to look for files by itself; zero: `look` is called.
    session(asio::io_context& io, options const& o, std::string name,
            std::array<std::string, 4> const& files, std::chrono::milliseconds poll)
        : io_(io),
          options_(o),
          name_(std::move(name)),
          poll_(poll),
          offers_in_(files[0]),
          offers_out_(files[1]),
          answers_in_(files[2]),
          answers_out_(files[3]),
          news_(io),
          gone_(io) {}

    /// Runs the session to its end; afterwards nothing of it is left. Throws nothing.
    awaitable<ending> run() {
        ending out;
        try {
            out = co_await carry_out();
        } catch (error const& e) {
            out = {outcome::failed, e.text, e.code};
        } catch (std::exception const& e) {
            out = {outcome::failed, e.what(), failed};
        }
        closing_ = true;
        for (auto& door : doors_)
            if (door) door->close();
        for (auto const& c : connections_) c->stop.emit(asio::cancellation_type::terminal);
        while (users_ != 0) co_await gone_.wait_until(clock::time_point::max());
        co_return out;
    }
    void stop() {
        stopping_ = true;
        news_.ring();
    }
    /// There may be a new file.
    void look() { news_.ring(); }
    [[nodiscard]] bool wants(std::string const& file) const {
        return file == offers_in_.file() || file == answers_in_.file();
    }

   private:
    /// A connection that is to come.
    struct expected {
        side from;
        std::string host;  ///< then to be connected to
        std::uint16_t port;
        clock::time_point until;
    };
    struct connection {
        asio::cancellation_signal stop;
    };

    void note(std::string const& text) const {
        say("%s", (name_.empty() ? text : printable(name_) + ": " + text).c_str());
    }
    void show(char const* what, std::string_view sdp) const {
        if (name_.empty()) say_sdp(what, sdp);
    }
    void complain(std::string const& text) const {
        std::fprintf(stderr, "anchor: %s%s\n",
                     (name_.empty() ? name_ : printable(name_) + ": ").c_str(), text.c_str());
    }
    static std::string no_use(std::string const& what, wire::failure const& f) {
        return "the " + what + " is of no use: " + to_text(f) + " at octet " +
               std::to_string(f.offset);
    }
    [[nodiscard]] std::string none_within(char const* what, sdp_source const& in) const {
        return std::string("no ") + what + " within " + std::to_string(options_.timeout) +
               " s in " + in.show();
    }

    awaitable<ending> carry_out() {
        doors_[answerer].emplace(listen(io_, options_, answerer));
        doors_[offerer].emplace(listen(io_, options_, offerer));
        start_door(answerer);
        start_door(offerer);
        waits_until_ = clock::now() + options_.limit();
        for (;;) {
            if (stopping_) co_return ending{outcome::stopped, "this program was ended"};
            if (take_files()) {
                if (over_) co_return *over_;
                continue;
            }
            judge(clock::now());
            if (over_) co_return *over_;
            auto next = clock::time_point::max();
            if (waits_ != waits::nothing) next = std::min(next, waits_until_);
            if (expected_) next = std::min(next, expected_->until);
            if (poll_ != poll_.zero()) next = std::min(next, clock::now() + poll_);
            co_await news_.wait_until(next);
        }
    }

    // --- the signalling (CEMA-6.2-1) ---

    /// @return whether there was a file to take.
    bool take_files() {
        if (waits_ == waits::first_offer || offers_in_.is_file()) {
            if (auto const offer = offers_in_.try_read()) {
                on_offer(*offer);
                return true;
            }
        }
        if (waits_ != waits::answer && waits_ != waits::answer_to_pass) return false;
        auto const answer = answers_in_.try_read();
        if (answer) on_answer(*answer);
        return answer.has_value();
    }

    void on_offer(std::string const& offer) {
        auto const action = anchor_.on_offer(offer, to_wire(doors_[answerer]->local()));
        if (!action) {
            if (!agreed_) throw error(failed, no_use("offer", action.error()));
            note(no_use("later offer", action.error()) + "; the session stays as it is");
            return;
        }
        note("offer: " + to_text(anchor_.why()));
        waits_until_ = clock::now() + options_.limit();
        switch (*action) {
            case cema::anchor_action::rewritten:
                offers_out_.write(anchor_.text());
                show("offer, as passed on", anchor_.text());
                waits_ = waits::answer;
                return;
            case cema::anchor_action::unchanged:
                offers_out_.write(anchor_.text());
                withdraw(agreed_ ? "the session was given up by the offerer, this anchor being no "
                                   "B2BUA for its second offer"
                                 : "nothing is offered: the port is 0");
                waits_ = waits::answer_to_pass;
                return;
            case cema::anchor_action::refused: {
                answers_out_.write(refusal_of(offer));
                std::string const text =
                    "refused an offer without msrp-cema: this anchor is no B2BUA";
                waits_ = waits::nothing;
                if (!agreed_)
                    over_ = ending{outcome::refused, text};
                else
                    complain(text);
                return;
            }
        }
    }

    void on_answer(std::string const& answer) {
        if (waits_ == waits::answer_to_pass) {
            answers_out_.write(answer);
            waits_ = waits::nothing;
            return;
        }
        auto const action = anchor_.on_answer(answer, to_wire(doors_[offerer]->local()));
        if (!action) {
            if (!agreed_) throw error(failed, no_use("answer", action.error()));
            note(no_use("later answer", action.error()) + "; another one may come");
            return;
        }
        waits_ = waits::nothing;
        side const from = anchor_.answerer_opens() ? answerer : offerer;
        auto const& far = from == answerer ? anchor_.offerer() : anchor_.answerer();
        bool const usable = *action == cema::anchor_action::unchanged || far.ip ||
                            options_.directory.empty() || options_.resolve;
        std::string const no_name = std::string("the c= line of the ") + name_of(other(from)) +
                                    " has a name, and names are not looked up without --resolve";
        if (!usable && !agreed_) throw error(failed, no_name);
        answers_out_.write(anchor_.text());
        note("answer: " + to_text(anchor_.why()));
        if (*action == cema::anchor_action::unchanged) {
            withdraw("the answerer rejects the session");
            if (!agreed_) over_->how = outcome::refused;
            return;
        }
        show("answer, as passed on", anchor_.text());
        agreed_ = true;
        if (!usable) {
            note(no_name);
            return;
        }
        expected_ =
            expected{from, std::string(far.host), far.port, clock::now() + options_.limit()};
        note(std::string("waiting: for the ") + name_of(from) + " at " +
             to_text(doors_[from]->local()) + ", then to " + printable(far.host) + " port " +
             std::to_string(far.port));
    }

    /// No connection is to come any more; what runs may run to its end.
    void withdraw(char const* text) {
        expected_.reset();
        if (connections_.empty() && !carried_) over_ = ending{outcome::failed, text};
    }

    /// What has waited too long; and whether all is over.
    void judge(clock::time_point now) {
        if (waits_ != waits::nothing && now >= waits_until_) {
            if (waits_ == waits::first_offer) throw error(failed, none_within("offer", offers_in_));
            if (!agreed_) throw error(failed, none_within("answer", answers_in_));
            note(none_within("answer", answers_in_));
            waits_ = waits::nothing;
        }
        // A later offer that keeps the paths keeps the connection, too: then none has to come.
        if (expected_ && now >= expected_->until) {
            expected_.reset();
            if (connections_.empty() && !carried_)
                throw error(failed, "nobody connected: timed out");
        }
        if (!agreed_ || expected_ || waits_ != waits::nothing || !connections_.empty()) return;
        auto const moved = "from the offerer " + std::to_string(octets_[offerer]) +
                           " octets, from the answerer " + std::to_string(octets_[answerer]);
        if (!failure_.empty())
            over_ = ending{outcome::failed, failure_ + " (" + moved + ")"};
        else
            over_ = ending{outcome::carried, moved, ok};
    }

    // --- the connections ---

    void start_door(side s) {
        ++users_;
        asio::co_spawn(io_, keep_door(s), [this](std::exception_ptr const&) { leave(); });
    }
    void leave() {
        --users_;
        news_.ring();
        gone_.ring();
    }

    /// Listens as long as the session lives, so that nobody else gets its port.
    awaitable<void> keep_door(side s) {
        for (;;) {
            auto near = co_await doors_[s]->accept(clock::duration::zero());
            if (closing_) co_return;
            if (!near) {  // too many open files, for one: goes by
                co_await sleep(std::chrono::milliseconds(100));
                continue;
            }
            // Who opens may do so before its answer was seen here.
            while (waits_ == waits::answer && !closing_) co_await sleep(one_session_poll);
            if (closing_) co_return;
            if (!expected_ || expected_->from != s) {
                if (!std::exchange(told_stray_, true))
                    note(std::string("closed a connection on the ") + name_of(s) +
                         "'s side that was not to come; further ones are not told");
                continue;
            }
            expected const e = *std::exchange(expected_, std::nullopt);
            if (connections_.size() == max_connections)
                connections_.front()->stop.emit(asio::cancellation_type::terminal);
            auto const c = std::make_shared<connection>();
            connections_.push_back(c);
            ++users_;
            asio::co_spawn(io_, carry(std::move(*near), e),
                           asio::bind_cancellation_slot(
                               c->stop.slot(),
                               [this, c](std::exception_ptr const& thrown) { on_end(c, thrown); }));
        }
    }
    void on_end(std::shared_ptr<connection> const& c, std::exception_ptr const& thrown) {
        std::erase(connections_, c);
        try {
            if (thrown) std::rethrow_exception(thrown);
            carried_ = true;
            failure_.clear();
        } catch (error const& e) {
            failure_ = e.text;
            note(e.text);
        } catch (std::exception const& e) {
            failure_ = e.what();
        }
        leave();
    }

    awaitable<void> carry(tcp::socket near, expected e) {
        transport::connect_target target;
        target.host = e.host;
        target.port = e.port;
        transport::connect_options how;
        how.resolve_timeout = std::min<clock::duration>(how.resolve_timeout, options_.limit());
        how.connect_timeout = std::min<clock::duration>(how.connect_timeout, options_.limit());
        auto far = co_await transport::connect(io_.get_executor(), target, nullptr, how);
        if (!far)
            throw error(failed,
                        "cannot connect to " + printable(e.host) + ": " + to_text(far.error()));
        transport::byte_pump_options pump;
        pump.buffer_size = options_.buffer;
        pump.idle_timeout = options_.silence();
        auto const begin = clock::now();
        auto const moved =
            co_await transport::byte_pump(std::move(near), std::move(far->socket()), pump);
        octets_[e.from] += moved.from_a.octets;
        octets_[other(e.from)] += moved.from_b.octets;
        note_flow("from the side that connected", moved.from_a);
        note_flow("from the other side", moved.from_b);
        note("moved: " +
             octets_per_second(moved.from_a.octets + moved.from_b.octets, clock::now() - begin));
        if (moved.from_a.error == transport::error::timed_out ||
            moved.from_b.error == transport::error::timed_out)
            throw error(failed, "silent, or not reading, for " +
                                    std::to_string(options_.silence().count()) + " s");
    }

    void note_flow(std::string const& which, transport::byte_pump_flow const& f) const {
        note(which + ": " + std::to_string(f.octets) + " octets" +
             (f.error ? ", ended by: " + f.error.message() : ""));
        if (!options_.sniff) return;
        std::string text;
        for (std::size_t i = 0; i < f.first_size; ++i) {
            std::array<char, 4> hex{};
            std::snprintf(hex.data(), hex.size(), " %02x", unsigned{f.first[i]});
            text += hex.data();
        }
        note("sniff: first octets" + text + ": " +
             (is_tls_record(f) ? "a TLS record header" : "no TLS record header"));
    }

    enum class waits : std::uint8_t { nothing, first_offer, answer, answer_to_pass };

    asio::io_context& io_;
    options const& options_;
    std::string name_;
    std::chrono::milliseconds poll_;
    sdp_source offers_in_;
    sdp_sink offers_out_;
    sdp_source answers_in_;
    sdp_sink answers_out_;
    cema::anchor anchor_;
    std::array<std::optional<transport::acceptor>, 2> doors_;
    std::vector<std::shared_ptr<connection>> connections_;
    std::optional<expected> expected_;
    std::optional<ending> over_;
    waits waits_ = waits::first_offer;
    clock::time_point waits_until_;
    bool agreed_ = false;   ///< an answer was passed on
    bool carried_ = false;  ///< a connection was carried to its end
    std::string failure_;   ///< of the last connection
    std::array<std::uint64_t, 2> octets_{};
    alarm_clock news_;
    alarm_clock gone_;
    int users_ = 0;  ///< coroutines of this session beside `run`
    bool told_stray_ = false;
    bool stopping_ = false;
    bool closing_ = false;
};

awaitable<int> carry_one(asio::io_context& io, options const& o) {
    check_distinct(
        std::array{std::pair{"--offer-in", o.offer_in}, std::pair{"--offer-out", o.offer_out},
                   std::pair{"--answer-in", o.answer_in}, std::pair{"--answer-out", o.answer_out}});
    std::array<std::string, 4> const files{o.offer_in, o.offer_out, o.answer_in, o.answer_out};
    session only(io, o, "", files, one_session_poll);
    auto const end = co_await only.run();
    if (end.how != outcome::carried) throw error(end.code, end.text);
    co_return ok;
}

/// Many sessions at once, whose files are in one folder.
class directory_program {
   public:
    directory_program(asio::io_context& io, options const& o)
        : io_(io), options_(o), folder_(o.directory), news_(io), signals_(io, SIGINT, SIGTERM) {}

    awaitable<int> run() {
        std::error_code ec;
        if (!std::filesystem::is_directory(folder_, ec))
            throw error(usage, "--directory " + printable(options_.directory) + ": no such folder");
        for (side const s : {offerer, answerer}) {
            if (listen_address(options_, s).port() != 0)
                throw error(usage, std::string("--listen-") + name_of(s) +
                                       ": with --directory no port, for each session gets its own");
            static_cast<void>(listen(io_, options_, s));  // a wrong address is told at once
        }
        if (parse_listen(options_.listen).port() != 0)
            throw error(usage, "--listen: with --directory no port, for each session gets its own");
        auto const most = raise_limit();
        signals_.async_wait([this](std::error_code e, int number) {
            if (e) return;
            say("signal %d: ending", number);
            stopping_ = true;
            for (auto& [name, s] : running_) s->stop();
            news_.ring();
        });
        say("ready: %zu sessions at once at most, in %s", most,
            printable(folder_.string()).c_str());
        for (;;) {
            finish_ended();
            bool const no_more =
                stopping_ || (options_.sessions != 0 && begun_ >= options_.sessions);
            if (no_more && running_.empty()) break;
            scan(most, no_more);
            co_await news_.wait_until(clock::now() + directory_poll);
        }
        std::string text;
        bool all = true;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            text += std::string(", ") + outcome_names[i] + " " + std::to_string(counts_[i]);
            all = all && (counts_[i] == 0 || static_cast<outcome>(i) == outcome::carried);
        }
        say("ended: sessions %llu%s", static_cast<unsigned long long>(begun_), text.c_str());
        co_return all ? ok : failed;
    }

   private:
    /// Each session has two listening sockets and at most two connections of two sockets.
    [[nodiscard]] std::size_t raise_limit() const {
        constexpr rlim_t each = 2 + 2 * max_connections + 2;
        constexpr rlim_t rest = 64;
        rlimit now{};
        if (getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_cur == RLIM_INFINITY)
            return options_.max_sessions;
        auto const wanted = options_.max_sessions * each + rest;
        if (now.rlim_cur < wanted) {
            now.rlim_cur = now.rlim_max == RLIM_INFINITY ? wanted : std::min(now.rlim_max, wanted);
            if (setrlimit(RLIMIT_NOFILE, &now) != 0) getrlimit(RLIMIT_NOFILE, &now);
        }
        if (now.rlim_cur >= wanted) return options_.max_sessions;
        return std::max<std::size_t>(1, now.rlim_cur > rest ? (now.rlim_cur - rest) / each : 1);
    }

    /// Looks what is in the folder: new sessions, and new files of those that run.
    void scan(std::size_t most, bool no_more) {
        std::set<std::string> offered;
        std::error_code ec;
        std::filesystem::directory_iterator at(folder_, ec);
        for (; !ec && at != std::filesystem::directory_iterator(); at.increment(ec)) {
            auto file = at->path().filename().string();
            std::string_view name = file;
            if (auto const dot = name.rfind('.');
                dot != name.npos && name.find_first_not_of("0123456789", dot + 1) == name.npos)
                name = name.substr(0, dot);
            bool const offer = name.ends_with(".offer");
            if (!offer && !name.ends_with(".answer")) continue;
            bool const first = offer && name.size() == file.size();
            name.remove_suffix(offer ? 6 : 7);
            if (name.empty() || name.starts_with('.')) continue;
            if (auto const s = running_.find(name); s != running_.end()) {
                if (s->second->wants(at->path().string())) s->second->look();
            }
            if (first) offered.emplace(name);
        }
        if (ec) {
            if (!std::exchange(unreadable_, true))
                std::fprintf(stderr, "anchor: the folder cannot be read: %s\n",
                             ec.message().c_str());
            return;
        }
        unreadable_ = false;
        std::erase_if(over_, [&](auto const& name) { return !offered.contains(name); });
        for (auto const& name : offered) {
            if (no_more || running_.contains(name) || over_.contains(name)) continue;
            if (std::filesystem::exists(file_of(name, ".ended"), ec)) {
                over_.insert(name);
                continue;
            }
            if (running_.size() == most) {
                if (!std::exchange(told_full_, true))
                    say("full: %zu sessions, further offers wait", most);
                return;
            }
            begin(name);
            if (options_.sessions != 0 && begun_ >= options_.sessions) return;
        }
        told_full_ = false;
    }

    [[nodiscard]] std::string file_of(std::string const& name, char const* suffix) const {
        return (folder_ / (name + suffix)).string();
    }

    void begin(std::string const& name) {
        std::array<std::string, 4> const files{file_of(name, ".offer"), file_of(name, ".offer.out"),
                                               file_of(name, ".answer"),
                                               file_of(name, ".answer.out")};
        ++begun_;
        auto& s = running_[name];
        s = std::make_unique<session>(io_, options_, name, files, std::chrono::milliseconds(0));
        asio::co_spawn(io_, s->run(), [this, name](std::exception_ptr const&, ending e) {
            ended_.emplace_back(name, std::move(e));
            news_.ring();
        });
    }
    void finish_ended() {
        for (auto const& [name, end] : std::exchange(ended_, {})) {
            running_.erase(name);
            over_.insert(name);
            ++counts_[static_cast<std::size_t>(end.how)];
            auto const text =
                std::string(outcome_names[static_cast<std::size_t>(end.how)]) + ": " + end.text;
            say("%s: %s", printable(name).c_str(), text.c_str());
            try {
                sdp_sink(file_of(name, ".ended")).write(text + "\n");
            } catch (error const& e) {
                std::fprintf(stderr, "anchor: %s\n", e.what());
            }
        }
    }

    asio::io_context& io_;
    options const& options_;
    std::filesystem::path folder_;
    std::map<std::string, std::unique_ptr<session>, std::less<>> running_;
    std::vector<std::pair<std::string, ending>> ended_;
    std::set<std::string> over_;  ///< ended, and the offer is still there
    std::array<std::uint64_t, outcome_names.size()> counts_{};
    std::uint64_t begun_ = 0;
    alarm_clock news_;
    asio::signal_set signals_;
    bool stopping_ = false;
    bool unreadable_ = false;
    bool told_full_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "A media anchor (RFC 6714, 6.2): puts its own address into the c= and m= line of the offer "
        "and the answer, and moves octets without looking at them. It is no B2BUA: an offer "
        "without msrp-cema is refused, by an answer with port 0.\n"
        "One session: the four options --offer-in to --answer-out. Many at once: --directory.\n"
        "Exit status: 0 each session was carried to its end, 1 one was refused, failed or cut off, "
        "2 usage."};
    options o;
    auto* const one = app.add_option_group("One session");
    auto* const in = one->add_option("--offer-in", o.offer_in,
                                     "FILE with the offerer's SDP (later offers: FILE.2, FILE.3)");
    auto* const offer_out = one->add_option("--offer-out", o.offer_out, "FILE for the answerer");
    auto* const answer_in =
        one->add_option("--answer-in", o.answer_in, "FILE with the answerer's SDP");
    auto* const answer_out = one->add_option("--answer-out", o.answer_out, "FILE for the offerer");
    auto* const many = app.add_option_group("Many sessions");
    auto* const directory = many->add_option(
        "--directory", o.directory,
        "FOLDER, looked at every 50 ms. NAME.offer begins the session NAME: the answerer gets "
        "NAME.offer.out, its answer is NAME.answer, the offerer gets NAME.answer.out. Files have "
        "to appear whole, by renaming. Later offers and answers: NAME.offer.2 to NAME.offer.out.2 "
        "and so on. At the end NAME.ended tells in one line what became of it; when all files of "
        "NAME are taken away, NAME may be used again. SIGINT or SIGTERM ends the program");
    many->add_option("--max-sessions", o.max_sessions, "at once; further offers wait")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1000000}))
        ->capture_default_str();
    many->add_option("--sessions", o.sessions, "end after so many sessions; 0: go on")
        ->capture_default_str();
    many->add_flag("--resolve", o.resolve,
                   "look up names in c= lines, one at a time for all sessions: a slow one holds up "
                   "the others' names; without, only numeric addresses are connected to");
    app.add_option("--listen", o.listen,
                   "numeric address of this anchor; for one session also with the port for the "
                   "answerer's side")
        ->capture_default_str();
    app.add_option("--listen-offerer", o.listen_offerer,
                   "the same for the side that the offerer connects to, IPv4 or IPv6");
    app.add_option("--listen-answerer", o.listen_answerer,
                   "the same for the side that the answerer connects to, IPv4 or IPv6");
    app.add_flag("--sniff", o.sniff, "keep the first five octets of each direction and judge them");
    app.add_option("--timeout", o.timeout, "seconds to wait for an SDP, a connection, an octet")
        ->check(CLI::Range(1, 86400))
        ->capture_default_str();
    app.add_option("--idle", o.idle,
                   "seconds to wait for an octet, where not --timeout, and for a side that does "
                   "not read")
        ->check(CLI::Range(1, 86400));
    app.add_option("--buffer", o.buffer, "octets of memory for each direction of a connection")
        ->check(CLI::Range(std::size_t{1024}, std::size_t{16777216}))
        ->capture_default_str();
    return run(app, argc, argv, "anchor", [&](asio::io_context& io) -> awaitable<int> {
        if (directory->count() == 0) {
            for (auto const* needed : {in, offer_out, answer_in, answer_out})
                if (needed->count() == 0)
                    throw error(usage, needed->get_name() + " is required, or --directory");
            co_return co_await carry_one(io, o);
        }
        for (auto const* other_kind : {in, offer_out, answer_in, answer_out})
            if (other_kind->count() != 0)
                throw error(usage, other_kind->get_name() + " does not go with --directory");
        directory_program p(io, o);
        co_return co_await p.run();
    });
}
