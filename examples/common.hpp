// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// common.hpp - what the example programs share: errors, SDP in files, progress.
#pragma once

#include <openssl/rand.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <cema/reason.hpp>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>
#include <wire/address.hpp>
#include <wire/result.hpp>

#include "support/sha256.hpp"
#include "support/shown_text.hpp"

#if defined(__GNUC__) && !defined(__clang__)  // see msrp/transport/connect.hpp
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace program {

using asio::awaitable;
using asio::use_awaitable;
using examples::sha256;
using clock = std::chrono::steady_clock;

enum exit_code { ok = 0, failed = 1, usage = 2 };

/// Ends the program with one line on standard error.
struct error : std::exception {
    error(exit_code c, std::string t) : code(c), text(std::move(t)) {}
    [[nodiscard]] char const* what() const noexcept override { return text.c_str(); }
    exit_code code;
    std::string text;
};

/// Where lines for the user go: standard output, unless that carries an SDP.
inline std::FILE* log = stdout;

/// What stands below the lines on a terminal, and gives way to them.
struct screen {
    virtual ~screen() = default;
    virtual void hide() = 0;
    virtual void show() = 0;
    /// A progress bar, by whose it is.
    virtual void bar(void const* whose, std::string text) = 0;
    virtual void no_bar(void const* whose) = 0;
};
inline screen* shown = nullptr;

template <class... Args>
void say(char const* format, Args const&... args) {
    if (shown != nullptr) shown->hide();
    if constexpr (sizeof...(Args) == 0)
        std::fputs(format, log);
    else
        std::fprintf(log, format, args...);
    std::fputc('\n', log);
    if (shown != nullptr) shown->show();
    std::fflush(log);
}

/// An SDP, line by line, set off from the rest.
inline void say_sdp(std::string_view title, std::string_view text) {
    std::string out = "---- " + std::string(title) + "\n";
    for (char const c : text)
        if (c != '\r') out += c;
    out += "----";
    say("%s", out.c_str());
}

inline std::string to_text(cema::reason const& r) {
    std::string out(r.document);
    if (!r.section.empty()) out += ", section " + std::string(r.section);
    if (!r.item.empty()) out += ", " + std::string(r.item);
    return out + ": " + std::string(r.text);
}
inline std::string to_text(wire::failure const& f) {
    std::string out = f.code.message();
    if (!f.field.empty()) out += " (" + std::string(f.field) + ")";
    return out;
}

/// Random octets for identifiers, from OpenSSL's generator, drawn in pools.
class random_octets {
   public:
    void operator()(std::span<unsigned char> out) {
        for (auto& octet : out) {
            if (at_ == pool_.size()) {
                if (RAND_bytes(pool_.data(), static_cast<int>(pool_.size())) != 1)
                    throw error(failed, "no random octets");
                at_ = 0;
            }
            octet = pool_[at_++];
        }
    }

   private:
    std::array<unsigned char, 1024> pool_{};
    std::size_t at_ = pool_.size();
};

/// A bar on a terminal; else a line at each quarter.
class progress {
   public:
    enum class mode { automatic, always, never };
    progress(mode m, std::string name, std::optional<std::uint64_t> total)
        : bar_(m == mode::always || (m == mode::automatic && isatty(fileno(log)) != 0)),
          lines_(m == mode::automatic && !bar_),
          name_(std::move(name)),
          total_(total) {}

    void at(std::uint64_t octets) {
        if (!total_ || *total_ == 0) return;
        if (bar_) {
            auto const now = clock::now();
            if (octets < *total_ && now - drawn_ < std::chrono::milliseconds(100)) return;
            drawn_ = now;
            auto const text = drawn(shown != nullptr ? 20 : 40, octets);
            if (shown != nullptr) {
                if (!finished_) shown->bar(this, text);
                if (octets >= *total_) stop();
                return;
            }
            std::fprintf(log, "\r%s", text.c_str());
            if (octets >= *total_ && !std::exchange(finished_, true)) std::fputc('\n', log);
            std::fflush(log);
        } else if (lines_) {
            auto const quarter = octets * 4 / *total_;
            if (quarter == quarter_) return;
            quarter_ = quarter;
            say("%s: %d %%", name_.c_str(), static_cast<int>(quarter * 25));
        }
    }
    /// Leaves an unfinished bar behind.
    void stop() {
        if (!bar_ || std::exchange(finished_, true)) return;
        if (shown != nullptr)
            shown->no_bar(this);
        else
            std::fputc('\n', log);
    }

   private:
    [[nodiscard]] std::string drawn(std::uint64_t width, std::uint64_t octets) const {
        auto const filled = std::min(octets * width / *total_, width);
        return name_ + " [" + std::string(filled, '#') + std::string(width - filled, ' ') + "] " +
               std::to_string(octets * 100 / *total_) + " %";
    }

    bool bar_;
    bool lines_;
    bool finished_ = false;
    std::string name_;
    std::optional<std::uint64_t> total_;
    std::uint64_t quarter_ = 0;
    clock::time_point drawn_{};
};

inline awaitable<void> sleep(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(use_awaitable);
}

inline std::string octets_per_second(std::uint64_t octets, clock::duration time) {
    auto const seconds = std::chrono::duration<double>(time).count();
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.1f MB/s",
                  seconds > 0 ? static_cast<double>(octets) / 1e6 / seconds : 0.0);
    return text.data();
}

