// Copyright 2026 the msrpkit authors.
// SPDX-License-Identifier: BSL-1.0
// octet_blocks.hpp - copies of a text where a read beyond its ends is noticed.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#include <unistd.h>
#define MSRPKIT_TEST_GUARD_PAGES 1
#endif

#include <wire/kernel.hpp>

namespace support {

inline std::vector<wire::kernel> available_kernels() {
    std::vector<wire::kernel> out;
    for (auto const k : wire::all_kernels)
        if (wire::available(k)) out.push_back(k);
    return out;
}

/// A text `lead` octets into a heap block that ends with it: AddressSanitizer sees a read behind
/// it.
class exact_copy {
   public:
    explicit exact_copy(std::string_view text, std::size_t lead = 0)
        : block_(new char[lead + text.size()]), lead_(lead), size_(text.size()) {
        if (!text.empty()) std::memcpy(block_.get() + lead, text.data(), text.size());
    }
    [[nodiscard]] std::string_view view() const { return {block_.get() + lead_, size_}; }

   private:
    std::unique_ptr<char[]> block_;
    std::size_t lead_;
    std::size_t size_;
};

/// Elements of a heap block that ends with them.
template <class T>
class exact_array {
   public:
    explicit exact_array(std::size_t size) : block_(new T[size]()) {}
    [[nodiscard]] T* data() { return block_.get(); }

   private:
    std::unique_ptr<T[]> block_;
};

#if defined(MSRPKIT_TEST_GUARD_PAGES)
/// Two pages of memory between two that nobody may read: a stray read ends the program.
class guarded_pages {
   public:
    guarded_pages()
        : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))),
          base_(static_cast<char*>(
              mmap(nullptr, 4 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
        if (base_ == MAP_FAILED || mprotect(base_ + page_, 2 * page_, PROT_READ | PROT_WRITE) != 0)
            std::abort();
    }
    guarded_pages(guarded_pages const&) = delete;
    guarded_pages& operator=(guarded_pages const&) = delete;
    ~guarded_pages() { munmap(base_, 4 * page_); }

    /// Copies right behind the first forbidden page, and right before the last one. A text is at
    /// most a page; both live until the next call.
    std::string_view first(std::string_view text) { return put(base_ + page_, text); }
    std::string_view last(std::string_view text) {
        return put(base_ + 3 * page_ - text.size(), text);
    }

   private:
    static std::string_view put(char* to, std::string_view text) {
        if (!text.empty()) std::memcpy(to, text.data(), text.size());
        return {to, text.size()};
    }
    std::size_t page_;
    char* base_;
};
#endif

}  // namespace support
