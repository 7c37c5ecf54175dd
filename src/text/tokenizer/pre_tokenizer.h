#pragma once
/// The pre-tokenizer families that GGUF's tokenizer.ggml.pre names: how a byte-level vocabulary's
/// text is cut into words before merging.
#include <cstdint>
#include <span>
#include <string_view>

namespace caracal {

/// One pass over the pieces the passes before have left; each piece is a text of its own.
struct SplitStep {
  enum class Kind {
    isolate,        ///< matches and the gaps between them become pieces
    keep_matches,   ///< matches become pieces, gaps are dropped
    cut_thousands,  ///< a match (a run of digits) is cut before every third character from its end
    isolate_thousands,  ///< the same, and the run itself becomes separate pieces
  };
  Kind kind;
  std::string_view pattern;
  /// The pattern sees the text spelled in GPT-2's byte alphabet (the family's published sequence
  /// has this step after its byte-level one), so that it may cut inside a character.
  bool on_bytes = false;
};

struct PreTokenizer {
  enum Flag : uint8_t {
    kWholeWords = 1,  ///< a word that is a token as a whole stays whole (ignore_merges)
    kAddsBos = 2,     ///< add_bos where the file does not say
    /// Merges run over UTF-8 characters with spaces written as U+2581 and unknown characters
    /// spelled by <0xNN> tokens, not over GPT-2's byte alphabet.
    kRawUtf8 = 4,
  };

  std::string_view name;
  std::span<const SplitStep> steps;
  /// Which independent tokenizer the row was compared with (tests/peer/tokenizers); "unproven"
  /// where there is none.
  std::string_view proven;
  uint8_t flags = 0;

  bool keeps_whole_words() const { return flags & kWholeWords; }
  bool adds_bos() const { return flags & kAddsBos; }
  bool is_raw_utf8() const { return flags & kRawUtf8; }
};

/// Every known family; names are unique.
std::span<const PreTokenizer> pre_tokenizers();

/// nullptr when name is unknown.
const PreTokenizer* find_pre_tokenizer(std::string_view name);

}  // namespace caracal
