/// Multiple-choice questions from JSON lines.
#include <algorithm>

#include "base/error.h"
#include "base/json.h"
#include "eval/choice.h"

namespace caracal {
namespace {

class ItemReader {
 public:
  ItemReader(const Json& object, std::string place) : object_(object), place_(std::move(place)) {}

  ChoiceItem read() const {
    if (!object_.is_object()) fail("expected an object, found {}", object_.type_name());
    ChoiceItem item{.context = text(field("context"), "context")};
    const Json& choices = field("choices");
    if (!choices.is_array() || choices.size() < 2)
      fail("choices: expected a list of two or more texts");
    for (const Json& choice : choices) {
      item.choices.push_back(text(choice, "choices"));
      if (item.choices.back().empty()) fail("choices: expected texts, found an empty one");
    }
    item.label = label(field("label"), item.choices);
    return item;
  }

 private:
  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw Error(ErrorCode::bad_request, fmt::format(format, std::forward<Args>(args)...), place_);
  }

  const Json& field(const char* key) const {
    const auto it = object_.find(key);
    if (it == object_.end()) fail("expected the field \"{}\", found none", key);
    return *it;
  }

  std::string text(const Json& value, std::string_view key) const {
    if (!value.is_string()) fail("{}: expected a text, found {}", key, value.type_name());
    return value.get<std::string>();
  }

  int32_t label(const Json& value, std::span<const std::string> choices) const {
    if (value.is_string()) {
      const auto it = std::ranges::find(choices, value.get<std::string>());
      if (it == choices.end()) fail("label: expected one of the choices, found another text");
      return static_cast<int32_t>(it - choices.begin());
    }
    const auto last = static_cast<int64_t>(choices.size()) - 1;
    if (!value.is_number_integer() || value.get<double>() < 0 ||
        value.get<double>() > static_cast<double>(last))
      fail("label: expected 0 to {} or one of the choices, found {}", last, to_text(value));
    return value.get<int32_t>();
  }

  const Json& object_;
  std::string place_;
};

}  // namespace

std::vector<ChoiceItem> parse_choice_items(std::string_view jsonl, std::string_view name) {
  std::vector<ChoiceItem> items;
  for (int line_no = 1; !jsonl.empty(); ++line_no) {
    const std::string_view line = jsonl.substr(0, jsonl.find('\n'));
    jsonl.remove_prefix(std::min(jsonl.size(), line.size() + 1));
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string place = fmt::format("{}:{}", name, line_no);
    items.push_back(ItemReader(parse_json(line, place), place).read());
  }
  if (items.empty()) throw_error(ErrorCode::bad_request, name, "expected questions, found none");
  return items;
}

}  // namespace caracal
