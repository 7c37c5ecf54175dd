#pragma once
/// What `caracal inspect` can show; one file per view.
#include "cli/common_options.h"
#include "cli/report.h"

namespace caracal::cli {

struct InspectOptions {
  std::string view;
  bool json = false;
  bool fresh = false;  ///< machine: measure again
  EngineOptions engine;
};

Report inspect_model(const EngineOptions& options);       ///< what the file says of itself
Report inspect_tensors(const EngineOptions& options);     ///< names, shapes, types, bytes
Report inspect_plan(const EngineOptions& options);        ///< regions, operators, kernels
Report inspect_memory(const EngineOptions& options);      ///< the ledger before loading
Report inspect_kernels(const EngineOptions& options);     ///< which inner loop runs what
Report inspect_techniques(const EngineOptions& options);  ///< the register of techniques
Report inspect_machine(const InspectOptions& options);    ///< what it is, and its measured roofs

}  // namespace caracal::cli
