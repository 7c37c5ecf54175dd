#include "cli/text_input.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "cli/token_input.h"

namespace caracal::cli {
namespace {

TEST(Escapes, are_those_of_llama_cpp) {
  EXPECT_EQ(resolve_escapes(R"(a\nb\t\"\'\\n)"), "a\nb\t\"'\\n");
  EXPECT_EQ(resolve_escapes(R"(\x41\x4a\x00)"), std::string("AJ\0", 3));
}

TEST(Escapes, what_is_none_stays_as_it_is) {
  for (const char* text : {"\\", "\\q", "\\x", "\\x4", "\\xg0", "a\\x4", "\\u0041"})
    EXPECT_EQ(resolve_escapes(text), text);
}

TEST(TextInput, a_prompt_and_a_file_together_are_refused) {
  EXPECT_THROW((TextInput{.prompt = {"a"}, .file = "b"}.read()), Error);
  EXPECT_THROW((TextInput{.prompt = {"a", "b"}}.read()), Error);
  EXPECT_EQ((TextInput{.prompt = {""}}.read()), "");
}

TEST(TokenInput, ids_come_as_json_or_as_bare_numbers) {
  const std::vector<TokenId> expected = {1, 2, 3};
  EXPECT_EQ(parse_ids(R"( {"ids":[1,2,3]})", "x"), expected);
  EXPECT_EQ(parse_ids("1 2\n3\n", "x"), expected);
  EXPECT_EQ(parse_ids("1,2,3", "x"), expected);
  EXPECT_TRUE(parse_ids("", "x").empty());
}

TEST(TokenInput, other_things_are_refused) {
  for (const char* text : {"a", "-1", "1.5", "99999999999", R"({"ids":[-1]})", R"({"ids":"x"})",
                           R"({"ids":[1.5]})", R"({"ids":[4294967296]})", R"({"id":[]})", "{"})
    EXPECT_THROW(parse_ids(text, "x"), Error) << text;
  for (const char* text : {"[]", R"({"sequences":3})", R"({"sequences":[3]})"})
    EXPECT_THROW(parse_sequences(text, "x"), Error) << text;
}

}  // namespace
}  // namespace caracal::cli
