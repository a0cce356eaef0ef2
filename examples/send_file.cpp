// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// send_file.cpp - sends files over one MSRP session.
#include <algorithm>

#include "endpoint.hpp"
#include "support/outgoing_file.hpp"

namespace {

using namespace program;  // NOLINT(google-build-using-namespace): a program's own file

class sender final : public endpoint {
   public:
    sender(asio::io_context& io, endpoint_options const& o, std::vector<std::string> const& files)
        : endpoint(io, o) {
        for (auto const& name : files) {
            auto& f = files_.emplace_back(
                std::make_unique<outgoing_file>(name, random(), o.progress_mode));
            if (auto const ec = f->unreadable()) throw error(usage, name + ": " + ec.message());
        }
    }

    int result() {
        auto const time = clock::now() - begin_;
        std::uint64_t octets = 0;
        bool good = true;
        for (auto& f : files_) {
            f->say_end();
            good = good && f->delivered();
            octets += f->position();
        }
        auto const& c = counters();
        say("sent: %llu octets in %llu chunks, %llu responses, %llu reports received, %s",
            static_cast<unsigned long long>(octets), static_cast<unsigned long long>(c.chunks_sent),
            static_cast<unsigned long long>(c.responses_received),
            static_cast<unsigned long long>(c.reports_received),
            octets_per_second(octets, time).c_str());
        if (good) return ok;
        throw error(failed, trouble().empty() ? "not everything was delivered"
                                              : "not everything was delivered: " + trouble());
    }

   private:
    void adjust(msrp::session_options& o) override { o.max_chunk_size = resume_unit; }

    void on_bound() override {
        if (counters().chunks_sent <= 1) begin_ = clock::now();  // the one that binds
        send_some(files_, machine(), session());
    }

    void on_event(msrp::session_event const& event) override {
        if (auto const* const s = std::get_if<msrp::message_sent>(&event)) {
            if (auto* const f = find(s->handle)) f->on_sent(*s);
        } else if (auto const* const r = std::get_if<msrp::report_received>(&event)) {
            if (auto* const f = find(r->handle)) f->on_report(*r);
        } else if (auto const* const m = std::get_if<msrp::report_missing>(&event)) {
            if (auto* const f = find(m->handle)) f->on_report_missing();
        }
        if (bound()) send_some(files_, machine(), session());
        if (finished() && !closing_) {
            closing_ = true;
            close_session();
        }
    }
    [[nodiscard]] bool finished() const override {
        return std::all_of(files_.begin(), files_.end(), [](auto const& f) { return f->done(); });
    }

    outgoing_file* find(msrp::message_handle handle) {
        for (auto& f : files_)
            if (f->handle() == handle) return f.get();
        return nullptr;
    }

    std::vector<std::unique_ptr<outgoing_file>> files_;
    clock::time_point begin_ = clock::now();
    bool closing_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "Sends files over one MSRP session (RFC 4975, RFC 6714). No SIP: the SDP goes through "
        "files "
        "or standard input and output.\n"
        "Exit status: 0 delivered and confirmed, 1 refused or failed, 2 usage or a local file."};
    endpoint_options options;
    std::vector<std::string> files;
    app.add_option("FILE,--file", files, "files to send, in one session")->required();
    options.add_to(app, "offerer");
    return run(app, argc, argv, "send_file", [&](asio::io_context& io) -> awaitable<int> {
        auto const& own = options.role == "offerer" ? options.offer : options.answer;
        if (own == "-") program::log = stderr;
        sender s(io, options, files);
        co_await s.run();
        co_return s.result();
    });
}
