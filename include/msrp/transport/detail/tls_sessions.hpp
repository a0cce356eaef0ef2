// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// tls_sessions.hpp - TLS sessions to be resumed: a client's bounded store, a server's ticket keys.
#pragma once

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <msrp/transport/certificate.hpp>

namespace msrp::inline v0::transport::detail {

using session_ptr = std::unique_ptr<SSL_SESSION, openssl_free<SSL_SESSION_free>>;

/// What a context remembers: as a client sessions, as a server nothing but keys, since its tickets
/// are kept by the clients. A session is resumed until `lifetime` after the handshake in which the
/// certificates were presented, however often it was renewed meanwhile. Any thread may call.
class tls_sessions {
   public:
    using seconds = std::chrono::seconds;

    /// @param lifetime 1 s to 7 days (RFC 8446, 4.6.1). @param capacity sessions of a client.
    tls_sessions(seconds lifetime, std::size_t capacity) noexcept
        : lifetime_(lifetime), capacity_(capacity) {}
    tls_sessions(tls_sessions const&) = delete;
    tls_sessions& operator=(tls_sessions const&) = delete;

    static seconds now() noexcept { return seconds(std::time(nullptr)); }
    /// A clock that was set back does not lengthen a life.
    [[nodiscard]] bool alive(seconds born, seconds at) const noexcept {
        return born <= at && at - born < lifetime_;
    }

    // --- client ---

    /// OpenSSL spoils the session of a connection that ends without close_notify, as a lost one
    /// does; TLS 1.2 and later may resume it (RFC 5246, 7.2.1), so we keep copies.
    [[nodiscard]] static session_ptr copy_of(SSL_SESSION* s) {
        return session_ptr(SSL_SESSION_dup(s));
    }
    struct entry {
        std::string key;
        session_ptr session;
        seconds born{};
    };
    /// Linear in `capacity`, as the two below.
    void put(entry e) {
        if (!e.session || SSL_SESSION_is_resumable(e.session.get()) != 1) return;
        std::lock_guard const lock(mutex_);
        drop_old();
        std::size_t others = 0;
        std::erase_if(entries_, [&](entry const& o) {
            return o.key == e.key && ++others >= sessions_of_a_place;
        });
        entries_.push_front(std::move(e));
        if (entries_.size() > capacity_) entries_.pop_back();
    }
    /// The newest. One of TLS 1.3 is used once, and gone (RFC 8446, C.4).
    [[nodiscard]] std::optional<entry> take(std::string const& key) {
        std::lock_guard const lock(mutex_);
        drop_old();
        auto const at = std::find_if(entries_.begin(), entries_.end(),
                                     [&](entry const& e) { return e.key == key; });
        if (at == entries_.end()) return {};
        if (SSL_SESSION_get_protocol_version(at->session.get()) < TLS1_3_VERSION)
            return entry{key, copy_of(at->session.get()), at->born};
        std::optional<entry> out(std::move(*at));
        entries_.erase(at);
        return out;
    }
    void forget(std::string const& key) {
        std::lock_guard const lock(mutex_);
        std::erase_if(entries_, [&](entry const& e) { return e.key == key; });
    }
    void forget_all() {
        std::lock_guard const lock(mutex_);
        entries_.clear();
    }
    [[nodiscard]] std::size_t size() {
        std::lock_guard const lock(mutex_);
        drop_old();
        return entries_.size();
    }

    // --- server ---

