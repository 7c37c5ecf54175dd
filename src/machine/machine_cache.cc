#include "machine/machine_cache.h"

#include <fmt/format.h>

#include "base/cache_dir.h"
#include "base/error.h"

namespace caracal {

std::filesystem::path machine_cache_folder() {
  try {
    return cache_dir() / "machine";
  } catch (const Error&) {
    return {};
  }
}

std::filesystem::path machine_file(const std::filesystem::path& folder, std::string_view kind,
                                   std::string_view fingerprint) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : fingerprint) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return folder / fmt::format("{}-{:016x}.json", kind, hash);
}

}  // namespace caracal
