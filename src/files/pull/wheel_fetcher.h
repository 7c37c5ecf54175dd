#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "files/pull/fetch.h"
#include "files/pull/package_index.h"

namespace caracal {

/// A package that was looked up: the wheel that the index offers, or why it offers none.
struct WheelOffer {
  std::string package;
  std::string version;  ///< as asked for, or as found; empty: not known
  std::optional<PackageFile> file;
  std::string reason;         ///< empty when there is a file
  bool is_not_there = false;  ///< every index answered, none has it
};

/// Brings wheels to a folder: from the first index that has them, as pip is configured, and by pip
/// itself where the index does not answer us.
class WheelFetcher {
 public:
  explicit WheelFetcher(const FetchOptions& options);

  /// version empty: the newest.
  WheelOffer look_up(const std::string& package, const std::string& version) const;

  /// METADATA as the index serves it beside the wheel; empty when it does not.
  std::string metadata(const WheelOffer& offer) const;

  /// The wheel in folder, checked against the hash that the index gives. What an earlier call left
  /// there is used. Throws one Error that names -m FILE when neither way leads to the wheel.
  std::filesystem::path fetch(const WheelOffer& offer, const std::filesystem::path& folder,
                              const TransferProgress& progress) const;

 private:
  std::filesystem::path fetch_by_pip(const WheelOffer& offer, const std::filesystem::path& folder,
                                     const std::string& reason) const;

  const FetchOptions& options_;
  std::vector<std::string> index_urls_;
  HttpClient http_;
};

}  // namespace caracal
