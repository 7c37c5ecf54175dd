#pragma once
/// Retrieval from a long context: a fact hidden in filler text at several depths, asked for at the
/// end (Kamradt 2023, "Needle in a haystack"; Mohtashami & Jaggi 2023, passkey retrieval, sec. 5).
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/continuation.h"
#include "eval/statistics.h"

namespace caracal {

struct NeedleOptions {
  std::vector<int32_t> lengths = {512, 1024, 2048};    ///< tokens of prompt and answer together
  std::vector<int32_t> depths = {0, 25, 50, 75, 100};  ///< percent of the filler before the fact
  int32_t n_trials = 3;                                ///< facts per cell
  uint64_t seed = 1;
  std::string haystack;  ///< filler text, repeated as needed; empty: sentences of our own
};

/// One prompt with its answer.
struct NeedleTrial {
  std::string prompt;
  std::string answer;  ///< what follows the prompt when the fact was found
  Continuation tokens;
};
/// A trial whose tokens number at most length, and as near to it as whole sentences allow. The
/// secret depends on seed and trial, not on length and depth. Throws Error(bad_request) when length
/// has no room for fact and question.
NeedleTrial make_needle_trial(const Tokenizer& tokenizer, const NeedleOptions& options,
                              int32_t length, int32_t depth, int32_t trial);

struct NeedleCell {
  int32_t length = 0;
  int32_t depth = 0;
  MeanMeter exact;           ///< 1 where greedy decoding writes the answer
  MeanMeter log_likelihood;  ///< of the answer
};

/// Cells of all lengths and depths, lengths outermost. progress(done, total) counts trials. Throws
/// what make_needle_trial and score_continuation throw.
std::vector<NeedleCell> measure_needle(const NeedleOptions& options, const Tokenizer& tokenizer,
                                       Scorer& scorer,
                                       const std::function<void(int64_t, int64_t)>& progress = {});

/// Depths down, lengths across, the share of exact answers in percent.
std::string needle_table(const NeedleOptions& options, const std::vector<NeedleCell>& cells);
/// The same as a heat map.
std::string needle_svg(const NeedleOptions& options, const std::vector<NeedleCell>& cells);

}  // namespace caracal
