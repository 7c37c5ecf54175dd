/// `caracal eval ppl`: perplexity.
#include "cli/eval/eval_progress.h"
#include "cli/eval/tasks.h"
#include "cli/eval/windows_option.h"

namespace caracal::cli {

EvalResult eval_ppl(const EvalOptions& options) {
  const auto team = make_scoring_team(options.engine.engine);
  const EvalModel model(options.engine.model.required_path(), options.engine.engine, *team);
  const TextWindows windows = read_windows(options, model);
  const auto scorer = model.make_scorer(windows.n_ctx());
  const auto save = open_save(options, windows, model.n_vocab());

  ProgressLine line("scoring", kTokens);
  const PerplexityMeter meter =
      measure_perplexity(windows, {*scorer, *team}, save.get(), progress_on(line));
  if (save) save->commit();

  Report report;
  report.add_fact("ppl", meter.ppl());
  report.add_fact("ppl_stderr", meter.standard_error());
  report.add_fact("nll_sum", meter.nll_sum());
  report.add_fact("tokens", meter.n_tokens());
  report.add_fact("windows", windows.n_windows());
  report.add_fact("ctx", windows.n_ctx());
  return report;
}

}  // namespace caracal::cli
