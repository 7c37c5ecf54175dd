#include <algorithm>

#include "cli/inspect/views.h"
#include "engine/memory_ledger.h"
#include "engine/text_model.h"

namespace caracal::cli {
namespace {

std::string describe(const Operator& op) {
  const std::string detail = op.detail();
  return detail.empty() ? std::string(op.kind()) : fmt::format("{} {}", op.kind(), detail);
}

/// Operators of a chain run back to back on a tile: "a -> b"; chains side by side: "a | b".
std::string describe(const Region& region) {
  std::string out;
  for (const Chain& chain : region.chains) {
    if (!out.empty()) out += " | ";
    std::string ops;
    for (const Operator* op : chain.operators) {
      if (!ops.empty()) ops += " -> ";
      ops += describe(*op);
    }
    out += ops;
  }
  return out;
}

/// "layer 3" of "layer 3: linear+linear"; empty before the layers.
std::string_view label_of(const Region& region) {
  const size_t colon = region.name.find(':');
  return std::string_view(region.name).substr(0, colon == std::string::npos ? 0 : colon);
}

/// Regions whose label is that of the first layer.
int64_t regions_per_layer(const Plan& plan) {
  return std::ranges::count_if(plan.regions,
                               [](const Region& r) { return label_of(r) == "layer 0"; });
}

int64_t decode_tiles(const Region& region) {
  int64_t tiles = 0;
  for (const Chain& chain : region.chains) tiles += chain.tiles.count(1);
  return tiles;
}

}  // namespace

Report inspect_plan(const EngineOptions& options) {
  const auto model = Model::open(options.model.required_path(), load_options(options.engine));
  const Plan plan = build_plan(*model, usual_plan(options.engine, *model));
  OperatorCost cost;
  for (const auto& op : plan.operators) {
    cost.flops_per_row += op->cost().flops_per_row;
    cost.weight_bytes += op->cost().weight_bytes;
  }
  Report report;
  report.add_fact("max_rows", plan.max_rows);
  report.add_fact("n_operators", plan.operators.size());
  report.add_fact("n_regions", plan.regions.size());
  report.add_fact("regions_per_layer", regions_per_layer(plan));
  report.add_fact("arena_bytes", plan.arena_bytes, Report::Unit::bytes);
  report.add_fact("scratch_bytes_per_thread", plan.scratch_bytes, Report::Unit::bytes);
  report.add_fact("flops_per_token", cost.flops_per_row);
  report.add_fact("weight_bytes_per_step", cost.weight_bytes, Report::Unit::bytes);
  report.start_table("regions", {{"region"}, {"where"}, {"tiles"}, {"operators"}});
  for (size_t i = 0; i < plan.regions.size(); ++i) {
    const Region& region = plan.regions[i];
    report.add_row({i, std::string(label_of(region)), decode_tiles(region), describe(region)});
  }
  return report;
}

}  // namespace caracal::cli
