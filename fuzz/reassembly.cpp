// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// reassembly.cpp - reassembler and range set against plain lists of what came, allocations failing.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory_resource>
#include <new>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include <msrp/error.hpp>
#include <msrp/range_set.hpp>
#include <msrp/reassembler.hpp>

namespace {

constexpr std::uint64_t top = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t page_size = msrp::reassembler::page_size;
constexpr std::size_t max_input = 192;
constexpr int max_operations = 24;

void demand(bool condition) {
    if (!condition) std::abort();
}

/// Counts what is in use and fails when told to.
class failing_resource final : public std::pmr::memory_resource {
   public:
    std::size_t in_use = 0;
    std::size_t pages = 0;
    std::optional<unsigned> fail_after{};

   private:
    static constexpr std::size_t is_page(std::size_t n) { return n >= page_size ? 1 : 0; }

    void* do_allocate(std::size_t n, std::size_t align) override {
        if (fail_after && (*fail_after)-- == 0) {
            fail_after.reset();
            throw std::bad_alloc();
        }
        void* const p = std::pmr::new_delete_resource()->allocate(n, align);
        std::memset(p, 0x5a,
                    std::min<std::size_t>(n, 64));  // not by chance what was written before
        in_use += n;
        pages += is_page(n);
        return p;
    }
    void do_deallocate(void* p, std::size_t n, std::size_t align) override {
        in_use -= n;
        pages -= is_page(n);
        std::pmr::new_delete_resource()->deallocate(p, n, align);
    }
    [[nodiscard]] bool do_is_equal(memory_resource const& other) const noexcept override {
        return this == &other;
    }
};

/// Numbers out of the input; zeros behind its end.
class reader {
   public:
    reader(std::uint8_t const* data, std::size_t size) : at_(data), end_(data + size) {}
    [[nodiscard]] bool more() const { return at_ != end_; }
    unsigned octet() { return at_ == end_ ? 0U : *at_++; }
    unsigned pair() {
        unsigned const high = octet();
        return high << 8U | octet();
    }

