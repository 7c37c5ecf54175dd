#include "cli/common_options.h"

#include "base/error.h"
#include "base/log.h"
#include "cli/progress_line.h"
#include "cli/pull_model.h"
#include "engine/text_model.h"

namespace caracal::cli {
namespace {

const Field<GeneralOptions> kGeneral[] = {
    {.name = "verbose",
     .member = &GeneralOptions::verbose,
     .flags = "-v,--verbose",
     .help = "Log everything to standard error: --log-level debug."},
    {.name = "log_level",
     .member = &GeneralOptions::log_level,
     .flags = "--log-level",
     .env = "CARACAL_LOG_LEVEL",
     .choices = "off|error|warn|info|debug|trace",
     .help = "What is logged to standard error."},
};

const Field<ModelOption> kModel[] = {
    {.name = "model",
     .member = &ModelOption::path,
     .flags = "-m,--model",
     .env = "LLAMA_ARG_MODEL",
     .help = "The model: a GGUF file, any part of a split one, or a Hugging Face folder."},
    {.name = "hf_repo",
     .member = &ModelOption::hf_repo,
     .flags = "-hf,-hfr,--hf-repo",
     .env = "LLAMA_ARG_HF_REPO",
     .help = "Instead of --model: ORG/REPO[:QUANT] on the Hugging Face hub, fetched when it is not "
             "in the cache."},
    {.name = "hf_file",
     .member = &ModelOption::hf_file,
     .flags = "-hff,--hf-file",
     .env = "LLAMA_ARG_HF_FILE",
     .help = "A file of --hf-repo; empty: that of QUANT, Q4_K_M when none is named."},
};

}  // namespace

OptionGroup bind(GeneralOptions& options) {
  return bind_fields<GeneralOptions>("General", kGeneral, options);
}

void apply(const GeneralOptions& options) {
  log::init(options.verbose ? "debug" : options.log_level);
}

std::string ModelOption::required_path() const {
  if (!hf_repo.empty()) {
    HubSource source = parse_hub_source(hf_repo);
    if (!hf_file.empty()) source.file = hf_file;
    return pull_model(source, {}).path.string();
  }
  if (path.empty())
    throw Error(ErrorCode::bad_config,
                "no model: name a GGUF file or a checkpoint's folder (`caracal pull "
                "smollm2-135m-instruct` brings a model)",
                "--model");
  return path;
}

OptionGroup bind(ModelOption& option) { return bind_fields<ModelOption>("Model", kModel, option); }

void bind(EngineOptions& options, std::vector<OptionGroup>& groups) {
  groups.push_back(bind(options.model));
  groups.push_back(bind_fields("Engine", engine_fields(), options.engine));
}

std::unique_ptr<TextModel> open_text_model(const EngineOptions& options) {
  ProgressLine progress("loading");
  return std::make_unique<TextModel>(
      options.model.required_path(), options.engine,
      [&](uint64_t done, uint64_t total) { progress.update(done, total); });
}

}  // namespace caracal::cli
