// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// fingerprint_store.hpp - the fingerprints first seen for each peer, and a warning when they
// change.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sdp/fingerprint.hpp>

namespace cema::inline v0 {

/// What a first-sight store says of the fingerprints in a description.
enum class sighting : std::uint8_t {
    first_seen,  ///< nothing was known of this identity; it is now
    same,        ///< none but known ones
    changed,     ///< one or more that were not seen before, or all of another hash function: warn
                 ///< the user, then perhaps `accept`
    not_kept,    ///< nothing was known, and there is no room: the next time is a first one, too
};
[[nodiscard]] constexpr std::string_view to_text(sighting s) noexcept {
    switch (s) {
        case sighting::first_seen: return "first seen";
        case sighting::same: return "same";
        case sighting::changed: return "changed";
        case sighting::not_kept: return "not kept";
    }
    return {};
}

/// Fingerprints by identity, stored when first seen (CEMA-7.7-1; RFC 6714, 7.7). Does no I/O: what
/// it holds can be read by `for_each` and put back by `accept`. Nothing is ever dropped to make
/// room, so nobody can have a fingerprint forgotten by showing many identities.
template <class Allocator = std::allocator<char>>
class basic_fingerprint_store {
   public:
    using string_type = std::basic_string<char, std::char_traits<char>, Allocator>;
    static constexpr std::size_t max_identity_size = 1024;  ///< octets; longer ones are not kept

    /// @param most identities held.
    explicit basic_fingerprint_store(std::size_t most = 10'000,
                                     Allocator const& allocator = Allocator())
        : entries_(allocator), most_(most) {}

    /// Looks, and stores at first sight. Call it with the fingerprints of a plan whose check is by
    /// them, before the connection is trusted.
    /// @param identity the peer's SIP AoR, as the signalling has authenticated it; compared octet
    ///        by octet, so bring it into one form.
    /// @param seen not empty; of an empty set nothing can be said: `not_kept`.
    /// A logarithmic search; the first sight is linear in the number of entries.
    [[nodiscard]] sighting check(std::string_view identity, sdp::fingerprint_set const& seen) {
        auto const at = find(identity);
        if (at == entries_.end() || at->identity != identity)
            return put(at, identity, seen) ? sighting::first_seen : sighting::not_kept;
        for (auto const& f : seen)
            if (f.hash() != at->known.hash() || !at->known.matches(f.digest()))
                return sighting::changed;
        return seen.empty() ? sighting::not_kept : sighting::same;
    }
    /// Stores, in place of what was known: what the user was warned of and agreed to, or what a
    /// file held. @return false where there is no room, or nothing to store.
    bool accept(std::string_view identity, sdp::fingerprint_set const& set) {
        auto const at = find(identity);
        if (at == entries_.end() || at->identity != identity) return put(at, identity, set);
        if (set.empty()) return false;
        at->known = set;
        return true;
    }
    /// Forgets an identity. @return whether it was known.
    bool forget(std::string_view identity) {
        auto const at = find(identity);
        if (at == entries_.end() || at->identity != identity) return false;
        entries_.erase(at);
        return true;
    }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    /// Calls `f(std::string_view identity, sdp::fingerprint_set const&)` for each entry, in the
    /// order of the identities.
    template <class F>
    void for_each(F&& f) const {
        for (auto const& e : entries_) f(std::string_view(e.identity), e.known);
    }

   private:
    struct entry {
        string_type identity;
        sdp::fingerprint_set known;
    };
    using entries =
        std::vector<entry, typename std::allocator_traits<Allocator>::template rebind_alloc<entry>>;

    [[nodiscard]] typename entries::iterator find(std::string_view identity) {
        return std::lower_bound(
            entries_.begin(), entries_.end(), identity,
            [](entry const& e, std::string_view i) { return std::string_view(e.identity) < i; });
    }
    bool put(typename entries::iterator at, std::string_view identity,
             sdp::fingerprint_set const& set) {
        if (set.empty() || identity.size() > max_identity_size || entries_.size() >= most_)
            return false;
        entries_.insert(at, entry{string_type(identity, Allocator(entries_.get_allocator())), set});
        return true;
    }

    entries entries_;
    std::size_t most_;
};

using fingerprint_store = basic_fingerprint_store<>;
namespace pmr {
using fingerprint_store = basic_fingerprint_store<std::pmr::polymorphic_allocator<char>>;
}

}  // namespace cema::inline v0
