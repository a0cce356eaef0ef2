// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// description.hpp - a whole description: as a view over its text, and as a value that can be
// edited.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sdp/attribute.hpp>
#include <sdp/connection.hpp>
#include <sdp/detail/fields.hpp>
#include <sdp/detail/reader.hpp>
#include <sdp/detail/walk.hpp>
#include <sdp/error.hpp>
#include <sdp/limits.hpp>
#include <sdp/line.hpp>
#include <sdp/media.hpp>
#include <sdp/origin.hpp>
#include <wire/decimal.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0 {

/// The media descriptions of a description, in order. Walking all of them costs the text's length
/// once; nothing is stored. Lives as long as the text.
class media_range {
   public:
    class iterator : public detail::walk<iterator, media_view> {
       public:
        iterator() noexcept = default;
        [[nodiscard]] media_view operator*() const noexcept;
        iterator& operator++() noexcept {
            auto const block = rest_.substr(0, end_);
            number_ += static_cast<std::size_t>(std::count(block.begin(), block.end(), '\n'));
            offset_ += end_;
            rest_.remove_prefix(end_);
            ++index_;
            find_end();
            return *this;
        }
        friend bool operator==(iterator const& a, iterator const& b) noexcept {
            return a.rest_.size() == b.rest_.size();
        }

       private:
        friend class media_range;
        iterator(line_range session, detail::session_index const& index, std::string_view rest,
                 std::size_t offset, std::size_t number, std::size_t size,
                 leniency const& lenient) noexcept
            : session_(session),
              session_index_(index),
              rest_(rest),
              offset_(offset),
              number_(number),
              size_(size),
              leniency_(lenient) {
            find_end();
        }
        // No value holds LF, so LF and "m=" is always the beginning of an m= line.
        void find_end() noexcept {
            auto const next = index_ + 1 >= size_ ? std::string_view::npos : rest_.find("\nm=");
            end_ = next == std::string_view::npos ? rest_.size() : next + 1;
        }
        line_range session_{};
        detail::session_index session_index_{};
        std::string_view rest_{};
        std::size_t end_ = 0;
        std::size_t offset_ = 0;
        std::size_t number_ = 0;
        std::size_t index_ = 0;
        std::size_t size_ = 0;
        leniency leniency_{};
    };

    [[nodiscard]] iterator begin() const noexcept {
        return {session_, session_index_, text_, offset_, number_, size_, leniency_};
    }
    [[nodiscard]] iterator end() const noexcept { return {}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

   private:
    friend class description_view;
    media_range(line_range session, std::string_view text, detail::layout const& parts,
                leniency const& lenient) noexcept
        : session_(session),
          session_index_(parts.session),
          text_(text),
          offset_(parts.media_at),
          number_(parts.media_line),
          size_(parts.media_count),
          leniency_(lenient) {}
    line_range session_;
    detail::session_index session_index_;
    std::string_view text_;
    std::size_t offset_;
    std::size_t number_;
    std::size_t size_;
    leniency leniency_;
};

/// A checked description (RFC 8866, section 5) as a view over its text: copy it freely, it lives as
/// long as the text. Order and unknown attributes are all there; nothing is allocated, look-ups
/// walk the lines. Only `sdp::parse`, `sdp::parse_description` and `basic_description` make one.
class description_view {
   public:
    /// Reads a text. See `sdp::parse`.
    [[nodiscard]] static wire::result<description_view> read(
        std::string_view text, limits const& limit = {}, leniency const& lenient = {}) noexcept {
        wire::result<description_view> out(std::in_place);
        auto const good = detail::read_description(text, limit, lenient, out->layout_, out->table_);
        if (good) {
            out->text_ = text;
            out->leniency_ = lenient;
        } else {
            out = good.error();
        }
        return out;
    }

    /// The text as it was read.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    /// All lines.
    [[nodiscard]] line_range lines() const noexcept { return {text_, 0, 1}; }
    /// The lines before the first m= line.
    [[nodiscard]] line_range session_lines() const noexcept {
        return {text_.substr(0, layout_.media_at), 0, 1};
    }
    [[nodiscard]] sdp::origin origin() const noexcept {
        return read_origin(line_at(layout_.origin_at).value).value_or({});
    }
    /// The value of s=; empty only by the leniency `empty_session_name`.
    [[nodiscard]] std::string_view session_name() const noexcept {
        return line_at(layout_.name_at).value;
    }
    /// The c= line of the session level.
    [[nodiscard]] std::optional<connection> session_connection() const noexcept {
        auto const at = layout_.session.connection;
        if (at.number == 0) return std::nullopt;
        return detail::connection_of(
            *line_range(text_.substr(at.offset), at.offset, at.number).begin(),
            leniency_.doubled_address_type);
    }
    /// The a= lines of the session level.
    [[nodiscard]] attribute_range attributes() const noexcept {
        return attribute_range(session_lines(), leniency_.blank_after_colon);
    }

