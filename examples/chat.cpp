// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// chat.cpp - two terminals: lines with marks of their delivery, and files meanwhile.
#include <algorithm>
#include <asio/detached.hpp>
#include <asio/signal_set.hpp>
#include <deque>

#include <wire/charset.hpp>

#include "endpoint.hpp"
#include "support/console.hpp"
#include "support/incoming_file.hpp"
#include "support/outgoing_file.hpp"
#include "support/shown_text.hpp"

namespace {

using namespace program;  // NOLINT(google-build-using-namespace): a program's own file
using examples::file_name_in, examples::free_name, examples::incoming_file, examples::safe_name;

constexpr std::size_t max_waiting = 256;    // lines; no more are read from the input
constexpr std::size_t max_under_way = 32;   // lines given to the session, unanswered
constexpr std::size_t max_unreported = 64;  // lines that are sent again in another session
constexpr std::size_t max_text = 128 * 1024;

class chat final : public endpoint {
   public:
    chat(asio::io_context& io, endpoint_options const& o, std::string folder,
         std::uint64_t max_size)
        : endpoint(io, o),
          folder_(std::move(folder)),
          max_size_(max_size),
          console_(io),
          signals_(io, SIGINT, SIGTERM),
          quiet_(io) {
        std::error_code ec;
        if (!std::filesystem::is_directory(folder_, ec))
            throw error(usage, "--folder " + folder_.string() + ": no such folder");
        signals_.async_wait([this](std::error_code failed_to, int) {
            if (!failed_to) leave(true);
        });
        asio::co_spawn(io, read_input(), asio::detached);
    }

    int result() {
        std::size_t lost = 0;
        for (auto const& l : lines_) lost += l->state == stage::failed || !l->is_done() ? 1U : 0U;
        lost += failed_before_ + console_.dropped();
        for (auto& f : files_) {
            f->say_end();
            lost += f->delivered() || f->is_cancelled() ? 0U : 1U;
        }
        for (auto& [id, m] : incoming_) {
            if (m.bar) m.bar->stop();
            auto const what =
                m.file ? printable(m.file->name()) : std::string("a line of the peer");
            say("%s: not complete, %s", what.c_str(),
                at_once_         ? "given up"
                : !m.why.empty() ? m.why.c_str()
                                 : "the session ended");
            if (!at_once_ && fault_.empty()) fault_ = what + ": not complete";
        }
        if (lost == 0 && fault_.empty()) return ok;
        if (lost == 0) throw error(failed, fault_);
        throw error(failed, std::to_string(lost) + (lost == 1 ? " message" : " messages") +
                                " not delivered" + (trouble().empty() ? "" : ": " + trouble()));
    }

   private:
    enum class stage { waiting, sent, accepted, delivered, failed };
    struct line {
        unsigned number;
        std::string text;
        msrp::made_message_id id;
        msrp::message_handle handle{};
        stage state = stage::waiting;
        bool given_up = false;  ///< accepted, and there will be no report
        bool held = false;      ///< the session still looks at the text

        [[nodiscard]] bool is_done() const { return given_up || state >= stage::delivered; }
    };
    struct incoming {
        std::unique_ptr<incoming_file> file;  ///< none: a line
        std::string text;
        std::optional<progress> bar;
        std::uint64_t octets = 0;
        std::vector<msrp::octet_range> received{};  ///< before this session
        std::optional<std::uint64_t> total{};
        std::string why{};  ///< it did not go on
    };

    void adjust(msrp::session_options& o) override {
        o.max_message_size = max_size_;
        o.max_chunk_size = o.report_every = resume_unit;
        o.max_outgoing_messages = 256;
    }

    // --- what is typed ---

