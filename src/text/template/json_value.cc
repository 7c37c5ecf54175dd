#include "text/template/json_value.h"

#include "base/json.h"
#include "base/utf8.h"
#include "text/template/failure.h"

namespace caracal::jinja {
namespace {

constexpr int kMaxJsonDepth = 256;

Value text_value(Budget& budget, const std::string& text) {
  return make_string(&budget, is_valid_utf8(text) ? text : sanitize_utf8(text));
}

Value convert(Budget& budget, const Json& json, int depth) {
  if (depth > kMaxJsonDepth) fail("the input is nested more than {} deep", kMaxJsonDepth);
  switch (json.type()) {
    case Json::value_t::null:
      return Value::none();
    case Json::value_t::boolean:
      return Value::boolean(json.get<bool>());
    case Json::value_t::number_integer:
      return Value::integer(json.get<int64_t>());
    case Json::value_t::number_unsigned:
      if (json.get<uint64_t>() > uint64_t{INT64_MAX}) {
        unsupported("the integer {} in the input: it does not fit 64 bits", json.get<uint64_t>());
      }
      return Value::integer(json.get<int64_t>());
    case Json::value_t::number_float:
      return Value::real(json.get<double>());
    case Json::value_t::string:
      return text_value(budget, json.get_ref<const std::string&>());
    case Json::value_t::array: {
      std::vector<Value> items;
      items.reserve(json.size());
      for (const Json& item : json) items.push_back(convert(budget, item, depth + 1));
      return make_list(&budget, std::move(items));
    }
    case Json::value_t::object: {
      std::vector<DictObject::Entry> entries;
      entries.reserve(json.size());
      for (const auto& [key, item] : json.items()) {
        Value k = text_value(budget, key);
        entries.emplace_back(std::move(k), convert(budget, item, depth + 1));
      }
      return make_dict(&budget, std::move(entries));
    }
    default:
      fail("the input holds a JSON value of an unknown type");
  }
}

}  // namespace

Value value_of(Budget& budget, const Json& json) { return convert(budget, json, 1); }

}  // namespace caracal::jinja
