#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer/pipeline/pipeline.h"

namespace caracal {

/// Runs the decoders of a pipeline: tokens to text. Immutable; threads may share it.
///
/// Each token is decoded alone up to the first component that joins tokens (Fuse, ByteLevel); the
/// rest sees the joined text. Bytes stay bytes: what is not UTF-8 at the end is for the caller to
/// replace, so that streams can wait for the rest of a character. (`tokenizers` writes U+FFFD for
/// every byte of a run of byte tokens that is not UTF-8 as a whole.)
class TokenDecoder {
 public:
  class Step {
   public:
    virtual ~Step() = default;
    /// is_first: token starts the text.
    virtual std::string run(std::string token, bool is_first) const = 0;
  };

  /// Throws Error(unsupported) for patterns that cannot be used.
  explicit TokenDecoder(const TokenPipeline& pipeline);

  /// One token before it is joined to others.
  std::string decode_token(std::string_view token, bool is_first) const;
  /// What happens to the joined tokens. at_start: they start the text; where they continue one, the
  /// rules for its ends do nothing and a Replace sees this stretch alone.
  std::string finish(std::string joined, bool at_start) const;
  /// True where finish does more than strip the ends of a text.
  bool changes_inside() const;

 private:
  struct TextStep {
    std::unique_ptr<const Step> step;
    bool only_at_start;  // strips ends, which a stretch in the middle does not have
  };
  std::vector<std::unique_ptr<const Step>> token_steps_;
  std::vector<TextStep> text_steps_;
};

}  // namespace caracal
