// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// cares_resolver.hpp - names become addresses by c-ares, without a thread and at any time
// cancelled.
//
// Whoever includes this links c-ares (CMake: msrpkit::cares); nothing else here needs it. POSIX.
#pragma once

#include <ares.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <asio/any_io_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/awaitable.hpp>
#include <asio/dispatch.hpp>
#include <asio/error.hpp>
#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <asio/strand.hpp>
#include <msrp/transport/detail/completion.hpp>
#include <msrp/transport/detail/into.hpp>
#include <msrp/transport/error.hpp>
#include <msrp/transport/resolver.hpp>
#include <wire/result.hpp>

// g++ 12 believes that Asio's coroutine frames are freed by the wrong function.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace msrp::inline v0::transport {

struct cares_options {
    /// Name servers, asked in this order; empty: the system's (resolv.conf).
    std::vector<::asio::ip::udp::endpoint> servers{};
    std::chrono::milliseconds try_timeout{2000};  ///< of the first try; c-ares lengthens later ones
    int tries = 3;                                ///< of each server
};

namespace detail {

/// A channel of c-ares and what it waits for. Everything happens in its strand.
class cares_channel : public std::enable_shared_from_this<cares_channel> {
   public:
    using done = completion<std::error_code, address_list>;

    explicit cares_channel(::asio::any_io_executor const& executor)
        : strand_(::asio::make_strand(executor)), timer_(strand_) {}
    cares_channel(cares_channel const&) = delete;
    cares_channel& operator=(cares_channel const&) = delete;
    ~cares_channel() {
        waiting_.clear();  // an io_context that is no more: nobody is to be told
        if (channel_ == nullptr) return;
        ares_destroy(channel_);
    }

    [[nodiscard]] std::error_code open(cares_options const& o) {
        static int const ready = ares_library_init(ARES_LIB_INIT_ALL);
        if (ready != ARES_SUCCESS) return std::make_error_code(std::errc::not_enough_memory);
        ares_options options{};
        options.timeout = static_cast<int>(std::clamp<std::int64_t>(
            o.try_timeout.count(), 1, std::chrono::milliseconds(std::chrono::hours(1)).count()));
        options.tries = std::max(1, o.tries);
        options.sock_state_cb = [](void* me, ares_socket_t fd, int reads, int writes) {
            static_cast<cares_channel*>(me)->watch(fd, reads != 0, writes != 0);
        };
        options.sock_state_cb_data = this;
        if (auto const ec = code_of(
                ares_init_options(&channel_, &options,
                                  ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB))) {
            channel_ = nullptr;
            return ec;
        }
        if (o.servers.empty()) return {};
        std::string list;
        for (auto const& s : o.servers) {
            auto const text = s.address().to_string();
            if (!list.empty()) list += ',';
            list +=
                (s.address().is_v6() ? '[' + text + ']' : text) + ':' + std::to_string(s.port());
        }
        return code_of(ares_set_servers_ports_csv(channel_, list.c_str()));
    }

    [[nodiscard]] auto const& strand() const noexcept { return strand_; }
    /// What names a lookup, as long as it or its query is there.
    struct ticket {};
    using id = std::shared_ptr<ticket>;

    void start(id const& who, std::string const& host, done handler) {
        if (closed_) return handler(::asio::error::operation_aborted, {});
        waiting_.emplace(who, std::move(handler));
        ares_addrinfo_hints hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;  // each address once
        auto q = std::make_unique<query>(*this, who);
        ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &cares_channel::answered,
                         q.release());
        set_timer();
    }
    /// The lookup ends at once; c-ares forgets it when it may, and all when none is left.
    void cancel(id const& who) {
        end(who, ::asio::error::operation_aborted, {});
        if (!waiting_.empty() || channel_ == nullptr) return;
        ares_cancel(channel_);
        set_timer();
    }
    void cancel_all() {
        while (!waiting_.empty()) cancel(id(waiting_.begin()->first));
    }
    void close() {
        closed_ = true;
        cancel_all();
        timer_.cancel();
    }

   private:
    struct query {
        query(cares_channel& c, id w) : channel(c), who(std::move(w)) {}
        cares_channel& channel;
        id who;
    };
    struct socket {
        explicit socket(::asio::any_io_executor const& e) : descriptor(e) {}
        ::asio::posix::stream_descriptor descriptor;
        bool reads = false;
        bool writes = false;
        bool reading = false;
        bool writing = false;
        bool gone = false;
    };

