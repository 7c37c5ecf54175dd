#include "cli/report.h"

#include <gtest/gtest.h>

namespace caracal::cli {
namespace {

Report sample() {
  Report report;
  report.add_fact("size", 1536000, Report::Unit::bytes);
  report.add_fact("kind", "größer");
  report.start_table("rows", {{"name"}, {"bytes", Report::Unit::bytes}, {"used"}});
  report.add_row({"a", 5, true});
  report.add_row({"longer", 2000, false});
  return report;
}

TEST(Report, text_aligns_columns_and_shows_sizes_for_people) {
  EXPECT_EQ(sample().text(),
            "size  1.5 MB\n"
            "kind  größer\n"
            "\n"
            "name    bytes   used\n"
            "a          5 B  yes\n"
            "longer  2.0 kB  no\n");
}

TEST(Report, json_keeps_exact_numbers_and_order) {
  EXPECT_EQ(to_text(sample().json()),
            R"({"size":1536000,"kind":"größer","rows":[{"name":"a","bytes":5,"used":true},)"
            R"({"name":"longer","bytes":2000,"used":false}]})");
}

}  // namespace
}  // namespace caracal::cli
