#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace caracal {

/// Runs `python3 -m pip download --no-deps` for one wheel into folder, which must be empty, and
/// returns the wheel's path. version may be empty: the newest. index_url may be empty: pip's own
/// configuration. Standard input and outputs of the child are closed to the user. Throws Error(io)
/// with pip's last line, Error(not_found) without a Python.
std::filesystem::path pip_download(std::string_view package, std::string_view version,
                                   const std::string& index_url,
                                   const std::filesystem::path& folder);

}  // namespace caracal
