#include "files/pull/checksum.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "base/check.h"
#include "base/error.h"
#include "base/file.h"
#include "files/sha256.h"

namespace caracal {
namespace {

bool is_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Checksum Checksum::of_etag(std::string_view etag) {
  constexpr size_t kSha256Digits = 64, kSha1Digits = 40;
  if (!is_hex(etag)) return {};
  if (etag.size() == kSha256Digits) return {Kind::sha256, std::string(etag)};
  if (etag.size() == kSha1Digits) return {Kind::git_blob_sha1, std::string(etag)};
  return {};
}

void check_content(const std::filesystem::path& path, const Checksum& expected,
                   std::string_view what) {
  if (expected.kind == Checksum::Kind::none) return;
  const bool is_sha256 = expected.kind == Checksum::Kind::sha256;
  const std::string found = is_sha256 ? sha256_of_file(path) : git_blob_sha1_of_file(path);
  if (found != expected.hex)
    throw_error(ErrorCode::bad_file, what, "expected {} {}, found {}",
                is_sha256 ? "SHA-256" : "git blob SHA-1", expected.hex, found);
}

std::string git_blob_sha1_of_file(const std::filesystem::path& path) {
  const MappedFile file(path);
  const std::string header = fmt::format("blob {}", file.bytes().size());
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash(EVP_MD_CTX_new(),
                                                                     &EVP_MD_CTX_free);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int n_bytes = 0;
  CRCL_CHECK(hash && EVP_DigestInit_ex(hash.get(), EVP_sha1(), nullptr) == 1);
  CRCL_CHECK(EVP_DigestUpdate(hash.get(), header.c_str(), header.size() + 1) == 1);  // with its \0
  CRCL_CHECK(EVP_DigestUpdate(hash.get(), file.bytes().data(), file.bytes().size()) == 1);
  CRCL_CHECK(EVP_DigestFinal_ex(hash.get(), digest, &n_bytes) == 1);
  std::string hex;
  for (unsigned int i = 0; i < n_bytes; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

}  // namespace caracal
