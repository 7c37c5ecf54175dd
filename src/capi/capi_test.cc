/// The C interface on tiny models: what it gives, and that every error comes out as a status.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "caracal/caracal.h"

namespace {

using testing::HasSubstr;

std::string golden(const std::string& name) {
  return std::string(CARACAL_SOURCE_DIR) + "/tests/goldens/models/" + name + ".gguf";
}
const std::string kTiny = golden("tied-gqa2");

struct Failure {
  caracal_error* raw = nullptr;
  ~Failure() { caracal_error_free(raw); }
  std::string message() const { return caracal_error_message(raw); }
};

class CApi : public testing::Test {
 protected:
  void SetUp() override {
    Failure failure;
    ASSERT_EQ(caracal_model_load(kTiny.c_str(), nullptr, &model_, &failure.raw), CARACAL_OK)
        << failure.message();
  }
  void TearDown() override { caracal_model_free(model_); }

  std::vector<int32_t> tokens(const std::string& text, uint32_t flags = CARACAL_ADD_SPECIAL) {
    int32_t* ids = nullptr;
    size_t n = 0;
    EXPECT_EQ(caracal_tokenize(model_, text.data(), text.size(), flags, &ids, &n, nullptr),
              CARACAL_OK);
    std::vector<int32_t> out(ids, ids + n);
    caracal_free(ids);
    return out;
  }

  caracal_generate_options greedy(int32_t max_tokens) {
    caracal_generate_options options;
    caracal_generate_options_init(&options, sizeof(options));
    options.temp = 0;
    options.max_tokens = max_tokens;
    return options;
  }

  struct Generated {
    caracal_status status = CARACAL_INTERNAL;
    std::string text, message;
    std::vector<int32_t> ids;
    int finish = 0;
    caracal_timings timings{};
  };
  Generated generate(const caracal_generate_options& options, const std::string& prompt = "abc") {
    Generated out;
    Failure failure;
    caracal_answer* answer = nullptr;
    out.status = caracal_generate(model_, prompt.data(), prompt.size(), CARACAL_ADD_SPECIAL,
                                  &options, &answer, &failure.raw);
    out.message = failure.message();
    if (out.status != CARACAL_OK) return out;
    size_t n = 0;
    const char* text = caracal_answer_text(answer, &n);
    out.text.assign(text, n);
    const int32_t* ids = caracal_answer_ids(answer, &n);
    out.ids.assign(ids, ids + n);
    out.finish = caracal_answer_finish(answer);
    out.timings.struct_size = sizeof(out.timings);
    caracal_answer_timings(answer, &out.timings);
    caracal_answer_free(answer);
    return out;
  }

