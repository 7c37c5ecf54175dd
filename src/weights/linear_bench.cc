/// Matrix products: one activation row (decode: bytes of weights per second) and many (prefill:
/// operations per second), one thread, over every format and every kernel that this machine can
/// run. bench_linear --benchmark_filter=q4_1_avx2
#include <benchmark/benchmark.h>

#include <cstring>
#include <random>
#include <vector>

#include "base/aligned_buffer.h"
#include "kernels/small_kernels.h"
#include "weights/weight_format.h"

namespace caracal {
namespace {

struct Shape {
  int64_t n_out, n_in;
};

/// Packed weights of enough copies of one matrix that together they exceed the caches, as the
/// layers of a model do; activations of `rows` rows.
class Problem {
 public:
  Problem(const WeightFormat& format, const LinearKernel& kernel, Shape shape, int64_t rows)
      : kernel_(kernel), shape_(shape), rows_(rows) {
    const TensorTypeInfo& type = *tensor_type_info(format.type);
    std::mt19937 random(1);
    std::normal_distribution<float> value;
    std::vector<float> row(static_cast<size_t>(shape.n_in));
    for (float& v : row) v = value(random);
    const auto row_bytes = static_cast<size_t>(shape.n_in / type.block_elements * type.block_bytes);
    stored_.resize(static_cast<size_t>(shape.n_out) * row_bytes);
    for (int64_t i = 0; i < shape.n_out; ++i)
      format.encode_row(row.data(), shape.n_in,
                        stored_.data() + static_cast<size_t>(i) * row_bytes);
    matrix_bytes_ =
        kernel.packed_bytes ? kernel.packed_bytes(shape.n_out, shape.n_in) : stored_.size();
    n_copies_ = kCacheBytes / matrix_bytes_ + 1;
    weights_ = AlignedBuffer(matrix_bytes_ * n_copies_);
    for (size_t i = 0; i < n_copies_; ++i) pack(weights_.data() + i * matrix_bytes_);
    acts_stride_ = act_row_bytes(kernel.acts, shape.n_in);
    acts_ = AlignedBuffer(acts_stride_ * static_cast<size_t>(rows));
    out_.resize(static_cast<size_t>(rows * shape.n_out));
    for (int64_t r = 0; r < rows; ++r) encode(row, static_cast<size_t>(r));
  }

  void run() {
    copy_ = (copy_ + 1) % n_copies_;
    const LinearRun run = rows_ > 4 && kernel_.run.gemm ? kernel_.run.gemm : kernel_.run.flat;
    run({.weights = weights_.data() + copy_ * matrix_bytes_,
         .n_out = shape_.n_out,
         .n_in = shape_.n_in,
         .acts = acts_.data(),
         .acts_stride = acts_stride_,
         .out = out_.data(),
         .out_stride = shape_.n_out,
         .row_begin = 0,
         .row_end = rows_,
         .col_begin = 0,
         .col_end = shape_.n_out,
         .scratch = scratch_.data()});
    benchmark::DoNotOptimize(out_.data());
    benchmark::ClobberMemory();
  }

  double weight_bytes() const { return static_cast<double>(matrix_bytes_); }
  double operations() const {
    return 2.0 * static_cast<double>(rows_ * shape_.n_out * shape_.n_in);
  }

 private:
  static constexpr size_t kCacheBytes = size_t{96} << 20;

  void pack(std::byte* to) const {
    if (kernel_.pack)
      kernel_.pack({.n_out = shape_.n_out, .n_in = shape_.n_in, .codes = stored_}, 0, shape_.n_out,
                   to);
    else
      std::memcpy(to, stored_.data(), stored_.size());
  }

  void encode(const std::vector<float>& row, size_t r) {
    std::byte* to = acts_.data() + r * acts_stride_;
    if (kernel_.acts == ActEncoding::f32)
      std::memcpy(to, row.data(), row.size() * sizeof(float));
    else
      small_kernels({}).quantize_q8_32(row.data(), shape_.n_in, 0, shape_.n_in, to);
  }