    awaitable<void> read_input() {
        bool const ended = co_await console_.read([this](std::string const& text) { take(text); },
                                                  [this] { return to_send() >= max_waiting; });
        if (ended && !leaving_) leave(false);
    }
    void take(std::string const& text) {
        if (leaving_) return;
        if (text.starts_with('/')) return command(text);
        if (text.empty()) return;
        auto& l = *lines_.emplace_back(std::make_unique<line>());
        l.number = ++last_number_;
        l.text = text;
        l.id = msrp::make_ident<msrp::made_message_id>(random());
        say("%u: %s", l.number, shown_text(text).c_str());
        send_more();
    }
    void command(std::string const& text) {
        auto const blank = text.find(' ');
        auto const word = text.substr(0, blank);
        auto const rest = blank == std::string::npos ? std::string() : text.substr(blank + 1);
        if (word == "/send" && !rest.empty()) return send_file(rest);
        if (word == "/cancel") return cancel();
        if (word == "/files") return list();
        if (word == "/quit") return leave(true);
        say("%s: not known here; /send FILE, /cancel (the last file), /files, /quit; a line that "
            "does not begin with / is sent",
            shown_text(word).c_str());
    }
    void send_file(std::string const& name) {
        auto f = std::make_unique<outgoing_file>(name, random(), options().progress_mode);
        if (auto const ec = f->unreadable())
            return say("/send %s: %s", printable(name).c_str(), ec.message().c_str());
        say("%s: %llu octets", printable(name).c_str(), static_cast<unsigned long long>(f->size()));
        files_.push_back(std::move(f));
        if (bound()) send_some(files_, machine(), session());
        tell_ends();
    }
    void cancel() {
        auto const at =
            std::find_if(files_.rbegin(), files_.rend(), [](auto const& f) { return !f->done(); });
        if (at == files_.rend()) return say("/cancel: no file is under way");
        (*at)->cancel();
        if (bound()) (void)machine().abort((*at)->handle());
        tell_ends();
    }
    void list() {
        if (files_.empty()) say("/files: none");
        for (auto const& f : files_)
            say("%s: %llu of %llu octets, %s", printable(f->name()).c_str(),
                static_cast<unsigned long long>(f->position()),
                static_cast<unsigned long long>(f->size()),
                f->done() ? f->outcome().c_str() : "under way");
    }
    /// @param at_once files are cancelled, nothing is waited for but the fate of lines.
    void leave(bool at_once) {
        at_once_ = at_once_ || at_once;
        if (!std::exchange(leaving_, true)) last_heard_ = clock::now();
        if (at_once)
            for (auto& f : files_)
                if (!f->done()) cancel();
        close_if_done();
    }

    // --- sending ---

    [[nodiscard]] std::size_t to_send() const {
        return static_cast<std::size_t>(std::count_if(
            lines_.begin(), lines_.end(), [](auto& l) { return l->state == stage::waiting; }));
    }
    /// As many lines as may be under way; and forgets the oldest ones that are done.
    void send_more() {
        while (!sending_ && !lines_.empty() && lines_.front()->is_done() && !lines_.front()->held) {
            failed_before_ += lines_.front()->state == stage::failed ? 1U : 0U;
            lines_.pop_front();
        }
        // Sending may bring events, and so come back here.
        if (!bound() || std::exchange(sending_, true)) return;
        std::size_t under_way = 0;
        std::size_t unreported = 0;
        for (auto& l : lines_) {
            under_way += l->state == stage::sent ? 1U : 0U;
            unreported += l->state == stage::accepted && !l->given_up ? 1U : 0U;
        }
        for (auto& l : lines_)  // a peer that sends no reports does not hold us up
            if (unreported > max_unreported && l->state == stage::accepted && !l->given_up) {
                l->given_up = true;
                --unreported;
            }
        for (auto& l : lines_) {
            if (l->state != stage::waiting) continue;
            if (++under_way > max_under_way) break;
            send(*l);
        }
        sending_ = false;
    }
    void send(line& l) {
        msrp::outgoing_message m;
        m.content_type = "text/plain";
        m.body = l.text;
        m.message_id = l.id.view();
        m.success_report = msrp::report_value::yes;
        l.state = stage::sent;
        auto const handle = machine().send(session(), m);
        if (!handle && handle.error().code == msrp::error::no_such_session) {
            l.state = stage::waiting;  // it is just ending: in the next one
            return;
        }
        if (!handle) return fail(l, handle.error().code.message());
        l.handle = *handle;
        l.held = true;
        say("%u .", l.number);
    }
    void on_bound() override {
        left_ = false;
        for (auto& l : lines_)
            if (!l->is_done()) l->state = stage::waiting;
        say("the session stands");
        send_some(files_, machine(), session());
        send_more();
    }
    void fail(line& l, std::string const& why) {
        l.state = stage::failed;
        say("%u failed: %s", l.number, why.c_str());
    }

    // --- what comes ---

