#include "machine/cpu_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/error.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace caracal {
namespace {

struct FeatureName {
  CpuFeature feature;
  std::string_view name;
};

using enum CpuFeature;
constexpr FeatureName kNames[] = {
    {avx2, "avx2"},
    {fma, "fma"},
    {f16c, "f16c"},
    {bmi2, "bmi2"},
    {avx_vnni, "avx_vnni"},
    {avx512f, "avx512f"},
    {avx512bw, "avx512bw"},
    {avx512vl, "avx512vl"},
    {avx512vnni, "avx512_vnni"},
    {avx512bf16, "avx512_bf16"},
    {amx_int8, "amx_int8"},
    {amx_bf16, "amx_bf16"},
};

constexpr CpuFeatures operator-(CpuFeatures a, CpuFeatures b) {
  CpuFeatures rest;
  rest.bits = a.bits & ~b.bits;
  return rest;
}

constexpr CpuFeatures all_features() {
  CpuFeatures all;
  for (const FeatureName& row : kNames) all = all | CpuFeatures{row.feature};
  return all;
}

struct Level {
  std::string_view name;
  CpuFeatures features;  ///< with everything it is built on
  CpuFeatures below;     ///< what it is built on
};

constexpr Level kLevels[] = {
    {"auto", all_features(), {}},
    {"scalar", {}, {}},
    {"avx2", kAvx2Level, {}},
    {"avx_vnni", kAvxVnniLevel, kAvx2Level},
    {"avx512", kAvx512Level, kAvx2Level},
    {"avx512_vnni", kAvx512VnniLevel, kAvx512Level},
    {"avx512_bf16", kAvx512Bf16Level, kAvx512VnniLevel},
    {"amx", kAmxLevel, kAvx512Bf16Level},
};

#if defined(__x86_64__)

// Register state the operating system must save for a feature to be usable (XCR0 bits).
constexpr uint64_t kYmmState = 0x6;       // SSE and AVX
constexpr uint64_t kZmmState = 0xe6;      // and opmask, upper halves, upper registers
constexpr uint64_t kTileState = 0x60000;  // tile configuration and data

enum Register { eax, ebx, ecx, edx };

struct FeatureBit {
  CpuFeature feature;
  uint32_t leaf, subleaf;
  Register reg;
  int bit;
  uint64_t state;
};

// Intel SDM volume 2A, CPUID; AMD's manual volume 3, appendix E agrees on these leaves.
constexpr FeatureBit kBits[] = {
    {fma, 1, 0, ecx, 12, kYmmState},       {f16c, 1, 0, ecx, 29, kYmmState},
    {avx2, 7, 0, ebx, 5, kYmmState},       {bmi2, 7, 0, ebx, 8, 0},
    {avx512f, 7, 0, ebx, 16, kZmmState},   {avx512bw, 7, 0, ebx, 30, kZmmState},
    {avx512vl, 7, 0, ebx, 31, kZmmState},  {avx512vnni, 7, 0, ecx, 11, kZmmState},
    {amx_bf16, 7, 0, edx, 22, kTileState}, {amx_int8, 7, 0, edx, 25, kTileState},
    {avx_vnni, 7, 1, eax, 4, kYmmState},   {avx512bf16, 7, 1, eax, 5, kZmmState},
};

std::array<uint32_t, 4> cpuid(uint32_t leaf, uint32_t subleaf) {
  std::array<uint32_t, 4> r = {};
  __get_cpuid_count(leaf, subleaf, &r[eax], &r[ebx], &r[ecx], &r[edx]);  // zeros past the last leaf
  return r;
}

/// XCR0: which register state the operating system saves; 0 when XGETBV may not be used.
uint64_t saved_state() {
  constexpr uint32_t kOsxsave = 1u << 27;
  if (!(cpuid(1, 0)[ecx] & kOsxsave)) return 0;
  uint32_t low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low | (uint64_t{high} << 32);
}

#endif

#if defined(__x86_64__) && defined(__linux__)
/// Linux gives the 8 KiB of tile registers only to a process that asks (since 5.16).
bool ask_for_tiles() {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}
#else
bool ask_for_tiles() { return false; }
#endif

void append_word(std::string& text, std::string_view word, std::string_view separator) {
  if (!text.empty()) text += separator;
  text += word;
}

std::string known_names() {
  std::string names;
  for (const Level& level : kLevels) append_word(names, level.name, ", ");
  std::string features;
  for (const FeatureName& row : kNames) append_word(features, row.name, ", ");
  return names + "; or of the features " + features;
}

bool same_name(std::string_view a, std::string_view b) {
  const auto plain = [](std::string_view name) {
    std::string out(name);
    std::erase(out, '_');
    return out;
  };
  return plain(a) == plain(b);
}

/// What a name adds, or with `minus` what it takes away.
CpuFeatures features_named(std::string_view name, bool minus, std::string_view isa) {
  for (const Level& level : kLevels)
    if (same_name(level.name, name)) return minus ? level.features - level.below : level.features;
  for (const FeatureName& row : kNames)
    if (same_name(row.name, name)) return {row.feature};
  throw_error(ErrorCode::bad_config, "--isa",
              "names joined by + and - expected, of {}; \"{}\" found{}", known_names(), name,
              name == isa ? "" : fmt::format(" in \"{}\"", isa));
}

}  // namespace

CpuFeatures detect_cpu_features() {
  CpuFeatures found;
#if defined(__x86_64__)
  const uint64_t state = saved_state();
  const uint32_t last_subleaf_of_7 = cpuid(7, 0)[eax];
  for (const FeatureBit& b : kBits) {
    if (b.leaf == 7 && b.subleaf > last_subleaf_of_7) continue;
    const bool in_cpu = cpuid(b.leaf, b.subleaf)[b.reg] >> b.bit & 1;
    if (in_cpu && (state & b.state) == b.state) found = found | CpuFeatures{b.feature};
  }
#endif
  constexpr CpuFeatures kTiles = {amx_int8, amx_bf16};
  if ((found & kTiles).bits != 0 && !ask_for_tiles()) found = found - kTiles;
  return found;
}

CpuFeatures cpu_feature_mask(std::string_view isa) {
  CpuFeatures mask;
  bool minus = false;
  for (size_t at = 0;;) {
    const size_t end = std::min(isa.find_first_of("+-", at), isa.size());
    const CpuFeatures named = features_named(isa.substr(at, end - at), minus, isa);
    mask = minus ? mask - named : mask | named;
    if (end == isa.size()) return mask;
    minus = isa[end] == '-';
    at = end + 1;
  }
}

std::string_view level_name(CpuFeatures needs) {
  for (const Level& level : kLevels)  // from the weakest to the strongest behind "auto"
    if (level.name != "auto" && level.features.has(needs)) return level.name;
  return "auto";
}

std::string to_string(CpuFeatures features) {
  std::string text;
  for (const FeatureName& row : kNames)
    if (features.has({row.feature})) append_word(text, row.name, " ");
  return text.empty() ? "scalar" : text;
}

}  // namespace caracal