    static std::error_code code_of(int status) {
        switch (status) {
            case ARES_SUCCESS: return {};
            case ARES_ENODATA: return error::no_address;
            case ARES_ENOTFOUND:
            case ARES_ENONAME: return ::asio::error::host_not_found;
            case ARES_ETIMEOUT: return error::timed_out;
            case ARES_ECANCELLED:
            case ARES_EDESTRUCTION: return ::asio::error::operation_aborted;
            case ARES_ENOMEM: return std::make_error_code(std::errc::not_enough_memory);
            case ARES_EBADNAME:
            case ARES_EBADSTR: return std::make_error_code(std::errc::invalid_argument);
            case ARES_ECONNREFUSED: return ::asio::error::connection_refused;
            case ARES_ESERVFAIL:
            case ARES_EREFUSED: return ::asio::error::host_not_found_try_again;
            default: return ::asio::error::no_recovery;
        }
    }

    /// c-ares says so once for each lookup, also when its channel is destroyed.
    static void answered(void* argument, int status, int, ares_addrinfo* found) {
        std::unique_ptr<query> const q(static_cast<query*>(argument));
        address_list list;
        if (status == ARES_SUCCESS && found != nullptr)
            for (auto const* n = found->nodes; n != nullptr; n = n->ai_next)
                if (auto const a = address_of(*n)) list.push_back(*a);
        if (found != nullptr) ares_freeaddrinfo(found);
        auto ec = code_of(status);
        if (!ec && list.empty()) ec = error::no_address;
        q->channel.end(q->who, ec, std::move(list));
    }
    static std::optional<::asio::ip::address> address_of(ares_addrinfo_node const& n) {
        if (n.ai_family == AF_INET && n.ai_addrlen >= sizeof(sockaddr_in)) {
            sockaddr_in in{};
            std::memcpy(&in, n.ai_addr, sizeof in);
            return ::asio::ip::address_v4(ntohl(in.sin_addr.s_addr));
        }
        if (n.ai_family == AF_INET6 && n.ai_addrlen >= sizeof(sockaddr_in6)) {
            sockaddr_in6 in{};
            std::memcpy(&in, n.ai_addr, sizeof in);
            ::asio::ip::address_v6::bytes_type octets;
            std::memcpy(octets.data(), &in.sin6_addr, octets.size());
            return ::asio::ip::address_v6(octets, in.sin6_scope_id);
        }
        return {};
    }
    void end(id const& who, std::error_code ec, address_list list) {
        auto at = waiting_.extract(who);
        if (!at.empty()) at.mapped()(ec, std::move(list));
    }

    /// c-ares opened, closed, or wants something else of a socket. It owns them all: what we wait
    /// with gives its number back before c-ares closes it.
    void watch(ares_socket_t fd, bool reads, bool writes) {
        auto at = sockets_.find(fd);
        if (!reads && !writes) {
            if (at == sockets_.end()) return;
            at->second->gone = true;
            at->second->descriptor.release();
            sockets_.erase(at);
            return;
        }
        if (at == sockets_.end()) {
            auto made = std::make_shared<socket>(strand_);
            std::error_code ec;
            made->descriptor.assign(fd, ec);
            if (ec) return;  // the lookup runs into its time-out
            at = sockets_.emplace(fd, std::move(made)).first;
        }
        at->second->reads = reads;
        at->second->writes = writes;
        wait(fd, at->second);
    }
    void wait(ares_socket_t fd, std::shared_ptr<socket> const& s) {
        if (s->reads && !std::exchange(s->reading, true))
            s->descriptor.async_wait(::asio::posix::stream_descriptor::wait_read,
                                     [weak = weak_from_this(), fd, s](std::error_code ec) {
                                         s->reading = false;
                                         if (auto const me = weak.lock())
                                             me->ready(ec, fd, s, fd, ARES_SOCKET_BAD);
                                     });
        if (s->writes && !std::exchange(s->writing, true))
            s->descriptor.async_wait(::asio::posix::stream_descriptor::wait_write,
                                     [weak = weak_from_this(), fd, s](std::error_code ec) {
                                         s->writing = false;
                                         if (auto const me = weak.lock())
                                             me->ready(ec, fd, s, ARES_SOCKET_BAD, fd);
                                     });
    }
    void ready(std::error_code ec, ares_socket_t fd, std::shared_ptr<socket> const& s,
               ares_socket_t read, ares_socket_t write) {
        if (s->gone || ec == ::asio::error::operation_aborted) return;
        ares_process_fd(channel_, read, write);
        if (!s->gone) wait(fd, s);
        set_timer();
    }
    /// Without a lookup there is no timer: the io_context may run out of work.
    void set_timer() {
        timeval room{};
        auto const* const next = ares_timeout(channel_, nullptr, &room);
        if (next == nullptr) {
            timer_.cancel();
            return;
        }
        timer_.expires_after(std::chrono::seconds(next->tv_sec) +
                             std::chrono::microseconds(next->tv_usec));
        timer_.async_wait([weak = weak_from_this()](std::error_code ec) {
            auto const me = weak.lock();
            if (ec || !me || me->closed_) return;
            ares_process_fd(me->channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
            me->set_timer();
        });
    }

    ::asio::strand<::asio::any_io_executor> strand_;
    ::asio::steady_timer timer_;
    ares_channel channel_ = nullptr;
    std::map<id, done> waiting_{};
    std::map<ares_socket_t, std::shared_ptr<socket>> sockets_{};
    bool closed_ = false;
};

}  // namespace detail

