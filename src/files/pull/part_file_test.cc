#include "files/pull/part_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "files/pull/checksum.h"
#include "files/sha256.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

class PartFileTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    dir_ = fs::temp_directory_path() / fmt::format("caracal_{}_{}", info->name(), getpid());
    fs::create_directories(dir_);
    path_ = dir_ / "x.part";
  }
  void TearDown() override { fs::remove_all(dir_); }

  void leave(const std::vector<ByteRange>& missing) const {
    PartFile part(path_);
    part.begin({.n_bytes = 6, .etag = "\"e\"", .validator = "\"e\""});
    part.write(4, "ef");
    part.save(missing);
  }

  fs::path dir_, path_;
};

TEST_F(PartFileTest, a_later_process_knows_what_is_missing) {
  leave({{0, 2}, {3, 4}});
  PartFile part(path_);
  ASSERT_TRUE(part.is_begun());
  EXPECT_EQ(part.identity().n_bytes, 6u);
  EXPECT_EQ(part.identity().validator, "\"e\"");
  ASSERT_EQ(part.missing().size(), 2u);
  EXPECT_EQ(part.missing()[1].begin, 3u);
  part.write(0, "abcd");
  part.save({});
  EXPECT_TRUE(PartFile(path_).missing().empty());
  commit_part(path_, dir_ / "x");
  EXPECT_EQ(read_file(dir_ / "x"), "abcdef");
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_), {}), 1);
}

TEST_F(PartFileTest, a_part_without_a_good_state_starts_over) {
  const auto with_state = [&](const char* text) {
    leave({{0, 4}});
    write_file_atomic(dir_ / "x.part.state", text);
    return PartFile(path_).is_begun();
  };
  EXPECT_TRUE(with_state(R"({"n_bytes":6,"etag":"","validator":"v","missing":[[0,4]]})"));
  EXPECT_FALSE(with_state("{"));
  EXPECT_FALSE(with_state("[]"));
  EXPECT_FALSE(with_state(R"({"n_bytes":6})"));
  EXPECT_FALSE(with_state(R"({"n_bytes":-6,"etag":"","validator":"","missing":[]})"));
  EXPECT_FALSE(with_state(R"({"n_bytes":5,"etag":"","validator":"v","missing":[[0,4]]})"));
  EXPECT_FALSE(with_state(R"({"n_bytes":9,"etag":"","validator":"v","missing":[]})"));
  EXPECT_FALSE(with_state(R"({"n_bytes":6,"etag":"","validator":"v","missing":[[4,9]]})"));
  EXPECT_FALSE(with_state(R"({"n_bytes":6,"etag":"","validator":"v","missing":[[4,2]]})"));
  EXPECT_FALSE(with_state(R"({"n_bytes":6,"etag":"","validator":"v","missing":[[0]]})"));
  fs::remove(dir_ / "x.part.state");
  EXPECT_FALSE(PartFile(path_).is_begun());
}

TEST_F(PartFileTest, content_without_validator_keeps_no_state) {
  PartFile part(path_);
  part.begin({.n_bytes = 6});
  part.save({{0, 6}});
  EXPECT_FALSE(fs::exists(dir_ / "x.part.state"));
}

TEST_F(PartFileTest, more_than_the_disk_holds_is_refused_before_it_is_fetched) {
  PartFile part(path_);
  EXPECT_THROW(part.begin({.n_bytes = uint64_t{1} << 60}), Error);
}

TEST_F(PartFileTest, hashes_are_those_that_the_hub_names_content_by) {
  write_file_atomic(path_, "hello\n");  // `echo hello | git hash-object --stdin`
  EXPECT_EQ(git_blob_sha1_of_file(path_), "ce013625030ba8dba906f756967f9e9ca394464a");
  write_file_atomic(path_, "abc");
  const std::string sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(sha256_of_file(path_), sha256);
  EXPECT_NO_THROW(check_content(path_, Checksum::of_etag(sha256), "x"));
  EXPECT_NO_THROW(check_content(path_, Checksum::of_etag("opaque"), "x"));
  EXPECT_THROW(check_content(path_, Checksum::of_etag(std::string(40, '0')), "x"), Error);
}

}  // namespace
}  // namespace caracal
