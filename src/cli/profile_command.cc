/// `caracal profile`: where the time of a model's steps goes.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/file.h"
#include "base/json.h"
#include "bench/bench_runner.h"
#include "bench/profile_report.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/engine_flags.h"
#include "cli/exit_status.h"
#include "cli/progress_line.h"
#include "engine/text_model.h"

namespace caracal::cli {
namespace {

struct ProfileFlags {
  ModelOption model;
  EngineConfig engine;
  int32_t n_prompt = 512;
  int32_t n_gen = 64;
  int32_t depth = 0;
  bool by_region = false;
  bool json = false;
  std::string trace;
};

using F = ProfileFlags;
constexpr Range kTokens = {.min = 0, .max = 1 << 22};

const Field<F> kFields[] = {
    {.name = "n_prompt",
     .member = &F::n_prompt,
     .flags = "-p,--n-prompt",
     .range = kTokens,
     .help = "Tokens of the prompt; 0: none."},
    {.name = "n_gen",
     .member = &F::n_gen,
     .flags = "-n,--n-gen",
     .range = kTokens,
     .help = "Tokens of the answer; 0: none."},
    {.name = "depth",
     .member = &F::depth,
     .flags = "-d,--n-depth",
     .range = kTokens,
     .help = "Tokens that are in the KV cache before either."},
    {.name = "by_region",
     .member = &F::by_region,
     .flags = "--regions",
     .help = "A row per region of the plan, not per kind of operator."},
    {.name = "trace",
     .member = &F::trace,
     .flags = "--trace",
     .help = "Also write what every thread did when to this file, for chrome://tracing or "
             "Perfetto."},
    {.name = "json",
     .member = &F::json,
     .flags = "--json",
     .help = "Print one JSON object in place of tables."},
};

/// Roofs that the plan's work is limited by, as they are now, on the team that does it.
MachineRoofs sample_roofs(RoofSampler& sampler, const Plan& plan, ThreadTeam& team) {
  const StepCost work = cost_of_a_row(plan);
  MachineRoofs roofs;
  for (const Roof roof : kRoofs)
    if (roof == Roof::read_bandwidth || work.ops_of(roof) > 0)
      roofs.figures.push_back(
          {roof, team.size(), sampler.sample(roof, team), std::string(sampler.instruction(roof))});
  return roofs;
}

/// Of two samples of the same roofs.
MachineRoofs mean_of(MachineRoofs a, const MachineRoofs& b) {
  for (size_t i = 0; i < a.figures.size(); ++i)
    a.figures[i].per_second = (a.figures[i].per_second + b.figures[i].per_second) / 2;
  return a;
}

class ProfileCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    std::vector<OptionGroup> groups;
    groups.push_back(bind(flags_.model));
    groups.push_back(bind_fields<F>("Profile", kFields, flags_));
    groups.push_back(engine_flags_without({"n_ctx", "n_threads_batch"}, flags_.engine));
    return groups;
  }

  int run() override {
    const BenchSetup setup = make_setup();
    const std::string path = flags_.model.required_path();
    std::optional<AtomicFile> trace;
    if (!flags_.trace.empty()) trace.emplace(flags_.trace);

    BenchEngine engine(load(path), setup);
    const std::vector<ProfiledTest> profiles = profile(engine, setup);
    if (trace) {
      write_chrome_trace(*trace, profiles);
      trace->commit();
    }
    print(profiles);
    return kSuccess;
  }

 private:
  BenchSetup make_setup() const {
    BenchOptions options{.n_prompt = {flags_.n_prompt},
                         .n_gen = {flags_.n_gen},
                         .depth = {flags_.depth},
                         .n_batch = {flags_.engine.n_batch},
                         .n_parallel = {flags_.engine.n_parallel},
                         .n_threads = {flags_.engine.n_threads},
                         .cache_type_k = {flags_.engine.cache_type_k},
                         .cache_type_v = {flags_.engine.cache_type_v},
                         .engine = flags_.engine};
    return plan_bench(options).front();
  }

  std::shared_ptr<const Model> load(const std::string& path) const {
    ThreadTeam team(resolve_threads(flags_.engine.n_threads));
    ProgressLine line("loading");
    return Model::load(path, load_options(flags_.engine), team,
                       [&](uint64_t done, uint64_t total) { line.update(done, total); });
  }

  std::vector<ProfiledTest> profile(BenchEngine& engine, const BenchSetup& setup) const {
    RoofSampler sampler(engine.model().features(), read_probe_bytes(read_machine_info()));
    Workload workload(engine.engine(), engine.model().config().n_vocab, setup.engine.n_parallel,
                      flags_.depth);
    const Plan& plan = engine.engine().runner().plan();
    std::vector<ProfiledTest> profiles;
    for (const BenchTest& test : setup.tests) {
      workload.run(warmup_of(test, setup.engine.n_batch));
      const MachineRoofs before = sample_roofs(sampler, plan, engine.team());
      ProfiledRun run = engine.profile(workload, test, {.with_trace = !flags_.trace.empty()});
      profiles.push_back({test, std::move(run.profile), run.seconds,
                          mean_of(before, sample_roofs(sampler, plan, engine.team()))});
    }
    return profiles;
  }

  void print(const std::vector<ProfiledTest>& profiles) const {
    if (flags_.json) {
      Json tests = Json::array();
      for (const ProfiledTest& p : profiles) tests.push_back(profile_json(p, flags_.by_region));
      fmt::print("{}\n", to_text(Json{{"profiles", std::move(tests)}}));
      return;
    }
    for (const ProfiledTest& p : profiles)
      fmt::print("{}{}", &p == profiles.data() ? "" : "\n", profile_table(p, flags_.by_region));
    if (std::ranges::any_of(profiles, [](auto& p) { return p.profile.trace_is_cut(); }))
      fmt::print(stderr, "caracal: the trace was full before the end; fewer tokens fit\n");
  }

  ProfileFlags flags_;
};

}  // namespace

std::unique_ptr<Command> make_profile_command() { return std::make_unique<ProfileCommand>(); }

}  // namespace caracal::cli
