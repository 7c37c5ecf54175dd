#include "weights/bf16/bf16.h"
#include "weights/f16/f16.h"
#include "weights/f32/f32.h"
#include "weights/iq4/iq4.h"
#include "weights/k_quants/k_quants.h"
#include "weights/mxfp4/mxfp4.h"
#include "weights/q4_0/q4_0.h"
#include "weights/q4_1/q4_1.h"
#include "weights/q5/q5.h"
#include "weights/q8_0/q8_0.h"
#include "weights/ternary/ternary.h"
#include "weights/weight_format.h"

namespace caracal {

std::span<const WeightFormat> weight_formats() {
  static const WeightFormat formats[] = {
      f32_format(),     //
      f16_format(),     //
      bf16_format(),    //
      q8_0_format(),    //
      q4_0_format(),    //
      q4_1_format(),    //
      q5_0_format(),    //
      q5_1_format(),    //
      q2_k_format(),    //
      q3_k_format(),    //
      q4_k_format(),    //
      q5_k_format(),    //
      q6_k_format(),    //
      iq4_nl_format(),  //
      iq4_xs_format(),  //
      mxfp4_format(),   //
      tq1_0_format(),   //
      tq2_0_format(),   //
  };
  return formats;
}

const WeightFormat* find_weight_format(TensorType type) {
  for (const WeightFormat& format : weight_formats())
    if (format.type == type) return &format;
  return nullptr;
}

const LinearKernel& choose_linear_kernel(const WeightFormat& format, CpuFeatures features) {
  const LinearKernel* best = &format.kernels.front();
  for (const LinearKernel& kernel : format.kernels)
    if (kernel.run.flat && features.has(kernel.needs)) best = &kernel;
  return *best;
}

}  // namespace caracal
