#pragma once
/// Thin front for PCRE2, set up for splitting valid UTF-8 into words.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace caracal {

/// A compiled pattern; immutable, so threads may share it. UTF and UCP are on, so \p{..} and \d see
/// Unicode (PCRE2's tables are those of Unicode 14). Written \s and \S mean exactly the
/// White_Space property, as in the tokenizers that publish these patterns; PCRE2's own \s also
/// takes U+180E.
class Regex {
 public:
  /// Throws Error(internal) when the pattern does not compile: such patterns are ours, not the
  /// user's.
  explicit Regex(std::string_view pattern);
  /// A pattern that a file brings, in Oniguruma's syntax. Throws Error(unsupported) with context
  /// where it has no equal in PCRE2 or does not compile. Matching gives up much earlier, so that a
  /// pattern that backtracks without end is an error and not a hang.
  static Regex from_file(std::string_view onig_pattern, std::string_view context);

  /// Scratch space of one thread's matching.
  class Matcher {
   public:
    explicit Matcher(const Regex& regex);
    /// Finds the first match in text that starts at or after from. text must be valid UTF-8. The
    /// whole text is the subject: look-behind and look-ahead end at its borders. Where the compiled
    /// code runs out of stack the interpreter takes over, which finds the same match; throws
    /// Error(bad_request) when the match limit is hit as well.
    bool find(std::string_view text, size_t from);
    size_t begin() const { return begin_; }
    size_t end() const { return end_; }

   private:
    struct Free {
      void operator()(void* match_data) const;
    };
    const Regex& regex_;
    std::unique_ptr<void, Free> match_data_;
    size_t begin_ = 0, end_ = 0;
  };

 private:
  struct Source;
  Regex(std::string_view pattern, const Source& source);

  struct Free {
    void operator()(void* code) const;
  };
  struct FreeContext {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Free> code_;
  std::unique_ptr<void, FreeContext> context_;
  bool has_jit_ = false;
};

/// Rewrites \s and \S to the White_Space property spelled out. Exposed for tests.
std::string spell_out_white_space(std::string_view pattern);

}  // namespace caracal
