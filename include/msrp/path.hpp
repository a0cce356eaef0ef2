// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// path.hpp - a list of MSRP-URIs that is never empty: To-Path, From-Path, Use-Path, a=path.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <utility>

#include <msrp/detail/plain_uri.hpp>
#include <msrp/error.hpp>
#include <msrp/uri.hpp>
#include <wire/examined.hpp>
#include <wire/kernel.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

class header_view;

/// How a path is read.
struct path_options {
    /// URIs at most; the one too many is `path_too_long`, at its first octet.
    std::size_t max_uris = std::numeric_limits<std::size_t>::max();
    /// Leniency: several SP between URIs.
    bool several_blanks = false;
    /// Leniency: see `read_uri`.
    bool ipv6_without_brackets = false;
};

/// A checked path as a view: `MSRP-URI *( SP MSRP-URI )`. It lives as long as the text it was read
/// from. Only `read_path`, `parse_path` and `basic_path` make one, so it always holds one valid URI
/// or more.
class path_view {
   public:
    /// The text, as on the wire.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    /// How many URIs; at least 1.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Known to have no userinfo, and no IPv6 address without brackets. False says nothing.
    [[nodiscard]] bool is_plain() const noexcept { return is_plain_; }
    /// The leftmost URI: the next hop (CON-8.2-1).
    [[nodiscard]] uri front() const noexcept { return checked(text_.substr(0, text_.find(' '))); }
    /// The rightmost URI: the far end.
    [[nodiscard]] uri back() const noexcept {
        auto const at = text_.rfind(' ');
        return checked(at == std::string_view::npos ? text_ : text_.substr(at + 1));
    }

    /// `front` and `back` as paths of one URI; nothing is read again.
    [[nodiscard]] path_view front_path() const noexcept {
        return {text_.substr(0, text_.find(' ')), 1, is_plain_};
    }
    [[nodiscard]] path_view back_path() const noexcept {
        auto const at = text_.rfind(' ');
        return {at == std::string_view::npos ? text_ : text_.substr(at + 1), 1, is_plain_};
    }

    /// Walks the URIs from the left; each is read again as it is reached.
    class iterator {
       public:
        using value_type = uri;
        using difference_type = std::ptrdiff_t;
        iterator() noexcept = default;
        explicit iterator(std::string_view rest) noexcept : rest_(rest) {}
        [[nodiscard]] uri operator*() const noexcept {
            return checked(rest_.substr(0, rest_.find(' ')));
        }
        iterator& operator++() noexcept {
            rest_.remove_prefix(std::min(rest_.find(' '), rest_.size()));
            rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
            return *this;
        }
        iterator operator++(int) noexcept {
            auto before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(iterator const& a, iterator const& b) noexcept {
            return a.rest_.size() == b.rest_.size();
        }

       private:
        std::string_view rest_{};
    };
    [[nodiscard]] iterator begin() const noexcept { return iterator(text_); }
    [[nodiscard]] iterator end() const noexcept { return {}; }

   private:
    path_view(std::string_view text, std::size_t size, bool is_plain = false) noexcept
        : text_(text), size_(size), is_plain_(is_plain) {}
    template <class>
    friend class basic_path;
    friend class header_view;
    friend wire::result<path_view> read_path(std::string_view text,
                                             path_options const& options) noexcept;
    friend wire::result<path_view> parse_path(std::string_view text,
                                              path_options const& options) noexcept;

    /// Whoever made the path has checked the URI, with the options of his choice.
    [[nodiscard]] static uri checked(std::string_view text) noexcept {
        return *read_uri(text, {.ipv6_without_brackets = true});
    }

