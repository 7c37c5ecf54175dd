#include "engine/engine.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/error.h"
#include "base/log.h"

namespace caracal {
namespace {

constexpr int32_t kDefaultContextCap = 8192;

KvType parse_kv_type(std::string_view flag, const std::string& name) {
  if (const auto type = find_kv_type(name)) return *type;
  throw_error(ErrorCode::bad_config, flag, "expected f32, f16, bf16, q8_0 or q4_0, found '{}'",
              name);
}

SoftmaxKind parse_softmax(const std::string& name) {
  if (const auto kind = find_softmax_kind(name)) return *kind;
  throw_error(ErrorCode::bad_config, "--softmax", "expected online or unified, found '{}'", name);
}

}  // namespace

std::string_view name_of(FinishReason reason) {
  switch (reason) {
    case FinishReason::none:
      return "none";
    case FinishReason::stop:
      return "stop";
    case FinishReason::length:
      return "length";
    case FinishReason::cancelled:
      return "cancelled";
    case FinishReason::failed:
      return "failed";
    case FinishReason::no_memory:
      return "no_memory";
  }
  return "none";
}

int32_t effective_context(const EngineConfig& config, const ModelConfig& model) {
  return config.n_ctx > 0 ? config.n_ctx : std::min(model.context_length, kDefaultContextCap);
}

int32_t n_kv_blocks(const EngineConfig& config, const ModelConfig& model) {
  const int64_t n_ctx = effective_context(config, model);
  const int64_t n = config.n_parallel * ((n_ctx + config.block_tokens - 1) / config.block_tokens);
  constexpr int64_t kMost = 1 << 28;
  if (n > kMost)
    throw_error(ErrorCode::bad_config, "--ctx-size, --parallel",
                "together they need {} KV blocks; at most {} are possible", n, kMost);
  return static_cast<int32_t>(n);
}

PlanOptions plan_options(const EngineConfig& config, const ModelConfig& model) {
  return {.max_rows = std::max(config.n_batch, config.n_parallel),
          .max_logit_rows = config.n_parallel,
          .k_type = parse_kv_type("--cache-type-k", config.cache_type_k),
          .v_type = parse_kv_type("--cache-type-v", config.cache_type_v),
          .block_tokens = config.block_tokens,
          .fuse = config.fuse,
          .softmax = parse_softmax(config.softmax),
          .softmax_phi = config.softmax_phi,
          .context = effective_context(config, model)};
}

/// A request at work. tokens[0, n_computed) have their KV; the rest is pending.
struct Engine::Sequence {
  Sequence(SequenceId sequence_id, Request r, ModelRunner& runner,
           const SamplerModel& sampler_model)
      : id(sequence_id),
        n_prompt(static_cast<int32_t>(r.prompt.size())),
        tokens(std::move(r.prompt)),
        max_tokens(r.sampling.max_tokens),
        n_top_logprobs(r.sampling.logprobs),
        keep_kv(r.keep_kv),
        sampler(r.sampling, sampler_model),
        table(runner.pool(), runner.options().block_tokens, sampler_model.n_ctx) {
    tokens.reserve(static_cast<size_t>(sampler_model.n_ctx));
    sampler.reset(tokens);
    if (n_top_logprobs > 0) logprobs.top.reserve(static_cast<size_t>(n_top_logprobs));
  }

  int32_t n_tokens() const { return static_cast<int32_t>(tokens.size()); }
  int32_t n_pending() const { return n_tokens() - n_computed; }
  int32_t n_generated() const { return n_tokens() - n_prompt; }

