// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// msrp_inspect.cpp - what a raw MSRP stream says, as JSON Lines; or whether two URIs are one.
//
// Exit status: 0 the stream ends between messages (or the URIs are equal), 1 it breaks (or they are
// not equal), 2 it ends inside a message (or a URI is invalid), 64 wrong usage, 66 no such input,
// 74 input or output failed.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <msrp/chunk_parser.hpp>
#include <msrp/parse_digest.hpp>
#include <msrp/parse_media_type.hpp>
#include <msrp/parse_mime.hpp>
#include <msrp/parse_nickname.hpp>
#include <msrp/reassembler.hpp>

#include "support/inspect_program.hpp"
#include "support/json_text.hpp"
#include "support/sha256.hpp"

namespace {

using examples::inspect_program;
using examples::json;
using examples::json_text;
using examples::sha256;
using msrp::field;

using examples::exit_ok;
constexpr int exit_broken = 1;
constexpr int exit_incomplete = 2;

using leniency_name = examples::leniency_name<msrp::leniency>;
constexpr std::array leniency_names{
    leniency_name{"several_blanks", &msrp::leniency::several_blanks},
    leniency_name{"stray_crlf", &msrp::leniency::stray_crlf},
    leniency_name{"body_in_response", &msrp::leniency::body_in_response},
    leniency_name{"empty_body_without_crlf", &msrp::leniency::empty_body_without_crlf},
    leniency_name{"fail_at_end_line_without_crlf", &msrp::leniency::fail_at_end_line_without_crlf},
    leniency_name{"ipv6_without_brackets", &msrp::leniency::ipv6_without_brackets},
    leniency_name{"loose_utf8", &msrp::leniency::loose_utf8},
    leniency_name{"blanks_in_media_type", &msrp::leniency::blanks_in_media_type},
    leniency_name{"blanks_in_authentication_info", &msrp::leniency::blanks_in_authentication_info},
    leniency_name{"sha256_response", &msrp::leniency::sha256_response},
};

void print(json const& object) { inspect_program::put(json_text::line(object)); }

/// What the head of a chunk says, as the JSON object of the chunk without its body.
class head_object {
   public:
    head_object(msrp::chunk_begin const& begin, msrp::leniency const& lenient)
        : begin_(begin), headers_(begin.headers), lenient_(lenient) {}

    json make() {
        object_["kind"] = begin_.is_request() ? "request" : "response";
        if (begin_.is_request()) {
            object_["method"] = begin_.method_name;
        } else {
            object_["status"] = begin_.status;
            if (begin_.comment) object_["comment"] = text_(*begin_.comment);
        }
        object_["transaction_id"] = begin_.transaction_id;
        object_["flag"] = nullptr;  // its place; known at the end
        // What stands twice has no value (HDR-9-1), though the first one was read by the parser.
        auto const to = once(field::to_path);
        auto const from = once(field::from_path);
        if (to) path("to_path", headers_.to_path());
        if (from) path("from_path", headers_.from_path());
        if (to) normal_path("to_path_norm", headers_.to_path());
        if (from) normal_path("from_path_norm", headers_.from_path());
        known_fields();
        fields();
        for (auto const f : demanded(begin_.method))
            if (!headers_.has(f)) invalid(f);
        if (!invalid_.empty()) object_["invalid"] = invalid_;
        if (text_.lossy()) object_["lossy"] = true;
        return std::move(object_);
    }

   private:
    /// What a request must have (HDR-9-1, RPT-7.1.2-1, CHAT-7.1-1).
    static std::vector<field> demanded(msrp::method m) {
        switch (m) {
            case msrp::method::SEND: return {field::message_id};
            case msrp::method::REPORT: return {field::message_id, field::status};
            case msrp::method::NICKNAME: return {field::use_nickname};
            default: return {};
        }
    }
    void invalid(field f) {
        json const name = msrp::canonical_name(f);
        if (std::find(invalid_.begin(), invalid_.end(), name) == invalid_.end())
            invalid_.push_back(name);
    }
    bool once(field f) {
        if (headers_.is_repeated(f)) invalid(f);
        return !headers_.is_repeated(f);
    }
    void path(char const* key, msrp::path_view path) {
        auto& list = object_[key] = json::array();
        for (auto const uri : path) list.push_back(uri.text);
    }
    void normal_path(char const* key, msrp::path_view path) {
        auto& list = object_[key] = json::array();
        for (auto const uri : path) {
            std::string memory(uri.text.size() + 64, '\0');
            wire::sink sink(memory);
            list.push_back(msrp::write_normal(sink, uri).view());
        }
    }

