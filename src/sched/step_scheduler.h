#pragma once
/// Which sequences run in the next step, and with how many rows. Pure: integers in, integers out.
#include <cstdint>
#include <span>
#include <vector>

namespace caracal {

/// A live sequence as the scheduler sees it, in order of arrival.
struct SchedEntry {
  int32_t n_pending = 0;   ///< tokens whose KV is not computed yet; 1 while decoding
  bool decoding = false;   ///< past its prompt
  int32_t table_room = 0;  ///< slots that its blocks still hold beyond its computed tokens
};

struct SchedLimits {
  int32_t max_rows = 512;  ///< of one step
  int32_t block_tokens = 32;
  int32_t n_free_blocks = 0;
};

/// One sequence's share of a step.
struct StepShare {
  int32_t entry = 0;  ///< index into the entries
  int32_t n_rows = 0;
};

/// First come, first served, decoding rows before prompts (ORCA's iteration-level batching, Yu et
/// al. 2022, with Sarathi-Serve's chunked prefill, Agrawal et al. 2024): every decoding sequence
/// gets its row, then prompts fill the rest of the step in order of arrival. Sequences that find no
/// KV block wait. out is cleared; it stays empty when nobody can run.
void plan_step(std::span<const SchedEntry> entries, const SchedLimits& limits,
               std::vector<StepShare>& out);

}  // namespace caracal
