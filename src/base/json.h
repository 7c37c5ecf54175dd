#pragma once
/// Thin front for the JSON library. Headers that only name the type include json_fwd.h.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json_fwd.h"

namespace caracal {

/// What a text may hold, and the error when it holds something else.
struct JsonLimits {
  int depth = 256;
  /// Of one object: members are looked up one after the other, and far more would take minutes.
  size_t members = 1 << 14;
  ErrorCode code = ErrorCode::bad_request;
};

/// Parses text within the limits; throws Error(limits.code) that says where. what names the source
/// in messages.
Json parse_json(std::string_view text, std::string_view what, const JsonLimits& limits = {});
Json read_json_file(const std::filesystem::path& path);

/// Serialises; bytes that are not UTF-8 become U+FFFD instead of an exception.
std::string to_text(const Json& value, int indent = -1);

}  // namespace caracal
