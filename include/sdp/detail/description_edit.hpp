// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// description_edit.hpp - the edits of basic_description.
#pragma once

#include <sdp/description.hpp>
#include <wire/decimal.hpp>

namespace sdp::inline v0 {

/// One pass over a level: the first line of that type (and attribute name) becomes `replacement`,
/// the others of it vanish; where there was none, `replacement` is put at `insert_at`. An empty
/// replacement only removes. @return how many lines there were.
template <class Allocator>
wire::result<std::size_t> basic_description<Allocator>::rewrite(std::size_t where, char type,
                                                                std::string_view name,
                                                                pieces replacement,
                                                                std::size_t insert_at) {
    auto const lines = level(where);
    if (!lines) return lines.error();
    auto const is_it = [&](line const& l) {
        return l.type == type && (type != 'a' || l.value.substr(0, l.value.find(':')) == name);
    };
    std::size_t found = 0;
    for (line const l : *lines) found += is_it(l) ? 1U : 0U;
    if (found == 0) {
        if (replacement.size() == 0) return found;
        if (auto done = splice(insert_at, 0, replacement); !done) return done.error();
        return found;
    }
    std::size_t more = 0;
    for (auto const p : replacement) more += p.size();
    auto out = empty_text(text_.size() + more);
    out.append(text_, 0, lines->offset());
    bool placed = replacement.size() == 0;
    for (line const l : *lines) {
        if (!is_it(l)) {
            out.append(whole(l));
            continue;
        }
        if (!placed)
            for (auto const p : replacement) out.append(p);
        placed = true;
    }
    out.append(text_, lines->offset() + lines->text().size());
    if (auto done = commit(std::move(out)); !done) return done.error();
    return found;
}

template <class Allocator>
wire::result<void> basic_description<Allocator>::add_attribute(
    std::size_t where, std::string_view name, std::optional<std::string_view> value) {
    if (!detail::is_token(name) || (value && (value->empty() || !detail::is_byte_text(*value))))
        return misuse(error::illegal_value, "a=");
    auto const lines = level(where);
    if (!lines) return lines.error();
    return splice(lines->offset() + lines->text().size(), 0,
                  {"a=", name, value ? ":" : "", value.value_or(""), "\r\n"});
}

template <class Allocator>
wire::result<void> basic_description<Allocator>::set_attribute(
    std::size_t where, std::string_view name, std::optional<std::string_view> value) {
    if (!detail::is_token(name) || (value && (value->empty() || !detail::is_byte_text(*value))))
        return misuse(error::illegal_value, "a=");
    auto const lines = level(where);
    if (!lines) return lines.error();
    auto done =
        rewrite(where, 'a', name, {"a=", name, value ? ":" : "", value.value_or(""), "\r\n"},
                lines->offset() + lines->text().size());
    if (!done) return done.error();
    return {};
}

template <class Allocator>
wire::result<std::size_t> basic_description<Allocator>::remove_attribute(std::size_t where,
                                                                         std::string_view name) {
    return rewrite(where, 'a', name, {}, 0);
}

template <class Allocator>
wire::result<void> basic_description<Allocator>::set_connection(std::size_t where,
                                                                std::string_view address) {
    return set_connection(where, "IN", detail::address_type_of(address), address);
}

template <class Allocator>
wire::result<void> basic_description<Allocator>::set_connection(std::size_t where,
                                                                std::string_view net_type,
                                                                std::string_view address_type,
                                                                std::string_view address) {
    if (!detail::is_token(net_type) || !detail::is_token(address_type) ||
        !detail::is_address(net_type, address_type, address, true))
        return misuse(error::illegal_value, "c=");
    auto const lines = level(where);
    if (!lines) return lines.error();
    // Where the grammar has c=: behind the lines that must stand before it.
    std::string_view const before = where == session_level ? "vosiuep" : "mi";
    std::size_t at = lines->offset();
    for (line const l : *lines) {
        if (before.find(l.type) == std::string_view::npos) break;
        at = l.offset + whole(l).size();
    }
    auto done =
        rewrite(where, 'c', {}, {"c=", net_type, " ", address_type, " ", address, "\r\n"}, at);
    if (!done) return done.error();
    return {};
}

template <class Allocator>
wire::result<void> basic_description<Allocator>::remove_connection(std::size_t where) {
    auto done = rewrite(where, 'c', {}, {}, 0);
    if (!done) return done.error();
    return {};
}

template <class Allocator>
wire::result<void> basic_description<Allocator>::set_port(std::size_t media, std::uint16_t port) {
    auto const m = view().media(media);
    if (!m) return misuse(error::no_such_media, "m=");
    return splice(m->offset() + 2 + m->fields().port_offset, m->fields().port_size,
                  {wire::decimal(port).view()});
}

template <class Allocator>
wire::result<void> basic_description<Allocator>::set_proto(std::size_t media,
                                                           std::string_view proto) {
    auto const m = view().media(media);
    if (!m) return misuse(error::no_such_media, "m=");
    if (!detail::are_tokens(proto, '/')) return misuse(error::illegal_value, "m=");
    auto const at = static_cast<std::size_t>(m->proto().data() - text_.data());
    return splice(at, m->proto().size(), {proto});
}

template <class Allocator>
wire::result<void> basic_description<Allocator>::add_media(std::string_view lines) {
    if (!lines.starts_with("m=") || !lines.ends_with('\n') ||
        lines.find("\nm=") != std::string_view::npos)
        return misuse(error::illegal_value, "m=");
    return splice(text_.size(), 0, {lines});
}

template <class Allocator>
wire::result<void> basic_description<Allocator>::replace_media(std::size_t media,
                                                               std::string_view lines) {
    auto const m = view().media(media);
    if (!m) return misuse(error::no_such_media, "m=");
    if (!lines.starts_with("m=") || !lines.ends_with('\n') ||
        lines.find("\nm=") != std::string_view::npos)
        return misuse(error::illegal_value, "m=");
    return splice(m->offset(), m->lines().text().size(), {lines});
}

template <class Allocator>
wire::result<void> basic_description<Allocator>::increment_version() {
    auto const old = view().origin().session_version;
    string_type next(old, text_.get_allocator());
    std::size_t i = next.size();
    while (i != 0 && next[i - 1] == '9') next[--i] = '0';
    if (i == 0)
        next.insert(next.begin(), '1');
    else
        ++next[i - 1];
    if (detail::is_origin_number(old) && !detail::is_origin_number(next))
        return misuse(error::illegal_value, "o=");
    return splice(static_cast<std::size_t>(old.data() - text_.data()), old.size(), {next});
}

template <class Allocator>
wire::result<void> basic_description<Allocator>::set_version(std::uint64_t version) {
    if (version > detail::max_origin_number) return misuse(error::illegal_value, "o=");
    auto const old = view().origin().session_version;
    return splice(static_cast<std::size_t>(old.data() - text_.data()), old.size(),
                  {wire::decimal(version).view()});
}

}  // namespace sdp::inline v0
