#include "cli/pull_model.h"

#include <cstdio>

#include "cli/transfer_line.h"

namespace caracal::cli {
namespace {

std::string size_text(uint64_t n_bytes) {
  constexpr double kKilo = 1e3, kMega = 1e6;
  const auto n = static_cast<double>(n_bytes);
  return n < kMega ? fmt::format("{:.0f} kB", n / kKilo) : fmt::format("{:.1f} MB", n / kMega);
}

void show(const ModelNotice& notice) {
  fmt::print(stderr, "{}\nlicence: {}\nsource: {}\n", notice.title, notice.licence, notice.source);
  if (notice.n_bytes > 0) fmt::print(stderr, "to fetch: {}\n", size_text(notice.n_bytes));
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
