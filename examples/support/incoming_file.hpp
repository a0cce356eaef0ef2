// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// incoming_file.hpp - a file that a peer sends: its safe name, its digest, its place on disk.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <msrp/transport/file_sink.hpp>
#include <optional>
#include <sdp/safe_name.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sha256.hpp"
#include "shown_text.hpp"

namespace examples {

/// A name that a peer gave, safe to create in a folder of ours (T27), with room left for what makes
/// it unique or marks it as incomplete.
inline std::string safe_name(std::string_view given) {
    constexpr std::size_t room = 40;
    sdp::safe_name const whole(given);
    sdp::safe_name const cut(program::first_of(whole.view(), sdp::safe_name::max_size - room));
    return std::string(cut.view());
}

/// `filename="..."` of a Content-Disposition; empty where there is none.
inline std::string_view file_name_in(std::string_view disposition) {
    constexpr std::string_view key = "filename=\"";
    auto const at = disposition.find(key);
    if (at == std::string_view::npos) return {};
    auto const rest = disposition.substr(at + key.size());
    return rest.substr(0, rest.find('"'));
}

/// The first of NAME, NAME.2, NAME.3, ... that is free.
/// @param taken says whether a path is not; called until it says no.
template <class Taken>
std::filesystem::path free_name(std::filesystem::path const& first, Taken taken) {
    auto target = first;
    for (int n = 2; taken(target); ++n) {
        target = first;
        target += "." + std::to_string(n);
    }
    return target;
}

/// A file under a temporary name until it is complete, with its digest.
class incoming_file {
   public:
    explicit incoming_file(std::filesystem::path const& target)
        : sink_(target, target.string() + ".part-" + std::to_string(::getpid())) {}

    bool write(std::uint64_t position, std::string_view octets) {
        in_order_ = in_order_ && position == hashed_ + 1;
        if (in_order_) {
            hash_.add(octets);
            hashed_ += octets.size();
        }
        return sink_.write(position, octets);
    }
    /// Gives the file its name. @return the digest of what is in it; nothing on an error.
    std::optional<std::string> finish() {
        if (sink_.finish() || (!in_order_ && !hash_again())) return std::nullopt;
        return hash_.hex();
    }
    [[nodiscard]] bool good() const { return sink_.good(); }
    [[nodiscard]] std::string name() const { return sink_.target().string(); }

   private:
    bool hash_again() {
        hash_.restart();
        std::ifstream in(sink_.target(), std::ios::binary);
        std::vector<char> block(256 * 1024);
        while (in.read(block.data(), static_cast<std::streamsize>(block.size())), in.gcount() > 0)
            hash_.add({block.data(), static_cast<std::size_t>(in.gcount())});
        return in.eof();
    }

    msrp::transport::file_sink sink_;
    sha256 hash_;
    std::uint64_t hashed_ = 0;
    bool in_order_ = true;
};

}  // namespace examples