    void on_event(msrp::session_event const& event) override {
        last_heard_ = clock::now();
        if (auto const* const s = std::get_if<msrp::message_sent>(&event)) {
            if (auto* const f = find_file(s->handle)) f->on_sent(*s);
            if (auto* const l = find_line(s->handle)) on_sent(*l, *s);
        } else if (auto const* const r = std::get_if<msrp::report_received>(&event)) {
            if (auto* const f = find_file(r->handle)) f->on_report(*r);
            if (auto* const l = find_line(r->handle); l != nullptr && !l->is_done()) {
                if (r->name_space == 0 && r->status != 200) {
                    fail(*l, "reported as failed: " + std::to_string(r->status));
                } else if (r->fully_confirmed) {
                    l->state = stage::delivered;
                    say("%u delivered", l->number);
                }
            }
        } else if (auto const* const n = std::get_if<msrp::report_missing>(&event)) {
            if (auto* const f = find_file(n->handle)) f->on_report_missing();
        } else if (auto const* const b = std::get_if<msrp::message_begin>(&event)) {
            begin(*b);
        } else if (auto const* const d = std::get_if<msrp::message_data>(&event)) {
            data(*d);
        } else if (auto const* const e = std::get_if<msrp::message_end>(&event)) {
            end(*e);
        }
        if (bound()) send_some(files_, machine(), session());
        tell_ends();
        send_more();
        close_if_done();
    }
    void on_sent(line& l, msrp::message_sent const& s) {
        l.held = false;
        if (l.is_done()) return;
        if (s.status >= 300) return fail(l, s.outcome.message() + " " + std::to_string(s.status));
        if (s.outcome) return;  // another session may mend it
        l.state = stage::accepted;
        say("%u ok", l.number);
    }
    /// RFC 2045, 5.1: in any case, with any parameters.
    static bool is_text(std::string_view content_type) {
        content_type = content_type.substr(0, content_type.find(';'));
        while (content_type.ends_with(' ')) content_type.remove_suffix(1);
        return wire::iequals(content_type, "text/plain");
    }
    void begin(msrp::message_begin const& b) {
        auto const disposition = b.headers.raw(msrp::field::content_disposition);
        auto const given = disposition ? file_name_in(*disposition) : std::string_view{};
        incoming m;
        if (!given.empty() || !is_text(b.content_type) || b.total.value_or(0) > max_text) {
            auto const target = free_name(folder_ / safe_name(given), [this](auto const& p) {
                std::error_code ec;
                return std::filesystem::exists(p, ec) ||
                       std::any_of(incoming_.begin(), incoming_.end(), [&](auto const& one) {
                           return one.second.file && one.second.file->name() == p.string();
                       });
            });
            m.file = std::make_unique<incoming_file>(target);
            auto const name = printable(target.filename().string());
            if (!m.file->good()) return refuse(b.message_id.view(), name + ": cannot be created");
            say("receiving: %s, %s", name.c_str(),
                b.total ? (std::to_string(*b.total) + " octets").c_str() : "of unknown size");
            m.bar.emplace(options().progress_mode, name, b.total);
        }
        incoming_.insert_or_assign(std::string(b.message_id.view()), std::move(m));
    }
    void data(msrp::message_data const& d) {
        auto const found = incoming_.find(std::string(d.message_id.view()));
        if (found == incoming_.end()) return;
        auto& m = found->second;
        m.octets += d.octets.size();
        auto const at = d.position - 1;
        if (m.file) {
            if (m.file->write(d.position, d.octets)) return m.bar->at(m.octets);
            fault_ = m.file->name() + ": cannot be written";
        } else if (at + d.octets.size() <= max_text) {
            auto const here = static_cast<std::size_t>(at);
            m.text.resize(std::max(m.text.size(), here + d.octets.size()));
            d.octets.copy(m.text.data() + here, d.octets.size());
            return;
        }
        auto const id = found->first;
        auto const why =
            m.file ? fault_
                   : "a line of more than " + std::to_string(max_text) + " octets: refused";
        incoming_.erase(found);
        refuse(id, why);
    }
    void refuse(std::string_view id, std::string const& why) {
        say("%s", why.c_str());
        [[maybe_unused]] auto const over = machine().refuse(session(), id, 413);
    }
    void end(msrp::message_end const& e) {
        auto const found = incoming_.find(std::string(e.message_id.view()));
        if (found == incoming_.end()) return;
        auto& m = found->second;
        if (e.fate == msrp::message_fate::incomplete) {  // goes on in another session
            m.received.assign(e.received.begin(), e.received.end());
            m.total = e.total;
            m.octets = e.size;
            m.why = e.why.message();
            return;
        }
        auto done = std::move(m);
        incoming_.erase(found);
        if (!done.file) {
            if (e.fate == msrp::message_fate::complete)
                say("peer: %s", shown_text(done.text).c_str());
            return;
        }
        done.bar->stop();
        auto const name = printable(done.file->name());
        if (e.fate != msrp::message_fate::complete)
            return say("file: %s, %s", name.c_str(),
                       e.fate == msrp::message_fate::aborted ? "cancelled by the peer"
                                                             : e.why.message().c_str());
        auto const digest = done.file->finish();
        if (!digest) fault_ = name + ": cannot be written";
        say("file: %s, %llu octets, sha-256 %s, %s", name.c_str(),
            static_cast<unsigned long long>(e.size), digest ? digest->c_str() : "unknown",
            digest ? "complete" : "cannot be written");
    }
    void on_opened() override {
        for (auto const& [id, m] : incoming_)
            if (expect_rest(id, m.received, m.total) && m.file)
                say("resumed: %s, %llu octets are there", printable(m.file->name()).c_str(),
                    static_cast<unsigned long long>(m.octets));
    }

