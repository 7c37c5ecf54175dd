#include "exec/plan_builder.h"

#include <algorithm>

#include "base/check.h"

namespace caracal {
namespace {

const BufferUse* find_use(const Operator& op, BufferId buffer) {
  for (const BufferUse& use : op.uses())
    if (use.buffer == buffer) return &use;
  return nullptr;
}

/// True if b must not run beside or before a: one writes what the other touches.
bool conflict(const Operator& a, const Operator& b) {
  for (const BufferUse& use : b.uses()) {
    const BufferUse* other = find_use(a, use.buffer);
    if (other && (other->writes || use.writes)) return true;
  }
  return false;
}

/// True if b may run right after a on the same tile: every shared buffer is touched within the
/// tile.
bool follows_on_tile(const Operator& a, const Operator& b) {
  for (const BufferUse& use : b.uses()) {
    const BufferUse* other = find_use(a, use.buffer);
    if (other && (other->writes || use.writes) && !(other->within_tile && use.within_tile))
      return false;
  }
  return true;
}

bool depends_on(const Chain& chain, const Operator& op) {
  return std::ranges::any_of(chain.operators,
                             [&](const Operator* other) { return conflict(*other, op); });
}

bool can_follow(const Chain& chain, const Operator& op) {
  return chain.tiles == op.tiles() && std::ranges::all_of(chain.operators, [&](const Operator* o) {
           return follows_on_tile(*o, op);
         });
}

/// Puts op into the region if no barrier is needed. Returns false otherwise. Chains that op follows
/// become one: they have the same tiles and do not depend on each other.
bool try_join(Region& region, const Operator& op) {
  for (const Chain& chain : region.chains)
    if (depends_on(chain, op) && !can_follow(chain, op)) return false;
  Chain* home = nullptr;
  for (Chain& chain : region.chains) {
    if (!depends_on(chain, op)) continue;
    if (!home) {
      home = &chain;
      continue;
    }
    home->operators.insert(home->operators.end(), chain.operators.begin(), chain.operators.end());
    chain.operators.clear();
  }
  if (home)
    home->operators.push_back(&op);
  else
    region.chains.push_back({op.tiles(), {&op}});
  std::erase_if(region.chains, [](const Chain& chain) { return chain.operators.empty(); });
  return true;
}

std::string region_name(const std::string& label, const Region& region) {
  std::string name = label.empty() ? "" : label + ": ";
  for (size_t c = 0; c < region.chains.size(); ++c) {
    if (c) name += " | ";
    for (size_t i = 0; i < region.chains[c].operators.size(); ++i) {
      if (i) name += " > ";
      name += region.chains[c].operators[i]->kind();
    }
  }
  return name;
}

constexpr size_t align_up(size_t n, size_t to) { return (n + to - 1) / to * to; }

}  // namespace

PlanBuilder::PlanBuilder(int32_t max_rows, int32_t max_logit_rows, int32_t max_split_rows) {
  plan_.max_rows = max_rows;
  plan_.max_logit_rows = max_logit_rows;
  plan_.max_split_rows = max_split_rows;
}

BufferId PlanBuilder::add_buffer(std::string name, int64_t cols, RowCount rows,
                                 ActEncoding encoding) {
  plan_.buffers.push_back({std::move(name), rows, encoding, cols});
  last_writer_.push_back(nullptr);
  return static_cast<BufferId>(plan_.buffers.size() - 1);
}

void PlanBuilder::add(std::unique_ptr<Operator> op) {
  for (const BufferUse& use : op->uses()) {
    if (!use.writes) continue;
    last_writer_[index_of(use.buffer)] = op.get();
    std::erase_if(encodings_, [&](const auto& e) { return e.first.first == use.buffer; });
  }
  entries_.push_back({op.get(), label_});
  plan_.operators.push_back(std::move(op));
}

TileSpace PlanBuilder::writer_tiles(BufferId id) const {
  const Operator* writer = last_writer_[index_of(id)];
  return writer ? writer->tiles() : TileSpace{spec(id).rows};
}

BufferId PlanBuilder::encoded(BufferId source, ActEncoding encoding) {
  if (spec(source).encoding == encoding) return source;
  const auto key = std::pair{source, encoding};
  if (const auto it = encodings_.find(key); it != encodings_.end()) return it->second;
  CRCL_CHECK(quantizer_ != nullptr);
  const BufferSpec from = spec(source);
  const BufferId target = add_buffer(from.name + ".q8", from.cols, from.rows, encoding);
  // A part of the producer's tile can be converted by itself when it is made of whole groups.
  TileSpace tiles = writer_tiles(source);
  const bool whole_groups =
      from.cols % kActGroup == 0 && columns_of(tiles, from.cols, 0).end % kActGroup == 0;
  if (!whole_groups) tiles = {from.rows, 1, 1};
  add(quantizer_(source, target, from.cols, tiles, quantizer_context_));
  encodings_[key] = target;
  return target;
}

Plan PlanBuilder::finish() {
  form_regions();
  place_buffers();
  for (const auto& op : plan_.operators)
    plan_.scratch_bytes = std::max(plan_.scratch_bytes, align_up(op->scratch_bytes(), 64));
  return std::move(plan_);
}

void PlanBuilder::form_regions() {
  std::string label;
  for (const Entry& entry : entries_) {
    if (fuses_ && !plan_.regions.empty() && entry.label == label &&
        try_join(plan_.regions.back(), *entry.op))
      continue;
    label = entry.label;
    plan_.regions.push_back({label, {{entry.op->tiles(), {entry.op}}}});
  }
  for (Region& region : plan_.regions) region.name = region_name(region.name, region);
}

int32_t PlanBuilder::max_rows(RowCount rows) const {
  switch (rows) {
    case RowCount::step_rows:
      return plan_.max_rows;
    case RowCount::logit_rows:
      return plan_.max_logit_rows;
    case RowCount::split_rows:
      return plan_.max_split_rows;
  }
  return plan_.max_rows;
}

void PlanBuilder::place_buffers() {
  const auto n = plan_.buffers.size();
  plan_.placements.assign(n, {.first_region = -1});
  for (size_t r = 0; r < plan_.regions.size(); ++r)
    for (const Chain& chain : plan_.regions[r].chains)
      for (const Operator* op : chain.operators)
        for (const BufferUse& use : op->uses()) {
          BufferPlacement& p = plan_.placements[index_of(use.buffer)];
          if (p.first_region < 0) p.first_region = static_cast<int64_t>(r);
          p.last_region = static_cast<int64_t>(r);
        }
  std::vector<size_t> order;
  for (size_t b = 0; b < n; ++b) {
    BufferPlacement& p = plan_.placements[b];
    if (p.first_region < 0) continue;
    const BufferId id{static_cast<int32_t>(b)};
    if (id == plan_.logits || id == plan_.hidden)  // read after the step
      p.last_region = static_cast<int64_t>(plan_.regions.size());
    const BufferSpec& s = plan_.buffers[b];
    p.bytes = static_cast<size_t>(max_rows(s.rows)) * s.row_bytes();
    order.push_back(b);
  }
  // First fit, largest first: close to optimal for the few dozen buffers a block has.
  std::ranges::stable_sort(order, std::greater{},
                           [&](size_t b) { return plan_.placements[b].bytes; });
  std::vector<size_t> placed;
  for (size_t b : order) {
    BufferPlacement& p = plan_.placements[b];
    std::vector<std::pair<size_t, size_t>> taken;  // [begin, end) of buffers alive at the same time
    for (size_t o : placed) {
      const BufferPlacement& q = plan_.placements[o];
      if (q.last_region >= p.first_region && p.last_region >= q.first_region)
        taken.emplace_back(q.offset, q.offset + q.bytes);
    }
    std::ranges::sort(taken);
    size_t at = 0;
    for (const auto& [begin, end] : taken) {
      if (begin >= at + p.bytes) break;
      at = std::max(at, align_up(end, 64));
    }
    p.offset = at;
    plan_.arena_bytes = std::max(plan_.arena_bytes, at + p.bytes);
    placed.push_back(b);
  }
}

}  // namespace caracal
