#pragma once
/// How the next token is chosen and when an answer ends. Names and defaults are llama.cpp's; what
/// only vLLM has keeps vLLM's name.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "spec/field_table.h"
#include "spec/token.h"

namespace caracal {

/// Added to a token's raw logit; minus infinity bans the token.
struct LogitBias {
  TokenId token = kNoToken;
  float bias = 0;
};

struct SamplingParams {
  // The chain: which steps run, in which order. decode/sampler/registry.cc lists the names.
  std::vector<std::string> samplers = {"penalties", "dry",   "top_n_sigma", "top_k",      "typ_p",
                                       "top_p",     "min_p", "xtc",         "temperature"};
  int64_t seed = -1;     ///< negative: a new one for each request
  int32_t min_keep = 0;  ///< truncating steps leave at least so many candidates

  float temp = 0.8f;  ///< 0: greedy
  float dynatemp_range = 0;
  float dynatemp_exponent = 1;
  int32_t top_k = 40;
  float top_p = 0.95f;
  float min_p = 0.05f;
  float typ_p = 1;
  float top_n_sigma = -1;
  float xtc_probability = 0;
  float xtc_threshold = 0.1f;
  int32_t mirostat = 0;  ///< 0 or 2
  float mirostat_tau = 5;
  float mirostat_eta = 0.1f;

  int32_t repeat_last_n = 64;  ///< -1: the whole context
  float repeat_penalty = 1;
  float frequency_penalty = 0;
  float presence_penalty = 0;
  float dry_multiplier = 0;
  float dry_base = 1.75f;
  int32_t dry_allowed_length = 2;
  int32_t dry_penalty_last_n = -1;  ///< -1: the whole context
  std::vector<std::string> dry_sequence_breakers = {"\n", ":", "\"", "*"};

  std::vector<LogitBias> logit_bias;
  std::vector<TokenId> allowed_token_ids;  ///< empty: every token
  std::vector<TokenId> banned_token_ids;

  // Where an answer ends.
  int32_t max_tokens = -1;  ///< -1: until the context is full
  int32_t min_tokens = 0;
  bool ignore_eos = false;
  std::vector<std::string> stop;
  std::vector<TokenId> stop_token_ids;  ///< besides the model's own
  bool include_stop_str_in_output = false;

  int32_t logprobs = -1;  ///< -1: none; n: the chosen token's and the n most likely ones'
};

/// One row per member, in the order of the docs.
std::span<const Field<SamplingParams>> sampling_fields();

/// Throws Error(bad_config) naming the flag, what was expected and what was found. Names of steps
/// and ids beyond the vocabulary are refused by SamplerChain, which knows them.
void validate(const SamplingParams& params);

}  // namespace caracal
