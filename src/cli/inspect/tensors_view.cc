#include <fmt/ranges.h>

#include "cli/inspect/views.h"
#include "files/gguf.h"
#include "model/open_checkpoint.h"

namespace caracal::cli {

Report inspect_tensors(const EngineOptions& options) {
  const Gguf file = open_outline(options.model.required_path());
  uint64_t total = 0;
  for (const GgufTensor& tensor : file.tensors()) total += tensor.data.size();
  Report report;
  report.add_fact("n_tensors", file.tensors().size());
  report.add_fact("total_bytes", total, Report::Unit::bytes);
  report.start_table("tensors", {{"name"}, {"type"}, {"shape"}, {"bytes", Report::Unit::bytes}});
  for (const GgufTensor& tensor : file.tensors())
    report.add_row({std::string(tensor.name), tensor_type_info(tensor.type)->name,
                    fmt::format("{}", fmt::join(tensor.shape, "x")), tensor.data.size()});
  return report;
}

}  // namespace caracal::cli
