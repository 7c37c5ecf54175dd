#pragma once
#include <filesystem>
#include <string>

namespace caracal {

/// What a file's content must hash to.
struct Checksum {
  enum class Kind {
    none,           ///< nobody says
    sha256,         ///< FIPS 180-4
    git_blob_sha1,  ///< of "blob SIZE\0" and the content: how git, and the hub, name small files
  };
  Kind kind = Kind::none;
  std::string hex = {};  ///< lower case

  static Checksum sha256(std::string hex) { return {Kind::sha256, std::move(hex)}; }
  /// 64 hex digits are a SHA-256, 40 a git blob's name, anything else says nothing.
  static Checksum of_etag(std::string_view etag);
};

/// Throws Error(bad_file) with both values when the file is another one. what: its name for people.
void check_content(const std::filesystem::path& path, const Checksum& expected,
                   std::string_view what);

/// Lower-case hex.
std::string git_blob_sha1_of_file(const std::filesystem::path& path);

}  // namespace caracal
