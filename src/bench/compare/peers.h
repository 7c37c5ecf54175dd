#pragma once
/// Engines that caracal is compared with, and where they are found. Each runs behind a worker
/// program in Python (tests/peer/bench_peer.py).
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/bench_spec.h"

namespace caracal {

/// One way to run a peer. Of several ways the better one counts.
struct PeerVariant {
  std::string_view peer;
  std::string_view variant;  ///< empty: as it comes
};

inline constexpr std::string_view kPeerNames = "llama.cpp|ik_llama.cpp|openvino-genai";
bool is_peer(std::string_view name);
/// Throws Error(bad_config) for a name that is none of kPeerNames.
std::span<const PeerVariant> variants_of(std::string_view peer);

struct CompareOptions {
  BenchOptions bench;
  std::vector<std::string> peers;    ///< of kPeerNames
  std::vector<std::string> pythons;  ///< PYTHON, or NAME=PYTHON for one peer
  std::string worker;                ///< empty: find_peer_worker()
};

/// Throws Error(bad_config): no peer, one named twice, a Python for something that is no peer.
void check_compare(const CompareOptions& options);

/// The last Python given for the peer, else the last for all, else "python3".
std::string python_of(std::span<const std::string> pythons, std::string_view peer);

/// bench_peer.py where an installation has it beside the program, or a source tree with the program
/// in its build folder. Throws Error(not_found) that names the places.
std::filesystem::path find_peer_worker(const std::filesystem::path& program);

/// How one repetition of our side is run, and of a peer's: argv. Threads must be resolved.
std::vector<std::string> own_command(const std::string& program, const std::string& model,
                                     const BenchSetup& setup, const BenchOptions& options);
std::vector<std::string> peer_command(const std::string& python, const std::string& worker,
                                      const PeerVariant& peer, const std::string& model,
                                      const BenchSetup& setup, const BenchOptions& options);

/// Flags that give another process this configuration, less what the lists of a benchmark set:
/// everything that is not the default, or that its environment would set otherwise.
std::vector<std::string> engine_arguments(const EngineConfig& engine);

}  // namespace caracal