    /// Calls `use` with the value of a field that is there and good; notes one that is not good.
    template <class Result, class Use>
    void value(field f, Result const& result, Use&& use) {
        if (!headers_.has(f)) return;
        if (result) {
            use(*result);
        } else {
            invalid(f);
        }
    }

    void known_fields() {
        value(field::message_id, headers_.message_id(),
              [&](std::string_view id) { object_["message_id"] = id; });
        value(field::byte_range, headers_.byte_range(), [&](msrp::byte_range const& r) {
            auto const number = [](auto const& n) { return n ? json(*n) : json(nullptr); };
            object_["byte_range"] = {
                {"start", r.start}, {"end", number(r.end)}, {"total", number(r.total)}};
        });
        auto const report = [&](field f, auto const& read, char const* key) {
            // No REPORT about a REPORT (RPT-7.1.2-1), nor about a NICKNAME (CHAT-7.1-1).
            bool const forbidden =
                begin_.method == msrp::method::REPORT || begin_.method == msrp::method::NICKNAME;
            if (forbidden && headers_.has(f)) return invalid(f);
            value(f, read, [&](msrp::report_value v) {
                object_[key] = v == msrp::report_value::yes  ? "yes"
                               : v == msrp::report_value::no ? "no"
                                                             : "partial";
            });
        };
        report(field::success_report, headers_.success_report(), "success_report");
        report(field::failure_report, headers_.failure_report(), "failure_report");
        value(field::status, headers_.status(), [&](msrp::report_status const& s) {
            json status = {{"namespace", s.name_space}, {"code", s.code}};
            if (s.comment) status["comment"] = text_(*s.comment);
            object_["report_status"] = std::move(status);
        });
        for (auto const& [f, key] :
             {std::pair{field::expires, "expires"}, std::pair{field::min_expires, "min_expires"},
              std::pair{field::max_expires, "max_expires"}})
            value(f, headers_.seconds(f), [&, k = key](std::uint64_t n) { object_[k] = n; });
        value(field::use_path, headers_.use_path(),
              [&](msrp::path_view p) { path("use_path", p); });
        auto const nickname = headers_.raw(field::use_nickname);
        value(field::use_nickname, nickname, [&](std::string_view raw) {
            value(field::use_nickname, msrp::parse_nickname(raw, lenient_),
                  [&](msrp::escaped_text n) { object_["use_nickname"] = decoded(n); });
        });
        auto const type = headers_.raw(field::content_type);
        value(field::content_type, type, [&](std::string_view raw) {
            value(field::content_type, msrp::parse_media_type(raw, lenient_),
                  [&](auto const&) { object_["content_type"] = text_(raw); });
        });
        // MIME fields have no key of their own: a bad one is named, and stands in `headers`.
        auto const mime = [&](field f, auto parse) {
            auto const raw = headers_.raw(f);
            value(f, raw, [&](std::string_view text) {
                value(f, parse(text, lenient_), [](auto const&) {});
            });
        };
        mime(field::content_id, msrp::parse_content_id);
        mime(field::content_description, msrp::parse_content_description);
        mime(field::content_disposition, msrp::parse_content_disposition);
    }

    std::string decoded(msrp::escaped_text text) {
        std::string out;
        text.for_each([&](char c) { out += c; });
        return text_(out);
    }

    void fields() {
        json auth = json::array();
        json others = json::array();
        for (auto const f : headers_) {
            switch (f.id) {
                case field::www_authenticate:
                case field::authorization:
                case field::authentication_info: authentication(f, auth); break;
                case field::content_id:
                case field::content_description:
                case field::content_disposition:
                case field::other_mime:
                case field::other: others.push_back({text_(f.name), text_(f.value)}); break;
                default: break;
            }
        }
        if (!auth.empty()) object_["auth"] = std::move(auth);
        if (!others.empty()) object_["headers"] = std::move(others);
    }

