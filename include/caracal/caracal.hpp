/// caracal for C++17: a header over the C interface (caracal.h), whose contracts hold here too.
///
///   auto model = caracal::Model::load("model.gguf").value();
///   auto answer = model.generate("Once upon a time", {.max_tokens = 32}).value();
///   std::cout << answer.text;
///
/// Functions that can fail return a Result: test it, or call value(), which throws caracal::Error.
#pragma once
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "caracal/caracal.h"

namespace caracal {
inline namespace v0 {

using TokenId = int32_t;

class Error : public std::runtime_error {
 public:
  Error(caracal_status status, const std::string& message)
      : std::runtime_error(message), status_(status) {}
  caracal_status status() const { return status_; }

 private:
  caracal_status status_;
};

/// A value, or the reason why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(std::move(error)) {}

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  /// Throws the error when there is no value.
  T& value() & {
    require_value();
    return *std::get_if<T>(&state_);
  }
  const T& value() const& {
    require_value();
    return *std::get_if<T>(&state_);
  }
  T value() && {
    require_value();
    return std::move(*std::get_if<T>(&state_));
  }
  /// Only when !ok().
  const Error& error() const { return std::get<Error>(state_); }

 private:
  void require_value() const {
    if (!ok()) throw error();
  }

  std::variant<T, Error> state_;
};

namespace detail {

struct Free {
  void operator()(void* memory) const { caracal_free(memory); }
  void operator()(caracal_error* error) const { caracal_error_free(error); }
  void operator()(caracal_model* model) const { caracal_model_free(model); }
  void operator()(caracal_answer* answer) const { caracal_answer_free(answer); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

inline Error take(caracal_status status, caracal_error* raw) {
  const Owned<caracal_error> error(raw);
  return Error(status, caracal_error_message(error.get()));
}

inline caracal_model_options model_defaults() {
  caracal_model_options options;
  caracal_model_options_init(&options, sizeof(options));
  return options;
}

inline caracal_generate_options generate_defaults() {
  caracal_generate_options options;
  caracal_generate_options_init(&options, sizeof(options));
  return options;
}

/// Runs a callback that may throw under a C function that must not see it.
class Shield {
 public:
  template <class F>
  void run(F&& f) noexcept {
    if (caught_) return;
    try {
      std::forward<F>(f)();
    } catch (...) {
      caught_ = std::current_exception();
    }
  }
  bool caught() const { return caught_ != nullptr; }
  void rethrow() const {
    if (caught_) std::rethrow_exception(caught_);
  }

 private:
  std::exception_ptr caught_;
};

}  // namespace detail

/// Any setting of docs/cli.md: {"cache_type_k", "f32"}.
using Settings = std::vector<std::pair<std::string, std::string>>;

namespace detail {
inline std::vector<caracal_setting> view(const Settings& settings) {
  std::vector<caracal_setting> out;
  out.reserve(settings.size());
  for (const auto& [name, value] : settings) out.push_back({name.c_str(), value.c_str()});
  return out;
}
}  // namespace detail

/// See caracal_model_options.
struct ModelOptions {
  int32_t n_ctx = detail::model_defaults().n_ctx;
  int32_t n_batch = detail::model_defaults().n_batch;
  int32_t n_threads = detail::model_defaults().n_threads;
  int32_t n_threads_batch = detail::model_defaults().n_threads_batch;
  Settings settings;
  /// Bytes done and in total. What it throws leaves Model::load once the model is loaded.
  std::function<void(uint64_t, uint64_t)> on_progress;
};

/// See caracal_generate_options.
struct GenerateOptions {
  int32_t max_tokens = detail::generate_defaults().max_tokens;
  float temp = detail::generate_defaults().temp;
  int64_t seed = detail::generate_defaults().seed;
  int32_t top_k = detail::generate_defaults().top_k;
  float top_p = detail::generate_defaults().top_p;
  float min_p = detail::generate_defaults().min_p;
  bool show_special = false;
  std::vector<std::string> stop;
  Settings settings;
  /// Each piece of text as it becomes final; false ends the answer. What it throws ends the answer
  /// and leaves generate().
  std::function<bool(std::string_view)> on_text;
};

struct TokenizeOptions {
  bool add_special = true;     ///< the tokens that the vocabulary puts at either end
  bool parse_special = false;  ///< control tokens written in the text become those tokens

  uint32_t flags() const {
    uint32_t flags = 0;
    if (add_special) flags |= CARACAL_ADD_SPECIAL;
    if (parse_special) flags |= CARACAL_PARSE_SPECIAL;
    return flags;
  }
};

struct Timings {
  double ttft_ms = 0;    ///< call to first token
  double decode_ms = 0;  ///< first token to last
  int32_t n_prompt = 0;
  int32_t n_generated = 0;
};

struct Answer {
  std::string text;
  std::vector<TokenId> ids;  ///< generated; the one that ended the answer is among them
  caracal_finish finish = CARACAL_FINISH_FAILED;
  Timings timings;
};

inline std::string_view version() { return caracal_version(); }

/// A loaded model. Moves, does not copy; a moved-from model may only be destroyed or assigned to.
/// Threads may share it; generations run one after another.
class Model {
 public:
  static Result<Model> load(const std::string& path, const ModelOptions& options = {}) {
    const auto settings = detail::view(options.settings);
    Progress progress{options, {}};
    caracal_model_options raw = detail::model_defaults();
    raw.n_ctx = options.n_ctx;
    raw.n_batch = options.n_batch;
    raw.n_threads = options.n_threads;
    raw.n_threads_batch = options.n_threads_batch;
    raw.settings = settings.data();
    raw.n_settings = settings.size();
    if (options.on_progress) raw.on_progress = &Progress::call;
    raw.on_progress_user = &progress;

    caracal_model* model = nullptr;
    caracal_error* error = nullptr;
    const caracal_status status = caracal_model_load(path.c_str(), &raw, &model, &error);
    if (status != CARACAL_OK) return detail::take(status, error);
    Model loaded{detail::Owned<caracal_model>(model)};
    progress.shield.rethrow();
    return loaded;
  }

