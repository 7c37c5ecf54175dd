/// `caracal run`: raw completion of a prompt.
#include <cstdio>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/measurements.h"
#include "cli/text_input.h"
#include "engine/text_generator.h"

namespace caracal::cli {
namespace {

struct RunOptions {
  bool json = false;
  bool special = false;
  bool timings = true;
};
const Field<RunOptions> kFields[] = {
    {.name = "json",
     .member = &RunOptions::json,
     .flags = "--json",
     .help = "Print one JSON object when the answer is complete, and nothing else."},
    {.name = "special",
     .member = &RunOptions::special,
     .flags = "-sp,--special",
     .help = "Show special tokens in the text."},
    {.name = "timings",
     .member = &RunOptions::timings,
     .flags = "--timings,--perf,!--no-timings,!--no-perf",
     .help = "Print times and peak memory to standard error at the end (not with --json)."},
};

Json to_json(const TokenLogprob& entry) { return {{"id", entry.id}, {"logprob", entry.logprob}}; }

Json to_json(const std::vector<Logprobs>& rows) {
  Json out = Json::array();
  for (const Logprobs& row : rows) {
    Json entry = to_json(row.chosen);
    entry["top"] = Json::array();
    for (const TokenLogprob& other : row.top) entry["top"].push_back(to_json(other));
    out.push_back(std::move(entry));
  }
  return out;
}

Json to_json(const std::vector<TokenId>& prompt, const Answer& answer, double load_ms) {
  Json out;
  out["prompt_ids"] = prompt;
  out["ids"] = answer.ids;
  out["text"] = answer.text;
  out["finish_reason"] = name_of(answer.finish);
  out["timings"] = {{"load_ms", load_ms},
                    {"ttft_ms", answer.timings.ttft_ms},
                    {"prefill_tokens_per_s", answer.timings.prefill_tokens_per_s()},
                    {"decode_tokens_per_s", answer.timings.decode_tokens_per_s()}};
  out["peak_rss_bytes"] = peak_rss_bytes();
  if (!answer.logprobs.empty()) out["logprobs"] = to_json(answer.logprobs);
  return out;
}

class RunCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    std::vector<OptionGroup> groups;
    groups.push_back(bind(input_, "Prompt"));
    groups.push_back(bind_fields<RunOptions>("Output", kFields, options_));
    bind(engine_, groups);
    groups.push_back(bind_fields("Sampling", sampling_fields(), sampling_));
    return groups;
  }

  int run() override {
    validate(sampling_);
    if (!input_.given())
      throw Error(ErrorCode::bad_config, "no prompt: give --prompt or --file", "--prompt");
    const std::string text = input_.read();

    const double started = now_ms();
    const auto model = open_text_model(engine_);
    const double load_ms = now_ms() - started;
    const std::vector<TokenId> prompt = model->tokenizer().encode(text, {.parse_special = true});
    warn_of_second_bos(*model, prompt);

    const InterruptGuard interrupt(InterruptGuard::Mode::once);
    const Answer answer = generate(*model, prompt, sampling_, generate_options(interrupt));
    report(prompt, answer, load_ms);
    return status_of(answer);
  }

 private:
  GenerateOptions generate_options(const InterruptGuard& interrupt) const {
    GenerateOptions options{.show_special = options_.special, .interrupted = &interrupt.flag()};
    if (!options_.json)
      options.on_text = [](std::string_view text) {
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
      };
    return options;
  }

  static void warn_of_second_bos(const TextModel& model, const std::vector<TokenId>& prompt) {
    const TokenId bos = model.tokenizer().vocab().bos;
    if (bos != kNoToken && prompt.size() > 1 && prompt[0] == bos && prompt[1] == bos)
      log::warn("the prompt begins with two BOS tokens: the vocabulary adds one by itself");
  }

  void report(const std::vector<TokenId>& prompt, const Answer& answer, double load_ms) const {
    if (options_.json) {
      fmt::print("{}\n", to_text(to_json(prompt, answer, load_ms)));
      return;
    }
    if (!answer.text.ends_with('\n')) fmt::print("\n");
    std::fflush(stdout);
    if (options_.timings) print_timings(answer.timings, load_ms);
  }

  static int status_of(const Answer& answer) {
    switch (answer.finish) {
      case FinishReason::cancelled:
        return kInterrupted;
      case FinishReason::failed:
      case FinishReason::no_memory:
        fmt::print(stderr, "caracal: run: the answer ended early: {}\n", name_of(answer.finish));
        return kRefused;
      default:
        return kSuccess;
    }
  }

  TextInput input_;
  RunOptions options_;
  EngineOptions engine_;
  SamplingParams sampling_;
};

}  // namespace

std::unique_ptr<Command> make_run_command() { return std::make_unique<RunCommand>(); }

}  // namespace caracal::cli
