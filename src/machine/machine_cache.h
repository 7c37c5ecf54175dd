#pragma once
#include <filesystem>
#include <string_view>

namespace caracal {

/// Where measurements of this machine are kept, below the program's cache directory; empty when the
/// environment names none. It need not exist.
std::filesystem::path machine_cache_folder();

/// The file of one kind ("roofs") for one machine: fingerprints differ in the file's name.
std::filesystem::path machine_file(const std::filesystem::path& folder, std::string_view kind,
                                   std::string_view fingerprint);

}  // namespace caracal
