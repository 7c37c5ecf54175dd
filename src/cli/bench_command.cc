/// `caracal bench`: how fast a model runs here, how close that is to what the machine can do, and
/// how it compares with other engines.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "bench/bench_runner.h"
#include "bench/compare/compare_reports.h"
#include "bench/reports.h"
#include "cli/bench_compare.h"
#include "cli/commands.h"
#include "cli/engine_flags.h"
#include "cli/exit_status.h"
#include "cli/progress_line.h"
#include "engine/text_model.h"

namespace caracal::cli {
namespace {

struct BenchFlags : BenchOptions {
  std::string what;
  std::vector<std::string> models;
  CompareFlags compare;
  bool json = false;
  std::string html;
};

using C = CompareFlags;
using F = BenchFlags;
using O = BenchOptions;
constexpr Range kTokens = {.min = 0, .max = 1 << 22};

void clear_pairs(F& flags) { flags.prompt_and_answer.clear(); }
void append_pair(F& flags, std::string_view value, std::string_view source) {
  flags.prompt_and_answer.push_back(parse_prompt_and_answer(value, source));
}
std::string print_pairs(const F& flags) {
  std::string text;
  for (const PromptAndAnswer& p : flags.prompt_and_answer)
    text += fmt::format("{}{},{}", text.empty() ? "" : " ", p.n_prompt, p.n_gen);
  return text;
}

const Field<F> kWhat[] = {
    {.name = "what",
     .member = &F::what,
     .flags = "WHAT",
     .choices = "compare",
     .help = "compare: also run peers on the same files, in turn, and print ratios."},
};
const Field<C> kCompare[] = {
    {.name = "peers",
     .member = &C::peers,
     .flags = "--peer",
     .choices = kPeerNames,
     .separator = ',',
     .help = "compare: an engine to compare with; may be given several times."},
    {.name = "pythons",
     .member = &C::pythons,
     .flags = "--peer-python",
     .env = "CARACAL_PEER_PYTHON",
     .separator = ',',
     .help = "compare: the Python that has the peers, or NAME=PYTHON for one of them; empty: "
             "python3."},
    {.name = "worker",
     .member = &C::worker,
     .flags = "--peer-worker",
     .help = "compare: the program that runs a peer once; empty: the bench_peer.py that belongs to "
             "this one."},
};
const Field<F> kModels[] = {
    {.name = "model",
     .member = &F::models,
     .flags = "-m,--model",
     .env = "LLAMA_ARG_MODEL",
     .help = "The model: a GGUF file or a Hugging Face folder; may be given several times."},
};

const Field<O> kTests[] = {
    {.name = "n_prompt",
     .member = &O::n_prompt,
     .flags = "-p,--n-prompt",
     .range = kTokens,
     .separator = ',',
     .help = "Tokens of the prompts to time; 0: none."},
    {.name = "n_gen",
     .member = &O::n_gen,
     .flags = "-n,--n-gen",
     .range = kTokens,
     .separator = ',',
     .help = "Tokens of the answers to time; 0: none."},
};
const Field<F> kPairs[] = {
    {.name = "prompt_and_answer",
     .member = CustomList<F>{clear_pairs, append_pair, print_pairs},
     .flags = "-pg,--prompt-and-answer",
     .help = "P,N: a prompt and its answer timed as one; may be given several times."},
};
const Field<O> kVariants[] = {
    {.name = "depth",
     .member = &O::depth,
     .flags = "-d,--n-depth",
     .range = kTokens,
     .separator = ',',
     .help = "Tokens that are in the KV cache before the clock starts."},
    {.name = "n_parallel",
     .member = &O::n_parallel,
     .flags = "-np,--parallel,--batch",
     .range = {.min = 1, .max = 1 << 12},
     .separator = ',',
     .help = "Sequences that run at the same time; speeds are those of all together."},
    {.name = "n_batch",
     .member = &O::n_batch,
     .flags = "-b,--batch-size,-ub,--ubatch-size",
     .range = {.min = 1, .max = 1 << 16},
     .separator = ',',
     .help = "Rows of the largest step."},
    {.name = "n_threads",
     .member = &O::n_threads,
     .flags = "-t,--threads",
     .range = {.min = 0, .max = 1024},
     .separator = ',',
     .help = "Threads; 0 takes what CPU affinity and the container's quota give."},
    {.name = "cache_type_k",
     .member = &O::cache_type_k,
     .flags = "-ctk,--cache-type-k",
     .separator = ',',
     .help = "How keys are kept, as for `run`."},
    {.name = "cache_type_v",
     .member = &O::cache_type_v,
     .flags = "-ctv,--cache-type-v",
     .separator = ',',
     .help = "How values are kept."},
    {.name = "repetitions",
     .member = &O::repetitions,
     .flags = "-r,--repetitions",
     .range = {.min = 1, .max = 10000},
     .help = "Timed runs of each test that count."},
    {.name = "warmup",
     .member = &O::warmup,
     .flags = "--warmup,!--no-warmup",
     .help = "Run a short form of each test first, untimed."},
    {.name = "keep_unsteady",
     .member = &O::keep_unsteady,
     .flags = "--keep-unsteady",
     .help = "Throw no run away because its roof moved meanwhile."},
    {.name = "with_operators",
     .member = &O::with_operators,
     .flags = "--operators",
     .help = "Also tell where the time goes: one more run of each test, profiled."},
};
const Field<F> kOutput[] = {
    {.name = "json",
     .member = &F::json,
     .flags = "--json",
     .help = "Print one JSON object in place of the table."},
    {.name = "html",
     .member = &F::html,
     .flags = "--html",
     .help = "Also write a page with table, roofline and shares of operators to this file."},
};

void append(OptionGroup& group, OptionGroup more) {
  for (Option& option : more.options) group.options.push_back(std::move(option));
}

class BenchCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    std::vector<OptionGroup> groups;
    groups.push_back(bind_fields<F>("Compare", kWhat, flags_));
    append(groups.back(), bind_fields<C>("Compare", kCompare, flags_.compare));
    groups.push_back(bind_fields<F>("Model", kModels, flags_));
    groups.push_back(bind_fields<O>("Tests", kTests, flags_));
    append(groups.back(), bind_fields<F>("Tests", kPairs, flags_));
    append(groups.back(), bind_fields<O>("Tests", kVariants, flags_));
    groups.push_back(bind_fields<F>("Output", kOutput, flags_));
    groups.push_back(engine_flags_without({"n_ctx", "n_batch", "n_parallel", "n_threads",
                                           "n_threads_batch", "cache_type_k", "cache_type_v"},
                                          flags_.engine));
    return groups;
  }

