// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// head_template.hpp - the head of one message's SEND chunks, made once; only ids and range change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <msrp/byte_range.hpp>
#include <msrp/chunk_serializer.hpp>
#include <msrp/error.hpp>
#include <msrp/ident.hpp>
#include <msrp/path.hpp>
#include <wire/put.hpp>
#include <wire/result.hpp>

namespace msrp::inline v0 {

/// A header field as it shall stand.
struct template_field {
    std::string_view name{};
    std::string_view value{};
};

/// What the chunks of a message, or all messages of a session, have in common.
struct template_fields {
    /// Written between Byte-Range and the MIME fields.
    std::optional<report_value> success_report{};
    std::optional<report_value> failure_report{};
    /// Empty: heads of chunks without a body, which have no MIME fields either (FRM-7.1-3).
    std::string_view content_type{};
    /// Any others, written in this order before Content-Type: MIME fields behind all that are none.
    std::span<template_field const> others{};
};

/// Writes heads of SEND requests by copying ready text around three values. The constant parts are
/// checked once, here; the values at each `write`. Same octets as `head_writer` gives.
template <class Allocator = std::allocator<char>>
class basic_head_template {
   public:
    using allocator_type = Allocator;
    using string_type = std::basic_string<char, std::char_traits<char>, Allocator>;

    /// @return the failure that `head_writer` would give for the same values.
    [[nodiscard]] static wire::result<basic_head_template> make(
        path_view to, path_view from, template_fields const& fields,
        Allocator const& allocator = Allocator()) {
        basic_head_template t(allocator);
        std::size_t room =
            2 * to.text().size() + 2 * from.text().size() + fields.content_type.size() + 256;
        for (auto const& f : fields.others) room += f.name.size() + f.value.size() + 4;
        string_type text(room, '\0', allocator);
        // Placeholders that cannot be mistaken: their places are known by their length alone.
        constexpr std::string_view tid = "0000";
        head_writer writer({text.data(), text.size()});
        static_cast<void>(writer.request(tid, "SEND", to, from));
        std::size_t const message_id_at = writer.needed() + std::string_view("Message-ID: ").size();
        static_cast<void>(writer.message_id(tid));
        std::size_t const range_at = writer.needed() + std::string_view("Byte-Range: ").size();
        static_cast<void>(writer.byte_range({1, 0, 0}));
        if (fields.success_report) static_cast<void>(writer.success_report(*fields.success_report));
        if (fields.failure_report) static_cast<void>(writer.failure_report(*fields.failure_report));
        for (auto const& f : fields.others) static_cast<void>(writer.field(f.name, f.value));
        t.has_body_ = !fields.content_type.empty();
        if (t.has_body_) static_cast<void>(writer.content_type(fields.content_type));
        std::size_t const fields_end = writer.needed();
        auto const whole = t.has_body_ ? writer.finish_with_body() : writer.finish_without_body();
        if (!whole) return whole.error();
        auto const all = t.has_body_ ? *whole : whole->substr(0, fields_end);
        std::size_t const id_end = front.size() + tid.size();
        t.parts_.append(all.substr(id_end, message_id_at - id_end));
        t.behind_at_ = t.parts_.size();
        t.parts_.append(all.substr(range_at + std::string_view("1-0/0").size()));
        return t;
    }

    /// The longest head that `write` makes: so much memory always suffices.
    [[nodiscard]] std::size_t max_size() const noexcept {
        return front.size() + parts_.size() + 2 * ident_max + range_name.size() + 3 * 20 + 2;
    }

    /// Writes one head: after it come, with a content type, the body and an `end_line` after a
    /// body; without, an `end_line` that is not.
    /// @param memory `max_size()` octets or more.
    /// @param range with an end only where it is of 2,048 octets at most (CHK-5.1-1); 1-0 or 1-*
    ///        without a content type (CHK-7.1.1-4).
    /// @return a view into `memory`; `bad_transaction_id`, `bad_ident`, `bad_byte_range`,
    ///         `buffer_full`.
    [[nodiscard]] wire::result<std::string_view> write(std::span<char> memory,
                                                       std::string_view transaction_id,
                                                       std::string_view message_id,
                                                       byte_range const& range) const noexcept {
        if (!is_ident(transaction_id)) [[unlikely]]
            return wire::failure{make_error_code(error::bad_transaction_id),
                                 read_ident(transaction_id).error().offset, "start-line"};
        if (!is_ident(message_id)) [[unlikely]]
            return read_ident(message_id).error().at(0, "Message-ID");
        if (!detail::is_sendable(range) || (!has_body_ && !detail::is_of_nothing(range)))
            [[unlikely]]
            return wire::failure{make_error_code(error::bad_byte_range), 0, "Byte-Range"};
        if (memory.size() < max_size()) [[unlikely]]
            return wire::failure{make_error_code(error::buffer_full), max_size(), {}};
        std::string_view const before(parts_.data(), behind_at_);
        std::string_view const behind(parts_.data() + behind_at_, parts_.size() - behind_at_);
        char* out = wire::put(memory.data(), front);
        out = wire::put(out, transaction_id);
        out = wire::put(out, before);
        out = wire::put(out, message_id);
        out = wire::put(out, range_name);
        out = put(out, detail::range_text{range});
        out = wire::put(out, behind);
        return std::string_view(memory.data(), static_cast<std::size_t>(out - memory.data()));
    }

    /// The same where the body's size is known.
    /// @param body_size octets of the body, as many as `range` says (CHK-7.1.1-3), 0 without a
    ///        content type; else `bad_byte_range`.
    [[nodiscard]] wire::result<std::string_view> write(std::span<char> memory,
                                                       std::string_view transaction_id,
                                                       std::string_view message_id,
                                                       byte_range const& range,
                                                       std::uint64_t body_size) const noexcept {
        auto const text = write(memory, transaction_id, message_id, range);
        if (text && (!detail::fits(range, body_size) || (!has_body_ && body_size != 0)))
            return wire::failure{make_error_code(error::bad_byte_range), 0, "Byte-Range"};
        return text;
    }

   private:
    static constexpr std::string_view front = "MSRP ";
    static constexpr std::string_view range_name = "\r\nByte-Range: ";

    explicit basic_head_template(Allocator const& allocator) : parts_(allocator) {}

    string_type parts_;          // what is between the two ids, then what is behind the range
    std::size_t behind_at_ = 0;  // where the latter begins
    bool has_body_ = false;
};

using head_template = basic_head_template<>;
namespace pmr {
using head_template = basic_head_template<std::pmr::polymorphic_allocator<char>>;
}

}  // namespace msrp::inline v0
