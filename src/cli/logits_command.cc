/// `caracal logits`: teacher forcing, the logits of every position into a NumPy file.
#include "base/error.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/exit_status.h"
#include "cli/progress_line.h"
#include "cli/text_input.h"
#include "cli/token_input.h"
#include "engine/scorer.h"
#include "engine/text_model.h"
#include "files/npy_writer.h"

namespace caracal::cli {
namespace {

struct LogitsOptions {
  std::string input;
  std::string output;
};
const Field<LogitsOptions> kFields[] = {
    {.name = "input",
     .member = &LogitsOptions::input,
     .flags = "--input",
     .help = "JSON file {\"sequences\":[[id,...],...]}; '-' is standard input."},
    {.name = "output",
     .member = &LogitsOptions::output,
     .flags = "-o,--output",
     .help = "The NumPy file to write; it appears when it is complete."},
};

class LogitsCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    std::vector<OptionGroup> groups;
    groups.push_back(bind_fields<LogitsOptions>("Files", kFields, options_));
    bind(engine_, groups);
    return groups;
  }

  int run() override {
    if (options_.input.empty() || options_.output.empty())
      throw Error(ErrorCode::bad_config, "both --input and --output are needed", "logits");
    const auto sequences = parse_sequences(read_text(options_.input), options_.input);
    int64_t n_rows = 0;
    for (const auto& sequence : sequences) n_rows += static_cast<int64_t>(sequence.size());

    const EngineConfig& config = engine_.engine;
    ThreadTeam team(
        resolve_threads(config.n_threads_batch > 0 ? config.n_threads_batch : config.n_threads));
    const auto model = Model::load(engine_.model.required_path(), load_options(config), team);
    Scorer scorer(model, config, team);
    for (const auto& sequence : sequences) scorer.check(sequence);

    const int64_t n_vocab = model->config().n_vocab;
    NpyWriter out(options_.output, {n_rows, n_vocab});
    ProgressLine progress("scoring");
    const uint64_t row_bytes = static_cast<uint64_t>(n_vocab) * sizeof(float);
    for (const auto& sequence : sequences)
      scorer.score(sequence, [&](int32_t, std::span<const float> logits) {
        out.append(logits);
        progress.update(out.n_written() * sizeof(float), static_cast<uint64_t>(n_rows) * row_bytes);
      });
    out.commit();
    return kSuccess;
  }

 private:
  LogitsOptions options_;
  EngineOptions engine_;
};

}  // namespace

std::unique_ptr<Command> make_logits_command() { return std::make_unique<LogitsCommand>(); }

}  // namespace caracal::cli