   private:
    std::uint8_t const* at_;
    std::uint8_t const* end_;
};

using ranges = std::vector<msrp::octet_range>;

/// The ranges that came and one more, by sorting and joining.
void unite(ranges const& were, msrp::octet_range added, ranges& out) {
    static ranges all;
    all = were;
    all.push_back(added);
    std::sort(all.begin(), all.end(),
              [](auto const& a, auto const& b) { return a.first < b.first; });
    out.clear();
    for (auto const& r : all) {
        if (!out.empty() && r.first - 1 <= out.back().last)
            out.back().last = std::max(out.back().last, r.last);
        else
            out.push_back(r);
    }
}
msrp::octet_range const* find(ranges const& all, std::uint64_t position) {
    for (auto const& r : all)
        if (r.first <= position && position <= r.last) return &r;
    return nullptr;
}
std::uint64_t first_missing(ranges const& all, std::uint64_t from) {
    auto const* const r = find(all, from);
    return r == nullptr ? from : r->last + 1;
}

/// What a range set says, against the list.
template <class Set>
void same_ranges(Set const& set, ranges const& all, std::uint64_t probe, std::uint64_t other) {
    demand(set.size() == all.size() && set.empty() == all.empty());
    demand(std::equal(set.begin(), set.end(), all.begin(), all.end()));
    std::uint64_t octets = 0;
    for (auto const& r : all) octets += r.last - r.first + 1;
    demand(set.octets() == octets);
    demand(set.last() == (all.empty() ? 0 : all.back().last));
    demand(set.first_missing() == first_missing(all, 1));
    if (probe != 0) demand(set.first_missing(probe) == first_missing(all, probe));
    auto const* const at = find(all, probe);
    demand(set.covers(probe, other) == (other < probe || (at != nullptr && other <= at->last)));
    if (probe <= other) {
        bool any = false;
        for (auto const& r : all) any = any || (r.first <= other && probe <= r.last);
        demand(set.intersects(probe, other) == any);
    }
}

constexpr std::array<std::size_t, 6> range_limits{0, 1, 2, 3, 8, 100};

/// A position near one that matters, as often as not just beside it.
std::uint64_t position(reader& in, unsigned base, ranges const& all, std::uint64_t taken,
                       std::uint64_t total) {
    std::uint64_t from = 0;
    switch (base % 8) {
        case 0: from = taken + 1; break;
        case 1: from = (all.empty() ? 0 : all.back().last) + 1; break;
        case 2: from = first_missing(all, taken + 1); break;
        case 3: from = (in.octet() % 32) * page_size + 1; break;
        case 4: from = top; break;
        case 5: from = std::uint64_t{1} << (in.octet() % 64); break;
        case 6: from = total; break;
        default: return in.pair();
    }
    auto const offset = static_cast<std::int8_t>(in.octet());
    return from + static_cast<std::uint64_t>(std::int64_t{offset});  // may wrap
}

void set_alone(reader& in, std::size_t max_ranges) {
    failing_resource memory;
    static ranges all;
    static ranges next;
    all.clear();
    {
        msrp::pmr::range_set set(max_ranges, &memory);
        max_ranges = std::max<std::size_t>(max_ranges, 1);
        for (int n = 0; in.more() && n < max_operations; ++n) {
            unsigned const op = in.octet();
            auto const a = position(in, op >> 2U, all, 0, 0);
            auto const b = (op & 128U) != 0 ? position(in, op >> 5U, all, 0, 0) : a + in.octet();
            if (op % 16 == 15) {
                set.clear();
                all.clear();
            } else if (op % 4 != 3) {
                bool const may_fail = op % 64 == 60;
                if (may_fail) memory.fail_after = 0;
                bool const good = a != 0 && a <= b;
                if (good) unite(all, {a, b}, next);
                try {
                    auto const failed = set.insert(a, b);
                    if (!good) {
                        demand(failed == msrp::error::bad_byte_range);
                    } else if (next.size() > max_ranges) {
                        demand(failed == msrp::error::too_many_ranges);
                    } else {
                        demand(!failed);
                        all = next;
                    }
                } catch (std::bad_alloc const&) {
                    demand(may_fail);
                }
                memory.fail_after.reset();
            }
            same_ranges(set, all, a, b);
        }
    }
    demand(memory.in_use == 0);
}

/// Octets to send: a write takes a stretch of them, beginning anywhere.
constexpr auto sent = [] {
    std::array<char, 16384> octets{};
    std::uint32_t x = 1;
    for (auto& c : octets) {
        x = x * 1664525 + 1013904223;
        c = static_cast<char>(x >> 24U);
    }
    return octets;
}();

struct write {
    std::uint64_t first;
    std::uint64_t last;
    char const* octets;
};

/// What a reassembler should say: a list of the writes, asked from the end.
class model {
   public:
    void reset(std::size_t max_octets, std::size_t max_ranges) {
        max_pages_ = std::max<std::size_t>(max_octets / page_size, 1);
        max_ranges_ = std::max<std::size_t>(max_ranges, 1);
        clear();
    }
    void clear() {
        writes_.clear();
        all.clear();
        total.reset();
        taken = 0;
    }

    /// The verdict on a write, which is kept where it is good.
    void add(write const& w, std::size_t size, std::error_code verdict) {
        if (size == 0) return demand(!verdict);
        bool const sound = w.first != 0 && w.first <= w.last && (!total || w.last <= *total);
        if (!sound) return demand(verdict == msrp::error::bad_byte_range);
        unite(all, {w.first, w.last}, next_);
        bool const full = w.last > taken && pages(next_) > max_pages_;
        bool const many = next_.size() > max_ranges_;
        if (full || many)
            return demand((full && verdict == msrp::error::buffer_full) ||
                          (many && verdict == msrp::error::too_many_ranges));
        demand(!verdict);
        all = next_;
        writes_.push_back(w);
    }

    [[nodiscard]] std::size_t max_pages() const { return max_pages_; }
    [[nodiscard]] bool complete() const {
        return total && (*total == 0 ||
                         (all.size() == 1 && all.front().first == 1 && all.front().last == *total));
    }
    /// Pages with octets that came and are not wholly taken out.
    [[nodiscard]] std::size_t pages(ranges const& which) const {
        std::size_t count = 0;
        std::uint64_t next = taken / page_size;  // the first page not counted yet
        for (auto const& r : which) {
            auto const last = (r.last - 1) / page_size;
            if (last < next) continue;
            count += last - std::max(next, (r.first - 1) / page_size) + 1;
            next = last + 1;
        }
        return count;
    }
    /// Checks `got` to be what came from `from` on, up to what is missing or the page's end.
    void same_piece(std::string_view got, std::uint64_t from) const {
        auto const* const r = find(all, from);
        if (from <= taken || r == nullptr) return demand(got.empty());
        auto const page_end = (from - 1) / page_size * page_size + (page_size - 1);  // less one
        demand(got.size() == std::min(r->last - 1, page_end) - (from - 1) + 1);
        while (!got.empty()) {
            std::size_t count = got.size();
            auto w = writes_.rbegin();
            for (; w->first > from || w->last < from; ++w)  // what came last wins, up to here
                if (w->first > from) count = std::min<std::uint64_t>(count, w->first - from);
            count = std::min<std::uint64_t>(count - 1, w->last - from) + 1;
            demand(std::memcmp(got.data(), w->octets + (from - w->first), count) == 0);
            got.remove_prefix(count);
            from += count;
        }
    }

