#include "exec/executor.h"

#include <algorithm>

#include "base/check.h"

namespace caracal {
namespace {

/// Tiles a thread takes at once: enough pieces to even out a slow neighbour, few enough that the
/// counter is not contended. Results do not depend on it.
int64_t claim_size(int64_t n_tiles, int32_t n_threads) {
  return std::max<int64_t>(1, n_tiles / (int64_t{n_threads} * 8));
}

Tile tile_at(const TileSpace& space, int64_t index, int32_t n_rows) {
  const auto row_block = static_cast<int32_t>(index / space.parts);
  const int32_t begin = row_block * space.row_tile;
  return {begin, std::min(begin + space.row_tile, n_rows),
          static_cast<int32_t>(index % space.parts)};
}

}  // namespace

Executor::Executor(const Plan& plan, int32_t max_threads, std::vector<std::byte*> states)
    : plan_(plan),
      arena_(plan.arena_bytes),
      scratch_(plan.scratch_bytes * static_cast<size_t>(max_threads)),
      states_(std::move(states)),
      counters_(new Counter[plan.regions.size()]) {
  for (const BufferPlacement& p : plan.placements)
    bases_.push_back(p.bytes ? arena_.data() + p.offset : nullptr);
  for (const Region& region : plan.regions)
    for (const Chain& chain : region.chains) {
      const auto same = [&](const SequenceTiles& t) { return t.space() == chain.tiles; };
      if (chain.tiles.by_sequence && std::ranges::none_of(sequence_tiles_, same))
        sequence_tiles_.emplace_back(chain.tiles, plan.max_rows, plan.max_split_rows);
    }
}

const SequenceTiles& Executor::tiles_of(const TileSpace& space) const {
  return *std::ranges::find(sequence_tiles_, space, &SequenceTiles::space);
}

SequenceTiles& Executor::tiles_of(const TileSpace& space) {
  return *std::ranges::find(sequence_tiles_, space, &SequenceTiles::space);
}

int64_t Executor::n_tiles(const Chain& chain, const StepContext& step) const {
  return chain.tiles.by_sequence ? tiles_of(chain.tiles).count()
                                 : chain.tiles.count(step.n_rows(chain.tiles.rows));
}

int64_t Executor::n_tiles(const Region& region, const StepContext& step) const {
  int64_t total = 0;
  for (const Chain& chain : region.chains) total += n_tiles(chain, step);
  return total;
}

/// Runs a chain on one tile. Where the tile is one split of its rows' keys, whoever finishes the
/// last one goes on with the rest of the chain. done(operator number) is called after each.
template <class Done>
void Executor::run_tile(const Chain& chain, int64_t index, const StepContext& step,
                        std::span<std::byte> scratch, Done done) noexcept {
  if (!chain.tiles.by_sequence) {
    const Tile tile = tile_at(chain.tiles, index, step.n_rows(chain.tiles.rows));
    for (size_t o = 0; o < chain.operators.size(); ++o) {
      chain.operators[o]->run(step, tile, scratch);
      done(o);
    }
    return;
  }
  SequenceTiles& tiles = tiles_of(chain.tiles);
  const Tile tile = tiles.at(index);
  const Operator& first = *chain.operators.front();
  first.run(step, tile, scratch);
  const bool complete = tiles.complete(tile);
  if (complete && tile.split.is_one()) first.merge_splits(step, tile, scratch);
  done(0);
  if (!complete) return;
  for (size_t o = 1; o < chain.operators.size(); ++o) {
    chain.operators[o]->run(step, tile, scratch);
    done(o);
  }
}

/// Takes tiles of the region until none is left. recorder hears of each.
template <class Recorder>
void Executor::run_region(const Region& region, const StepContext& step, int32_t n_threads,
                          std::atomic<int64_t>& next, std::span<std::byte> scratch,
                          Recorder& recorder) noexcept {
  const int64_t total = n_tiles(region, step);
  const int64_t claim = claim_size(total, n_threads);
  for (int64_t begin; (begin = next.fetch_add(claim, std::memory_order_relaxed)) < total;) {
    int64_t index = begin;
    const int64_t end = std::min(begin + claim, total);
    int64_t chain_begin = 0;
    for (size_t c = 0; c < region.chains.size(); ++c) {
      const Chain& chain = region.chains[c];
      const int64_t chain_end = chain_begin + n_tiles(chain, step);
      for (; index < std::min(end, chain_end); ++index)
        run_tile(chain, index - chain_begin, step, scratch,
                 [&](size_t o) { recorder.tile_done(c, o); });
      chain_begin = chain_end;
    }
  }
}

MatrixView<const float> Executor::floats(BufferId id, int32_t rows) const {
  const BufferSpec& spec = plan_.buffers[index_of(id)];
  return {reinterpret_cast<const float*>(bases_[index_of(id)]), rows, spec.cols,
          static_cast<int64_t>(spec.row_bytes() / sizeof(float))};
}

void Executor::run(const Batch& batch, ThreadTeam& team) {
  CRCL_CHECK_OP(batch.n_rows(), <=, plan_.max_rows);
  CRCL_CHECK_OP(batch.n_logit_rows(), <=, plan_.max_logit_rows);
  n_logit_rows_ = batch.n_logit_rows();
  for (SequenceTiles& tiles : sequence_tiles_) tiles.cut(batch);
  const StepContext step(batch, plan_.buffers, bases_, states_, step_counters_);
  for (size_t r = 0; r < plan_.regions.size(); ++r)
    counters_[r].next.store(0, std::memory_order_relaxed);
  if (!profile_) {
    NoRecorder nothing;
    return run_regions(step, team, [&](int32_t) -> NoRecorder& { return nothing; });
  }
  CRCL_CHECK_OP(team.size(), ==, profile_->n_threads());
  profile_->begin_step(batch);
  run_regions(step, team,
              [&](int32_t thread) -> StepProfile::Recorder& { return profile_->recorder(thread); });
  profile_->end_step();
}

template <class RecorderOf>
void Executor::run_regions(const StepContext& step, ThreadTeam& team, RecorderOf recorder_of) {
  team.run([&](int32_t thread) {
    const auto scratch = scratch_.bytes().subspan(static_cast<size_t>(thread) * plan_.scratch_bytes,
                                                  plan_.scratch_bytes);
    auto& recorder = recorder_of(thread);
    const auto run_one = [&](size_t r) {
      recorder.begin_region(r);
      run_region(plan_.regions[r], step, team.size(), counters_[r].next, scratch, recorder);
    };
    // A region of one tile, as norms are when one row is decoded, runs on the thread that comes
    // last to the barrier before it, which nobody can leave earlier anyway.
    const auto is_single = [&](size_t r) {
      return r < plan_.regions.size() && n_tiles(plan_.regions[r], step) == 1;
    };
    for (size_t r = 0; r < plan_.regions.size();) {
      run_one(r++);
      if (r == plan_.regions.size()) break;
      team.barrier([&] {
        for (size_t i = r; is_single(i); ++i) run_one(i);
      });
      while (is_single(r)) ++r;
    }
  });
}

}  // namespace caracal
