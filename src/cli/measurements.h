#pragma once
/// What `run` and `chat` report about speed and memory.
#include <cstdint>

namespace caracal {
struct Timings;
}

namespace caracal::cli {

/// Highest resident set of this process so far.
uint64_t peak_rss_bytes();
/// Milliseconds on a clock that only goes forward.
double now_ms();

/// Lines on standard error: time to first token, prefill and decode speed, peak memory.
void print_timings(const Timings& timings, double load_ms);

}  // namespace caracal::cli
