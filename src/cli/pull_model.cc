#include "cli/pull_model.h"

#include <cstdio>

#include "cli/transfer_line.h"

namespace caracal::cli {
namespace {

constexpr double kMega = 1e6;

void show(const ModelNotice& notice) {
  fmt::print(stderr, "{}\nlicence: {}\nsource: {}\n", notice.title, notice.licence, notice.source);
  if (notice.n_bytes > 0)
    fmt::print(stderr, "to fetch: {:.1f} MB\n", static_cast<double>(notice.n_bytes) / kMega);
}

}  // namespace

FetchedModel pull_model(const ModelSource& source, const FetchOptions& options) {
  TransferLine line;
  return fetch_model(source, options,
                     {.on_found = show, .on_progress = [&](uint64_t done, uint64_t total) {
                        line.update(done, total);
                      }});
}

}  // namespace caracal::cli