  int32_t n_ctx() const { return caracal_model_n_ctx(model_.get()); }
  int32_t n_vocab() const { return caracal_model_n_vocab(model_.get()); }

  Result<std::vector<TokenId>> tokenize(std::string_view text,
                                        const TokenizeOptions& options = {}) const {
    int32_t* ids = nullptr;
    size_t n_ids = 0;
    caracal_error* error = nullptr;
    const caracal_status status = caracal_tokenize(model_.get(), text.data(), text.size(),
                                                   options.flags(), &ids, &n_ids, &error);
    return take_ids(status, ids, n_ids, error);
  }

  /// The prompt of a conversation; json as in caracal_tokenize_chat.
  Result<std::vector<TokenId>> tokenize_chat(std::string_view json) const {
    int32_t* ids = nullptr;
    size_t n_ids = 0;
    caracal_error* error = nullptr;
    const caracal_status status =
        caracal_tokenize_chat(model_.get(), json.data(), json.size(), &ids, &n_ids, &error);
    return take_ids(status, ids, n_ids, error);
  }

  /// The bytes that the tokens stand for; need not be UTF-8.
  Result<std::string> detokenize(const std::vector<TokenId>& ids, bool skip_special = false) const {
    char* text = nullptr;
    size_t n_bytes = 0;
    caracal_error* error = nullptr;
    const uint32_t flags = skip_special ? uint32_t{CARACAL_SKIP_SPECIAL} : 0;
    const caracal_status status =
        caracal_detokenize(model_.get(), ids.data(), ids.size(), flags, &text, &n_bytes, &error);
    if (status != CARACAL_OK) return detail::take(status, error);
    const detail::Owned<char> owned(text);
    return std::string(text, n_bytes);
  }

  /// Continues text.
  Result<Answer> generate(std::string_view prompt, const GenerateOptions& options = {},
                          const TokenizeOptions& tokens = {}) {
    auto ids = tokenize(prompt, tokens);
    if (!ids) return ids.error();
    return generate(ids.value(), options);
  }

  /// Continues tokens.
  Result<Answer> generate(const std::vector<TokenId>& prompt, const GenerateOptions& options = {}) {
    const auto settings = detail::view(options.settings);
    std::vector<const char*> stop;
    for (const std::string& text : options.stop) stop.push_back(text.c_str());
    Listener listener{options, {}};
    caracal_generate_options raw = detail::generate_defaults();
    raw.seed = options.seed;
    raw.max_tokens = options.max_tokens;
    raw.temp = options.temp;
    raw.top_k = options.top_k;
    raw.top_p = options.top_p;
    raw.min_p = options.min_p;
    raw.show_special = options.show_special;
    raw.stop = stop.data();
    raw.n_stop = stop.size();
    raw.settings = settings.data();
    raw.n_settings = settings.size();
    if (options.on_text) raw.on_text = &Listener::call;
    raw.on_text_user = &listener;

    caracal_answer* answer = nullptr;
    caracal_error* error = nullptr;
    const caracal_status status =
        caracal_generate_ids(model_.get(), prompt.data(), prompt.size(), &raw, &answer, &error);
    const detail::Owned<caracal_answer> owned(answer);
    if (status != CARACAL_OK) return detail::take(status, error);
    listener.shield.rethrow();
    return read(*answer);
  }

 private:
  struct Progress {
    const ModelOptions& options;
    detail::Shield shield;

    static void call(uint64_t done, uint64_t total, void* user) {
      auto& self = *static_cast<Progress*>(user);
      self.shield.run([&] { self.options.on_progress(done, total); });
    }
  };

  struct Listener {
    const GenerateOptions& options;
    detail::Shield shield;

    static int call(const char* text, size_t n_bytes, void* user) {
      auto& self = *static_cast<Listener*>(user);
      bool go_on = false;
      self.shield.run([&] { go_on = self.options.on_text({text, n_bytes}); });
      return go_on ? 0 : 1;
    }
  };

  explicit Model(detail::Owned<caracal_model> model) : model_(std::move(model)) {}

  static Result<std::vector<TokenId>> take_ids(caracal_status status, int32_t* ids, size_t n_ids,
                                               caracal_error* error) {
    if (status != CARACAL_OK) return detail::take(status, error);
    const detail::Owned<int32_t> owned(ids);
    return std::vector<TokenId>(ids, ids + n_ids);
  }

  static Answer read(const caracal_answer& raw) {
    Answer answer;
    size_t n = 0;
    const char* text = caracal_answer_text(&raw, &n);
    answer.text.assign(text, n);
    const int32_t* ids = caracal_answer_ids(&raw, &n);
    answer.ids.assign(ids, ids + n);
    answer.finish = caracal_answer_finish(&raw);
    caracal_timings timings{};
    timings.struct_size = sizeof(timings);
    caracal_answer_timings(&raw, &timings);
    answer.timings = {timings.ttft_ms, timings.decode_ms, timings.n_prompt, timings.n_generated};
    return answer;
  }

  detail::Owned<caracal_model> model_;
};

}  // namespace v0
}  // namespace caracal