    ranges all{};
    std::optional<std::uint64_t> total{};
    std::uint64_t taken = 0;

   private:
    std::vector<write> writes_{};
    ranges next_{};
    std::size_t max_pages_ = 1;
    std::size_t max_ranges_ = 1;
};

using assembler = msrp::pmr::reassembler;

void same(assembler const& r, model const& m, failing_resource const& memory, std::uint64_t probe) {
    demand(r.total() == m.total && r.taken() == m.taken && r.complete() == m.complete());
    same_ranges(r.received(), m.all, probe, probe);
    demand(r.held() == m.pages(m.all) * page_size);
    // One page that was freed may wait to be used again; the bound holds with it.
    demand(memory.pages <= m.max_pages() && memory.pages <= r.held() / page_size + 1);
    demand(memory.in_use - memory.pages * page_size < 8192);
    m.same_piece(r.piece(probe), probe);
    m.same_piece(r.front(), m.taken + 1);
}

void add(reader& in, unsigned op, assembler& r, model& m, failing_resource& memory) {
    auto const from = position(in, op >> 3U, m.all, m.taken, m.total.value_or(0));
    std::size_t const size = (op & 64U) != 0 ? in.pair() % 8960 : in.octet() % 32;
    std::size_t const at = std::size_t{in.octet()} * 29;
    write const w{from, from + (size - 1), sent.data() + at};
    // Seldom, as exceptions under the sanitizers are slow.
    unsigned const failing = (op & 128U) != 0 ? in.octet() : 0;
    bool const may_fail = failing >= 224;
    if (may_fail) memory.fail_after = failing % 4;
    try {
        m.add(w, size, r.add(from, std::string_view(w.octets, size)));
    } catch (std::bad_alloc const&) {
        demand(may_fail);
    }
    memory.fail_after.reset();
    same(r, m, memory, from);
    if (from <= w.last && size != 0) m.same_piece(r.piece(w.last), w.last);
}

void operate(reader& in, assembler& r, model& m, failing_resource& memory) {
    unsigned const op = in.octet();
    switch (op % 8) {
        case 0:
        case 1:
        case 2:
        case 3: return add(in, op, r, m, memory);
        case 4: {
            auto const size = position(in, op >> 3U, m.all, m.taken, m.total.value_or(0));
            auto const last = m.all.empty() ? 0 : m.all.back().last;
            if (size < last || (m.total && *m.total != size)) {
                demand(r.finish(size) == msrp::error::bad_byte_range);
            } else {
                demand(!r.finish(size));
                m.total = size;
            }
            return same(r, m, memory, size);
        }
        case 5:
        case 6: {
            auto const there = first_missing(m.all, m.taken + 1) - (m.taken + 1);
            auto const count = op < 128 ? r.front().size() : in.pair() % 20000;
            r.pop(op >= 248 ? top : count);
            m.taken += std::min(op >= 248 ? top : count, there);
            return same(r, m, memory, m.taken + in.octet());
        }
        default:
            if (op < 224) {
                auto const probe = position(in, op >> 3U, m.all, m.taken, m.total.value_or(0));
                return same(r, m, memory, probe);
            }
            r.clear();
            m.clear();
            demand(r.held() == 0 && memory.pages == 0);
            return same(r, m, memory, 1);
    }
}

constexpr std::array<std::size_t, 6> octet_limits{0,     4096,     2 * 4096 - 1,
                                                  12288, 8 * 4096, 100 * 4096};

}  // namespace

/// The first octet says which and how bounded; the others are operations.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size > max_input) return -1;
    reader in(data, size);
    unsigned const kind = in.octet();
    auto const max_ranges = range_limits[kind / 8 % range_limits.size()];
    if (kind % 8 >= octet_limits.size()) {
        set_alone(in, max_ranges);
        return 0;
    }
    failing_resource memory;
    {
        static model m;  // keeps its memory from input to input
        m.reset(octet_limits[kind % 8], max_ranges);
        assembler r(octet_limits[kind % 8], max_ranges, &memory);
        for (int n = 0; in.more() && n < max_operations; ++n) operate(in, r, m, memory);
    }
    demand(memory.in_use == 0);
    return 0;
}
