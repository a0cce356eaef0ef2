// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// outgoing_file.hpp - a file on its way to the peer, over as many sessions as it takes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <msrp/transport/file_source.hpp>
#include <optional>
#include <string>
#include <vector>

#include "../endpoint.hpp"

namespace program {

class outgoing_file {
   public:
    outgoing_file(std::string const& name, random_octets& random, progress::mode mode)
        : name_(name), source_(name) {
        auto base = std::filesystem::path(name).filename().string();
        for (auto& c : base)
            if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) c = '_';
        base = shown_text(base);  // in UTF-8, or the header field is of no use
        disposition_ = "attachment; filename=\"" + base + "\"";
        id_ = msrp::make_ident<msrp::made_message_id>(random);
        bar_.emplace(mode, printable(base), source_.size());
        source_.on_octets = [this](std::string_view octets) {
            hash_.add(octets);
            bar_->at(source_.position());
        };
    }
    outgoing_file(outgoing_file const&) = delete;  // the session points to the source
    outgoing_file& operator=(outgoing_file const&) = delete;

    /// Why the file cannot be read.
    [[nodiscard]] std::error_code unreadable() const { return source_.failure(); }

    /// Into a session; what the peer has of it is not sent once more.
    void send(driver& machine, msrp::session_handle session) {
        session_ = session;
        if (source_.position() != 0) {
            source_.rewind();
            hash_.restart();
        }
        std::uint64_t there = 0;
        for (auto const& r : confirmed_) there += r.last - r.first + 1;
        if (there != 0)
            say("resumed: %s, %llu of %llu octets are there", printable(name_).c_str(),
                static_cast<unsigned long long>(there),
                static_cast<unsigned long long>(source_.size()));
        setback_.clear();
        field_ = {"Content-Disposition", disposition_};
        msrp::outgoing_message m;
        m.content_type = std::filesystem::path(name_).extension() == ".txt"
                             ? "text/plain"
                             : "application/octet-stream";
        m.source = &source_;
        m.total = source_.size();
        m.message_id = id_.view();
        m.success_report = msrp::report_value::yes;
        m.fields = {&field_, 1};
        m.confirmed = confirmed_;
        auto const handle = machine.send(session, m);
        handle_ = handle.value_or(msrp::message_handle{});
        under_way_ = handle.has_value();
        // A session that is just ending is followed by another one.
        if (!handle && handle.error().code != msrp::error::no_such_session)
            fail(handle.error().code.message());
    }
    void on_sent(msrp::message_sent const& s) {
        under_way_ = false;
        if (s.status >= 300)
            return fail(s.outcome.message() + " (" + std::to_string(s.status) + ")");
        if (s.outcome) {
            setback_ = s.outcome.message();
            confirmed_.assign(s.confirmed.begin(), s.confirmed.end());
            if (source_.failure()) fail(source_.failure().message());
            if (s.outcome == std::errc::message_size) fail("its size changed");
        } else if (source_.size() > 1) {
            // Should its report get lost, the last octet alone, sent once more, brings another one.
            confirmed_.assign(1, {1, source_.size() - 1});
        }
    }
    void on_report(msrp::report_received const& r) {
        if (r.name_space == 0 && r.status != 200)
            fail("reported as failed: " + std::to_string(r.status));
        reported_ = reported_ || r.fully_confirmed;
    }
    void on_report_missing() { setback_ = "no success report"; }
    /// The end of it; the first reason stays.
    void fail(std::string why) {
        if (fault_.empty()) fault_ = std::move(why);
    }

    /// By the user: not sent again in another session.
    void cancel() {
        fail("cancelled");
        cancelled_ = true;
    }
    [[nodiscard]] bool is_cancelled() const { return cancelled_; }

    [[nodiscard]] msrp::message_handle handle() const { return handle_; }
    /// Whether it was given to that session.
    [[nodiscard]] bool is_in(msrp::session_handle session) const { return session_ == session; }
    [[nodiscard]] bool delivered() const { return reported_ && fault_.empty(); }
    /// Nothing more is to be done for it; a report may overtake the last responses.
    [[nodiscard]] bool done() const { return (reported_ && !under_way_) || !fault_.empty(); }
    /// Octets of it that are read or known to be there.
    [[nodiscard]] std::uint64_t position() const { return source_.position(); }
    [[nodiscard]] std::uint64_t size() const { return source_.size(); }
    [[nodiscard]] std::string const& name() const { return name_; }
    [[nodiscard]] std::string outcome() const {
        if (delivered()) return "delivered";
        return "not delivered: " + (!fault_.empty()     ? fault_
                                    : !setback_.empty() ? setback_
                                                        : "no report");
    }
    /// Says what became of it, once.
    void say_end() {
        if (std::exchange(told_, true)) return;
        bar_->stop();
        say("file: %s, %llu octets, sha-256 %s, %s", printable(name_).c_str(),
            static_cast<unsigned long long>(position()), hash_.hex().c_str(), outcome().c_str());
    }

   private:
    std::string name_;
    transport::file_source source_;
    examples::sha256 hash_;
    msrp::made_message_id id_{};
    std::string disposition_;
    msrp::outgoing_field field_{};
    msrp::message_handle handle_{};
    msrp::session_handle session_{};
    std::vector<msrp::octet_range> confirmed_{};  ///< what the peer has
    std::optional<progress> bar_;
    bool reported_ = false;
    bool under_way_ = false;
    bool cancelled_ = false;
    bool told_ = false;
    std::string fault_;    ///< the end of it
    std::string setback_;  ///< what another session may mend
};

/// Files that are under way at once, at most: a peer, too, has a limit of messages (ours takes 32).
inline constexpr std::ptrdiff_t max_files_under_way = 16;

/// Gives a session the next files, as many as there is room for.
inline void send_some(std::vector<std::unique_ptr<outgoing_file>> const& files, driver& machine,
                      msrp::session_handle session) {
    auto const is_under_way = [&](auto const& f) { return f->is_in(session) && !f->done(); };
    auto const is_next = [&](auto const& f) { return !f->is_in(session) && !f->done(); };
    for (;;) {  // counted anew: sending may bring events, and so come back here
        if (std::count_if(files.begin(), files.end(), is_under_way) >= max_files_under_way) return;
        auto const next = std::find_if(files.begin(), files.end(), is_next);
        if (next == files.end()) return;
        (*next)->send(machine, session);
    }
}

}  // namespace program
