#include "weights/kernel_tuning.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <random>

#include "base/aligned_buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "kernels/small_kernels.h"
#include "machine/machine_cache.h"
#include "weights/weight_format.h"

namespace caracal {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 1;  ///< of the file; another number is another file to us
constexpr int32_t kRows[] = {2, 3, 4, 6, 8, 12, 16, 24, 32};
constexpr int64_t kOutputs = 64;  ///< of a timed call, as many as a tile of LinearOp has at least

std::string key_of(const LinearWeight& w) { return fmt::format("{} {}", w.kernel->name, w.n_in); }

/// Encoded activations and room for results.
class TimedProduct {
 public:
  explicit TimedProduct(const LinearWeight& weight)
      : weight_(weight),
        stride_(act_row_bytes(weight.kernel->acts, weight.n_in)),
        acts_(stride_ * kMostRows),
        scratch_(kLinearScratchBytes),
        out_(static_cast<size_t>(kMostRows * kOutputs)) {
    std::mt19937 random(1);
    std::normal_distribution<float> value;
    std::vector<float> x(static_cast<size_t>(weight.n_in));
    for (size_t r = 0; r < kMostRows; ++r) {
      for (float& v : x) v = value(random);
      std::byte* row = acts_.data() + r * stride_;
      if (weight.kernel->acts == ActEncoding::f32)
        std::memcpy(row, x.data(), x.size() * sizeof(float));
      else
        small_kernels({}).quantize_q8_32(x.data(), weight.n_in, 0, weight.n_in, row);
    }
  }

  /// Each call takes the next outputs, so that weights come from memory as in a step.
  double seconds(LinearRun run, int32_t rows) {
    const int64_t width = std::min(kOutputs, weight_.n_out);
    const int64_t begin = next_;
    next_ = next_ + 2 * width > weight_.n_out ? 0 : next_ + width;
    const auto start = std::chrono::steady_clock::now();
    run({.weights = weight_.data,
         .n_out = weight_.n_out,
         .n_in = weight_.n_in,
         .acts = acts_.data(),
         .acts_stride = stride_,
         .out = out_.data() - begin,
         .out_stride = kOutputs,
         .row_begin = 0,
         .row_end = rows,
         .col_begin = begin,
         .col_end = std::min(begin + width, weight_.n_out),
         .scratch = scratch_.data()});
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

 private:
  static constexpr size_t kMostRows = kRows[std::size(kRows) - 1];

  const LinearWeight& weight_;
  size_t stride_;
  AlignedBuffer acts_, scratch_;
  std::vector<float> out_;
  int64_t next_ = 0;
};

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<int64_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

std::vector<ShapeTimes> time_shapes(const LinearWeight& weight, int32_t repetitions) {
  TimedProduct product(weight);
  std::vector<ShapeTimes> times;
  for (const int32_t rows : kRows) {
    std::vector<double> flat, gemm;
    for (int32_t i = 0; i < repetitions; ++i) {
      flat.push_back(product.seconds(weight.kernel->run.flat, rows));
      gemm.push_back(product.seconds(weight.kernel->run.gemm, rows));
    }
    times.push_back({rows, median(flat), median(gemm)});
  }
  return times;
}

int32_t find_gemm_rows(const std::vector<ShapeTimes>& times) {
  int32_t rows = kNeverGemm;
  for (size_t i = times.size(); i-- > 0 && times[i].gemm <= times[i].flat;) rows = times[i].rows;
  return rows;
}

KernelTuning KernelTuning::load(const fs::path& folder, const std::string& fingerprint) {
  KernelTuning tuning(fingerprint);
  const fs::path file = machine_file(folder, "kernels", fingerprint);
  std::error_code error;
  if (!fs::exists(file, error)) return tuning;
  try {
    constexpr uint64_t kMost = 1 << 20;
    const Json json = parse_json(read_file(file, kMost), file.string());
    if (json.value("format", 0) != kFormat || json.value("fingerprint", "") != fingerprint)
      return tuning;
    for (const auto& [key, rows] : json.at("gemm_rows").items())
      tuning.rows_[key] = rows.get<int32_t>();
  } catch (const std::exception& e) {
    log::info("{} is of no use and measured anew: {}", file.string(), e.what());
    tuning.rows_.clear();
  }
  return tuning;
}

void KernelTuning::save(const fs::path& folder) const {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw_error(ErrorCode::io, folder.string(), "{}", error.message());
  Json rows = Json::object();
  for (const auto& [key, value] : rows_) rows[key] = value;
  const Json json = {
      {"format", kFormat}, {"fingerprint", fingerprint_}, {"gemm_rows", std::move(rows)}};
  write_file_atomic(machine_file(folder, "kernels", fingerprint_), to_text(json, 2) + "\n");
}

std::optional<int32_t> KernelTuning::gemm_rows(const LinearWeight& weight) const {
  const auto it = rows_.find(key_of(weight));
  if (it == rows_.end()) return {};
  return it->second;
}

void KernelTuning::set_gemm_rows(const LinearWeight& weight, int32_t rows) {
  rows_[key_of(weight)] = rows;
}

}  // namespace caracal
