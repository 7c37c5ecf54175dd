/// `caracal eval needle`: a fact hidden in a long text.
#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "cli/eval/eval_model.h"
#include "cli/eval/eval_progress.h"
#include "cli/eval/tasks.h"
#include "cli/text_input.h"

namespace caracal::cli {
namespace {

Report report_of(const std::vector<NeedleCell>& cells) {
  MeanMeter exact, log_likelihood;
  for (const NeedleCell& cell : cells) {
    exact.add(cell.exact.mean());
    log_likelihood.add(cell.log_likelihood.mean());
  }
  Report report;
  report.add_fact("exact", exact.mean());
  report.add_fact("log_likelihood", log_likelihood.mean());
  report.add_fact("trials_per_cell", cells.front().exact.count());
  return report;
}

void add_cells(Report& report, const std::vector<NeedleCell>& cells) {
  report.start_table("cells", {{"length"}, {"depth"}, {"exact"}, {"log_likelihood"}});
  for (const NeedleCell& cell : cells)
    report.add_row({cell.length, cell.depth, cell.exact.mean(), cell.log_likelihood.mean()});
}

}  // namespace

EvalResult eval_needle(const EvalOptions& options) {
  NeedleOptions needle = options.needle;
  if (needle.lengths.empty() || needle.depths.empty())
    throw Error(ErrorCode::bad_config, "expected one or more of each", "--lengths, --depths");
  needle.seed = static_cast<uint64_t>(options.seed);
  if (!options.file.empty()) needle.haystack = read_text(options.file);
  const auto team = make_scoring_team(options.engine.engine);
  const EvalModel model(options.engine.model.required_path(), options.engine.engine, *team);
  const int32_t longest = *std::ranges::max_element(needle.lengths);
  const auto scorer = model.make_scorer(model.context_for(longest));

  std::vector<NeedleCell> cells;
  {
    ProgressLine line("asking", kQuestions);
    cells = measure_needle(needle, model.tokenizer(), *scorer, progress_on(line));
  }
  if (!options.svg.empty()) write_file_atomic(options.svg, needle_svg(needle, cells));
  Report report = report_of(cells);
  std::string text = report.text() + "\n" + needle_table(needle, cells);
  add_cells(report, cells);
  EvalResult result = report;
  result.text = std::move(text);
  return result;
}

}  // namespace caracal::cli
