#pragma once
/// The kernels of a block format, from what block_codes_avx2.h calls a Block. For *_avx2.cc files
/// only.
#include "weights/block_flat_avx2.h"
#include "weights/block_gemm_avx2.h"

namespace caracal::avx2 {
namespace {

template <class Block>
void run_flat(const LinearArgs& args) noexcept {
  walk_few_rows<FlatKernel<Block>>(args);
}
template <class Block>
void run_gemm(const LinearArgs& args) noexcept {
  walk_many_rows<GemmKernel<Block>, 2>(args, kGemmRows);
}

template <class Block>
LinearRuns block_runs() {
  return {run_flat<Block>, run_gemm<Block>};
}

}  // namespace
}  // namespace caracal::avx2
