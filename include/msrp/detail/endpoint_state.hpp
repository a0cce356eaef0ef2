// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// endpoint_state.hpp - what an endpoint remembers: sessions, connections, messages, transactions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <msrp/chunk_parser.hpp>
#include <msrp/chunker.hpp>
#include <msrp/detail/deadlines.hpp>
#include <msrp/detail/own_queue.hpp>
#include <msrp/endpoint_options.hpp>
#include <msrp/ident.hpp>
#include <msrp/path.hpp>
#include <msrp/range_set.hpp>
#include <msrp/redact.hpp>
#include <msrp/session_event.hpp>
#include <msrp/session_types.hpp>

namespace msrp::inline v0::detail {

/// The objects of one endpoint. Each lies in a list of its owner or among the spare ones, and moves
/// between them without an allocation.
template <class Allocator>
struct endpoint_state {
    template <class T>
    using rebound = typename std::allocator_traits<Allocator>::template rebind_alloc<T>;
    template <class T>
    using vector = std::vector<T, rebound<T>>;
    template <class T>
    using list = std::list<T, rebound<T>>;
    using string = std::basic_string<char, std::char_traits<char>, rebound<char>>;

    struct session;
    struct connection;

    /// What is counted for each session too.
    static constexpr std::array counted{&session_counters::chunks_received,
                                        &session_counters::chunks_sent,
                                        &session_counters::messages_received,
                                        &session_counters::messages_sent,
                                        &session_counters::responses_received,
                                        &session_counters::responses_sent,
                                        &session_counters::reports_received,
                                        &session_counters::reports_sent,
                                        &session_counters::refused,
                                        &session_counters::interrupted};
    template <auto What>
    static constexpr std::size_t place_of = [] {
        std::size_t at = 0;
        while (counted[at] != What) ++at;
        return at;
    }();

    enum class stage : std::uint8_t {
        sending,    ///< until `message_sent`
        reporting,  ///< done, a success report is awaited
    };
    /// A message of ours.
    struct outgoing : timer {
        outgoing(std::size_t max_ranges, Allocator const& allocator)
            : timer(kind::report), content_type(allocator), confirmed(max_ranges, allocator) {}

        session* owner = nullptr;
        message_handle handle{};
        typename list<outgoing>::iterator self{};
        string content_type;
        std::span<outgoing_field const> fields{};
        chunk_cursor cursor{};
        std::uint64_t turn = 0;  ///< who has the lowest is next
        std::error_code outcome{};
        std::size_t pending = 0;  ///< transactions not answered
        std::uint64_t responded = 0;
        /// By REPORTs where they were asked for, else by responses.
        basic_range_set<Allocator> confirmed;
        std::uint64_t type_key = 0;  ///< of its media type
        message_ident id{};
        std::uint16_t status = 0;
        detail::endpoint_state<Allocator>::stage stage = stage::sending;
        report_value success = report_value::no;
        report_value failure = report_value::yes;
        bool waiting = false;  ///< its source has nothing now
        bool ending = false;   ///< given up; `outcome` says why
        bool silent = false;   ///< ... and no chunk is begun to tell the peer
        bool open = false;     ///< its chunk is under way
        bool offered = false;  ///< octets of it are being written

        [[nodiscard]] bool fully_reported() const noexcept {
            return success == report_value::yes && cursor.done() && confirmed_any &&
                   confirmed.covers(1, cursor.sent());
        }
        bool confirmed_any = false;
        std::uint64_t shown = 0;  ///< the number of the event that shows `confirmed`
    };

    /// A SEND of ours whose response may come.
    struct transaction : timer {
        static constexpr auto under_way = std::numeric_limits<std::uint64_t>::max();
        transaction() noexcept : timer(kind::transaction) {}

        typename list<transaction>::iterator self{};
        session* owner = nullptr;
        outgoing* of = nullptr;  ///< nullptr: it binds, or its message is over
        message_handle message{};
        message_ident message_id{};
        made_transaction_id id{};
        octet_range range{};
        std::uint64_t type_key = 0;
        std::uint64_t ends_at = under_way;  ///< stream offset behind its last octet
        bool binds = false;                 ///< the bodiless SEND of CON-5.4-3
        bool partial = false;               ///< no 200 will come, and no timer runs (TRX-7.1.4-2)
    };

