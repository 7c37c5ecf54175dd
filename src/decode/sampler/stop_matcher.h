#pragma once
/// Finds where an answer ends, in the stream of its tokens and their text.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "spec/sampling_params.h"

namespace caracal {

/// Stop strings are found wherever token borders cut them. Text that may be the beginning of one is
/// held back until it is known; never more than the longest stop string, less one byte. Of several
/// stop strings the one that is complete first counts, and of those complete at the same byte the
/// longest. A stop counts from token min_tokens + 1 on. O(1) per byte and stop string (Knuth,
/// Morris, Pratt 1977).
class StopMatcher {
 public:
  /// stop_ids: SamplerChain::stop_ids(), sorted.
  StopMatcher(const SamplingParams& params, std::span<const TokenId> stop_ids);

  /// Takes one generated token and the text it completed (maybe none; not used for a stop id).
  /// Appends what may be shown to out. True when the answer ends here; nothing may be fed after
  /// that.
  bool push(TokenId token, std::string_view text, std::string& out);
  /// The answer ended for another reason: appends the text held back.
  void finish(std::string& out);

  bool ended() const { return ended_; }
  /// The stop string that ended the answer, or empty (a stop id, or not ended).
  std::string_view matched_text() const {
    return matched_pattern_ ? std::string_view(patterns_[*matched_pattern_].text)
                            : std::string_view();
  }
  /// The stop id that ended the answer, or kNoToken.
  TokenId matched_id() const { return matched_id_; }

 private:
  struct Pattern {
    std::string text;
    std::vector<uint32_t> borders;  // [size] longest proper border of each prefix, by its last byte
    uint32_t n_matched = 0;         // so many bytes of text are the end of the stream
  };

  static Pattern make_pattern(const std::string& text);
  static bool advance(Pattern& pattern, char byte);
  std::optional<size_t> feed(char byte);
  void release(std::string& out, size_t n_kept_back);

  std::vector<Pattern> patterns_;
  std::vector<TokenId> stop_ids_;
  int32_t min_tokens_;
  bool keep_stop_text_;
  int64_t n_tokens_ = 0;
  std::string held_;  // fed and not yet shown
  bool ended_ = false;
  std::optional<size_t> matched_pattern_;
  TokenId matched_id_ = kNoToken;
};

}  // namespace caracal
