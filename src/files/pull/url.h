#pragma once
#include <string>
#include <string_view>

namespace caracal {

/// reference as seen from the page at base: "../../files/x.whl#sha256=..." becomes absolute.
/// Throws Error(io) for something that is no URL.
std::string resolve_url(const std::string& base, const std::string& reference);

/// Without user name, password and query (where signatures stand), for messages.
std::string redact_url(const std::string& url);

/// Scheme, host and port: what a token may be sent to. Empty for something that is no URL.
std::string origin_of(const std::string& url);
/// The path of a URL, still percent-encoded: "/org/repo/resolve/main/a%20b.gguf".
std::string url_path(const std::string& url);

/// Everything but unreserved characters (RFC 3986) and keep becomes %XX.
std::string percent_encoded(std::string_view text, std::string_view keep = "");
std::string percent_decoded(std::string_view text);

/// True for "a/b.gguf": relative, forward slashes, no empty, "." or ".." component and no control
/// character. Names that a server gives must pass before they become paths.
bool is_safe_relative_path(std::string_view path);

}  // namespace caracal
