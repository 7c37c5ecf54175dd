#pragma once
/// Which random numbers a sequence draws where. A draw depends on the request's seed, the stream
/// and the index of the token it decides, and on nothing else: not on the batch, not on earlier
/// draws.
#include "base/rng.h"

namespace caracal {

enum class DrawStream : uint64_t {
  sample = 0,  ///< picks the token
  accept = 1,  ///< speculative verification
  xtc = 2,     ///< whether XTC acts at this token
};

/// Uniform in [0, 1). position: index of the token in its sequence, prompt included.
inline double uniform_at(uint64_t seed, DrawStream stream, int64_t position) {
  Rng rng(seed, static_cast<uint64_t>(stream));
  rng.seek(2 * static_cast<uint64_t>(position));  // one draw takes two 32-bit words
  return rng.uniform();
}

}  // namespace caracal