    /// A message of the peer's that is under way.
    struct incoming : timer {
        incoming(std::size_t max_ranges, Allocator const& allocator)
            : timer(kind::incoming), received(max_ranges, allocator) {}
        typename list<incoming>::iterator self{};
        session* owner = nullptr;
        message_ident id{};
        basic_range_set<Allocator> received;
        std::optional<std::uint64_t> size{};  ///< since a chunk with "$" came
        std::uint64_t unreported = 0;         ///< octets that came since all was reported
        octet_range unreported_range{};       ///< those lie in it
        bool reporting = false;               ///< they are being reported, stretch by stretch
        bool success = false;                 ///< Success-Report: yes
        bool failure = true;                  ///< Failure-Report: not no
        std::uint64_t shown = 0;              ///< the number of the event that shows `received`
    };

    /// A message of the peer's that is over, by the keyed hash of its Message-ID.
    struct old_incoming {
        std::uint64_t id;
        std::uint64_t size;
        /// 0: complete, later chunks are duplicates; else what they are answered with.
        std::uint16_t status;
        bool failure;  ///< a failure REPORT may be sent
    };
    /// A message of ours that is over.
    struct old_outgoing {
        std::uint64_t id;
        std::uint64_t type_key;
        message_handle handle;
    };
    /// The last few of them.
    template <class T>
    struct ring {
        explicit ring(Allocator const& allocator) : all(allocator) {}
        void push(T const& one, std::size_t most) {
            if (all.size() < most) return all.push_back(one);
            if (most == 0) return;
            all[oldest] = one;
            oldest = static_cast<std::uint32_t>((oldest + 1) % most);
        }
        [[nodiscard]] T* find(std::uint64_t id) noexcept {
            for (auto& one : all)
                if (one.id == id) return &one;
            return nullptr;
        }
        vector<T> all;
        std::uint32_t oldest = 0;
    };

    struct session {
        session(session_handle number, path_view local, path_view remote,
                Allocator const& allocator)
            : handle(number),
              own(local.back_path(), allocator),
              remote_path(remote, allocator),
              out(allocator),
              in(allocator),
              transactions(allocator),
              old_in(allocator),
              old_out(allocator),
              refused_types(allocator) {}

        [[nodiscard]] uri own_uri() const noexcept { return own.view().front(); }

        session_handle handle;
        typename list<session>::iterator self{};
        basic_path<Allocator> own;
        basic_path<Allocator> remote_path;
        connection* link = nullptr;  ///< bound to, or being bound to by us
        std::uint64_t uri_key = 0;   ///< of its session-id
        list<outgoing> out;
        list<incoming> in;
        list<transaction> transactions;
        ring<old_incoming> old_in;
        ring<old_outgoing> old_out;
        vector<std::uint64_t> refused_types;  ///< answered with 415, by the keys of media types
        queue_place<session> turn{};          ///< among those of its connection that want to send
        queue_place<session> end{};           ///< among those that are over
        content_filter accepts{};
        content_filter peer_accepts{};
        std::uint64_t max_size = 0;
        std::uint64_t peer_max_size = std::numeric_limits<std::uint64_t>::max();
        std::error_code why{};
        std::array<std::uint32_t, counted.size()> counters{};
        std::uint32_t sending = 0;  ///< messages before their `message_sent`
        connection_role role = connection_role::active;
        bool wants_bind = false;  ///< the bodiless SEND is to be written
        bool ending = false;
        bool over = false;
    };

