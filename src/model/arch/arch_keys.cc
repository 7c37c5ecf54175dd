#include "model/arch/arch_keys.h"

#include <algorithm>

#include "base/error.h"

namespace caracal {
namespace {

[[noreturn]] void missing(const std::string& where) {
  throw_error(ErrorCode::bad_file, where, "this key is required and the file lacks it");
}

}  // namespace

ArchKeys::ArchKeys(const Gguf& file, const ModelConfig& config)
    : file_(file), prefix_(config.arch + ".") {}

std::optional<int32_t> ArchKeys::find_count(std::string_view key, int64_t max) const {
  const auto value = file_.get_int(full(key));
  if (!value) return std::nullopt;
  if (*value < 1 || *value > max)
    throw_error(ErrorCode::bad_file, where(key), "expected 1 to {}, found {}", max, *value);
  return static_cast<int32_t>(*value);
}

int32_t ArchKeys::count(std::string_view key, int64_t max) const {
  const auto value = find_count(key, max);
  if (!value) missing(where(key));
  return *value;
}

std::optional<int32_t> ArchKeys::find_uniform_count(std::string_view key, int64_t max) const {
  const GgufValue* raw = file_.find(full(key));
  if (!raw || raw->type != GgufValue::Type::array) return find_count(key, max);
  const auto values = file_.get_ints(full(key));
  if (!values || values->empty() || (*values)[0] < 1 || (*values)[0] > max)
    throw_error(ErrorCode::bad_file, where(key), "expected numbers from 1 to {}", max);
  for (int64_t v : *values)
    if (v != (*values)[0])
      throw_error(ErrorCode::unsupported, where(key), "layers with different values ({} and {})",
                  (*values)[0], v);
  return static_cast<int32_t>((*values)[0]);
}

int32_t ArchKeys::uniform_count(std::string_view key, int64_t max) const {
  const auto value = find_uniform_count(key, max);
  if (!value) missing(where(key));
  return *value;
}

double ArchKeys::number(std::string_view key, double fallback, double min, double max) const {
  const auto value = file_.get_float(full(key));
  if (!value) return fallback;
  if (!(*value >= min && *value <= max))
    throw_error(ErrorCode::bad_file, where(key), "expected {} to {}, found {}", min, max, *value);
  return *value;
}

std::optional<std::string_view> ArchKeys::text(std::string_view key) const {
  return file_.get_string(full(key));
}

std::string ArchKeys::where(std::string_view key) const {
  return std::string(file_.name()) + ": " + full(key);
}

}  // namespace caracal
