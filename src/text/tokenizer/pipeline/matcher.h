#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizer/pipeline/pipeline.h"
#include "text/tokenizer/regex.h"

namespace caracal {

/// A stretch of text: a match of a pattern, or the gap between two.
struct Stretch {
  size_t begin = 0, end = 0;
  bool is_match = false;
};

/// Finds a Pattern. Immutable; threads may share it.
class PatternMatcher {
 public:
  /// context: where the pattern stands, for errors. Throws like Regex::from_file, and
  /// Error(unsupported) for an empty literal.
  PatternMatcher(const pipeline::Pattern& pattern, std::string_view context);

  /// Replaces out by the matches of text and the gaps between them, in order; together they cover
  /// text. A match may be empty, but not right after the last one. text must be valid UTF-8.
  void find_all(std::string_view text, std::vector<Stretch>& out) const;

 private:
  void find_literal(std::string_view text, std::vector<Stretch>& out) const;
  void find_regex(std::string_view text, std::vector<Stretch>& out) const;

  std::string literal_;
  std::optional<Regex> regex_;
};

/// text with every match replaced by content.
std::string replace_matches(std::string_view text, const std::vector<Stretch>& stretches,
                            std::string_view content);

}  // namespace caracal
