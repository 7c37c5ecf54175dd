#include "decode/sampler/constraints.h"

#include <algorithm>

#include "base/error.h"

namespace caracal {
namespace {

void check_id(TokenId id, int32_t n_vocab, std::string_view flag) {
  if (id < 0 || id >= n_vocab) {
    throw_error(ErrorCode::bad_config, flag,
                "expected token ids below {}, the vocabulary, found {}", n_vocab, id);
  }
}

void check_ids(std::span<const TokenId> ids, int32_t n_vocab, std::string_view flag) {
  for (const TokenId id : ids) check_id(id, n_vocab, flag);
}

void sort_unique(std::vector<TokenId>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

}  // namespace

Constraints::Constraints(const SamplingParams& params, const SamplerModel& model)
    : biases_(params.logit_bias),
      allowed_(params.allowed_token_ids),
      stop_ids_(params.stop_token_ids),
      min_tokens_(params.min_tokens) {
  for (const LogitBias& entry : biases_) check_id(entry.token, model.n_vocab, "--logit-bias");
  check_ids(allowed_, model.n_vocab, "--allowed-token-ids");
  check_ids(params.banned_token_ids, model.n_vocab, "--banned-token-ids");
  check_ids(stop_ids_, model.n_vocab, "--stop-token-ids");
  for (const TokenId id : params.banned_token_ids) biases_.push_back({id, kRemoved});
  for (const TokenId id : model.stop_ids) {
    if (id < 0 || id >= model.n_vocab)
      continue;  // a vocabulary without this token cannot choose it
    if (params.ignore_eos) {
      biases_.push_back({id, kRemoved});
    } else {
      stop_ids_.push_back(id);
    }
  }
  sort_unique(allowed_);
  sort_unique(stop_ids_);
}

void Constraints::apply(Candidates& candidates, int64_t n_generated) const noexcept {
  for (const LogitBias& entry : biases_) candidates.add(entry.token, entry.bias);
  if (n_generated < min_tokens_) {
    for (const TokenId id : stop_ids_) candidates.add(id, kRemoved);
  }
  if (!allowed_.empty()) candidates.restrict_to(allowed_);
}

}  // namespace caracal
