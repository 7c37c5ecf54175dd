#pragma once
#include <cstddef>
#include <span>

namespace caracal {

/// Huge pages make long streams faster; small ones come into being only where memory is touched,
/// which suits sparse use such as a KV cache that is mostly empty.
enum class Pages { small, huge };

/// Owned, zeroed, page-aligned memory from the system.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  /// Throws Error(out_of_memory) when the system refuses.
  explicit AlignedBuffer(size_t bytes, Pages pages = Pages::small);
  ~AlignedBuffer();
  AlignedBuffer(AlignedBuffer&& other) noexcept;
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept;

  std::byte* data() const { return data_; }
  size_t size() const { return size_; }
  std::span<std::byte> bytes() const { return {data_, size_}; }

 private:
  std::byte* data_ = nullptr;
  size_t size_ = 0;
};

/// Keeps the pages in memory (mlock). False when the system refuses.
bool lock_memory(std::span<const std::byte> pages);

/// Gives the memory of the whole pages inside the range back to the system. The range must not be
/// read again: a map would fetch it from its file, but other memory is gone.
void drop_pages(std::span<const std::byte> range);

}  // namespace caracal
