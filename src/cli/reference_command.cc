/// `caracal reference`: the command line's documentation, from the rows that parse it.
#include <algorithm>
#include <cstdio>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/reference.h"

namespace caracal::cli {
namespace {

struct Form {
  std::string_view name;
  std::string (*make)();
};
constexpr Form kForms[] = {
    {"markdown", reference_markdown}, {"man", reference_man}, {"bash", bash_completion}};
constexpr std::string_view kFormNames = "markdown|man|bash";

struct ReferenceOptions {
  std::string form;
};
const Field<ReferenceOptions> kFields[] = {
    {.name = "form",
     .member = &ReferenceOptions::form,
     .flags = "FORM",
     .choices = kFormNames,
     .help = "docs/cli.md, the manual page, or the completion script."},
};

class ReferenceCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    return {bind_fields<ReferenceOptions>("Form", kFields, options_)};
  }

  int run() override {
    const auto form = std::ranges::find(kForms, options_.form, &Form::name);
    if (form == std::end(kForms))
      throw_error(ErrorCode::bad_config, "reference", "name a form: {}", kFormNames);
    const std::string text = form->make();
    std::fwrite(text.data(), 1, text.size(), stdout);
    return kSuccess;
  }

 private:
  ReferenceOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_reference_command() { return std::make_unique<ReferenceCommand>(); }

}  // namespace caracal::cli