    // --- the end ---

    /// A TLS peer that said its farewell has left. Without TLS a cut looks the same.
    void on_connection_end(std::error_code ec) override {
        left_ = bound() && options().tls && ec == asio::error::eof;
        if (left_ && !leaving_) say("the peer has left");
    }
    [[nodiscard]] bool all_sent() const {
        auto const done = [](auto const& one) { return one->is_done(); };
        return std::all_of(lines_.begin(), lines_.end(), done) &&
               std::all_of(files_.begin(), files_.end(), [](auto& f) { return f->done(); });
    }
    /// Left alone for a moment: what the peer says at the same time is still heard.
    void close_if_done() {
        if (!leaving_ || !bound() || closing_ || !all_sent()) return;
        auto const limit = last_heard_ + std::chrono::milliseconds(500);
        if (at_once_ || (incoming_.empty() && clock::now() >= limit)) {
            closing_ = true;
            return close_session();
        }
        quiet_.expires_at(std::max(limit, clock::now() + std::chrono::milliseconds(50)));
        quiet_.async_wait([this](std::error_code ec) {
            if (!ec) close_if_done();
        });
    }
    [[nodiscard]] bool finished() const override {
        return left_ || (leaving_ && all_sent() && (at_once_ || incoming_.empty()));
    }
    /// People think before they write.
    [[nodiscard]] clock::duration idle_limit() const override { return {}; }
    [[nodiscard]] bool gives_up() const override { return at_once_; }

    line* find_line(msrp::message_handle handle) {
        auto const at = std::find_if(lines_.begin(), lines_.end(),
                                     [&](auto& l) { return l->handle == handle; });
        return at == lines_.end() ? nullptr : at->get();
    }
    outgoing_file* find_file(msrp::message_handle handle) {
        auto const at = std::find_if(files_.begin(), files_.end(),
                                     [&](auto& f) { return f->handle() == handle; });
        return at == files_.end() ? nullptr : at->get();
    }
    void tell_ends() {
        for (auto& f : files_)
            if (f->done()) f->say_end();
    }

    std::filesystem::path folder_;
    std::uint64_t max_size_;
    console console_;
    asio::signal_set signals_;
    asio::steady_timer quiet_;
    clock::time_point last_heard_ = clock::now();
    std::deque<std::unique_ptr<line>> lines_;  ///< not yet done, by number
    std::vector<std::unique_ptr<outgoing_file>> files_;
    std::map<std::string, incoming> incoming_;
    unsigned last_number_ = 0;
    std::size_t failed_before_ = 0;
    bool sending_ = false;
    bool leaving_ = false;  ///< nothing more is taken from the input
    bool at_once_ = false;
    bool closing_ = false;
    bool left_ = false;  ///< the peer
    std::string fault_;
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "A chat over one MSRP session (RFC 4975, RFC 6714). A line typed is sent; /send FILE, "
        "/cancel, /files, /quit. No SIP: the SDP goes through files.\n"
        "Exit status: 0 all delivered, 1 refused or failed, 2 usage or a local file."};
    endpoint_options options;
    std::string folder = ".";
    std::uint64_t max_size = std::uint64_t{1} << 40;
    app.add_option("--folder", folder, "where files received go")->capture_default_str();
    app.add_option("--max-size", max_size, "octets of a file received, at most")
        ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 62U))
        ->capture_default_str();
    options.add_to(app, "offerer");
    return run(app, argc, argv, "chat", [&](asio::io_context& io) -> awaitable<int> {
        if (options.offer == "-" || options.answer == "-")
            throw error(usage, "--offer and --answer: files, for standard input is for lines");
        chat c(io, options, folder, max_size);
        co_await c.run();
        co_return c.result();
    });
}
