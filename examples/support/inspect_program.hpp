// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// inspect_program.hpp - what programs share that read one file and print what it says: command
// line, input, exit status.
#pragma once

#include <array>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

namespace examples {

// As <sysexits.h> has them; below are the statuses each program gives a meaning of its own.
inline constexpr int exit_ok = 0;
inline constexpr int exit_usage = 64;
inline constexpr int exit_no_input = 66;
inline constexpr int exit_io = 74;

/// A leniency and the name it has on the command line.
template <class Leniencies>
struct leniency_name {
    std::string_view name;
    bool Leniencies::* member;
};

/// A program that reads one file and prints what it says. All complaints are one line on standard
/// error.
class inspect_program {
   public:
    inspect_program(std::string name, std::string about, std::string what_file_is)
        : name_(std::move(name)), app_(std::move(about)) {
        app_.add_option("FILE", file_, what_file_is + "; - or none: standard input");
    }

    [[nodiscard]] CLI::App& options() { return app_; }

    /// Adds `--lenient NAME`, which sets members of `to`; both must live until `parse` is done.
    template <class Leniencies, std::size_t N>
    void add_leniencies(std::array<leniency_name<Leniencies>, N> const& table, Leniencies& to) {
        std::string names;
        for (auto const& l : table) names += (names.empty() ? "" : ", ") + std::string(l.name);
        set_lenient_ = [&table, &to](std::string const& wanted) {
            for (auto const& l : table) {
                if (l.name != wanted) continue;
                to.*l.member = true;
                return true;
            }
            return false;
        };
        lenient_names_ = names;
        app_.add_option("--lenient", lenient_,
                        "Read a departure from the rules (may be repeated): " + names)
            ->allow_extra_args(false)
            ->type_name("NAME");
    }

    /// @return the exit status, where there is nothing left to do.
    [[nodiscard]] std::optional<int> parse(int argc, char** argv) {
        try {
            app_.parse(argc, argv);
        } catch (CLI::ParseError const& e) {
            if (e.get_exit_code() != 0) return complain(e.what(), exit_usage);
            app_.exit(e);  // --help
            std::cout.flush();
            return std::cout ? when_written(exit_ok) : not_written();
        }
        for (auto const& wanted : lenient_)
            if (!set_lenient_(wanted))
                return complain("--lenient: \"" + wanted + "\" is none of " + lenient_names_,
                                exit_usage);
        return std::nullopt;
    }

    /// @return the input; null where it cannot be opened, then say so and end.
    [[nodiscard]] std::FILE* open() {
        if (file_ == "-") return stdin;
        opened_.reset(std::fopen(file_.c_str(), "rb"));
        return opened_.get();
    }

    int cannot_open() const { return complain("cannot open " + file_, exit_no_input); }
    int cannot_read() const { return complain("the input cannot be read", exit_io); }

    /// Calls `f(line)` for each line of the input, without its end; blank ones are passed over.
    /// @return the exit status.
    template <class F>
    int for_each_line(std::FILE* in, F&& f) const {
        std::string line;
        auto const give = [&] {
            if (line.ends_with('\r')) line.pop_back();
            if (line.find_first_not_of(" \t") != std::string::npos) f(std::as_const(line));
            line.clear();
        };
        char block[65536];
        while (auto const size = std::fread(block, 1, sizeof block, in)) {
            for (std::string_view rest(block, size); !rest.empty();) {
                auto const end = rest.find('\n');
                line += rest.substr(0, end);
                if (end == std::string_view::npos) break;
                give();
                rest.remove_prefix(end + 1);
            }
        }
        if (std::ferror(in) != 0) return cannot_read();
        give();
        return when_written(exit_ok);
    }

    // A failed write stays noted in `stdout`, for `when_written`.
    static void put(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }
    /// @return `status`, or that what was printed so far could not all be written.
    [[nodiscard]] int when_written(int status) const {
        return std::fflush(stdout) == 0 && std::ferror(stdout) == 0 ? status : not_written();
    }

   private:
    struct close_file {
        void operator()(std::FILE* f) const { std::fclose(f); }
    };
    int not_written() const { return complain("the output cannot be written", exit_io); }
    int complain(std::string const& what, int status) const {
        std::cerr << name_ << ": " << what << '\n';
        return status;
    }

    std::string name_;
    CLI::App app_;
    std::string file_ = "-";
    std::vector<std::string> lenient_{};
    std::string lenient_names_{};
    std::function<bool(std::string const&)> set_lenient_{};
    std::unique_ptr<std::FILE, close_file> opened_{};
};

}  // namespace examples
