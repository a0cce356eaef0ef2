// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// moody_source.hpp - a body source that waits, gives nothing and fails as it likes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <msrp/body_source.hpp>

#include "support/session_rig.hpp"

namespace fuzz {

/// Octets of which end-lines are made, made once; what is sent is the front of it.
inline std::string_view body() {
    static std::string const made = [] {
        support::seeded_random random(1);
        std::string out(5000, ' ');
        for (auto& c : out) c = "\r\n-ab"[random.below(5)];
        return out;
    }();
    return made;
}

class moody_source final : public msrp::body_source {
   public:
    moody_source(std::string_view body, std::uint64_t seed) : rest_(body), random_(seed) {}
    msrp::body_piece next(std::size_t at_most) override {
        switch (random_.below(8)) {
            case 0: return {{}, msrp::body_state::wait};
            case 1: return {{}, msrp::body_state::more};
            case 2:
                if (random_.below(4) == 0) return {{}, msrp::body_state::failed};
                break;
            default: break;
        }
        auto const piece = rest_.substr(0, 1 + random_.below(at_most + 1));
        rest_.remove_prefix(piece.size());
        return {piece, rest_.empty() ? msrp::body_state::last : msrp::body_state::more};
    }

   private:
    std::string_view rest_;
    support::seeded_random random_;
};

}  // namespace fuzz
