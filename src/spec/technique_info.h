#pragma once
/// What an acceleration technique says of itself. Each seam has a table; engine/techniques.cc joins
/// them, `caracal inspect techniques` prints them, docs/techniques.md is generated from them.
#include <cstdint>
#include <span>
#include <string_view>

namespace caracal {

enum class Guarantee : uint8_t {
  lossless,            ///< bitwise the same tokens and logits as without it
  exact_distribution,  ///< the same distribution of outputs, other draws
  approximate,         ///< differs within a stated bound
};
constexpr std::string_view name_of(Guarantee g) {
  return g == Guarantee::lossless             ? "lossless"
         : g == Guarantee::exact_distribution ? "exact distribution"
                                              : "approximate";
}

struct TechniqueInfo {
  std::string_view id;     ///< "paged-kv"; names its file in docs/results/
  std::string_view name;   ///< as the field calls it
  std::string_view paper;  ///< authors, year, title; empty for common practice
  std::string_view seam;   ///< folder it plugs into
  std::string_view flag;   ///< how to switch it on, off or choose it
  Guarantee guarantee;
  std::string_view bound;  ///< approximate: by what it is bounded, and where that is tested
  std::string_view state;  ///< "on by default", "on request", "by file"
};

}  // namespace caracal