    /// The media descriptions.
    [[nodiscard]] media_range media() const noexcept {
        return {session_lines(), text_.substr(layout_.media_at), layout_, leniency_};
    }
    [[nodiscard]] std::size_t media_count() const noexcept { return layout_.media_count; }
    /// One of them, from 0; nothing where there are not so many. Linear: to see all, walk
    /// `media()`.
    [[nodiscard]] std::optional<media_view> media(std::size_t index) const noexcept {
        for (media_view const m : media())
            if (m.index() == index) return m;
        return std::nullopt;
    }
    /// The index of the first one of a media type ("message"), from `first` on; `media_count()`
    /// where there is none. Linear.
    [[nodiscard]] std::size_t media_index(std::string_view type,
                                          std::size_t first = 0) const noexcept;
    /// Calls `f(make, walk)` once for one of them and returns what it returns. `make()` returns its
    /// media_view, to be called only where that is wanted, for it is long; `walk(g)` calls
    /// `g(attribute)` for each of its own a= lines, in order. Both may be called several times, but
    /// only within `f`; views they give live as long as the text. As `media(index)` and
    /// `media_view::attributes()`, but in a short description nothing is looked for again. Linear,
    /// no allocation.
    /// @param index below `media_count()`: it is not checked.
    template <class F>
    auto with_media(std::size_t index, F&& f) const;
    /// The first one of a media type ("message") that is not rejected, from `first` on.
    [[nodiscard]] std::optional<media_view> find_media(std::string_view type,
                                                       std::size_t first = 0) const noexcept {
        for (media_view const m : media())
            if (m.index() >= first && m.media() == type && !m.rejected()) return m;
        return std::nullopt;
    }

    /// How the description was read.
    [[nodiscard]] leniency const& lenient() const noexcept { return leniency_; }

   private:
    friend class media_range::iterator;
    template <class>
    friend class basic_description;
    friend wire::result<description_view> parse_description(std::string_view text,
                                                            limits const& limit) noexcept;
    friend class wire::result<description_view>;
    description_view() noexcept {}  // NOLINT: clears only what has to be
    description_view(std::string_view text, detail::layout const& parts, leniency const& lenient,
                     detail::line_table const& table = {}) noexcept
        : text_(text), layout_(parts), leniency_(lenient), table_(table) {}

    [[nodiscard]] line line_at(std::size_t offset) const noexcept {
        return *line_range(text_.substr(offset), offset, 0).begin();
    }
    [[nodiscard]] static media_view make_media(line_range session,
                                               detail::session_index const& session_index,
                                               line_range lines, std::size_t index,
                                               leniency const& lenient) noexcept {
        return {session, session_index, lines, index, lenient};
    }

    /// The a= line at a place of the table.
    [[nodiscard]] MSRPKIT_ALWAYS_INLINE attribute attribute_at(std::size_t i) const noexcept {
        std::size_t const at = table_.at[i];
        auto size = table_.at[i + 1] - at - 1;
        if (text_[at + size - 1] == '\r') --size;
        return detail::split_attribute({'a', detail::part_of(text_, at + 2, size - 2), at, i + 1},
                                       table_.name_size[i], leniency_.blank_after_colon);
    }

