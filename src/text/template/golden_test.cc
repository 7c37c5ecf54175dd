/// Public models' templates against what Hugging Face's set-up of Jinja2 renders.
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/test_data.h"
#include "text/template/template_case.h"

namespace caracal {
namespace {

/// The recorded reason without the name of Python's exception class.
std::string reason_of(const Json& golden) {
  const std::string text = golden.at("error").get<std::string>();
  const std::string_view prefix = "TypeError: ";
  return text.rfind(prefix, 0) == 0 ? text.substr(prefix.size()) : text;
}

TEST(TemplateGolden, every_public_template_renders_as_the_reference) {
  CRCL_NEEDS_TEST_DATA();
  const std::filesystem::path dir = test_data_dir() / "chat_templates";
  const Json golden = read_json_file(dir / "golden.json");
  int n_cases = 0;
  for (const auto& [name, rendered] : golden.at("rendered").items()) {
    const std::string source = read_file(dir / name);
    for (const auto& [key, expected] : rendered.items()) {
      Json input = golden.at("cases").at(key);
      for (const char* field : {"bos_token", "eos_token", "now"}) input[field] = golden.at(field);
      const std::string got = render_or_error(source, input);
      ++n_cases;
      if (expected.contains("text")) {
        EXPECT_EQ(got, expected.at("text").get<std::string>()) << name << ", " << key;
      } else {
        EXPECT_EQ(got.substr(0, 1), "!") << name << ", " << key;
        EXPECT_NE(got.find(reason_of(expected)), std::string::npos)
            << name << ", " << key << ": " << got;
      }
    }
  }
  EXPECT_GE(n_cases, 222);
}

}  // namespace
}  // namespace caracal
