#include "files/pull/model_source.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "files/pull/shards.h"
#include "files/pull/url.h"

namespace caracal {
namespace {

constexpr std::string_view kEndpoint = "https://huggingface.co";

std::string text_of(std::string_view text) {
  const ModelSource source = parse_model_source(text, kEndpoint);
  if (const auto* s = std::get_if<CatalogueSource>(&source)) return "name " + s->name;
  if (const auto* s = std::get_if<PackageSource>(&source))
    return fmt::format("package {}|{}|{}", s->package, s->version, s->file);
  if (const auto* s = std::get_if<HubSource>(&source))
    return fmt::format("hub {}|{}|{}|{}", s->repo, s->revision, s->file, s->quant);
  const auto& url = std::get<UrlSource>(source);
  return fmt::format("url {}|{}", url.url, url.sha256);
}

TEST(ModelSource, every_form_is_read) {
  EXPECT_EQ(text_of("smollm2"), "name smollm2");
  EXPECT_EQ(text_of("pypi:a.b_c"), "package a.b_c||");
  EXPECT_EQ(text_of("pypi:a==1.0.post1/x/m.gguf"), "package a|1.0.post1|x/m.gguf");
  EXPECT_EQ(text_of("o/r"), "hub o/r|main||");
  EXPECT_EQ(text_of("hf:o/r:Q8_0"), "hub o/r|main||Q8_0");
  EXPECT_EQ(text_of("hf:o/r@v1/d/f.gguf"), "hub o/r|v1|d/f.gguf|");
  EXPECT_EQ(text_of("hf:o/r@refs%2Fpr%2F2:Q4_K_M"), "hub o/r|refs/pr/2||Q4_K_M");
  EXPECT_EQ(text_of("https://huggingface.co/o/r"), "hub o/r|main||");
  EXPECT_EQ(text_of("https://huggingface.co/o/r/blob/v1/a%20b.gguf?x"), "hub o/r|v1|a b.gguf|");
  EXPECT_EQ(text_of("http://h:1/m.gguf?a=b"), "url http://h:1/m.gguf?a=b|");
  const std::string hash(64, 'A');
  EXPECT_EQ(text_of("https://h/m#sha256=" + hash), "url https://h/m|" + std::string(64, 'a'));
}

TEST(ModelSource, what_is_none_of_them_is_refused) {
  for (const char* text :
       {"pypi:", "pypi:a==", "pypi:../a", "pypi:a/../b", "pypi:a==1;rm", "hf:r", "hf:/r", "hf:o/",
        "hf:o/..", "hf:o/r/../x", "hf:o/r:", "hf:o/r@", "hf:o/r@../x", "hf:o/r/a//b", "o/r:Q4/x",
        "file:///etc/passwd", "https://", "https://h/x#sha256=12",
        "https://huggingface.co/o/r/commits/main"})
    EXPECT_THROW(parse_model_source(text, kEndpoint), Error) << text;
}

TEST(Url, paths_that_leave_their_folder_are_not_safe) {
  for (const char* path : {"a", "a/b.c", "..a/b", "a b"}) EXPECT_TRUE(is_safe_relative_path(path));
  for (const char* path : {"", "/a", "a/", "a//b", ".", "..", "a/..", "a/./b", "a\\b", "a\nb"})
    EXPECT_FALSE(is_safe_relative_path(path)) << path;
  EXPECT_FALSE(is_safe_relative_path(std::string(2000, 'a')));
}

TEST(Url, links_become_absolute_and_secrets_stay_out_of_messages) {
  EXPECT_EQ(resolve_url("http://h/simple/p/", "../../f/x.whl"), "http://h/f/x.whl");
  EXPECT_EQ(redact_url("https://user:secret@h/simple?sig=secret"), "https://h/simple");
  EXPECT_EQ(origin_of("https://H/x"), "https://H:443");
  EXPECT_NE(origin_of("http://h:1/x"), origin_of("http://h:2/x"));
  EXPECT_EQ(percent_decoded(percent_encoded("a b/%ü", "/")), "a b/%ü");
  EXPECT_EQ(percent_decoded("100%"), "100%");
}

TEST(Shards, names_are_read_and_written) {
  const auto shard = parse_shard("d/m-00002-of-00010.gguf");
  ASSERT_TRUE(shard);
  EXPECT_EQ(shard->index, 2);
  EXPECT_EQ(shard->count, 10);
  EXPECT_EQ(shard_path(*shard, 10), "d/m-00010-of-00010.gguf");
  for (const char* name : {"m.gguf", "m-00003-of-00002.gguf", "m-00000-of-00002.gguf",
                           "m-0001-of-0002.gguf", "m-0000x-of-00002.gguf", "-of-.x", ""})
    EXPECT_FALSE(parse_shard(name)) << name;
}

}  // namespace
}  // namespace caracal
