#include "text/tokenizer/pipeline/onig_pattern.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "text/tokenizer/regex.h"

namespace caracal {
namespace {

// The matches of a pattern in Oniguruma's syntax, each in brackets.
std::string matches(std::string_view pattern, std::string_view text) {
  const Regex regex = Regex::from_file(pattern, "test");
  Regex::Matcher matcher(regex);
  std::string out;
  for (size_t at = 0; at < text.size() && matcher.find(text, at) && matcher.end() > matcher.begin();
       at = matcher.end())
    out += fmt::format("[{}]", text.substr(matcher.begin(), matcher.end() - matcher.begin()));
  return out;
}

TEST(OnigPattern, leaves_the_usual_patterns_as_they_are) {
  for (const std::string_view pattern :
       {R"((?i:'s|'t)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+(?!\S)|\s+)",
        R"('(?:[sdmt]|ll)| ?\p{Lu}++|\x{4e00}|(?<!a)b*?)"})
    EXPECT_EQ(translate_onig_pattern(pattern, "test"), pattern);
}

TEST(OnigPattern, interval_and_plus_repeat_and_are_not_possessive) {
  EXPECT_EQ(matches("a{2}+a", "aaaaa"), "[aaaaa]");
  EXPECT_EQ(matches("(?:ab|c){1,2}+d", "abcabd"), "[abcabd]");
  EXPECT_EQ(matches("\u00e9{2}+", "\u00e9\u00e9\u00e9"), "[\u00e9\u00e9]");
  EXPECT_EQ(matches("a{,2}b", "aaab"), "[aab]");
}

TEST(OnigPattern, classes_nest_and_intersect) {
  EXPECT_EQ(matches("[a[b-d]-]+", "x-abcd"), "[-abcd]");
  EXPECT_EQ(matches(R"([a[^ -~]]+)", "ab\u00e9a"), "[a][\u00e9a]");
  EXPECT_EQ(matches(R"([\p{L}&&[^\p{Han}]]+)", "a\u4e2db"), "[a][b]");
  EXPECT_EQ(matches(R"([^\p{L}&&[^\p{Han}]]+)", "a\u4e2d1b"), "[\u4e2d1]");
  EXPECT_EQ(matches("[]^]+", "a]^"), "[]^]");
}

TEST(OnigPattern, word_characters_are_those_of_oniguruma) {
  EXPECT_EQ(matches(R"(\w+)", "a_\u00bd-\u0301"), "[a_\u00bd][\u0301]");
  EXPECT_EQ(matches(R"([\w]+)", "a_\u00bd"), "[a_]");
  EXPECT_EQ(matches(R"([^\W_]+)", "a_1"), "[a][1]");
  EXPECT_EQ(matches(R"(\bb)", "ab b"), "[b]");
}

TEST(OnigPattern, m_lets_the_dot_match_newlines_and_anchors_match_at_lines) {
  EXPECT_EQ(matches("(?m:a.)", "a\n"), "[a\n]");
  EXPECT_EQ(matches("a.", "a\n"), "");
  EXPECT_EQ(matches("^b|c$", "a\nb\nc\nd"), "[b][c]");
}

TEST(OnigPattern, what_has_no_equal_is_refused) {
  for (const std::string_view pattern :
       {"(*NO_JIT)a", "(?~a)", "(?x) a", "[[:alpha:]]", "(?{a})", R"(\p{Nope})", R"(\pL)", "[a",
        "(a", R"(a\)", "[a&&]", R"(\C)"})
    EXPECT_THROW(Regex::from_file(pattern, "test"), Error) << pattern;
}

}  // namespace
}  // namespace caracal
