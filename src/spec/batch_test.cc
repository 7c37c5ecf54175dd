#include "spec/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace caracal {
namespace {

using testing::ElementsAre;

TEST(Batch, a_chain_sees_all_before_it) {
  Batch batch;
  const TokenId tokens[] = {5, 6, 7};
  append_sequence(batch, {.tokens = tokens, .context_len = 10});
  EXPECT_EQ(batch.rows[2].position, 12);
  EXPECT_EQ(batch.rows[2].path_len, -1);
  EXPECT_THAT(batch.logit_rows, ElementsAre(2));
}

TEST(Batch, a_tree_row_sees_its_ancestors_and_stands_at_its_depth) {
  Batch batch;
  const TokenId tokens[] = {1, 2, 3, 4, 5};
  const int32_t parents[] = {-1, 0, 0, 2, 1};
  append_sequence(
      batch,
      {.tokens = tokens, .parents = parents, .context_len = 4, .logits = BatchInput::Logits::all});
  const BatchRow& row = batch.rows[3];
  EXPECT_EQ(row.position, 6);
  const auto path =
      std::span(batch.paths)
          .subspan(static_cast<size_t>(row.path_begin), static_cast<size_t>(row.path_len));
  EXPECT_THAT(path, ElementsAre(0, 2, 3));
  EXPECT_EQ(batch.n_logit_rows(), 5);
}

TEST(Batch, parents_that_form_a_chain_are_a_chain) {
  Batch batch;
  const TokenId tokens[] = {1, 2};
  const int32_t parents[] = {-1, 0};
  append_sequence(batch, {.tokens = tokens, .parents = parents});
  EXPECT_EQ(batch.rows[1].path_len, -1);
  EXPECT_TRUE(batch.paths.empty());
}

}  // namespace
}  // namespace caracal
