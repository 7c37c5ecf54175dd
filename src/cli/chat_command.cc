/// `caracal chat`: a conversation through the model's chat template.
#include <optional>

#include "base/file.h"
#include "cli/chat_loop.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/measurements.h"
#include "cli/text_input.h"

namespace caracal::cli {
namespace {

constexpr uint64_t kMaxTemplateBytes = uint64_t{1} << 24;
struct ChatOptions {
  std::string system;
  std::string template_file;
  bool single_turn = false;
  bool timings = false;
};
const Field<ChatOptions> kFields[] = {
    {.name = "system",
     .member = &ChatOptions::system,
     .flags = "-sys,--system-prompt",
     .help = "System prompt; empty: what the template puts there."},
    {.name = "template_file",
     .member = &ChatOptions::template_file,
     .flags = "--chat-template-file,--chat-template",
     .env = "LLAMA_ARG_CHAT_TEMPLATE_FILE",
     .help = "Jinja template to use instead of the model's own: a file."},
    {.name = "single_turn",
     .member = &ChatOptions::single_turn,
     .flags = "-st,--single-turn",
     .help = "Leave after the first answer."},
    {.name = "timings",
     .member = &ChatOptions::timings,
     .flags = "--timings,--perf,!--no-timings,!--no-perf",
     .help = "Print times and peak memory to standard error after each answer."},
};

class ChatCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    std::vector<OptionGroup> groups;
    groups.push_back(bind(input_, "First message"));
    groups.push_back(bind_fields<ChatOptions>("Chat", kFields, options_));
    bind(engine_, groups);
    groups.push_back(bind_fields("Sampling", sampling_fields(), sampling_));
    return groups;
  }

  int run() override {
    validate(sampling_);
    std::string source;
    if (!options_.template_file.empty())
      source = read_file(options_.template_file, kMaxTemplateBytes);
    std::optional<std::string> first;
    if (input_.given()) first = input_.read();

    const double started = now_ms();
    const auto model = open_text_model(engine_);
    const double load_ms = now_ms() - started;
    ChatLoop loop(*model, {.template_source = std::move(source),
                           .system = options_.system,
                           .sampling = sampling_,
                           .message = std::move(first),
                           .single_turn = options_.single_turn,
                           .timings = options_.timings,
                           .load_ms = load_ms});
    return loop.run();
  }

 private:
  TextInput input_;
  ChatOptions options_;
  EngineOptions engine_;
  SamplingParams sampling_;
};

}  // namespace

std::unique_ptr<Command> make_chat_command() { return std::make_unique<ChatCommand>(); }

}  // namespace caracal::cli
