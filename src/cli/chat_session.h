#pragma once
#include <atomic>
#include <functional>
#include <string>
#include <string_view>

#include "cli/conversation.h"
#include "engine/chat_prompt.h"
#include "engine/text_generator.h"
#include "spec/sampling_params.h"

namespace caracal::cli {

/// One conversation with one model. The KV of earlier turns is taken over, so that each turn
/// computes only what is new.
class ChatSession {
 public:
  struct Options {
    std::string template_source;  ///< empty: the model's own
    std::string system;
    SamplingParams sampling;
    std::function<void(std::string_view)> on_text;
    std::function<void(int n_turns)> on_dropped;  ///< turns that no longer fit the context
    const std::atomic<bool>* interrupted = nullptr;
  };
  /// model must outlive it. Throws what ChatPrompt throws.
  ChatSession(TextModel& model, Options options);

  /// Asks and streams the answer. When the conversation leaves too little room for an answer, the
  /// oldest turns go first. When it throws, the question is not part of the conversation.
  Answer ask(std::string text);
  /// Forgets all turns.
  void clear() { conversation_.clear(); }

 private:
  std::vector<TokenId> encode(const Json& messages) const;
  int32_t most_prompt_tokens() const;
  std::vector<TokenId> fit_prompt();

  TextModel& model_;
  Options options_;
  ChatPrompt prompt_;
  Conversation conversation_;
  SequenceId sequence_ = kNoSequence;
};

}  // namespace caracal::cli
