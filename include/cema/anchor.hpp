// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// anchor.hpp - the signalling half of a middlebox: put its own address into the c/m-line, no more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <cema/error.hpp>
#include <cema/match.hpp>
#include <cema/reason.hpp>
#include <msrp/sdp_media.hpp>
#include <sdp/description.hpp>
#include <sdp/parser.hpp>
#include <wire/address.hpp>
#include <wire/decimal.hpp>
#include <wire/result.hpp>

namespace cema::inline v0 {

/// Puts another address and port into the c= and m= line of one media description; all other octets
/// stay (RFC 6714, 6.2). Where the c= line is the session's and there are further media
/// descriptions, the media description gets a c= line of its own, so the others keep theirs.
/// @param index of the media description, from 0.
/// @return the new text; `no_message_media` where there is no such media description,
///         `anchor_address` if `own` has no family or port 0. Linear.
template <class Allocator = std::allocator<char>>
[[nodiscard]] wire::result<std::basic_string<char, std::char_traits<char>, Allocator>>
rewrite_cm_line(sdp::description_view const& description, std::size_t index,
                wire::endpoint const& own, Allocator const& allocator = Allocator()) {
    if (own.port == 0 || (!own.address.is_v4() && !own.address.is_v6()))
        return wire::failure{make_error_code(error::anchor_address), 0, {}};
    auto const media = description.media(index);
    if (!media) return wire::failure{make_error_code(error::no_message_media), 0, {}};

    wire::ip_text const address(own.address);
    wire::decimal const port(own.port);
    std::string_view const text = description.text();
    std::basic_string<char, std::char_traits<char>, Allocator> out(allocator);
    out.reserve(text.size() + 128);
    std::size_t copied = 0;
    auto const copy_to = [&](std::size_t at) {
        out.append(text.substr(copied, at - copied));
        copied = at;
    };
    auto const write_connection = [&] {
        out.append(own.address.is_v6() ? "IN IP6 " : "IN IP4 ").append(address.view());
    };
    auto const replace_connection = [&](sdp::connection const& c) {
        copy_to(c.offset + 2);
        write_connection();
        copied += c.text.size();
    };
    auto const replace_port = [&] {
        copy_to(media->offset() + 2 + media->fields().port_offset);
        out.append(port.view());
        copied += media->fields().port_size;
    };

    if (auto const c = media->own_connection()) {
        replace_port();
        replace_connection(*c);
    } else if (auto const s = description.session_connection();
               s && description.media_count() == 1) {
        replace_connection(*s);
        replace_port();
    } else {
        replace_port();
        auto at = media->offset();  // behind m= and i= (RFC 8866, section 9)
        for (sdp::line const l : media->lines()) {
            if (l.type != 'm' && l.type != 'i') break;
            at = std::min(text.find('\n', l.offset), text.size() - 1) + 1;
        }
        copy_to(at);
        bool const lf = out.ends_with('\n') && !out.ends_with("\r\n");
        if (!out.ends_with('\n')) out.append("\r\n");  // a last line without its end
        out.append("c=");
        write_connection();
        out.append(lf ? "\n" : "\r\n");
    }
    copy_to(text.size());
    return out;
}

enum class anchor_action : std::uint8_t {
    rewritten,  ///< pass `text()` on
    unchanged,  ///< pass the description on as it came: its media is rejected
    refused,    ///< the anchor cannot serve this: end the signalling, for example by 488
};

/// One media session across an anchor: takes the offer and the answer, tells what to pass on and
/// where both sides are. Moves no bytes and knows no sockets. The path attributes, and all else,
/// stay untouched, so that the endpoints' session matching, and their TLS, work end to end.
///
/// Decides by the offer (CEMA-6.2-1): with msrp-cema only c= and m= are rewritten, in the answer
/// too, whatever the answerer knows. Without, an MSRP B2BUA would be needed, which this is not: the
/// offer is refused, and no msrp-cema is ever passed on in its name. A later offer of the same
/// session begins anew. The addresses handed in are the caller's to manage: one address and port
/// for each session and side, for the bytes do not say whose they are (RFC 6714, 6.3).
template <class Allocator = std::allocator<char>>
class basic_anchor {
   public:
    using string_type = std::basic_string<char, std::char_traits<char>, Allocator>;

    /// Where one side is: what its description said before it was rewritten.
    struct side {
        string_type host;                      ///< a name, or an address without brackets
        std::optional<wire::ip_address> ip{};  ///< where numeric
        std::uint16_t port = 0;                ///< port 9 with setup:active: cannot be connected to
    };

