/// `caracal eval kl`: how far a model is from the one it was made of.
#include <algorithm>

#include "base/error.h"
#include "cli/eval/eval_progress.h"
#include "cli/eval/tasks.h"
#include "cli/eval/windows_option.h"

namespace caracal::cli {
namespace {

void check_bases(const EvalOptions& options) {
  if (options.base_model.empty() && options.base_logits.empty())
    throw Error(ErrorCode::bad_config,
                "nothing to compare with: name a --base-model or --base-logits", "eval kl");
  if (!options.base_model.empty() && !options.base_logits.empty())
    throw Error(ErrorCode::bad_config, "expected one of --base-model and --base-logits, found both",
                "eval kl");
  if (!options.base_logits.empty() && !options.save_logits.empty())
    throw Error(ErrorCode::bad_config, "--base-logits are saved already; leave --save-logits out",
                "eval kl");
}

Report report_of(const KlMeter& meter, const TextWindows& windows) {
  Report report;
  report.add_fact("mean_kl", meter.mean());
  report.add_fact("mean_kl_stderr", meter.standard_error());
  report.add_fact("median_kl", meter.percentile(0.5));
  report.add_fact("p99_kl", meter.percentile(0.99));
  report.add_fact("max_kl", meter.max());
  report.add_fact("top1_agreement", meter.top1_agreement());
  report.add_fact("top1_agreement_stderr", meter.top1_standard_error());
  report.add_fact("ppl", meter.model().ppl());
  report.add_fact("base_ppl", meter.base().ppl());
  report.add_fact("ppl_ratio", meter.ppl_ratio());
  report.add_fact("ppl_ratio_stderr", meter.ppl_ratio_standard_error());
  report.add_fact("rms_delta_p", meter.rms_delta_p());
  report.add_fact("tokens", meter.n_tokens());
  report.add_fact("windows", windows.n_windows());
  report.add_fact("ctx", windows.n_ctx());
  return report;
}

/// The windows a file of logits was made of; a text given as well must be the same.
TextWindows windows_of(const LogitsFile& file, const EvalOptions& options, const EvalModel& model) {
  TextWindows windows({file.tokens().begin(), file.tokens().end()}, file.n_ctx(), options.windows,
                      TextWindows::leading_bos(model.tokenizer().vocab()));
  if (options.ctx > 0 && options.ctx != file.n_ctx())
    throw_error(ErrorCode::bad_config, "--ctx", "expected {}, the windows of {}, found {}",
                file.n_ctx(), options.base_logits, options.ctx);
  if (options.file.empty()) return windows;
  EvalOptions same = options;
  same.ctx = windows.n_ctx();
  same.windows = windows.n_windows();
  const TextWindows text = read_windows(same, model);
  if (!std::ranges::equal(text.tokens(), windows.tokens()))
    throw_error(ErrorCode::bad_request, "--file", "expected the text that {} was made of",
                options.base_logits);
  return windows;
}

KlMeter compare(const TextWindows& windows, ReferenceRows& reference, const EvalModel& model,
                LogitsFileWriter* save) {
  const auto scorer = model.make_scorer(windows.n_ctx());
  ProgressLine line("scoring", kTokens);
  return measure_kl(windows, reference, {*scorer, model.team()}, save, progress_on(line));
}

Report compare_with_file(const EvalOptions& options, const EvalModel& model) {
  const LogitsFile file = LogitsFile::open(options.base_logits);
  const TextWindows windows = windows_of(file, options, model);
  const auto reference = reference_of(windows, file);
  return report_of(compare(windows, *reference, model, nullptr), windows);
}

Report compare_with_model(const EvalOptions& options, const EvalModel& model) {
  const EvalModel base(options.base_model, options.engine.engine, model.team());
  const TextWindows windows = read_windows(options, base);
  const auto base_scorer = base.make_scorer(windows.n_ctx());
  const auto reference = reference_of(windows, *base_scorer);
  const auto save = open_save(options, windows, base.n_vocab());
  const KlMeter meter = compare(windows, *reference, model, save.get());
  if (save) save->commit();
  return report_of(meter, windows);
}

}  // namespace

EvalResult eval_kl(const EvalOptions& options) {
  if (options.base_model.empty() && options.base_logits.empty() && !options.save_logits.empty())
    return eval_ppl(options);  // makes the base of later comparisons
  check_bases(options);
  const auto team = make_scoring_team(options.engine.engine);
  const EvalModel model(options.engine.model.required_path(), options.engine.engine, *team);
  return options.base_model.empty() ? compare_with_file(options, model)
                                    : compare_with_model(options, model);
}

}  // namespace caracal::cli
