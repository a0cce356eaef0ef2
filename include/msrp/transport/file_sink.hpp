// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// file_sink.hpp - an incoming message into a file, under a temporary name until it is complete.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string_view>
#include <system_error>
#include <utility>

namespace msrp::inline v0::transport {

/// Octets go where they belong, in any order (CHK-7.3.1-3). Not finished, it leaves nothing behind.
/// Writing blocks the thread, as files do.
class file_sink {
   public:
    /// @param target the name in the end; never opened before. @param part the name until then.
    file_sink(std::filesystem::path target, std::filesystem::path part)
        : target_(std::move(target)), part_(std::move(part)) {
        out_.rdbuf()->pubsetbuf(nullptr, 0);  // pieces are large: write straight through
        out_.open(part_, std::ios::binary | std::ios::trunc);
    }
    file_sink(file_sink const&) = delete;
    file_sink& operator=(file_sink const&) = delete;
    ~file_sink() {
        if (kept_) return;
        std::error_code ignored;
        out_.close();
        std::filesystem::remove(part_, ignored);
    }

    /// Whether all went well so far.
    [[nodiscard]] bool good() const { return out_.good(); }
    /// Octets of a message. @param position of the first one, from 1 (`message_data::position`).
    /// @return false where they cannot be written.
    bool write(std::uint64_t position, std::string_view octets) {
        auto const at = position - 1;
        if (at != next_) out_.seekp(static_cast<std::streamoff>(at));
        out_.write(octets.data(), static_cast<std::streamsize>(octets.size()));
        next_ = at + octets.size();
        return out_.good();
    }
    /// The message is complete: gives the file its name.
    std::error_code finish() {
        out_.close();
        if (!out_) return std::make_error_code(std::errc::io_error);
        std::error_code ec;
        std::filesystem::rename(part_, target_, ec);
        kept_ = !ec;
        return ec;
    }
    [[nodiscard]] std::filesystem::path const& target() const noexcept { return target_; }
    [[nodiscard]] std::filesystem::path const& part() const noexcept { return part_; }

   private:
    std::filesystem::path target_;
    std::filesystem::path part_;
    std::ofstream out_;
    std::uint64_t next_ = 0;
    bool kept_ = false;
};

}  // namespace msrp::inline v0::transport
