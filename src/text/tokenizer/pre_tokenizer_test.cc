#include "text/tokenizer/pre_tokenizer.h"

#include <gtest/gtest.h>

#include <set>

#include "text/tokenizer/regex.h"
#include "text/tokenizer/splitter.h"

namespace caracal {
namespace {

std::vector<std::string> words(std::string_view pre, std::string_view text) {
  const Splitter splitter(*find_pre_tokenizer(pre));
  std::vector<std::string> out;
  for (const TextRange range : splitter.split(text))
    out.emplace_back(text.substr(range.begin, range.end - range.begin));
  return out;
}
using Words = std::vector<std::string>;

TEST(PreTokenizers, names_are_unique_and_every_pattern_compiles) {
  std::set<std::string_view> names;
  for (const PreTokenizer& row : pre_tokenizers()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.proven.empty()) << row.name;
    EXPECT_NO_THROW(Splitter{row}) << row.name;
  }
  EXPECT_EQ(find_pre_tokenizer("no-such-family"), nullptr);
}

TEST(PreTokenizers, words_cover_the_text) {
  const std::string text = "I'm  12345 caf\u00e9s\u3000\u4e2d\u6587!\r\n\n x\u00bd\u0301 \t";
  for (const PreTokenizer& row : pre_tokenizers()) {
    if (row.name == "whitespace") continue;  // drops the gaps
    std::string joined;
    for (const std::string& word : words(row.name, text)) {
      EXPECT_FALSE(word.empty()) << row.name;
      joined += word;
    }
    EXPECT_EQ(joined, text) << row.name;
  }
  EXPECT_EQ(words("whitespace", " a  b "), (Words{"a", "b"}));
}

TEST(PreTokenizers, families_differ_where_they_should) {
  EXPECT_EQ(words("gpt-2", "it's 1234"), (Words{"it", "'s", " 1234"}));
  EXPECT_EQ(words("smollm", "a 12"), (Words{"a", " ", "1", "2"}));
  EXPECT_EQ(words("llama-bpe", "IT'S 1234"), (Words{"IT", "'S", " ", "123", "4"}));
  EXPECT_EQ(words("qwen2", "12"), (Words{"1", "2"}));
  EXPECT_EQ(words("gpt-4o", "camelCase's"), (Words{"camel", "Case's"}));
  EXPECT_EQ(words("tiny_aya", "1234567 1234567b"),
            (Words{"1", "234", "567", " ", "123", "456", "7", "b"}));
  EXPECT_EQ(words("superbpe", "1234567"), (Words{"1", "234", "567"}));
  EXPECT_EQ(words("kimi-k2", "ab\u4e2d\u6587cd"), (Words{"ab", "\u4e2d\u6587", "cd"}));
}

// Falcon's digits are found in the byte alphabet, where the second byte of U+00FC is a fraction.
TEST(PreTokenizers, falcon_cuts_inside_characters) {
  EXPECT_EQ(words("falcon", "\u00fc"), (Words{"\xc3", "\xbc"}));
}

TEST(Regex, white_space_is_the_unicode_property) {
  const Regex space(R"(\s)"), not_space(R"(\S)"), in_class(R"([^\s])");
  Regex::Matcher is_space(space), is_not_space(not_space), is_outside(in_class);
  for (const std::string_view c : {"\u180e", "\u200b", "\ufeff", "a"}) {
    EXPECT_FALSE(is_space.find(c, 0));
    EXPECT_TRUE(is_not_space.find(c, 0));
    EXPECT_TRUE(is_outside.find(c, 0));
  }
  for (const std::string_view c :
       {" ", "\t", "\v", "\u0085", "\u00a0", "\u1680", "\u2028", "\u3000"}) {
    EXPECT_TRUE(is_space.find(c, 0));
    EXPECT_FALSE(is_not_space.find(c, 0));
    EXPECT_FALSE(is_outside.find(c, 0));
  }
}

// The compiled code's stack holds a few thousand nested groups; the interpreter goes on from there.
TEST(Regex, running_out_of_stack_gives_the_same_match) {
  const Regex nested("(?:(?:a|b)(?:c|d))*e");
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "ac";
  Regex::Matcher matcher(nested);
  ASSERT_TRUE(matcher.find(text + "e", 0));
  EXPECT_EQ(matcher.begin(), 0u);
  EXPECT_EQ(matcher.end(), text.size() + 1);
}

}  // namespace
}  // namespace caracal
