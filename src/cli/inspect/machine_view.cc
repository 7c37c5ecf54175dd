#include <cmath>

#include "cli/inspect/views.h"
#include "cli/progress_line.h"
#include "engine/text_model.h"
#include "machine/machine_roofs.h"

namespace caracal::cli {
namespace {

Json limit_or_none(bool limited, Json limit) { return limited ? std::move(limit) : Json("none"); }

void add_facts(Report& report, const MachineInfo& machine, const EngineConfig& engine) {
  report.add_fact("caracal", CARACAL_VERSION);
  report.add_fact("cpu", machine.cpu_name);
  report.add_fact("cpu_features", to_string(machine.features));
  report.add_fact("features_in_use", to_string(machine.features & cpu_feature_mask(engine.isa)));
  report.add_fact("kernel", machine.kernel);
  report.add_fact("cpus_online", machine.n_cpus_online);
  report.add_fact("cores_online", machine.n_cores_online);
  report.add_fact("cpus_allowed", machine.n_cpus_allowed);
  report.add_fact("cpu_quota", limit_or_none(std::isfinite(machine.cpu_quota), machine.cpu_quota));
  report.add_fact("threads_available", machine.n_threads);
  report.add_fact("threads_decode", resolve_threads(engine.n_threads));
  report.add_fact("memory_bytes", machine.memory_bytes, Report::Unit::bytes);
  report.add_fact("memory_limit",
                  limit_or_none(machine.memory_limit != UINT64_MAX, machine.memory_limit),
                  Report::Unit::bytes);
  report.add_fact("page_bytes", machine.page_bytes);
  report.add_fact("huge_pages", machine.huge_pages);
  report.add_fact("huge_page_defrag", machine.huge_page_defrag);
}

void add_tables(Report& report, const MachineInfo& machine) {
  report.start_table("caches", {{"level"}, {"kind"}, {"bytes", Report::Unit::bytes}, {"caches"}});
  for (const CacheInfo& cache : machine.caches)
    report.add_row({cache.level, cache.kind, cache.bytes, cache.n_caches});
  report.start_table("numa_nodes", {{"node"}, {"cpus"}, {"bytes", Report::Unit::bytes}});
  for (const NumaNode& node : machine.numa_nodes)
    report.add_row({node.id, node.cpus, node.memory_bytes});
}

/// Billions to one decimal place: a roof is not known better.
double rounded(double per_second) { return std::round(per_second / 1e8) / 10; }

}  // namespace

Report inspect_machine(const InspectOptions& options) {
  const EngineConfig& engine = options.engine.engine;
  const MachineInfo machine = read_machine_info();
  ProgressLine line("measuring", {.name = "roofs", .size = 1});
  const MachineRoofs roofs = machine_roofs(
      machine, machine.features & cpu_feature_mask(engine.isa), resolve_threads(engine.n_threads),
      options.fresh, [&](size_t done, size_t all) { line.update(done, all); });

  Report report;
  add_facts(report, machine, engine);
  report.add_fact("roofs_measured_at", roofs.measured_at);
  report.add_fact("roofs_load_average", std::round(roofs.load_average * 100) / 100);
  report.add_fact("roof_read_bytes", roofs.read_bytes, Report::Unit::bytes);
  add_tables(report, machine);
  report.start_table("roofs", {{"roof"}, {"threads"}, {"value"}, {"unit"}, {"instruction"}});
  for (const RoofFigure& figure : roofs.figures)
    report.add_row({name_of(figure.roof), figure.n_threads, rounded(figure.per_second),
                    unit_of(figure.roof), figure.instruction});
  return report;
}

}  // namespace caracal::cli
