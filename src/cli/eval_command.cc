/// `caracal eval`: what a model is worth, in numbers.
#include <algorithm>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/eval/tasks.h"
#include "cli/exit_status.h"

namespace caracal::cli {
namespace {

struct Task {
  std::string_view name;
  EvalResult (*run)(const EvalOptions&);
};
constexpr Task kTasks[] = {
    {"ppl", eval_ppl},
    {"kl", eval_kl},
    {"choice", eval_choice},
    {"needle", eval_needle},
};

class EvalCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    std::vector<OptionGroup> groups;
    bind(options_, groups);
    return groups;
  }

  int run() override {
    const auto task = std::ranges::find(kTasks, options_.task, &Task::name);
    if (task == std::end(kTasks))
      throw Error(ErrorCode::bad_config, "name a task; `caracal eval --help` lists them", "eval");
    const EvalResult result = task->run(options_);
    if (options_.json)
      fmt::print("{}\n", to_text(result.json));
    else
      fmt::print("{}", result.text);
    return kSuccess;
  }

 private:
  EvalOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_eval_command() { return std::make_unique<EvalCommand>(); }

}  // namespace caracal::cli
