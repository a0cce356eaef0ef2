// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// sdp_media.hpp - what a description says of an MSRP session, in an m=message block or a data
// channel: read it, judge it, write it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include <msrp/accept_types.hpp>
#include <msrp/path.hpp>
#include <msrp/uri.hpp>
#include <sdp/chatroom.hpp>
#include <sdp/data_channel.hpp>
#include <sdp/description.hpp>
#include <sdp/direction.hpp>
#include <sdp/file.hpp>
#include <sdp/fingerprint.hpp>
#include <sdp/media.hpp>
#include <sdp/serializer.hpp>
#include <sdp/setup.hpp>
#include <wire/decimal.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// `proto` of an MSRP m= line (RFC 4975, 8.1; SDP-8.1-1).
enum class media_proto : std::uint8_t {
    tcp_msrp,      ///< "TCP/MSRP"
    tcp_tls_msrp,  ///< "TCP/TLS/MSRP"
    data_channel,  ///< a data channel with the subprotocol "msrp" (RFC 8873)
    other,         ///< kept, not usable
};

enum class severity : std::uint8_t {
    note,     ///< nothing is wrong
    warning,  ///< something is wrong and was passed over
    error,    ///< the media description cannot be used
};

/// What a finding is about.
enum class finding_code : std::uint8_t {
    not_message,             ///< the media type is not "message": nothing of MSRP is judged
    unknown_proto,           ///< neither TCP/MSRP nor TCP/TLS/MSRP
    port_zero,               ///< rejected or removed
    format_not_star,         ///< the format list is not "*"
    path_absent,             ///< no a=path
    path_malformed,          ///< an a=path that is no path
    path_ip_without_port,    ///< a numeric address without a port in a=path (URI-6-2)
    path_without_port,       ///< a URI without a port (SDP-8.2-1)
    path_port_zero,          ///< a URI with the port 0: nobody can be reached there (SDP-8.2-1)
    path_without_session,    ///< the last URI has no session-id: it is of no session (SDP-8.2-1)
    path_repeated,           ///< several a=path: merged in their order (section 21 #7)
    path_too_long,           ///< more URIs than `media_options::max_path_uris`
    scheme_mismatch,         ///< the scheme does not fit the proto (SDP-8.2-2)
    port_differs,            ///< the m= port is that of no URI of the path
    transport_not_tcp,       ///< the URI to connect to asks for another transport (URI-7977-1)
    accept_types_absent,     ///< no a=accept-types (SDP-8.6-1)
    accept_types_malformed,  ///< an a=accept-types that is no list of types
    accept_wrapped_types_malformed,
    max_size_malformed,      ///< not digits
    max_size_too_large,      ///< over 2^64-1: as if there were no limit
    setup_unknown,           ///< as if absent
    setup_holdconn,          ///< as if absent (ALT-4.2.1-1)
    cema_with_value,         ///< a=msrp-cema has a value: as if absent
    fingerprint_malformed,   ///< passed over
    fingerprint_unusable,    ///< a weak or unknown hash function: passed over
    fingerprints_too_many,   ///< of the function chosen more than `sdp::fingerprint_set` holds
    attribute_repeated,      ///< the first one counts
    connection_absent,       ///< no c= line (only by leniency)
    connection_family,       ///< a numeric address of another family than the address type says
    connection_brackets,     ///< an IPv6 address in brackets, which c= has none of
    connection_attribute,    ///< a=connection means nothing to MSRP (ALT-4.4-1)
    container_absent,        ///< accept-wrapped-types, but no container in accept-types (SDP-8.6-3)
    wrapped_types_repeat,    ///< accept-wrapped-types repeats accept-types (SDP-8.6-3)
    chatroom_malformed,      ///< as if absent
    chatroom_repeated,       ///< a token stands twice in a=chatroom (CHAT-8-1)
    file_malformed,          ///< a file attribute: as if absent (RFC 5547)
    file_selector_repeated,  ///< a second name, size or type of a file was passed over
    file_hash_size,          ///< a hash of the file has not the size its algorithm gives
    file_selector_absent,    ///< file attributes, but no a=file-selector (FT-5-1)
    file_selector_empty,     ///< an empty a=file-selector beside other file attributes (FT-5-1)
    file_transfer_id_absent,  ///< file attributes, but no a=file-transfer-id (FT-5-1)
    // Data channels (RFC 8873).
    channel_unreliable,       ///< max-retr, max-time or ordered=false (DC-3-1)
    channel_option_repeated,  ///< an option of a=dcmap stands twice, the first one counts
    channel_cema_absent,      ///< no msrp-cema (DC-4.4-1)
    channel_setup_absent,     ///< no setup, or one that counts as absent (DC-4.4-1, DC-4.5-1)
    channel_scheme,           ///< a URI of the path is not msrps (DC-4.2-1)
    channel_transport,        ///< the peer's own URI is not for a data channel (DC-4.2-1)
};

/// "note", "warning", "error".
[[nodiscard]] constexpr std::string_view to_text(severity how) noexcept;
/// The name of a code as it stands above: "path_absent". For the sentence see `finding::text`.
[[nodiscard]] constexpr std::string_view to_text(finding_code code) noexcept;

/// One thing seen while reading a media description.
struct finding {
    msrp::severity severity = msrp::severity::note;
    finding_code code{};
    std::size_t line = 0;     ///< number of the line it is about, from 1
    std::string_view text{};  ///< one sentence for a person, from static storage
};

