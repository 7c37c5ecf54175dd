#include "bench/compare/engine_run.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/json.h"

namespace caracal {
namespace {

constexpr size_t kMostText = 2000;  ///< characters of any text that is taken over
constexpr JsonLimits kLimits = {.depth = 16, .members = 256, .code = ErrorCode::bad_file};

/// Text goes to terminals and pages: one line, not for ever.
std::string printable(std::string text) {
  if (text.size() > kMostText) text = text.substr(0, kMostText) + "...";
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

/// An object of the output, with the place of each member in messages.
class Object {
 public:
  Object(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json.is_object()) wrong("an object", json);
  }

  bool has(const char* key) const { return json_.contains(key) && !json_.at(key).is_null(); }
  std::string text(const char* key) const {
    const Json& value = at(key);
    if (!value.is_string()) wrong("a text", value, key);
    return printable(value.get<std::string>());
  }
  int32_t count(const char* key) const {
    const Json& value = at(key);
    const bool fits =
        value.is_number_integer() && value.get<double>() >= 0 && value.get<double>() <= (1 << 24);
    if (!fits) wrong("a number of things", value, key);
    return value.get<int32_t>();
  }
  /// Finite and above 0.
  double amount(const char* key) const {
    const Json& value = at(key);
    const bool fits =
        value.is_number() && std::isfinite(value.get<double>()) && value.get<double>() > 0;
    if (!fits) wrong("a number above 0", value, key);
    return value.get<double>();
  }
  Object object(const char* key) const { return {at(key), where_ + ": " + key}; }
  /// The objects of an array of so many.
  std::vector<Object> objects(const char* key, size_t n) const {
    const Json& value = at(key);
    if (!value.is_array()) wrong("an array", value, key);
    if (value.size() != n)
      throw_error(ErrorCode::bad_file, where_, "'{}' with {} elements expected, {} found", key, n,
                  value.size());
    std::vector<Object> out;
    for (size_t i = 0; i < n; ++i)
      out.emplace_back(value[i], fmt::format("{}: {}[{}]", where_, key, i));
    return out;
  }
  const std::string& where() const { return where_; }

 private:
  const Json& at(const char* key) const {
    if (!json_.contains(key))
      throw_error(ErrorCode::bad_file, where_, "'{}' expected, not found", key);
    return json_.at(key);
  }
  [[noreturn]] void wrong(std::string_view expected, const Json& found,
                          std::string_view key = {}) const {
    throw_error(ErrorCode::bad_file, where_, "{}{} expected, found {}", key.empty() ? "" : "as '",
                key.empty() ? std::string(expected) : fmt::format("{}' {}", key, expected),
                printable(to_text(found)).substr(0, 80));
  }

  const Json& json_;
  std::string where_;
};

void check_test(const Object& object, const BenchTest& test) {
  const BenchTest found = {object.count("n_prompt"), object.count("n_gen"), object.count("depth")};
  if (found != test)
    throw_error(ErrorCode::bad_file, object.where(),
                "{} behind {} tokens expected, {} behind {} found", test.name(), test.depth,
                found.name(), found.depth);
}

EngineFacts read_settings(const Object& object) {
  return {.n_threads = object.count("threads"),
          .n_batch = object.count("n_batch"),
          .cache_type_k = object.text("cache_type_k"),
          .cache_type_v = object.text("cache_type_v")};
}

/// Prefers the worker's own reason to the bare fact that it failed.
[[noreturn]] void throw_failure(const ProcessResult& process, const std::string& what) {
  std::string reason;
  try {
    const Json json = parse_json(process.output, what, kLimits);
    const Object object(json, what);
    if (object.has("error")) reason = object.text("error");
  } catch (const Error&) {  // it died before it could say anything
  }
  if (!reason.empty() && process.signal == 0) throw Error(ErrorCode::unsupported, reason, what);
  throw_error(ErrorCode::internal, what, "its process ended with {}; what it wrote stands above",
              describe_end(process));
}

Json output_of(const ProcessResult& process, const std::string& what) {
  if (!process.succeeded()) throw_failure(process, what);
  return parse_json(process.output, what, kLimits);
}

std::optional<Roof> read_roof(const Object& result) {
  if (!result.has("roof")) return std::nullopt;
  const std::string name = result.text("roof");
  for (const Roof roof : kRoofs)
    if (name_of(roof) == name) return roof;
  throw_error(ErrorCode::bad_file, result.where(), "a roof expected, '{}' found", name);
}

}  // namespace

EngineRun read_peer_run(const ProcessResult& process, const BenchSetup& setup,
                        const std::string& what) {
  const Json json = output_of(process, what);
  const Object answer(json, what);
  EngineRun run;
  if (answer.has("left_out")) {
    run.left_out = answer.text("left_out");
    return run;
  }
  run.facts = read_settings(answer);
  run.facts.version = answer.text("version");
  run.facts.system = answer.text("system");
  run.facts.flags = answer.text("flags");
  const auto results = answer.objects("results", setup.tests.size());
  for (size_t i = 0; i < results.size(); ++i) {
    const BenchTest& test = setup.tests[i];
    check_test(results[i], test);
    TestRun& out = run.tests.emplace_back();
    if (results[i].has("left_out"))
      out.left_out = results[i].text("left_out");
    else
      out.tokens_per_s = static_cast<double>(test.n_tokens()) * setup.engine.n_parallel /
                         results[i].amount("seconds");
  }
  return run;
}

EngineRun read_own_run(const ProcessResult& process, const BenchSetup& setup) {
  const std::string what = "caracal bench";
  const Json json = output_of(process, what);
  const Object answer(json, what);
  const auto results = answer.objects("results", setup.tests.size());
  EngineRun run;
  for (size_t i = 0; i < results.size(); ++i) {
    check_test(results[i], setup.tests[i]);
    TestRun& out = run.tests.emplace_back();
    out.tokens_per_s = results[i].object("tokens_per_s").amount("median");
    out.roof = read_roof(results[i]);
    if (out.roof) out.roof_share = results[i].amount("roof_share");
  }
  const Object& first = results.front();
  run.facts = read_settings(first);
  run.facts.version = "caracal " + answer.object("machine").text("caracal");
  run.facts.system = first.text("features");
  run.facts.flags = "numerics=" + first.text("mode");
  run.model_name = first.text("model");
  run.weights = first.text("weights");
  return run;
}

}  // namespace caracal
