#include "cli/inspect/views.h"
#include "machine/cpu_features.h"
#include "weights/weight_format.h"

namespace caracal::cli {
namespace {

std::string_view name_of(ActEncoding encoding) {
  return encoding == ActEncoding::f32 ? "f32" : "int8 in groups of 32";
}

}  // namespace

/// Every linear kernel of every format, and whether it is the one that runs here.
Report inspect_kernels(const EngineOptions& options) {
  const CpuFeatures features = detect_cpu_features() & cpu_feature_mask(options.engine.isa);
  Report report;
  report.add_fact("features_in_use", to_string(features));
  report.start_table(
      "kernels",
      {{"format"}, {"kernel"}, {"chosen"}, {"needs"}, {"activations"}, {"packs"}, {"built"}});
  for (const WeightFormat& format : weight_formats()) {
    const LinearKernel& chosen = choose_linear_kernel(format, features);
    for (const LinearKernel& kernel : format.kernels)
      report.add_row({std::string(format.name), std::string(kernel.name), &kernel == &chosen,
                      kernel.needs.bits == 0 ? "" : to_string(kernel.needs), name_of(kernel.acts),
                      kernel.pack != nullptr, kernel.run.flat != nullptr});
  }
  return report;
}

}  // namespace caracal::cli