/// The findings of one media description, in the order they were seen; up to 32, no allocation.
/// Where the list is full, a code that is not in it still gets in, in the place of one that is
/// there twice; and an error, where there is none. Fewer codes than 32 can be found in one media
/// description, so each that was found is in the list.
class finding_list {
   public:
    static constexpr std::size_t capacity = 32;
    finding_list() noexcept {}  // NOLINT: see items_
    finding_list(finding_list const& other) noexcept { *this = other; }
    finding_list& operator=(finding_list const& other) noexcept {
        if (this == &other) return *this;
        size_ = other.size_;
        truncated_ = other.truncated_;
        for (std::size_t i = 0; i < size_; ++i) std::construct_at(&items_[i], other.items_[i]);
        return *this;
    }
    [[nodiscard]] finding const* begin() const noexcept { return items_.data(); }
    [[nodiscard]] finding const* end() const noexcept { return items_.data() + size_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// There were more than fit.
    [[nodiscard]] bool truncated() const noexcept { return truncated_; }
    [[nodiscard]] bool contains(finding_code code) const noexcept { return find(code) != nullptr; }
    /// The first finding of a code; nullptr where there is none.
    [[nodiscard]] finding const* find(finding_code code) const noexcept;
    /// The first error; nullptr where there is none.
    [[nodiscard]] finding const* first_error() const noexcept;

   private:
    friend class sdp_media;
    void add(finding_code code, std::size_t line, msrp::severity how) noexcept;
    union {  // only the first `size_` are there: most often none
        std::array<finding, capacity> items_;
    };
    std::size_t size_ = 0;
    bool truncated_ = false;
};

/// How a media description is judged. All departures are off by default.
struct media_options {
    /// Leniency of SDP-8.2-2: where scheme and proto disagree, the scheme of the path rules the
    /// connection (a warning instead of an error).
    bool scheme_rules = false;
    /// SHA-1 and SHA-224 fingerprints count where there is nothing better.
    bool accept_weak_fingerprints = false;
    /// Leniency: several SP between the URIs of a path.
    bool several_blanks = false;
    /// Leniency: an IPv6 address without brackets in a URI of a path; see `read_uri`.
    bool ipv6_without_brackets = false;
    /// URIs in the whole path.
    std::size_t max_path_uris = 64;
    /// MSRP data channels looked at in one media description; each costs a walk over its lines.
    std::size_t max_channels = 32;
};

/// What a media description says about an MSRP session. A view: it lives as long as the text of the
/// description. Never fails: what is malformed is absent here and among the findings.
///
/// A media description that is not m=message (audio, or one for data channels) is read, too, but it
/// is not usable and nothing of MSRP is judged: beside the note `not_message` only what is
/// malformed, repeated or too much is a finding, and what c= is wrong in; none is an error.
class sdp_media {
    class key {};

   public:
    /// Reads one media description. Linear, no allocation. Where it has no fingerprint of its own
    /// and the session several, it costs a walk over those too.
    [[nodiscard]] static sdp_media read(sdp::media_view const& media,
                                        media_options const& options = {}) noexcept;
    /// Reads what one data channel of a media description says: the attributes in its a=dcsa lines,
    /// judged as RFC 8873 has it. What the media description says for itself (setup, fingerprints,
    /// direction) is about DTLS and SCTP and not looked at (DC-4.5-1). accept-types may be absent:
    /// then `accepts` says no to everything. Linear, no allocation.
    /// @param line the a=dcmap line, @param channel what it says; see `for_each_msrp_channel`.
    [[nodiscard]] static sdp_media read_channel(sdp::media_view const& media,
                                                sdp::attribute const& line,
                                                sdp::data_channel const& channel,
                                                media_options const& options = {}) noexcept;

    /// Not to be called: see `read`.
    template <class Make, class Walk>
    sdp_media(key, Make const& make, Walk const& walk, media_options const& options) noexcept
        : media_(make()) {
        read_block(walk, options);
    }

    [[nodiscard]] sdp::media_view const& media() const noexcept { return media_; }
    [[nodiscard]] std::size_t index() const noexcept { return media_.index(); }
    [[nodiscard]] std::uint16_t port() const noexcept { return media_.port(); }
    [[nodiscard]] media_proto proto() const noexcept { return proto_; }
    /// Where it is one: the data channel. Then the port, the c= line and the fingerprints of the
    /// media description are those of the SCTP association.
    [[nodiscard]] std::optional<sdp::data_channel> const& channel() const noexcept {
        return channel_;
    }
    /// The c= line that applies: its own, else the session's.
    [[nodiscard]] std::optional<sdp::connection> const& connection() const noexcept {
        return connection_;
    }

    /// All is there and fits: it is of MSRP, and no finding is an error.
    [[nodiscard]] bool usable() const noexcept {
        return !foreign_ && findings_.first_error() == nullptr;
    }
    /// Why not, in one sentence; empty where usable.
    [[nodiscard]] std::string_view reason() const noexcept;
    [[nodiscard]] finding_list const& findings() const noexcept { return findings_; }

    /// The next connection is TLS: by the proto; where that is unknown or the leniency
    /// `scheme_rules` is on, by the scheme of the path's first URI. Ask only where usable.
    [[nodiscard]] bool tls() const noexcept { return tls_; }

    // The path (SDP-8.2-1): the URIs of all a=path lines, in order.

    /// How many URIs; 0 where there is no path or any a=path is malformed.
    [[nodiscard]] std::size_t path_size() const noexcept { return path_size_; }
    /// More than one URI: the peer uses a relay (RFC 6714).
    [[nodiscard]] bool uses_relay() const noexcept { return path_size_ > 1; }
    /// The first URI: whom to connect to, whatever c= and m= say, and however many m= lines share a
    /// port (SDP-8.1-3). Nothing without a path.
    [[nodiscard]] std::optional<uri> const& next_hop() const noexcept { return front_; }
    /// The last URI: the peer's own. Nothing without a path.
    [[nodiscard]] std::optional<uri> const& far_end() const noexcept {
        return path_size_ == 1 ? front_ : back_;
    }
    /// Calls `f(uri)` for each URI from the left until it returns false. Linear, no allocation.
    template <class F>
    void for_each_uri(F&& f) const;
    /// The merged path, copied. Nothing without a path.
    template <class Allocator = std::allocator<char>>
    [[nodiscard]] std::optional<basic_path<Allocator>> path(
        Allocator const& allocator = Allocator()) const;

    // Content types (SDP-8.6-1 to -4).

    [[nodiscard]] std::optional<accept_types_view> const& accept_types() const noexcept {
        return accept_types_;
    }
    [[nodiscard]] std::optional<accept_types_view> const& accept_wrapped_types() const noexcept {
        return accept_wrapped_types_;
    }
    /// May a message of this media type be sent to the peer (SDP-8.6-2)? Where the answer is no for
    /// every type that this side knows, the offer is to be refused (SDP-8.6-5).
    /// @param wrapped it is inside a container; else it is the whole message's type.
    [[nodiscard]] bool accepts(std::string_view media_type, bool wrapped = false) const noexcept {
        if (accept_types_ && accept_types_->accepts(media_type)) return true;
        return wrapped && accept_wrapped_types_ && accept_wrapped_types_->accepts(media_type);
    }

