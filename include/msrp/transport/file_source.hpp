// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// file_source.hpp - a file as the body of a message, read block by block.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <ios>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <msrp/body_source.hpp>

namespace msrp::inline v0::transport {

/// Never holds more than one block of the file. Reading blocks the thread, as files do.
class file_source final : public body_source {
   public:
    /// Opens a regular file. @param block_size octets of memory.
    explicit file_source(std::filesystem::path const& file, std::size_t block_size = 256 * 1024) {
        if (std::filesystem::is_directory(file, failure_))
            failure_ = std::make_error_code(std::errc::is_a_directory);
        if (!failure_) size_ = std::filesystem::file_size(file, failure_);
        if (failure_) return;
        in_.rdbuf()->pubsetbuf(nullptr, 0);  // the blocks are large: read straight into them
        in_.open(file, std::ios::binary);
        if (!in_) failure_ = std::make_error_code(std::errc::permission_denied);
        block_.resize(std::max<std::size_t>(block_size, 1));
    }

    /// Why it could not be opened, or a read failed; nothing as long as all is well.
    [[nodiscard]] std::error_code failure() const noexcept { return failure_; }
    /// Its octets when it was opened: `outgoing_message::total`.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    /// Octets read or skipped.
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
    /// From its first octet again: to be sent once more (CON-5.4-6).
    void rewind() {
        in_.clear();
        in_.seekg(0);
        position_ = 0;
    }

    body_piece next(std::size_t at_most) override {
        auto const octets = read(std::min(block_.size(), at_most));
        if (failure_) return {{}, body_state::failed};
        bool const last = position_ >= size_ || octets.empty();
        return {octets, last ? body_state::last : body_state::more};
    }
    std::uint64_t skip(std::uint64_t octets) override {
        auto left = std::min(octets, size_ - std::min(size_, position_));
        if (!on_octets) {
            in_.seekg(static_cast<std::streamoff>(left), std::ios::cur);
            position_ += left;
            return in_ ? left : 0;
        }
        std::uint64_t done = 0;
        while (done < left) {
            auto const most = std::min<std::uint64_t>(block_.size(), left - done);
            auto const n = read(static_cast<std::size_t>(most)).size();
            if (n == 0) break;
            done += n;
        }
        return done;
    }

    /// Shown all octets in their order, those that are skipped too, e.g. for a digest. May be
    /// empty.
    std::function<void(std::string_view)> on_octets{};

   private:
    std::string_view read(std::size_t most) {
        in_.read(block_.data(), static_cast<std::streamsize>(most));
        std::string_view const octets(block_.data(), static_cast<std::size_t>(in_.gcount()));
        if (in_.bad()) failure_ = std::make_error_code(std::errc::io_error);
        position_ += octets.size();
        if (on_octets && !octets.empty()) on_octets(octets);
        return octets;
    }

    std::uint64_t size_ = 0;
    std::uint64_t position_ = 0;
    std::error_code failure_{};
    std::ifstream in_;
    std::vector<char> block_;
};

}  // namespace msrp::inline v0::transport
