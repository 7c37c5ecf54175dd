#include "bench/operator_shares.h"

#include <algorithm>

namespace caracal {
namespace {

void add(OperatorShare& share, const StepProfile::OperatorTotal& total) {
  share.n_tiles += total.n_tiles;
  share.busy_s += total.busy_s;
  share.work += total.cost;
  share.activation_bytes += total.activation_bytes;
}

void set_time_shares(std::vector<OperatorShare>& shares, const StepProfile& profile) {
  const double all = profile.wall_s() * profile.n_threads();
  for (OperatorShare& share : shares) share.time_share = all > 0 ? share.busy_s / all : 0;
}

}  // namespace

std::vector<OperatorShare> shares_by_kind(const StepProfile& profile) {
  std::vector<OperatorShare> shares;
  for (const StepProfile::OperatorTotal& total : profile.operators()) {
    auto it = std::ranges::find(shares, total.op->kind(), &OperatorShare::name);
    if (it == shares.end())
      it = shares.insert(it, OperatorShare{.name = std::string(total.op->kind())});
    add(*it, total);
  }
  std::ranges::sort(shares, std::ranges::greater(), &OperatorShare::busy_s);
  shares.push_back({.name = "waiting", .busy_s = profile.waiting_s()});
  set_time_shares(shares, profile);
  return shares;
}

std::vector<OperatorShare> shares_by_region(const StepProfile& profile) {
  std::vector<OperatorShare> shares;
  for (const Region& region : profile.plan().regions) shares.push_back({.name = region.name});
  for (const StepProfile::OperatorTotal& total : profile.operators())
    add(shares[total.region], total);
  set_time_shares(shares, profile);
  return shares;
}

RoofShares roof_shares(const OperatorShare& share, const MachineRoofs& roofs, int32_t n_threads) {
  RoofShares at_roof;  // seconds
  for (const Roof roof : kRoofs) {
    const RoofFigure* figure = roofs.find(roof, n_threads);
    if (!figure) continue;
    if (roof == Roof::read_bandwidth)
      at_roof.read = share.work.read_bytes() / figure->per_second;
    else
      at_roof.compute += share.work.ops_of(roof) / figure->per_second;
  }
  const double seconds = share.busy_s / n_threads;
  if (seconds <= 0) return {};
  return {at_roof.compute / seconds, at_roof.read / seconds};
}

}  // namespace caracal
