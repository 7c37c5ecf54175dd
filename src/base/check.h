#pragma once
/// CRCL_CHECK aborts with the two values when *we* are wrong; CRCL_DCHECK is for inner loops and
/// vanishes in release builds.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace caracal::detail {
[[noreturn]] inline void check_failed(const char* file, int line, const char* what,
                                      const std::string& values) {
  std::fprintf(stderr, "%s:%d: check failed: %s%s\n", file, line, what, values.c_str());
  std::abort();
}
}  // namespace caracal::detail

#define CRCL_CHECK(cond)                                                         \
  do {                                                                           \
    if (!(cond)) ::caracal::detail::check_failed(__FILE__, __LINE__, #cond, {}); \
  } while (0)

#define CRCL_CHECK_OP(a, op, b)                                                      \
  do {                                                                               \
    const auto& crcl_a_ = (a);                                                       \
    const auto& crcl_b_ = (b);                                                       \
    if (!(crcl_a_ op crcl_b_))                                                       \
      ::caracal::detail::check_failed(__FILE__, __LINE__, #a " " #op " " #b,         \
                                      fmt::format(" ({} vs {})", crcl_a_, crcl_b_)); \
  } while (0)

#ifdef NDEBUG
#define CRCL_DCHECK(cond) ((void)0)
#else
#define CRCL_DCHECK(cond) CRCL_CHECK(cond)
#endif
