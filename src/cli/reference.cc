#include "cli/reference.h"

#include "cli/common_options.h"

namespace caracal::cli {
namespace {

bool is_shared(const OptionGroup& group) {
  return group.title == "Model" || group.title == "Engine" || group.title == "Sampling" ||
         group.title == "General";
}

}  // namespace

std::vector<DocumentedCommand> documented_commands() {
  std::vector<DocumentedCommand> out;
  for (const CommandInfo& info : commands()) {
    GeneralOptions general;
    const auto command = info.make();
    std::vector<OptionGroup> groups = command->options();
    groups.push_back(bind(general));
    DocumentedCommand& documented = out.emplace_back(DocumentedCommand{&info, {}, {}});
    for (OptionGroup& group : groups) {
      for (Option& option : group.options) option.assign = nullptr;  // the command ends here
      (is_shared(group) ? documented.shared : documented.own).push_back(std::move(group));
    }
  }
  return out;
}

}  // namespace caracal::cli
