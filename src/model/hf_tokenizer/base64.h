#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace caracal {

/// Decodes RFC 4648 base64 with padding; nullopt for anything else.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace caracal
