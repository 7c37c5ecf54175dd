#include "engine/embedder.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "base/error.h"
#include "engine/engine.h"

namespace caracal {
namespace {

/// Texts of one step: enough that short ones fill it, few enough that their last blocks, half
/// empty, do not add up.
int32_t max_texts(int32_t max_rows) { return std::max(1, max_rows / 8); }

int32_t blocks_for(int32_t n_tokens, int32_t block_tokens) {
  return (n_tokens + block_tokens - 1) / block_tokens;
}

Pooling choose_pooling(const EmbedOptions& options, const ModelConfig& model) {
  if (options.pooling) return *options.pooling;
  return model.pooling.value_or(model.causal ? Pooling::last : Pooling::mean);
}

}  // namespace

PlanOptions embedding_plan(const EngineConfig& config, const Model& model) {
  PlanOptions options = plan_options(config, model.config());
  options.output = PlanOutput::hidden;
  options.max_rows = config.n_batch;
  options.max_logit_rows = config.n_batch;
  if (!model.config().causal) options.k_type = options.v_type = KvType::f32;
  return options;
}

int32_t n_embedding_blocks(const PlanOptions& plan, const ModelConfig& model) {
  // Every text but the first starts in the step, so their tokens are rows of it.
  const int32_t shared = blocks_for(plan.max_rows, plan.block_tokens) + max_texts(plan.max_rows);
  return shared + (model.causal ? blocks_for(plan.context, plan.block_tokens) : 0);
}

/// A text at work. tokens[0, n_computed) have their KV.
struct Embedder::Text {
  size_t index;  ///< among the texts of the call
  std::span<const TokenId> tokens;
  TextPooler pooler;
  BlockTable table;
  int32_t n_computed = 0;
  int32_t n_rows = 0;         ///< in the current step
  int32_t n_wanted_rows = 0;  ///< of those, rows that the pooling reads

  int32_t n_pending() const { return static_cast<int32_t>(tokens.size()) - n_computed; }
};

Embedder::Embedder(const std::shared_ptr<const Model>& model, const EngineConfig& config,
                   const EmbedOptions& options, ThreadTeam& team)
    : pooling_(choose_pooling(options, model->config())),
      norm_(options.norm),
      runner_(model, embedding_plan(config, *model),
              n_embedding_blocks(embedding_plan(config, *model), model->config()), team, team) {}

Embedder::~Embedder() = default;

int32_t Embedder::max_tokens() const {
  const PlanOptions& plan = runner_.options();
  return runner_.model().config().causal ? plan.context : std::min(plan.context, plan.max_rows);
}

void Embedder::check(std::span<const TokenId> text, std::string_view what) const {
  if (text.empty()) throw_error(ErrorCode::bad_request, what, "it has no tokens");
  if (text.size() > static_cast<size_t>(max_tokens())) {
    const bool by_batch = max_tokens() < runner_.options().context;
    throw_error(ErrorCode::bad_request, what,
                "{} tokens, but this model reads at most {} ({}); shorten or split the text",
                text.size(), max_tokens(),
                by_batch ? "all of a text in one step of --batch-size rows" : "its context");
  }
  const int32_t n_vocab = runner_.model().config().n_vocab;
  for (TokenId token : text)
    if (token < 0 || token >= n_vocab)
      throw_error(ErrorCode::bad_request, what, "token id {} is outside the vocabulary of {}",
                  token, n_vocab);
}

std::vector<std::vector<float>> Embedder::embed(std::span<const std::vector<TokenId>> texts,
                                                size_t first_index) {
  first_index_ = first_index;
  for (size_t i = 0; i < texts.size(); ++i)
    check(texts[i], fmt::format("text {}", first_index + i));
  std::vector<std::vector<float>> out(texts.size());
  running_.clear();  // of a call that threw
  for (size_t next = 0; next < texts.size() || !running_.empty();) {
    fill_step(texts, next);
    runner_.run(batch_);
    collect(out);
  }
  return out;
}

int32_t Embedder::rows_to_take(int32_t n_pending, int32_t room) const {
  if (n_pending <= room) return n_pending;
  return runner_.model().config().causal ? room : 0;
}

void Embedder::fill_step(std::span<const std::vector<TokenId>> texts, size_t& next) {
  batch_.clear();
  const PlanOptions& plan = runner_.options();
  for (auto& text : running_)  // one at most: a decoder's text that was cut
    append(*text, rows_to_take(text->n_pending(), plan.max_rows));
  while (next < texts.size() && running_.size() < static_cast<size_t>(max_texts(plan.max_rows))) {
    const int32_t n_rows =
        rows_to_take(static_cast<int32_t>(texts[next].size()), plan.max_rows - batch_.n_rows());
    if (n_rows == 0) break;
    running_.push_back(std::unique_ptr<Text>(
        new Text{.index = next,
                 .tokens = texts[next],
                 .pooler = TextPooler(pooling_, d_model()),
                 .table = BlockTable(runner_.pool(), plan.block_tokens, plan.context)}));
    append(*running_.back(), n_rows);
    ++next;
  }
  CRCL_CHECK_OP(batch_.n_rows(), >, 0);
}

void Embedder::append(Text& text, int32_t n_rows) {
  using Wanted = BatchInput::Logits;
  const bool opens = text.n_computed == 0, ends = n_rows == text.n_pending();
  Wanted wanted = Wanted::all;
  if (pooling_ == Pooling::cls) wanted = opens ? Wanted::first : Wanted::none;
  if (pooling_ == Pooling::last) wanted = ends ? Wanted::last : Wanted::none;

  const bool grown = text.table.grow(text.n_computed + n_rows);
  CRCL_CHECK(grown);  // the pool holds what fits a step
  const std::array tables = {text.table.blocks()};
  const int32_t wanted_before = batch_.n_logit_rows();
  append_sequence(batch_, {.tokens = text.tokens.subspan(static_cast<size_t>(text.n_computed),
                                                         static_cast<size_t>(n_rows)),
                           .context_len = text.n_computed,
                           .block_tables = tables,
                           .logits = wanted});
  text.n_rows = n_rows;
  text.n_wanted_rows = batch_.n_logit_rows() - wanted_before;
}

void Embedder::collect(std::vector<std::vector<float>>& out) {
  const auto hidden = runner_.hidden();
  int32_t row = 0;
  for (auto& text : running_) {
    for (int32_t i = 0; i < text->n_wanted_rows; ++i)
      text->pooler.add({hidden.row(row++), static_cast<size_t>(hidden.cols)});
    text->n_computed += text->n_rows;
    if (text->n_pending() == 0) out[text->index] = finish(*text);
  }
  std::erase_if(running_, [](const auto& text) { return text->n_pending() == 0; });
}

std::vector<float> Embedder::finish(const Text& text) const {
  std::vector<float> vectors = text.pooler.finish();
  const auto d = static_cast<size_t>(d_model());
  for (float v : vectors)
    if (!std::isfinite(v))
      throw_error(ErrorCode::bad_file, runner_.model().file().name(),
                  "the embedding of text {} is not a number; the model is damaged or does not suit "
                  "these numerics",
                  first_index_ + text.index);
  for (size_t at = 0; at < vectors.size(); at += d)
    normalize(std::span(vectors).subspan(at, d), norm_);
  return vectors;
}

}  // namespace caracal
