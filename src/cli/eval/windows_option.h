#pragma once
#include "cli/eval/eval_model.h"
#include "cli/eval/eval_options.h"
#include "eval/text_scores.h"

namespace caracal::cli {

/// Tokens of a window, as --ctx or --ctx-size say.
int32_t window_tokens(const EvalOptions& options);
/// --file, cut by the model's tokenizer. Throws Error(bad_config) when there is no --file.
TextWindows read_windows(const EvalOptions& options, const EvalModel& model);
/// --save-logits; null without it.
std::unique_ptr<LogitsFileWriter> open_save(const EvalOptions& options, const TextWindows& windows,
                                            int32_t n_vocab);

}  // namespace caracal::cli
