/// `caracal embed`: texts to vectors.
#include <algorithm>

#include "base/error.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/exit_status.h"
#include "cli/progress_line.h"
#include "cli/text_input.h"
#include "engine/embedding_model.h"

namespace caracal::cli {
namespace {

struct TextsOptions {
  std::vector<std::string> prompts;
  std::string file;
};
const Field<TextsOptions> kTexts[] = {
    {.name = "prompt",
     .member = &TextsOptions::prompts,
     .flags = "-p,--prompt",
     .help = "A text; may be given several times."},
    {.name = "file",
     .member = &TextsOptions::file,
     .flags = "-f,--file",
     .help = "A file with one text per line; '-', or no text at all, is standard input."},
};

struct OutputOptions {
  std::string pooling = "model";
  int32_t norm = 2;
  bool parse_special = false;
  bool json = false;
};
const Field<OutputOptions> kOutput[] = {
    {.name = "pooling",
     .member = &OutputOptions::pooling,
     .flags = "--pooling",
     .env = "LLAMA_ARG_POOLING",
     .choices = "model|none|mean|cls|last",
     .help = "How the vectors of a text's tokens become one; model: as the model says, else mean "
             "for encoders and last for decoders."},
    {.name = "norm",
     .member = &OutputOptions::norm,
     .flags = "--embd-normalize",
     .range = {.min = -1, .max = 1024},
     .help = "Norm that vectors are divided by: -1 none, 0 largest magnitude becomes 32760, 1 "
             "taxicab, 2 Euclidean, p the p-norm."},
    {.name = "parse_special",
     .member = &OutputOptions::parse_special,
     .flags = "--parse-special",
     .help = "Control tokens written in a text become those tokens."},
    {.name = "json",
     .member = &OutputOptions::json,
     .flags = "--json",
     .help = "Print {\"data\":[{\"index\":0,\"embedding\":[...]},...],...} as OpenAI's API."},
};

/// The lines of a text; a line break at its end begins no further one.
std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// [d_model] numbers, or with several rows an array of arrays.
std::string to_json(std::span<const float> vectors, size_t d_model, bool per_token) {
  if (!per_token) return fmt::format("[{}]", fmt::join(vectors, ","));
  std::string out;
  for (size_t at = 0; at < vectors.size(); at += d_model)
    out += fmt::format("{}[{}]", at ? "," : "[", fmt::join(vectors.subspan(at, d_model), ","));
  return out + "]";
}

class EmbedCommand final : public Command {
 public:
  std::vector<OptionGroup> options() override {
    std::vector<OptionGroup> groups;
    groups.push_back(bind_fields<TextsOptions>("Texts", kTexts, texts_));
    groups.push_back(bind_fields<OutputOptions>("Embeddings", kOutput, output_));
    bind(engine_, groups);
    return groups;
  }

  int run() override {
    const std::string& path = engine_.model.required_path();
    const std::vector<std::string> texts = read_texts();
    if (texts.empty()) throw Error(ErrorCode::bad_config, "there is no text to embed", "embed");
    const auto model = open(path);
    print(*model, path, tokenize(*model, texts));
    return kSuccess;
  }

 private:
  std::vector<std::string> read_texts() const {
    if (!texts_.prompts.empty() && !texts_.file.empty())
      throw Error(ErrorCode::bad_config, "expected texts from --prompt or from --file, found both",
                  "--prompt");
    if (!texts_.prompts.empty()) return texts_.prompts;
    return split_lines(read_text(texts_.file.empty() ? "-" : texts_.file));
  }

  std::unique_ptr<EmbeddingModel> open(const std::string& path) const {
    ProgressLine progress("loading");
    const EmbedOptions options{.pooling = find_pooling(output_.pooling), .norm = output_.norm};
    return std::make_unique<EmbeddingModel>(
        path, engine_.engine, options,
        [&](uint64_t done, uint64_t total) { progress.update(done, total); });
  }

  /// All texts are checked before the first is computed: an error leaves no output behind.
  std::vector<std::vector<TokenId>> tokenize(EmbeddingModel& model,
                                             const std::vector<std::string>& texts) const {
    std::vector<std::vector<TokenId>> out;
    out.reserve(texts.size());
    for (const std::string& text : texts) {
      out.push_back(model.tokenizer().encode(text, {.parse_special = output_.parse_special}));
      model.embedder().check(out.back(), fmt::format("text {}", out.size() - 1));
    }
    return out;
  }

  void print(EmbeddingModel& model, const std::string& path,
             const std::vector<std::vector<TokenId>>& texts) const {
    if (output_.json) fmt::print("{{\"object\":\"list\",\"data\":[");
    constexpr size_t kTextsAtOnce = 1024;  // their vectors are held until they are printed
    for (size_t begin = 0; begin < texts.size(); begin += kTextsAtOnce) {
      const auto group =
          std::span(texts).subspan(begin, std::min(kTextsAtOnce, texts.size() - begin));
      const auto vectors = model.embedder().embed(group, begin);
      for (size_t i = 0; i < vectors.size(); ++i)
        print_vectors(model.embedder(), begin + i, vectors[i]);
    }
    if (!output_.json) return;
    size_t n_tokens = 0;
    for (const auto& text : texts) n_tokens += text.size();
    const std::string& name = model.model().config().name;
    const Json usage = {{"prompt_tokens", n_tokens}, {"total_tokens", n_tokens}};
    fmt::print("],\"model\":{},\"usage\":{}}}\n", to_text(Json(name.empty() ? path : name)),
               to_text(usage));
  }

  void print_vectors(const Embedder& embedder, size_t index, std::span<const float> vectors) const {
    const auto d_model = static_cast<size_t>(embedder.d_model());
    if (output_.json) {
      fmt::print("{}{{\"object\":\"embedding\",\"index\":{},\"embedding\":{}}}", index ? "," : "",
                 index, to_json(vectors, d_model, embedder.pooling() == Pooling::none));
      return;
    }
    for (size_t at = 0; at < vectors.size(); at += d_model)
      fmt::print("{}\n", fmt::join(vectors.subspan(at, d_model), " "));
  }

  TextsOptions texts_;
  OutputOptions output_;
  EngineOptions engine_;
};

}  // namespace

std::unique_ptr<Command> make_embed_command() { return std::make_unique<EmbedCommand>(); }

}  // namespace caracal::cli
