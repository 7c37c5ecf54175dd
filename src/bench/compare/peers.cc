#include "bench/compare/peers.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

#include "base/error.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

constexpr PeerVariant kLlama[] = {{"llama.cpp", ""}};
constexpr PeerVariant kIkLlama[] = {{"ik_llama.cpp", ""}, {"ik_llama.cpp", "rtr"}};
constexpr PeerVariant kOpenvino[] = {{"openvino-genai", ""}};
constexpr std::span<const PeerVariant> kPeers[] = {kLlama, kIkLlama, kOpenvino};

/// What a benchmark's own lists set.
constexpr std::array<std::string_view, 7> kSetByLists = {
    "n_ctx",           "n_batch",      "n_parallel",  "n_threads",
    "n_threads_batch", "cache_type_k", "cache_type_v"};

/// "NAME=PYTHON" in two; the name is empty where there is none. A path may hold a "=" after its
/// first slash.
struct NamedPython {
  std::string_view peer, python;
};
NamedPython split_python(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || text.find('/') < equals) return {{}, text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

void append_switch(const Field<EngineConfig>& field, bool value, std::vector<std::string>& out) {
  for (const FlagName& flag : split_flags(field.flags))
    if (flag.negates != value && flag.name.starts_with("--")) {
      out.emplace_back(flag.name);
      return;
    }
}

template <class T, class Show>
std::string joined(const std::vector<T>& values, Show show) {
  std::string text;
  for (const T& value : values) text += (text.empty() ? "" : ",") + show(value);
  return text.empty() ? "0" : text;
}

std::string number_list(const std::vector<int32_t>& values) {
  return joined(values, [](int32_t n) { return std::to_string(n); });
}

}  // namespace

bool is_peer(std::string_view name) {
  return std::ranges::any_of(kPeers, [&](auto variants) { return variants[0].peer == name; });
}

std::span<const PeerVariant> variants_of(std::string_view peer) {
  for (const auto& variants : kPeers)
    if (variants[0].peer == peer) return variants;
  throw_error(ErrorCode::bad_config, "--peer", "{} expected, '{}' found", kPeerNames, peer);
}

void check_compare(const CompareOptions& options) {
  if (options.peers.empty())
    throw_error(ErrorCode::bad_config, "--peer", "name an engine to compare with: {}", kPeerNames);
  std::set<std::string> seen;
  for (const std::string& peer : options.peers) {
    variants_of(peer);
    if (!seen.insert(peer).second)
      throw_error(ErrorCode::bad_config, "--peer", "{} is named twice", peer);
  }
  for (const std::string& text : options.pythons) {
    const auto [peer, python] = split_python(text);
    const bool is_named = python.size() != text.size();
    if (python.empty() || (is_named && !is_peer(peer)))
      throw_error(ErrorCode::bad_config, "--peer-python",
                  "PYTHON or NAME=PYTHON with a name of {} expected, '{}' found", kPeerNames, text);
  }
}

std::string python_of(std::span<const std::string> pythons, std::string_view peer) {
  std::string_view of_peer, of_all = "python3";
  for (const std::string& text : pythons) {
    const auto [name, python] = split_python(text);
    if (name.empty())
      of_all = python;
    else if (name == peer)
      of_peer = python;
  }
  return std::string(of_peer.empty() ? of_all : of_peer);
}

fs::path find_peer_worker(const fs::path& program) {
  const fs::path folder = program.parent_path();
  const fs::path places[] = {folder / "../share/caracal/peer/bench_peer.py",
                             folder / "../../../tests/peer/bench_peer.py"};
  for (const fs::path& place : places)
    if (std::error_code ignored; fs::is_regular_file(place, ignored))
      return place.lexically_normal();
  throw_error(ErrorCode::not_found, "bench_peer.py",
              "expected as {} or {}; --peer-worker names it elsewhere",
              places[0].lexically_normal().string(), places[1].lexically_normal().string());
}

std::vector<std::string> engine_arguments(const EngineConfig& engine) {
  const EngineConfig defaults;
  std::vector<std::string> out;
  for (const Field<EngineConfig>& field : engine_fields()) {
    if (field.flags.empty() || std::ranges::find(kSetByLists, field.name) != kSetByLists.end())
      continue;
    const std::string value = print(field, engine);
    const bool in_environment =
        !field.env.empty() && std::getenv(std::string(field.env).c_str()) != nullptr;
    if (value == print(field, defaults) && !in_environment) continue;
    if (is_switch(field))
      append_switch(field, value == "true", out);
    else
      out.insert(out.end(), {std::string(shown_name(field)), value});
  }
  return out;
}

std::vector<std::string> own_command(const std::string& program, const std::string& model,
                                     const BenchSetup& setup, const BenchOptions& options) {
  const EngineConfig& e = setup.engine;
  std::vector<std::string> argv = {program,
                                   "bench",
                                   "--json",
                                   "--keep-unsteady",
                                   options.warmup ? "--warmup" : "--no-warmup",
                                   "--model",
                                   model,
                                   "--repetitions",
                                   "1",
                                   "--n-prompt",
                                   number_list(options.n_prompt),
                                   "--n-gen",
                                   number_list(options.n_gen),
                                   "--n-depth",
                                   number_list(options.depth),
                                   "--parallel",
                                   std::to_string(e.n_parallel),
                                   "--batch-size",
                                   std::to_string(e.n_batch),
                                   "--threads",
                                   std::to_string(e.n_threads),
                                   "--cache-type-k",
                                   e.cache_type_k,
                                   "--cache-type-v",
                                   e.cache_type_v};
  for (const PromptAndAnswer& pair : options.prompt_and_answer)
    argv.insert(argv.end(),
                {"--prompt-and-answer", fmt::format("{},{}", pair.n_prompt, pair.n_gen)});
  const auto more = engine_arguments(e);
  argv.insert(argv.end(), more.begin(), more.end());
  return argv;
}

std::vector<std::string> peer_command(const std::string& python, const std::string& worker,
                                      const PeerVariant& peer, const std::string& model,
                                      const BenchSetup& setup, const BenchOptions& options) {
  const EngineConfig& e = setup.engine;
  std::vector<std::string> argv = {python,
                                   worker,
                                   "--peer",
                                   std::string(peer.peer),
                                   "--variant=" + std::string(peer.variant),
                                   "--model=" + model,
                                   "--threads",
                                   std::to_string(e.n_threads),
                                   "--batch-size",
                                   std::to_string(e.n_batch),
                                   "--parallel",
                                   std::to_string(e.n_parallel),
                                   "--cache-type-k",
                                   e.cache_type_k,
                                   "--cache-type-v",
                                   e.cache_type_v};
  if (!options.warmup) argv.emplace_back("--no-warmup");
  for (const BenchTest& test : setup.tests)
    argv.insert(argv.end(),
                {"--test", fmt::format("{},{},{}", test.n_prompt, test.n_gen, test.depth)});
  return argv;
}

}  // namespace caracal
