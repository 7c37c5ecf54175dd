#include "cli/inspect/views.h"
#include "engine/text_model.h"
#include "kernels/small_kernels.h"
#include "machine/cpu_features.h"
#include "weights/weight_format.h"

namespace caracal::cli {
namespace {

std::string_view name_of(ActEncoding encoding) {
  return encoding == ActEncoding::f32 ? "f32" : "int8 in groups of 32";
}

void add_features(const EngineOptions& options, CpuFeatures features, Report& report) {
  report.add_fact("isa", options.engine.isa);
  report.add_fact("features_in_use", to_string(features));
  report.add_fact("small_operators", small_kernels(features).name);
}

/// Every linear kernel of every format, and whether it is the one that runs here.
void list_formats(CpuFeatures features, Report& report) {
  report.start_table("kernels", {{"format"},
                                 {"kernel"},
                                 {"chosen"},
                                 {"level"},
                                 {"needs"},
                                 {"activations"},
                                 {"packs"},
                                 {"built"}});
  for (const WeightFormat& format : weight_formats()) {
    const LinearKernel& chosen = choose_linear_kernel(format, features);
    for (const LinearKernel& kernel : format.kernels)
      report.add_row({std::string(format.name), std::string(kernel.name), &kernel == &chosen,
                      level_name(kernel.needs),
                      kernel.needs.bits == 0 ? "" : to_string(kernel.needs), name_of(kernel.acts),
                      kernel.pack != nullptr, kernel.run.flat != nullptr});
  }
}

void add_tensor(const PartWeights& part, const Model& model, Report& report) {
  const LinearWeight& w = part.linear;
  if (!w.kernel) return;
  report.add_row({std::string(part.source->name), std::string(w.format->name),
                  fmt::format("{}x{}", w.n_out, w.n_in), std::string(w.kernel->name),
                  level_name(w.kernel->needs), name_of(w.kernel->acts),
                  caracal::name_of(model.numerics()),
                  is_slow_fallback(*w.kernel, model.features())});
}

/// The kernel of every matrix of a model. A tensor that several parts share has a row for each.
void list_tensors(const Model& model, Report& report) {
  report.start_table("tensors", {{"tensor"},
                                 {"type"},
                                 {"shape"},
                                 {"kernel"},
                                 {"level"},
                                 {"activations"},
                                 {"numerics"},
                                 {"slow"}});
  const Family& family = model.family();
  for (size_t i = 0; i < family.prologue.size(); ++i) add_tensor(model.prologue(i), model, report);
  for (int32_t layer = 0; layer < model.config().n_layers; ++layer)
    for (size_t i = 0; i < family.block.size(); ++i)
      add_tensor(model.block(layer, i), model, report);
  for (size_t i = 0; i < family.epilogue.size(); ++i) add_tensor(model.epilogue(i), model, report);
}

}  // namespace

/// With a model, what runs each of its matrices; without one, what there is for each format.
Report inspect_kernels(const EngineOptions& options) {
  Report report;
  const LoadOptions load = load_options(options.engine);
  add_features(options, load.features, report);
  if (options.model.given())
    list_tensors(*Model::open(options.model.required_path(), load), report);
  else
    list_formats(load.features, report);
  return report;
}

}  // namespace caracal::cli