/// A name as it may be shown: UTF-8 in one line, nothing that steers a terminal, not endless.
inline std::string printable(std::string_view text) {
    std::string line(first_of(text, 200));
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
    return shown_text(line);
}

/// Renaming onto a device or a FIFO would take its place.
inline void check_replaceable(std::filesystem::path const& p) {
    std::error_code ec;
    if (std::filesystem::exists(p, ec) && !std::filesystem::is_regular_file(p, ec))
        throw error(usage, p.string() + ": there, and not a regular file");
}

/// An SDP that is written where another one is awaited would be waited for in vain.
/// @param files by the options that name them; "-" may stand twice.
inline void check_distinct(std::span<std::pair<char const*, std::string> const> files) {
    std::error_code ec;
    auto const full = [&](std::string const& name) {
        auto const path = std::filesystem::absolute(name, ec);
        auto const real = std::filesystem::weakly_canonical(path, ec);
        return ec ? path.lexically_normal() : real;
    };
    auto const same = [&](std::string const& a, std::string const& b) {
        if (a == "-" || b == "-") return false;
        return full(a) == full(b) || std::filesystem::equivalent(a, b, ec);
    };
    for (auto const& a : files)
        for (auto const& b : files)
            if (&a < &b && same(a.second, b.second))
                throw error(usage, std::string(a.first) + " and " + b.first +
                                       " are the same file: " + printable(b.second));
}

/// SDP texts that are read one after the other: from FILE, then FILE.2, FILE.3, ...; or from
/// standard input ("-"), each ended by an empty line or the end of the input.
class sdp_source {
   public:
    static constexpr std::size_t max_size = 65536;
    explicit sdp_source(std::string name) : name_(std::move(name)) {}

    [[nodiscard]] bool is_file() const { return name_ != "-"; }
    /// The file that is read next.
    [[nodiscard]] std::string file() const {
        return number_ == 1 ? name_ : name_ + "." + std::to_string(number_);
    }
    [[nodiscard]] std::string show() const { return is_file() ? file() : "standard input"; }
    /// The next text if it is there; a file appears whole (by rename).
    std::optional<std::string> try_read() {
        auto text = is_file() ? try_file() : try_input();
        if (!text) return text;
        if (text->size() > max_size) throw error(failed, show() + ": larger than an SDP may be");
        ++number_;
        return text;
    }
    awaitable<std::string> read(std::chrono::milliseconds limit, char const* what) {
        auto const end = clock::now() + limit;
        for (;;) {
            if (auto text = try_read()) co_return std::move(*text);
            if (given_up && given_up())
                throw error(failed, std::string("given up before there was an ") + what);
            if (clock::now() >= end)
                throw error(failed, std::string("no ") + what + " within " +
                                        std::to_string(limit.count() / 1000) + " s in " + show());
            co_await sleep(std::chrono::milliseconds(10));
        }
    }

    /// Asked while it waits. May be empty.
    std::function<bool()> given_up{};

