#pragma once
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "engine/text_model.h"
#include "text/template/chat_template.h"

namespace caracal {

/// Turns conversations into the tokens that a model was trained on.
class ChatPrompt {
 public:
  /// source: a template; empty: the model's own. The model must outlive it. Throws
  /// Error(bad_config) when there is no template, and what ChatTemplate throws.
  ChatPrompt(const TextModel& model, std::string source);

  /// input: what ChatTemplate::render takes; bos_token and eos_token are filled in. Control tokens
  /// in the rendered text become those tokens; a BOS that the vocabulary asks for is added unless
  /// the template wrote it. Throws what render throws.
  std::vector<TokenId> encode(const Json& input) const;

 private:
  const TextModel& model_;
  ChatTemplate template_;
};

}  // namespace caracal
