#include "text/template/chat_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "text/template/template_case.h"

namespace caracal {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Json conversation() { return {{"messages", Json::array({{{"role", "user"}, {"content", "Hi"}}})}}; }

TEST(ChatTemplate, absent_keys_take_their_defaults) {
  const ChatTemplate t(
      "[{{ bos_token }}{{ eos_token }}] {{ add_generation_prompt }} {{ tools is defined }} "
      "{{ documents is defined }} {{ now is defined }}");
  EXPECT_EQ(t.render(conversation()), "[] True False False False");
}

TEST(ChatTemplate, given_keys_reach_the_template) {
  Json input = conversation();
  input["bos_token"] = "<s>";
  input["add_generation_prompt"] = false;
  input["enable_thinking"] = false;
  input["tools"] = Json::array();
  const ChatTemplate t(
      "{{ bos_token }} {{ add_generation_prompt }} {{ enable_thinking }} {{ tools }}");
  EXPECT_EQ(t.render(input), "<s> False False []");
}

TEST(ChatTemplate, the_time_is_the_one_given) {
  Json input = conversation();
  const ChatTemplate t("{{ strftime_now('%d %b %Y %H:%M') }}");
  input["now"] = "2024-02-29 23:59";
  EXPECT_EQ(t.render(input), "29 Feb 2024 23:59");
  for (const char* wrong : {"", "yesterday", "2023-02-29", "2024-13-01", "2024-02-29T25:00:00"}) {
    input["now"] = wrong;
    EXPECT_THROW(t.render(input), Error) << wrong;
  }
}

TEST(ChatTemplate, an_error_says_its_line_and_reason) {
  const std::string source = "one\n{% if true %}\n  {{ messages[0].content + 1 }}\n{% endif %}\n";
  try {
    ChatTemplate(source).render(conversation());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_request);
    EXPECT_EQ(error.context(), "chat template line 3");
    EXPECT_THAT(error.what(), HasSubstr("can only concatenate str (not \"int\") to str"));
  }
  EXPECT_THAT(
      render_or_error("a\n\n{% macro m() %}\n{{ raise_exception('no') }}{% endmacro %}\n{{ m() }}"),
      StartsWith("!chat template line 4: no"));
  EXPECT_THAT(render_or_error("{#\n#}\n{{ 'x' | nope }}"),
              StartsWith("!chat template line 3: No filter named 'nope'."));
}

TEST(ChatTemplate, the_code_tells_who_is_wrong) {
  const auto code_of = [](const std::string& source) {
    try {
      ChatTemplate(source).render(conversation());
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::internal;
  };
  EXPECT_EQ(code_of("{% if %}"), ErrorCode::bad_file);
  EXPECT_EQ(code_of("\xff"), ErrorCode::bad_file);
  EXPECT_EQ(code_of("{% include 'x' %}"), ErrorCode::unsupported);
  EXPECT_EQ(code_of("{{ 'x'|wordwrap }}"), ErrorCode::unsupported);
  EXPECT_EQ(code_of("{{ 9223372036854775807 + 1 }}"), ErrorCode::unsupported);
  EXPECT_EQ(code_of("{{ raise_exception('x') }}"), ErrorCode::bad_request);
}

TEST(ChatTemplate, input_that_is_no_conversation_is_refused) {
  const ChatTemplate t("x");
  EXPECT_THROW(t.render(Json::array()), Error);
  EXPECT_THROW(t.render(Json::object()), Error);
  EXPECT_THROW(t.render({{"messages", "Hi"}}), Error);
}

TEST(ChatTemplate, ill_formed_text_in_the_input_becomes_replacement_characters) {
  Json input = conversation();
  input["messages"][0]["content"] = "a\xff";
  EXPECT_EQ(ChatTemplate("{{ messages[0].content }}").render(input), "a\xEF\xBF\xBD");
}

TEST(ChatTemplate, what_a_template_would_print_as_an_address_is_an_error) {
  for (const char* source : {"{{ d.items }}", "{{ 'a'.upper }}", "{{ range }}",
                             "{{ l|map('string') }}", "{{ cycler(1) }}", "{{ [joiner()] }}"}) {
    EXPECT_THAT(render_or_error(source), HasSubstr("memory address")) << source;
  }
}

TEST(ChatTemplate, renders_from_several_threads) {
  const ChatTemplate t(
      "{% for m in messages %}{{ m.role ~ ': ' ~ m.content|upper }}\n{% endfor %}");
  const std::string expected = t.render(template_case_input());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) EXPECT_EQ(t.render(template_case_input()), expected);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace caracal
