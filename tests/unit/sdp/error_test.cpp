// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// error_test.cpp - sdp/error.hpp: each code has a name, a text of its own and a condition.
#include <sdp/error.hpp>

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <system_error>

#include "support/catch.hpp"

namespace {

using sdp::error;
using kind = sdp::error_condition;

struct known_code {
    error code;
    std::string_view name;
    std::string_view text;
    kind condition;
};

constexpr std::array known{
    known_code{error::bad_line, "bad_line", "line is not TYPE=VALUE", kind::syntax},
    known_code{error::unknown_line, "unknown_line", "unknown type of line", kind::syntax},
    known_code{error::misplaced_line, "misplaced_line", "line out of order", kind::syntax},
    known_code{error::missing_line, "missing_line", "description ends too early", kind::syntax},
    known_code{error::missing_time, "missing_time", "no t= line", kind::syntax},
    known_code{error::missing_connection, "missing_connection", "no c= line", kind::syntax},
    known_code{error::bad_line_end, "bad_line_end", "NUL, stray CR or missing line end",
               kind::syntax},
    known_code{error::bad_version, "bad_version", "version is not 0", kind::syntax},
    known_code{error::bad_origin, "bad_origin", "malformed o= line", kind::syntax},
    known_code{error::bad_text, "bad_text", "empty text", kind::syntax},
    known_code{error::bad_uri, "bad_uri", "malformed u= line", kind::syntax},
    known_code{error::bad_connection, "bad_connection", "malformed c= line", kind::syntax},
    known_code{error::bad_bandwidth, "bad_bandwidth", "malformed b= line", kind::syntax},
    known_code{error::bad_time, "bad_time", "malformed t= line", kind::syntax},
    known_code{error::bad_repeat, "bad_repeat", "malformed r= line", kind::syntax},
    known_code{error::bad_zone, "bad_zone", "malformed z= line", kind::syntax},
    known_code{error::bad_media, "bad_media", "malformed m= line", kind::syntax},
    known_code{error::port_too_large, "port_too_large", "port above 65535", kind::syntax},
    known_code{error::bad_attribute, "bad_attribute", "malformed a= line", kind::syntax},
    known_code{error::not_in_grammar, "not_in_grammar", "text does not follow the SDP grammar",
               kind::syntax},
    known_code{error::bad_email, "bad_email", "malformed e= line", kind::syntax},
    known_code{error::bad_phone, "bad_phone", "malformed p= line", kind::syntax},
    known_code{error::text_too_long, "text_too_long", "description too long", kind::limit},
    known_code{error::line_too_long, "line_too_long", "line too long", kind::limit},
    known_code{error::too_many_lines, "too_many_lines", "too many lines", kind::limit},
    known_code{error::too_many_media, "too_many_media", "too many media descriptions", kind::limit},
    known_code{error::bad_setup, "bad_setup", "unknown a=setup value", kind::value},
    known_code{error::bad_fingerprint, "bad_fingerprint", "malformed a=fingerprint value",
               kind::value},
    known_code{error::answer_media_count, "answer_media_count",
               "answer has another number of m= lines", kind::value},
    known_code{error::answer_media_type, "answer_media_type", "answer has another media type",
               kind::value},
    known_code{error::answer_proto, "answer_proto", "answer has another transport protocol",
               kind::value},
    known_code{error::answer_revives_media, "answer_revives_media",
               "answer accepts media that was not offered", kind::value},
    known_code{error::answer_direction, "answer_direction",
               "direction of the answer does not fit the offer", kind::value},
    known_code{error::answer_setup, "answer_setup", "a=setup of the answer does not fit the offer",
               kind::value},
    known_code{error::answer_time, "answer_time", "t= of the answer differs from the offer",
               kind::value},
    known_code{error::bad_origin_change, "bad_origin_change",
               "o= does not continue the description before", kind::value},
    known_code{error::bad_file_attribute, "bad_file_attribute", "malformed file attribute",
               kind::value},
    known_code{error::bad_data_channel, "bad_data_channel", "malformed a=dcmap or a=dcsa value",
               kind::value},
    known_code{error::bad_chatroom, "bad_chatroom", "malformed a=chatroom value", kind::value},
    known_code{error::number_too_large, "number_too_large", "number too large", kind::value},
    known_code{error::media_vanished, "media_vanished",
               "m= lines vanished since the description before", kind::value},
    known_code{error::channel_not_offered, "channel_not_offered",
               "answer has a data channel not offered", kind::value},
    known_code{error::channel_differs, "channel_differs", "data channel is not as it was offered",
               kind::value},
    known_code{error::channel_setup, "channel_setup", "setups of a data channel do not fit",
               kind::value},
    known_code{error::channel_repeated, "channel_repeated", "two a=dcmap of one stream id",
               kind::value},
    known_code{error::answer_origin, "answer_origin", "o= of the answer is that of the offer",
               kind::value},
    known_code{error::answer_formats, "answer_formats",
               "formats of the answer do not fit the offer", kind::value},
    known_code{error::answer_address, "answer_address",
               "address of the answer does not fit the offer", kind::value},
    known_code{error::illegal_value, "illegal_value", "value not allowed in this line",
               kind::misuse},
    known_code{error::no_such_media, "no_such_media", "no such media description", kind::misuse},
    known_code{error::no_such_line, "no_such_line", "no such line", kind::misuse},
    known_code{error::offer_pending, "offer_pending", "an offer is still unanswered", kind::misuse},
    known_code{error::stale_offer, "stale_offer", "not the pending offer", kind::misuse},
    known_code{error::buffer_too_small, "buffer_too_small", "buffer too small", kind::misuse},
};

static_assert(sdp::name_of(error::bad_line) == "bad_line");
static_assert(sdp::name_of(error{}) == "unknown");
static_assert(noexcept(sdp::name_of(error::bad_line)));

}  // namespace

TEST_CASE("sdp errors: each code has its name, text and condition") {
    std::set<std::string> texts;
    for (auto const& k : known) {
        CAPTURE(k.name);
        std::error_code const code = k.code;
        CHECK(sdp::name_of(k.code) == k.name);
        CHECK(sdp::name_of(code) == k.name);
        CHECK(code.message() == k.text);
        CHECK(code == k.condition);
        CHECK(code.default_error_condition() == sdp::make_error_condition(k.condition));
        CHECK(code.category() == sdp::error_category());
        CHECK(texts.insert(code.message()).second);
    }
}

TEST_CASE("sdp errors: no number has a name unless it is listed here") {
    std::set<int> numbers;
    for (auto const& k : known) numbers.insert(static_cast<int>(k.code));
    CHECK(numbers.size() == known.size());
    for (int n = -1; n < 500; ++n) {
        CAPTURE(n);
        std::error_code const code(n, sdp::error_category());
        CHECK((sdp::name_of(code) == "unknown") == !numbers.contains(n));
        CHECK((code.message() == "unknown sdp error") == !numbers.contains(n));
    }
}

TEST_CASE("sdp errors: codes and conditions of other categories stay apart") {
    CHECK(std::string_view(sdp::error_category().name()) == "sdp");
    CHECK(std::string_view(sdp::condition_category().name()) == "sdp.condition");
    for (auto const condition : {kind::syntax, kind::limit, kind::value, kind::misuse})
        CHECK(make_error_condition(condition).message() != "unknown sdp condition");
    CHECK(std::error_condition(9, sdp::condition_category()).message() == "unknown sdp condition");
    std::error_code const other(static_cast<int>(error::bad_line), std::generic_category());
    CHECK(sdp::name_of(other) == "unknown");
    CHECK(other != kind::syntax);
}
