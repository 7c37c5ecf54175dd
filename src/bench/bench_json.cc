#include <cmath>

#include "base/json.h"
#include "bench/reports.h"

namespace caracal {
namespace {

Json to_json(const StepCost& work) {
  Json ops = Json::object();
  for (const Roof roof : kRoofs)
    if (work.ops_of(roof) > 0) ops[std::string(name_of(roof))] = work.ops_of(roof);
  return {
      {"ops", std::move(ops)}, {"weight_bytes", work.weight_bytes}, {"kv_bytes", work.kv_bytes}};
}

Json to_json(const BenchResult& result, const Repetition& r) {
  return {{"seconds", r.seconds},
          {"tokens_per_s", result.n_tokens() / r.seconds},
          {"roof_before", r.roof_before},
          {"roof_after", r.roof_after},
          {"roof_share",
           result.has_share() ? Json(result.roofed_work() / r.seconds / r.roof()) : Json()},
          {"steady", r.steady}};
}

Json to_json(const BenchResult& result) {
  const Summary share = result.roof_share();
  Json repetitions = Json::array();
  for (const Repetition& r : result.repetitions) repetitions.push_back(to_json(result, r));
  const Summary speed = result.tokens_per_s();
  const auto shared = [&](Json value) { return result.has_share() ? value : Json(); };
  Json json = {{"test", result.test.name()},
               {"tokens_per_s", to_json(speed)},
               {"spread", speed.spread()},
               {"roof", shared(name_of(result.roof))},
               {"roof_share", shared(share.median)},
               {"roof_share_min", shared(share.min)},
               {"roof_share_max", shared(share.max)},
               {"roof_per_s", shared(result.roof_per_s().median)},
               {"model", result.model.name},
               {"model_path", result.model.path},
               {"architecture", result.model.architecture},
               {"weights", result.model.weights},
               {"file_bytes", result.model.file_bytes},
               {"parameters", result.model.n_parameters},
               {"n_prompt", result.test.n_prompt},
               {"n_gen", result.test.n_gen},
               {"depth", result.test.depth},
               {"threads", result.engine.n_threads},
               {"n_batch", result.engine.n_batch},
               {"n_parallel", result.engine.n_parallel},
               {"cache_type_k", result.engine.cache_type_k},
               {"cache_type_v", result.engine.cache_type_v},
               {"features", to_string(result.features)},
               {"mode", result.engine.numerics},
               {"work", to_json(result.work)},
               {"repetitions", std::move(repetitions)},
               {"repeated", result.n_repeated}};
  if (!result.operators.empty()) {
    Json operators = Json::array();
    for (const OperatorShare& share_of : result.operators)
      operators.push_back({{"operator", share_of.name},
                           {"time_share", share_of.time_share},
                           {"busy_s", share_of.busy_s},
                           {"work", to_json(share_of.work)}});
    json["operators"] = std::move(operators);
  }
  return json;
}

}  // namespace

Json to_json(const Summary& s) {
  return {
      {"median", s.median}, {"min", s.min}, {"max", s.max}, {"mean", s.mean}, {"stddev", s.stddev}};
}

Json machine_json(const BenchEnvironment& environment) {
  const MachineInfo& m = environment.machine;
  Json roofs = Json::array();
  for (const RoofFigure& f : environment.roofs.figures)
    roofs.push_back({{"roof", name_of(f.roof)},
                     {"threads", f.n_threads},
                     {"per_s", f.per_second},
                     {"instruction", f.instruction}});
  return {{"cpu", m.cpu_name},
          {"features", to_string(m.features)},
          {"cpus_online", m.n_cpus_online},
          {"cores_online", m.n_cores_online},
          {"threads_available", m.n_threads},
          {"cpu_quota", std::isfinite(m.cpu_quota) ? Json(m.cpu_quota) : Json()},
          {"memory_bytes", m.memory_bytes},
          {"numa_nodes", m.numa_nodes.size()},
          {"last_level_cache_bytes", m.last_level_bytes()},
          {"huge_pages", m.huge_pages},
          {"kernel", m.kernel},
          {"load_average", environment.load_average},
          {"caracal", environment.version},
          {"compiler", environment.compiler},
          {"date", environment.date},
          {"roofs_measured_at", environment.roofs.measured_at},
          {"roofs", std::move(roofs)}};
}

Json bench_json(const BenchReport& report) {
  Json results = Json::array();
  for (const BenchResult& result : report.results) results.push_back(to_json(result));
  return {{"results", std::move(results)}, {"machine", machine_json(report.environment)}};
}

}  // namespace caracal