    /// OpenSSL's callback for the key of a ticket. A new key is taken when one is as old as a
    /// session may get, and the one before it is forgotten: who takes a key out of our memory can
    /// read what was resumed under it, and no more (forward secrecy of TLS 1.2, TLS-14.2-1).
    int ticket_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                   EVP_MAC_CTX* mac, bool encrypts) {
        std::lock_guard const lock(mutex_);
        auto const t = now();
        if (!keys_[0].used || !alive(keys_[0].born, t)) {
            keys_[1] = keys_[0];
            keys_[0] = {};
            if (RAND_bytes(keys_[0].octets.data(), ticket_secret::size) != 1) return -1;
            keys_[0].born = t;
            keys_[0].used = true;
        }
        if (encrypts) {
            if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return -1;
            std::copy_n(keys_[0].name(), ticket_secret::name_size, name);
            return keys_[0].start(cipher, mac, iv, true) ? 1 : -1;
        }
        for (auto& k : keys_) {
            if (!k.used || !std::equal(name, name + ticket_secret::name_size, k.name())) continue;
            if (!k.start(cipher, mac, iv, false)) return -1;
            // 2: give the client another ticket; of TLS 1.3 each is used once.
            return &k != &keys_[0] || SSL_version(ssl) >= TLS1_3_VERSION ? 2 : 1;
        }
        return 0;
    }
    /// Notes in a session when its certificates were presented, unless that is noted already.
    static bool note_birth(SSL_SESSION* s) noexcept {
        if (birth_of(s)) return true;
        auto const t = static_cast<std::int64_t>(now().count());
        return SSL_SESSION_set1_ticket_appdata(s, &t, sizeof t) == 1;
    }
    [[nodiscard]] static std::optional<seconds> birth_of(SSL_SESSION* s) noexcept {
        void* data = nullptr;
        std::size_t size = 0;
        std::int64_t t = 0;
        if (SSL_SESSION_get0_ticket_appdata(s, &data, &size) != 1 || size != sizeof t) return {};
        std::memcpy(&t, data, sizeof t);
        return seconds(t);
    }

   private:
    /// The tickets of one handshake (OpenSSL sends two); more would push others out.
    static constexpr std::size_t sessions_of_a_place = 2;

    struct ticket_secret {
        static constexpr std::size_t name_size = 16;
        static constexpr std::size_t key_size = 32;
        static constexpr int size = name_size + 2 * key_size;
        std::array<unsigned char, size> octets{};
        seconds born{};
        bool used = false;

        ticket_secret() = default;
        ticket_secret(ticket_secret const&) = default;
        ticket_secret& operator=(ticket_secret const&) = default;
        ~ticket_secret() { OPENSSL_cleanse(octets.data(), octets.size()); }

        [[nodiscard]] unsigned char const* name() const noexcept { return octets.data(); }
        [[nodiscard]] bool start(EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, unsigned char const* iv,
                                 bool encrypts) {
            char digest[] = "SHA256";
            OSSL_PARAM const params[] = {
                OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, octets.data() + name_size,
                                                  key_size),
                OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                OSSL_PARAM_construct_end()};
            return EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), nullptr,
                                     octets.data() + name_size + key_size, iv,
                                     encrypts ? 1 : 0) == 1 &&
                   EVP_MAC_CTX_set_params(mac, params) == 1;
        }
    };

    void drop_old() {
        auto const t = now();
        std::erase_if(entries_, [&](entry const& e) {
            // The server may have said a shorter time; zero: it has said none.
            auto const hint = SSL_SESSION_get_ticket_lifetime_hint(e.session.get());
            auto const since = t.count() - SSL_SESSION_get_time(e.session.get());
            return !alive(e.born, t) || since < 0 ||
                   (hint != 0 && static_cast<unsigned long>(since) >= hint);
        });
    }

    std::mutex mutex_{};
    seconds const lifetime_;
    std::size_t const capacity_;
    std::list<entry> entries_{};  ///< the newest first
    std::array<ticket_secret, 2> keys_{};
};

/// What one client connection does with sessions; lives in its SSL object. No session is kept
/// before the peer's certificate was judged.
class session_seat {
   public:
    session_seat(std::shared_ptr<tls_sessions> store, std::string key)
        : store_(std::move(store)), key_(std::move(key)) {}

    /// Before the handshake.
    void offer(SSL* ssl) {
        auto const e = store_->take(key_);
        if (e && e->session && SSL_set_session(ssl, e->session.get()) == 1) offered_ = e->born;
    }
    /// OpenSSL has a session: under TLS 1.2 within the handshake, under TLS 1.3 when a ticket is
    /// read behind it.
    void arrived(SSL_SESSION* s) {
        if (state_ == state::approved)
            store_->put({key_, tls_sessions::copy_of(s), born_});
        else if (state_ == state::open)
            pending_ = tls_sessions::copy_of(s);
    }
    /// The handshake is over, and the certificate is the right one.
    void approve(SSL* ssl) {
        state_ = state::approved;
        born_ = SSL_session_reused(ssl) == 1 && offered_ ? *offered_ : tls_sessions::now();
        if (pending_) store_->put({key_, std::move(pending_), born_});
    }
    /// Nothing of this connection is kept, nor what was there for its like: its peer is the wrong
    /// one, or it ended by a fatal alert.
    void refuse() {
        state_ = state::refused;
        pending_.reset();
        store_->forget(key_);
    }

