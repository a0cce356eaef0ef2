// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// parse_data_channel.hpp - a=dcmap and a=dcsa by the X3 grammar, which is the definition.
#pragma once

#include <string_view>

#include <sdp/attribute.hpp>
#include <sdp/data_channel.hpp>
#include <sdp/detail/grammar_data_channel.hpp>
#include <sdp/error.hpp>
#include <wire/result.hpp>

namespace sdp::inline v0 {

// Each gives what its reader in data_channel.hpp (`read_dcmap`, `read_dcsa`) gives, value and
// failure; a fuzz target holds them together. They need RTTI (X3's own demand), throw and allocate
// nothing.

[[nodiscard]] inline wire::result<data_channel> parse_dcmap(std::string_view value) noexcept {
    detail::grammar::dcmap_values values;
    if (auto const good = detail::grammar::parse_value(value, detail::grammar::dcmap_value, values,
                                                       error::bad_data_channel, "a=dcmap");
        !good)
        return good.error();
    return values.channel;
}
/// Without leniencies.
[[nodiscard]] inline wire::result<channel_attribute> parse_dcsa(attribute const& dcsa) noexcept {
    detail::grammar::dcsa_values values;
    if (auto const good = detail::grammar::parse_value(dcsa.value, detail::grammar::dcsa_value,
                                                       values, error::bad_data_channel, "a=dcsa");
        !good)
        return good.error();
    auto const value_at = dcsa.value.size() - values.value.size();
    return channel_attribute{values.stream_id,
                             {values.name, values.value, values.has_value, dcsa.offset,
                              dcsa.value_offset + value_at, dcsa.line_number}};
}

}  // namespace sdp::inline v0
