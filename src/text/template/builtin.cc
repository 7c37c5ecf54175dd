#include "text/template/builtin.h"

#include <algorithm>

#include "text/template/builtin_tables.h"
#include "text/template/failure.h"
#include "text/template/interpreter.h"

namespace caracal::jinja {
namespace {

const Builtin* find(std::span<const Builtin> table, std::string_view name) {
  const auto at =
      std::find_if(table.begin(), table.end(), [&](const Builtin& b) { return b.name == name; });
  return at == table.end() ? nullptr : &*at;
}

std::vector<std::string_view> split_names(std::string_view text) {
  std::vector<std::string_view> names;
  while (!text.empty()) {
    const size_t space = std::min(text.find(' '), text.size());
    names.push_back(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return names;
}

void bind(Invocation& call) {
  const Builtin& b = call.builtin;
  const std::vector<std::string_view> names = split_names(b.parameters);
  if (call.args.size() > names.size()) {
    fail("{}() takes at most {} argument(s) ({} given)", b.name, names.size(), call.args.size());
  }
  call.args.resize(names.size());
  for (auto& [key, value] : call.keywords) {
    const auto at = std::find(names.begin(), names.end(), key);
    if (at == names.end()) fail("{}() got an unexpected keyword argument '{}'", b.name, key);
    Value& slot = call.args[static_cast<size_t>(at - names.begin())];
    if (!slot.is_missing()) fail("{}() got multiple values for argument '{}'", b.name, key);
    slot = std::move(value);
  }
  for (size_t i = 0; i < b.n_required; ++i) {
    if (call.args[i].is_missing()) {
      fail("{}() missing required argument '{}'", b.name, names[i]);
    }
  }
}

}  // namespace

int64_t Invocation::integer(size_t i, int64_t otherwise) const {
  if (!has(i)) return otherwise;
  require_defined(args[i]);
  if (!args[i].is_int()) {
    fail("'{}' object cannot be interpreted as an integer", type_name(args[i]));
  }
  return args[i].to_int();
}

bool Invocation::flag(size_t i, bool otherwise) const {
  return has(i) ? truthy(args[i]) : otherwise;
}

std::string_view Invocation::text(size_t i) const {
  require_defined(args[i]);
  if (!args[i].is_string()) {
    fail("{}() argument {} must be str, not {}", builtin.name, i + 1, type_name(args[i]));
  }
  return args[i].text();
}

std::string_view Invocation::text(size_t i, std::string_view otherwise) const {
  return has(i) ? text(i) : otherwise;
}

Value Invocation::string(std::string value, bool markup) const {
  return make_string(&budget, std::move(value), markup);
}
Value Invocation::list(std::vector<Value> items) const {
  return make_list(&budget, std::move(items));
}

Value invoke(Interpreter& in, const Builtin& builtin, const Value& self, std::vector<Value> args,
             std::vector<std::pair<std::string, Value>> keywords) {
  if (!builtin.run) unsupported("'{}' is not supported", builtin.name);
  in.budget().step(self.is_string() ? self.text().size() : 0);
  Invocation call{in, in.budget(), builtin, self, std::move(args), std::move(keywords)};
  if (builtin.parameters != "*") bind(call);
  return builtin.run(call);
}

const Builtin* find_filter(std::string_view name) {
  for (const auto table :
       {text_filters(), number_filters(), sequence_filters(), selection_filters()}) {
    if (const Builtin* b = find(table, name)) return b;
  }
  return nullptr;
}

const Builtin* find_test(std::string_view name) { return find(tests(), name); }

Value find_attribute(Interpreter& in, const Value& object, const Value& name) {
  static constexpr std::string_view kMutators[] = {"append",     "clear",   "extend", "insert",
                                                   "pop",        "popitem", "remove", "reverse",
                                                   "setdefault", "sort",    "update"};
  const auto table = object.is_string() ? string_methods() : object_methods(object.kind());
  const Builtin* method = find(table, name.text());
  if (!method) return {};
  const bool container = object.is(Kind::list) || object.is_dict();
  if (container &&
      std::find(std::begin(kMutators), std::end(kMutators), name.text()) != std::end(kMutators)) {
    return undefined_because(&in.budget(),
                             fmt::format("access to attribute {} of '{}' object is unsafe.",
                                         repr_text(name.text()), type_name(object)));
  }
  if (method->parameters == "@") return invoke(in, {method->name, method->run, ""}, object, {}, {});
  return Value::object(Kind::function, new FunctionObject(&in.budget(), *method, object));
}

}  // namespace caracal::jinja
