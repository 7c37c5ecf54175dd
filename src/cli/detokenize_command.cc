/// `caracal detokenize`: ids to text.
#include <cstdio>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/exit_status.h"
#include "cli/text_input.h"
#include "cli/token_input.h"
#include "cli/vocab_file.h"

namespace caracal::cli {
namespace {

struct DetokenizeOptions {
  std::string file = "-";
  bool skip_special = false;
  bool json = false;
};
const Field<DetokenizeOptions> kFields[] = {
    {.name = "file",
     .member = &DetokenizeOptions::file,
     .flags = "-f,--file",
     .help = "Where the ids are; '-' is standard input."},
    {.name = "skip_special",
     .member = &DetokenizeOptions::skip_special,
     .flags = "--skip-special",
     .help = "Leave control and unknown tokens out of the text."},
    {.name = "json",
     .member = &DetokenizeOptions::json,
     .flags = "--json",
     .help = "Print {\"text\":\"...\"}; bytes that are not UTF-8 become U+FFFD."},
};

class DetokenizeCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    return {bind(model_), bind_fields<DetokenizeOptions>("Tokens", kFields, options_)};
  }

  int run() override {
    const auto tokenizer = open_tokenizer(model_.required_path());
    const std::string what = options_.file == "-" ? "standard input" : options_.file;
    const std::vector<TokenId> ids = parse_ids(read_text(options_.file), what);
    const std::string text = tokenizer->decode(ids, {.skip_special = options_.skip_special});
    if (options_.json)
      fmt::print("{}\n", to_text(Json{{"text", text}}));
    else
      std::fwrite(text.data(), 1, text.size(), stdout);
    return kSuccess;
  }

 private:
  ModelOption model_;
  DetokenizeOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_detokenize_command() { return std::make_unique<DetokenizeCommand>(); }

}  // namespace caracal::cli