    /// a=max-size in octets (SDP-8.6-6); nothing where absent, malformed or over 2^64-1.
    [[nodiscard]] std::optional<std::uint64_t> max_size() const noexcept { return max_size_; }
    /// a=msrp-cema stands at media level (CEMA-4.2-1).
    [[nodiscard]] bool cema() const noexcept { return cema_; }
    /// As received, holdconn included; see `sdp::offered_setup` and `sdp::answered_setup`.
    [[nodiscard]] std::optional<sdp::setup> setup() const noexcept { return setup_; }
    /// Its own, else the session's, else sendrecv: of messages with content of the user
    /// (SDP-8.9-1).
    [[nodiscard]] sdp::direction direction() const noexcept { return direction_; }
    /// The fingerprints the peer's certificate must match; empty where no usable one is given.
    [[nodiscard]] sdp::fingerprint_set const& fingerprints() const noexcept {
        return fingerprints_;
    }
    /// There is an a=fingerprint, usable or not. With none usable, TLS by fingerprint must fail
    /// rather than go on unchecked (TLS-8122-2).
    [[nodiscard]] bool has_fingerprint() const noexcept { return has_fingerprint_; }

    /// The file attributes (RFC 5547); `file().has()` where there are any. See
    /// `sdp::check_file_offer` and `sdp::check_file_answer`.
    [[nodiscard]] sdp::file_attributes const& file() const noexcept {
        return file_ ? *file_ : sdp::detail::no_file_attributes;
    }
    /// a=chatroom at media level (CHAT-8-1); nothing where absent or malformed.
    [[nodiscard]] std::optional<sdp::chatroom> const& chatroom() const noexcept {
        return chatroom_;
    }

   private:
    friend std::optional<sdp_media> find_sdp_media(sdp::description_view const& description,
                                                   media_options const& options) noexcept;
    explicit sdp_media(sdp::media_view const& media) noexcept : media_(media) {}
    struct seen_names;
    template <class Walk>
    void read_block(Walk const& walk, media_options const& options) noexcept;
    template <class F>
    void for_each_attribute(F&& f) const;
    void read_file(sdp::attribute const& a, seen_names& seen) noexcept;
    void finish_file(std::size_t absent_line, seen_names const& seen) noexcept;
    void finish_fingerprints(seen_names const& seen) noexcept;
    void read_chatroom(sdp::attribute const& a) noexcept;
    void finish_types(seen_names const& seen) noexcept;
    void finish_path(seen_names const& seen) noexcept;
    void judge_channel(std::size_t line, media_options const& options,
                       seen_names const& seen) noexcept;
    void read_attribute(sdp::attribute const& a, media_options const& options,
                        seen_names& seen) noexcept;
    bool read_plain_path(std::string_view text, std::size_t most, seen_names& seen) noexcept;
    void read_path_line(sdp::attribute const& a, media_options const& options,
                        seen_names& seen) noexcept;
    void read_setup(sdp::attribute const& a) noexcept;
    void read_fingerprint(sdp::attribute const& a, media_options const& options,
                          seen_names& seen) noexcept;
    void judge_connection() noexcept;
    void judge(media_options const& options, seen_names const& seen) noexcept;
    void note(finding_code code, std::size_t line, severity how) noexcept {
        if (foreign_ && how == severity::error) how = severity::warning;
        findings_.add(code, line, how);
    }

    sdp::media_view media_;
    media_proto proto_ = media_proto::other;
    bool foreign_ = false;  ///< neither m=message nor a data channel
    bool tls_ = false;
    bool cema_ = false;
    bool has_fingerprint_ = false;
    path_options path_options_{};
    sdp::direction direction_ = sdp::direction::sendrecv;
    std::size_t path_size_ = 0;
    std::optional<uri> front_{};
    std::optional<uri> back_{};  ///< where it is not the first
    std::optional<sdp::connection> connection_{};
    std::optional<accept_types_view> accept_types_{};
    std::optional<accept_types_view> accept_wrapped_types_{};
    std::optional<std::uint64_t> max_size_{};
    std::optional<sdp::setup> setup_{};
    sdp::fingerprint_set fingerprints_{};
    std::optional<sdp::data_channel> channel_{};
    std::optional<sdp::chatroom> chatroom_{};
    std::optional<sdp::file_attributes> file_{};  ///< large, and most have none
    finding_list findings_{};
};

/// The first usable MSRP media description; else the first m=message one, which says why it is not;
/// nothing where there is no m=message at all. Linear.
[[nodiscard]] inline std::optional<sdp_media> find_sdp_media(
    sdp::description_view const& description, media_options const& options = {}) noexcept;

/// Calls `f(sdp_media)` for each data channel with the subprotocol "msrp" in a media description
/// for data channels (RFC 8873; DC-3-1), in order, until it returns false; at most
/// `options.max_channels` of them. Malformed a=dcmap lines are passed over: see
/// `sdp::for_each_data_channel`.
template <class F>
void for_each_msrp_channel(sdp::media_view const& media, F&& f, media_options const& options = {});

/// What an endpoint wants to say in its m=message block. Views: they must live until the text is
/// written. `path` is the only member without a default.
struct media_spec {
    path_view path;  ///< own relay first, own session URI last; each URI with a port
    /// For c= and the port of m=: those of the own URI (SDP-8.1-2), with CEMA those of the relay if
    /// one is used (CEMA-4.2-2). A name, or a numeric address without brackets.
    std::string_view host{};
    std::uint16_t port = 0;  ///< 0 rejects; 9 where setup is active (SDP-4145-2)
    bool tls = false;
    bool cema = false;
    std::optional<sdp::setup> setup{};                 ///< never holdconn (ALT-4.2.1-1)
    std::span<sdp::fingerprint const> fingerprints{};  ///< own certificate's
    /// A format-list, with what everyone takes in it: message/cpim, multipart/mixed and
    /// /alternative (SDP-7.3.1-1).
    std::string_view accept_types = "*";
    std::string_view accept_wrapped_types{};  ///< a format-list; empty: none
    std::optional<std::uint64_t> max_size{};  ///< octets
    sdp::direction direction = sdp::direction::sendrecv;
};

/// Is the spec one that may be written? @return success, or `sdp::error::illegal_value` with the
/// line it is about: a scheme that does not fit `tls` (SDP-8.2-2), a URI without a port or with the
/// port 0, also where `port` is 0 (SDP-8.2-1), or with a password (URI-6-4), setup:holdconn, a hash
/// function that may not be used, fingerprints of SHA-1 or SHA-224 alone (RFC 8122, 5.1: SHA-256 or
/// a stronger one is among them), malformed type lists.
///
/// Not refused, since they are advice and harm nobody: setup:active with another port than 9 (RFC
/// 4145, 4: it SHOULD be 9, and the peer does not look at it), and types that stand in both lists
/// (SDP-8.6-3: they say nothing new; a reader notes `wrapped_types_repeat`).
[[nodiscard]] inline wire::result<void> check_media_spec(media_spec const& spec) noexcept;

/// Writes the m= line and what belongs to it. @param own_connection writes the media's own c= line.
template <class Allocator>
wire::result<void> write_media(sdp::basic_description_writer<Allocator>& out,
                               media_spec const& spec, bool own_connection = false);

/// A whole description with one media description: v=, o=, s=-, c=, t=0 0, m=, a=.
/// @param session_id,version the numbers of o=: never made up here; a clock or a counter of the
///        caller's gives them (RFC 8866, 5.2). Keep both for answers and updates (SDP-3264-2). At
///        most 2^63 - 1 each (RFC 3264, 5; a first version below 2^62 - 1).
/// @return the description; `sdp::error::illegal_value` as `check_media_spec`, and with the field
///         "o=" where a number is larger.
template <class Allocator = std::allocator<char>>
[[nodiscard]] wire::result<sdp::basic_description<Allocator>> make_description(
    std::uint64_t session_id, std::uint64_t version, media_spec const& spec,
    Allocator const& allocator = Allocator());

// Implementation.

namespace detail {

/// A URI of which `plain_uri_size` says that it is one: where its port is.
struct plain_uri {
    std::string_view text;
    std::size_t port_at;
    std::size_t port_end;
    std::uint16_t port_number;

