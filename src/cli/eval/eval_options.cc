#include "cli/eval/eval_options.h"

namespace caracal::cli {
namespace {

constexpr Range kWindow = {.min = 0, .max = 1 << 28};

const Field<EvalOptions> kTask[] = {
    {.name = "task",
     .member = &EvalOptions::task,
     .flags = "TASK",
     .choices = "ppl|kl|choice|needle",
     .help = "What to measure."},
    {.name = "file",
     .member = &EvalOptions::file,
     .flags = "-f,--file",
     .help =
         "The text (ppl, kl; needle: filler, without it sentences of our own), or the questions "
         "(choice); '-' is standard input."},
    {.name = "json",
     .member = &EvalOptions::json,
     .flags = "--json",
     .help = "Print one JSON object."},
};

const Field<EvalOptions> kText[] = {
    {.name = "ctx",
     .member = &EvalOptions::ctx,
     .flags = "--ctx",
     .range = kWindow,
     .help = "Tokens of a window, 4 or more; 0 takes --ctx-size, or 512 without it."},
    {.name = "windows",
     .member = &EvalOptions::windows,
     .flags = "--windows,--chunks",
     .range = kWindow,
     .help = "Windows to use; 0 takes all that the text fills."},
    {.name = "base_model",
     .member = &EvalOptions::base_model,
     .flags = "--base-model",
     .help = "kl: the model to compare --model with."},
    {.name = "base_logits",
     .member = &EvalOptions::base_logits,
     .flags = "--base-logits,--kl-divergence-base",
     .help = "kl: a file of logits to compare --model with; it holds its text."},
    {.name = "save_logits",
     .member = &EvalOptions::save_logits,
     .flags = "--save-logits",
     .help = "Keep the logits of the base (ppl and kl without a base: of --model) in this file."},
};

const Field<EvalOptions> kChoice[] = {
    {.name = "delimiter",
     .member = &EvalOptions::delimiter,
     .flags = "--delimiter",
     .help = "What joins context and choice where neither has white space at the seam."},
};

const Field<NeedleOptions> kNeedle[] = {
    {.name = "lengths",
     .member = &NeedleOptions::lengths,
     .flags = "--lengths",
     .range = {.min = 1, .max = 1 << 28},
     .separator = ',',
     .help = "Tokens of the prompts."},
    {.name = "depths",
     .member = &NeedleOptions::depths,
     .flags = "--depths",
     .range = {.min = 0, .max = 100},
     .separator = ',',
     .help = "Where the fact lies, in percent of the filler."},
    {.name = "n_trials",
     .member = &NeedleOptions::n_trials,
     .flags = "--trials",
     .range = {.min = 1, .max = 10000},
     .help = "Facts per depth and length."},
};
const Field<EvalOptions> kNeedleMore[] = {
    {.name = "seed",
     .member = &EvalOptions::seed,
     .flags = "-s,--seed",
     .range = {.min = 0},
     .help = "Which facts are drawn."},
    {.name = "svg",
     .member = &EvalOptions::svg,
     .flags = "--svg",
     .help = "Write a heat map to this file."},
};

}  // namespace

void bind(EvalOptions& options, std::vector<OptionGroup>& groups) {
  groups.push_back(bind_fields<EvalOptions>("Task", kTask, options));
  groups.push_back(bind_fields<EvalOptions>("Windows of a text", kText, options));
  groups.push_back(bind_fields<EvalOptions>("Multiple choice", kChoice, options));
  groups.push_back(bind_fields<NeedleOptions>("Needle", kNeedle, options.needle));
  OptionGroup more = bind_fields<EvalOptions>("Needle", kNeedleMore, options);
  for (Option& option : more.options) groups.back().options.push_back(std::move(option));
  bind(options.engine, groups);
}

}  // namespace caracal::cli
