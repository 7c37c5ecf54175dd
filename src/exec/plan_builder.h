#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "exec/plan.h"

namespace caracal {

/// Collects operators in program order and turns them into regions. Mixers and channel mixers emit
/// into it; they stay below plan/.
class PlanBuilder {
 public:
  /// max_rows, max_logit_rows: the largest step the plan will ever see. max_split_rows: rows and
  /// splits of their keys that may be computed apart.
  PlanBuilder(int32_t max_rows, int32_t max_logit_rows, int32_t max_split_rows = 0);

  BufferId add_buffer(std::string name, int64_t cols, RowCount rows = RowCount::step_rows,
                      ActEncoding encoding = ActEncoding::f32);
  const BufferSpec& spec(BufferId id) const { return plan_.buffers[index_of(id)]; }

  /// Appends an operator; it sees what earlier ones wrote.
  void add(std::unique_ptr<Operator> op);
  template <class Op, class... Args>
  void emplace(Args&&... args) {
    add(std::make_unique<Op>(std::forward<Args>(args)...));
  }

  /// The buffer that holds `source` in `encoding`. The first request emits the conversion (made by
  /// `quantizer`, see set_quantizer); later ones, until source is written again, share it.
  BufferId encoded(BufferId source, ActEncoding encoding);

  /// Tile space of the last writer of a buffer, so that a follower can join its chain.
  TileSpace writer_tiles(BufferId id) const;

  /// Whether operators that need no barrier between them share a region; true at first.
  void set_fusion(bool fuses) { fuses_ = fuses; }

  /// Labels the regions that follow, for people: "layer 3".
  void set_label(std::string label) { label_ = std::move(label); }

  /// Makes the conversion operator: (source, destination, n columns, tile space).
  using QuantizerFactory = std::unique_ptr<Operator> (*)(BufferId, BufferId, int64_t, TileSpace,
                                                         const void*);
  void set_quantizer(QuantizerFactory factory, const void* context) {
    quantizer_ = factory;
    quantizer_context_ = context;
  }

  void set_outputs(BufferId hidden, BufferId logits) {
    plan_.hidden = hidden;
    plan_.logits = logits;
  }

  /// Forms regions (operators without hazards between them run side by side, row-wise followers are
  /// chained onto their producer) and gives every buffer its place by lifetime.
  Plan finish();

 private:
  struct Entry {
    const Operator* op;
    std::string label;
  };

  int32_t max_rows(RowCount rows) const;
  void form_regions();
  void place_buffers();

  Plan plan_;
  std::vector<Entry> entries_;
  std::map<std::pair<BufferId, ActEncoding>, BufferId> encodings_;
  std::vector<const Operator*> last_writer_;
  std::string label_;
  bool fuses_ = true;
  QuantizerFactory quantizer_ = nullptr;
  const void* quantizer_context_ = nullptr;
};

}  // namespace caracal
