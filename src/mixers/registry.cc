#include "mixers/gqa/gqa.h"
#include "mixers/sequence_mixer.h"

namespace caracal {

std::span<const SequenceMixer* const> sequence_mixers() {
  static const GroupedQueryAttention gqa;
  static const SequenceMixer* const mixers[] = {&gqa};
  return mixers;
}

const SequenceMixer* find_sequence_mixer(std::string_view name) {
  for (const SequenceMixer* mixer : sequence_mixers())
    if (mixer->name() == name) return mixer;
  return nullptr;
}

}  // namespace caracal
