/// `caracal tune`: measures what the engine otherwise measures in passing, and shows it.
#include <cmath>
#include <set>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/engine_flags.h"
#include "cli/exit_status.h"
#include "cli/progress_line.h"
#include "cli/report.h"
#include "engine/text_model.h"
#include "machine/machine_cache.h"
#include "machine/machine_info.h"
#include "weights/kernel_tuning.h"

namespace caracal::cli {
namespace {

struct TuneFlags {
  std::string what;
  ModelOption model;
  EngineConfig engine;
  int32_t repetitions = 21;
  bool json = false;
};
using F = TuneFlags;

const Field<F> kFields[] = {
    {.name = "what",
     .member = &F::what,
     .flags = "WHAT",
     .choices = "kernels",
     .help = "kernels: for each kernel and width of the model's matrices, from how many rows on "
             "weights are unpacked first (gemm) and not row by row (flat)."},
    {.name = "repetitions",
     .member = &F::repetitions,
     .flags = "-r,--repetitions",
     .range = {.min = 1, .max = 10000},
     .help = "Timings of each shape and number of rows; their median counts."},
    {.name = "json",
     .member = &F::json,
     .flags = "--json",
     .help = "Print one JSON object in place of tables."},
};

/// Microseconds to one decimal place.
double microseconds(double seconds) { return std::round(seconds * 1e7) / 10; }

class TuneCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    std::vector<OptionGroup> groups;
    groups.push_back(bind_fields<F>("Tune", kFields, flags_));
    groups.push_back(bind(flags_.model));
    groups.push_back(engine_flags_without({"n_ctx"}, flags_.engine));
    return groups;
  }

  int run() override {
    if (flags_.what.empty())
      throw_error(ErrorCode::bad_config, "tune", "name what to tune: kernels");
    const Report report = tune_kernels();
    if (flags_.json)
      fmt::print("{}\n", to_text(report.json()));
    else
      fmt::print("{}", report.text());
    return kSuccess;
  }

 private:
  std::shared_ptr<const Model> load(ThreadTeam& team) const {
    LoadOptions options = load_options(flags_.engine);
    options.tuning_folder.clear();  // measured below, more carefully
    ProgressLine line("loading");
    return Model::load(flags_.model.required_path(), options, team,
                       [&](uint64_t done, uint64_t total) { line.update(done, total); });
  }

  Report tune_kernels() const {
    ThreadTeam team(resolve_threads(flags_.engine.n_threads));
    const auto model = load(team);
    KernelTuning tuning = KernelTuning::load(
        machine_cache_folder(),
        machine_fingerprint(read_machine_info(), model->features(), team.size()));
    Report report;
    std::vector<Report::Row> timings;
    std::set<std::pair<std::string_view, int64_t>> done;
    report.start_table("switch_points", {{"kernel"}, {"n_in"}, {"gemm_from_rows"}});
    for (const LinearWeight* w : model->linears()) {
      if (!w->kernel->run.gemm || !done.emplace(w->kernel->name, w->n_in).second) continue;
      const std::vector<ShapeTimes> times = time_shapes(*w, flags_.repetitions);
      const int32_t from = find_gemm_rows(times);
      tuning.set_gemm_rows(*w, from);
      report.add_row({w->kernel->name, w->n_in, from == kNeverGemm ? Json("never") : Json(from)});
      for (const ShapeTimes& t : times)
        timings.push_back(
            {w->kernel->name, w->n_in, t.rows, microseconds(t.flat), microseconds(t.gemm)});
    }
    report.start_table("timings", {{"kernel"}, {"n_in"}, {"rows"}, {"flat_us"}, {"gemm_us"}});
    for (Report::Row& row : timings) report.add_row(std::move(row));
    if (!machine_cache_folder().empty()) tuning.save(machine_cache_folder());
    return report;
  }

  TuneFlags flags_;
};

}  // namespace

std::unique_ptr<Command> make_tune_command() { return std::make_unique<TuneCommand>(); }

}  // namespace caracal::cli
