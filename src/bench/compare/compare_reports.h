#pragma once
/// What a comparison found, for scripts and for people. Keys and units: docs/bench.md.
#include <string>

#include "base/json_fwd.h"
#include "bench/compare/comparison.h"

namespace caracal {

/// {"comparisons":[...],"engines":[...],"others_cpu_share":...,"quiet":...,"machine":{...}}
Json compare_json(const CompareReport& report);

/// The machine, the engines as they were run, and a row for every test and engine.
std::string compare_text(const CompareReport& report);
/// The same as one HTML page that needs nothing else.
std::string compare_html(const CompareReport& report);

}  // namespace caracal
