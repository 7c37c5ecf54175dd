#include "files/gguf_typed_value.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/error.h"
#include "base/json.h"
#include "files/byte_reader.h"
#include "files/gguf_image.h"

namespace caracal {
namespace {

using Type = GgufValue::Type;

std::optional<Type> find_type(std::string_view name) {
  if (name == "bool") return Type::boolean;
  if (name == "str") return Type::string;
  for (uint32_t id = 0; id <= static_cast<uint32_t>(Type::f64); ++id)
    if (const auto type = static_cast<Type>(id); type != Type::array && name_of(type) == name)
      return type;
  return std::nullopt;
}

/// Parses and writes scalars; messages name the key, the type and the text.
class ValueParser {
 public:
  ValueParser(Type type, std::string_view what) : type_(type), what_(what) {}

  void parse(std::string_view text, GgufValue& out) const {
    switch (type_) {
      case Type::boolean:
        if (text != "true" && text != "false") refuse("true or false", text);
        out.value = text == "true";
        return;
      case Type::f32:
      case Type::f64:
        out.value = parse_float(text);
        return;
      case Type::u8:
      case Type::u16:
      case Type::u32:
      case Type::u64:
        out.value = parse_integer<uint64_t>(text, 0, max_unsigned());
        return;
      default:
        out.value = parse_integer<int64_t>(text, -max_signed() - 1, max_signed());
    }
  }

 private:
  int bits() const { return 8 * static_cast<int>(gguf_scalar_bytes(type_)); }
  uint64_t max_unsigned() const { return std::numeric_limits<uint64_t>::max() >> (64 - bits()); }
  int64_t max_signed() const { return std::numeric_limits<int64_t>::max() >> (64 - bits()); }

  [[noreturn]] void refuse(std::string_view expected, std::string_view text) const {
    throw_error(ErrorCode::bad_request, what_, "expected {} for type {}, found {}", expected,
                name_of(type_), in_quotes(text));
  }

  template <class T>
  T parse_integer(std::string_view text, T low, T high) const {
    T value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < low || value > high)
      refuse(fmt::format("an integer of {} to {}", low, high), text);
    return value;
  }

  double parse_float(std::string_view text) const {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool fits = type_ == Type::f64 || !std::isfinite(value) ||
                      std::fabs(value) <= double{std::numeric_limits<float>::max()};
    if (error != std::errc() || end != text.data() + text.size() || !fits) refuse("a number", text);
    // What the file will hold, so that the value reads back the same.
    return type_ == Type::f32 ? double{static_cast<float>(value)} : value;
  }

  Type type_;
  std::string_view what_;
};

template <class T>
void append(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

void append_scalar(std::string& out, Type type, const GgufValue& value) {
  if (const auto* b = std::get_if<bool>(&value.value)) return append(out, *b);
  if (const auto* f = std::get_if<double>(&value.value))
    return type == Type::f32 ? append(out, static_cast<float>(*f)) : append(out, *f);
  const auto* u = std::get_if<uint64_t>(&value.value);
  const uint64_t bits = u ? *u : static_cast<uint64_t>(std::get<int64_t>(value.value));
  out.append(reinterpret_cast<const char*>(&bits), gguf_scalar_bytes(type));
}

OwnedGgufValue parse_array(Type element, std::string_view text, std::string_view what) {
  const Json array = parse_json(text, what);
  if (!array.is_array())
    throw_error(ErrorCode::bad_request, what, "expected a JSON array, found {}", array.type_name());
  OwnedGgufValue out;
  out.value.type = Type::array;
  out.value.element = element;
  if (element == Type::string) {
    std::vector<std::string_view> views;
    for (const Json& item : array) {
      if (!item.is_string())
        throw_error(ErrorCode::bad_request, what, "expected texts, found {}", item.type_name());
      views.push_back(out.memory.emplace_back(item.get<std::string>()));
    }
    out.value.value = std::move(views);
    return out;
  }
  const ValueParser parser(element, what);
  std::string& bytes = out.memory.emplace_back();
  for (const Json& item : array) {
    GgufValue scalar;
    parser.parse(to_text(item), scalar);
    append_scalar(bytes, element, scalar);
  }
  out.value.value = GgufArray{array.size(), std::as_bytes(std::span(bytes))};
  return out;
}

}  // namespace

OwnedGgufValue make_gguf_string(std::string_view text) {
  OwnedGgufValue out;
  out.value.type = Type::string;
  out.value.value = std::string_view(out.memory.emplace_back(text));
  return out;
}

OwnedGgufValue parse_gguf_value(std::string_view text, std::string_view what) {
  const size_t colon = text.find(':');
  std::string_view type_name = text.substr(0, colon);
  const bool is_array = type_name.ends_with("[]");
  if (is_array) type_name.remove_suffix(2);
  const auto type = find_type(type_name);
  if (!type || colon == std::string_view::npos)
    throw_error(ErrorCode::bad_request, what,
                "expected TYPE:VALUE with a type of u8 i8 u16 i16 u32 i32 u64 i64 f32 f64 bool "
                "string, or one of them with [] for an array; found {}",
                in_quotes(text));
  const std::string_view value = text.substr(colon + 1);
  if (is_array) return parse_array(*type, value, what);
  if (*type == Type::string) return make_gguf_string(value);
  OwnedGgufValue out;
  out.value.type = *type;
  ValueParser(*type, what).parse(value, out.value);
  return out;
}

}  // namespace caracal
