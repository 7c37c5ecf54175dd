#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace caracal {

/// A version of a Python package in the order of PEP 440; the local part ("+cu121") is left out.
struct PackageVersion {
  uint64_t epoch = 0;
  std::vector<uint64_t> release;  ///< without zeros at its end
  int pre_kind = 0;               ///< kDevOnly before a, b, rc, before kFinal
  uint64_t pre = 0;
  int64_t post = -1;          ///< -1: no post-release
  uint64_t dev = UINT64_MAX;  ///< UINT64_MAX: no development release

  static constexpr int kDevOnly = 0, kFinal = 4;

  bool is_prerelease() const { return pre_kind != kFinal || dev != UINT64_MAX; }
  auto operator<=>(const PackageVersion&) const = default;
};

/// Nothing for a text that is no version.
std::optional<PackageVersion> parse_package_version(std::string_view text);

}  // namespace caracal
