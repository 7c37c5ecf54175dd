#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "text/tokenizer/pipeline/pipeline.h"
#include "text/tokenizer/splitter.h"

namespace caracal {

/// A text cut into words. Pre-tokenizers may rewrite the text as well as cut it.
struct Words {
  std::string text;
  std::vector<TextRange> ranges;  ///< of text, in order, none empty
  bool at_start = false;          ///< the first word starts the input
};

/// Runs the pre-tokenizers of a pipeline in order. Immutable; threads may share it.
class WordCutter {
 public:
  class Step {
   public:
    virtual ~Step() = default;
    virtual void run(Words& words) const = 0;
  };

  /// model_spells: the model can spell bytes in GPT-2's byte alphabet by itself. Throws
  /// Error(unsupported) for patterns that cannot be used.
  WordCutter(std::span<const pipeline::PreTokenizer> pre_tokenizers, bool model_spells);

  /// True where the last component is ByteLevel and the model spells: words then stay bytes.
  bool leaves_bytes() const { return leaves_bytes_; }

  /// text: valid UTF-8. at_start: it starts the input.
  Words cut(std::string text, bool at_start) const;

 private:
  std::vector<std::unique_ptr<const Step>> steps_;
  bool leaves_bytes_ = false;
};

}  // namespace caracal