    void authentication(msrp::header_field const& f, json& auth) {
        // Several challenges may be offered; credentials and their confirmation stand once.
        if (f.id != field::www_authenticate && headers_.is_repeated(f.id)) return invalid(f.id);
        auto const read =
            f.id == field::www_authenticate ? msrp::parse_www_authenticate(f.value, lenient_)
            : f.id == field::authorization  ? msrp::parse_authorization(f.value, lenient_)
                                            : msrp::parse_authentication_info(f.value, lenient_);
        if (!read) return invalid(f.id);
        json params = json::array();
        for (auto const& p : read->parameters) params.push_back({text_(p.name), decoded(p.value)});
        auth.push_back({{"header", msrp::canonical_name(f.id)},
                        {"scheme", read->scheme.empty() ? json(nullptr) : json(read->scheme)},
                        {"params", std::move(params)}});
    }

    msrp::chunk_begin const& begin_;
    msrp::header_view const& headers_;
    msrp::leniency const& lenient_;
    json_text text_;
    json object_;
    json invalid_ = json::array();
};

/// Prints one object for each chunk.
class chunk_printer {
   public:
    explicit chunk_printer(msrp::leniency const& lenient) : lenient_(lenient) {}

    std::error_code begin(msrp::chunk_begin const& b) {
        object_ = head_object(b, lenient_).make();
        has_body_ = b.has_body;
        if (has_body_) digest_.restart();
        return {};
    }
    std::error_code data(std::string_view octets) {
        digest_.add(octets);
        return {};
    }
    std::error_code end(msrp::chunk_end const& e) {
        object_["flag"] = std::string(1, static_cast<char>(e.flag));
        object_["body"] = nullptr;
        if (has_body_) object_["body"] = {{"length", e.body_size}, {"sha256", digest_.hex()}};
        print(object_);
        return {};
    }
    void finish() {}

   private:
    msrp::leniency const& lenient_;
    json object_;
    bool has_body_ = false;
    sha256 digest_;
};

/// Prints one object for each Message-ID. Octets are held so that what comes last wins
/// (CHK-7.3.1-3), up to a bound for all messages together; beyond it the front of a message goes
/// into its digest for good.
class assembler {
   public:
    assembler(std::uint64_t max_octets, std::size_t max_messages)
        : max_octets_(max_octets), max_messages_(max_messages) {}

    std::error_code begin(msrp::chunk_begin const& b) {
        current_ = nullptr;
        whole_.reset();
        if (b.method != msrp::method::SEND) return {};
        auto const id = b.headers.message_id();
        if (!id) return {};
        auto const found = open_.find(std::string(*id));
        bool const known = found != open_.end();
        if (known) {
            current_ = &*found->second;
        } else {
            if (open_.size() >= max_messages_)
                return make_error_code(msrp::error::too_many_messages);
            list_.emplace_back(std::string(*id), max_octets_);
            open_.emplace(std::string(*id), std::prev(list_.end()));
            current_ = &list_.back();
        }
        position_ = 1;
        first_ = true;
        if (b.headers.has(field::byte_range)) {
            auto const range = b.headers.byte_range();
            if (!range) {
                refuse(*current_);
                return {};
            }
            position_ = range->start;
        }
        // A chunk from 1 to "$" is the entire message, whatever came before (CHK-7.3.1-1): an empty
        // one with another end, and what had it refused, count too.
        if (position_ == 1 && known) whole_.emplace();
        return {};
    }

    std::error_code data(std::string_view octets) {
        if (whole_) whole_->add(octets);
        while (!octets.empty() && current_ != nullptr && !current_->refused) {
            auto& m = *current_;
            if (position_ == 0 || position_ > m.parts.total().value_or(all)) {
                refuse(m);  // above 2^64-1, or behind the end
                break;
            }
            bool const new_page = first_ || (position_ - 1) % page == 0;
            if (new_page && !make_room(m)) {
                refuse(m);
                break;
            }
            auto const piece = octets.substr(0, run(m));
            if (m.parts.add(position_, piece)) refuse(m);
            count(m);
            first_ = false;
            unswept_ += piece.size();
            position_ += piece.size();  // 0 behind 2^64-1
            octets.remove_prefix(piece.size());
        }
        return {};
    }

