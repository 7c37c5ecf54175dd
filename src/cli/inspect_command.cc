/// `caracal inspect`: views of a model, a plan, a machine; no weight is loaded or multiplied.
#include <algorithm>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/inspect/views.h"

namespace caracal::cli {
namespace {

struct View {
  std::string_view name;
  Report (*make)(const InspectOptions&);
};

/// A view that the settings of the engine are enough for.
template <Report (*make)(const EngineOptions&)>
Report of_engine(const InspectOptions& options) {
  return make(options.engine);
}

constexpr View kViews[] = {
    {"model", of_engine<inspect_model>},
    {"tensors", of_engine<inspect_tensors>},
    {"plan", of_engine<inspect_plan>},
    {"memory", of_engine<inspect_memory>},
    {"machine", inspect_machine},
    {"kernels", of_engine<inspect_kernels>},
    {"techniques", of_engine<inspect_techniques>},
};
constexpr std::string_view kViewNames = "model|tensors|plan|memory|machine|kernels|techniques";

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
    {.name = "fresh",
     .member = &InspectOptions::fresh,
     .flags = "--fresh",
     .help = "machine: measure the roofs again, not only once per machine."},
};

class InspectCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    std::vector<OptionGroup> groups;
    groups.push_back(bind_fields<InspectOptions>("View", kFields, options_));
    bind(options_.engine, groups);
    return groups;
  }

  int run() override {
    const auto view = std::ranges::find(kViews, options_.view, &View::name);
    if (view == std::end(kViews))
      throw_error(ErrorCode::bad_config, "inspect", "name a view: {}", kViewNames);
    const Report report = view->make(options_);
    if (options_.json)
      fmt::print("{}\n", to_text(report.json()));
    else
      fmt::print("{}", report.text());
    return kSuccess;
  }

 private:
  InspectOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_inspect_command() { return std::make_unique<InspectCommand>(); }

}  // namespace caracal::cli
