#include "engine/scorer.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/error.h"
#include "engine/engine.h"

namespace caracal {
namespace {

/// Every row of a chunk has logits: enough rows to use the weights well, few enough that rows times
/// vocabulary stays small.
constexpr int32_t kChunkRows = 64;

PlanOptions scoring_plan(const EngineConfig& config, const ModelConfig& model) {
  PlanOptions options = plan_options(config, model);
  options.max_rows = std::min(config.n_batch, kChunkRows);
  options.max_logit_rows = options.max_rows;
  return options;
}

/// One sequence runs at a time.
EngineConfig one_sequence(EngineConfig config) {
  config.n_parallel = 1;
  return config;
}

}  // namespace

Scorer::Scorer(const std::shared_ptr<const Model>& model, const EngineConfig& config,
               ThreadTeam& team)
    : n_ctx_(effective_context(config, model->config())),
      runner_(model, scoring_plan(config, model->config()),
              n_kv_blocks(one_sequence(config), model->config()), team, team),
      table_(runner_.pool(), runner_.options().block_tokens, n_ctx_) {}

void Scorer::check(std::span<const TokenId> tokens) const {
  if (tokens.size() > static_cast<size_t>(n_ctx_))
    throw_error(ErrorCode::bad_request, "sequence",
                "{} tokens do not fit a context of {}; shorten it or raise --ctx-size",
                tokens.size(), n_ctx_);
  const int32_t n_vocab = runner_.model().config().n_vocab;
  for (TokenId token : tokens)
    if (token < 0 || token >= n_vocab)
      throw_error(ErrorCode::bad_request, "sequence", "token id {} is outside the vocabulary of {}",
                  token, n_vocab);
}

int32_t Scorer::keep_common(int32_t first, std::span<const TokenId> tokens) {
  const size_t limit = std::min({computed_.size(), tokens.size(), static_cast<size_t>(first)});
  size_t n = 0;
  while (n < limit && computed_[n] == tokens[n]) ++n;
  computed_.resize(n);
  table_.truncate(static_cast<int32_t>(n));
  return static_cast<int32_t>(n);
}

void Scorer::run(std::span<const TokenId> tokens, int32_t context_len, bool with_logits) {
  const bool grown = table_.grow(context_len + static_cast<int32_t>(tokens.size()));
  CRCL_CHECK(grown);  // the pool holds a whole context
  const std::array tables = {table_.blocks()};
  batch_.clear();
  append_sequence(batch_,
                  {.tokens = tokens,
                   .context_len = context_len,
                   .block_tables = tables,
                   .logits = with_logits ? BatchInput::Logits::all : BatchInput::Logits::none});
  runner_.run(batch_);
  computed_.insert(computed_.end(), tokens.begin(), tokens.end());
}

void Scorer::score_from(int32_t first, std::span<const TokenId> tokens, const ChunkSink& sink) {
  check(tokens);
  const auto n_tokens = static_cast<int32_t>(tokens.size());
  for (int32_t begin = keep_common(first, tokens); begin < n_tokens;) {
    // A chunk ends where logits begin to be wanted: all of its rows need them, or none.
    const bool wanted = begin >= first;
    const int32_t end =
        std::min(begin + runner_.options().max_rows, wanted ? n_tokens : std::min(first, n_tokens));
    run(tokens.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)), begin,
        wanted);
    if (wanted) sink(begin, runner_.logits());
    begin = end;
  }
}

void Scorer::score(std::span<const TokenId> tokens, const RowSink& sink) {
  score_from(0, tokens, [&](int32_t position, MatrixView<const float> logits) {
    for (int64_t row = 0; row < logits.rows; ++row)
      sink(position + static_cast<int32_t>(row),
           {logits.row(row), static_cast<size_t>(logits.cols)});
  });
}

}  // namespace caracal
