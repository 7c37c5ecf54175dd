/// `caracal tokenize`: text to ids.
#include "base/json.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/exit_status.h"
#include "cli/text_input.h"
#include "cli/vocab_file.h"

namespace caracal::cli {
namespace {

struct TokenizeOptions {
  bool add_special = true;
  bool parse_special = false;
  bool json = false;
};
const Field<TokenizeOptions> kFields[] = {
    {.name = "add_special",
     .member = &TokenizeOptions::add_special,
     .flags = "!--no-bos,!--no-special",
     .help = "Add no special token at either end, whatever the vocabulary says."},
    {.name = "parse_special",
     .member = &TokenizeOptions::parse_special,
     .flags = "--parse-special",
     .help = "Control tokens written in the text become those tokens."},
    {.name = "json",
     .member = &TokenizeOptions::json,
     .flags = "--json",
     .help = "Print {\"ids\":[...]}."},
};

class TokenizeCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    return {bind(model_), bind(input_, "Text", false),
            bind_fields<TokenizeOptions>("Tokens", kFields, options_)};
  }

  int run() override {
    const auto tokenizer = open_tokenizer(model_.required_path());
    const std::string text = input_.given() ? input_.read() : read_standard_input();
    const std::vector<TokenId> ids =
        tokenizer->encode(text, {options_.add_special, options_.parse_special});
    if (options_.json) {
      fmt::print("{}\n", to_text(Json{{"ids", ids}}));
      return kSuccess;
    }
    for (TokenId id : ids)
      fmt::print("{:7}  {}\n", id, to_text(Json(std::string(tokenizer->piece(id)))));
    return kSuccess;
  }

 private:
  ModelOption model_;
  TextInput input_;
  TokenizeOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_tokenize_command() { return std::make_unique<TokenizeCommand>(); }

}  // namespace caracal::cli
