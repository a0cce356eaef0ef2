// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// inbox.hpp - whole messages from the events of an endpoint or session, in bounded memory, the
// large ones put elsewhere.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include <msrp/endpoint_options.hpp>
#include <msrp/error.hpp>
#include <msrp/reassembler.hpp>
#include <msrp/session_event.hpp>
#include <msrp/status.hpp>

namespace msrp::inline v0 {

/// What a message carries. Views; whoever gives it says how long they live.
struct content {
    std::string_view type;
    std::string_view body;
};

/// Changes whole contents: before they are cut into chunks, after they are put together (CPIM,
/// S/MIME). `t.incoming(content, status)` and `t.outgoing(content, status)` give the content to be
/// used instead, in memory of `t` that lives until the next call, or nothing, with `status` set: an
/// error status of MSRP for what came (400, 403, 415 ...), any other for what is not sent.
template <class T>
concept content_transform = requires(T& t, content const& c, std::uint16_t& status) {
    { t.incoming(c, status) } -> std::same_as<std::optional<content>>;
    { t.outgoing(c, status) } -> std::same_as<std::optional<content>>;
};
/// Contents are taken and sent as they are.
struct no_transform {
    std::optional<content> incoming(content const& c, std::uint16_t&) const { return c; }
    std::optional<content> outgoing(content const& c, std::uint16_t&) const { return c; }
};

/// Takes the octets of messages that are too large for memory, e.g. into files. Octets come in any
/// order and may overlap: the last ones count (CHK-7.3.1-3).
///
///     bool open(session_handle, std::string_view message_id, std::string_view content_type)
///     bool write(session_handle, std::string_view message_id, std::uint64_t position,
///     std::string_view) void close(session_handle, std::string_view message_id, bool whole)
///
/// False: it cannot; the message is refused with 413, and `close` follows.
template <class S>
concept message_sink = requires(S& s, session_handle h, std::string_view text, std::uint64_t at) {
    { s.open(h, text, text) } -> std::same_as<bool>;
    { s.write(h, text, at, text) } -> std::same_as<bool>;
    { s.close(h, text, true) } -> std::same_as<void>;
};
/// Nothing is put elsewhere.
struct no_sink {
    bool open(session_handle, std::string_view, std::string_view) const { return false; }
    bool write(session_handle, std::string_view, std::uint64_t, std::string_view) const {
        return false;
    }
    void close(session_handle, std::string_view, bool) const {}
};

struct inbox_options {
    /// Octets of one message that are held in memory, in pages of 4 KiB; with more it goes to the
    /// sink.
    std::size_t max_memory = std::size_t{1} << 20;
    std::size_t max_total_memory = std::size_t{64} << 20;  ///< of all messages under way
    std::size_t max_messages = 1024;                       ///< under way at once
    std::size_t max_ranges = 64;                           ///< of one message
};

/// A whole message.
struct inbox_message {
    session_handle session{};
    message_ident message_id{};
    std::string_view content_type;  ///< lives, as `body`, until the next call of the inbox
    std::string_view body;          ///< all of it; empty where the sink has it
    std::uint64_t size = 0;         ///< as it came
    bool in_sink = false;           ///< `close(..., true)` was called for it
};
/// To be refused: `endpoint.refuse(session, message_id, status, now)`.
struct inbox_refusal {
    session_handle session{};
    message_ident message_id{};
    std::uint16_t status = 0;
};
using inbox_result = std::variant<std::monostate, inbox_message, inbox_refusal>;

/// Puts messages together from events. Memory follows the octets that came, never a claimed size
/// (T13, CHK-14.5-1); without holes a message takes its size, with holes as many pages as they
/// touch.
///
///     while (auto e = endpoint.poll_event()) {
///         auto got = inbox.take(*e);
///         if (auto* m = std::get_if<msrp::inbox_message>(&got)) use(m->content_type, m->body);
///         if (auto* r = std::get_if<msrp::inbox_refusal>(&got))
///             endpoint.refuse(r->session, r->message_id.view(), r->status, now);
///     }
template <message_sink Sink = no_sink, content_transform Transform = no_transform,
          class Allocator = std::allocator<char>>
class basic_inbox {
   public:
    using allocator_type = Allocator;

    explicit basic_inbox(inbox_options const& options = {}, Sink sink = {},
                         Transform transform = {}, Allocator const& allocator = Allocator())
        : options_(options),
          sink_(std::move(sink)),
          transform_(std::move(transform)),
          allocator_(allocator),
          under_way_(allocator),
          type_(allocator),
          body_(allocator) {}

    /// Takes an event, any event. Linear in its octets; O(log n) in the messages under way and in
    /// the pages held.
    /// @return a message that is whole now, or one to be refused, or nothing.
    [[nodiscard]] inbox_result take(endpoint_event const& e) { return take(e.session, e.what); }
    /// The same for `basic_session`. @param session any number, the same for the same session.
    [[nodiscard]] inbox_result take(session_handle session, session_event const& e) {
        if (auto const* const begin = std::get_if<message_begin>(&e))
            return on_begin(session, *begin);
        if (auto const* const data = std::get_if<message_data>(&e)) return on_data(session, *data);
        if (auto const* const end = std::get_if<message_end>(&e)) return on_end(session, *end);
        return {};
    }

    /// A message that goes on in another session (`basic_endpoint::expect`): its octets are kept.
    /// Call it before the event `message_end` with `incomplete` is taken.
    /// @return `no_such_message`; `wrong_order` where the sink has its octets under the old name,
    /// or
    ///         there is one of that name already.
    std::error_code move(session_handle from, std::string_view message_id, session_handle to) {
        auto const at = message_id.size() <= ident_max ? find(from, message_ident(message_id))
                                                       : under_way_.end();
        if (at == under_way_.end()) return make_error_code(error::no_such_message);
        if (at->second.in_sink || under_way_.count({to, at->first.id}) != 0)
            return make_error_code(error::wrong_order);
        auto node = under_way_.extract(at);
        node.key().session = to;
        under_way_.insert(std::move(node));
        return {};
    }

