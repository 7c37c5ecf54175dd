#include <unistd.h>

#include <thread>

#include "cli/inspect/views.h"
#include "engine/text_model.h"
#include "machine/cpu_features.h"

namespace caracal::cli {

Report inspect_machine(const EngineOptions& options) {
  const CpuFeatures found = detect_cpu_features();
  Report report;
  report.add_fact("caracal", CARACAL_VERSION);
  report.add_fact("cpu_features", to_string(found));
  report.add_fact("features_in_use", to_string(found & cpu_feature_mask(options.engine.isa)));
  report.add_fact("cpus_online", std::thread::hardware_concurrency());
  report.add_fact("threads_available", available_threads());
  report.add_fact("threads_decode", resolve_threads(options.engine.n_threads));
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  report.add_fact("memory_bytes", page * static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)),
                  Report::Unit::bytes);
  report.add_fact("page_bytes", page);
  return report;
}

}  // namespace caracal::cli
