#pragma once
/// Tests only: replaces the program's operator new by one that counts. Include it in exactly one
/// source of a test program.
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {
/// Heap allocations of the program so far, by all threads.
std::atomic<int64_t> n_allocations{0};

void* counted(size_t size, size_t alignment) {
  ++n_allocations;
  const size_t rounded = (std::max<size_t>(size, 1) + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, rounded);
  if (memory == nullptr) std::abort();
  return memory;
}
}  // namespace

// Every form is replaced, since sanitizers bring their own of each. Not inlined: the compiler must
// not see a free meet what it takes for the library's operator new.
#define CRCL_REPLACED __attribute__((noinline))
constexpr size_t kDefault = alignof(std::max_align_t);
CRCL_REPLACED void* operator new(size_t n) { return counted(n, kDefault); }
CRCL_REPLACED void* operator new[](size_t n) { return counted(n, kDefault); }
CRCL_REPLACED void* operator new(size_t n, const std::nothrow_t&) noexcept {
  return counted(n, kDefault);
}
CRCL_REPLACED void* operator new[](size_t n, const std::nothrow_t&) noexcept {
  return counted(n, kDefault);
}
CRCL_REPLACED void* operator new(size_t n, std::align_val_t a) { return counted(n, size_t(a)); }
CRCL_REPLACED void* operator new[](size_t n, std::align_val_t a) { return counted(n, size_t(a)); }
CRCL_REPLACED void operator delete(void* p) noexcept { std::free(p); }
CRCL_REPLACED void operator delete[](void* p) noexcept { std::free(p); }
CRCL_REPLACED void operator delete(void* p, size_t) noexcept { std::free(p); }
CRCL_REPLACED void operator delete[](void* p, size_t) noexcept { std::free(p); }
CRCL_REPLACED void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
CRCL_REPLACED void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
CRCL_REPLACED void operator delete(void* p, size_t, std::align_val_t) noexcept { std::free(p); }
CRCL_REPLACED void operator delete[](void* p, size_t, std::align_val_t) noexcept { std::free(p); }

#undef CRCL_REPLACED
