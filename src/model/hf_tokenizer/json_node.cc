#include "model/hf_tokenizer/json_node.h"

#include "base/json.h"
#include "base/utf8.h"

namespace caracal {

JsonNode JsonNode::child(const Json& value, std::string_view key) const {
  return {value, source_, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key)};
}

void JsonNode::wrong_type(std::string_view expected) const {
  fail(ErrorCode::bad_file, "expected {}, found {}", expected, value_->type_name());
}

std::optional<JsonNode> JsonNode::find(std::string_view key) const {
  if (!value_->is_object()) wrong_type("an object");
  const auto found = value_->find(key);
  if (found == value_->end() || found->is_null()) return std::nullopt;
  return child(*found, key);
}

JsonNode JsonNode::at(std::string_view key) const {
  auto found = find(key);
  if (!found) fail(ErrorCode::bad_file, "expected a member '{}', found none", key);
  return *std::move(found);
}

std::vector<JsonNode> JsonNode::items() const {
  if (!value_->is_array()) wrong_type("an array");
  std::vector<JsonNode> out;
  out.reserve(value_->size());
  for (size_t i = 0; i < value_->size(); ++i)
    out.push_back({(*value_)[i], source_, fmt::format("{}[{}]", path_, i)});
  return out;
}

std::vector<std::pair<std::string, JsonNode>> JsonNode::members() const {
  if (!value_->is_object()) wrong_type("an object");
  std::vector<std::pair<std::string, JsonNode>> out;
  for (auto it = value_->begin(); it != value_->end(); ++it)
    out.emplace_back(it.key(), child(it.value(), sanitize_utf8(it.key().substr(0, 80))));
  return out;
}

bool JsonNode::is_string() const { return value_->is_string(); }
bool JsonNode::is_object() const { return value_->is_object(); }

std::string JsonNode::string() const {
  if (!value_->is_string()) wrong_type("a string");
  return value_->get<std::string>();
}

bool JsonNode::boolean() const {
  if (!value_->is_boolean()) wrong_type("true or false");
  return value_->get<bool>();
}

int64_t JsonNode::integer(int64_t least, int64_t most) const {
  if (!value_->is_number_integer()) wrong_type("an integer");
  // An unsigned value above the range of int64_t is above every bound.
  const bool is_huge = value_->is_number_unsigned() && value_->get<uint64_t>() > INT64_MAX;
  const int64_t found = is_huge ? INT64_MAX : value_->get<int64_t>();
  if (found < least || found > most)
    fail(ErrorCode::bad_file, "expected {} to {}, found {}", least, most, found);
  return found;
}

double JsonNode::number() const {
  if (!value_->is_number()) wrong_type("a number");
  return value_->get<double>();
}

std::string JsonNode::character() const {
  const std::string text = string();
  size_t at = 0;
  if (!text.empty()) next_code_point(text, at);
  if (text.empty() || at != text.size())
    fail(ErrorCode::bad_file, "expected one character, found '{}'", text.substr(0, at));
  return text;
}

std::string JsonNode::short_string(size_t max_bytes) const {
  std::string text = string();
  if (text.size() > max_bytes)
    fail(ErrorCode::bad_file, "expected at most {} bytes, found {}", max_bytes, text.size());
  return text;
}

bool JsonNode::flag(std::string_view key, bool otherwise) const {
  const auto found = find(key);
  return found ? found->boolean() : otherwise;
}

}  // namespace caracal
