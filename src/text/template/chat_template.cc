#include "text/template/chat_template.h"

#include "base/json.h"
#include "base/utf8.h"
#include "text/template/date_text.h"
#include "text/template/failure.h"
#include "text/template/interpreter.h"
#include "text/template/json_value.h"
#include "text/template/parser.h"
#include "text/template/scope.h"

namespace caracal {
namespace {

[[noreturn]] void rethrow(const jinja::Failure& failure, int line) {
  if (failure.line) line = failure.line;
  throw Error(failure.code, failure.message,
              line ? fmt::format("chat template line {}", line) : "chat template");
}

jinja::Value variables_of(jinja::Budget& budget, const Json& input) {
  const Json defaults_json = {
      {"add_generation_prompt", true}, {"bos_token", ""}, {"eos_token", ""}};
  const jinja::Value defaults = jinja::value_of(budget, defaults_json);
  const jinja::Value given = jinja::value_of(budget, input);
  std::vector<jinja::DictObject::Entry> entries = defaults.get<jinja::DictObject>().entries;
  for (const auto& entry : given.get<jinja::DictObject>().entries) {
    if (entry.first.text() != "now") entries.push_back(entry);
  }
  return jinja::make_dict(&budget, std::move(entries));
}

std::tm time_of(const Json& input) {
  const auto now = input.find("now");
  if (now == input.end()) return jinja::local_now();
  if (!now->is_string()) jinja::fail("now: expected a string, found {}", now->type_name());
  return jinja::parse_date(now->get_ref<const std::string&>());
}

void check_input(const Json& input) {
  if (!input.is_object())
    jinja::fail("expected an object with messages, found {}", input.type_name());
  const auto messages = input.find("messages");
  if (messages == input.end() || !messages->is_array()) {
    jinja::fail("messages: expected an array, found {}",
                messages == input.end() ? "nothing" : messages->type_name());
  }
}

}  // namespace

struct ChatTemplate::Impl {
  jinja::Template tree;
  Limits limits;
};

ChatTemplate::ChatTemplate(std::string source, Limits limits) {
  try {
    if (source.size() > limits.max_source_bytes) {
      throw jinja::Failure(ErrorCode::bad_file,
                           fmt::format("the source has {} bytes, more than {}, the limit",
                                       source.size(), limits.max_source_bytes));
    }
    if (!is_valid_utf8(source))
      throw jinja::Failure(ErrorCode::bad_file, "the source is not valid UTF-8");
    auto impl = std::make_unique<Impl>(Impl{jinja::parse(source, limits), limits});
    jinja::resolve_names(impl->tree);
    impl_ = std::move(impl);
  } catch (const jinja::Failure& failure) {
    rethrow(failure, 0);
  }
}

ChatTemplate::~ChatTemplate() = default;
ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;

std::string ChatTemplate::render(const Json& input) const {
  std::unique_ptr<jinja::Interpreter> interpreter;
  try {
    check_input(input);
    interpreter = std::make_unique<jinja::Interpreter>(impl_->tree, impl_->limits, time_of(input));
    jinja::Value variables = variables_of(interpreter->budget(), input);
    return interpreter->render(std::move(variables));
  } catch (const jinja::Failure& failure) {
    rethrow(failure, interpreter ? interpreter->line() : 0);
  }
}

}  // namespace caracal
