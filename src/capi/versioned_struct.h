#pragma once
/// Structs that may be longer or shorter on the caller's side: they begin with struct_size and only
/// ever grow at the end. None ends in padding, or a later field could hide in it unseen.
#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/error.h"

namespace caracal::capi {

/// What the caller set, and defaults where its struct is too old to say. A newer caller's struct is
/// accepted as long as what we do not know of is zero.
/// min_size: of the struct in the first release. Throws Error(bad_request) below it or above 64
/// KiB, Error(unsupported) for unknown fields in use.
template <class T>
T read_struct(const T* given, T defaults, size_t min_size, std::string_view name) {
  constexpr size_t kMaxBytes = 1 << 16;
  if (given == nullptr) return defaults;
  const size_t size = given->struct_size;
  if (size < min_size || size > kMaxBytes)
    throw_error(ErrorCode::bad_request, name,
                "struct_size is {}, expected {}; was the struct initialised?", size, sizeof(T));
  const char* bytes = reinterpret_cast<const char*>(given);
  if (size > sizeof(T) && std::any_of(bytes + sizeof(T), bytes + size, [](char b) { return b; }))
    throw_error(ErrorCode::unsupported, name,
                "it sets fields that this version of libcaracal does not know; use a newer one");
  std::memcpy(static_cast<void*>(&defaults), given, std::min(size, sizeof(T)));
  return defaults;
}

/// Fills the caller's struct of struct_size bytes; what we do not know of becomes zero.
template <class T>
void write_struct(T* out, size_t struct_size, T values) {
  values.struct_size = struct_size;
  std::memset(static_cast<void*>(out), 0, struct_size);
  std::memcpy(static_cast<void*>(out), &values, std::min(struct_size, sizeof(T)));
}

}  // namespace caracal::capi