    /// The request that is coming in on a connection.
    struct request_state {
        explicit request_state(Allocator const& allocator) : allocator_(allocator) {}
        session* to = nullptr;
        incoming* message = nullptr;
        std::uint64_t start = 1;  ///< position of its first octet
        std::uint64_t next = 1;   ///< position of its next octet; 0 behind 2^64-1
        std::uint64_t size = 0;   ///< of the message that a duplicate is a chunk of
        /// A success REPORT that waits for the application to have seen `message_end`.
        std::optional<byte_range> due{};
        std::optional<basic_path<Allocator>> from{};  ///< From-Path as sent, once one was
        /// The URI that answers: of the session, or the first of To-Path; there with `from`.
        std::optional<basic_path<Allocator>> own{};
        msrp::method method = msrp::method::none;
        report_value failure = report_value::yes;
        bool discard = true;  ///< nothing of it is of use any more
        bool duplicate = false;
        bool success = false;
        message_ident message_id{};
        std::array<char, ident_max> id{};
        std::size_t id_size = 0;

        [[nodiscard]] std::string_view transaction_id() const noexcept {
            return {id.data(), id_size};
        }
        void keep(std::optional<basic_path<Allocator>>& in, path_view p) {
            if (in)
                in->assign(p);
            else
                in.emplace(p, allocator_);
        }

       private:
        Allocator allocator_;
    };

    struct handle_of {
        template <class T>
        std::uint64_t operator()(T const& x) const noexcept {
            return static_cast<std::uint64_t>(x.handle);
        }
    };
    struct uri_key_of {
        std::uint64_t operator()(session const& s) const noexcept { return s.uri_key; }
    };
    struct connection_id_of {
        std::uint64_t operator()(connection const& c) const noexcept {
            return static_cast<std::uint64_t>(c.id);
        }
    };
    struct target_key_of {
        std::uint64_t operator()(connection const& c) const noexcept { return c.target_key; }
    };
    struct transaction_key_of {
        std::uint64_t operator()(transaction const& t) const noexcept {
            return (*this)(t.id.view());
        }
        /// Of an id made here: eight of its random digits.
        std::uint64_t operator()(std::string_view id) const noexcept {
            std::uint64_t key = 0;
            for (char const c : id.substr(0, 8)) key = key << 8U | static_cast<unsigned char>(c);
            return key;
        }
    };

    /// A transport connection.
    struct connection : timer {
        connection(connection_id number, Allocator const& allocator)
            : timer(kind::connection),
              id(number),
              target(allocator),
              sessions(allocator),
              request(allocator),
              control(allocator),
              out(allocator),
              head(allocator),
              offered(allocator),
              unwritten(allocator) {}

        connection_id id;
        typename list<connection>::iterator self{};
        string target;  ///< "s" or "-", transport, identity, host, port; empty: accepted
        std::uint64_t target_key = 0;
        std::uint16_t target_port = 0;
        std::size_t target_host = 0;  ///< where the host begins
        std::size_t target_host_size = 0;
        list<session> sessions;
        std::optional<basic_chunk_parser<Allocator>> parser{};  ///< since it is up
        request_state request;
        std::error_code reason{};
        bool reusable = false;  ///< found by its target
        bool up = false;
        bool dead = false;     ///< `close_connection` was said
        bool used = false;     ///< a session was bound to it
        bool stalled = false;  ///< nothing is read, for the peer takes nothing: a time runs
        bool input = false;    ///< the parser has octets that were not polled
        queue_place<connection> in_input{};   ///< among those
        queue_place<connection> in_output{};  ///< among those that have octets to write
        queue_place<connection> in_asked{};   ///< among those that are to be made

        own_queue<session, &session::turn> turns{};  ///< sessions that want to send
        string control;                              ///< responses and REPORTs that wait
        string out;  ///< control, and small messages whole, being written
        vector<char> head;
        chunker chunks{std::span<char>()};
        outgoing* open = nullptr;  ///< whose chunk is under way
        vector<outgoing*> offered;
        vector<transaction*> unwritten;  ///< whose last octet is not written
        std::array<std::string_view, 4> offer{};
        std::size_t offer_at = 0;
        std::size_t offer_size = 0;
        std::uint64_t queued = 0;  ///< octets put into offers
        session_id_redactor redact_received{};
        session_id_redactor redact_written{};
        std::uint64_t written = 0;
    };
};

}  // namespace msrp::inline v0::detail
