/// Typed access to metadata and its text form.
#include <cstring>
#include <limits>

#include "base/error.h"
#include "files/byte_reader.h"
#include "files/gguf.h"
#include "files/gguf_image.h"

namespace caracal {
namespace {

using Type = GgufValue::Type;

constexpr std::string_view kTypeNames[] = {"u8",      "i8",     "u16",   "i16", "u32", "i32", "f32",
                                           "boolean", "string", "array", "u64", "i64", "f64"};

template <class T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

bool is_float(Type type) { return type == Type::f32 || type == Type::f64; }

bool is_integer(Type type) {
  return !is_float(type) && type != Type::boolean && type != Type::string && type != Type::array;
}

/// An element that is an integer or a boolean; nullopt when it is a u64 of 2^63 or more.
std::optional<int64_t> integer_at(Type type, const std::byte* at) {
  switch (type) {
    case Type::u8:
    case Type::boolean:
      return load<uint8_t>(at);
    case Type::i8:
      return load<int8_t>(at);
    case Type::u16:
      return load<uint16_t>(at);
    case Type::i16:
      return load<int16_t>(at);
    case Type::u32:
      return load<uint32_t>(at);
    case Type::i32:
      return load<int32_t>(at);
    case Type::i64:
      return load<int64_t>(at);
    default:
      break;
  }
  const auto value = load<uint64_t>(at);
  if (value > uint64_t{std::numeric_limits<int64_t>::max()}) return std::nullopt;
  return static_cast<int64_t>(value);
}

double float_at(Type type, const std::byte* at) {
  return type == Type::f32 ? double{load<float>(at)} : load<double>(at);
}

/// Shortest text that reads back as the same value of the stored width.
std::string float_text(Type type, double value) {
  return type == Type::f32 ? fmt::to_string(static_cast<float>(value)) : fmt::to_string(value);
}

std::string element_text(Type type, const std::byte* at) {
  if (is_float(type)) return float_text(type, float_at(type, at));
  if (type == Type::boolean) return load<uint8_t>(at) ? "true" : "false";
  if (type == Type::u64) return fmt::to_string(load<uint64_t>(at));
  return fmt::to_string(integer_at(type, at).value_or(0));
}

std::string array_text(const GgufValue& value, size_t max_items) {
  const auto* strings = std::get_if<std::vector<std::string_view>>(&value.value);
  const auto* numbers = std::get_if<GgufArray>(&value.value);
  const size_t count = strings ? strings->size() : numbers->count;
  const size_t shown = value.element == Type::array ? 0 : std::min(count, max_items);
  std::string text = "[";
  for (size_t i = 0; i < shown; ++i) {
    if (i > 0) text += ", ";
    text += strings ? in_quotes((*strings)[i])
                    : element_text(value.element,
                                   numbers->bytes.data() + i * gguf_scalar_bytes(value.element));
  }
  if (shown < count)
    text += fmt::format("{}... ({} x {})", shown ? ", " : "", count, name_of(value.element));
  return text + "]";
}

}  // namespace

std::string_view name_of(Type type) { return kTypeNames[static_cast<uint32_t>(type)]; }

std::string to_text(const GgufValue& value, size_t max_items) {
  switch (value.type) {
    case Type::array:
      return array_text(value, max_items);
    case Type::string:
      return in_quotes(std::get<std::string_view>(value.value));
    case Type::boolean:
      return std::get<bool>(value.value) ? "true" : "false";
    default:
      break;
  }
  if (const auto* f = std::get_if<double>(&value.value)) return float_text(value.type, *f);
  if (const auto* i = std::get_if<int64_t>(&value.value)) return fmt::to_string(*i);
  return fmt::to_string(std::get<uint64_t>(value.value));
}

void Gguf::wrong_value(std::string_view key, const GgufValue& value,
                       std::string_view expected) const {
  throw_error(ErrorCode::bad_file, fmt::format("{} at byte {}", name_, value.position),
              "metadata key {}: expected {}, found {} {}", in_quotes(key), expected,
              name_of(value.type), to_text(value, 2));
}

std::optional<int64_t> Gguf::get_int(std::string_view key) const {
  const GgufValue* value = find(key);
  if (!value) return std::nullopt;
  if (!is_integer(value->type)) wrong_value(key, *value, "an integer");
  if (const auto* i = std::get_if<int64_t>(&value->value)) return *i;
  const uint64_t u = std::get<uint64_t>(value->value);
  if (u > uint64_t{std::numeric_limits<int64_t>::max()})
    wrong_value(key, *value, "an integer below 2^63");
  return static_cast<int64_t>(u);
}

std::optional<double> Gguf::get_float(std::string_view key) const {
  const GgufValue* value = find(key);
  if (!value) return std::nullopt;
  if (!is_float(value->type)) wrong_value(key, *value, "f32 or f64");
  return std::get<double>(value->value);
}

std::optional<bool> Gguf::get_bool(std::string_view key) const {
  const GgufValue* value = find(key);
  if (!value) return std::nullopt;
  if (value->type != Type::boolean) wrong_value(key, *value, "a boolean");
  return std::get<bool>(value->value);
}

std::optional<std::string_view> Gguf::get_string(std::string_view key) const {
  const GgufValue* value = find(key);
  if (!value) return std::nullopt;
  if (value->type != Type::string) wrong_value(key, *value, "a string");
  return std::get<std::string_view>(value->value);
}

const std::vector<std::string_view>* Gguf::get_strings(std::string_view key) const {
  const GgufValue* value = find(key);
  if (!value) return nullptr;
  const auto* strings = std::get_if<std::vector<std::string_view>>(&value->value);
  if (!strings) wrong_value(key, *value, "an array of strings");
  return strings;
}

std::optional<std::vector<int64_t>> Gguf::get_ints(std::string_view key) const {
  const GgufValue* value = find(key);
  if (!value) return std::nullopt;
  if (value->type != Type::array ||
      !(is_integer(value->element) || value->element == Type::boolean))
    wrong_value(key, *value, "an array of integers");
  const auto& array = std::get<GgufArray>(value->value);
  std::vector<int64_t> out(array.count);
  for (size_t i = 0; i < out.size(); ++i) {
    const auto element =
        integer_at(value->element, array.bytes.data() + i * gguf_scalar_bytes(value->element));
    if (!element) wrong_value(key, *value, "integers below 2^63");
    out[i] = *element;
  }
  return out;
}

std::optional<std::vector<double>> Gguf::get_floats(std::string_view key) const {
  const GgufValue* value = find(key);
  if (!value) return std::nullopt;
  if (value->type != Type::array || !is_float(value->element))
    wrong_value(key, *value, "an array of floats");
  const auto& array = std::get<GgufArray>(value->value);
  std::vector<double> out(array.count);
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = float_at(value->element, array.bytes.data() + i * gguf_scalar_bytes(value->element));
  return out;
}

}  // namespace caracal
