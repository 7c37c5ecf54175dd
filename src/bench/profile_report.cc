#include "bench/profile_report.h"

#include <fmt/format.h>

#include "base/json.h"
#include "bench/reports.h"

namespace caracal {
namespace {

std::vector<OperatorShare> shares_of(const StepProfile& profile, bool by_region) {
  return by_region ? shares_by_region(profile) : shares_by_kind(profile);
}

std::string percent(double share) {
  return share > 0 ? fmt::format("{:.1f} %", 100 * share) : std::string("-");
}
std::string billions(double n) { return n > 0 ? fmt::format("{:.3f}", n / 1e9) : "-"; }
std::string millions(double n) { return n > 0 ? fmt::format("{:.2f}", n / 1e6) : "-"; }

}  // namespace

std::string profile_table(const ProfiledTest& profiled, bool by_region) {
  const StepProfile& profile = profiled.profile;
  const int32_t n_threads = profile.n_threads();
  TableRows rows = {{by_region ? "region" : "operator", "ms", "time", "tiles", "Gop", "weights MB",
                     "KV MB", "of peak", "of read"}};
  for (const OperatorShare& share : shares_of(profile, by_region)) {
    const RoofShares of = roof_shares(share, profiled.roofs, n_threads);
    rows.push_back({share.name, fmt::format("{:.3f}", share.busy_s / n_threads * 1e3),
                    percent(share.time_share), fmt::format("{}", share.n_tiles),
                    billions(share.work.all_ops()), millions(share.work.weight_bytes),
                    millions(share.work.kv_bytes), percent(of.compute), percent(of.read)});
  }
  return fmt::format("{}{}: {:.2f} ms in {} steps, {} threads; {:.2f} ms outside\n{}",
                     profiled.test.name(),
                     profiled.test.depth > 0 ? fmt::format(" @ d{}", profiled.test.depth) : "",
                     profile.wall_s() * 1e3, profile.n_steps(), n_threads,
                     profiled.outside_s() * 1e3, markdown_rows(rows));
}

Json profile_json(const ProfiledTest& profiled, bool by_region) {
  const StepProfile& profile = profiled.profile;
  Json rows = Json::array();
  for (const OperatorShare& share : shares_of(profile, by_region)) {
    const RoofShares of = roof_shares(share, profiled.roofs, profile.n_threads());
    Json ops = Json::object();
    for (const Roof roof : kRoofs)
      if (share.work.ops_of(roof) > 0) ops[std::string(name_of(roof))] = share.work.ops_of(roof);
    rows.push_back({{"name", share.name},
                    {"busy_s", share.busy_s},
                    {"time_share", share.time_share},
                    {"tiles", share.n_tiles},
                    {"ops", std::move(ops)},
                    {"weight_bytes", share.work.weight_bytes},
                    {"kv_bytes", share.work.kv_bytes},
                    {"activation_bytes", share.activation_bytes},
                    {"compute_share", of.compute},
                    {"read_share", of.read}});
  }
  Json roofs = Json::object();
  for (const RoofFigure& f : profiled.roofs.figures)
    roofs[std::string(name_of(f.roof))] = f.per_second;
  return {{"test", profiled.test.name()},   {"depth", profiled.test.depth},
          {"threads", profile.n_threads()}, {"steps", profile.n_steps()},
          {"wall_s", profile.wall_s()},     {"outside_s", profiled.outside_s()},
          {"roofs", std::move(roofs)},      {by_region ? "regions" : "operators", std::move(rows)}};
}

}  // namespace caracal
