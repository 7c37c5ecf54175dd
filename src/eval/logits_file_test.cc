#include "eval/logits_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>

#include "base/error.h"
#include "base/rng.h"
#include "eval/kl_divergence.h"
#include "eval/log_softmax.h"
#include "eval/logits_row.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int32_t kVocab = 101;  // odd: rows are padded

class LogitsFiles : public testing::Test {
 protected:
  LogitsFiles() {
    std::vector<TokenId> tokens;
    for (int i = 0; i < 23; ++i) tokens.push_back((i * 7) % kVocab);
    windows_.emplace_back(std::move(tokens), 10, 0, 5);
    Rng rng(1);
    for (int64_t i = 0; i < windows().n_scored() * kVocab; ++i)
      logits_.push_back(static_cast<float>(24 * rng.uniform() - 12));
  }
  void SetUp() override { fs::create_directories(dir_); }
  void TearDown() override { fs::remove_all(dir_); }

  const TextWindows& windows() const { return windows_[0]; }
  std::span<const float> row(int i) const {
    return std::span(logits_).subspan(static_cast<size_t>(i) * kVocab, kVocab);
  }
  TokenId target(int window, int row) const {
    return windows().window(window)[static_cast<size_t>(windows().first_row() + row + 1)];
  }
  fs::path write() const {
    LogitsFileWriter writer(path_, windows(), kVocab);
    for (int i = 0; i < windows().n_scored(); ++i)
      writer.add(row(i), -log_prob(row(i), target(i / 4, i % 4)));
    writer.commit();
    return path_;
  }
  std::string message_of(std::string_view image) const {
    write_file_atomic(dir_ / "damaged", image);
    try {
      LogitsFile::open(dir_ / "damaged");
    } catch (const Error& e) {
      return e.what();
    }
    return "no error";
  }

  fs::path dir_ = fs::temp_directory_path() / fmt::format("caracal_logits_{}", getpid());
  fs::path path_ = dir_ / "base.logits";
  std::vector<TextWindows> windows_;
  std::vector<float> logits_;
};

TEST_F(LogitsFiles, give_the_distributions_back) {
  const LogitsFile file = LogitsFile::open(write());
  EXPECT_EQ(file.n_ctx(), 10);
  EXPECT_EQ(file.n_vocab(), kVocab);
  EXPECT_EQ(file.n_windows(), 2);
  EXPECT_THAT(file.tokens(), testing::ElementsAreArray(windows().tokens()));
  std::vector<float> read(kVocab);
  for (int i = 0; i < windows().n_scored(); ++i) {
    const double tail = file.read_row(i / 4, i % 4, read);
    EXPECT_LT(kl_divergence(read, row(i), tail), 1e-8);
    const double largest = *std::ranges::max_element(row(i));
    const double log_sum = log_sum_exp(row(i));
    for (size_t t = 0; t < kVocab; ++t) {
      if (row(i)[t] > largest - 15.99f) {
        EXPECT_NEAR(read[t], row(i)[t] - log_sum, 1.3e-4);
      }
      if (row(i)[t] < largest - 16) {
        EXPECT_EQ(read[t], -INFINITY);
      }
    }
    EXPECT_EQ(file.nll(i / 4, i % 4), -log_prob(row(i), target(i / 4, i % 4)));
  }
}

// The layout of llama.cpp: what stands before our trailer is a whole file of its own.
TEST_F(LogitsFiles, are_readable_without_what_we_add) {
  const std::string image = read_file(write());
  const size_t n_bytes = 20 + 20 * 4 + 8 * (8 + 2 * 102);
  ASSERT_GT(image.size(), n_bytes);
  write_file_atomic(dir_ / "plain", std::string_view(image).substr(0, n_bytes));
  const LogitsFile file = LogitsFile::open(dir_ / "plain");
  for (int i = 0; i < windows().n_scored(); ++i) {
    const double exact = -log_prob(row(i), target(i / 4, i % 4));
    if (exact < 16) {
      EXPECT_NEAR(file.nll(i / 4, i % 4), exact, 1.3e-4);
    }
  }
}

TEST_F(LogitsFiles, are_refused_when_damaged) {
  const std::string image = read_file(write());
  EXPECT_THAT(message_of(""), HasSubstr("expected a file of logits"));
  EXPECT_THAT(message_of("GGUF" + image.substr(4)), HasSubstr("expected a file of logits"));
  for (size_t cut : {10ul, 30ul, 500ul, image.size() - 1})
    EXPECT_THAT(message_of(image.substr(0, cut)), HasSubstr("expected")) << cut;
  std::string changed = image;
  changed[300] ^= 1;
  EXPECT_THAT(message_of(changed), HasSubstr("checksum"));
  const auto with_int = [&](size_t at, int32_t value) {
    std::string out = image;
    std::memcpy(out.data() + at, &value, sizeof(value));
    return message_of(out);
  };
  EXPECT_THAT(with_int(8, -1), HasSubstr("tokens per window: expected 4"));
  EXPECT_THAT(with_int(12, 0), HasSubstr("vocabulary: expected 1"));
  EXPECT_THAT(with_int(16, INT32_MAX), HasSubstr("was the file cut?"));
  // Sizes whose product does not fit 64 bits, with and without what stands behind the rows.
  for (int32_t n_vocab : {1 << 24, (1 << 24) - 4, 1 << 20}) {
    std::string out = image;
    const int32_t head[] = {1 << 28, n_vocab, INT32_MAX};
    std::memcpy(out.data() + 8, head, sizeof(head));
    EXPECT_THAT(message_of(out), HasSubstr("was the file cut?")) << n_vocab;
  }
  EXPECT_THAT(with_int(20, kVocab), HasSubstr("expected token ids below 101, found 101"));
}

TEST_F(LogitsFiles, do_not_appear_before_they_are_complete) {
  {
    LogitsFileWriter writer(path_, windows(), kVocab);
    writer.add(row(0), 1);
  }
  EXPECT_FALSE(fs::exists(path_));
  EXPECT_TRUE(fs::is_empty(dir_));
}

TEST(LogitsRow, equal_logits_stay_equal) {
  const std::vector<float> logits(8, 3.5f);
  std::vector<uint16_t> row(logits_row_bytes(8) / 2);
  encode_logits_row(logits, row);
  const auto head = LogitsRowHead::of(std::as_bytes(std::span(row)));
  EXPECT_NEAR(head.log_prob(0), -std::log(8.0), 1e-6);
  EXPECT_FALSE(head.floor_is_open());
}

}  // namespace
}  // namespace caracal
