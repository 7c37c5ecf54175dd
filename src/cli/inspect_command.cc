/// `caracal inspect`: views of a model, a plan, a machine; nothing is loaded or run.
#include <algorithm>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/inspect/views.h"

namespace caracal::cli {
namespace {

struct View {
  std::string_view name;
  Report (*make)(const EngineOptions&);
};
constexpr View kViews[] = {
    {"model", inspect_model},           {"tensors", inspect_tensors}, {"plan", inspect_plan},
    {"memory", inspect_memory},         {"machine", inspect_machine}, {"kernels", inspect_kernels},
    {"techniques", inspect_techniques},
};
constexpr std::string_view kViewNames = "model|tensors|plan|memory|machine|kernels|techniques";

struct InspectOptions {
  std::string view;
  bool json = false;
};
const Field<InspectOptions> kFields[] = {
    {.name = "view",
     .member = &InspectOptions::view,
     .flags = "VIEW",
     .choices = kViewNames,
     .help = "What to show."},
    {.name = "json",
     .member = &InspectOptions::json,
     .flags = "--json",
     .help = "Print one JSON object; sizes are in bytes."},
};

class InspectCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    std::vector<OptionGroup> groups;
    groups.push_back(bind_fields<InspectOptions>("View", kFields, options_));
    bind(engine_, groups);
    return groups;
  }

  int run() override {
    const auto view = std::ranges::find(kViews, options_.view, &View::name);
    if (view == std::end(kViews))
      throw_error(ErrorCode::bad_config, "inspect", "name a view: {}", kViewNames);
    const Report report = view->make(engine_);
    if (options_.json)
      fmt::print("{}\n", to_text(report.json()));
    else
      fmt::print("{}", report.text());
    return kSuccess;
  }

 private:
  InspectOptions options_;
  EngineOptions engine_;
};

}  // namespace

std::unique_ptr<Command> make_inspect_command() { return std::make_unique<InspectCommand>(); }

}  // namespace caracal::cli
