/// `caracal template`: what a chat template makes of a conversation.
#include <cstdio>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/exit_status.h"
#include "cli/text_input.h"
#include "files/gguf.h"
#include "model/open_checkpoint.h"
#include "model/vocab_gguf.h"
#include "text/template/chat_template.h"

namespace caracal::cli {
namespace {

constexpr uint64_t kMaxTemplateBytes = uint64_t{1} << 24;

struct TemplateOptions {
  std::string file;
  std::string input = "-";
};
const Field<TemplateOptions> kFields[] = {
    {.name = "file",
     .member = &TemplateOptions::file,
     .flags = "--file,--chat-template-file",
     .help = "The template; without it the one in --model."},
    {.name = "input",
     .member = &TemplateOptions::input,
     .flags = "--input",
     .help = "The conversation as JSON; '-' is standard input."},
};

void set_default(Json& object, const char* key, const Vocab& vocab, TokenId id) {
  if (id != kNoToken && !object.contains(key)) object[key] = vocab.pieces[static_cast<size_t>(id)];
}

class TemplateCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    return {bind_fields<TemplateOptions>("Template", kFields, options_), bind(model_)};
  }

  int run() override {
    if (options_.file.empty() && !model_.given())
      throw Error(ErrorCode::bad_config, "give a template with --file, or a model with --model",
                  "template");
    const std::string what = options_.input == "-" ? "standard input" : options_.input;
    Json input = parse_json(read_text(options_.input), what);
    if (!input.is_object())
      throw_error(ErrorCode::bad_request, what, "expected an object with the key \"messages\"");
    const std::string source = options_.file.empty() ? take_from_model(input)
                                                     : read_file(options_.file, kMaxTemplateBytes);
    const std::string prompt = ChatTemplate(source).render(input);
    std::fwrite(prompt.data(), 1, prompt.size(), stdout);
    return kSuccess;
  }

 private:
  /// The model's template; its special tokens go where the input leaves them out.
  std::string take_from_model(Json& input) const {
    const std::string path = model_.required_path();
    const Gguf file = open_outline(path);
    const auto source = file.get_string("tokenizer.chat_template");
    if (!source)
      throw_error(ErrorCode::bad_file, path, "the model has no chat template; use --file");
    const Vocab vocab = read_vocab(file);
    set_default(input, "bos_token", vocab, vocab.bos);
    set_default(input, "eos_token", vocab, vocab.eos);
    return std::string(*source);
  }

  TemplateOptions options_;
  ModelOption model_;
};

}  // namespace

std::unique_ptr<Command> make_template_command() { return std::make_unique<TemplateCommand>(); }

}  // namespace caracal::cli
