#include "cli/conversation.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace caracal::cli {
namespace {

/// One token per message.
int32_t count(const Json& messages) { return static_cast<int32_t>(messages.size()); }

Conversation five_turns(std::string system) {
  Conversation c(std::move(system));
  for (int i = 0; i < 5; ++i) {
    c.ask("q" + std::to_string(i));
    if (i < 4) c.answer("a" + std::to_string(i));
  }
  return c;
}

TEST(Conversation, oldest_turns_go_whole_and_the_system_prompt_stays) {
  Conversation c = five_turns("be brief");
  EXPECT_EQ(c.drop_oldest(5, count), 3);  // system, q2, a2, q3, a3, q4 are six
  const Json m = c.messages();
  EXPECT_EQ(m.size(), 4u);
  EXPECT_EQ(m[0]["role"], "system");
  EXPECT_EQ(m[1]["content"], "q3");
}

TEST(Conversation, the_last_turn_stays_however_long_it_is) {
  Conversation c = five_turns("");
  EXPECT_EQ(c.drop_oldest(0, count), 4);
  EXPECT_EQ(c.messages(), Json::parse(R"([{"role":"user","content":"q4"}])"));
}

TEST(Conversation, nothing_goes_while_everything_fits) {
  Conversation c = five_turns("");
  EXPECT_EQ(c.drop_oldest(9, count), 0);
  EXPECT_EQ(c.n_turns(), 5u);
}

TEST(Conversation, a_retracted_question_leaves_no_trace) {
  Conversation c("");
  c.ask("one");
  c.answer("");
  c.ask("two");
  c.retract();
  EXPECT_EQ(c.messages(), Json::parse(R"([{"role":"user","content":"one"},
                                          {"role":"assistant","content":""}])"));
}

}  // namespace
}  // namespace caracal::cli
