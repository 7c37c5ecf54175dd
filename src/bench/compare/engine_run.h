#pragma once
/// What one run of an engine in a process of its own says, checked: the process may be anything.
#include <optional>
#include <string>
#include <vector>

#include "base/subprocess.h"
#include "bench/bench_spec.h"
#include "machine/roof.h"

namespace caracal {

/// What an engine says of itself.
struct EngineFacts {
  std::string version;
  std::string system;  ///< the instruction sets that it was built for or uses
  std::string flags;   ///< what it was asked for besides
  int32_t n_threads = 0;
  int32_t n_batch = 0;
  std::string cache_type_k, cache_type_v;

  friend bool operator==(const EngineFacts&, const EngineFacts&) = default;
};

struct TestRun {
  double tokens_per_s = 0;   ///< all sequences together
  std::string left_out;      ///< why there is no speed; empty: there is one
  std::optional<Roof> roof;  ///< of ours, where the test has one
  double roof_share = 0;
};

struct EngineRun {
  EngineFacts facts;
  std::string left_out;        ///< why the engine cannot take this file; empty: it can
  std::vector<TestRun> tests;  ///< as in the setup; empty when left out
  std::string model_name;      ///< ours only; so is weights
  std::string weights;
};

/// The one JSON object that bench_peer.py prints (tests/peer/README.md). what: "ik_llama.cpp rtr",
/// for messages. Throws Error(unsupported) with the worker's own words when it says that the peer
/// cannot be measured, Error(internal) when it died, Error(bad_file) for output of another form.
EngineRun read_peer_run(const ProcessResult& process, const BenchSetup& setup,
                        const std::string& what);

/// The same for `caracal bench --json` with one repetition.
EngineRun read_own_run(const ProcessResult& process, const BenchSetup& setup);

}  // namespace caracal
