#pragma once
/// Python's operators on values. All of them charge the budget for what they touch and throw
/// Failure with Python's words where Python would raise.
#include <optional>
#include <string>
#include <string_view>

#include "text/template/value.h"

namespace caracal::jinja {

/// Throws the message of an undefined value; does nothing for any other.
void require_defined(const Value& value);

bool truthy(const Value& value);
bool equal(Budget& budget, const Value& a, const Value& b);
/// Negative, zero or positive; op is the sign for the message of a TypeError.
int compare(Budget& budget, const Value& a, const Value& b, std::string_view op);
uint64_t hash_of(Budget& budget, const Value& value);
uint64_t hash_of_text(std::string_view text);
bool contains(Budget& budget, const Value& container, const Value& item);

enum class BinaryOp : uint8_t { add, sub, mul, div, floor_div, mod, pow };
Value binary(Budget& budget, BinaryOp op, const Value& a, const Value& b);
Value negative(Budget& budget, const Value& value);
Value positive(const Value& value);

/// len(); nothing where Python raises TypeError.
std::optional<int64_t> length_of(const Value& value);
int64_t require_length(const Value& value);

/// obj[key] for lists, tuples, strings, ranges and dicts; missing where Python raises
/// TypeError or LookupError.
Value find_item(Budget& budget, const Value& object, const Value& key);
/// obj[start:stop:step], with missing or none for a bound left out.
Value slice(Budget& budget, const Value& object, const Value& start, const Value& stop,
            const Value& step);

/// Steps through anything that can be iterated. A generator is consumed.
class Cursor {
 public:
  /// Throws "'int' object is not iterable".
  explicit Cursor(Value source);
  bool next(Budget& budget, Value& out);
  static bool can_iterate(const Value& source);

 private:
  Value source_;
  size_t at_ = 0;
};
std::vector<Value> collect(Budget& budget, const Value& iterable);

/// Text that grows under the budget; for results whose size the template decides.
class TextSink {
 public:
  explicit TextSink(Budget& budget) : budget_(budget) {}
  TextSink& operator<<(std::string_view text);
  TextSink& operator<<(char c) { return *this << std::string_view(&c, 1); }
  std::string take() { return std::move(text_); }
  Budget& budget() { return budget_; }
  int depth = 0;  ///< of the value being printed

 private:
  Budget& budget_;
  std::string text_;
  size_t room_ = 0;
};

/// str() and repr().
void print(TextSink& out, const Value& value);
void print_repr(TextSink& out, const Value& value);
std::string to_text(Budget& budget, const Value& value);
std::string repr(Budget& budget, const Value& value);
/// repr() of a scalar for messages; containers by their type only.
std::string repr_plain(const Value& value);
/// repr(float): the shortest digits that read back the same.
std::string real_text(double value);
std::string repr_text(std::string_view text);
/// The text of a string value, str() of any other (markupsafe.soft_str).
Value as_string(Budget& budget, const Value& value);
std::string escape_html(std::string_view text);

}  // namespace caracal::jinja