    std::error_code end(msrp::chunk_end const& e) {
        if (current_ == nullptr) return {};
        auto& m = *current_;
        if (e.flag == msrp::continuation_flag::aborted) {
            close(m, "aborted");
            return {};
        }
        bool const ends = e.flag == msrp::continuation_flag::complete;
        if (ends && whole_) {
            m.refused = true;
            m.length = e.body_size;
            m.digest_text = whole_->hex();
            close(m, "yes");
            return {};
        }
        if (m.refused) return {};
        if (ends && m.parts.finish(position_ - 1)) refuse(m);
        if (m.parts.complete()) close(m, "yes");
        return {};
    }

    /// What is left is not complete.
    void finish() {
        for (auto& m : list_) report(m, "no");
    }

   private:
    static constexpr std::uint64_t all = std::numeric_limits<std::uint64_t>::max();
    static constexpr std::uint64_t page = msrp::reassembler::page_size;
    static constexpr std::size_t max_ranges = 65536;

    struct message {
        message(std::string name, std::uint64_t max_octets)
            : id(std::move(name)),
              parts(static_cast<std::size_t>(std::min<std::uint64_t>(
                        max_octets, std::numeric_limits<std::size_t>::max())),
                    max_ranges) {}
        std::string id;
        msrp::reassembler parts;
        std::optional<sha256> digest{};  // once octets were taken out of `parts`
        std::string digest_text{};       // of a refused one
        std::uint64_t length = 0;
        std::uint64_t counted = 0;  // its part of `held_`
        bool refused = false;
    };

    void count(message& m) {
        held_ += m.parts.held() - m.counted;
        m.counted = m.parts.held();
    }

    /// Moves octets from the front of a message into its digest.
    static void take(message& m, std::uint64_t most) {
        while (most != 0) {
            auto const front = m.parts.front();
            auto const octets = front.substr(0, std::min<std::uint64_t>(front.size(), most));
            if (octets.empty()) return;
            if (!m.digest) m.digest.emplace();
            m.digest->add(octets);
            m.length += octets.size();
            m.parts.pop(octets.size());
            most -= octets.size();
        }
    }

    /// How many octets go in at once: no more than would fare the same one by one, so that the
    /// output does not depend on the pieces that were fed.
    std::size_t run(message const& m) const {
        if (m.parts.received().size() >= max_ranges) return 1;
        auto const end = m.parts.total().value_or(all);
        return static_cast<std::size_t>(
            std::min(page - (position_ - 1) % page, end - position_ + 1));
    }

    /// Makes room for one more page of `m`. @return false where there is none: then only octets in
    /// order may go on, which are held no longer than it takes to fill the page.
    bool make_room(message& m) {
        auto const full = [&] { return held_ + page > max_octets_; };
        if (!full()) return true;
        // Half the bound at once, so that this is seldom.
        take(m, std::max(max_octets_ / 2, page));
        count(m);
        if (full() && unswept_ >= max_octets_ / 16) {
            unswept_ = 0;
            for (auto& other : list_) {
                take(other, all);
                count(other);
            }
        }
        return !full() || position_ <= m.parts.taken() + 1;
    }

    void refuse(message& m) {
        if (m.refused) return;
        take(m, all);
        m.digest_text = m.digest ? m.digest->hex() : sha256().hex();
        m.refused = true;
        m.parts.clear();
        count(m);
    }
    void close(message& m, char const* how) {
        report(m, how);
        held_ -= m.counted;
        auto const entry = open_.find(m.id);
        current_ = nullptr;
        list_.erase(entry->second);
        open_.erase(entry);
    }
    static void report(message& m, char const* how) {
        if (!m.refused) {
            take(m, all);
            m.digest_text = m.digest ? m.digest->hex() : sha256().hex();
        }
        print({{"message_id", m.id},
               {"complete", how},
               {"length", m.length},
               {"sha256", m.digest_text}});
    }

