#include "cli/eval/windows_option.h"

#include "base/error.h"
#include "cli/text_input.h"

namespace caracal::cli {
namespace {

constexpr int32_t kDefaultWindow = 512;

}  // namespace

int32_t window_tokens(const EvalOptions& options) {
  if (options.ctx > 0) return options.ctx;
  const int32_t n_ctx = options.engine.engine.n_ctx;
  return n_ctx > 0 ? n_ctx : kDefaultWindow;
}

TextWindows read_windows(const EvalOptions& options, const EvalModel& model) {
  if (options.file.empty())
    throw Error(ErrorCode::bad_config, "no text: name a file ('-' is standard input)", "--file");
  return TextWindows::of_text(model.tokenizer(), read_text(options.file), window_tokens(options),
                              options.windows);
}

std::unique_ptr<LogitsFileWriter> open_save(const EvalOptions& options, const TextWindows& windows,
                                            int32_t n_vocab) {
  if (options.save_logits.empty()) return nullptr;
  return std::make_unique<LogitsFileWriter>(options.save_logits, windows, n_vocab);
}

}  // namespace caracal::cli