   private:
    enum class state : unsigned char { open, approved, refused };
    std::shared_ptr<tls_sessions> store_;
    std::string key_;
    std::optional<tls_sessions::seconds> offered_{};
    tls_sessions::seconds born_{};
    session_ptr pending_{};
    state state_ = state::open;
};

/// Places in OpenSSL's objects, which then own what is put there. Their numbers are OpenSSL's.
template <class T>
void free_extra(void*, void* data, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<T*>(data);
}
using sessions_holder = std::shared_ptr<tls_sessions>;
inline int sessions_place() {
    static int const index = CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL_CTX, 0, nullptr, nullptr,
                                                     nullptr, free_extra<sessions_holder>);
    return index;
}
inline int seat_place() {
    static int const index = CRYPTO_get_ex_new_index(CRYPTO_EX_INDEX_SSL, 0, nullptr, nullptr,
                                                     nullptr, free_extra<session_seat>);
    return index;
}
/// Null: the context resumes nothing.
inline sessions_holder sessions_of(SSL_CTX const* ctx) {
    auto const* const h =
        static_cast<sessions_holder const*>(SSL_CTX_get_ex_data(ctx, sessions_place()));
    return h != nullptr ? *h : nullptr;
}

/// OpenSSL's callbacks; nothing is thrown through it.
struct session_callbacks {
    static int on_new(SSL* ssl, SSL_SESSION* s) {
        auto* const seat = static_cast<session_seat*>(SSL_get_ex_data(ssl, seat_place()));
        try {
            if (seat != nullptr) seat->arrived(s);
        } catch (...) {
            return 0;  // no memory: it is not kept
        }
        return 0;  // OpenSSL's reference remains its own
    }
    static void on_info(SSL const* ssl, int where, int what) {
        if ((where & SSL_CB_ALERT) != 0 && (what >> 8) == SSL3_AL_FATAL)
            if (auto* const seat = static_cast<session_seat*>(SSL_get_ex_data(ssl, seat_place())))
                seat->refuse();
        auto const users = SSL_CTX_get_info_callback(SSL_get_SSL_CTX(ssl));
        if (users != nullptr) users(ssl, where, what);
    }
    static int on_key(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                      EVP_MAC_CTX* mac, int encrypts) {
        auto const* const h = static_cast<sessions_holder const*>(
            SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), sessions_place()));
        if (h == nullptr) return 0;
        return (*h)->ticket_key(ssl, name, iv, cipher, mac, encrypts != 0);
    }
    static int on_issue(SSL* ssl, void*) {
        return tls_sessions::note_birth(SSL_get_session(ssl)) ? 1 : 0;
    }
    static SSL_TICKET_RETURN on_ticket(SSL*, SSL_SESSION* s, unsigned char const*, std::size_t,
                                       SSL_TICKET_STATUS status, void* sessions) {
        if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW)
            return SSL_TICKET_RETURN_IGNORE_RENEW;
        auto const born = tls_sessions::birth_of(s);
        if (!born || !static_cast<tls_sessions*>(sessions)->alive(*born, tls_sessions::now()))
            return SSL_TICKET_RETURN_IGNORE_RENEW;
        return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
    }
};

/// Lets a context resume. @return false where OpenSSL refuses.
inline bool enable_resumption(SSL_CTX* ctx, std::chrono::seconds lifetime, std::size_t capacity) {
    auto holder =
        std::make_unique<sessions_holder>(std::make_shared<tls_sessions>(lifetime, capacity));
    auto* const sessions = holder->get();
    if (SSL_CTX_set_ex_data(ctx, sessions_place(), holder.get()) != 1) return false;
    (void)holder.release();
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, session_callbacks::on_new);
    SSL_CTX_set_timeout(ctx, static_cast<long>(lifetime.count()));
    return SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, session_callbacks::on_key) == 1 &&
           SSL_CTX_set_session_ticket_cb(ctx, session_callbacks::on_issue,
                                         session_callbacks::on_ticket, sessions) == 1;
}

}  // namespace msrp::inline v0::transport::detail
