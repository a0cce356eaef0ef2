// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// console.hpp - lines from standard input without blocking, and a last line of the terminal with
// progress and what is being typed.
#pragma once

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <algorithm>
#include <array>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/redirect_error.hpp>
#include <cstdio>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "../common.hpp"
#include "shown_text.hpp"

namespace program {

/// One object at a time. On a terminal (both standard input and `log`) it edits the line being
/// typed itself, so that nothing said meanwhile gets mixed up with it.
class console final : public screen {
   public:
    static constexpr std::size_t max_line = 64 * 1024;

    explicit console(asio::io_context& io)
        : edits_(isatty(STDIN_FILENO) != 0 && isatty(fileno(log)) != 0), in_(io) {
        if (!edits_) return;
        tcgetattr(STDIN_FILENO, &before_);
        auto raw = before_;
        raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
        raw.c_cc[VMIN] = 1;
        raw.c_cc[VTIME] = 0;
        tcsetattr(STDIN_FILENO, TCSANOW, &raw);
        shown = this;
        show();
    }
    console(console const&) = delete;
    console& operator=(console const&) = delete;
    ~console() override {
        if (!edits_) return;
        hide();
        shown = nullptr;
        tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    }

    /// Gives each line to a function, without its end, until the input ends (true), or this object
    /// does (false: whoever waited may be gone, too).
    /// @param take called as `take(line)`. @param full lines wait while it says true.
    template <class Take, class Full>
    awaitable<bool> read(Take take, Full full) {
        std::error_code ec;
        in_.assign(::dup(STDIN_FILENO), ec);
        // Asio is to wait, not to read: told that reads do not block it leaves the flags alone,
        // which a terminal shares with standard output, and with the shell that started us.
        int const flags = ::fcntl(STDIN_FILENO, F_GETFL);
        if (!ec) in_.non_blocking(true, ec);
        ::fcntl(STDIN_FILENO, F_SETFL, flags);
        for (bool more = !ec; more;) {
            while (full()) co_await sleep(std::chrono::milliseconds(20));
            co_await in_.async_wait(asio::posix::descriptor_base::wait_read,
                                    asio::redirect_error(use_awaitable, ec));
            if (ec == asio::error::operation_aborted) co_return false;
            pollfd p{STDIN_FILENO, POLLIN, 0};  // regular files cannot be waited for: always ready
            if (poll(&p, 1, 0) <= 0) continue;
            std::array<char, 4096> piece{};
            // NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection): there is none
            auto const n = ::read(STDIN_FILENO, piece.data(), piece.size());
            more = n > 0;
            for (char const c :
                 std::string_view(piece.data(), more ? static_cast<std::size_t>(n) : 0))
                more = octet(c, take) && more;
            if (edits_) redraw();
        }
        if (!line_.empty()) end_line(take);
        co_return true;
    }

    /// How many lines were too long.
    [[nodiscard]] std::size_t dropped() const { return dropped_; }

    void hide() override { std::fputs("\r\033[K", log); }
    void show() override {
        winsize size{};
        auto const columns =
            ioctl(fileno(log), TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
        auto last = bars();
        auto const room =
            static_cast<std::size_t>(columns) -
            std::min<std::size_t>(last.size() + 3, static_cast<std::size_t>(columns) - 10);
        // The end of what is typed; by octets, which are no fewer than columns but for wide ones.
        std::string_view typed = line_;
        if (typed.size() > room / 2) typed.remove_prefix(typed.size() - room / 2);
        while (!typed.empty() && is_tail(typed.front())) typed.remove_prefix(1);
        last += "> " + shown_text(typed);
        std::fputs(last.c_str(), log);
        std::fflush(log);
    }
    void bar(void const* whose, std::string text) override {
        bars_[whose] = std::move(text);
        redraw();
    }
    void no_bar(void const* whose) override {
        if (bars_.erase(whose) != 0) redraw();
    }

   private:
    static bool is_tail(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }
    void redraw() {
        hide();
        show();
    }
    /// Of several, the first ones as far as there is room for them.
    [[nodiscard]] std::string bars() const {
        std::string out;
        for (auto const& [whose, text] : bars_)
            if (out.empty()) out = text + " ";
        if (bars_.size() > 1) out += "(+" + std::to_string(bars_.size() - 1) + ") ";
        return out;
    }
    template <class Take>
    void end_line(Take& take) {
        auto const done = std::exchange(line_, {});
        if (std::exchange(too_long_, false))
            say("a line of more than %zu octets is not sent", max_line), ++dropped_;
        else
            take(done);
    }
    /// @return false at the end of the input.
    template <class Take>
    bool octet(char c, Take& take) {
        constexpr char end_of_input = 4, erase_line = 21, backspace = 8, rub_out = 127;
        if (c == '\n' || (edits_ && c == '\r')) {
            if (line_.ends_with('\r')) line_.pop_back();
            end_line(take);
        } else if (edits_ && (c == backspace || c == rub_out)) {
            while (!line_.empty() && is_tail(line_.back())) line_.pop_back();
            if (!line_.empty()) line_.pop_back();
        } else if (edits_ && c == erase_line) {
            line_.clear();
        } else if (edits_ && c == end_of_input) {
            return !line_.empty();
        } else if (line_.size() >= max_line) {
            too_long_ = true;
        } else if (!edits_ || static_cast<unsigned char>(c) >= 0x20) {
            line_ += c;
        }
        return true;
    }

    bool edits_;
    asio::posix::stream_descriptor in_;
    termios before_{};
    std::string line_;
    bool too_long_ = false;
    std::size_t dropped_ = 0;
    std::map<void const*, std::string> bars_;
};

}  // namespace program
