/// caracal.hpp, as a program would use it: includes nothing of ours but that.
#include <gtest/gtest.h>

#include <string>

#include "caracal/caracal.hpp"

namespace {

caracal::Model tiny() {
  return caracal::Model::load(std::string(CARACAL_SOURCE_DIR) +
                              "/tests/goldens/models/tied-gqa2.gguf")
      .value();
}

TEST(CppWrapper, text_goes_to_tokens_and_back) {
  const caracal::Model model = tiny();
  const auto ids = model.tokenize("abc", {false, false}).value();
  EXPECT_EQ(model.detokenize(ids).value(), "abc");
}

TEST(CppWrapper, streams_what_it_returns) {
  caracal::Model model = tiny();
  caracal::GenerateOptions options;
  options.temp = 0;
  options.max_tokens = 8;
  std::string heard;
  options.on_text = [&](std::string_view text) {
    heard += text;
    return true;
  };
  const caracal::Answer answer = model.generate("abc", options).value();
  EXPECT_EQ(answer.text, heard);
  EXPECT_EQ(answer.timings.n_generated, static_cast<int32_t>(answer.ids.size()));
}

TEST(CppWrapper, an_exception_of_the_callback_comes_out_of_generate) {
  caracal::Model model = tiny();
  caracal::GenerateOptions options;
  options.max_tokens = 8;
  options.on_text = [](std::string_view) -> bool { throw std::logic_error("enough"); };
  EXPECT_THROW((void)model.generate("abc", options), std::logic_error);
  options.on_text = nullptr;
  EXPECT_TRUE(model.generate("abc", options).ok());
}

TEST(CppWrapper, errors_are_results_or_exceptions_as_the_caller_likes) {
  const auto missing = caracal::Model::load("/nowhere/x.gguf");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().status(), CARACAL_NOT_FOUND);
  EXPECT_THROW((void)caracal::Model::load("/nowhere/x.gguf").value(), caracal::Error);
}

}  // namespace
