#include "engine/model_runner.h"

#include <algorithm>

namespace caracal {
namespace {

std::vector<std::byte*> layer_bases(const std::vector<KvLayout>& layouts, int32_t n_blocks,
                                    std::byte* memory) {
  std::vector<std::byte*> bases;
  for (const KvLayout& layout : layouts) {
    bases.push_back(memory);
    memory += layout.block_bytes() * static_cast<size_t>(n_blocks);
  }
  return bases;
}

}  // namespace

size_t kv_bytes(const std::vector<KvLayout>& layouts, int32_t n_blocks) {
  size_t bytes = 0;
  for (const KvLayout& layout : layouts)
    bytes += layout.block_bytes() * static_cast<size_t>(n_blocks);
  return bytes;
}

ModelRunner::ModelRunner(std::shared_ptr<const Model> model, const PlanOptions& options,
                         int32_t n_blocks, ThreadTeam& decode_team, ThreadTeam& prefill_team)
    : model_(std::move(model)),
      options_(options),
      plan_(build_plan(*model_, options)),
      pool_(n_blocks),
      kv_(caracal::kv_bytes(kv_layouts(model_->config(), model_->family(), options), n_blocks)),
      decode_team_(decode_team),
      prefill_team_(prefill_team),
      executor_(plan_, std::max(decode_team.size(), prefill_team.size()),
                layer_bases(kv_layouts(model_->config(), model_->family(), options), n_blocks,
                            kv_.data())) {}

void ModelRunner::run(const Batch& batch) {
  if (step_hook_) step_hook_(batch);
  const bool decode = batch.n_rows() == static_cast<int32_t>(batch.sequences.size());
  executor_.run(batch, decode ? decode_team_ : prefill_team_);
}

}  // namespace caracal
