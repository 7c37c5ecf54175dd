#include "engine/chat_prompt.h"

#include "base/error.h"
#include "base/json.h"

namespace caracal {
namespace {

std::string choose_source(const TextModel& model, std::string source) {
  if (source.empty()) source = model.chat_template();
  if (source.empty())
    throw_error(ErrorCode::bad_config, model.model().file().name(),
                "the model has no chat template; give one with --chat-template-file, or use "
                "`caracal run`");
  return source;
}

}  // namespace

ChatPrompt::ChatPrompt(const TextModel& model, std::string source)
    : model_(model), template_(choose_source(model, std::move(source))) {}

std::vector<TokenId> ChatPrompt::encode(const Json& input) const {
  Json full = input;
  full["bos_token"] = model_.bos_token();
  full["eos_token"] = model_.eos_token();
  std::vector<TokenId> ids = model_.tokenizer().encode(
      template_.render(full), {.add_special = false, .parse_special = true});
  const Vocab& vocab = model_.tokenizer().vocab();
  const bool starts_with_bos = !ids.empty() && ids.front() == vocab.bos;
  if (vocab.add_bos && vocab.bos != kNoToken && !starts_with_bos)
    ids.insert(ids.begin(), vocab.bos);
  return ids;
}

}  // namespace caracal
