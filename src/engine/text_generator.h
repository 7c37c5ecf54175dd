#pragma once
#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text_model.h"

namespace caracal {

/// Where the time of one answer went.
struct Timings {
  double ttft_ms = 0;    ///< submit to first token
  double decode_ms = 0;  ///< first token to last
  int32_t n_prompt = 0;
  int32_t n_reused = 0;  ///< prompt tokens whose KV was there already
  int32_t n_generated = 0;

  double prefill_tokens_per_s() const {
    return ttft_ms > 0 ? (n_prompt - n_reused) * 1e3 / ttft_ms : 0;
  }
  /// The first token belongs to prefill.
  double decode_tokens_per_s() const {
    return decode_ms > 0 ? (n_generated - 1) * 1e3 / decode_ms : 0;
  }
};

struct Answer {
  SequenceId sequence = kNoSequence;
  std::vector<TokenId> ids;  ///< generated, the token that ended it included
  std::string text;          ///< what was shown: without stop strings and special tokens
  FinishReason finish = FinishReason::none;
  std::vector<Logprobs> logprobs;  ///< one per id, when asked for
  Timings timings;
};

struct GenerateOptions {
  SequenceId resume = kNoSequence;  ///< see Request
  bool keep_kv = false;
  bool show_special = false;                       ///< special tokens appear in the text
  const std::atomic<bool>* interrupted = nullptr;  ///< set by a signal handler: ends the answer
  std::function<void(std::string_view)> on_text;   ///< each piece of text as it becomes final
};

/// Runs one request to its end. Throws what Engine::submit throws.
Answer generate(TextModel& model, std::vector<TokenId> prompt, const SamplingParams& sampling,
                const GenerateOptions& options = {});

}  // namespace caracal
