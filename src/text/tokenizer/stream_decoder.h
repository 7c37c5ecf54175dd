#pragma once
#include <string>

#include "text/tokenizer/tokenizer.h"

namespace caracal {

/// Turns tokens into text as they are generated. What push() returns is valid UTF-8 and never ends
/// inside a character: bytes that may still become one are held back. Bytes that cannot become one
/// come out as U+FFFD. One per sequence; the tokenizer must outlive it.
class StreamDecoder {
 public:
  /// at_text_start: as in DecodeOptions; false for generated tokens, which continue a prompt.
  explicit StreamDecoder(const Tokenizer& tokenizer,
                         DecodeOptions options = {.skip_special = true, .at_text_start = false})
      : tokenizer_(tokenizer), options_(options) {}

  /// The text that this token completes, possibly empty. Throws like Tokenizer::decode.
  std::string push(TokenId id);

  /// The end of the sequence: an unfinished character comes out as U+FFFD.
  std::string flush();

 private:
  const Tokenizer& tokenizer_;
  DecodeOptions options_;
  std::string held_;  // the start of an unfinished character
};

}  // namespace caracal
