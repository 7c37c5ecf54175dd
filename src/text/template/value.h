#pragma once
/// Python's values as a template sees them. Containers and strings never change once they are made
/// (the sandbox is immutable); only namespaces do, and the engine clears those at the end of a
/// render, so that reference counting frees everything.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text/template/limits.h"

namespace caracal::jinja {

enum class Kind : uint8_t {
  missing,  ///< no value: an unset variable slot or an argument that was not given
  undefined,
  none,
  boolean,
  integer,
  real,
  string,
  list,
  tuple,
  dict,
  dict_view,
  range,
  iterator,
  name_space,
  macro,
  function,
  loop,
  cycler,
  joiner,
};

/// What one render has spent: bytes of live values, and steps. Throws Failure at a limit.
class Budget {
 public:
  explicit Budget(const TemplateLimits& limits)
      : max_bytes_(limits.max_memory_bytes), max_steps_(limits.max_steps) {}
  void charge(size_t bytes) {
    check_room(bytes);
    used_bytes_ += bytes;
  }
  void release(size_t bytes) { used_bytes_ -= bytes; }
  /// Call it before memory is taken that depends on what the template asks for.
  void check_room(size_t bytes) const {
    if (bytes > max_bytes_ || used_bytes_ > max_bytes_ - bytes) out_of_memory();
  }
  /// One unit of work, and one more for every 256 bytes it touches.
  void step(size_t bytes = 0) {
    steps_ += 1 + bytes / 256;
    if (steps_ > max_steps_) out_of_steps();
  }

 private:
  [[noreturn]] void out_of_memory() const;
  [[noreturn]] void out_of_steps() const;

  size_t used_bytes_ = 0;
  uint64_t steps_ = 0;
  size_t max_bytes_;
  uint64_t max_steps_;
};

/// Reference-counted base. A null budget marks what belongs to the parsed template itself.
class Object {
 public:
  Object(Budget* budget, size_t bytes, int depth = 0);
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() {
    if (budget_) budget_->release(bytes_);
  }
  void retain() { refs_.fetch_add(1, std::memory_order_relaxed); }
  void drop() {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  Budget* budget() const { return budget_; }
  /// Levels of containers below this one; bounded, so recursion over a value is safe.
  int depth() const { return depth_; }
  void charge_more(size_t bytes);

 private:
  std::atomic<uint32_t> refs_{0};
  int32_t depth_;
  Budget* budget_;
  size_t bytes_;
};

template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* object) : object_(object) {
    if (object_) object_->retain();
  }
  Ref(const Ref& other) : Ref(other.object_) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_) object_->drop();
  }
  T* get() const { return object_; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  T* object_ = nullptr;
};

struct StringObject;
struct SequenceObject;
struct DictObject;
struct DictViewObject;
struct RangeObject;
struct UndefinedObject;

class Value {
 public:
  Value() : kind_(Kind::missing) { as_.object = nullptr; }
  Value(const Value& other) : kind_(other.kind_), as_(other.as_) {
    if (holds_object()) as_.object->retain();
  }
  Value(Value&& other) noexcept : kind_(other.kind_), as_(other.as_) {
    other.kind_ = Kind::missing;
  }
  Value& operator=(Value other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(as_, other.as_);
    return *this;
  }
  ~Value() {
    if (holds_object()) as_.object->drop();
  }

  static Value none() { return Value(Kind::none); }
  static Value boolean(bool b) {
    Value v(Kind::boolean);
    v.as_.integer = b;
    return v;
  }
  static Value integer(int64_t i) {
    Value v(Kind::integer);
    v.as_.integer = i;
    return v;
  }
  static Value real(double d) {
    Value v(Kind::real);
    v.as_.real = d;
    return v;
  }
  /// Takes a share of an object whose type must fit the kind.
  static Value object(Kind kind, Object* object) {
    Value v(kind);
    v.as_.object = object;
    object->retain();
    return v;
  }

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }
  bool is_missing() const { return kind_ == Kind::missing; }
  bool is_undefined() const { return kind_ == Kind::undefined; }
  bool is_none() const { return kind_ == Kind::none; }
  bool is_string() const { return kind_ == Kind::string; }
  bool is_dict() const { return kind_ == Kind::dict; }
  /// A list or a tuple.
  bool is_sequence() const { return kind_ == Kind::list || kind_ == Kind::tuple; }
  /// Python's int, to which bool belongs.
  bool is_int() const { return kind_ == Kind::integer || kind_ == Kind::boolean; }
  bool is_number() const { return is_int() || kind_ == Kind::real; }
  /// Python's `is`.
  bool same_as(const Value& other) const;

  int64_t to_int() const { return as_.integer; }  ///< requires is_int()
  double to_real() const {                        ///< requires is_number()
    return kind_ == Kind::real ? as_.real : static_cast<double>(as_.integer);
  }
  /// The object behind the value; T must fit the kind.
  template <class T>
  T& get() const {
    return static_cast<T&>(*as_.object);
  }
  std::string_view text() const;            ///< requires is_string()
  const std::vector<Value>& items() const;  ///< requires is_sequence()
  int depth() const { return holds_object() ? as_.object->depth() : 0; }

 private:
  explicit Value(Kind kind) : kind_(kind) { as_.object = nullptr; }
  bool holds_object() const {
    return kind_ >= Kind::string || (kind_ == Kind::undefined && as_.object);
  }

  Kind kind_;
  union {
    int64_t integer;
    double real;
    Object* object;
  } as_;
};

