#pragma once
/// The limits of a machine that work is compared with (Williams, Waterman & Patterson 2009,
/// "Roofline"). Plain data: instruction-set files include it.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace caracal {

enum class Roof : uint8_t {
  read_bandwidth,  ///< bytes a second from memory
  fp32_fma,        ///< operations a second, a multiply-add counted as two; so below
  bf16_dot,
  int8_dot,
};
inline constexpr Roof kRoofs[] = {Roof::read_bandwidth, Roof::fp32_fma, Roof::bf16_dot,
                                  Roof::int8_dot};

constexpr std::string_view name_of(Roof roof) {
  constexpr std::string_view kNames[] = {"read_bandwidth", "fp32_fma", "bf16_dot", "int8_dot"};
  return kNames[static_cast<size_t>(roof)];
}

/// "GB/s", or "GOPS": billions of a roof's units a second.
constexpr std::string_view unit_of(Roof roof) {
  return roof == Roof::read_bandwidth ? "GB/s" : "GOPS";
}

}  // namespace caracal
