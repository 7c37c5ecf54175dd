#include "eval/text_scores.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/error.h"
#include "eval/log_softmax.h"

namespace caracal {
namespace {

/// Rows of two models that are held at the same time.
constexpr int32_t kRowsAtOnce = 64;

std::span<const float> row_of(MatrixView<const float> rows, int64_t r) {
  return {rows.row(r), static_cast<size_t>(rows.cols)};
}

/// body(r) for every row, shared among the team; results must go to places of their own.
template <class Body>
void for_each_row(ThreadTeam& team, int64_t n_rows, Body body) {
  parallel_for(team, n_rows, 1, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) body(r);
  });
}

void check_number(double value, int32_t window, int32_t position) {
  if (!std::isfinite(value))
    throw_error(ErrorCode::bad_file, fmt::format("window {}, position {}", window, position),
                "the logits are not numbers; is the model damaged?");
}

class ModelReference final : public ReferenceRows {
 public:
  ModelReference(const TextWindows& windows, Scorer& scorer) : windows_(windows), scorer_(scorer) {
    scorer.check(windows.window(0));
  }

  int32_t n_vocab() const override { return scorer_.model().config().n_vocab; }

  MatrixView<const float> rows(int32_t window, int32_t begin, int32_t end) override {
    const int64_t cols = n_vocab();
    rows_.resize(static_cast<size_t>((end - begin) * cols));
    scorer_.score_from(begin, windows_.window(window).first(static_cast<size_t>(end)),
                       [&](int32_t position, MatrixView<const float> logits) {
                         for (int64_t r = 0; r < logits.rows; ++r)
                           std::ranges::copy(row_of(logits, r),
                                             rows_.begin() + (position - begin + r) * cols);
                       });
    return {rows_.data(), end - begin, cols, cols};
  }

 private:
  const TextWindows& windows_;
  Scorer& scorer_;
  std::vector<float> rows_;
};

class FileReference final : public ReferenceRows {
 public:
  FileReference(const TextWindows& windows, const LogitsFile& file)
      : windows_(windows), file_(file) {}

  int32_t n_vocab() const override { return file_.n_vocab(); }

  MatrixView<const float> rows(int32_t window, int32_t begin, int32_t end) override {
    const auto cols = static_cast<size_t>(n_vocab());
    rows_.resize(static_cast<size_t>(end - begin) * cols);
    tails_.clear();
    begin_ = begin;
    for (int32_t position = begin; position < end; ++position)
      tails_.push_back(file_.read_row(window, position - windows_.first_row(),
                                      std::span(rows_).subspan(tails_.size() * cols, cols)));
    return {rows_.data(), end - begin, n_vocab(), n_vocab()};
  }

  double tail(int32_t position) const override {
    return tails_[static_cast<size_t>(position - begin_)];
  }

  void correct(int32_t window, int32_t position, RowComparison& row) const override {
    row.base_nll = file_.nll(window, position - windows_.first_row());
  }

 private:
  const TextWindows& windows_;
  const LogitsFile& file_;
  std::vector<float> rows_;
  std::vector<double> tails_;
  int32_t begin_ = 0;
};

}  // namespace

PerplexityMeter measure_perplexity(const TextWindows& windows, ScoredModel model,
                                   LogitsFileWriter* save, const EvalProgress& progress) {
  PerplexityMeter meter;
  std::vector<double> nlls;
  for (int32_t w = 0; w < windows.n_windows(); ++w) {
    const auto tokens = windows.window(w);
    // The last token is scored and never run.
    const auto run = tokens.first(static_cast<size_t>(windows.end_row()));
    model.scorer.score_from(windows.first_row(), run,
                            [&](int32_t position, MatrixView<const float> logits) {
                              nlls.resize(static_cast<size_t>(logits.rows));
                              for_each_row(model.team, logits.rows, [&](int64_t r) {
                                const auto target = tokens[static_cast<size_t>(position + r + 1)];
                                nlls[static_cast<size_t>(r)] = -log_prob(row_of(logits, r), target);
                              });
                              for (int64_t r = 0; r < logits.rows; ++r) {
                                const double nll = nlls[static_cast<size_t>(r)];
                                check_number(nll, w, position + static_cast<int32_t>(r));
                                meter.add(nll);
                                if (save) save->add(row_of(logits, r), nll);
                              }
                              if (progress) progress(meter.n_tokens(), windows.n_scored());
                            });
  }
  return meter;
}

double ReferenceRows::tail(int32_t) const { return 0; }

void ReferenceRows::correct(int32_t, int32_t, RowComparison&) const {}

std::unique_ptr<ReferenceRows> reference_of(const TextWindows& windows, Scorer& scorer) {
  return std::make_unique<ModelReference>(windows, scorer);
}

std::unique_ptr<ReferenceRows> reference_of(const TextWindows& windows, const LogitsFile& file) {
  CRCL_CHECK_OP(windows.n_ctx(), ==, file.n_ctx());
  CRCL_CHECK_OP(windows.n_windows(), <=, file.n_windows());
  return std::make_unique<FileReference>(windows, file);
}

KlMeter measure_kl(const TextWindows& windows, ReferenceRows& reference, ScoredModel model,
                   LogitsFileWriter* save, const EvalProgress& progress) {
  const int32_t n_vocab = model.scorer.model().config().n_vocab;
  if (reference.n_vocab() != n_vocab)
    throw_error(ErrorCode::bad_request, "vocabulary",
                "expected one of {} tokens, as the base has, found {}", reference.n_vocab(),
                n_vocab);
  KlMeter meter;
  std::vector<RowComparison> compared;
  for (int32_t w = 0; w < windows.n_windows(); ++w) {
    const auto tokens = windows.window(w);
    for (int32_t begin = windows.first_row(); begin < windows.end_row(); begin += kRowsAtOnce) {
      const int32_t end = std::min(begin + kRowsAtOnce, windows.end_row());
      const MatrixView<const float> base = reference.rows(w, begin, end);
      compared.resize(static_cast<size_t>(end - begin));
      model.scorer.score_from(begin, tokens.first(static_cast<size_t>(end)),
                              [&](int32_t position, MatrixView<const float> logits) {
                                for_each_row(model.team, logits.rows, [&](int64_t r) {
                                  const int64_t at = position - begin + r;
                                  const auto target = tokens[static_cast<size_t>(position + r + 1)];
                                  compared[static_cast<size_t>(at)] = compare_rows(
                                      row_of(base, at), row_of(logits, r), target,
                                      reference.tail(position + static_cast<int32_t>(r)));
                                });
                              });
      for (int32_t position = begin; position < end; ++position) {
        RowComparison& row = compared[static_cast<size_t>(position - begin)];
        reference.correct(w, position, row);
        check_number(row.kl + row.nll + row.base_nll, w, position);
        meter.add(row);
        if (save) save->add(row_of(base, position - begin), row.base_nll);
      }
      if (progress) progress(meter.n_tokens(), windows.n_scored());
    }
  }
  return meter;
}

}  // namespace caracal
