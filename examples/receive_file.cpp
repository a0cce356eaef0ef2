// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// receive_file.cpp - receives files over one MSRP session.
#include <asio/signal_set.hpp>

#include "endpoint.hpp"
#include "support/incoming_file.hpp"

namespace {

using namespace program;  // NOLINT(google-build-using-namespace): a program's own file

using examples::file_name_in, examples::free_name, examples::incoming_file, examples::safe_name;

class receiver final : public endpoint {
   public:
    receiver(asio::io_context& io, endpoint_options const& o, std::string output,
             std::uint64_t max_size)
        : endpoint(io, o),
          output_(std::move(output)),
          max_size_(max_size),
          signals_(io, SIGINT, SIGTERM) {
        std::error_code ec;
        folder_ = output_.ends_with('/') || std::filesystem::is_directory(output_, ec);
        auto const parent = folder_ ? std::filesystem::path(output_)
                                    : std::filesystem::absolute(output_, ec).parent_path();
        if (!std::filesystem::is_directory(parent, ec))
            throw error(usage, "--output " + output_ + ": no such folder");
        if (!folder_) check_replaceable(output_);
        // Not only when the file is on its way; what is made here is gone at once.
        std::filesystem::path const some = output_;
        if (!incoming_file(folder_ ? some / "file" : some).good())
            throw error(usage, "--output " + output_ + ": nothing can be created there");
        signals_.async_wait([this](std::error_code failed_to, int) {
            if (!failed_to) interrupt();
        });
    }

    int result() {
        auto const time = clock::now() - begin_;
        for (auto& [id, m] : messages_)
            if (m.bar) m.bar->stop();
        auto const& c = counters();
        say("received: %llu octets in %llu chunks, %llu responses, %llu reports sent, %s",
            static_cast<unsigned long long>(octets_),
            static_cast<unsigned long long>(c.chunks_received),
            static_cast<unsigned long long>(c.responses_sent),
            static_cast<unsigned long long>(c.reports_sent),
            octets_per_second(octets_, time).c_str());
        if (!fault_.empty()) throw error(failed, fault_);
        if (messages_.empty() && c.refused != 0)
            throw error(failed, "refused: " + std::to_string(c.refused) + " requests of the peer");
        if (!messages_.empty() || complete_ == 0)
            throw error(failed, !setback_.empty()   ? setback_
                                : trouble().empty() ? "the session ended before a file was complete"
                                                    : "the session broke: " + trouble());
        return ok;
    }

   private:
    struct message {
        std::unique_ptr<incoming_file> file;
        std::optional<progress> bar;
        std::uint64_t octets = 0;
        std::vector<msrp::octet_range> received{};  ///< before this session
        std::optional<std::uint64_t> total{};
    };

    void adjust(msrp::session_options& o) override {
        o.max_message_size = max_size_;
        o.report_every = resume_unit;
    }
    /// What was begun in a session before goes on in this one.
    void on_opened() override {
        for (auto const& [id, m] : messages_)
            if (expect_rest(id, m.received, m.total))
                say("resumed: %s, %llu octets are there", printable(m.file->name()).c_str(),
                    static_cast<unsigned long long>(m.octets));
    }
    /// A TLS peer that said its farewell has no more files. Without TLS a cut looks the same.
    void on_connection_end(std::error_code ec) override {
        ended_in_order_ = !ec || ec == asio::error::eof;
    }
    [[nodiscard]] bool is_all() const { return messages_.empty() && complete_ > 0; }
    [[nodiscard]] bool finished() const override {
        return !fault_.empty() || (is_all() && ended_in_order_ && options().tls);
    }
    [[nodiscard]] bool may_be_over() const override { return is_all() && ended_in_order_; }
    [[nodiscard]] bool gives_up() const override { return interrupted_; }
    /// What is not complete is removed; the peer is told by the end of the session.
    void interrupt() {
        interrupted_ = true;
        if (!is_all()) fault_ = "interrupted";
        if (bound()) close_session();
    }

