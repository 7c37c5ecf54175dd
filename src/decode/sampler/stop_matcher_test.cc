#include "decode/sampler/stop_matcher.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace caracal {
namespace {

SamplingParams stopping_at(std::vector<std::string> stop) {
  SamplingParams params;
  params.stop = std::move(stop);
  return params;
}

struct Ending {
  std::string shown;
  std::string matched;
  bool operator==(const Ending&) const = default;
};

/// Feeds pieces as tokens until the answer ends.
Ending run(const SamplingParams& params, const std::vector<std::string>& pieces) {
  StopMatcher matcher(params, {});
  std::string shown;
  for (const std::string& piece : pieces) {
    if (matcher.push(0, piece, shown)) return {shown, std::string(matcher.matched_text())};
  }
  matcher.finish(shown);
  return {shown, ""};
}

std::vector<std::string> cut(const std::string& text, const std::vector<size_t>& at) {
  std::vector<std::string> pieces;
  size_t begin = 0;
  for (const size_t end : at) {
    pieces.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  pieces.push_back(text.substr(begin));
  return pieces;
}

TEST(StopMatcher, finds_a_stop_string_cut_at_any_two_positions) {
  const std::string text = "Hello <|im<|im_end|> tail <|im_end|>";
  const Ending expected{"Hello <|im", "<|im_end|>"};
  for (size_t a = 0; a <= text.size(); ++a) {
    for (size_t b = a; b <= text.size(); ++b) {
      EXPECT_EQ(run(stopping_at({"<|im_end|>", "\n\n"}), cut(text, {a, b})), expected)
          << a << " " << b;
    }
  }
}

TEST(StopMatcher, text_that_only_began_like_a_stop_string_is_shown) {
  EXPECT_EQ(run(stopping_at({"END"}), {"the E", "N", "d. EN"}), (Ending{"the ENd. EN", ""}));
}

TEST(StopMatcher, the_first_complete_stop_string_counts_and_of_two_the_longer) {
  EXPECT_EQ(run(stopping_at({"abcd", "bc"}), {"xabcd"}), (Ending{"xa", "bc"}));
  EXPECT_EQ(run(stopping_at({"bc", "abc"}), {"xabc"}), (Ending{"x", "abc"}));
}

TEST(StopMatcher, can_keep_the_stop_string_but_nothing_behind_it) {
  SamplingParams params = stopping_at({"stop"});
  params.include_stop_str_in_output = true;
  EXPECT_EQ(run(params, {"please st", "op now"}), (Ending{"please stop", "stop"}));
}

TEST(StopMatcher, agrees_with_a_plain_search_however_the_text_is_cut) {
  EXPECT_TRUE(rc::check([] {
    const auto letters = [](int min, int max) {
      return rc::gen::mapcat(rc::gen::inRange(min, max), [](int n) {
        return rc::gen::container<std::string>(static_cast<size_t>(n),
                                               rc::gen::elementOf(std::string("aab")));
      });
    };
    const std::string text = *letters(0, 30);
    const std::vector<std::string> stops = {*letters(2, 7), *letters(2, 7)};
    auto at =
        *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, text.size() + 1));
    std::sort(at.begin(), at.end());

    Ending expected{text, ""};
    for (size_t end = 1; end <= text.size() && expected.matched.empty(); ++end) {
      for (const std::string& stop : stops) {
        const bool ends = text.substr(0, end).ends_with(stop);
        if (ends && stop.size() > expected.matched.size()) {
          expected = {text.substr(0, end - stop.size()), stop};
        }
      }
    }
    RC_ASSERT(run(stopping_at(stops), cut(text, at)) == expected);
  }));
}

TEST(StopMatcher, holds_back_exactly_what_may_begin_a_stop_string) {
  const std::vector<std::string> stops = {"aab", "ba!"};
  StopMatcher matcher(stopping_at(stops), {});
  std::string fed, shown;
  for (const char c : std::string("xaaabxx").substr(0, 4) + "cbacaaa") {
    fed += c;
    ASSERT_FALSE(matcher.push(0, std::string(1, c), shown));
    size_t longest = 0;
    for (const std::string& stop : stops) {
      for (size_t n = 1; n < stop.size(); ++n) {
        if (fed.ends_with(stop.substr(0, n))) longest = std::max(longest, n);
      }
    }
    EXPECT_EQ(shown, fed.substr(0, fed.size() - longest));
  }
}

TEST(StopMatcher, a_stop_id_ends_the_answer_and_releases_held_text) {
  const std::vector<TokenId> ids = {2, 9};
  StopMatcher matcher(stopping_at({"END"}), ids);
  std::string shown;
  EXPECT_FALSE(matcher.push(5, "the E", shown));
  EXPECT_EQ(shown, "the ");
  EXPECT_TRUE(matcher.push(9, "</s>", shown));
  EXPECT_EQ(shown, "the E");
  EXPECT_EQ(matcher.matched_id(), 9);
  EXPECT_EQ(matcher.matched_text(), "");
}

TEST(StopMatcher, nothing_stops_the_answer_before_min_tokens) {
  const std::vector<TokenId> ids = {2};
  SamplingParams params = stopping_at({"aa"});
  params.min_tokens = 3;
  StopMatcher matcher(params, ids);
  std::string shown;
  EXPECT_FALSE(matcher.push(2, "x", shown));
  EXPECT_FALSE(matcher.push(5, "aab", shown));
  EXPECT_FALSE(matcher.push(5, "aa", shown));
  EXPECT_EQ(shown, "xaaba") << "the last letter may still begin a stop string";
  EXPECT_TRUE(matcher.push(5, "a", shown));
  EXPECT_EQ(shown, "xaaba");
  EXPECT_EQ(matcher.matched_text(), "aa");
}

TEST(StopMatcher, time_is_linear_for_self_similar_text) {
  const std::string stop = std::string(4095, 'a') + "b";
  const std::string text(200000, 'a');
  EXPECT_EQ(run(stopping_at({stop}), {text}).shown, text);
}

}  // namespace
}  // namespace caracal