    explicit basic_anchor(Allocator const& allocator = Allocator(), sdp::limits const& limit = {},
                          sdp::leniency const& lenient = {})
        : text_(allocator),
          offerer_{string_type(allocator)},
          answerer_{string_type(allocator)},
          limits_(limit),
          leniency_(lenient) {}

    /// Takes an offer. The first m=message line whose port is not zero counts.
    /// @param own the address and port, of this session only (RFC 6714, 6.3), at which the anchor
    ///        accepts connections from the answerer.
    /// @return what to do; an `sdp::error`, `anchor_address`, `no_message_media`.
    [[nodiscard]] wire::result<anchor_action> on_offer(std::string_view offer,
                                                       wire::endpoint const& own) {
        auto const description = sdp::parse(offer, limits_, leniency_);
        if (!description) return description.error();
        std::optional<std::size_t> index;
        bool message = false;
        for (sdp::media_view const m : description->media()) {
            if (m.media() != "message") continue;
            message = true;
            if (!m.rejected()) {
                index = m.index();
                break;
            }
        }
        if (!message) return wire::failure{make_error_code(error::no_message_media), 0, {}};
        waits_for_answer_ = false;
        if (!index) {
            why_ = {"RFC 3264", "6", "", "The port of the m= line is zero."};
            text_ = offer;
            return anchor_action::unchanged;
        }
        auto const media = msrp::sdp_media::read(*description->media(*index));
        if (!media.cema()) {
            why_ = {"RFC 6714", "6.2", "",
                    "The offer has no msrp-cema, so an MSRP B2BUA would be needed; this anchor is "
                    "none."};
            text_.clear();
            return anchor_action::refused;
        }
        auto const done = rewrite(*description, *index, own, offerer_);
        if (!done) return done.error();
        why_ = {"RFC 6714", "6.2", "", "The offer has msrp-cema, so only the c/m-line is changed."};
        index_ = *index;
        waits_for_answer_ = true;
        answerer_opens_ = false;
        return anchor_action::rewritten;
    }

    /// Takes the answer to the offer that was rewritten.
    /// @param own where the anchor accepts connections from the offerer.
    /// @return as `on_offer`; `wrong_order` without such an offer.
    [[nodiscard]] wire::result<anchor_action> on_answer(std::string_view answer,
                                                        wire::endpoint const& own) {
        if (!waits_for_answer_) return wire::failure{make_error_code(error::wrong_order), 0, {}};
        auto const description = sdp::parse(answer, limits_, leniency_);
        if (!description) return description.error();
        auto const media = description->media(index_);
        if (!media || media->media() != "message")
            return wire::failure{make_error_code(error::answer_does_not_fit), 0, {}};
        if (media->rejected()) {
            why_ = {"RFC 3264", "6", "", "The port of the m= line is zero."};
            text_ = answer;
            waits_for_answer_ = false;
            return anchor_action::unchanged;
        }
        auto const done = rewrite(*description, index_, own, answerer_);
        if (!done) return done.error();
        answerer_opens_ = msrp::sdp_media::read(*media).setup() == sdp::setup::active;
        why_ = {"RFC 6714", "6.2", "",
                "The offer had msrp-cema, so only the c/m-line of the answer is changed."};
        waits_for_answer_ = false;
        return anchor_action::rewritten;
    }

    /// The description to pass on; empty after `refused`. Lives until the next call that is not
    /// const.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    /// Why the last call did what it did.
    [[nodiscard]] reason const& why() const noexcept { return why_; }
    /// Where the offerer listens, known after `on_offer`.
    [[nodiscard]] side const& offerer() const noexcept { return offerer_; }
    /// Where the answerer listens, known after `on_answer`.
    [[nodiscard]] side const& answerer() const noexcept { return answerer_; }
    /// By a=setup of the answer: the answerer opens the connection and the anchor then opens one to
    /// the offerer; else the other way round (RFC 4145, 4.1).
    [[nodiscard]] bool answerer_opens() const noexcept { return answerer_opens_; }

   private:
    wire::result<void> rewrite(sdp::description_view const& description, std::size_t index,
                               wire::endpoint const& own, side& where) {
        auto text = rewrite_cm_line(description, index, own, text_.get_allocator());
        if (!text) return text.error();
        auto const media = *description.media(index);
        if (auto const c = media.effective_connection()) {
            where.host = c->address;
            where.ip = host_value(c->address).ip();
        }
        where.port = media.port();
        text_ = std::move(*text);
        return {};
    }

    string_type text_;
    side offerer_;
    side answerer_;
    sdp::limits limits_;
    sdp::leniency leniency_;
    reason why_{};
    std::size_t index_ = 0;
    bool waits_for_answer_ = false;
    bool answerer_opens_ = false;
};

using anchor = basic_anchor<>;

}  // namespace cema::inline v0
