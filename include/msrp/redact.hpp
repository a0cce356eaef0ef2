// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// redact.hpp - octets of a connection with the session-ids of their MSRP-URIs blotted out, for
// logs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <wire/charset.hpp>

namespace msrp::inline v0 {

/// Who knows a session-id may take the session over (CON-3-1, RFC 4975, section 14.1), so logs have
/// none. Octets come in pieces of any size; one `*` stands in place of what is a session-id in each
/// `msrp://` or `msrps://` URI, wherever it is and however malformed its rest: all between the
/// authority's "/" and the next ";", blank or line end. Linear; allocates nothing. One object for
/// each direction of a connection.
class session_id_redactor {
   public:
    /// @param out called as `out(std::string_view)` with what to show, in order: views into
    ///        `octets`, or static ones.
    template <class Out>
    void operator()(std::string_view octets, Out&& out) {
        std::size_t shown = 0;
        for (std::size_t i = 0; i < octets.size(); ++i) {
            char const c = octets[i];
            bool const ends =
                c == ';' || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
            switch (at_) {
                case at::authority:
                    if (c == '/') at_ = at::first;
                    if (ends) seek(c);
                    break;
                case at::first:
                    out(octets.substr(shown, i - shown));
                    out(std::string_view("*"));
                    at_ = at::session_id;
                    [[fallthrough]];
                case at::session_id:
                    if (ends) {
                        shown = i;
                        seek(c);
                    } else {
                        shown = i + 1;
                    }
                    break;
                default: seek(c); break;
            }
        }
        if (shown < octets.size()) out(octets.substr(shown));
    }

   private:
    enum class at : std::uint8_t {
        nothing,
        m,
        ms,
        msr,
        msrp,
        msrps,
        colon,
        slash,
        authority,
        first,
        session_id,
    };
    void seek(char c) noexcept {
        char const lower = wire::to_lower(c);
        if (at_ == at::m && lower == 's')
            at_ = at::ms;
        else if (at_ == at::ms && lower == 'r')
            at_ = at::msr;
        else if (at_ == at::msr && lower == 'p')
            at_ = at::msrp;
        else if (at_ == at::msrp && lower == 's')
            at_ = at::msrps;
        else if ((at_ == at::msrp || at_ == at::msrps) && c == ':')
            at_ = at::colon;
        else if (at_ == at::colon && c == '/')
            at_ = at::slash;
        else if (at_ == at::slash && c == '/')
            at_ = at::authority;
        else
            at_ = lower == 'm' ? at::m : at::nothing;
    }

    at at_ = at::nothing;
};

}  // namespace msrp::inline v0
