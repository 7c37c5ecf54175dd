#include "engine/memory_ledger.h"

#include <set>

#include "engine/embedder.h"
#include "engine/engine.h"
#include "engine/model_runner.h"

namespace caracal {
namespace {

/// Adds up weights; a tensor that two parts read (tied embeddings) is mapped once.
class WeightCount {
 public:
  explicit WeightCount(MemoryLedger& ledger) : ledger_(ledger) {}

  void add(const PartWeights& part) {
    ledger_.vector_bytes += (part.norm.size() + part.bias.size()) * sizeof(float);
    if (part.linear.kernel && part.linear.kernel->pack)
      ledger_.packed_bytes += part.linear.data_bytes;
    else if (part.source && mapped_.insert(part.source).second)
      ledger_.mapped_bytes += part.source->data.size();
  }

 private:
  MemoryLedger& ledger_;
  std::set<const GgufTensor*> mapped_;
};

void count_weights(const Model& model, MemoryLedger& ledger) {
  const Family& family = model.family();
  WeightCount count(ledger);
  for (size_t i = 0; i < family.prologue.size(); ++i) count.add(model.prologue(i));
  for (int32_t layer = 0; layer < model.config().n_layers; ++layer)
    for (size_t i = 0; i < family.block.size(); ++i) count.add(model.block(layer, i));
  for (size_t i = 0; i < family.epilogue.size(); ++i) count.add(model.epilogue(i));
}

}  // namespace

PlanOptions usual_plan(const EngineConfig& config, const Model& model) {
  return model.family().has_head() ? plan_options(config, model.config())
                                   : embedding_plan(config, model);
}

MemoryLedger memory_ledger(const Model& model, const EngineConfig& config, int32_t n_threads) {
  MemoryLedger ledger{.file_bytes = model.file().file_bytes()};
  count_weights(model, ledger);

  const PlanOptions options = usual_plan(config, model);
  ledger.n_kv_blocks = model.family().has_head() ? n_kv_blocks(config, model.config())
                                                 : n_embedding_blocks(options, model.config());
  ledger.kv_bytes =
      kv_bytes(kv_layouts(model.config(), model.family(), options), ledger.n_kv_blocks);

  const Plan plan = build_plan(model, options);
  ledger.step_bytes = plan.arena_bytes;
  ledger.scratch_bytes = plan.scratch_bytes * static_cast<size_t>(n_threads);
  return ledger;
}

}  // namespace caracal