/// Resolves names by c-ares: asynchronous queries over UDP (TCP for long answers), many at once,
/// after a look into the system's hosts file; A and AAAA in the order of RFC 6724, as the system
/// has it. Any thread may call, also to destroy it: lookups under way end with `operation_aborted`.
///
///     auto resolver = cares_resolver::make(io.get_executor());
///     if (resolver) options.resolve = resolver->policy();
class cares_resolver {
   public:
    /// @param executor of the sockets and the timer.
    /// @return `invalid_argument` and the like where c-ares does not take the options.
    [[nodiscard]] static wire::result<cares_resolver> make(::asio::any_io_executor const& executor,
                                                           cares_options const& options = {}) {
        auto channel = std::make_shared<detail::cares_channel>(executor);
        if (auto const ec = channel->open(options)) return wire::failure{ec, 0, "resolver"};
        return cares_resolver(std::move(channel));
    }
    cares_resolver(cares_resolver&&) noexcept = default;
    cares_resolver& operator=(cares_resolver&& other) noexcept {
        if (this != &other) close(std::exchange(channel_, std::move(other.channel_)));
        return *this;
    }
    ~cares_resolver() { close(std::move(channel_)); }

    /// Looks a name up. Cancelled (any type) it ends at once; so does `cancel`.
    /// @param token of `void(std::error_code, address_list)`.
    /// @return `host_not_found` (no such name), `no_address` (a name of others), `timed_out` (no
    ///         server answers), `host_not_found_try_again` (no server can; some versions of c-ares
    ///         say `connection_refused` then, too), `operation_aborted`.
    template <class Token>
    auto async_resolve(std::string host, Token&& token) {
        return start(channel_, std::move(host), std::forward<Token>(token));
    }
    /// Ends all lookups.
    void cancel() {
        ::asio::dispatch(channel_->strand(), [c = channel_] { c->cancel_all(); });
    }
    /// For `connect_options::resolve`. Behind this object's end, it says `operation_aborted`.
    [[nodiscard]] resolve_function policy() const {
        return [weak = std::weak_ptr(channel_)](::asio::ip::tcp::socket::executor_type,
                                                std::string host) {
            return look_up(weak, std::move(host));
        };
    }

   private:
    using channel_ptr = std::shared_ptr<detail::cares_channel>;
    explicit cares_resolver(channel_ptr c) : channel_(std::move(c)) {}

    static void close(channel_ptr c) {
        if (!c) return;
        auto const strand = c->strand();
        ::asio::dispatch(strand, [c = std::move(c)] { c->close(); });
    }
    template <class Token>
    static auto start(channel_ptr channel, std::string host, Token&& token) {
        return ::asio::async_initiate<Token, void(std::error_code, address_list)>(
            [](auto&& handler, channel_ptr c, std::string name) {
                auto const who = std::make_shared<detail::cares_channel::ticket>();
                detail::cares_channel::done done(c->strand(),
                                                 std::forward<decltype(handler)>(handler),
                                                 [weak = std::weak_ptr(c), who] {
                                                     if (auto const me = weak.lock())
                                                         me->cancel(who);
                                                 });
                auto const strand = c->strand();
                ::asio::dispatch(strand, [c = std::move(c), who, name = std::move(name),
                                          done = std::move(done)]() mutable {
                    c->start(who, name, std::move(done));
                });
            },
            token, std::move(channel), std::move(host));
    }
    static ::asio::awaitable<wire::result<address_list>> look_up(
        std::weak_ptr<detail::cares_channel> weak, std::string host) {
        auto channel = weak.lock();
        std::error_code ec = ::asio::error::operation_aborted;
        if (!channel) co_return wire::failure{ec, 0, "host"};
        auto list = co_await start(std::move(channel), std::move(host), detail::into(ec));
        if (ec) co_return wire::failure{ec, 0, "host"};
        co_return list;
    }

    channel_ptr channel_;
};

}  // namespace msrp::inline v0::transport

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