    /// What is to be sent in place of this content, by the transform.
    /// @param status set where nothing is to be sent.
    /// @return views that live until the transform's next call.
    [[nodiscard]] std::optional<content> outgoing(content const& c, std::uint16_t& status) {
        return transform_.outgoing(c, status);
    }

    /// Messages under way.
    [[nodiscard]] std::size_t size() const noexcept { return under_way_.size(); }
    /// Octets of memory that their pages take.
    [[nodiscard]] std::size_t memory() const noexcept { return memory_; }
    [[nodiscard]] Sink& sink() noexcept { return sink_; }
    [[nodiscard]] Transform& transform() noexcept { return transform_; }

   private:
    using string =
        std::basic_string<char, std::char_traits<char>,
                          typename std::allocator_traits<Allocator>::template rebind_alloc<char>>;

    struct message {
        message(std::string_view t, inbox_options const& options, Allocator const& allocator)
            : type(t, allocator), octets(options.max_memory, options.max_ranges, allocator) {}
        string type;
        basic_reassembler<Allocator> octets;
        bool in_sink = false;
    };
    struct key {
        session_handle session;
        message_ident id;
        friend bool operator<(key const& a, key const& b) noexcept {
            return a.session != b.session ? a.session < b.session : a.id.view() < b.id.view();
        }
    };
    using map = std::map<key, message, std::less<key>,
                         typename std::allocator_traits<Allocator>::template rebind_alloc<
                             std::pair<key const, message>>>;
    using place = typename map::iterator;

    [[nodiscard]] place find(session_handle s, message_ident const& id) {
        return under_way_.find(key{s, id});
    }
    inbox_result refuse(session_handle s, message_ident const& id, std::uint16_t status) {
        return inbox_refusal{s, id, status};
    }
    void drop(place at, bool whole) {
        if (at->second.in_sink) sink_.close(at->first.session, at->first.id.view(), whole);
        memory_ -= at->second.octets.held();
        under_way_.erase(at);
    }
    inbox_result give_up(place at) {
        auto const [s, id] = at->first;
        drop(at, false);
        return refuse(s, id, status_code::stop_sending);
    }

    inbox_result on_begin(session_handle s, message_begin const& b) {
        if (under_way_.size() >= options_.max_messages)
            return refuse(s, b.message_id, status_code::stop_sending);
        under_way_.try_emplace(key{s, b.message_id}, b.content_type, options_, allocator_);
        return {};
    }

    inbox_result on_data(session_handle s, message_data const& d) {
        auto const at = find(s, d.message_id);
        if (at == under_way_.end()) return {};  // refused
        auto& m = at->second;
        if (!m.in_sink) {
            auto const before = m.octets.held();
            std::size_t const left =
                options_.max_total_memory - std::min(options_.max_total_memory, memory_);
            // One page more than the octets fill, where they begin in the middle of one.
            bool const room =
                d.octets.size() / reassembler::page_size + 2 <= left / reassembler::page_size ||
                d.octets.empty();
            if (room && !m.octets.add(d.position, d.octets)) {
                memory_ += m.octets.held() - before;
                return {};
            }
            if (!spill(at->first, m)) return give_up(at);
        }
        if (!sink_.write(s, d.message_id.view(), d.position, d.octets)) return give_up(at);
        return {};
    }
    /// What is held goes to the sink, and all that follows.
    [[nodiscard]] bool spill(key const& of, message& m) {
        if (!sink_.open(of.session, of.id.view(), m.type)) return false;
        m.in_sink = true;
        for (auto const& r : m.octets.received())
            for (auto from = r.first;;) {
                auto const piece = m.octets.piece(from);
                if (!sink_.write(of.session, of.id.view(), from, piece)) return false;
                if (piece.size() > r.last - from) break;
                from += piece.size();
            }
        memory_ -= m.octets.held();
        m.octets.clear();
        return true;
    }

    inbox_result on_end(session_handle s, message_end const& end) {
        auto const at = find(s, end.message_id);
        if (at == under_way_.end()) return {};
        if (end.fate != message_fate::complete) {
            drop(at, false);
            return {};
        }
        auto const& m = at->second;
        type_.assign(m.type);
        inbox_message out{s, end.message_id, type_, {}, end.size, m.in_sink};
        if (m.in_sink) {
            drop(at, true);
            return out;
        }
        body_.clear();
        body_.reserve(static_cast<std::size_t>(end.size));
        for (std::uint64_t from = 1; from <= end.size;) {
            auto const piece = m.octets.piece(from);
            if (piece.empty()) return give_up(at);  // events of another session were left out
            body_.append(piece);
            from += piece.size();
        }
        drop(at, true);
        std::uint16_t status = status_code::bad_request;
        auto const changed = transform_.incoming({type_, body_}, status);
        if (!changed) return refuse(s, end.message_id, status);
        out.content_type = changed->type;
        out.body = changed->body;
        return out;
    }

    inbox_options options_;
    Sink sink_;
    Transform transform_;
    Allocator allocator_;
    map under_way_;
    string type_;
    string body_;
    std::size_t memory_ = 0;
};

using inbox = basic_inbox<>;
namespace pmr {
template <message_sink Sink = no_sink, content_transform Transform = no_transform>
using inbox = basic_inbox<Sink, Transform, std::pmr::polymorphic_allocator<char>>;
}

}  // namespace msrp::inline v0
