#include "text/template/value.h"

#include <algorithm>

#include "text/template/failure.h"
#include "text/template/ops.h"

namespace caracal::jinja {
namespace {

constexpr int kMaxValueDepth = 300;
constexpr size_t kSmallDict = 8;

int deepest(const std::vector<Value>& items) {
  int depth = 0;
  for (const Value& v : items) depth = std::max(depth, v.depth() + 1);
  return depth;
}

int deepest(const std::vector<DictObject::Entry>& entries) {
  int depth = 0;
  for (const auto& [key, value] : entries) {
    depth = std::max({depth, key.depth() + 1, value.depth() + 1});
  }
  return depth;
}

size_t count_code_points(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

void Budget::out_of_memory() const {
  fail("the template needs more than {} bytes of values, the limit", max_bytes_);
}

void Budget::out_of_steps() const {
  fail("the template takes more than {} steps, the limit", max_steps_);
}

Object::Object(Budget* budget, size_t bytes, int depth)
    : depth_(depth), budget_(nullptr), bytes_(0) {
  if (depth > kMaxValueDepth) fail("values are nested more than {} deep", kMaxValueDepth);
  if (budget) budget->charge(bytes);
  budget_ = budget;
  bytes_ = bytes;
}

void Object::charge_more(size_t bytes) {
  if (budget_) budget_->charge(bytes);
  bytes_ += bytes;
}

bool Value::same_as(const Value& other) const {
  if (kind_ != other.kind_) return false;
  if (holds_object()) return as_.object == other.as_.object;
  return kind_ == Kind::real ? as_.real == other.as_.real : as_.integer == other.as_.integer;
}

std::string_view Value::text() const { return get<StringObject>().text; }
const std::vector<Value>& Value::items() const { return get<SequenceObject>().items; }

StringObject::StringObject(Budget* budget, std::string t, bool markup)
    : Object(budget, sizeof(StringObject) + t.size()),
      text(std::move(t)),
      length(count_code_points(text)),
      markup(markup) {}

SequenceObject::SequenceObject(Budget* budget, std::vector<Value> v)
    : Object(budget, sizeof(SequenceObject) + v.size() * sizeof(Value), deepest(v)),
      items(std::move(v)) {}

DictObject::DictObject(Budget* budget, std::vector<Entry> given)
    : Object(budget, sizeof(DictObject) + given.size() * (sizeof(Entry) + 8), deepest(given)) {
  size_t n_buckets = 0;
  if (given.size() > kSmallDict) {
    n_buckets = 16;
    while (n_buckets < given.size() * 2) n_buckets *= 2;
    buckets_.assign(n_buckets, UINT32_MAX);
  }
  entries.reserve(given.size());
  for (Entry& entry : given) {
    if (const Value* found = find(entry.first)) {
      const_cast<Value&>(*found) = std::move(entry.second);
      continue;
    }
    if (n_buckets) {
      size_t at = hash_of(*budget, entry.first) & (n_buckets - 1);
      while (buckets_[at] != UINT32_MAX) at = (at + 1) & (n_buckets - 1);
      buckets_[at] = static_cast<uint32_t>(entries.size());
    }
    entries.push_back(std::move(entry));
  }
}

template <class Match>
const Value* DictObject::probe(uint64_t hash, Match match) const {
  const size_t mask = buckets_.size() - 1;
  for (size_t at = hash & mask; buckets_[at] != UINT32_MAX; at = (at + 1) & mask) {
    const Entry& entry = entries[buckets_[at]];
    if (match(entry.first)) return &entry.second;
  }
  return nullptr;
}

const Value* DictObject::find(const Value& key) const {
  if (key.is_string()) return find(key.text());
  const uint64_t hash = hash_of(*budget(), key);
  const auto match = [&](const Value& other) { return equal(*budget(), key, other); };
  if (!buckets_.empty()) return probe(hash, match);
  for (const auto& [k, v] : entries) {
    if (match(k)) return &v;
  }
  return nullptr;
}

const Value* DictObject::find(std::string_view key) const {
  const auto match = [&](const Value& other) { return other.is_string() && other.text() == key; };
  if (!buckets_.empty()) return probe(hash_of_text(key), match);
  for (const auto& [k, v] : entries) {
    if (match(k)) return &v;
  }
  return nullptr;
}

DictViewObject::DictViewObject(Budget* budget, Value d, DictPart part)
    : Object(budget, sizeof(DictViewObject), d.depth() + 1), dict(std::move(d)), part(part) {}

RangeObject::RangeObject(Budget* budget, int64_t start, int64_t stop, int64_t step)
    : Object(budget, sizeof(RangeObject)), start(start), stop(stop), step(step) {}

int64_t RangeObject::size() const {
  // Differences in unsigned arithmetic: the ends may be a whole 64-bit range apart.
  const uint64_t u_start = static_cast<uint64_t>(start), u_stop = static_cast<uint64_t>(stop);
  uint64_t count = 0;
  if (step > 0 && start < stop) {
    count = (u_stop - u_start - 1) / static_cast<uint64_t>(step) + 1;
  } else if (step < 0 && start > stop) {
    count = (u_start - u_stop - 1) / (uint64_t{0} - static_cast<uint64_t>(step)) + 1;
  }
  return count > uint64_t{INT64_MAX} ? INT64_MAX : static_cast<int64_t>(count);
}

IteratorObject::IteratorObject(Budget* budget, const char* type, Pull p, int depth)
    : Object(budget, sizeof(IteratorObject) + 128, depth), type(type), pull(std::move(p)) {}

UndefinedObject::UndefinedObject(Budget* budget, std::string h, const char* owner, Value n)
    : Object(budget, sizeof(UndefinedObject) + h.size(), n.depth() + 1),
      hint(std::move(h)),
      owner(owner),
      name(std::move(n)) {}

std::string UndefinedObject::message() const {
  if (!hint.empty()) return hint;
  const std::string quoted = repr_plain(name);
  if (!owner) return quoted + " is undefined";
  if (name.is_string()) return fmt::format("'{}' has no attribute {}", owner, quoted);
  return fmt::format("{} has no element {}", owner, quoted);
}

Value* NamespaceObject::find(std::string_view name) {
  for (auto& [key, value] : attributes) {
    if (key == name) return &value;
  }
  return nullptr;
}

void NamespaceObject::set(std::string_view name, Value value) {
  if (Value* slot = find(name)) {
    *slot = std::move(value);
    return;
  }
  charge_more(name.size() + sizeof(attributes[0]));
  attributes.emplace_back(std::string(name), std::move(value));
}

CyclerObject::CyclerObject(Budget* budget, std::vector<Value> v)
    : Object(budget, sizeof(CyclerObject) + v.size() * sizeof(Value), deepest(v)),
      items(std::move(v)) {}

JoinerObject::JoinerObject(Budget* budget, Value s)
    : Object(budget, sizeof(JoinerObject), s.depth() + 1), separator(std::move(s)) {}

Value make_string(Budget* budget, std::string text, bool markup) {
  return Value::object(Kind::string, new StringObject(budget, std::move(text), markup));
}

Value make_list(Budget* budget, std::vector<Value> items) {
  return Value::object(Kind::list, new SequenceObject(budget, std::move(items)));
}

Value make_tuple(Budget* budget, std::vector<Value> items) {
  return Value::object(Kind::tuple, new SequenceObject(budget, std::move(items)));
}

Value make_group(Budget* budget, Value grouper, Value list) {
  Value pair = make_tuple(budget, {std::move(grouper), std::move(list)});
  pair.get<SequenceObject>().is_group = true;
  return pair;
}

Value make_dict(Budget* budget, std::vector<DictObject::Entry> entries) {
  return Value::object(Kind::dict, new DictObject(budget, std::move(entries)));
}

Value make_view(Budget* budget, Value dict, DictPart part) {
  return Value::object(Kind::dict_view, new DictViewObject(budget, std::move(dict), part));
}

Value make_iterator(Budget* budget, const char* type, IteratorObject::Pull pull, int source_depth) {
  return Value::object(Kind::iterator,
                       new IteratorObject(budget, type, std::move(pull), source_depth + 1));
}

Value undefined_variable(Budget* budget, std::string_view name) {
  Value label = make_string(budget, std::string(name));
  return Value::object(Kind::undefined, new UndefinedObject(budget, {}, nullptr, std::move(label)));
}

Value undefined_member(Budget* budget, const Value& owner, Value name) {
  return Value::object(Kind::undefined,
                       new UndefinedObject(budget, {}, type_repr(owner), std::move(name)));
}

Value undefined_because(Budget* budget, std::string message) {
  return Value::object(Kind::undefined,
                       new UndefinedObject(budget, std::move(message), nullptr, Value::none()));
}

const char* type_name(const Value& value) {
  switch (value.kind()) {
    case Kind::missing:
    case Kind::undefined:
      return "Undefined";
    case Kind::none:
      return "NoneType";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
      return "int";
    case Kind::real:
      return "float";
    case Kind::string:
      return value.get<StringObject>().markup ? "Markup" : "str";
    case Kind::list:
      return "list";
    case Kind::tuple:
      return "tuple";
    case Kind::dict:
      return "dict";
    case Kind::dict_view: {
      static constexpr const char* kNames[] = {"dict_keys", "dict_values", "dict_items"};
      return kNames[static_cast<size_t>(value.get<DictViewObject>().part)];
    }
    case Kind::range:
      return "range";
    case Kind::iterator:
      return value.get<IteratorObject>().type;
    case Kind::name_space:
      return "Namespace";
    case Kind::macro:
      return "Macro";
    case Kind::function:
      return "function";
    case Kind::loop:
      return "LoopContext";
    case Kind::cycler:
      return "Cycler";
    case Kind::joiner:
      return "Joiner";
  }
  return "object";
}

const char* type_repr(const Value& value) {
  switch (value.kind()) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return "bool object";
    case Kind::integer:
      return "int object";
    case Kind::real:
      return "float object";
    case Kind::string:
      return value.get<StringObject>().markup ? "markupsafe.Markup object" : "str object";
    case Kind::list:
      return "list object";
    case Kind::tuple:
      return "tuple object";
    case Kind::dict:
      return "dict object";
    case Kind::range:
      return "range object";
    case Kind::name_space:
      return "jinja2.utils.Namespace object";
    case Kind::macro:
      return "jinja2.runtime.Macro object";
    case Kind::loop:
      return "jinja2.runtime.LoopContext object";
    case Kind::cycler:
      return "jinja2.utils.Cycler object";
    case Kind::joiner:
      return "jinja2.utils.Joiner object";
    default:
      return type_name(value);
  }
}

}  // namespace caracal::jinja
