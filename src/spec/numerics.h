#pragma once
#include <optional>
#include <string_view>

namespace caracal {

/// How matrix products are computed; every speed or quality figure carries it.
enum class Numerics {
  exact,      ///< the format's own codes times int8 activations in groups of 32; batch-invariant
  reference,  ///< decoded weights times float activations: slow, for measuring what `exact` costs
};

constexpr std::string_view name_of(Numerics n) {
  return n == Numerics::exact ? "exact" : "reference";
}

constexpr std::optional<Numerics> find_numerics(std::string_view name) {
  for (Numerics n : {Numerics::exact, Numerics::reference})
    if (name == name_of(n)) return n;
  return std::nullopt;
}

}  // namespace caracal
