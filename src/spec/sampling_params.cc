#include "spec/sampling_params.h"

#include <cmath>

#include "base/error.h"

namespace caracal {
namespace {

using S = SamplingParams;

constexpr double kMaxInt = std::numeric_limits<int32_t>::max();
constexpr Range kTokenIds{0, kMaxInt};
constexpr Range kBias{-1e6, 1e6};
constexpr size_t kMaxStopStrings = 128;
constexpr size_t kMaxStopBytes = 4096;

/// "15043+1.5", "15043-1", "15043-inf", "15043=false"; the last two ban the token.
void append_logit_bias(S& params, std::string_view text, std::string_view source) {
  const size_t split = text.find_first_of("+-=");
  if (split == 0 || split == std::string_view::npos) {
    throw_error(ErrorCode::bad_config, source,
                "expected TOKEN_ID+BIAS or TOKEN_ID-BIAS such as 15043-1, found \"{}\"", text);
  }
  LogitBias entry;
  entry.token = static_cast<TokenId>(parse_integer(text.substr(0, split), {kTokenIds, {}}, source));
  std::string_view bias = text.substr(text[split] == '=' ? split + 1 : split);
  if (bias == "-inf" || bias == "false") {
    entry.bias = -std::numeric_limits<float>::infinity();
  } else {
    entry.bias = static_cast<float>(parse_number(bias, {kBias, {}}, source));
  }
  params.logit_bias.push_back(entry);
}

std::string print_logit_bias(const S& params) {
  std::string text;
  for (const LogitBias& entry : params.logit_bias) {
    text += fmt::format("{}{}{:+}", text.empty() ? "" : ",", entry.token, entry.bias);
  }
  return text;
}

constexpr CustomList<S> kLogitBiasList{[](S& params) { params.logit_bias.clear(); },
                                       append_logit_bias, print_logit_bias};

// clang-format off
const Field<S> kFields[] = {
    {.name = "samplers", .member = &S::samplers, .flags = "--samplers", .env = "LLAMA_ARG_SAMPLERS", .separator = ';',
     .help = "Steps of the chain in order, separated by ';'."},
    {.name = "seed", .member = &S::seed, .flags = "-s,--seed", .env = "LLAMA_ARG_SEED",
     .help = "Seed of the draws; a negative one draws a new seed for each request."},
    {.name = "min_keep", .member = &S::min_keep, .flags = "--min-keep", .env = "LLAMA_ARG_MIN_KEEP", .range = {0, kMaxInt},
     .help = "Truncating steps leave at least so many candidates (0: one)."},
    {.name = "temp", .member = &S::temp, .flags = "--temp,--temperature", .env = "LLAMA_ARG_TEMP", .range = {0, 1e4},
     .help = "Temperature; 0 is greedy."},
    {.name = "dynatemp_range", .member = &S::dynatemp_range, .flags = "--dynatemp-range", .env = "LLAMA_ARG_DYNATEMP_RANGE", .range = {0, 1e4},
     .help = "Dynamic temperature: entropy moves it within temp ± range (0: off)."},
    {.name = "dynatemp_exponent", .member = &S::dynatemp_exponent, .flags = "--dynatemp-exp", .env = "LLAMA_ARG_DYNATEMP_EXP", .range = {0, 1e3},
     .help = "Dynamic temperature: exponent of the normalised entropy."},
    {.name = "top_k", .member = &S::top_k, .flags = "--top-k", .env = "LLAMA_ARG_TOP_K", .range = {-1, kMaxInt},
     .help = "Keep the k most likely tokens (0 or -1: off)."},
    {.name = "top_p", .member = &S::top_p, .flags = "--top-p", .env = "LLAMA_ARG_TOP_P", .range = {0, 1},
     .help = "Keep the fewest tokens whose probabilities reach p together (1: off)."},
    {.name = "min_p", .member = &S::min_p, .flags = "--min-p", .env = "LLAMA_ARG_MIN_P", .range = {0, 1},
     .help = "Keep tokens at least p times as likely as the most likely one (0: off)."},
    {.name = "typ_p", .member = &S::typ_p, .flags = "--typical,--typical-p", .env = "LLAMA_ARG_TYPICAL_P", .range = {0, 1},
     .help = "Locally typical sampling: keep the tokens nearest to the expected surprise that reach p together (1: off)."},
    {.name = "top_n_sigma", .member = &S::top_n_sigma, .flags = "--top-nsigma,--top-n-sigma", .env = "LLAMA_ARG_TOP_N_SIGMA", .range = {-1, 1e4},
     .help = "Keep logits within n standard deviations of the highest (0 or -1: off)."},
    {.name = "xtc_probability", .member = &S::xtc_probability, .flags = "--xtc-probability", .env = "LLAMA_ARG_XTC_PROBABILITY", .range = {0, 1},
     .help = "XTC: how often the top choices are excluded (0: off)."},
    {.name = "xtc_threshold", .member = &S::xtc_threshold, .flags = "--xtc-threshold", .env = "LLAMA_ARG_XTC_THRESHOLD", .range = {0, 1},
     .help = "XTC: of the tokens at least so likely only the least likely stays (above 0.5: off)."},
    {.name = "mirostat", .member = &S::mirostat, .flags = "--mirostat", .env = "LLAMA_ARG_MIROSTAT", .choices = "0|2",
     .help = "Mirostat 2 instead of the truncating steps (0: off; version 1 is not offered)."},
    {.name = "mirostat_tau", .member = &S::mirostat_tau, .flags = "--mirostat-ent", .env = "LLAMA_ARG_MIROSTAT_ENT", .range = {0, 1e3},
     .help = "Mirostat: target surprise in bits per token."},
    {.name = "mirostat_eta", .member = &S::mirostat_eta, .flags = "--mirostat-lr", .env = "LLAMA_ARG_MIROSTAT_LR", .range = {0, 1},
     .help = "Mirostat: learning rate."},
    {.name = "repeat_last_n", .member = &S::repeat_last_n, .flags = "--repeat-last-n", .env = "LLAMA_ARG_REPEAT_LAST_N", .range = {-1, kMaxInt},
     .help = "Penalties look at so many last tokens, prompt included (0: off, -1: the whole context)."},
    {.name = "repeat_penalty", .member = &S::repeat_penalty, .flags = "--repeat-penalty,--repetition-penalty", .env = "LLAMA_ARG_REPEAT_PENALTY", .range = {0, 1e4, true},
     .help = "Divides the positive and multiplies the negative logits of repeated tokens (1: off)."},
    {.name = "frequency_penalty", .member = &S::frequency_penalty, .flags = "--frequency-penalty", .env = "LLAMA_ARG_FREQUENCY_PENALTY", .range = {-1e4, 1e4},
     .help = "Subtracted once per occurrence of the token (0: off)."},
    {.name = "presence_penalty", .member = &S::presence_penalty, .flags = "--presence-penalty", .env = "LLAMA_ARG_PRESENCE_PENALTY", .range = {-1e4, 1e4},
     .help = "Subtracted when the token occurs at all (0: off)."},
    {.name = "dry_multiplier", .member = &S::dry_multiplier, .flags = "--dry-multiplier", .env = "LLAMA_ARG_DRY_MULTIPLIER", .range = {0, 1e4},
     .help = "DRY: a token that would extend a repetition of n tokens loses multiplier · base^(n − allowed length) (0: off)."},
    {.name = "dry_base", .member = &S::dry_base, .flags = "--dry-base", .env = "LLAMA_ARG_DRY_BASE", .range = {1, 1e4},
     .help = "DRY: base of the exponential."},
    {.name = "dry_allowed_length", .member = &S::dry_allowed_length, .flags = "--dry-allowed-length", .env = "LLAMA_ARG_DRY_ALLOWED_LENGTH", .range = {1, kMaxInt},
     .help = "DRY: shorter repetitions are free."},
    {.name = "dry_penalty_last_n", .member = &S::dry_penalty_last_n, .flags = "--dry-penalty-last-n", .env = "LLAMA_ARG_DRY_PENALTY_LAST_N", .range = {-1, kMaxInt},
     .help = "DRY: looks for repetitions in so many last tokens (0: off, -1: the whole context)."},
    {.name = "dry_sequence_breakers", .member = &S::dry_sequence_breakers, .flags = "--dry-sequence-breaker", .env = "", .empty_word = "none",
     .help = "DRY: repetitions are not followed across this text; repeat the flag for several, 'none' for none."},
    {.name = "logit_bias", .member = kLogitBiasList, .flags = "-l,--logit-bias", .env = "", .separator = ',',
     .help = "Adds to a token's logit: 15043+1, 15043-1; 15043-inf bans it."},
    {.name = "allowed_token_ids", .member = &S::allowed_token_ids, .flags = "--allowed-token-ids", .env = "", .range = kTokenIds, .separator = ',',
     .help = "Only these tokens may be chosen (empty: all)."},
    {.name = "banned_token_ids", .member = &S::banned_token_ids, .flags = "--banned-token-ids", .env = "", .range = kTokenIds, .separator = ',',
     .help = "These tokens are never chosen."},
    {.name = "max_tokens", .member = &S::max_tokens, .flags = "-n,--predict,--n-predict,--max-tokens", .env = "LLAMA_ARG_N_PREDICT", .range = {-1, kMaxInt},
     .help = "Most tokens to generate (-1: until the context is full)."},
    {.name = "min_tokens", .member = &S::min_tokens, .flags = "--min-tokens", .env = "LLAMA_ARG_MIN_TOKENS", .range = {0, kMaxInt},
     .help = "Nothing stops the answer before it has so many tokens."},
    {.name = "ignore_eos", .member = &S::ignore_eos, .flags = "--ignore-eos", .env = "LLAMA_ARG_IGNORE_EOS",
     .help = "Never choose the model's end tokens."},
    {.name = "stop", .member = &S::stop, .flags = "-r,--reverse-prompt,--stop", .env = "",
     .help = "Stop when the answer contains this text; repeat the flag for several."},
    {.name = "stop_token_ids", .member = &S::stop_token_ids, .flags = "--stop-token-ids", .env = "", .range = kTokenIds, .separator = ',',
     .help = "Stop at these tokens, besides the model's own."},
    {.name = "include_stop_str_in_output", .member = &S::include_stop_str_in_output, .flags = "--include-stop-str-in-output", .env = "",
     .help = "Keep the stop string at the end of the answer."},
    {.name = "logprobs", .member = &S::logprobs, .flags = "--logprobs,--n-probs", .env = "LLAMA_ARG_N_PROBS", .range = {-1, 1000},
     .help = "Report the chosen token's log-probability and the n most likely ones (-1: none)."},
};
// clang-format on

void check_stop_strings(const S& params) {
  if (params.stop.size() > kMaxStopStrings) {
    throw_error(ErrorCode::bad_config, "--stop", "expected at most {} stop strings, found {}",
                kMaxStopStrings, params.stop.size());
  }
  for (const std::string& text : params.stop) {
    if (text.empty() || text.size() > kMaxStopBytes) {
      throw_error(ErrorCode::bad_config, "--stop",
                  "expected a stop string of 1 to {} bytes, found one of {}", kMaxStopBytes,
                  text.size());
    }
  }
}

void check_breakers(const S& params) {
  for (const std::string& text : params.dry_sequence_breakers) {
    if (text.empty()) {
      throw Error(ErrorCode::bad_config, "expected a text, found an empty one; 'none' means none",
                  "--dry-sequence-breaker");
    }
  }
}

void check_logit_bias(const S& params) {
  for (const LogitBias& entry : params.logit_bias) {
    const bool ban = std::isinf(entry.bias) && entry.bias < 0;
    if (entry.token < 0 || !(ban || kBias.contains(entry.bias))) {
      throw_error(ErrorCode::bad_config, "--logit-bias",
                  "expected a token id and a bias in {} or -inf, found {}{:+}",
                  describe({kBias, {}}), entry.token, entry.bias);
    }
  }
}

}  // namespace

std::span<const Field<SamplingParams>> sampling_fields() { return kFields; }

void validate(const SamplingParams& params) {
  check_fields(sampling_fields(), params);
  check_stop_strings(params);
  check_breakers(params);
  check_logit_bias(params);
}

}  // namespace caracal
