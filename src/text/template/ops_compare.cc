/// Truth, equality, order, hashing and membership.
#include <cmath>
#include <functional>

#include "text/template/failure.h"
#include "text/template/ops.h"

namespace caracal::jinja {
namespace {

int sign_of(long double difference) { return difference < 0 ? -1 : difference > 0 ? 1 : 0; }

bool equal_items(Budget& budget, const std::vector<Value>& a, const std::vector<Value>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!a[i].same_as(b[i]) && !equal(budget, a[i], b[i])) return false;
  }
  return true;
}

bool equal_dicts(Budget& budget, const DictObject& a, const DictObject& b) {
  if (a.entries.size() != b.entries.size()) return false;
  for (const auto& [key, value] : a.entries) {
    const Value* other = b.find(key);
    if (!other || (!value.same_as(*other) && !equal(budget, value, *other))) return false;
  }
  return true;
}

bool equal_ranges(const RangeObject& a, const RangeObject& b) {
  const int64_t size = a.size();
  if (size != b.size()) return false;
  if (size == 0) return true;
  return a.start == b.start && (size == 1 || a.step == b.step);
}

int compare_items(Budget& budget, const std::vector<Value>& a, const std::vector<Value>& b,
                  std::string_view op) {
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (!equal(budget, a[i], b[i])) return compare(budget, a[i], b[i], op);
  }
  return sign_of(static_cast<long double>(a.size()) - static_cast<long double>(b.size()));
}

bool view_contains(Budget& budget, const DictViewObject& view, const Value& item) {
  const DictObject& dict = view.dict.get<DictObject>();
  switch (view.part) {
    case DictPart::keys:
      return dict.find(item) != nullptr;
    case DictPart::values:
      for (const auto& entry : dict.entries) {
        if (equal(budget, entry.second, item)) return true;
      }
      return false;
    case DictPart::items: {
      if (!item.is(Kind::tuple) || item.items().size() != 2) return false;
      const Value* found = dict.find(item.items()[0]);
      return found && equal(budget, *found, item.items()[1]);
    }
  }
  return false;
}

}  // namespace

void require_defined(const Value& value) {
  if (value.is_undefined()) fail("{}", value.get<UndefinedObject>().message());
}

bool truthy(const Value& value) {
  switch (value.kind()) {
    case Kind::missing:
    case Kind::undefined:
    case Kind::none:
      return false;
    case Kind::boolean:
    case Kind::integer:
      return value.to_int() != 0;
    case Kind::real:
      return value.to_real() != 0;
    default:
      return length_of(value).value_or(1) != 0;
  }
}

bool equal(Budget& budget, const Value& a, const Value& b) {
  budget.step();
  if (a.is_number() && b.is_number()) {
    if (a.is_int() && b.is_int()) return a.to_int() == b.to_int();
    const long double left = a.is_int() ? static_cast<long double>(a.to_int()) : a.to_real();
    return left == (b.is_int() ? static_cast<long double>(b.to_int()) : b.to_real());
  }
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::undefined:
      return true;
    case Kind::string:
      budget.step(a.text().size());
      return a.text() == b.text();
    case Kind::list:
    case Kind::tuple:
      return equal_items(budget, a.items(), b.items());
    case Kind::dict:
      return equal_dicts(budget, a.get<DictObject>(), b.get<DictObject>());
    case Kind::range:
      return equal_ranges(a.get<RangeObject>(), b.get<RangeObject>());
    default:
      return a.same_as(b);
  }
}

int compare(Budget& budget, const Value& a, const Value& b, std::string_view op) {
  budget.step();
  require_defined(a);
  require_defined(b);
  if (a.is_number() && b.is_number()) {
    if (a.is_int() && b.is_int()) return a.to_int() < b.to_int() ? -1 : a.to_int() > b.to_int();
    const long double left = a.is_int() ? static_cast<long double>(a.to_int()) : a.to_real();
    const long double right = b.is_int() ? static_cast<long double>(b.to_int()) : b.to_real();
    return sign_of(left - right);
  }
  if (a.is_string() && b.is_string()) {
    budget.step(std::min(a.text().size(), b.text().size()));
    return a.text().compare(b.text());
  }
  if (a.kind() == b.kind() && a.is_sequence()) {
    return compare_items(budget, a.items(), b.items(), op);
  }
  fail("'{}' not supported between instances of '{}' and '{}'", op, type_name(a), type_name(b));
}

uint64_t hash_of_text(std::string_view text) { return std::hash<std::string_view>{}(text); }

uint64_t hash_of(Budget& budget, const Value& value) {
  budget.step();
  const auto mix = [](uint64_t h) {
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdULL;
    return h ^ (h >> 33);
  };
  switch (value.kind()) {
    case Kind::string:
      return hash_of_text(value.text());
    case Kind::boolean:
    case Kind::integer:
      return mix(static_cast<uint64_t>(value.to_int()));
    case Kind::real: {
      const double d = value.to_real();
      const bool integral = d == std::floor(d) && std::fabs(d) < 0x1p63;  // 1 and 1.0 are one key
      return integral ? mix(static_cast<uint64_t>(static_cast<int64_t>(d)))
                      : std::hash<double>{}(d);
    }
    case Kind::tuple: {
      uint64_t h = 0x9E3779B97F4A7C15ULL;
      for (const Value& v : value.items()) h = mix(h * 31 + hash_of(budget, v));
      return h;
    }
    case Kind::list:
    case Kind::dict:
      fail("unhashable type: '{}'", type_name(value));
    default:
      return mix(static_cast<uint64_t>(value.kind()));  // equal by identity: scanned
  }
}

bool contains(Budget& budget, const Value& container, const Value& item) {
  budget.step();
  switch (container.kind()) {
    case Kind::undefined:
      return false;
    case Kind::dict:
      return container.get<DictObject>().find(item) != nullptr;
    case Kind::dict_view:
      return view_contains(budget, container.get<DictViewObject>(), item);
    case Kind::string:
      if (!item.is_string()) {
        fail("'in <string>' requires string as left operand, not {}", type_name(item));
      }
      budget.step(container.text().size());
      return container.text().find(item.text()) != std::string_view::npos;
    default:
      break;
  }
  if (!Cursor::can_iterate(container)) {
    fail("argument of type '{}' is not iterable", type_name(container));
  }
  Cursor cursor(container);
  for (Value v; cursor.next(budget, v);) {
    if (v.same_as(item) || equal(budget, v, item)) return true;
  }
  return false;
}

}  // namespace caracal::jinja