    std::string_view text_{};
    detail::layout layout_;
    leniency leniency_{};
    detail::line_table table_{};
};

inline std::size_t description_view::media_index(std::string_view type,
                                                 std::size_t first) const noexcept {
    std::size_t index = 0;
    if (table_.count == 0) {
        for (media_view const m : media())
            if (m.index() >= first && m.media() == type) return m.index();
        return media_count();
    }
    for (auto i = layout_.media_line - 1; i < table_.count; ++i) {
        std::size_t const at = table_.at[i];
        if (text_[at] != 'm' || index++ < first) continue;
        auto const rest = detail::part_of(text_, at + 2);  // there is a blank behind the type
        if (rest.size() > type.size() && rest[type.size()] == ' ' &&
            std::memcmp(rest.data(), type.data(), type.size()) == 0)
            return index - 1;
    }
    return media_count();
}

template <class F>
auto description_view::with_media(std::size_t index, F&& f) const {
    if (table_.count == 0) {
        auto const m = media(index);
        return f([&] { return *m; }, [&](auto&& g) { m->attributes().for_each(g); });
    }
    auto const next = [this](std::size_t i) {
        while (i < table_.count && text_[table_.at[i]] != 'm') ++i;
        return i;
    };
    auto first = layout_.media_line - 1;
    for (auto left = index; left != 0; --left) first = next(first + 1);
    auto const end = next(first + 1);
    std::size_t const at = table_.at[first];
    line_range const lines(detail::part_of(text_, at, table_.at[end] - at), at, first + 1);
    return f([&] { return make_media(session_lines(), layout_.session, lines, index, leniency_); },
             [&](auto&& g) {
                 for (auto i = first + 1; i < end; ++i)
                     if (text_[table_.at[i]] == 'a') g(attribute_at(i));
             });
}

inline media_view media_range::iterator::operator*() const noexcept {
    return description_view::make_media(session_, session_index_,
                                        line_range(rest_.substr(0, end_), offset_, number_), index_,
                                        leniency_);
}

namespace detail {

/// Limits that a description keeps.
[[nodiscard]] inline limits raised(limits limit, description_view const& view) noexcept {
    std::size_t count = 0;
    for (line const l : view.lines()) {
        ++count;
        limit.max_line = std::max(limit.max_line, l.value.size() + 2);
    }
    limit.max_lines = std::max(limit.max_lines, count);
    limit.max_media = std::max(limit.max_media, view.media_count());
    limit.max_text = std::max(limit.max_text, view.text().size());
    return limit;
}

}  // namespace detail

/// Names the session level where a media index is asked for.
inline constexpr std::size_t session_level = static_cast<std::size_t>(-1);

/// A description that owns its text and can be edited. What is not edited keeps its octets; lines
/// written anew end with CRLF. Every edit checks what it writes (CR, LF, NUL and whatever else the
/// line's grammar forbids is `illegal_value`) and reads the whole text anew, so it always holds a
/// description within its limits; an edit that fails changes nothing. An edit costs the length of
/// the text, and ends the life of all views.
///
/// `where` is an index of a media description, or `session_level`; `no_such_media` where there is
/// none. Moved from, an object may only be assigned to or destroyed.
template <class Allocator = std::allocator<char>>
class basic_description {
   public:
    using allocator_type = Allocator;
    using string_type = std::basic_string<char, std::char_traits<char>, Allocator>;

    /// Copies a description. Linear.
    /// @param limit those of the edits; each is raised to what the description, which may have been
    ///        read with larger ones, has already, so that it can be edited.
    explicit basic_description(description_view view, limits const& limit = {},
                               Allocator const& allocator = Allocator())
        : basic_description(as_read{}, view, detail::raised(limit, view), allocator) {}

    /// Reads and copies. @return as `sdp::parse`.
    [[nodiscard]] static wire::result<basic_description> parse(
        std::string_view text, limits const& limit = {}, leniency const& lenient = {},
        Allocator const& allocator = Allocator()) {
        auto const view = description_view::read(text, limit, lenient);
        if (!view) return view.error();
        return basic_description(as_read{}, *view, limit, allocator);
    }

    /// A view of this description; lives until it is edited or ends.
    [[nodiscard]] description_view view() const noexcept {
        return {text_, layout_, leniency_, table_};
    }
    operator description_view() const noexcept { return view(); }  // NOLINT: it is one
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] Allocator get_allocator() const { return text_.get_allocator(); }

    // Attributes. `name` must be a token; `value` may be empty only where it is left out.

    /// Appends `a=name` or `a=name:value` to a level.
    wire::result<void> add_attribute(std::size_t where, std::string_view name,
                                     std::optional<std::string_view> value = std::nullopt);
    /// Makes this the only attribute of its name at that level: in the place of the first one, else
    /// appended.
    wire::result<void> set_attribute(std::size_t where, std::string_view name,
                                     std::optional<std::string_view> value = std::nullopt);
    /// Removes all attributes of a name from a level. @return how many there were.
    wire::result<std::size_t> remove_attribute(std::size_t where, std::string_view name);

    // Connection.

