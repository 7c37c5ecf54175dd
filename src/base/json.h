#pragma once
/// Thin front for the JSON library. Headers that only name the type include json_fwd.h.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/json_fwd.h"

namespace caracal {

/// Parses text whose nesting is at most max_depth; throws Error(bad_request or bad_file) that says
/// where. what names the source in messages.
Json parse_json(std::string_view text, std::string_view what, int max_depth = 256);
Json read_json_file(const std::filesystem::path& path);

/// Serialises; bytes that are not UTF-8 become U+FFFD instead of an exception.
std::string to_text(const Json& value, int indent = -1);

}  // namespace caracal
