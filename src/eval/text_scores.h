#pragma once
/// Measures over the windows of a text: perplexity, and the distance between two models.
#include <functional>
#include <memory>

#include "base/matrix_view.h"
#include "engine/scorer.h"
#include "eval/kl_divergence.h"
#include "eval/logits_file.h"
#include "eval/perplexity.h"
#include "eval/text_windows.h"

namespace caracal {

/// Counts scored tokens.
using EvalProgress = std::function<void(int64_t done, int64_t total)>;

/// A model under test: its scorer, and the threads that share the sums over the vocabulary.
struct ScoredModel {
  Scorer& scorer;
  ThreadTeam& team;
};

/// Perplexity over windows. save: gets every scored row; may be null (commit() stays with the
/// caller). Throws what Scorer::check throws, and Error(bad_file) for logits that are not numbers.
PerplexityMeter measure_perplexity(const TextWindows& windows, ScoredModel model,
                                   LogitsFileWriter* save = nullptr,
                                   const EvalProgress& progress = {});

/// Where the distributions come from that a model is compared with.
class ReferenceRows {
 public:
  virtual ~ReferenceRows() = default;
  virtual int32_t n_vocab() const = 0;
  /// Rows [begin, end) of one window: logits, or logarithms of probabilities; valid until the next
  /// call. Windows come in order and so do rows.
  virtual MatrixView<const float> rows(int32_t window, int32_t begin, int32_t end) = 0;
  /// Of a row of the last call: the probability of its tokens at -inf.
  virtual double tail(int32_t position) const;
  /// Where more is known about the likelihood of the token that comes than rows() tell.
  virtual void correct(int32_t window, int32_t position, RowComparison& row) const;
};
std::unique_ptr<ReferenceRows> reference_of(const TextWindows& windows, Scorer& scorer);
/// file: of the same windows.
std::unique_ptr<ReferenceRows> reference_of(const TextWindows& windows, const LogitsFile& file);

/// KL(reference || model) over windows. save: gets the reference's rows; may be null. Throws like
/// measure_perplexity, and Error(bad_request) when the vocabularies differ in size.
KlMeter measure_kl(const TextWindows& windows, ReferenceRows& reference, ScoredModel model,
                   LogitsFileWriter* save = nullptr, const EvalProgress& progress = {});

}  // namespace caracal