    /// Makes `c=IN IP4|IP6 address` the only c= line of that level: in the place of the first one,
    /// else where the grammar has it. The type follows the address: IP6 if it is a numeric IPv6
    /// address, else IP4 (a name may be given either, see the overload). `illegal_value` for what
    /// is neither numeric nor a name: brackets, ":" in a name, a numeric address of the other type.
    wire::result<void> set_connection(std::size_t where, std::string_view address);
    wire::result<void> set_connection(std::size_t where, std::string_view net_type,
                                      std::string_view address_type, std::string_view address);
    /// Removes all c= lines of that level. `missing_connection` if a media description then lacks
    /// one.
    wire::result<void> remove_connection(std::size_t where);

    // m= and o=.

    /// Changes the port; everything else of the line stays. 0 rejects or removes (RFC 3264,
    /// 6, 8.2).
    wire::result<void> set_port(std::size_t media, std::uint16_t port);
    /// Changes the proto; everything else of the line stays.
    wire::result<void> set_proto(std::size_t media, std::string_view proto);
    /// Appends a media description: `lines` is its m= line and what belongs to it.
    wire::result<void> add_media(std::string_view lines);
    /// Puts another media description into a slot (RFC 3264, 8.1: that of a stream removed before).
    wire::result<void> replace_media(std::size_t media, std::string_view lines);
    /// Adds one to the version of o= (SDP-3264-2). A number that has outgrown a signed one of 64
    /// bits is not of this side, which must not write such (RFC 3264, section 5): it is counted on
    /// however long it is. @return `illegal_value` where this step would outgrow it.
    wire::result<void> increment_version();
    /// Writes the version of o=. @param version at most 2^63 - 1 (RFC 3264, section 5), else
    /// `illegal_value`. Costs the length of the text, as every edit.
    wire::result<void> set_version(std::uint64_t version);

   private:
    using pieces = std::initializer_list<std::string_view>;

    struct as_read {};
    basic_description(as_read, description_view const& view, limits const& limit,
                      Allocator const& allocator)
        : text_(view.text_, allocator),
          layout_(view.layout_),
          table_(view.table_),
          limits_(limit),
          leniency_(view.leniency_) {}

    [[nodiscard]] static wire::failure misuse(error why, std::string_view field) noexcept {
        return {make_error_code(why), 0, field};
    }
    /// The lines of a level.
    [[nodiscard]] wire::result<line_range> level(std::size_t where) const noexcept {
        if (where == session_level) return view().session_lines();
        auto const m = view().media(where);
        if (!m) return misuse(error::no_such_media, {});
        return m->lines();
    }
    [[nodiscard]] string_type empty_text(std::size_t room) const {
        string_type out(text_.get_allocator());
        out.reserve(room);
        return out;
    }
    /// The octets of a line with its line end.
    [[nodiscard]] std::string_view whole(line const& l) const noexcept {
        std::string_view const all = text_;
        auto const lf = all.find('\n', l.offset);
        return all.substr(l.offset, lf == std::string_view::npos ? lf : lf + 1 - l.offset);
    }
    /// Takes a new text if it is a description within the limits.
    wire::result<void> commit(string_type&& text) {
        detail::layout parts;
        detail::line_table table;
        auto good = detail::read_description(text, limits_, leniency_, parts, table);
        if (!good) return good;
        text_ = std::move(text);
        layout_ = parts;
        table_ = table;
        return {};
    }
    /// Replaces `size` octets at `at`.
    wire::result<void> splice(std::size_t at, std::size_t size, pieces by) {
        std::size_t more = 2;
        for (auto const p : by) more += p.size();
        auto out = empty_text(text_.size() - size + more);
        out.append(text_, 0, at);
        if (size == 0) end_last_line(out);
        for (auto const p : by) out.append(p);
        out.append(text_, at + size);
        return commit(std::move(out));
    }
    /// A line that the leniency `missing_last_line_end` let pass gets its end before another
    /// follows.
    static void end_last_line(string_type& out) {
        if (!out.ends_with('\n')) out.append("\r\n");
    }
    wire::result<std::size_t> rewrite(std::size_t where, char type, std::string_view name,
                                      pieces replacement, std::size_t insert_at);

    string_type text_;
    detail::layout layout_;
    detail::line_table table_;
    limits limits_;
    leniency leniency_;
};

using description = basic_description<>;
namespace pmr {
using description = basic_description<std::pmr::polymorphic_allocator<char>>;
}

}  // namespace sdp::inline v0

#include <sdp/detail/description_edit.hpp>