  SequenceId id;
  int32_t n_prompt;
  std::vector<TokenId> tokens;
  int32_t n_computed = 0;
  int32_t n_reused = 0;
  int32_t max_tokens;
  int32_t n_top_logprobs;
  bool keep_kv;
  FinishReason finish = FinishReason::none;
  bool told = false;  ///< the sink has heard of the end
  SamplerChain sampler;
  Logprobs logprobs;
  BlockTable table;
};

Engine::Engine(std::shared_ptr<const Model> model, const EngineConfig& config,
               Vocabulary vocabulary, ThreadTeam& decode_team, ThreadTeam& prefill_team)
    : model_(std::move(model)),
      config_(config),
      vocabulary_(std::move(vocabulary)),
      n_ctx_(effective_context(config, model_->config())),
      runner_(model_, plan_options(config, model_->config()), n_kv_blocks(config, model_->config()),
              decode_team, prefill_team),
      sampler_model_{.n_vocab = model_->config().n_vocab,
                     .n_ctx = n_ctx_,
                     .stop_ids = vocabulary_.stop_ids,
                     .token_texts = vocabulary_.token_texts},
      scratch_(sampler_model_) {
  if (n_ctx_ > model_->config().context_length)
    log::warn("--ctx-size {} is more than the {} tokens the model was trained with", n_ctx_,
              model_->config().context_length);
  const auto n_parallel = static_cast<size_t>(config.n_parallel);
  entries_.reserve(n_parallel);
  shares_.reserve(n_parallel);
  batch_.reserve(static_cast<size_t>(runner_.options().max_rows), n_parallel);
}

Engine::~Engine() = default;

SequenceId Engine::submit(Request request) {
  const auto n = static_cast<int64_t>(request.prompt.size());
  if (n == 0) throw_error(ErrorCode::bad_request, "prompt", "it has no tokens");
  if (n >= n_ctx_)
    throw_error(
        ErrorCode::bad_request, "prompt",
        "{} tokens do not fit: this engine's maximum context length is {} tokens, the answer "
        "included; shorten the prompt or raise --ctx-size",
        n, n_ctx_);
  for (TokenId token : request.prompt)
    if (token < 0 || token >= model_->config().n_vocab)
      throw_error(ErrorCode::bad_request, "prompt", "token id {} is outside the vocabulary of {}",
                  token, model_->config().n_vocab);
  const SequenceId resume = request.resume;
  auto sequence = std::make_unique<Sequence>(next_id_, std::move(request), runner_, sampler_model_);
  if (resume != kNoSequence) take_over(*sequence, resume);
  running_.push_back(std::move(sequence));
  return next_id_++;
}

Engine::Sequence* Engine::find(SequenceId id) const {
  for (const auto* list : {&running_, &kept_})
    for (const auto& sequence : *list)
      if (sequence->id == id) return sequence.get();
  return nullptr;
}

void Engine::take_over(Sequence& sequence, SequenceId from) {
  const auto it = std::ranges::find(kept_, from, [](const auto& s) { return s->id; });
  if (it == kept_.end()) return;
  Sequence& old = **it;
  // At least one token is computed anew: its logits are needed.
  const int32_t limit = std::min(old.n_computed, sequence.n_tokens() - 1);
  int32_t n = 0;
  while (n < limit && old.tokens[static_cast<size_t>(n)] == sequence.tokens[static_cast<size_t>(n)])
    ++n;
  old.table.truncate(n);
  sequence.table.swap(old.table);
  sequence.n_computed = sequence.n_reused = n;
  kept_.erase(it);
}

void Engine::cancel(SequenceId id, FinishReason reason) {
  if (Sequence* sequence = find(id); sequence && sequence->finish == FinishReason::none)
    finish(*sequence, reason);
}

void Engine::release(SequenceId id) {
  std::erase_if(kept_, [&](const auto& sequence) { return sequence->id == id; });
}

int32_t Engine::n_reused(SequenceId id) const {
  const Sequence* sequence = find(id);
  return sequence ? sequence->n_reused : 0;
}

std::span<const TokenId> Engine::tokens(SequenceId id) const {
  const Sequence* sequence = find(id);
  return sequence ? std::span<const TokenId>(sequence->tokens) : std::span<const TokenId>();
}

bool Engine::step(const Sink& sink) {
  retire(sink);  // those cancelled since the last step: their places are free
  if (running_.empty()) return false;
  plan();
  if (build_batch()) {
    runner_.run(batch_);
    emit_tokens(sink);
  } else {
    finish(*running_.back(), FinishReason::no_memory);  // the youngest makes room
  }
  retire(sink);
  return !running_.empty();
}

void Engine::plan() {
  entries_.clear();
  // At most n_parallel sequences run; later ones wait in order.
  const size_t n = std::min(running_.size(), static_cast<size_t>(config_.n_parallel));
  for (size_t i = 0; i < n; ++i) {
    const Sequence& s = *running_[i];
    const auto capacity = static_cast<int32_t>(s.table.blocks().size()) * config_.block_tokens;
    entries_.push_back({.n_pending = s.finish == FinishReason::none ? s.n_pending() : 0,
                        .decoding = s.n_generated() > 0,
                        .table_room = capacity - s.n_computed});
  }
  plan_step(entries_,
            {.max_rows = runner_.options().max_rows,
             .block_tokens = config_.block_tokens,
             .n_free_blocks = runner_.pool().n_free()},
            shares_);
}

bool Engine::build_batch() {
  batch_.clear();
  for (const StepShare& share : shares_) {
    Sequence& s = *running_[static_cast<size_t>(share.entry)];
    const bool grown = s.table.grow(s.n_computed + share.n_rows);
    CRCL_CHECK(grown);  // the plan counted the free blocks
    const std::array tables = {s.table.blocks()};
    append_sequence(batch_,
                    {.tokens = std::span(s.tokens).subspan(static_cast<size_t>(s.n_computed),
                                                           static_cast<size_t>(share.n_rows)),
                     .context_len = s.n_computed,
                     .block_tables = tables,
                     .logits = share.n_rows == s.n_pending() ? BatchInput::Logits::last
                                                             : BatchInput::Logits::none});
  }
  return batch_.n_rows() > 0;
}

void Engine::emit_tokens(const Sink& sink) {
  const auto logits = runner_.logits();
  int32_t logit_row = 0;
  for (const StepShare& share : shares_) {
    Sequence& s = *running_[static_cast<size_t>(share.entry)];
    s.n_computed += share.n_rows;
    if (s.n_pending() > 0) continue;
    emit_token(s, {logits.row(logit_row++), static_cast<size_t>(logits.cols)}, sink);
  }
}

void Engine::emit_token(Sequence& s, std::span<const float> logits, const Sink& sink) {
  if (s.finish != FinishReason::none) return;  // cancelled by the sink in this step
  if (s.max_tokens == 0) return finish(s, FinishReason::length);
  const Sampled sampled = s.sampler.sample(logits, scratch_);
  if (sampled.status != SampleStatus::ok) {
    log::warn("sequence {} ends: {}", s.id, name_of(sampled.status));
    return finish(s, FinishReason::failed);
  }
  s.sampler.accept(sampled.token);
  s.tokens.push_back(sampled.token);
  if (std::ranges::binary_search(s.sampler.stop_ids(), sampled.token))
    finish(s, FinishReason::stop);
  else if (s.max_tokens >= 0 && s.n_generated() >= s.max_tokens)
    finish(s, FinishReason::length);
  else if (s.n_tokens() >= n_ctx_)
    finish(s, FinishReason::length);
  s.told = s.finish != FinishReason::none;
  const bool with_logprobs = s.n_top_logprobs >= 0 &&
                             compute_logprobs(logits, sampled.token, s.n_top_logprobs, s.logprobs);
  sink({.sequence = s.id,
        .token = sampled.token,
        .finish = s.finish,
        .logprobs = with_logprobs ? &s.logprobs : nullptr});
}

void Engine::finish(Sequence& sequence, FinishReason reason) {
  sequence.finish = reason;
  if (!sequence.keep_kv) sequence.table.truncate(0);
}

void Engine::retire(const Sink& sink) {
  for (const auto& sequence : running_)
    if (sequence->finish != FinishReason::none && !sequence->told)
      sink({.sequence = sequence->id, .finish = sequence->finish});
  for (auto& sequence : running_)
    if (sequence->finish != FinishReason::none && sequence->keep_kv)
      kept_.push_back(std::move(sequence));
  std::erase_if(running_, [](const auto& s) { return !s || s->finish != FinishReason::none; });
}

}  // namespace caracal