    void on_event(msrp::session_event const& event) override {
        if (auto const* const b = std::get_if<msrp::message_begin>(&event)) {
            begin(*b);
        } else if (auto const* const d = std::get_if<msrp::message_data>(&event)) {
            auto const found = messages_.find(std::string(d->message_id.view()));
            if (found == messages_.end()) return;
            auto& m = found->second;
            m.octets += d->octets.size();
            octets_ += d->octets.size();
            if (!m.file->write(d->position, d->octets)) {
                fault_ = m.file->name() + ": cannot be written";
                auto const id = found->first;
                messages_.erase(found);
                refuse(id);
                return;
            }
            if (m.bar) m.bar->at(m.octets);
        } else if (auto const* const e = std::get_if<msrp::message_end>(&event)) {
            end(*e);
        }
    }

    void begin(msrp::message_begin const& b) {
        auto const disposition = b.headers.raw(msrp::field::content_disposition);
        auto const given = disposition ? file_name_in(*disposition) : std::string_view{};
        auto const wanted = folder_ ? std::filesystem::path(output_) / safe_name(given)
                                    : std::filesystem::path(output_);
        // Names of the peer's choosing never overwrite; of several files for one name of ours, too.
        auto const target = free_name(
            wanted, [this](auto const& p) { return (folder_ || number_ > 0) && taken(p); });
        if (number_++ == 0) begin_ = clock::now();
        message m;
        m.file = std::make_unique<incoming_file>(target);
        if (!m.file->good()) {
            fault_ = target.string() + ": cannot be created";
            refuse(b.message_id.view());
            return;
        }
        m.bar.emplace(options().progress_mode, printable(target.filename().string()), b.total);
        messages_.insert_or_assign(std::string(b.message_id.view()), std::move(m));
    }
    /// A message that is over meanwhile needs no refusal.
    void refuse(std::string_view id) {
        [[maybe_unused]] auto const over = machine().refuse(session(), id, 413);
    }
    [[nodiscard]] bool taken(std::filesystem::path const& p) const {
        std::error_code ec;
        if (std::filesystem::exists(p, ec)) return true;
        for (auto const& [id, m] : messages_)
            if (m.file->name() == p.string()) return true;
        return false;
    }

    void end(msrp::message_end const& e) {
        auto const found = messages_.find(std::string(e.message_id.view()));
        if (found == messages_.end()) return;
        if (e.fate == msrp::message_fate::incomplete) {
            setback_ = found->second.file->name() + ": not complete, " + e.why.message();
            found->second.received.assign(e.received.begin(), e.received.end());
            found->second.total = e.total;
            found->second.octets = e.size;
            return;
        }
        auto m = std::move(found->second);
        messages_.erase(found);
        if (e.fate != msrp::message_fate::complete) {
            m.bar->stop();
            if (fault_.empty())
                fault_ = m.file->name() + ": not complete, " +
                         (e.why ? e.why.message() : std::string("given up by the sender"));
            return;
        }
        auto const digest = m.file->finish();
        if (!digest) {
            fault_ = m.file->name() + ": cannot be written";
            return;
        }
        ++complete_;
        say("file: %s, %llu octets, sha-256 %s, complete", printable(m.file->name()).c_str(),
            static_cast<unsigned long long>(e.size), digest->c_str());
    }

    std::string output_;
    std::uint64_t max_size_;
    bool folder_ = false;
    int number_ = 0;
    int complete_ = 0;
    std::uint64_t octets_ = 0;
    std::map<std::string, message> messages_;
    clock::time_point begin_ = clock::now();
    std::string fault_;
    std::string setback_;  ///< what another session may mend
    asio::signal_set signals_;
    bool ended_in_order_ = false;  ///< the last connection
    bool interrupted_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "Receives files over one MSRP session (RFC 4975, RFC 6714). No SIP: the SDP goes through "
        "files or standard input and output.\n"
        "Exit status: 0 all complete, 1 refused or failed, 2 usage or a local file."};
    endpoint_options options;
    std::string output;
    std::uint64_t max_size = std::uint64_t{1} << 40;
    app.add_option("-o,--output", output, "FILE, or a folder: names as sent, made safe")
        ->required();
    app.add_option("--max-size", max_size, "octets of a file, at most")
        ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 62U))
        ->capture_default_str();
    options.add_to(app, "answerer");
    return run(app, argc, argv, "receive_file", [&](asio::io_context& io) -> awaitable<int> {
        auto const& own = options.role == "offerer" ? options.offer : options.answer;
        if (own == "-") program::log = stderr;
        receiver r(io, options, output, max_size);
        co_await r.run();
        co_return r.result();
    });
}