  caracal_model* model_ = nullptr;
};

TEST(CApiVersion, header_and_library_agree) {
  EXPECT_EQ(std::to_string(CARACAL_VERSION_MAJOR) + "." + std::to_string(CARACAL_VERSION_MINOR) +
                "." + std::to_string(CARACAL_VERSION_PATCH),
            caracal_version());
}

TEST_F(CApi, tokens_come_back_as_the_text) {
  const auto ids = tokens("abc", 0);
  ASSERT_FALSE(ids.empty());
  char* text = nullptr;
  size_t n = 0;
  ASSERT_EQ(caracal_detokenize(model_, ids.data(), ids.size(), 0, &text, &n, nullptr), CARACAL_OK);
  EXPECT_EQ(std::string(text, n), "abc");
  EXPECT_EQ(text[n], '\0');
  caracal_free(text);
  for (int32_t id : ids) EXPECT_LT(id, caracal_model_n_vocab(model_));
}

TEST_F(CApi, an_answer_holds_text_tokens_and_times) {
  const Generated answer = generate(greedy(8));
  ASSERT_EQ(answer.status, CARACAL_OK) << answer.message;
  EXPECT_EQ(answer.timings.n_generated, static_cast<int32_t>(answer.ids.size()));
  EXPECT_EQ(answer.timings.n_prompt, static_cast<int32_t>(tokens("abc").size()));
  EXPECT_GT(answer.timings.ttft_ms, 0);
  EXPECT_EQ(answer.finish, answer.ids.size() == 8 ? CARACAL_FINISH_LENGTH : CARACAL_FINISH_STOP);
}

TEST_F(CApi, pieces_add_up_to_the_text_and_ids_continue_like_text) {
  std::string heard;
  caracal_generate_options options = greedy(12);
  options.on_text_user = &heard;
  options.on_text = [](const char* text, size_t n, void* user) {
    static_cast<std::string*>(user)->append(text, n);
    return 0;
  };
  const Generated answer = generate(options);
  EXPECT_EQ(heard, answer.text);

  const auto prompt = tokens("abc");
  caracal_answer* again = nullptr;
  ASSERT_EQ(caracal_generate_ids(model_, prompt.data(), prompt.size(), &options, &again, nullptr),
            CARACAL_OK);
  EXPECT_EQ(caracal_answer_text(again, nullptr), answer.text);
  caracal_answer_free(again);
}

TEST_F(CApi, a_callback_ends_the_answer_and_hears_nothing_more) {
  int calls = 0;
  caracal_generate_options options = greedy(50);
  options.on_text_user = &calls;
  options.on_text = [](const char*, size_t, void* user) { return ++*static_cast<int*>(user); };
  const Generated answer = generate(options);
  EXPECT_EQ(answer.finish, CARACAL_FINISH_CANCELLED);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(generate(greedy(4)).status, CARACAL_OK);  // the model is free again
}

TEST_F(CApi, the_same_seed_gives_the_same_answer) {
  caracal_generate_options options = greedy(16);
  options.temp = 1.5f;
  options.seed = 7;
  const auto first = generate(options).ids;
  EXPECT_EQ(generate(options).ids, first);
  options.seed = 8;
  EXPECT_NE(generate(options).ids, first);
}

TEST_F(CApi, settings_by_name_reach_what_the_struct_lacks) {
  const auto first = generate(greedy(1)).ids;
  ASSERT_EQ(first.size(), 1u);
  const std::string banned = std::to_string(first[0]);
  const caracal_setting settings[] = {{"banned_token_ids", banned.c_str()}};
  caracal_generate_options options = greedy(1);
  options.settings = settings;
  options.n_settings = 1;
  EXPECT_NE(generate(options).ids, first);
}

TEST_F(CApi, settings_answer_to_the_long_flags_of_the_command_line) {
  for (const char* name : {"temp", "temperature", "dynatemp_exp", "dynatemp_exponent"}) {
    const caracal_setting settings[] = {{name, "0.5"}};
    caracal_generate_options options = greedy(1);
    options.settings = settings;
    options.n_settings = 1;
    EXPECT_EQ(generate(options).status, CARACAL_OK) << name;
  }
}

TEST_F(CApi, stop_strings_end_the_answer_and_stay_out_of_it) {
  const std::string whole = generate(greedy(12)).text;
  ASSERT_GE(whole.size(), 3u);
  const std::string stop = whole.substr(whole.size() / 2, 1);
  const char* stops[] = {stop.c_str()};
  caracal_generate_options options = greedy(12);
  options.stop = stops;
  options.n_stop = 1;
  const Generated answer = generate(options);
  EXPECT_EQ(answer.finish, CARACAL_FINISH_STOP);
  EXPECT_EQ(answer.text, whole.substr(0, whole.find(stop)));
}

TEST_F(CApi, a_callback_that_generates_is_refused_and_does_not_hang) {
  struct Nested {
    caracal_model* model;
    caracal_status status = CARACAL_OK;
  } nested{model_};
  caracal_generate_options options = greedy(8);
  options.on_text_user = &nested;
  options.on_text = [](const char*, size_t, void* user) {
    auto& inner = *static_cast<Nested*>(user);
    caracal_answer* answer = nullptr;
    inner.status = caracal_generate(inner.model, "a", 1, 0, nullptr, &answer, nullptr);
    return 1;
  };
  generate(options);
  EXPECT_EQ(nested.status, CARACAL_BAD_REQUEST);
}

TEST_F(CApi, threads_take_turns) {
  const auto expected = generate(greedy(8)).ids;
  std::vector<std::vector<int32_t>> got(3);
  {
    std::vector<std::jthread> threads;
    threads.reserve(got.size());
    for (auto& ids : got) threads.emplace_back([&] { ids = generate(greedy(8)).ids; });
  }
  for (const auto& ids : got) EXPECT_EQ(ids, expected);
}

TEST_F(CApi, wrong_values_come_back_as_status_and_message) {
  caracal_generate_options options = greedy(4);
  options.temp = -1;
  Generated answer = generate(options);
  EXPECT_EQ(answer.status, CARACAL_BAD_CONFIG);
  EXPECT_THAT(answer.message, HasSubstr("temp"));

  const caracal_setting unknown[] = {{"warp_drive", "1"}};
  options = greedy(4);
  options.settings = unknown;
  options.n_settings = 1;
  answer = generate(options);
  EXPECT_EQ(answer.status, CARACAL_BAD_CONFIG);
  EXPECT_THAT(answer.message, HasSubstr("warp_drive"));

  caracal_answer* none = nullptr;
  Failure failure;
  EXPECT_EQ(caracal_generate_ids(model_, nullptr, 0, nullptr, &none, &failure.raw),
            CARACAL_BAD_REQUEST);
  EXPECT_EQ(none, nullptr);
  EXPECT_EQ(caracal_error_status(failure.raw), CARACAL_BAD_REQUEST);
  const int32_t outside[] = {1 << 30};
  EXPECT_EQ(caracal_generate_ids(model_, outside, 1, nullptr, &none, nullptr), CARACAL_BAD_REQUEST);
}

TEST_F(CApi, null_arguments_and_unknown_flags_are_refused) {
  size_t n = 0;
  int32_t* ids = nullptr;
  EXPECT_EQ(caracal_tokenize(nullptr, "a", 1, 0, &ids, &n, nullptr), CARACAL_BAD_REQUEST);
  EXPECT_EQ(caracal_tokenize(model_, nullptr, 1, 0, &ids, &n, nullptr), CARACAL_BAD_REQUEST);
  EXPECT_EQ(caracal_tokenize(model_, "a", 1, 0, nullptr, &n, nullptr), CARACAL_BAD_REQUEST);
  EXPECT_EQ(caracal_tokenize(model_, "a", 1, 1u << 20, &ids, &n, nullptr), CARACAL_BAD_REQUEST);
  EXPECT_EQ(caracal_model_load(nullptr, nullptr, nullptr, nullptr), CARACAL_BAD_REQUEST);
  caracal_free(nullptr);
  caracal_error_free(nullptr);
  caracal_answer_free(nullptr);
  caracal_model_free(nullptr);
}

TEST_F(CApi, a_conversation_needs_json_and_a_template) {
  int32_t* ids = nullptr;
  size_t n = 0;
  Failure broken, none;
  const std::string json = R"({"messages":[{"role":"user","content":"a"}]})";
  EXPECT_EQ(caracal_tokenize_chat(model_, "{", 1, &ids, &n, &broken.raw), CARACAL_BAD_REQUEST);
  EXPECT_EQ(caracal_tokenize_chat(model_, json.data(), json.size(), &ids, &n, &none.raw),
            CARACAL_BAD_CONFIG);  // the tiny models have no template
  EXPECT_THAT(none.message(), HasSubstr("chat template"));
}

TEST(CApiLoad, what_cannot_be_loaded_says_why) {
  caracal_model* model = nullptr;
  Failure missing, not_a_model;
  EXPECT_EQ(caracal_model_load("/nowhere/x.gguf", nullptr, &model, &missing.raw),
            CARACAL_NOT_FOUND);
  EXPECT_THAT(missing.message(), HasSubstr("/nowhere/x.gguf"));
  EXPECT_EQ(caracal_model_load((std::string(CARACAL_SOURCE_DIR) + "/LICENSE").c_str(), nullptr,
                               &model, &not_a_model.raw),
            CARACAL_BAD_FILE);
  EXPECT_EQ(model, nullptr);
}

TEST(CApiLoad, options_and_progress_are_honoured) {
  uint64_t last = 0;
  caracal_model_options options;
  caracal_model_options_init(&options, sizeof(options));
  const caracal_setting settings[] = {{"cache_type_k", "f32"}, {"block_tokens", "8"}};
  options.n_ctx = 40;
  options.settings = settings;
  options.n_settings = 2;
  options.on_progress_user = &last;
  options.on_progress = [](uint64_t done, uint64_t total, void* user) {
    EXPECT_LE(done, total);
    *static_cast<uint64_t*>(user) = done;
  };
  caracal_model* model = nullptr;
  ASSERT_EQ(caracal_model_load(golden("formats-q4_0").c_str(), &options, &model, nullptr),
            CARACAL_OK);
  EXPECT_EQ(caracal_model_n_ctx(model), 40);
  EXPECT_GT(last, 0u);
  caracal_model_free(model);
}

/// A struct as a later release may know it.
struct LaterOptions {
  caracal_model_options known;
  int64_t added;
};

TEST(CApiGrowth, newer_programs_work_unless_they_use_what_is_not_there) {
  LaterOptions later;
  caracal_model_options_init(&later.known, sizeof(later));
  EXPECT_EQ(later.known.struct_size, sizeof(later));
  EXPECT_EQ(later.added, 0);
  caracal_model* model = nullptr;
  ASSERT_EQ(caracal_model_load(kTiny.c_str(), &later.known, &model, nullptr), CARACAL_OK);
  caracal_model_free(model);
  later.added = 1;
  EXPECT_EQ(caracal_model_load(kTiny.c_str(), &later.known, &model, nullptr), CARACAL_UNSUPPORTED);
}

TEST(CApiGrowth, a_struct_that_was_not_initialised_is_refused) {
  caracal_model_options options{};
  caracal_model* model = nullptr;
  EXPECT_EQ(caracal_model_load(kTiny.c_str(), &options, &model, nullptr), CARACAL_BAD_REQUEST);
  options.struct_size = SIZE_MAX;
  EXPECT_EQ(caracal_model_load(kTiny.c_str(), &options, &model, nullptr), CARACAL_BAD_REQUEST);
}

TEST(CApiLog, levels_are_checked) {
  EXPECT_EQ(caracal_set_log_level("loud", nullptr), CARACAL_BAD_CONFIG);
  EXPECT_EQ(caracal_set_log_level("warn", nullptr), CARACAL_OK);
}

}  // namespace