  int run() override {
    if (flags_.models.empty())
      throw Error(ErrorCode::bad_config, "no model: name a GGUF file or a checkpoint's folder",
                  "--model");
    check_compare_flags();
    if (flags_.what.empty() && !flags_.html.empty()) flags_.with_operators = true;
    const std::vector<BenchSetup> setups = plan_bench(flags_);
    std::optional<AtomicFile> page;
    if (!flags_.html.empty()) page.emplace(flags_.html);
    if (flags_.what.empty())
      measure_all(setups, page);
    else
      compare(page);
    return kSuccess;
  }

 private:
  void check_compare_flags() const {
    if (!flags_.what.empty()) return;
    if (!flags_.compare.peers.empty() || !flags_.compare.worker.empty())
      throw Error(ErrorCode::bad_config, "only `caracal bench compare` runs peers", "--peer");
  }

  void measure_all(const std::vector<BenchSetup>& setups, std::optional<AtomicFile>& page) const {
    BenchReport report{.environment = environment()};
    for (const std::string& path : flags_.models) measure(path, setups, report);
    finish_page(page, [&] { return bench_html(report); });
    if (flags_.json)
      fmt::print("{}\n", to_text(bench_json(report)));
    else
      fmt::print("{}", bench_table(report));
  }

  void compare(std::optional<AtomicFile>& page) const {
    const CompareReport report =
        run_compare(flags_, flags_.compare, flags_.models, [&] { return environment(); });
    finish_page(page, [&] { return compare_html(report); });
    if (flags_.json)
      fmt::print("{}\n", to_text(compare_json(report)));
    else
      fmt::print("{}", compare_text(report));
  }

  template <class Render>
  static void finish_page(std::optional<AtomicFile>& page, Render render) {
    if (!page) return;
    page->write(render());
    page->commit();
  }

  BenchEnvironment environment() const {
    ProgressLine line("measuring", {.name = "roofs", .size = 1});
    return read_environment(flags_.engine, resolve_threads(0),
                            [&](size_t done, size_t all) { line.update(done, all); });
  }

  std::shared_ptr<const Model> load(const std::string& path) const {
    int32_t most = 1;
    for (const int32_t n : flags_.n_threads) most = std::max(most, resolve_threads(n));
    ThreadTeam team(most);
    ProgressLine line("loading");
    return Model::load(path, load_options(flags_.engine), team,
                       [&](uint64_t done, uint64_t total) { line.update(done, total); });
  }

  void measure(const std::string& path, const std::vector<BenchSetup>& setups,
               BenchReport& report) const {
    const auto model = load(path);
    const BenchModel info = describe_model(*model, path);
    const auto n_per_test = static_cast<uint64_t>(flags_.repetitions) + 1;
    const uint64_t n_all = setups.size() * setups.front().tests.size() * n_per_test;
    uint64_t n_done = 0;
    ProgressLine line("measuring", {.name = "runs", .size = 1});
    BenchRunner runner(flags_, report.environment, [&](const BenchTest&, int32_t) {
      line.update(std::min(n_done++, n_all), n_all);
    });
    for (const BenchSetup& setup : setups) runner.run(model, info, setup, report.results);
  }

  BenchFlags flags_;
};

}  // namespace

std::unique_ptr<Command> make_bench_command() { return std::make_unique<BenchCommand>(); }

}  // namespace caracal::cli
