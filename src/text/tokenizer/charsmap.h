#pragma once
/// SentencePiece's compiled normalisation rules (normalizer.cc): a table of character sequences and
/// their replacements, NFKC with additions in most models.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace caracal {

/// The longest-match replacement table. Its layout: uint32 (little-endian) length of the trie in
/// bytes, the trie as a Darts-clone double array of uint32 units, then the zero-terminated
/// replacements that trie values point into.
class Charsmap {
 public:
  /// An empty blob gives a table without rules. Throws Error(bad_file) when the lengths do not fit.
  explicit Charsmap(std::string_view blob);

  struct Rule {
    size_t bytes = 0;  ///< of text that the rule consumes; 0: no rule applies
    std::string_view replacement;
  };
  /// The rule for the longest prefix of text.substr(at). Values and links of a damaged table that
  /// point outside it end the walk.
  Rule longest(std::string_view text, size_t at) const;
  /// The same for the shortest prefix that has a rule.
  Rule shortest(std::string_view text, size_t at) const;

 private:
  template <class Found>
  void walk(std::string_view text, size_t at, Found&& found) const;

  std::vector<uint32_t> units_;
  std::string replacements_;
};

}  // namespace caracal
