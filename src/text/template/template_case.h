#pragma once
/// Tests only: short templates with what Jinja2 makes of them.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "text/template/chat_template.h"

namespace caracal {

struct TemplateCase {
  std::string source;
  std::string expected;  ///< the text; or "!" and a part of the error
};

inline const Json& template_case_input() {
  static const Json input = Json::parse(R"j({
    "messages": [{"role": "user", "content": "Hi"},
                 {"role": "assistant", "content": "Grüße 你好 🙂"}],
    "a": 1, "b": 2.5, "s": "hello World", "l": [3, 1, 2], "d": {"x": 1, "y": [1, 2], "z": null},
    "n": null, "t": true, "now": "2026-01-02T03:04:05", "html": "<b>&'\"",
    "people": [{"name": "Bob", "age": 3, "x": {"k": 1}}, {"name": "alice", "age": 2, "x": {"k": 3}},
               {"name": "Carl", "age": 3, "x": {"k": 2}}]})j");
  return input;
}

/// The rendered text, or "!" and the error.
inline std::string render_or_error(const std::string& source,
                                   const Json& input = template_case_input(),
                                   const TemplateLimits& limits = {}) {
  try {
    return ChatTemplate(source, limits).render(input);
  } catch (const Error& error) {
    return std::string("!") + error.what();
  }
}

inline void expect_cases(const std::vector<TemplateCase>& cases) {
  for (const TemplateCase& c : cases) {
    const std::string got = render_or_error(c.source);
    if (c.expected[0] != '!') {
      EXPECT_EQ(got, c.expected) << c.source;
      continue;
    }
    EXPECT_EQ(got.substr(0, 1), "!") << c.source;
    EXPECT_NE(got.find(c.expected.substr(1)), std::string::npos) << c.source << "\n  gave " << got;
  }
}

}  // namespace caracal