    [[nodiscard]] MSRPKIT_ALWAYS_INLINE static plain_uri find(std::string_view text) noexcept {
        auto const start = 8 + sdp::detail::find_near(sdp::detail::part_of(text, 8), ':') + 1;
        unsigned number = 0;
        auto at = start;
        for (; text[at] != '/'; ++at) number = number * 10 + static_cast<unsigned>(text[at] - '0');
        return {text, start, at, static_cast<std::uint16_t>(number)};
    }
    /// All of it, made in its place, for it is long.
    void split(std::optional<uri>& out) const noexcept {
        using sdp::detail::part_of;
        bool const secure = text[4] == 's';
        std::size_t const host_at = secure ? 8 : 7;
        auto const host = part_of(text, host_at, port_at - 1 - host_at);
        auto const ip = wire::digit.contains(host[0]) ? wire::parse_ipv4(host) : std::nullopt;
        auto const behind_port = port_end + 1;
        out.emplace(text, secure ? uri_scheme::msrps : uri_scheme::msrp, std::string_view{}, host,
                    ip ? host_kind::ipv4 : host_kind::name, ip.value_or(wire::ip_address()),
                    part_of(text, port_at, port_end - port_at), port_number,
                    part_of(text, behind_port, text.size() - 4 - behind_port),
                    part_of(text, text.size() - 3), part_of(text, text.size()), false);
    }
};

[[nodiscard]] constexpr std::string_view finding_text(finding_code code) noexcept {
    switch (code) {
        case finding_code::not_message: return "media type is not message";
        case finding_code::unknown_proto: return "transport is neither TCP/MSRP nor TCP/TLS/MSRP";
        case finding_code::port_zero: return "media is rejected or removed (port 0)";
        case finding_code::format_not_star: return "format list is not \"*\"";
        case finding_code::path_absent: return "no a=path";
        case finding_code::path_malformed: return "malformed a=path";
        case finding_code::path_ip_without_port: return "a=path has an IP address without a port";
        case finding_code::path_without_port: return "a=path has a URI without a port";
        case finding_code::path_port_zero: return "a=path has a URI with the port 0";
        case finding_code::path_without_session: return "the last URI of a=path has no session-id";
        case finding_code::path_repeated: return "several a=path lines, read as one path";
        case finding_code::path_too_long: return "a=path has too many URIs";
        case finding_code::scheme_mismatch: return "scheme of a=path and transport of m= disagree";
        case finding_code::port_differs: return "port of m= is that of no URI in a=path";
        case finding_code::transport_not_tcp: return "first URI of a=path is not for TCP";
        case finding_code::accept_types_absent: return "no a=accept-types";
        case finding_code::accept_types_malformed: return "malformed a=accept-types";
        case finding_code::accept_wrapped_types_malformed:
            return "malformed a=accept-wrapped-types";
        case finding_code::max_size_malformed: return "malformed a=max-size";
        case finding_code::max_size_too_large: return "a=max-size over 2^64-1, read as no limit";
        case finding_code::setup_unknown: return "unknown a=setup value, read as absent";
        case finding_code::setup_holdconn: return "a=setup:holdconn, read as absent";
        case finding_code::cema_with_value: return "a=msrp-cema with a value, read as absent";
        case finding_code::fingerprint_malformed: return "malformed a=fingerprint, passed over";
        case finding_code::fingerprint_unusable:
            return "a=fingerprint of a weak or unknown hash function, passed over";
        case finding_code::fingerprints_too_many:
            return "more a=fingerprint lines of one hash function than are kept, passed over";
        case finding_code::attribute_repeated: return "attribute repeated, the first one counts";
        case finding_code::connection_absent: return "no c= line";
        case finding_code::connection_family: return "address of c= is not of the type c= names";
        case finding_code::connection_brackets: return "IPv6 address of c= is in brackets";
        case finding_code::connection_attribute: return "a=connection means nothing to MSRP";
        case finding_code::container_absent:
            return "a=accept-wrapped-types without a container in a=accept-types";
        case finding_code::wrapped_types_repeat:
            return "a=accept-wrapped-types repeats a type of a=accept-types";
        case finding_code::chatroom_malformed: return "malformed a=chatroom, read as absent";
        case finding_code::chatroom_repeated: return "a token stands twice in a=chatroom";
        case finding_code::file_malformed: return "malformed file attribute, read as absent";
        case finding_code::file_selector_repeated:
            return "selector repeated in a=file-selector, the first one counts";
        case finding_code::file_hash_size:
            return "hash in a=file-selector is not as long as its algorithm makes it";
        case finding_code::file_selector_absent: return "file attributes without a=file-selector";
        case finding_code::file_selector_empty:
            return "empty a=file-selector beside other file attributes";
        case finding_code::file_transfer_id_absent:
            return "file attributes without a=file-transfer-id";
        case finding_code::channel_unreliable:
            return "data channel of MSRP is not reliable and in order";
        case finding_code::channel_option_repeated:
            return "option repeated in a=dcmap, the first one counts";
        case finding_code::channel_cema_absent: return "data channel of MSRP without msrp-cema";
        case finding_code::channel_setup_absent: return "data channel of MSRP without setup";
        case finding_code::channel_scheme: return "path of a data channel has a URI not of msrps";
        case finding_code::channel_transport: return "path of a data channel does not end in ;dc";
    }
    return {};
}

/// For what `sdp::file_attributes` finds while reading, and `sdp::check_file_attributes`.
[[nodiscard]] constexpr finding_code finding_of(sdp::file_problem problem) noexcept {
    switch (problem) {
        case sdp::file_problem::repeated: return finding_code::attribute_repeated;
        case sdp::file_problem::selector_repeated: return finding_code::file_selector_repeated;
        case sdp::file_problem::hash_size: return finding_code::file_hash_size;
        case sdp::file_problem::selector_absent: return finding_code::file_selector_absent;
        case sdp::file_problem::capability_only: return finding_code::file_selector_empty;
        case sdp::file_problem::transfer_id_absent: return finding_code::file_transfer_id_absent;
        default: return finding_code::file_malformed;
    }
}

}  // namespace detail

constexpr std::string_view to_text(severity how) noexcept {
    switch (how) {
        case severity::note: return "note";
        case severity::warning: return "warning";
        case severity::error: return "error";
    }
    return {};
}
constexpr std::string_view to_text(finding_code code) noexcept {
    switch (code) {
        case finding_code::not_message: return "not_message";
        case finding_code::unknown_proto: return "unknown_proto";
        case finding_code::port_zero: return "port_zero";
        case finding_code::format_not_star: return "format_not_star";
        case finding_code::path_absent: return "path_absent";
        case finding_code::path_malformed: return "path_malformed";
        case finding_code::path_ip_without_port: return "path_ip_without_port";
        case finding_code::path_without_port: return "path_without_port";
        case finding_code::path_port_zero: return "path_port_zero";
        case finding_code::path_without_session: return "path_without_session";
        case finding_code::path_repeated: return "path_repeated";
        case finding_code::path_too_long: return "path_too_long";
        case finding_code::scheme_mismatch: return "scheme_mismatch";
        case finding_code::port_differs: return "port_differs";
        case finding_code::transport_not_tcp: return "transport_not_tcp";
        case finding_code::accept_types_absent: return "accept_types_absent";
        case finding_code::accept_types_malformed: return "accept_types_malformed";
        case finding_code::accept_wrapped_types_malformed: return "accept_wrapped_types_malformed";
        case finding_code::max_size_malformed: return "max_size_malformed";
        case finding_code::max_size_too_large: return "max_size_too_large";
        case finding_code::setup_unknown: return "setup_unknown";
        case finding_code::setup_holdconn: return "setup_holdconn";
        case finding_code::cema_with_value: return "cema_with_value";
        case finding_code::fingerprint_malformed: return "fingerprint_malformed";
        case finding_code::fingerprint_unusable: return "fingerprint_unusable";
        case finding_code::fingerprints_too_many: return "fingerprints_too_many";
        case finding_code::attribute_repeated: return "attribute_repeated";
        case finding_code::connection_absent: return "connection_absent";
        case finding_code::connection_family: return "connection_family";
        case finding_code::connection_brackets: return "connection_brackets";
        case finding_code::connection_attribute: return "connection_attribute";
        case finding_code::container_absent: return "container_absent";
        case finding_code::wrapped_types_repeat: return "wrapped_types_repeat";
        case finding_code::chatroom_malformed: return "chatroom_malformed";
        case finding_code::chatroom_repeated: return "chatroom_repeated";
        case finding_code::file_malformed: return "file_malformed";
        case finding_code::file_selector_repeated: return "file_selector_repeated";
        case finding_code::file_hash_size: return "file_hash_size";
        case finding_code::file_selector_absent: return "file_selector_absent";
        case finding_code::file_selector_empty: return "file_selector_empty";
        case finding_code::file_transfer_id_absent: return "file_transfer_id_absent";
        case finding_code::channel_unreliable: return "channel_unreliable";
        case finding_code::channel_option_repeated: return "channel_option_repeated";
        case finding_code::channel_cema_absent: return "channel_cema_absent";
        case finding_code::channel_setup_absent: return "channel_setup_absent";
        case finding_code::channel_scheme: return "channel_scheme";
        case finding_code::channel_transport: return "channel_transport";
    }
    return {};
}

inline finding const* finding_list::find(finding_code code) const noexcept {
    for (auto const& f : *this)
        if (f.code == code) return &f;
    return nullptr;
}
inline finding const* finding_list::first_error() const noexcept {
    for (auto const& f : *this)
        if (f.severity == severity::error) return &f;
    return nullptr;
}
inline void finding_list::add(finding_code code, std::size_t line, msrp::severity how) noexcept {
    finding const f{how, code, line, detail::finding_text(code)};
    if (size_ < capacity) {
        std::construct_at(&items_[size_++], f);
        return;
    }
    truncated_ = true;
    auto const* const error = first_error();
    bool const first_of_errors = how == severity::error && error == nullptr;
    if (!first_of_errors && contains(code)) return;
    bool const dropped = sdp::detail::drop_repeated(
        items_,
        [error](finding const& a, finding const& b) { return a.code == b.code && &b != error; });
    if (dropped || first_of_errors) items_[capacity - 1] = f;
}
inline std::string_view sdp_media::reason() const noexcept {
    if (auto const* const e = findings_.first_error()) return e->text;
    return foreign_ ? detail::finding_text(finding_code::not_message) : std::string_view{};
}

/// Calls `f(attribute)` for each attribute of the block, or of the data channel.
template <class F>
void sdp_media::for_each_attribute(F&& f) const {
    if (channel_)
        for (sdp::attribute const a : sdp::channel_attributes(media_, channel_->stream_id)) f(a);
    else
        for (sdp::attribute const a : media_.attributes()) f(a);
}

template <class F>
void sdp_media::for_each_uri(F&& f) const {
    if (path_size_ == 0) return;
    bool more = true;
    for_each_attribute([&](sdp::attribute const& a) {
        if (a.name != "path" || !more) return;
        auto const part = read_path(a.value, path_options_);
        if (!part) return;  // not reachable: read before
        for (uri const u : *part) {
            more = f(u);
            if (!more) break;
        }
    });
}

template <class Allocator>
std::optional<basic_path<Allocator>> sdp_media::path(Allocator const& allocator) const {
    std::optional<basic_path<Allocator>> out;
    if (path_size_ == 0) return out;
    for_each_attribute([&](sdp::attribute const& a) {
        if (a.name != "path") return;
        auto const part = read_path(a.value, path_options_);
        if (!part) return;  // not reachable: read before
        if (out)
            out->append(*part);
        else
            out.emplace(*part, allocator);
    });
    return out;
}

/// What was met while walking the a= lines. The first of each name counts (threat T10).
struct sdp_media::seen_names {
    bool types = false;
    bool wrapped = false;
    bool chatroom = false;
    std::size_t wrapped_line = 0;
    bool size = false;
    bool setup = false;
    bool cema = false;
    bool direction = false;
    std::size_t path_line = 0;  ///< number of the first a=path
    bool path_bad = false;
    bool same_port = false;         ///< a URI has the port of m=
    std::size_t selector_line = 0;  ///< number of the first a=file-selector
    std::size_t too_many_line = 0;  ///< of the first fingerprint that did not fit
};

inline sdp_media sdp_media::read(sdp::media_view const& media,
                                 media_options const& options) noexcept {
    return {key{}, [&] { return media; }, [&](auto&& f) { media.attributes().for_each(f); },
            options};
}

inline std::optional<sdp_media> find_sdp_media(sdp::description_view const& description,
                                               media_options const& options) noexcept {
    // It is long: made where it is wanted, and copied only where there are several.
    auto const first = description.media_index("message");
    if (first == description.media_count()) return std::nullopt;
    if (description.media_index("message", first + 1) == description.media_count())
        return description.with_media(first, [&](auto const& make, auto const& walk) {
            return std::optional<sdp_media>(std::in_place, sdp_media::key{}, make, walk, options);
        });
    std::size_t best = first;
    for (sdp::media_view const m : description.media())
        if (m.media() == "message" && sdp_media::read(m, options).usable()) {
            best = m.index();
            break;
        }
    return sdp_media::read(*description.media(best), options);
}

/// Reads what the lines of `media_` say. @param walk calls a function for each a= line.
template <class Walk>
void sdp_media::read_block(Walk const& walk, media_options const& options) noexcept {
    path_options_.several_blanks = options.several_blanks;
    path_options_.ipv6_without_brackets = options.ipv6_without_brackets;
    // RFC 5234: literals are case-insensitive; RFC 4975, 8.1 gives the protos as literals.
    if (media_.proto() == "TCP/MSRP" || wire::iequals(media_.proto(), "TCP/MSRP"))
        proto_ = media_proto::tcp_msrp;
    if (media_.proto() == "TCP/TLS/MSRP" || wire::iequals(media_.proto(), "TCP/TLS/MSRP"))
        proto_ = media_proto::tcp_tls_msrp;
    connection_ = media_.effective_connection();
    auto const m_line = media_.line_number();
    foreign_ = media_.media() != "message";
    if (foreign_) {
        note(finding_code::not_message, m_line, severity::note);
    } else {
        if (proto_ == media_proto::other)
            note(finding_code::unknown_proto, m_line, severity::error);
        if (media_.rejected()) note(finding_code::port_zero, m_line, severity::error);
        if (media_.formats() != "*") note(finding_code::format_not_star, m_line, severity::warning);
    }

    seen_names seen;
    walk([&](sdp::attribute const& a) { read_attribute(a, options, seen); });
    if (!seen.setup)
        if (auto const a = media_.session_setup()) read_setup(*a);
    if (!seen.direction)
        if (auto const a = media_.session_direction())
            direction_ = sdp::parse_direction(a->name).value_or(direction_);
    if (!has_fingerprint_)
        media_.for_each_session_fingerprint(
            [&](sdp::attribute const& a) { read_fingerprint(a, options, seen); });
    finish_fingerprints(seen);
    finish_path(seen);
    judge_connection();
    if (foreign_) return;
    if (seen.path_line == 0) note(finding_code::path_absent, m_line, severity::error);
    if (!seen.types) note(finding_code::accept_types_absent, m_line, severity::error);
    finish_types(seen);
    finish_file(m_line, seen);
    judge(options, seen);
}

inline sdp_media sdp_media::read_channel(sdp::media_view const& media, sdp::attribute const& line,
                                         sdp::data_channel const& channel,
                                         media_options const& options) noexcept {
    sdp_media out(media);
    out.path_options_.several_blanks = options.several_blanks;
    out.path_options_.ipv6_without_brackets = options.ipv6_without_brackets;
    out.proto_ = media_proto::data_channel;
    out.tls_ = true;
    out.channel_ = channel;
    out.connection_ = media.effective_connection();
    if (media.rejected()) out.note(finding_code::port_zero, media.line_number(), severity::error);
    seen_names seen;
    out.for_each_attribute([&](sdp::attribute const& a) { out.read_attribute(a, options, seen); });
    out.finish_types(seen);
    out.finish_file(line.line_number, seen);
    out.finish_path(seen);
    out.judge_channel(line.line_number, options, seen);
    return out;
}

template <class F>
void for_each_msrp_channel(sdp::media_view const& media, F&& f, media_options const& options) {
    if (!sdp::is_data_channel_media(media)) return;
    std::size_t left = options.max_channels;
    sdp::for_each_data_channel(media, [&](sdp::attribute const& line, auto const& channel) {
        if (!channel || !channel->is_msrp()) return true;
        if (left == 0) return false;
        --left;
        return bool(f(sdp_media::read_channel(media, line, *channel, options)));
    });
}

inline void sdp_media::read_attribute(sdp::attribute const& a, media_options const& options,
                                      seen_names& seen) noexcept {
    auto const first = [&](bool& before) {
        if (before) note(finding_code::attribute_repeated, a.line_number, severity::warning);
        return !std::exchange(before, true);
    };
    if (sdp::detail::is_text(a.name, "path")) {
        read_path_line(a, options, seen);
    } else if (sdp::detail::is_text(a.name, "accept-types")) {
        if (!first(seen.types)) return;
        if (auto const list = read_accept_types(a.value))
            accept_types_ = *list;
        else
            note(finding_code::accept_types_malformed, a.line_number, severity::error);
    } else if (sdp::detail::is_text(a.name, "accept-wrapped-types")) {
        if (!first(seen.wrapped)) return;
        seen.wrapped_line = a.line_number;
        if (auto const list = read_accept_types(a.value))
            accept_wrapped_types_ = *list;
        else
            note(finding_code::accept_wrapped_types_malformed, a.line_number, severity::warning);
    } else if (sdp::detail::is_text(a.name, "max-size")) {
        if (!first(seen.size)) return;
        auto const value = wire::parse_decimal(a.value);
        if (value)
            max_size_ = *value;
        else if (!a.value.empty() && wire::digit.span(a.value) == a.value.size())
            note(finding_code::max_size_too_large, a.line_number, severity::note);
        else
            note(finding_code::max_size_malformed, a.line_number, severity::warning);
    } else if (sdp::detail::is_text(a.name, "setup")) {
        if (first(seen.setup)) read_setup(a);
    } else if (sdp::detail::is_text(a.name, "msrp-cema")) {
        if (!first(seen.cema)) return;
        cema_ = !a.has_value;
        if (!cema_) note(finding_code::cema_with_value, a.line_number, severity::warning);
    } else if (a.name.starts_with("file-")) {
        read_file(a, seen);
    } else if (channel_) {
        // What RFC 8873, 4.4 does not name means nothing here, but for the direction.
        if (auto const d = sdp::parse_direction(a.name); d && !a.has_value && first(seen.direction))
            direction_ = *d;
    } else if (sdp::detail::is_text(a.name, "chatroom")) {
        if (first(seen.chatroom)) read_chatroom(a);
    } else if (sdp::detail::is_text(a.name, "fingerprint")) {
        read_fingerprint(a, options, seen);
    } else if (sdp::detail::is_text(a.name, "connection")) {
        if (!foreign_) note(finding_code::connection_attribute, a.line_number, severity::note);
    } else if (auto const d = sdp::parse_direction(a.name); d && !a.has_value) {
        if (first(seen.direction)) direction_ = *d;
    }
}

inline void sdp_media::read_file(sdp::attribute const& a, seen_names& seen) noexcept {
    if (!file_) file_.emplace();
    if (seen.selector_line == 0 && a.name == "file-selector") seen.selector_line = a.line_number;
    file_->consider(a, [&](sdp::file_problem problem) {
        note(detail::finding_of(problem), a.line_number, severity::warning);
    });
}

/// What offers and answers alike must have (FT-5-1).
inline void sdp_media::finish_file(std::size_t absent_line, seen_names const& seen) noexcept {
    if (!file_) return;
    for (auto const& f : sdp::check_file_attributes(*file_))
        note(detail::finding_of(f.problem),
             seen.selector_line != 0 ? seen.selector_line : absent_line, severity::warning);
}

inline void sdp_media::read_chatroom(sdp::attribute const& a) noexcept {
    auto const read = sdp::read_chatroom(a);
    if (!read) return note(finding_code::chatroom_malformed, a.line_number, severity::warning);
    chatroom_ = *read;
    if (read->repeated) note(finding_code::chatroom_repeated, a.line_number, severity::warning);
}

/// The rules for containers (SDP-8.6-3). Of each list the first 32 entries are compared.
inline void sdp_media::finish_types(seen_names const& seen) noexcept {
    if (!accept_types_ || !accept_wrapped_types_) return;
    constexpr std::size_t compared = 32;
    bool container = false;
    accept_types_->for_each([&](accepted_type const& t) {
        container = t.is_any() || wire::iequals(t.type, "multipart") ||
                    (wire::iequals(t.type, "message") &&
                     (t.subtype == "*" || wire::iequals(t.subtype, "cpim")));
        return !container;
    });
    if (!container) note(finding_code::container_absent, seen.wrapped_line, severity::note);
    bool repeats = false;
    std::size_t wrapped_left = compared;
    accept_wrapped_types_->for_each([&](accepted_type const& wrapped) {
        std::size_t left = compared;
        accept_types_->for_each([&](accepted_type const& plain) {
            repeats = wire::iequals(plain.text, wrapped.text);
            return !repeats && --left != 0;
        });
        return !repeats && --wrapped_left != 0;
    });
    if (repeats) note(finding_code::wrapped_types_repeat, seen.wrapped_line, severity::note);
}

inline void sdp_media::finish_path(seen_names const& seen) noexcept {
    if (!seen.path_bad) return;
    path_size_ = 0;
    front_.reset();
    back_.reset();
}

inline void sdp_media::judge_channel(std::size_t line, media_options const& options,
                                     seen_names const& seen) noexcept {
    auto const absent = [&](finding_code code) { note(code, line, severity::error); };
    if (!channel_->reliable() || !channel_->ordered) absent(finding_code::channel_unreliable);
    if (channel_->repeated) note(finding_code::channel_option_repeated, line, severity::warning);
    if (seen.path_line == 0) absent(finding_code::path_absent);
    if (!cema_) absent(finding_code::channel_cema_absent);
    if (!setup_ || setup_ == sdp::setup::holdconn) absent(finding_code::channel_setup_absent);
    bool secure = true;
    for_each_uri([&](uri const& u) { return secure = u.is_secure(); });
    if (!secure)
        note(finding_code::channel_scheme, seen.path_line,
             options.scheme_rules ? severity::warning : severity::error);
    // A gateway leaves the path of a peer on TCP as it is (DC-6-1).
    if (far_end() && !wire::iequals(far_end()->transport, "dc"))
        note(finding_code::channel_transport, seen.path_line, severity::warning);
}

/// Reads a path whose URIs are as most are. @return false, and nothing is changed: to be read.
inline bool sdp_media::read_plain_path(std::string_view text, std::size_t most,
                                       seen_names& seen) noexcept {
    using sdp::detail::part_of;
    auto const k = wire::best_kernel();
    auto const block = media_.lines().text();
    char const* const end = block.data() + block.size();
    detail::plain_uri first{};
    detail::plain_uri last{};
    std::size_t count = 0;
    bool same_port = false;
    for (std::size_t at = 0;; ++at) {
        auto const size = count == most ? 0 : detail::plain_uri_size(part_of(text, at), end, k);
        if (size == 0) return false;
        last = detail::plain_uri::find(part_of(text, at, size));
        if (count++ == 0) first = last;
        if (last.port_number == 0) return false;
        same_port |= last.port_number == media_.port();
        at += size;
        if (at == text.size()) break;
        if (text[at] != ' ') return false;
    }
    seen.same_port |= same_port;
    if (path_size_ == 0) first.split(front_);
    path_size_ += count;
    if (path_size_ > 1) last.split(back_);
    return true;
}

inline void sdp_media::read_path_line(sdp::attribute const& a, media_options const& options,
                                      seen_names& seen) noexcept {
    if (seen.path_line == 0)
        seen.path_line = a.line_number;
    else if (!findings_.contains(finding_code::path_repeated))
        note(finding_code::path_repeated, a.line_number, severity::warning);
    if (seen.path_bad) return;
    auto const bad = [&](finding_code code) {
        note(code, a.line_number, severity::error);
        seen.path_bad = true;
    };
    if (read_plain_path(a.value, options.max_path_uris - path_size_, seen)) return;
    auto how = path_options_;
    how.max_uris = options.max_path_uris - path_size_;
    auto const part = read_path(a.value, how);
    if (!part) {
        auto const why = part.error().code;
        return bad(why == error::path_too_long     ? finding_code::path_too_long
                   : why == error::ip_without_port ? finding_code::path_ip_without_port
                                                   : finding_code::path_malformed);
    }
    for (uri const u : *part) {
        if (!u.port) return bad(finding_code::path_without_port);
        if (*u.port == 0) return bad(finding_code::path_port_zero);
        seen.same_port = seen.same_port || u.port == media_.port();
        if (path_size_++ == 0)
            front_ = u;
        else
            back_ = u;
    }
}

inline void sdp_media::read_setup(sdp::attribute const& a) noexcept {
    setup_ = sdp::parse_setup(a.value);
    if (!setup_) note(finding_code::setup_unknown, a.line_number, severity::warning);
    if (setup_ == sdp::setup::holdconn && !foreign_)
        note(finding_code::setup_holdconn, a.line_number, severity::warning);
}

inline void sdp_media::read_fingerprint(sdp::attribute const& a, media_options const& options,
                                        seen_names& seen) noexcept {
    has_fingerprint_ = true;
    auto const f = sdp::parse_fingerprint(a.value);
    if (!f) return note(finding_code::fingerprint_malformed, a.line_number, severity::warning);
    if (!sdp::usable(f->hash, options.accept_weak_fingerprints)) {
        if (!foreign_) note(finding_code::fingerprint_unusable, a.line_number, severity::warning);
        return;
    }
    auto const use = fingerprints_.consider(*f, options.accept_weak_fingerprints);
    if (use == sdp::fingerprint_use::no_room && seen.too_many_line == 0)
        seen.too_many_line = a.line_number;
    if (!fingerprints_.truncated()) seen.too_many_line = 0;  // a stronger function took over
}

inline void sdp_media::finish_fingerprints(seen_names const& seen) noexcept {
    if (seen.too_many_line != 0)
        note(finding_code::fingerprints_too_many, seen.too_many_line, severity::warning);
}

inline void sdp_media::judge_connection() noexcept {
    if (!connection_)
        return note(finding_code::connection_absent, media_.line_number(), severity::warning);
    auto const& c = *connection_;
    if (c.net_type != "IN" || c.ip) return;
    auto const& text = c.address;
    if (wire::parse_ip(text))
        note(finding_code::connection_family, c.line_number, severity::warning);
    else if (text.starts_with('[') && text.ends_with(']') &&
             wire::parse_ipv6(text.substr(1, text.size() - 2)))
        note(finding_code::connection_brackets, c.line_number, severity::warning);
}

inline void sdp_media::judge(media_options const& options, seen_names const& seen) noexcept {
    auto const m_line = media_.line_number();
    tls_ = proto_ == media_proto::tcp_tls_msrp;
    if (!front_) return;
    if (!(path_size_ > 1 ? *back_ : *front_).has_session_id() && !seen.path_bad &&
        !media_.rejected())
        note(finding_code::path_without_session, seen.path_line, severity::warning);
    bool const secure = front_->is_secure();
    if (proto_ == media_proto::other) {
        tls_ = secure;
    } else if (secure != tls_) {
        note(finding_code::scheme_mismatch, seen.path_line,
             options.scheme_rules ? severity::warning : severity::error);
        if (options.scheme_rules) tls_ = secure;
    }
    if (!wire::iequals(front_->transport, "tcp"))
        note(finding_code::transport_not_tcp, seen.path_line, severity::warning);
    if (!seen.same_port && !media_.rejected())
        note(finding_code::port_differs, m_line, severity::note);
}

inline wire::result<void> check_media_spec(media_spec const& spec) noexcept {
    auto const refused = [](std::string_view field) {
        return wire::failure{make_error_code(sdp::error::illegal_value), 0, field};
    };
    if (spec.path.front().is_secure() != spec.tls) return refused("a=path");
    for (uri const u : spec.path)
        if (u.port.value_or(0) == 0 || u.userinfo.find(':') != std::string_view::npos)
            return refused("a=path");
    if (spec.setup == sdp::setup::holdconn) return refused("a=setup");
    bool strong = spec.fingerprints.empty();
    for (auto const& f : spec.fingerprints) {
        if (!sdp::usable(f.hash(), true)) return refused("a=fingerprint");
        strong = strong || sdp::usable(f.hash());
    }
    if (!strong) return refused("a=fingerprint");
    if (!read_accept_types(spec.accept_types)) return refused("a=accept-types");
    if (!spec.accept_wrapped_types.empty() && !read_accept_types(spec.accept_wrapped_types))
        return refused("a=accept-wrapped-types");
    return {};
}

template <class Allocator>
wire::result<void> write_media(sdp::basic_description_writer<Allocator>& out,
                               media_spec const& spec, bool own_connection) {
    if (auto good = check_media_spec(spec); !good) return good.error();
    out.media("message", spec.port, spec.tls ? "TCP/TLS/MSRP" : "TCP/MSRP", "*");
    if (own_connection) out.connection(spec.host);
    out.attribute("accept-types", spec.accept_types);
    if (!spec.accept_wrapped_types.empty())
        out.attribute("accept-wrapped-types", spec.accept_wrapped_types);
    if (spec.max_size) out.attribute("max-size", wire::decimal(*spec.max_size).view());
    out.attribute("path", spec.path.text());
    if (spec.cema) out.attribute("msrp-cema");
    if (spec.setup) out.attribute("setup", sdp::to_text(*spec.setup));
    for (auto const& f : spec.fingerprints)
        out.attribute("fingerprint", sdp::fingerprint_text(f).view());
    if (spec.direction != sdp::direction::sendrecv) out.attribute(sdp::to_text(spec.direction));
    if (auto const good = out.lines(); !good) return good.error();
    return {};
}

template <class Allocator>
wire::result<sdp::basic_description<Allocator>> make_description(std::uint64_t session_id,
                                                                 std::uint64_t version,
                                                                 media_spec const& spec,
                                                                 Allocator const& allocator) {
    sdp::basic_description_writer<Allocator> out({}, allocator);
    wire::decimal const id(session_id);
    wire::decimal const number(version);
    out.session({"-", id.view(), number.view(), "IN", wire::parse_ipv6(spec.host) ? "IP6" : "IP4",
                 spec.host});
    out.connection(spec.host).unbounded_time();
    if (auto good = write_media(out, spec); !good) return good.error();
    return out.finish();
}

}  // namespace msrp::inline v0
