#pragma once
/// What a model expects at every scored place of a text, kept for later comparisons. The layout is
/// that of llama.cpp's --kl-divergence-base files, so either program reads the other's; behind it
/// we put exact likelihoods and a checksum. docs/formats/logits-file.md.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/file.h"
#include "eval/text_windows.h"

namespace caracal {

/// Writes rows as they come; the file appears at commit().
class LogitsFileWriter {
 public:
  /// Throws Error(io / not_found).
  LogitsFileWriter(const std::filesystem::path& path, const TextWindows& windows, int32_t n_vocab);
  ~LogitsFileWriter();

  /// The next scored row, window after window. nll: of the token that comes.
  void add(std::span<const float> logits, double nll);
  /// Every scored row must have been added.
  void commit();

 private:
  void write(std::span<const std::byte> bytes);

  struct Hash;
  AtomicFile file_;
  std::unique_ptr<Hash> hash_;
  int64_t n_rows_;
  int32_t n_vocab_;
  std::vector<double> facts_;  // of each row: nll, tail
  std::vector<uint16_t> row_;
};

/// An opened file: everything is checked at the door, rows are decoded on demand.
class LogitsFile {
 public:
  /// Throws Error(bad_file) that names the file, what was expected and what was found: magic,
  /// sizes, ids, checksum; Error(not_found / io).
  static LogitsFile open(const std::filesystem::path& path);

  int32_t n_ctx() const { return n_ctx_; }
  int32_t n_vocab() const { return n_vocab_; }
  int32_t n_windows() const { return n_windows_; }
  std::span<const TokenId> tokens() const { return tokens_; }
  int32_t rows_per_window() const { return n_ctx_ - 1 - n_ctx_ / 2; }

  /// Logarithms of probabilities [n_vocab], accurate to 1/8192; those more than 16 below the
  /// largest are -inf, and the probability of all of them together is returned. row counts from 0
  /// in its window. Throws Error(bad_file) for values that are not numbers.
  double read_row(int32_t window, int32_t row, std::span<float> out) const;
  /// -log p(the token that comes): exact where the file says it, as the row says otherwise.
  double nll(int32_t window, int32_t row) const;

 private:
  LogitsFile() = default;
  size_t row_index(int32_t window, int32_t row) const {
    return static_cast<size_t>(window) * static_cast<size_t>(rows_per_window()) +
           static_cast<size_t>(row);
  }
  std::span<const std::byte> row_bytes(int32_t window, int32_t row) const;
  void check_trailer(std::span<const std::byte> trailer);

  MappedFile map_;
  int32_t n_ctx_ = 0, n_vocab_ = 0, n_windows_ = 0;
  std::vector<TokenId> tokens_;
  size_t rows_start_ = 0;      // byte of the first row
  std::vector<double> facts_;  // of each row: nll, tail; empty: not in the file
};

}  // namespace caracal
