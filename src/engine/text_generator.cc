#include "engine/text_generator.h"

#include <algorithm>
#include <chrono>

#include "decode/sampler/stop_matcher.h"
#include "text/tokenizer/stream_decoder.h"

namespace caracal {
namespace {

using Clock = std::chrono::steady_clock;

double ms_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

std::vector<TokenId> stop_ids(const TextModel& model, const SamplingParams& sampling) {
  std::vector<TokenId> ids = sampling.stop_token_ids;
  if (!sampling.ignore_eos) {
    const auto& own = model.tokenizer().vocab().stop_ids;
    ids.insert(ids.end(), own.begin(), own.end());
  }
  std::ranges::sort(ids);
  return ids;
}

/// Follows one sequence: tokens to text, text to the listener, stop strings to an end.
class AnswerWriter {
 public:
  AnswerWriter(TextModel& model, const SamplingParams& sampling, const GenerateOptions& options)
      : engine_(model.engine()),
        options_(options),
        decoder_(model.tokenizer(),
                 {.skip_special = !options.show_special, .at_text_start = false}),
        stops_(sampling, stop_ids(model, sampling)) {}

  void take(const TokenEvent& event) {
    if (event.sequence != answer.sequence) return;
    if (event.token != kNoToken) {
      const auto now = Clock::now();
      if (answer.ids.empty()) first_ = now;
      last_ = now;
      answer.ids.push_back(event.token);
      if (event.logprobs) answer.logprobs.push_back(*event.logprobs);
      std::string shown;
      const bool ended = stops_.push(event.token, decoder_.push(event.token), shown);
      show(shown);
      if (ended) engine_.cancel(event.sequence, FinishReason::stop);
    }
    if (event.finish != FinishReason::none) answer.finish = event.finish;
    if (options_.interrupted && options_.interrupted->load(std::memory_order_relaxed))
      engine_.cancel(event.sequence);
  }

  Answer finish(Clock::time_point submitted) {
    std::string rest;
    if (!stops_.ended()) {
      const std::string tail = decoder_.flush();
      stops_.finish(rest);
      rest += tail;
    }
    show(rest);
    answer.timings.n_generated = static_cast<int32_t>(answer.ids.size());
    if (!answer.ids.empty()) {
      answer.timings.ttft_ms = ms_between(submitted, first_);
      answer.timings.decode_ms = ms_between(first_, last_);
    }
    return std::move(answer);
  }

  Answer answer;

 private:
  void show(const std::string& text) {
    if (text.empty()) return;
    answer.text += text;
    if (options_.on_text) options_.on_text(text);
  }

  Engine& engine_;
  const GenerateOptions& options_;
  StreamDecoder decoder_;
  StopMatcher stops_;
  Clock::time_point first_, last_;
};

/// Ends the sequence also when a listener throws; one that has ended is left alone.
struct CancelAtExit {
  Engine& engine;
  SequenceId id;
  ~CancelAtExit() { engine.cancel(id); }
};

}  // namespace

Answer generate(TextModel& model, std::vector<TokenId> prompt, const SamplingParams& sampling,
                const GenerateOptions& options) {
  Engine& engine = model.engine();
  AnswerWriter writer(model, sampling, options);
  writer.answer.timings.n_prompt = static_cast<int32_t>(prompt.size());
  const auto submitted = Clock::now();
  const SequenceId id = engine.submit({.prompt = std::move(prompt),
                                       .sampling = sampling,
                                       .resume = options.resume,
                                       .keep_kv = options.keep_kv});
  const CancelAtExit cancel_at_exit{engine, id};
  writer.answer.sequence = id;
  writer.answer.timings.n_reused = engine.n_reused(id);
  while (engine.step([&](const TokenEvent& event) { writer.take(event); })) {
    if (options.interrupted && options.interrupted->load(std::memory_order_relaxed))
      engine.cancel(id);
  }
  return writer.finish(submitted);
}

}  // namespace caracal
