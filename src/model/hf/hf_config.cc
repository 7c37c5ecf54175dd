#include "model/hf/hf_config.h"

#include <cmath>

#include "base/file.h"
#include "base/json.h"
#include "files/byte_reader.h"

namespace caracal {
namespace {

constexpr uint64_t kMaxBytes = uint64_t{16} << 20;
constexpr int64_t kMaxCount = 1 << 28;

constexpr JsonLimits kLimits = {.depth = 32, .code = ErrorCode::bad_file};

}  // namespace

HfConfig::HfConfig(std::shared_ptr<const Json> value, std::string name, std::string prefix)
    : value_(std::move(value)), name_(std::move(name)), prefix_(std::move(prefix)) {}

HfConfig HfConfig::parse(std::string_view text, std::string name) {
  auto value = std::make_shared<const Json>(parse_json(text, name, kLimits));
  if (!value->is_object()) throw_error(ErrorCode::bad_file, name, "expected a JSON object");
  return HfConfig(std::move(value), std::move(name), "");
}

HfConfig HfConfig::read(const std::filesystem::path& path) {
  return parse(read_file(path, kMaxBytes), path.string());
}

std::vector<HfConfig> HfConfig::read_list(const std::filesystem::path& path) {
  const std::string text = "{\"list\":" + read_file(path, kMaxBytes) + "}";
  return parse(text, path.string()).objects("list");
}

const Json* HfConfig::find(std::string_view key) const {
  const auto it = value_->find(key);
  return it == value_->end() || it->is_null() ? nullptr : &*it;
}

HfConfig HfConfig::inside(const Json& value, std::string_view key) const {
  if (!value.is_object()) refuse(key, "an object");
  return HfConfig({value_, &value}, name_, prefix_ + std::string(key) + ".");
}

bool HfConfig::has(std::string_view key) const { return find(key) != nullptr; }

bool HfConfig::is_list(std::string_view key) const {
  const Json* value = find(key);
  return value && value->is_array();
}

std::optional<int64_t> HfConfig::find_int(std::string_view key, int64_t min, int64_t max) const {
  const Json* value = find(key);
  if (!value) return std::nullopt;
  const bool fits = value->is_number_integer() &&
                    (!value->is_number_unsigned() || value->get<uint64_t>() <= INT64_MAX);
  if (!fits || value->get<int64_t>() < min || value->get<int64_t>() > max)
    refuse(key, fmt::format("an integer from {} to {}", min, max));
  return value->get<int64_t>();
}

std::optional<int32_t> HfConfig::find_count(std::string_view key) const {
  const auto value = find_int(key, 1, kMaxCount);
  return value ? std::optional(static_cast<int32_t>(*value)) : std::nullopt;
}

int32_t HfConfig::count(std::string_view key) const {
  const auto value = find_count(key);
  if (!value) refuse(key, "a number");
  return *value;
}

std::optional<double> HfConfig::find_number(std::string_view key) const {
  const Json* value = find(key);
  if (!value) return std::nullopt;
  if (!value->is_number() || !std::isfinite(value->get<double>())) refuse(key, "a finite number");
  return value->get<double>();
}

double HfConfig::number(std::string_view key) const {
  const auto value = find_number(key);
  if (!value) refuse(key, "a number");
  return *value;
}

std::optional<bool> HfConfig::find_flag(std::string_view key) const {
  const Json* value = find(key);
  if (!value) return std::nullopt;
  if (!value->is_boolean()) refuse(key, "true or false");
  return value->get<bool>();
}

std::optional<std::string> HfConfig::find_text(std::string_view key) const {
  const Json* value = find(key);
  if (!value) return std::nullopt;
  if (!value->is_string()) refuse(key, "a text");
  return value->get<std::string>();
}

std::optional<HfConfig> HfConfig::find_object(std::string_view key) const {
  const Json* value = find(key);
  return value ? std::optional(inside(*value, key)) : std::nullopt;
}

std::optional<std::vector<double>> HfConfig::find_numbers(std::string_view key) const {
  const Json* value = find(key);
  if (!value) return std::nullopt;
  if (!value->is_array()) refuse(key, "a list of numbers");
  std::vector<double> numbers;
  for (const Json& item : *value) {
    if (!item.is_number() || !std::isfinite(item.get<double>())) refuse(key, "finite numbers");
    numbers.push_back(item.get<double>());
  }
  return numbers;
}

std::optional<std::vector<std::string>> HfConfig::find_texts(std::string_view key) const {
  const Json* value = find(key);
  if (!value) return std::nullopt;
  if (!value->is_array()) refuse(key, "a list of texts");
  std::vector<std::string> texts;
  for (const Json& item : *value) {
    if (!item.is_string()) refuse(key, "a list of texts");
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::vector<HfConfig> HfConfig::objects(std::string_view key) const {
  const Json* value = find(key);
  if (!value) return {};
  if (!value->is_array()) refuse(key, "a list of objects");
  std::vector<HfConfig> objects;
  for (const Json& item : *value) objects.push_back(inside(item, key));
  return objects;
}

std::optional<std::vector<int64_t>> HfConfig::find_ids(std::string_view key) const {
  const Json* value = find(key);
  if (!value) return std::nullopt;
  std::vector<int64_t> ids;
  const auto add = [&](const Json& item) {
    if (!item.is_number_unsigned() || item.get<uint64_t>() > kMaxCount)
      refuse(key, "a token id or a list of them");
    ids.push_back(item.get<int64_t>());
  };
  if (!value->is_array())
    add(*value);
  else
    for (const Json& item : *value) add(item);
  return ids;
}

std::string HfConfig::where(std::string_view key) const {
  return fmt::format("{}: {}{}", name_, prefix_, key);
}

std::string HfConfig::shown(std::string_view key) const {
  const Json* value = find(key);
  if (!value) return "nothing";
  if (value->is_structured()) return value->is_array() ? "a list" : "an object";
  return value->is_string() ? in_quotes(value->get_ref<const std::string&>()) : to_text(*value);
}

void HfConfig::refuse(std::string_view key, std::string_view expected, ErrorCode code) const {
  throw_error(code, where(key), "expected {}, found {}", expected, shown(key));
}

}  // namespace caracal
