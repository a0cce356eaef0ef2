// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// send_file.cpp - sends files over one MSRP session.
#include <wire/utf8.hpp>

#include "endpoint.hpp"

namespace {

using namespace program;  // NOLINT(google-build-using-namespace): a program's own file

/// A file as the body of a message: read block by block, hashed on the way.
class file_source final : public msrp::body_source {
   public:
    explicit file_source(std::string const& name) : name_(name) {
        std::error_code ec;
        if (std::filesystem::is_directory(name, ec)) throw error(usage, name + ": a directory");
        size_ = std::filesystem::file_size(name, ec);
        if (ec) throw error(usage, name + ": " + ec.message());
        in_.rdbuf()->pubsetbuf(nullptr, 0);  // the blocks are large: read straight into them
        in_.open(name, std::ios::binary);
        if (!in_) throw error(usage, name + ": cannot be read");
        block_.resize(256 * 1024);
    }

    msrp::body_piece next(std::size_t at_most) override {
        auto const want = static_cast<std::streamsize>(std::min(block_.size(), at_most));
        in_.read(block_.data(), want);
        auto const got = static_cast<std::size_t>(in_.gcount());
        if (in_.bad()) return {{}, msrp::body_state::failed};
        std::string_view const octets(block_.data(), got);
        hash_.add(octets);
        sent_ += got;
        if (bar != nullptr) bar->at(sent_);
        return {octets,
                sent_ >= size_ || got == 0 ? msrp::body_state::last : msrp::body_state::more};
    }

    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] std::uint64_t sent() const { return sent_; }
    [[nodiscard]] std::string const& name() const { return name_; }
    [[nodiscard]] std::string digest() { return hash_.hex(); }

    progress* bar = nullptr;  ///< told of each block

   private:
    std::string name_;
    std::uint64_t size_ = 0;
    std::uint64_t sent_ = 0;
    std::ifstream in_;
    std::vector<char> block_;
    sha256 hash_;
};

std::string type_of(std::filesystem::path const& file) {
    auto const extension = file.extension();
    return extension == ".txt" ? "text/plain" : "application/octet-stream";
}

class sender final : public endpoint {
   public:
    sender(asio::io_context& io, endpoint_options const& o, std::vector<std::string> const& files)
        : endpoint(io, o) {
        for (auto const& name : files) {
            auto& f = files_.emplace_back(std::make_unique<file>(name));
            auto base = printable(std::filesystem::path(name).filename().string());
            for (auto& c : base)
                if (c == '"' || c == '\\') c = '_';
            // A name cut short, or not in UTF-8, must not make the header field unusable.
            if (!wire::scan_utf8text(base).whole)
                for (auto& c : base)
                    if (static_cast<unsigned char>(c) >= 0x80) c = '_';
            f->disposition = "attachment; filename=\"" + base + "\"";
            f->bar.emplace(o.progress_mode, base, f->source.size());
            f->source.bar = &*f->bar;
        }
    }

    int result() {
        auto const time = clock::now() - begin_;
        std::uint64_t octets = 0;
        bool good = true;
        for (auto& f : files_) {
            f->bar->stop();
            bool const delivered = f->sent && f->confirmed && f->fault.empty();
            good = good && delivered;
            octets += f->source.sent();
            say("file: %s, %llu octets, sha-256 %s, %s", printable(f->source.name()).c_str(),
                static_cast<unsigned long long>(f->source.sent()), f->source.digest().c_str(),
                delivered
                    ? "delivered"
                    : ("not delivered: " + (f->fault.empty() ? "no report" : f->fault)).c_str());
        }
        auto const& c = machine().counters();
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
    struct file {
        explicit file(std::string const& name) : source(name) {}
        file_source source;
        std::string disposition;
        msrp::outgoing_field field{};
        msrp::message_handle handle{};
        std::optional<progress> bar;
        bool sent = false;
        bool confirmed = false;
        bool done = false;
        std::string fault;
    };

    void on_bound() override {
        begin_ = clock::now();
        for (auto& f : files_) {
            f->field = {"Content-Disposition", f->disposition};
            auto const type = type_of(f->source.name());
            msrp::outgoing_message m;
            m.content_type = type;
            m.source = &f->source;
            m.total = f->source.size();
            m.success_report = msrp::report_value::yes;
            m.fields = {&f->field, 1};
            auto const handle = machine().send(m, clock::now());
            if (!handle)
                throw_later(*f, handle.error().code.message());
            else
                f->handle = *handle;
        }
    }

    void on_event(msrp::session_event const& event) override {
        if (auto const* const s = std::get_if<msrp::message_sent>(&event)) {
            if (auto* const f = find(s->handle)) {
                f->sent = !s->outcome;
                if (s->outcome)
                    throw_later(*f, s->outcome.message() +
                                        (s->status != 0 ? " (" + std::to_string(s->status) + ")"
                                                        : std::string()));
            }
        } else if (auto const* const r = std::get_if<msrp::report_received>(&event)) {
            if (auto* const f = find(r->handle)) {
                if (r->name_space == 0 && r->status != 200)
                    throw_later(*f, "reported as failed: " + std::to_string(r->status));
                f->confirmed = f->confirmed || r->fully_confirmed;
            }
        } else if (auto const* const m = std::get_if<msrp::report_missing>(&event)) {
            if (auto* const f = find(m->handle)) throw_later(*f, "no success report");
        }
        for (auto& f : files_) f->done = f->done || (f->sent && f->confirmed);
        bool all = true;
        for (auto& f : files_) all = all && f->done;
        if (all && !closing_) {
            closing_ = true;
            machine().close(clock::now());
        }
    }

    file* find(msrp::message_handle handle) {
        for (auto& f : files_)
            if (f->handle == handle) return f.get();
        return nullptr;
    }
    /// An error is told when the session has ended.
    static void throw_later(file& f, std::string why) {
        if (f.fault.empty()) f.fault = std::move(why);
        f.done = true;
    }

    std::vector<std::unique_ptr<file>> files_;
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
