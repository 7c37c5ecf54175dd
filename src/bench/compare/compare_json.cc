#include "base/json.h"
#include "bench/compare/compare_reports.h"
#include "bench/reports.h"

namespace caracal {
namespace {

Json engine_json(const Comparison& comparison, const EngineSpeed& engine) {
  Json json = {{"engine", engine.engine}, {"variant", engine.variant}};
  if (!engine.left_out.empty()) json["left_out"] = engine.left_out;
  if (engine.tokens_per_s.empty()) return json;
  json["tokens_per_s"] = to_json(summarize(engine.tokens_per_s));
  json["runs"] = engine.tokens_per_s;
  if (!engine.roof_shares.empty() && comparison.roof) {
    json["roof"] = name_of(*comparison.roof);
    json["roof_share"] = summarize(engine.roof_shares).median;
  }
  return json;
}

Json ratios_json(const Comparison& comparison) {
  Json ratios = Json::object();
  for (const EngineSpeed& engine : comparison.engines) {
    if (&engine == &comparison.engines.front() || !is_best_variant(comparison, engine)) continue;
    if (const auto ratio = ratio_to(comparison, engine)) ratios[engine.engine] = *ratio;
  }
  return ratios;
}

Json comparison_json(const Comparison& c) {
  Json engines = Json::array();
  for (const EngineSpeed& engine : c.engines) engines.push_back(engine_json(c, engine));
  return {{"test", c.test.name()},
          {"n_prompt", c.test.n_prompt},
          {"n_gen", c.test.n_gen},
          {"depth", c.test.depth},
          {"n_parallel", c.engine.n_parallel},
          {"model", c.model_name},
          {"model_path", c.model_path},
          {"weights", c.weights},
          {"threads", c.engine.n_threads},
          {"n_batch", c.engine.n_batch},
          {"cache_type_k", c.engine.cache_type_k},
          {"cache_type_v", c.engine.cache_type_v},
          {"ratios", ratios_json(c)},
          {"engines", std::move(engines)},
          {"others_cpu_share", c.others_share}};
}

Json side_json(const ComparedSide& side) {
  return {{"engine", side.name},
          {"version", side.facts.version},
          {"system", side.facts.system},
          {"flags", side.facts.flags},
          {"threads", side.facts.n_threads},
          {"n_batch", side.facts.n_batch},
          {"cache_type_k", side.facts.cache_type_k},
          {"cache_type_v", side.facts.cache_type_v}};
}

}  // namespace

Json compare_json(const CompareReport& report) {
  Json comparisons = Json::array();
  for (const Comparison& c : report.comparisons) comparisons.push_back(comparison_json(c));
  Json engines = Json::array();
  for (const ComparedSide& side : report.sides) engines.push_back(side_json(side));
  return {{"comparisons", std::move(comparisons)},
          {"engines", std::move(engines)},
          {"repetitions", report.repetitions},
          {"others_cpu_share", report.others_share()},
          {"quiet", report.is_quiet()},
          {"machine", machine_json(report.environment)}};
}

}  // namespace caracal
