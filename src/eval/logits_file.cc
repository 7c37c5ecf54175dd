#include "eval/logits_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/check.h"
#include "base/error.h"
#include "eval/logits_row.h"
#include "files/sha256.h"

namespace caracal {
namespace {

constexpr std::string_view kMagic = "_logits_";
constexpr std::string_view kTrailerMagic = "caracal1";
constexpr size_t kHeadBytes = 8 + 3 * sizeof(int32_t);
constexpr size_t kHashBytes = 64;  // hexadecimal
constexpr int32_t kMaxCtx = 1 << 28;
constexpr int32_t kMaxVocab = 1 << 24;

size_t trailer_bytes(uint64_t n_rows) {
  return kTrailerMagic.size() + n_rows * 2 * sizeof(double) + kHashBytes;
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

int32_t int_at(std::span<const std::byte> bytes, size_t at) {
  int32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

}  // namespace

struct LogitsFileWriter::Hash {
  Sha256 sha256;
};

LogitsFileWriter::LogitsFileWriter(const std::filesystem::path& path, const TextWindows& windows,
                                   int32_t n_vocab)
    : file_(path),
      hash_(std::make_unique<Hash>()),
      n_rows_(windows.n_scored()),
      n_vocab_(n_vocab),
      row_(logits_row_bytes(n_vocab) / sizeof(uint16_t)) {
  facts_.reserve(2 * static_cast<size_t>(n_rows_));
  write(std::as_bytes(std::span(kMagic)));
  const int32_t head[] = {windows.n_ctx(), n_vocab, windows.n_windows()};
  write(std::as_bytes(std::span(head)));
  write(std::as_bytes(windows.tokens()));
}

LogitsFileWriter::~LogitsFileWriter() = default;

void LogitsFileWriter::write(std::span<const std::byte> bytes) {
  file_.write(bytes);
  hash_->sha256.update(bytes);
}

void LogitsFileWriter::add(std::span<const float> logits, double nll) {
  CRCL_CHECK_OP(logits.size(), ==, static_cast<size_t>(n_vocab_));
  const double tail = encode_logits_row(logits, row_);
  write(std::as_bytes(std::span(row_)));
  facts_.insert(facts_.end(), {nll, tail});
}

void LogitsFileWriter::commit() {
  CRCL_CHECK_OP(static_cast<int64_t>(facts_.size()), ==, 2 * n_rows_);
  write(std::as_bytes(std::span(kTrailerMagic)));
  write(std::as_bytes(std::span(facts_)));
  file_.write(hash_->sha256.hex());
  file_.commit();
}

LogitsFile LogitsFile::open(const std::filesystem::path& path) {
  LogitsFile out;
  out.map_ = MappedFile(path);
  const auto bytes = out.map_.bytes();
  const std::string name = path.string();
  if (bytes.size() < kHeadBytes || as_text(bytes.first(kMagic.size())) != kMagic)
    throw_error(ErrorCode::bad_file, name,
                "expected a file of logits, which begins with '{}', found another", kMagic);
  const auto read_count = [&](std::string_view what, size_t at, int32_t low, int32_t high) {
    const int32_t value = int_at(bytes, at);
    if (value < low || value > high)
      throw_error(ErrorCode::bad_file, name, "{}: expected {} to {}, found {}", what, low, high,
                  value);
    return value;
  };
  out.n_ctx_ = read_count("tokens per window", 8, 4, kMaxCtx);
  out.n_vocab_ = read_count("vocabulary", 12, 1, kMaxVocab);
  out.n_windows_ = read_count("windows", 16, 1, std::numeric_limits<int32_t>::max());

  // Below 2^31 * 2^28 tokens and as many rows of 2^25 bytes: only what rows and trailer come to
  // needs care.
  const auto n_windows = static_cast<uint64_t>(out.n_windows_);
  const uint64_t token_bytes = n_windows * static_cast<uint64_t>(out.n_ctx_) * sizeof(TokenId);
  const uint64_t n_rows = n_windows * static_cast<uint64_t>(out.rows_per_window());
  uint64_t expected = 0, with_trailer = 0;
  const bool overflow =
      __builtin_mul_overflow(n_rows, uint64_t{logits_row_bytes(out.n_vocab_)}, &expected) ||
      __builtin_add_overflow(expected, kHeadBytes + token_bytes, &expected) ||
      __builtin_add_overflow(expected, trailer_bytes(n_rows), &with_trailer);
  const uint64_t found = bytes.size();
  if (overflow || (found != expected && found != with_trailer))
    throw_error(ErrorCode::bad_file, name,
                "{} windows of {} tokens with a vocabulary of {}: expected {} bytes, found {}; was "
                "the file cut?",
                out.n_windows_, out.n_ctx_, out.n_vocab_,
                overflow ? "far more" : fmt::to_string(expected), found);
  out.tokens_.resize(token_bytes / sizeof(TokenId));
  std::memcpy(out.tokens_.data(), bytes.data() + kHeadBytes, token_bytes);
  for (TokenId id : out.tokens_)
    if (id < 0 || id >= out.n_vocab_)
      throw_error(ErrorCode::bad_file, name, "expected token ids below {}, found {}", out.n_vocab_,
                  id);
  out.rows_start_ = kHeadBytes + token_bytes;
  if (found > expected) out.check_trailer(bytes.subspan(expected));
  return out;
}

void LogitsFile::check_trailer(std::span<const std::byte> trailer) {
  const std::string name = map_.path().string();
  if (as_text(trailer.first(kTrailerMagic.size())) != kTrailerMagic)
    throw_error(ErrorCode::bad_file, name, "expected '{}' behind the rows, found other bytes",
                kTrailerMagic);
  Sha256 hash;
  hash.update(map_.bytes().first(map_.bytes().size() - kHashBytes));
  if (hash.hex() != as_text(trailer.last(kHashBytes)))
    throw_error(ErrorCode::bad_file, name,
                "the checksum does not fit: the file is damaged, write it again");
  const auto facts =
      trailer.subspan(kTrailerMagic.size(), trailer.size() - kTrailerMagic.size() - kHashBytes);
  facts_.resize(facts.size() / sizeof(double));
  std::memcpy(facts_.data(), facts.data(), facts.size());
  for (size_t i = 1; i < facts_.size(); i += 2)
    if (!(facts_[i] >= 0 && facts_[i] < 1))
      throw_error(ErrorCode::bad_file, name, "expected probabilities below 1, found {}", facts_[i]);
}

std::span<const std::byte> LogitsFile::row_bytes(int32_t window, int32_t row) const {
  const size_t n_bytes = logits_row_bytes(n_vocab_);
  return map_.bytes().subspan(rows_start_ + row_index(window, row) * n_bytes, n_bytes);
}

double LogitsFile::read_row(int32_t window, int32_t row, std::span<float> out) const {
  const auto bytes = row_bytes(window, row);
  const LogitsRowHead head = LogitsRowHead::of(bytes);
  if (!head.is_sound())
    throw_error(ErrorCode::bad_file, map_.path().string(),
                "row {} of window {}: expected numbers, found a scale of {} from {}", row, window,
                head.scale, head.min_log_prob);
  const float floor =
      head.floor_is_open() ? -std::numeric_limits<float>::infinity() : head.min_log_prob;
  for (size_t i = 0; i < out.size(); ++i) {
    const uint16_t code = logits_row_code(bytes, i);
    out[i] = code == 0 ? floor : head.log_prob(code);
  }
  if (!facts_.empty()) return facts_[2 * row_index(window, row) + 1];
  if (!head.floor_is_open()) return 0;
  double known = 0;
  for (const float log_p : out) known += std::exp(log_p);
  return std::clamp(1 - known, 0.0, 0.5);
}

double LogitsFile::nll(int32_t window, int32_t row) const {
  if (!facts_.empty()) return facts_[2 * row_index(window, row)];
  const auto bytes = row_bytes(window, row);
  const size_t position = static_cast<size_t>(window) * static_cast<size_t>(n_ctx_) +
                          static_cast<size_t>(n_ctx_ / 2 + row + 1);
  const auto code = logits_row_code(bytes, static_cast<size_t>(tokens_[position]));
  return -LogitsRowHead::of(bytes).log_prob(code);
}

}  // namespace caracal