  const LinearKernel& kernel_;
  Shape shape_;
  int64_t rows_;
  size_t matrix_bytes_ = 0, n_copies_ = 0, copy_ = 0, acts_stride_ = 0;
  std::vector<std::byte> stored_;
  AlignedBuffer weights_, acts_;
  AlignedBuffer scratch_{kLinearScratchBytes};
  std::vector<float> out_;
};

void measure(benchmark::State& state, const WeightFormat& format, const LinearKernel& kernel,
             Shape shape, int64_t rows) {
  Problem problem(format, kernel, shape, rows);
  for (auto _ : state) problem.run();
  const auto steps = static_cast<double>(state.iterations());
  using benchmark::Counter;
  state.counters["weights_B/s"] = Counter(steps * problem.weight_bytes(), Counter::kIsRate);
  state.counters["ops/s"] = Counter(steps * problem.operations(), Counter::kIsRate);
}

/// Packing, as at load: bytes of stored weights per second, one thread.
void measure_packing(benchmark::State& state, const WeightFormat& format,
                     const LinearKernel& kernel) {
  const TensorTypeInfo& type = *tensor_type_info(format.type);
  const int64_t n_out = 1024, n_in = 2048;
  const size_t bytes = static_cast<size_t>(n_out * n_in / type.block_elements * type.block_bytes);
  std::vector<std::byte> stored(bytes);
  AlignedBuffer packed(kernel.packed_bytes(n_out, n_in));
  for (auto _ : state)
    kernel.pack({.n_out = n_out, .n_in = n_in, .codes = stored}, 0, n_out, packed.data());
  state.counters["B/s"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(bytes),
      benchmark::Counter::kIsRate);
}

/// Reads a buffer larger than the caches in four streams with prefetch, one word per cache line:
/// the roof of the one-row figures.
void read_roof(benchmark::State& state) {
  const AlignedBuffer buffer(size_t{256} << 20);
  std::memset(buffer.data(), 1, buffer.size());
  constexpr size_t kStreams = 4, kLine = 64, kAhead = 1024;
  const size_t part = buffer.size() / kStreams;
  for (auto _ : state) {
    uint64_t sums[kStreams] = {};
    for (size_t at = 0; at < part; at += kLine)
      for (size_t i = 0; i < kStreams; ++i) {
        const std::byte* line = buffer.data() + i * part + at;
        __builtin_prefetch(line + kAhead);
        sums[i] += *reinterpret_cast<const uint64_t*>(line);
      }
    benchmark::DoNotOptimize(sums);
  }
  state.counters["B/s"] = benchmark::Counter(
      static_cast<double>(state.iterations()) * static_cast<double>(buffer.size()),
      benchmark::Counter::kIsRate);
}

/// SmolLM2-135M's projections and output matrix, and a matrix that blocks of 256 divide; one row
/// and a prompt of 512.
const bool kRegistered = [] {
  benchmark::RegisterBenchmark("read_roof", read_roof);
  for (const WeightFormat& format : weight_formats())
    for (const LinearKernel& kernel : format.kernels) {
      if (!kernel.run.flat || !detect_cpu_features().has(kernel.needs)) continue;
      if (kernel.pack)
        benchmark::RegisterBenchmark(
            (std::string(kernel.name) + "/pack").c_str(),
            [&format, &kernel](auto& state) { measure_packing(state, format, kernel); });
      for (Shape shape : {Shape{1536, 576}, Shape{576, 1536}, Shape{49152, 576}, Shape{1024, 2048},
                          Shape{4096, 512}}) {
        if (shape.n_in % tensor_type_info(format.type)->block_elements != 0) continue;
        for (int64_t rows : {1, 8, 16, 32, 64, 128, 512}) {
          if (shape.n_out > 4096 && rows > 8)
            continue;  // only the last row meets the output matrix
          const std::string name = std::string(kernel.name) + "/" + std::to_string(shape.n_out) +
                                   "x" + std::to_string(shape.n_in) +
                                   "/rows:" + std::to_string(rows);
          benchmark::RegisterBenchmark(name.c_str(), [&format, &kernel, shape, rows](auto& state) {
            measure(state, format, kernel, shape, rows);
          })->Unit(benchmark::kMicrosecond);
        }
      }
    }
  return true;
}();

}  // namespace
}  // namespace caracal
