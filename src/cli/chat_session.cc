#include "cli/chat_session.h"

#include <algorithm>

#include "base/json.h"

namespace caracal::cli {

ChatSession::ChatSession(TextModel& model, Options options)
    : model_(model),
      options_(std::move(options)),
      prompt_(model, options_.template_source),
      conversation_(options_.system) {}

std::vector<TokenId> ChatSession::encode(const Json& messages) const {
  return prompt_.encode({{"messages", messages}, {"add_generation_prompt", true}});
}

/// Room is left for the answer: what was asked for, but no more than half of the context; a quarter
/// of it when no length was given.
int32_t ChatSession::most_prompt_tokens() const {
  const int32_t n_ctx = model_.engine().n_ctx();
  const int32_t wanted = options_.sampling.max_tokens;
  return n_ctx - (wanted >= 0 ? std::min(wanted, n_ctx / 2) : n_ctx / 4);
}

std::vector<TokenId> ChatSession::fit_prompt() {
  const int n_dropped = conversation_.drop_oldest(most_prompt_tokens(), [&](const Json& messages) {
    return static_cast<int32_t>(encode(messages).size());
  });
  if (n_dropped > 0 && options_.on_dropped) options_.on_dropped(n_dropped);
  return encode(conversation_.messages());
}

Answer ChatSession::ask(std::string text) {
  conversation_.ask(std::move(text));
  try {
    Answer answer = generate(model_, fit_prompt(), options_.sampling,
                             {.resume = sequence_,
                              .keep_kv = true,
                              .interrupted = options_.interrupted,
                              .on_text = options_.on_text});
    sequence_ = answer.sequence;
    if (answer.finish == FinishReason::cancelled && answer.text.empty())
      conversation_.retract();
    else
      conversation_.answer(answer.text);
    return answer;
  } catch (...) {
    conversation_.retract();
    throw;
  }
}

}  // namespace caracal::cli
