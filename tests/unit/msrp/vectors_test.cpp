// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// vectors_test.cpp - the messages printed in the RFCs: they parse, cut anywhere; what is wrong with
// some of them is seen.
//
// The vectors are not part of the repository. They are looked for where the environment variable
// MSRPKIT_VECTORS says, else the definition MSRPKIT_VECTORS_DIR, else beside the source tree.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <msrp/message.hpp>

#include "support/catch.hpp"
#include "support/chunk_log.hpp"
#include "support/reference_parser.hpp"

namespace {

namespace fs = std::filesystem;

std::optional<fs::path> vectors() {
#ifdef MSRPKIT_VECTORS_DIR
    fs::path folder = MSRPKIT_VECTORS_DIR;
#else
    fs::path folder = MSRPKIT_SOURCE_DIR "/../shared/vectors";
#endif
    if (char const* said = std::getenv("MSRPKIT_VECTORS")) folder = said;
    if (fs::is_directory(folder)) return folder;
    WARN("skipped: no RFC vectors in " << folder);
    return std::nullopt;
}

std::string octets_of(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    REQUIRE(in.is_open());
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string log_at_every_cut(std::string const& stream) {
    auto const whole = support::log_in_pieces(stream, 0);
    REQUIRE(support::reference_log(stream) == whole);
    REQUIRE(support::log_in_pieces(stream, 1) == whole);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        INFO("cut at " << cut);
        REQUIRE(support::log_cut(stream, cut) == whole);
    }
    return whole;
}

bool ends_with(std::string_view text, std::string_view tail) {
    return text.size() >= tail.size() && text.substr(text.size() - tail.size()) == tail;
}

msrp::message message_of(std::string_view stream) {
    msrp::message m;
    auto const got = msrp::parse_message(stream, m);
    REQUIRE(got.status == msrp::parse_status::event);
    REQUIRE(m.size == stream.size());
    return m;
}

/// Byte-Range and body of these do not fit, as printed; nothing else is wrong with them.
struct misfit {
    std::string_view file;
    std::uint64_t claimed;
    std::uint64_t body;
};
constexpr misfit misfits[] = {
    {"rfc4975/4-01-send-a786hjs2.msrp", 25, 23},
    {"rfc4975/11.1-01-send-d93kswow.msrp", 16, 14},
    {"rfc4975/11.1-03-send-dkei38sd.msrp", 21, 20},
    {"rfc4975/11.2-01-send-dsdfoe38sd.msrp", 374, 384},
    {"rfc4975/11.4-02-send-op2nc9a.msrp", 11, 10},
    {"rfc4975/11.5-01-send-d93kswow.msrp", 38, 37},
    {"rfc4975/11.6-01-send-d93kswow.msrp", 106, 121},
    {"rfc5547/9.1-01-send-d93kswow.msrp", 2048, 298},
    {"rfc5547/9.1-02-send-op2nc9a.msrp", 2337, 45},
    {"rfc5547/9.2-01-send-d93kswow.msrp", 2027, 373},
    {"rfc5547/9.2-03-send-d95ksxox.msrp", 2027, 268},
    {"rfc7701/9.5-02-send-7443ruls.msrp", 107, 74},
};
bool is_misfit(std::string const& name) {
    return std::any_of(std::begin(misfits), std::end(misfits),
                       [&](misfit const& m) { return m.file == name; });
}

}  // namespace

TEST_CASE("RFC messages parse at every cut", "[vectors][T3][FRM-9-3]") {
    auto const folder = vectors();
    if (!folder) return;
    std::size_t count = 0;
    for (auto const& entry : fs::recursive_directory_iterator(*folder)) {
        auto const name = entry.path().lexically_relative(*folder).generic_string();
        if (!ends_with(name, ".msrp") || ends_with(name, ".fragment.msrp") ||
            ends_with(name, ".incomplete.msrp"))
            continue;
        ++count;
        INFO(name);
        auto const stream = octets_of(entry.path());
        auto const log = log_at_every_cut(stream);
        CHECK(ends_with(log, "\nok\n"));
        auto const m = message_of(stream);
        auto const& h = m.begin.headers;
        auto const sound = [&](msrp::field f, auto const& value) {
            bool const good = !h.has(f) || value.has_value();
            INFO(msrp::canonical_name(f));
            CHECK(good);
        };
        sound(msrp::field::message_id, h.message_id());
        sound(msrp::field::byte_range, h.byte_range());
        sound(msrp::field::status, h.status());
        sound(msrp::field::success_report, h.success_report());
        sound(msrp::field::failure_report, h.failure_report());
        sound(msrp::field::expires, h.seconds(msrp::field::expires));
        sound(msrp::field::use_path, h.use_path());
        sound(msrp::field::content_type, h.raw(msrp::field::content_type));
        if (m.begin.method == msrp::method::SEND) CHECK(h.has(msrp::field::message_id));
        // A range with an end says how long the body is, but where the RFC counted wrongly.
        auto const range = h.byte_range();
        if (m.is_request() && m.begin.has_body && range && range->end)
            CHECK((*range->end - range->start + 1 == m.body.size()) == !is_misfit(name));
    }
    CHECK(count > 70);
}

TEST_CASE("RFC messages whose Byte-Range is wrong: the body's own length counts",
          "[vectors][T1][CHK-7.3.1-2]") {
    auto const folder = vectors();
    if (!folder) return;
    for (auto const& one : misfits) {
        INFO(one.file);
        auto const stream = octets_of(*folder / one.file);
        auto const m = message_of(stream);
        auto const range = m.begin.headers.byte_range();
        REQUIRE(range);
        REQUIRE(range->end);
        CHECK(*range->end - range->start + 1 == one.claimed);
        CHECK(m.body.size() == one.body);
    }
}

TEST_CASE("RFC messages with a wrong flag", "[vectors][FRM-7.1-6]") {
    auto const folder = vectors();
    if (!folder) return;
    // The last octet of the message is there, yet the flag says that more comes ...
    auto const more = octets_of(*folder / "rfc5547/9.2-03-send-d95ksxox.msrp");
    auto const first = message_of(more);
    CHECK(first.flag == msrp::continuation_flag::more);
    CHECK(first.begin.headers.byte_range()->end == first.begin.headers.byte_range()->total);
    // ... and the other way round.
    auto const done = octets_of(*folder / "rfc7701/9.5-01-send-7443ruls.msrp");
    auto const second = message_of(done);
    CHECK(second.flag == msrp::continuation_flag::complete);
    CHECK(second.body.size() == 56);
    CHECK(*second.begin.headers.byte_range() == msrp::byte_range{1, std::nullopt, 174});
}

TEST_CASE("RFC fragments: no paths, no message", "[vectors][FRM-7.1-2]") {
    auto const folder = vectors();
    if (!folder) return;
    for (auto const* name : {"rfc4975/5.1-01-send-dkei38sd.fragment.msrp",
                             "rfc4975/5.1-02-send-dkei38ia.fragment.msrp"}) {
        INFO(name);
        auto const log = log_at_every_cut(octets_of(*folder / name));
        CHECK(log == "error the first header field must be To-Path at 20 in To-Path\n");
    }
}

TEST_CASE("the RFC message without an end-line is incomplete", "[vectors]") {
    auto const folder = vectors();
    if (!folder) return;
    auto const log =
        log_at_every_cut(octets_of(*folder / "rfc4976/3-06-200-xght6.incomplete.msrp"));
    CHECK(log == "incomplete\n");
}
