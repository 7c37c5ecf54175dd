#include "bench/bench_runner.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "engine/text_model.h"

namespace caracal {
namespace {

/// Notes the shapes of all steps while it lives; their cost is counted when nothing is timed.
class ShapeLog {
 public:
  explicit ShapeLog(ModelRunner& runner) : runner_(runner) {
    steps_.reserve(1 << 12);
    runner_.set_step_hook([this](const Batch& batch) {
      append_shapes(batch, shapes_);
      steps_.push_back(shapes_.size());
    });
  }
  ~ShapeLog() { runner_.set_step_hook({}); }
  ShapeLog(const ShapeLog&) = delete;
  ShapeLog& operator=(const ShapeLog&) = delete;

  /// Of the steps since the last call.
  StepCost take_cost() {
    StepCost sum;
    size_t begin = 0;
    for (const size_t end : steps_) {
      sum += step_cost(runner_.plan(),
                       batch_of_shapes(std::span(shapes_).subspan(begin, end - begin)));
      begin = end;
    }
    shapes_.clear();
    steps_.clear();
    return sum;
  }

 private:
  ModelRunner& runner_;
  std::vector<SequenceShape> shapes_;
  std::vector<size_t> steps_;  ///< where each step ends in shapes_
};

/// Types of the matrices with their share of the bytes, the largest first.
std::string weight_types(const Gguf& file) {
  std::map<TensorType, uint64_t> bytes;
  uint64_t all = 0;
  for (const GgufTensor& tensor : file.tensors()) {
    if (tensor.shape.size() < 2) continue;
    bytes[tensor.type] += tensor.data.size();
    all += tensor.data.size();
  }
  std::vector<std::pair<uint64_t, TensorType>> order;
  for (const auto& [type, n] : bytes) order.emplace_back(n, type);
  std::ranges::sort(order, std::ranges::greater());
  std::string text;
  for (const auto& [n, type] : order) {
    if (!text.empty()) text += ", ";
    text += tensor_type_info(type)->name;
    if (order.size() > 1)
      text += fmt::format(" {:.0f} %", 100.0 * static_cast<double>(n) / static_cast<double>(all));
  }
  return text;
}

std::string compiler_name() {
#if defined(__clang__)
  return fmt::format("Clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return fmt::format("GCC {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

}  // namespace

bool is_steady(double roof_before, double roof_after) {
  return std::abs(roof_before - roof_after) <= kSteadyRoof * (roof_before + roof_after) / 2;
}

StepCost cost_of_a_row(const Plan& plan) {
  const SequenceShape shape = {0, 1, 1};
  return step_cost(plan, batch_of_shapes(std::span(&shape, 1)));
}

BenchTest warmup_of(const BenchTest& test, int32_t n_batch) {
  return {std::min(test.n_prompt, n_batch), std::min(test.n_gen, 4), test.depth};
}

int32_t most_repeated(int32_t repetitions) { return 2 * repetitions; }

BenchEngine::BenchEngine(std::shared_ptr<const Model> model, const BenchSetup& setup)
    : model_(std::move(model)),
      team_(resolve_threads(setup.engine.n_threads)),
      engine_(model_, setup.engine, Engine::Vocabulary{}, team_, team_) {}

ProfiledRun BenchEngine::profile(Workload& workload, const BenchTest& test,
                                 const StepProfile::Options& options) {
  ModelRunner& runner = engine_.runner();
  ProfiledRun run{StepProfile(runner.plan(), team_.size(), options), 0};
  runner.set_profile(&run.profile);
  run.seconds = workload.run(test);
  runner.set_profile(nullptr);
  return run;
}

BenchRunner::BenchRunner(const BenchOptions& options, const BenchEnvironment& environment,
                         Progress progress)
    : options_(options), environment_(environment), progress_(std::move(progress)) {}

void BenchRunner::run(const std::shared_ptr<const Model>& model, const BenchModel& info,
                      const BenchSetup& setup, std::vector<BenchResult>& results) {
  if (!sampler_)
    sampler_ =
        std::make_unique<RoofSampler>(model->features(), read_probe_bytes(environment_.machine));
  BenchEngine engine(model, setup);
  std::unique_ptr<Workload> workload;
  int32_t depth = -1;
  for (const BenchTest& test : setup.tests) {
    if (test.depth != depth) {
      workload.reset();  // gives its KV back first
      workload = std::make_unique<Workload>(engine.engine(), model->config().n_vocab,
                                            setup.engine.n_parallel, test.depth);
      depth = test.depth;
    }
    BenchResult& result = results.emplace_back(BenchResult{
        .model = info, .engine = setup.engine, .features = model->features(), .test = test});
    result.engine.n_threads = engine.team().size();
    run_test(engine, *workload, result);
  }
}

void BenchRunner::run_test(BenchEngine& engine, Workload& workload, BenchResult& result) {
  if (progress_) progress_(result.test, 0);
  if (options_.warmup) workload.run(warmup_of(result.test, result.engine.n_batch));
  repeat(engine, workload, result);
  if (options_.with_operators)
    result.operators = shares_by_kind(engine.profile(workload, result.test).profile);
}

/// The sample after one repetition is the one before the next.
void BenchRunner::repeat(BenchEngine& engine, Workload& workload, BenchResult& result) {
  ModelRunner& runner = engine.engine().runner();
  result.roof = roof_of(result.test, cost_of_a_row(runner.plan()));
  ShapeLog log(runner);
  const int32_t most = options_.keep_unsteady ? 0 : most_repeated(options_.repetitions);
  double before = sampler_->sample(result.roof, engine.team());
  while (static_cast<int32_t>(result.repetitions.size()) < options_.repetitions) {
    if (progress_) progress_(result.test, static_cast<int32_t>(result.repetitions.size()) + 1);
    const double seconds = workload.run(result.test);
    const double after = sampler_->sample(result.roof, engine.team());
    result.work = log.take_cost();
    const bool steady = is_steady(before, after);
    if (steady || result.n_repeated >= most)
      result.repetitions.push_back({seconds, before, after, steady});
    else
      ++result.n_repeated;
    before = after;
  }
}

BenchEnvironment read_environment(const EngineConfig& engine, int32_t n_threads,
                                  const RoofProgress& progress) {
  BenchEnvironment environment{.version = CARACAL_VERSION, .compiler = compiler_name()};
  environment.date = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  environment.load_average = read_load_average();
  environment.machine = read_machine_info();
  environment.roofs = machine_roofs(environment.machine,
                                    environment.machine.features & cpu_feature_mask(engine.isa),
                                    n_threads, false, progress);
  return environment;
}

BenchModel describe_model(const Model& model, std::string path) {
  const Gguf& file = model.file();
  return {.path = std::move(path),
          .name = model.config().name,
          .architecture = model.config().arch,
          .weights = weight_types(file),
          .file_bytes = file.file_bytes(),
          .n_parameters = file.n_parameters()};
}

}  // namespace caracal