    std::uint64_t max_octets_;
    std::size_t max_messages_;
    std::uint64_t held_ = 0;
    std::uint64_t unswept_ = 0;  // octets that came since all messages were asked for their front
    std::list<message> list_;    // in order of first appearance
    std::unordered_map<std::string, std::list<message>::iterator> open_;
    message* current_ = nullptr;
    std::optional<sha256> whole_{};  // of a chunk that may prove to be the entire message
    std::uint64_t position_ = 1;     // of the next octet
    bool first_ = false;             // it is the chunk's first
};

/// Reads the input to its end through `printer`.
template <class Printer>
int inspect(inspect_program& program, std::size_t piece, msrp::leniency const& lenient,
            Printer printer) {
    std::FILE* const input = program.open();
    if (input == nullptr) return program.cannot_open();
    msrp::chunk_parser parser({}, lenient);
    std::vector<char> block(std::max<std::size_t>(65536, piece));
    std::error_code refused;
    std::uint64_t refused_at = 0;
    msrp::chunk_event event;
    bool more = true;
    while (more) {
        std::size_t const got = std::fread(block.data(), 1, block.size(), input);
        if (got < block.size() && std::ferror(input) != 0) return program.cannot_read();
        more = got == block.size();
        for (std::size_t at = 0; at < got; at += piece) {
            if (parser.feed({block.data() + at, std::min(piece, got - at)})) break;
            for (;;) {
                auto const status = parser.poll(event);
                if (status == msrp::parse_status::error) more = false;
                if (status != msrp::parse_status::event) break;
                if (refused) continue;
                if (auto const* b = std::get_if<msrp::chunk_begin>(&event)) {
                    refused = printer.begin(*b);
                    refused_at = b->offset;
                } else if (auto const* d = std::get_if<msrp::chunk_data>(&event)) {
                    refused = printer.data(d->octets);
                } else if (auto const* e = std::get_if<msrp::chunk_end>(&event)) {
                    refused = printer.end(*e);
                }
            }
            if (refused) more = false;
            if (refused) break;
        }
    }
    auto const how = parser.finish();
    auto why = parser.error();
    if (refused) why = {refused, refused_at, "Message-ID"};
    printer.finish();
    int status = exit_ok;
    if (refused || how == msrp::stream_end::error) {
        print({{"end", "error"},
               {"code", msrp::name_of(why.code)},
               {"message", why.code.message()},
               {"offset", why.offset},
               {"field", why.field}});
        status = exit_broken;
    } else if (how == msrp::stream_end::incomplete) {
        print({{"end", "incomplete"}});
        status = exit_incomplete;
    } else {
        print({{"end", "ok"}});
    }
    return program.when_written(status);
}

int compare(inspect_program const& program, std::string const& a, std::string const& b,
            msrp::leniency const& lenient) {
    msrp::uri_options const options{lenient.ipv6_without_brackets};
    auto const x = msrp::read_uri(a, options);
    auto const y = msrp::read_uri(b, options);
    for (auto const* one : {&x, &y}) {
        if (*one) continue;
        inspect_program::put("invalid: " + std::string(one == &x ? "first" : "second") + " URI, " +
                             one->error().code.message() + " at offset " +
                             std::to_string(one->error().offset) + '\n');
        return program.when_written(exit_incomplete);
    }
    bool const equal = msrp::equivalent(*x, *y);
    inspect_program::put(equal ? "equal\n" : "not-equal\n");
    return program.when_written(equal ? exit_ok : exit_broken);
}

}  // namespace

int main(int argc, char** argv) {
    inspect_program program(
        "msrp_inspect",
        "Reads a raw MSRP stream and prints JSON Lines: one object for each request or response, "
        "then one closing object.",
        "The stream");
    msrp::leniency lenient;
    std::uint64_t piece = 65536;
    bool assemble = false;
    std::uint64_t memory_mib = 16;
    std::size_t max_messages = 65536;
    std::vector<std::string> uris;
    program.add_leniencies(leniency_names, lenient);
    auto& app = program.options();
    app.add_option("--pieces", piece, "Feed so many octets at a time")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 30))
        ->type_name("N");
    app.add_flag("--assemble", assemble, "Print one object for each Message-ID instead");
    app.add_option("--memory", memory_mib, "With --assemble: MiB of octets held at most")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 20))
        ->capture_default_str()
        ->type_name("MIB");
    app.add_option("--max-messages", max_messages,
                   "With --assemble: messages open at once, at most")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 30))
        ->capture_default_str()
        ->type_name("N");
    app.add_option("--compare", uris, "Say whether two MSRP URIs are equivalent (RFC 4975, 6.1)")
        ->expected(2)
        ->type_name("URI-A URI-B");
    if (auto const status = program.parse(argc, argv)) return *status;
    if (!uris.empty()) return compare(program, uris[0], uris[1], lenient);
    auto const size = static_cast<std::size_t>(piece);
    if (assemble) return inspect(program, size, lenient, assembler(memory_mib << 20, max_messages));
    return inspect(program, size, lenient, chunk_printer(lenient));
}