/// UTF-8 text; length in code points. markup: already escaped, as the filter `safe` says.
struct StringObject : Object {
  StringObject(Budget* budget, std::string text, bool markup);
  bool is_ascii() const { return length == text.size(); }
  std::string text;
  size_t length;
  bool markup;
};

/// A list or a tuple, told apart by the value's kind.
struct SequenceObject : Object {
  SequenceObject(Budget* budget, std::vector<Value> items);
  std::vector<Value> items;
  bool is_group = false;  ///< a pair of the filter groupby: has the attributes grouper and list
};

/// Keys keep the order of insertion. Filled by set() and then left alone.
struct DictObject : Object {
  using Entry = std::pair<Value, Value>;
  DictObject(Budget* budget, std::vector<Entry> entries);
  const Value* find(const Value& key) const;
  const Value* find(std::string_view key) const;
  std::vector<Entry> entries;

 private:
  template <class Match>
  const Value* probe(uint64_t hash, Match match) const;
  std::vector<uint32_t> buckets_;  // open addressing over entries; empty for small dicts
};

enum class DictPart : uint8_t { keys, values, items };
struct DictViewObject : Object {
  DictViewObject(Budget* budget, Value dict, DictPart part);
  Value dict;
  DictPart part;
};

struct RangeObject : Object {
  RangeObject(Budget* budget, int64_t start, int64_t stop, int64_t step);
  int64_t size() const;
  int64_t start, stop, step;
};

/// A generator or another one-way iterator. pull writes the next item and returns true, or false
/// at the end. What pull captured must not be deeper than depth.
struct IteratorObject : Object {
  using Pull = std::function<bool(Value& out)>;
  IteratorObject(Budget* budget, const char* type, Pull pull, int depth);
  const char* type;  ///< Python's name for it
  Pull pull;
  bool running = false;  ///< a generator may not be entered twice
};

/// What was looked up in vain, for the message that any use of the value gives.
struct UndefinedObject : Object {
  UndefinedObject(Budget* budget, std::string hint, const char* owner, Value name);
  std::string message() const;
  std::string hint;   ///< the whole message, when not empty
  const char* owner;  ///< "dict object", or null for a variable
  Value name;
};

struct NamespaceObject : Object {
  explicit NamespaceObject(Budget* budget) : Object(budget, sizeof(NamespaceObject)) {}
  Value* find(std::string_view name);
  void set(std::string_view name, Value value);
  std::vector<std::pair<std::string, Value>> attributes;
};

struct CyclerObject : Object {
  CyclerObject(Budget* budget, std::vector<Value> items);
  std::vector<Value> items;
  size_t at = 0;
};

struct JoinerObject : Object {
  JoinerObject(Budget* budget, Value separator);
  Value separator;
  bool used = false;
};

Value make_string(Budget* budget, std::string text, bool markup = false);
Value make_list(Budget* budget, std::vector<Value> items);
Value make_tuple(Budget* budget, std::vector<Value> items);
Value make_group(Budget* budget, Value grouper, Value list);
/// Later entries replace the value of an equal earlier key. Keys must be hashable.
Value make_dict(Budget* budget, std::vector<DictObject::Entry> entries);
Value make_view(Budget* budget, Value dict, DictPart part);
Value make_iterator(Budget* budget, const char* type, IteratorObject::Pull pull, int source_depth);
Value undefined_variable(Budget* budget, std::string_view name);
Value undefined_member(Budget* budget, const Value& owner, Value name);
Value undefined_because(Budget* budget, std::string message);

/// Python's type name ("str", "NoneType").
const char* type_name(const Value& value);
/// The type as Jinja's messages name it ("dict object", "None").
const char* type_repr(const Value& value);

}  // namespace caracal::jinja
