#include "machine/machine_roofs.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "machine/machine_cache.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 1;  ///< of the file; another number is another file to us

/// The better of so many samples, some time apart, counts: a neighbour that comes and goes makes a
/// median lower, nothing makes it higher.
constexpr int kRounds = 2;

std::string now_text() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

Json to_json(const MachineRoofs& roofs) {
  Json figures = Json::array();
  for (const RoofFigure& f : roofs.figures)
    figures.push_back({{"roof", name_of(f.roof)},
                       {"threads", f.n_threads},
                       {"per_second", f.per_second},
                       {"instruction", f.instruction}});
  return {{"format", kFormat},
          {"fingerprint", roofs.fingerprint},
          {"measured_at", roofs.measured_at},
          {"load_average", roofs.load_average},
          {"read_bytes", roofs.read_bytes},
          {"roofs", std::move(figures)}};
}

RoofFigure figure_from_json(const Json& json) {
  const auto name = json.at("roof").get<std::string>();
  const auto roof = std::ranges::find_if(kRoofs, [&](Roof r) { return name_of(r) == name; });
  RoofFigure figure{.n_threads = json.at("threads").get<int32_t>(),
                    .per_second = json.at("per_second").get<double>(),
                    .instruction = json.at("instruction").get<std::string>()};
  if (roof == std::end(kRoofs) || figure.n_threads < 1 || !(figure.per_second > 0))
    throw_error(ErrorCode::bad_file, "roofs", "a roof of this machine expected, '{}' found", name);
  figure.roof = *roof;
  return figure;
}

MachineRoofs from_json(const Json& json) {
  MachineRoofs roofs{.fingerprint = json.at("fingerprint").get<std::string>(),
                     .measured_at = json.at("measured_at").get<std::string>(),
                     .load_average = json.at("load_average").get<double>(),
                     .read_bytes = json.at("read_bytes").get<uint64_t>()};
  for (const Json& figure : json.at("roofs")) roofs.figures.push_back(figure_from_json(figure));
  return roofs;
}

}  // namespace

const RoofFigure* MachineRoofs::find(Roof roof, int32_t n_threads) const {
  for (const RoofFigure& figure : figures)
    if (figure.roof == roof && figure.n_threads == n_threads) return &figure;
  return nullptr;
}

MachineRoofs measure_roofs(const MachineInfo& machine, CpuFeatures features, int32_t n_threads,
                           const RoofProgress& progress) {
  RoofSampler sampler(features, read_probe_bytes(machine));
  MachineRoofs roofs{.fingerprint = machine_fingerprint(machine, features, n_threads),
                     .measured_at = now_text(),
                     .load_average = read_load_average(),
                     .read_bytes = sampler.read_bytes()};
  // All threads come first, so that each of them writes its share of the buffer.
  std::vector<int32_t> counts = {n_threads};
  if (n_threads != 1) counts.push_back(1);
  const size_t n_all = kRounds * counts.size() * std::size(kRoofs);
  size_t n_done = 0;
  for (const int32_t n : counts) {
    ThreadTeam team(n);
    std::vector<RoofFigure> figures;
    for (const Roof roof : kRoofs)
      figures.push_back({roof, n, 0, std::string(sampler.instruction(roof))});
    for (int round = 0; round < kRounds; ++round)
      for (RoofFigure& figure : figures) {
        if (progress) progress(n_done++, n_all);
        figure.per_second = std::max(figure.per_second, sampler.sample(figure.roof, team));
      }
    roofs.figures.insert(roofs.figures.end(), figures.begin(), figures.end());
  }
  return roofs;
}

std::optional<MachineRoofs> load_roofs(const fs::path& folder, const std::string& fingerprint) {
  const fs::path file = machine_file(folder, "roofs", fingerprint);
  std::error_code error;
  if (!fs::exists(file, error)) return {};
  try {
    constexpr uint64_t kMost = 1 << 20;
    const Json json = parse_json(read_file(file, kMost), file.string());
    if (json.value("format", 0) != kFormat) return {};
    MachineRoofs roofs = from_json(json);
    if (roofs.fingerprint == fingerprint) return roofs;
  } catch (const std::exception& e) {
    log::info("{} is of no use and measured anew: {}", file.string(), e.what());
  }
  return {};
}

void save_roofs(const fs::path& folder, const MachineRoofs& roofs) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw_error(ErrorCode::io, folder.string(), "{}", error.message());
  write_file_atomic(machine_file(folder, "roofs", roofs.fingerprint),
                    to_text(to_json(roofs), 2) + "\n");
}

MachineRoofs machine_roofs(const MachineInfo& machine, CpuFeatures features, int32_t n_threads,
                           bool fresh, const RoofProgress& progress) {
  const fs::path folder = machine_cache_folder();
  if (!fresh && !folder.empty())
    if (auto known = load_roofs(folder, machine_fingerprint(machine, features, n_threads)))
      return *known;
  MachineRoofs roofs = measure_roofs(machine, features, n_threads, progress);
  try {
    if (!folder.empty()) save_roofs(folder, roofs);
  } catch (const Error& e) {
    log::warn("the measured roofs are not kept: {}", e.what());
  }
  return roofs;
}

}  // namespace caracal
