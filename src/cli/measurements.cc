#include "cli/measurements.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "engine/text_generator.h"

namespace caracal::cli {

uint64_t peak_rss_bytes() {
  struct rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

double now_ms() {
  using namespace std::chrono;
  return duration<double, std::milli>(steady_clock::now().time_since_epoch()).count();
}

void print_timings(const Timings& timings, double load_ms) {
  const int32_t n_prefill = timings.n_prompt - timings.n_reused;
  fmt::print(stderr, "load                {:9.1f} ms\n", load_ms);
  fmt::print(stderr, "time to first token {:9.1f} ms\n", timings.ttft_ms);
  const std::string reused =
      timings.n_reused > 0 ? fmt::format(", {} more were in the KV cache", timings.n_reused) : "";
  fmt::print(stderr, "prefill             {:9.1f} tokens/s  ({} tokens{})\n",
             timings.prefill_tokens_per_s(), n_prefill, reused);
  fmt::print(stderr, "decode              {:9.1f} tokens/s  ({} tokens)\n",
             timings.decode_tokens_per_s(), timings.n_generated);
  fmt::print(stderr, "peak memory         {:9.1f} MB\n",
             static_cast<double>(peak_rss_bytes()) / 1e6);
}

}  // namespace caracal::cli
