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
              n_kv_blocks(one_sequence(config), model->config()), team, team) {}

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

void Scorer::score(std::span<const TokenId> tokens, const RowSink& sink) {
  check(tokens);
  const PlanOptions& options = runner_.options();
  BlockTable table(runner_.pool(), options.block_tokens, n_ctx_);
  const auto n_tokens = static_cast<int32_t>(tokens.size());
  for (int32_t begin = 0; begin < n_tokens; begin += options.max_rows) {
    const int32_t n_rows = std::min(options.max_rows, n_tokens - begin);
    const bool grown = table.grow(begin + n_rows);
    CRCL_CHECK(grown);  // the pool holds a whole context
    const std::array tables = {table.blocks()};
    batch_.clear();
    append_sequence(
        batch_, {.tokens = tokens.subspan(static_cast<size_t>(begin), static_cast<size_t>(n_rows)),
                 .context_len = begin,
                 .block_tables = tables,
                 .logits = BatchInput::Logits::all});
    runner_.run(batch_);
    const auto logits = runner_.logits();
    for (int32_t row = 0; row < n_rows; ++row)
      sink(begin + row, {logits.row(row), static_cast<size_t>(logits.cols)});
  }
}

}  // namespace caracal
