#include "files/pull/hub_repo.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/json.h"
#include "files/pull/url.h"

namespace caracal {
namespace {

constexpr uint64_t kMaxListingBytes = 64 << 20;
constexpr size_t kMaxFiles = 100'000;

bool is_commit(std::string_view text) {
  constexpr size_t kMin = 7, kMax = 64;
  return text.size() >= kMin && text.size() <= kMax &&
         text.find_first_not_of("0123456789abcdef") == text.npos;
}

/// "W/\"abc\"" is abc. What must not become the name of a blob is nothing.
std::string normalized_etag(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"')
    etag = etag.substr(1, etag.size() - 2);
  constexpr size_t kMax = 128;
  const auto is_good = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  };
  if (etag.size() > kMax || !std::ranges::all_of(etag, is_good)) return {};
  return std::string(etag);
}

uint64_t number(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string text_member(const Json& object, const char* name) {
  const auto it = object.find(name);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

uint64_t count_member(const Json& object, const char* name) {
  const auto it = object.find(name);
  return it != object.end() && it->is_number_unsigned() ? it->get<uint64_t>() : 0;
}

/// The card's "license: other" has its name beside it.
std::string licence_of(const Json& model) {
  if (const auto card = model.find("cardData"); card != model.end() && card->is_object()) {
    const std::string licence = text_member(*card, "license");
    const std::string name = text_member(*card, "license_name");
    if (!name.empty() && (licence.empty() || licence == "other")) return name;
    if (!licence.empty()) return licence;
  }
  constexpr std::string_view tag = "license:";
  if (const auto tags = model.find("tags"); tags != model.end() && tags->is_array())
    for (const Json& item : *tags)
      if (item.is_string() && item.get<std::string>().starts_with(tag))
        return item.get<std::string>().substr(tag.size());
  return {};
}

HubFile file_of(const Json& item) {
  HubFile file{.path = item.at("rfilename").get<std::string>(),
               .n_bytes = count_member(item, "size"),
               .etag = normalized_etag(text_member(item, "blobId"))};
  if (const auto lfs = item.find("lfs"); lfs != item.end() && lfs->is_object()) {
    file.n_bytes = count_member(*lfs, "size");
    file.etag = normalized_etag(text_member(*lfs, "sha256"));
  }
  return file;
}

}  // namespace

HubListing parse_hub_listing(std::string_view text, std::string_view url) {
  const auto refuse = [&](std::string_view found) {
    throw_error(ErrorCode::io, url,
                "expected a model of the Hugging Face hub, found {}; does "
                "HF_ENDPOINT name a hub?",
                found);
  };
  HubListing listing;
  try {
    const Json model = parse_json(text, url);
    listing.commit = text_member(model, "sha");
    listing.licence = licence_of(model);
    const Json& siblings = model.at("siblings");
    if (siblings.size() > kMaxFiles) refuse(fmt::format("{} files", siblings.size()));
    for (const Json& item : siblings) listing.files.push_back(file_of(item));
  } catch (const Json::exception& e) {
    refuse(fmt::format("other JSON ({})", e.what()));
  } catch (const Error& e) {
    if (e.code() == ErrorCode::io) throw;
    refuse("something else than JSON");
  }
  if (!is_commit(listing.commit)) refuse("no commit");
  for (const HubFile& file : listing.files)
    if (!is_safe_relative_path(file.path)) refuse("a file name that leaves the repository");
  return listing;
}

HubListing HubRepo::list(const std::string& revision) const {
  const std::string url = fmt::format("{}/api/models/{}/revision/{}?blobs=true", config_.endpoint,
                                      repo_, percent_encoded(revision));
  try {
    const HttpPage page = http_.get(url, "application/json", kMaxListingBytes, config_.headers());
    return parse_hub_listing(page.body, redact_url(url));
  } catch (const HttpError& refusal) {
    explain(refusal, revision == "main" ? "" : fmt::format("revision '{}'", revision));
  }
}

std::string HubRepo::url_of(const std::string& path, const std::string& commit) const {
  return fmt::format("{}/{}/resolve/{}/{}", config_.endpoint, repo_, percent_encoded(commit),
                     percent_encoded(path, "/"));
}

void HubRepo::complete(HubFile& file, const std::string& commit) const {
  if (!file.etag.empty()) return;
  ResponseHeaders headers;
  try {
    headers =
        http_.head(url_of(file.path, commit), HttpClient::HeadOf::first_host, config_.headers());
  } catch (const HttpError& refusal) {
    explain(refusal, fmt::format("file {}", file.path));
  }
  const bool is_linked = !headers.find("x-linked-etag").empty();
  file.etag = normalized_etag(headers.find(is_linked ? "x-linked-etag" : "etag"));
  if (const uint64_t size = number(headers.find(is_linked ? "x-linked-size" : "content-length")))
    file.n_bytes = size;
  if (file.etag.empty())
    throw_error(
        ErrorCode::io, redact_url(url_of(file.path, commit)),
        "expected an ETag that names the content, found none; does HF_ENDPOINT name a hub?");
}

void HubRepo::explain(const HttpError& refusal, std::string_view what) const {
  const std::string_view kind = refusal.headers().find("x-error-code");
  const std::string where = what.empty() ? repo_ : fmt::format("{}: {}", repo_, what);
  const std::string page = fmt::format("{}/{}", config_.endpoint, repo_);
  if (refusal.status() == 403 || kind == "GatedRepo")
    throw_error(
        ErrorCode::bad_config, where,
        "access is gated: accept the terms on {} and set HF_TOKEN to a token of that account",
        page);
  if (refusal.status() == 401 && config_.token.empty())
    throw_error(ErrorCode::bad_config, where,
                "the hub has no public repository of this name; if it is a private one, set "
                "HF_TOKEN to a token that may read it ({}/settings/tokens)",
                config_.endpoint);
  if (refusal.status() == 401)
    throw_error(
        ErrorCode::bad_config, where,
        "the hub does not accept the token in HF_TOKEN or in the token file; make a new one "
        "at {}/settings/tokens",
        config_.endpoint);
  if (refusal.status() == 404)
    throw_error(ErrorCode::not_found, where, "the hub has no such {}; see {}",
                kind == "RevisionNotFound" ? "revision"
                : kind == "EntryNotFound"  ? "file"
                                           : "repository",
                page);
  if (refusal.status() == 429)
    throw_error(ErrorCode::io, where, "the hub refuses more requests for now; wait a few minutes{}",
                config_.token.empty() ? ", or set HF_TOKEN" : "");
  throw_error(ErrorCode::io, where, "the hub answers with status {}; try again later",
              refusal.status());
}

}  // namespace caracal
