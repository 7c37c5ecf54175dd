#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "text/tokenizer/pre_tokenizer.h"
#include "text/tokenizer/regex.h"

namespace caracal {

/// Bytes [begin, end) of a text.
struct TextRange {
  uint32_t begin = 0, end = 0;
};

/// Cuts text into words by the steps of a pre-tokenizer. Immutable; threads may share it.
class Splitter {
 public:
  explicit Splitter(const PreTokenizer& pre_tokenizer);

  /// The words of text in order; none is empty. text must be valid UTF-8 and below 4 GiB. Together
  /// they cover the text, unless a step drops gaps.
  std::vector<TextRange> split(std::string_view text) const;

 private:
  struct Step {
    SplitStep::Kind kind;
    bool on_bytes;
    Regex regex;
  };
  std::vector<Step> steps_;
};

}  // namespace caracal
