#include "capi/options.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "capi/error.h"
#include "capi/versioned_struct.h"

namespace caracal::capi {
namespace {

// The structs as they were in release 0.1, the first. A struct that grows keeps its number here and
// moves the assertion to its new last field.
constexpr size_t kFirstModelOptions =
    offsetof(caracal_model_options, on_progress_user) + sizeof(void*);
constexpr size_t kFirstGenerateOptions =
    offsetof(caracal_generate_options, on_text_user) + sizeof(void*);
static_assert(sizeof(caracal_model_options) == kFirstModelOptions, "padding at the end");
static_assert(sizeof(caracal_generate_options) == kFirstGenerateOptions, "padding at the end");

/// Every value given under the name of settings[first]; empty when an earlier entry took them.
std::vector<std::string_view> values_from(std::span<const caracal_setting> settings, size_t first) {
  const std::string_view name = settings[first].name;
  std::vector<std::string_view> values;
  for (size_t i = 0; i < settings.size(); ++i) {
    require(settings[i].name, "settings");
    if (name != settings[i].name) continue;
    if (i < first) return {};
    require(settings[i].value, name);
    values.push_back(settings[i].value);
  }
  return values;
}

/// "--repeat-penalty" as "repeat_penalty".
std::string setting_name(std::string_view flag) {
  std::string name(flag.substr(std::min(flag.find_first_not_of('-'), flag.size())));
  std::ranges::replace(name, '-', '_');
  return name;
}

/// By the member's name or by a long flag that sets it.
template <class S>
const Field<S>* find_setting(std::span<const Field<S>> table, std::string_view name) {
  if (const Field<S>* field = find_field(table, name)) return field;
  for (const Field<S>& field : table)
    for (const FlagName& flag : split_flags(field.flags))
      if (!flag.negates && flag.name.starts_with("--") && setting_name(flag.name) == name)
        return &field;
  return nullptr;
}

template <class S>
void apply(const caracal_setting* given, size_t n_given, std::span<const Field<S>> table,
           S& settings) {
  if (n_given == 0) return;
  require(given, "settings");
  const std::span<const caracal_setting> list(given, n_given);
  for (size_t i = 0; i < list.size(); ++i) {
    require(list[i].name, "settings");
    const Field<S>* field = find_setting(table, list[i].name);
    if (field == nullptr)
      throw_error(ErrorCode::bad_config, list[i].name, "there is no setting of this name here");
    const auto values = values_from(list, i);
    if (!values.empty())
      assign(*field, settings, std::span<const std::string_view>(values), list[i].name);
  }
}

}  // namespace

caracal_model_options default_model_options() {
  const EngineConfig config;
  return {.struct_size = sizeof(caracal_model_options),
          .n_ctx = config.n_ctx,
          .n_batch = config.n_batch,
          .n_threads = config.n_threads,
          .n_threads_batch = config.n_threads_batch};
}

caracal_generate_options default_generate_options() {
  const SamplingParams params;
  return {.struct_size = sizeof(caracal_generate_options),
          .seed = params.seed,
          .max_tokens = params.max_tokens,
          .temp = params.temp,
          .top_k = params.top_k,
          .top_p = params.top_p,
          .min_p = params.min_p};
}

caracal_model_options read_options(const caracal_model_options* given) {
  return read_struct(given, default_model_options(), kFirstModelOptions, "caracal_model_options");
}

caracal_generate_options read_options(const caracal_generate_options* given) {
  return read_struct(given, default_generate_options(), kFirstGenerateOptions,
                     "caracal_generate_options");
}

EngineConfig engine_config(const caracal_model_options& options) {
  EngineConfig config;
  config.n_ctx = options.n_ctx;
  config.n_batch = options.n_batch;
  config.n_threads = options.n_threads;
  config.n_threads_batch = options.n_threads_batch;
  apply(options.settings, options.n_settings, engine_fields(), config);
  check_fields(engine_fields(), config);
  return config;
}

SamplingParams sampling_params(const caracal_generate_options& options) {
  SamplingParams params;
  params.seed = options.seed;
  params.max_tokens = options.max_tokens;
  params.temp = options.temp;
  params.top_k = options.top_k;
  params.top_p = options.top_p;
  params.min_p = options.min_p;
  if (options.n_stop > 0) require(options.stop, "stop");
  for (size_t i = 0; i < options.n_stop; ++i) {
    require(options.stop[i], "stop");
    params.stop.emplace_back(options.stop[i]);
  }
  apply(options.settings, options.n_settings, sampling_fields(), params);
  validate(params);
  return params;
}

}  // namespace caracal::capi

using namespace caracal::capi;

void caracal_model_options_init(caracal_model_options* options, size_t struct_size) {
  if (options != nullptr) write_struct(options, struct_size, default_model_options());
}

void caracal_generate_options_init(caracal_generate_options* options, size_t struct_size) {
  if (options != nullptr) write_struct(options, struct_size, default_generate_options());
}