   private:
    std::optional<std::string> try_file() const {
        std::error_code ec;
        if (!std::filesystem::exists(file(), ec)) return std::nullopt;
        // A FIFO would hold the program up beyond any time limit.
        if (!std::filesystem::is_regular_file(file(), ec))
            throw error(usage, file() + ": not a regular file");
        std::ifstream in(file(), std::ios::binary);
        if (!in) throw error(usage, file() + ": cannot be read");
        std::string text(max_size + 1, '\0');
        in.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(in.gcount()));
        return text;
    }
    std::optional<std::string> try_input() {
        pollfd p{STDIN_FILENO, POLLIN, 0};
        while (!ended_ && input_.size() <= max_size && poll(&p, 1, 0) > 0) {
            std::array<char, 4096> piece{};
            // NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection): there is none
            auto const n = ::read(STDIN_FILENO, piece.data(), piece.size());
            if (n <= 0)
                ended_ = true;
            else
                input_.append(piece.data(), static_cast<std::size_t>(n));
        }
        auto end = input_.find("\n\n");
        auto const crlf = input_.find("\n\r\n");
        std::size_t skip = 1;
        if (crlf < end) {
            end = crlf;
            skip = 2;
        }
        if (end == std::string::npos && !ended_ && input_.size() <= max_size) return std::nullopt;
        if (end == std::string::npos && input_.empty())
            throw error(failed, "standard input ended before there was an SDP");
        auto text = input_.substr(0, end == std::string::npos ? end : end + 1);
        input_.erase(0, end == std::string::npos ? end : end + 1 + skip);
        return text;
    }

    std::string name_;
    int number_ = 1;
    std::string input_;
    bool ended_ = false;
};

/// The other direction: FILE, FILE.2, ...; or standard output ("-").
class sdp_sink {
   public:
    explicit sdp_sink(std::string name) : name_(std::move(name)) {}
    void write(std::string_view text) {
        if (name_ == "-") {
            std::fwrite(text.data(), 1, text.size(), stdout);
            std::fputs("\r\n", stdout);
            if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
                throw error(usage, "standard output: cannot be written");
            return;
        }
        auto const file = number_ == 1 ? name_ : name_ + "." + std::to_string(number_);
        ++number_;
        auto const part = file + ".part";
        check_replaceable(file);
        check_replaceable(part);
        {
            std::ofstream out(part, std::ios::binary | std::ios::trunc);
            out.write(text.data(), static_cast<std::streamsize>(text.size()));
            if (!out.flush()) throw error(usage, part + ": cannot be written");
        }
        std::error_code ec;
        std::filesystem::rename(part, file, ec);
        if (ec) throw error(usage, file + ": " + ec.message());
    }

   private:
    std::string name_;
    int number_ = 1;
};

/// "127.0.0.1:0", "[::1]:2855", "127.0.0.1" (any port).
inline asio::ip::tcp::endpoint parse_listen(std::string_view text,
                                            std::string const& option = "--listen") {
    auto const bad = [&] {
        return error(usage,
                     option + " " + printable(text) + ": not ADDRESS:PORT (a numeric address)");
    };
    std::string_view host = text;
    std::string_view port = "0";
    if (text.starts_with('[')) {
        auto const close = text.find(']');
        if (close == std::string_view::npos) throw bad();
        host = text.substr(1, close - 1);
        auto const rest = text.substr(close + 1);
        if (!rest.empty()) {
            if (rest[0] != ':') throw bad();
            port = rest.substr(1);
        }
    } else if (auto const colon = text.rfind(':');
               colon != std::string_view::npos && text.find(':') == colon) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
    }
    auto const number = wire::parse_port(port);
    std::error_code ec;
    auto const address = asio::ip::make_address(std::string(host), ec);
    if (ec || !number || address.is_unspecified()) throw bad();
    return {address, *number};
}
inline std::string to_text(asio::ip::tcp::endpoint const& e) {
    auto const host = e.address().to_string();
    return (e.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(e.port());
}
inline wire::endpoint to_wire(asio::ip::tcp::endpoint const& e) {
    wire::endpoint out;
    if (auto const ip = wire::parse_ip(e.address().to_string())) out.address = *ip;
    out.port = e.port();
    return out;
}

/// Parses the command line, runs `body()` (a coroutine that gives the exit code) to its end.
template <class Body>
int run(CLI::App& app, int argc, char** argv, std::string const& name, Body body) {
    std::signal(SIGPIPE, SIG_IGN);
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& e) {
        if (e.get_exit_code() == 0) return app.exit(e);  // --help
        std::fprintf(stderr, "%s: %s\n", name.c_str(), printable(e.what()).c_str());
        return usage;
    }
    try {
        asio::io_context io(1);
        std::exception_ptr thrown;
        int code = failed;
        asio::co_spawn(io, body(io), [&](std::exception_ptr e, int c) {
            thrown = e;
            code = c;
            io.stop();
        });
        io.run();
        if (thrown) std::rethrow_exception(thrown);
        if (std::fflush(log) != 0 || std::ferror(log) != 0)
            throw error(usage, "what was to be said cannot be written");
        return code;
    } catch (error const& e) {
        std::fprintf(stderr, "%s: %s\n", name.c_str(), e.what());
        return e.code;
    } catch (std::exception const& e) {
        std::fprintf(stderr, "%s: %s\n", name.c_str(), e.what());
        return failed;
    }
}

}  // namespace program
