/// caracal.h: generation and its answer.
#include <atomic>
#include <utility>

#include "capi/error.h"
#include "capi/model_handle.h"
#include "capi/options.h"
#include "capi/text_api.h"
#include "capi/versioned_struct.h"
#include "engine/text_generator.h"

/// What a caracal_answer* points to.
struct caracal_answer {
  caracal::Answer answer;
};

namespace caracal::capi {
namespace {

/// Passes text on until the callback wants no more.
class Listener {
 public:
  explicit Listener(const caracal_generate_options& options) : options_(options) {}

  void hear(std::string_view text) {
    if (stopped_.load(std::memory_order_relaxed)) return;
    if (options_.on_text(text.data(), text.size(), options_.on_text_user) != 0)
      stopped_.store(true, std::memory_order_relaxed);
  }
  const std::atomic<bool>& stopped() const { return stopped_; }

 private:
  const caracal_generate_options& options_;
  std::atomic<bool> stopped_ = false;
};

caracal_answer* run(caracal_model& model, std::vector<TokenId> prompt,
                    const caracal_generate_options& options) {
  const SamplingParams sampling = sampling_params(options);
  Listener listener(options);
  GenerateOptions generation{.show_special = options.show_special != 0,
                             .interrupted = &listener.stopped()};
  if (options.on_text != nullptr)
    generation.on_text = [&listener](std::string_view text) { listener.hear(text); };
  auto answer = std::make_unique<caracal_answer>();
  const EngineTurn turn(model);
  answer->answer = generate(model.text, std::move(prompt), sampling, generation);
  return answer.release();
}

}  // namespace
}  // namespace caracal::capi

using namespace caracal;
using namespace caracal::capi;

caracal_status caracal_generate(caracal_model* model, const char* prompt, size_t n_bytes,
                                uint32_t flags, const caracal_generate_options* options,
                                caracal_answer** answer, caracal_error** error) {
  return guard(error, [&] {
    require(model, "model");
    require(answer, "answer");
    const auto ids = encode_text(model->text, text_argument(prompt, n_bytes, "prompt"), flags);
    *answer = run(*model, ids, read_options(options));
  });
}

caracal_status caracal_generate_ids(caracal_model* model, const int32_t* ids, size_t n_ids,
                                    const caracal_generate_options* options,
                                    caracal_answer** answer, caracal_error** error) {
  return guard(error, [&] {
    require(model, "model");
    require(answer, "answer");
    if (n_ids > 0) require(ids, "ids");
    *answer = run(*model, {ids, ids + n_ids}, read_options(options));
  });
}

const char* caracal_answer_text(const caracal_answer* answer, size_t* n_bytes) {
  if (n_bytes != nullptr) *n_bytes = answer->answer.text.size();
  return answer->answer.text.c_str();
}

const int32_t* caracal_answer_ids(const caracal_answer* answer, size_t* n_ids) {
  *n_ids = answer->answer.ids.size();
  return answer->answer.ids.data();
}

caracal_finish caracal_answer_finish(const caracal_answer* answer) {
  switch (answer->answer.finish) {
    case FinishReason::stop:
      return CARACAL_FINISH_STOP;
    case FinishReason::length:
      return CARACAL_FINISH_LENGTH;
    case FinishReason::cancelled:
      return CARACAL_FINISH_CANCELLED;
    case FinishReason::no_memory:
      return CARACAL_FINISH_NO_MEMORY;
    case FinishReason::failed:
    case FinishReason::none:
      return CARACAL_FINISH_FAILED;
  }
  return CARACAL_FINISH_FAILED;
}

void caracal_answer_timings(const caracal_answer* answer, caracal_timings* timings) {
  const Timings& t = answer->answer.timings;
  write_struct<caracal_timings>(timings, timings->struct_size,
                                {.struct_size = sizeof(caracal_timings),
                                 .ttft_ms = t.ttft_ms,
                                 .decode_ms = t.decode_ms,
                                 .n_prompt = t.n_prompt,
                                 .n_generated = t.n_generated});
}

void caracal_answer_free(caracal_answer* answer) { delete answer; }
