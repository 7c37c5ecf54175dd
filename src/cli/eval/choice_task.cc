/// `caracal eval choice`: multiple choice by log-likelihood.
#include <algorithm>

#include "base/error.h"
#include "cli/eval/eval_model.h"
#include "cli/eval/eval_progress.h"
#include "cli/eval/tasks.h"
#include "cli/text_input.h"
#include "eval/choice.h"

namespace caracal::cli {
namespace {

struct AccuracyNames {
  std::string_view value, standard_error, interval;
};
constexpr AccuracyNames kAcc = {"acc", "acc_stderr", "acc_ci95"};
constexpr AccuracyNames kAccNorm = {"acc_norm", "acc_norm_stderr", "acc_norm_ci95"};

void add_accuracy(Report& report, const AccuracyNames& names, const AccuracyMeter& meter) {
  const Interval interval = meter.interval();
  report.add_fact(names.value, meter.value());
  report.add_fact(names.standard_error, meter.standard_error());
  report.add_fact(names.interval, Json{interval.low, interval.high});
}

std::vector<ChoiceTokens> encode(std::span<const ChoiceItem> items, const Tokenizer& tokenizer,
                                 std::string_view delimiter) {
  std::vector<ChoiceTokens> out;
  for (const ChoiceItem& item : items) out.push_back(encode_choice(tokenizer, item, delimiter));
  return out;
}

int32_t longest(std::span<const ChoiceTokens> items) {
  size_t n = 0;
  for (const ChoiceTokens& item : items)
    for (const Continuation& choice : item.choices) n = std::max(n, choice.tokens.size());
  return static_cast<int32_t>(n);
}

}  // namespace

EvalResult eval_choice(const EvalOptions& options) {
  if (options.file.empty())
    throw Error(ErrorCode::bad_config, "no questions: name a file of JSON lines", "--file");
  const auto items = parse_choice_items(read_text(options.file), options.file);
  const auto team = make_scoring_team(options.engine.engine);
  const EvalModel model(options.engine.model.required_path(), options.engine.engine, *team);
  const auto encoded = encode(items, model.tokenizer(), options.delimiter);
  const auto scorer = model.make_scorer(model.context_for(longest(encoded)));

  ProgressLine line("scoring", kQuestions);
  const ChoiceReport result = measure_choice(encoded, *scorer, progress_on(line));
  Report report;
  add_accuracy(report, kAcc, result.acc);
  add_accuracy(report, kAccNorm, result.acc_norm);
  report.add_fact("questions", result.acc.count());
  return report;
}

}  // namespace caracal::cli
