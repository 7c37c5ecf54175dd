#include <algorithm>

#include "cli/inspect/views.h"
#include "engine/memory_ledger.h"
#include "engine/text_model.h"

namespace caracal::cli {

Report inspect_memory(const EngineOptions& options) {
  const EngineConfig& config = options.engine;
  const auto model = Model::open(options.model.required_path(), load_options(config));
  const int32_t n_threads = std::max(resolve_threads(config.n_threads), config.n_threads_batch);
  const MemoryLedger ledger = memory_ledger(*model, config, n_threads);
  constexpr auto kBytes = Report::Unit::bytes;
  Report report;
  report.add_fact("n_ctx", effective_context(config, model->config()));
  report.add_fact("n_parallel", config.n_parallel);
  report.add_fact("n_threads", n_threads);
  report.add_fact("file_bytes", ledger.file_bytes, kBytes);
  report.add_fact("weights_mapped_bytes", ledger.mapped_bytes, kBytes);
  report.add_fact("weights_packed_bytes", ledger.packed_bytes, kBytes);
  report.add_fact("vectors_bytes", ledger.vector_bytes, kBytes);
  report.add_fact("kv_blocks", ledger.n_kv_blocks);
  report.add_fact("kv_bytes", ledger.kv_bytes, kBytes);
  report.add_fact("step_buffers_bytes", ledger.step_bytes, kBytes);
  report.add_fact("scratch_bytes", ledger.scratch_bytes, kBytes);
  report.add_fact("total_bytes", ledger.total_bytes(), kBytes);
  return report;
}

}  // namespace caracal::cli
