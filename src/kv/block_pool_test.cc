#include "kv/block_pool.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>

namespace caracal {
namespace {

TEST(BlockPool, running_out_is_an_outcome) {
  BlockPool pool(2);
  EXPECT_TRUE(pool.allocate());
  EXPECT_TRUE(pool.allocate());
  EXPECT_FALSE(pool.allocate());
}

TEST(BlockTable, growth_that_does_not_fit_changes_nothing) {
  BlockPool pool(3);
  BlockTable table(pool, 4, 64);
  EXPECT_TRUE(table.grow(5));
  EXPECT_EQ(table.blocks().size(), 2u);
  EXPECT_FALSE(table.grow(17));
  EXPECT_EQ(table.blocks().size(), 2u);
  EXPECT_EQ(pool.n_free(), 1);
}

TEST(BlockPool, free_plus_referenced_is_the_whole_under_random_use) {
  std::mt19937 random(7);
  BlockPool pool(64);
  std::vector<std::unique_ptr<BlockTable>> tables;
  for (int step = 0; step < 20000; ++step) {
    switch (random() % 4) {
      case 0:
        if (tables.size() < 12) tables.push_back(std::make_unique<BlockTable>(pool, 8, 256));
        break;
      case 1:
        if (!tables.empty())
          (void)tables[random() % tables.size()]->grow(static_cast<int32_t>(random() % 200));
        break;
      case 2:
        if (!tables.empty())
          tables[random() % tables.size()]->truncate(static_cast<int32_t>(random() % 200));
        break;
      default:
        if (!tables.empty())
          tables.erase(tables.begin() + static_cast<ptrdiff_t>(random() % tables.size()));
    }
    std::vector<int> owners(64, 0);
    int held = 0;
    for (const auto& table : tables)
      for (BlockId id : table->blocks()) ++owners[static_cast<size_t>(id)], ++held;
    ASSERT_EQ(held + pool.n_free(), pool.n_blocks());
    for (BlockId id = 0; id < 64; ++id)
      ASSERT_EQ(pool.ref_count(id), owners[static_cast<size_t>(id)]);
  }
}

}  // namespace
}  // namespace caracal