    std::string_view text_;
    std::size_t size_;
    bool is_plain_;
};

namespace detail {

/// What `walk_path` found.
struct path_walk {
    std::size_t uris = 0;  ///< 0: the path is refused
    std::size_t at = 0;    ///< the URI that is wrong, or one too many
    error why = error::path_too_long;
    /// Of a path that is refused: at the octet that is wrong there might be its end, but for `late`
    /// (a port that is wrong once that is so).
    bool whole = false;
    bool open = false;  ///< of a port that is wrong: more text may show that it is none
    error late{};
    std::size_t late_at = 0;
};

/// Reads a path, the whole of `text`, as `read_path` does.
/// @param end of what may be looked at, `text` and more.
/// @param credit octets that may be looked at in vain: the short cut for usual URIs is tried where
///        64 are left, and costs as much where the URI is not usual.
/// @param known the length of the first URI, if the short cut has been tried for it and found that.
[[nodiscard]] MSRPKIT_ALWAYS_INLINE path_walk walk_path(std::string_view text, char const* end,
                                                        path_options const& options, wire::kernel k,
                                                        std::size_t& credit,
                                                        std::size_t known = 0) noexcept {
    path_walk walk;
    std::size_t at = 0;
    for (std::size_t count = 1; count <= options.max_uris; ++count) {
        std::string_view const rest(text.data() + at, text.size() - at);
        std::size_t size = known != 0 && count == 1 ? known
                           : credit < 64            ? 0
                                                    : plain_uri_size(rest, end, k);
        MSRPKIT_EXAMINED(size);
        if (size == 0 || (size != rest.size() && rest[size] != ' ')) {
            if (credit >= 64 && wire::detail::can_classify(k)) {
                std::size_t const lost = std::min<std::size_t>(rest.size(), 64);
                credit -= lost;
                MSRPKIT_EXAMINED(lost - size);
            }
            uri_reader reader(rest);
            bool const read =
                options.ipv6_without_brackets ? reader.read_leniently() : reader.read();
            size = reader.stop();
            bool const goes_on = size != rest.size() && rest[size] != ' ';
            if (!read || goes_on || !reader.good()) {
                auto const why = reader.failed();
                walk.at = at + static_cast<std::size_t>(why.offset);
                walk.why = static_cast<error>(why.code.value());
                walk.open = reader.open();
                walk.whole = read && goes_on;
                if (walk.whole && !reader.good()) {
                    auto const late = reader.failed();
                    walk.late_at = at + static_cast<std::size_t>(late.offset);
                    walk.late = static_cast<error>(late.code.value());
                }
                return walk;
            }
        }
        at += size;
        if (at == text.size()) {
            walk.uris = count;
            return walk;
        }
        ++at;
        while (options.several_blanks && at < text.size() && text[at] == ' ') ++at;
    }
    walk.at = at;
    return walk;
}

}  // namespace detail

/// Reads a path, the whole of `text`; each URI is checked. Linear, no allocation.
/// @return a view of `text`; `path_too_long` or the error of the URI that is wrong, at its octet.
[[nodiscard]] inline wire::result<path_view> read_path(std::string_view text,
                                                       path_options const& options = {}) noexcept {
    std::size_t credit = 0;
    auto const walk =
        detail::walk_path(text, text.data() + text.size(), options, wire::kernel::swar, credit);
    if (walk.uris == 0) return wire::failure{make_error_code(walk.why), walk.at, {}};
    // "@" stands nowhere else.
    bool const is_plain =
        !options.ipv6_without_brackets && text.find('@') == std::string_view::npos;
    return path_view(text, walk.uris, is_plain);
}

/// A path that owns its text. Moved from, it may only be assigned to or destroyed.
template <class Allocator = std::allocator<char>>
class basic_path {
   public:
    using allocator_type = Allocator;
    using string_type = std::basic_string<char, std::char_traits<char>, Allocator>;

    /// Copies a checked path.
    explicit basic_path(path_view view, Allocator const& allocator = Allocator())
        : text_(view.text(), allocator), size_(view.size()), is_plain_(view.is_plain()) {}

    /// Reads and copies. @return as `read_path`.
    [[nodiscard]] static wire::result<basic_path> parse(std::string_view text,
                                                        Allocator const& allocator = Allocator()) {
        return parse(text, path_options{}, allocator);
    }
    [[nodiscard]] static wire::result<basic_path> parse(std::string_view text,
                                                        path_options const& options,
                                                        Allocator const& allocator = Allocator()) {
        auto const view = read_path(text, options);
        if (!view) return view.error();
        return basic_path(*view, allocator);
    }

    /// A view of this path; lives until the path changes or ends.
    [[nodiscard]] path_view view() const noexcept { return {text_, size_, is_plain_}; }
    operator path_view() const noexcept { return view(); }  // NOLINT: it is one

    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] uri front() const noexcept { return view().front(); }
    [[nodiscard]] uri back() const noexcept { return view().back(); }
    [[nodiscard]] path_view::iterator begin() const noexcept { return view().begin(); }
    [[nodiscard]] path_view::iterator end() const noexcept { return {}; }

    /// Takes another path's text; the memory is used again.
    void assign(path_view other) {
        text_.assign(other.text());
        size_ = other.size();
        is_plain_ = other.is_plain();
    }
    /// Adds the URIs of another path on the right (RLY-5.1-3).
    void append(path_view more) {
        text_ += ' ';
        text_ += more.text();
        size_ += more.size();
        is_plain_ = is_plain_ && more.is_plain();
    }

    [[nodiscard]] Allocator get_allocator() const { return text_.get_allocator(); }

   private:
    string_type text_;
    std::size_t size_;
    bool is_plain_;
};

using path = basic_path<>;
namespace pmr {
using path = basic_path<std::pmr::polymorphic_allocator<char>>;
}

}  // namespace msrp::inline v0
