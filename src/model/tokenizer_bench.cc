// Encoding speed on one core: WikiText-2, and a megabyte of one letter. Needs the shared test data.
// "json": the same from tokenizer.json files, which tests/peer/tokenizers/tokenizer_json.py puts
// into the folder that CARACAL_TOKENIZER_JSON_VECTORS names; "load" reads and builds one.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <map>

#include "base/file.h"
#include "base/test_data.h"
#include "model/vocab_gguf.h"
#include "model/vocab_hf.h"
#include "text/tokenizer/tokenizer.h"

namespace {

using namespace caracal;
using Loaded = std::unique_ptr<const Tokenizer>;

Loaded load_gguf(const std::string& name) {
  const auto path = test_data_dir() / "tokenizers" / ("ggml-vocab-" + name + ".gguf");
  return make_tokenizer(read_vocab(Gguf::open(path)));
}

std::string read_json(const std::string& name) {
  const char* dir = std::getenv("CARACAL_TOKENIZER_JSON_VECTORS");
  return dir ? read_file(std::filesystem::path(dir) / (name + ".tokenizer.json")) : std::string();
}

Loaded load_json(const std::string& name) {
  return make_tokenizer(read_hf_vocab(read_json(name), {}, name));
}

const Tokenizer& tokenizer_of(const std::string& name, Loaded (*load)(const std::string&)) {
  static std::map<std::pair<std::string, void*>, Loaded> loaded;
  auto& tokenizer = loaded[{name, reinterpret_cast<void*>(load)}];
  if (!tokenizer) tokenizer = load(name);
  return *tokenizer;
}

void encode(benchmark::State& state, const Tokenizer& tokenizer, const std::string& text) {
  for (auto _ : state) benchmark::DoNotOptimize(tokenizer.encode(text));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
}

std::string wikitext_text() { return read_file(test_data_dir() / "wikitext2" / "test.txt"); }

void wikitext(benchmark::State& state, const std::string& name) {
  encode(state, tokenizer_of(name, load_gguf), wikitext_text());
}

void one_letter(benchmark::State& state, const std::string& name) {
  encode(state, tokenizer_of(name, load_gguf), std::string(1'000'000, 'a'));
}

void json(benchmark::State& state, const std::string& name) {
  if (read_json(name).empty()) return state.SkipWithError("set CARACAL_TOKENIZER_JSON_VECTORS");
  encode(state, tokenizer_of(name, load_json), wikitext_text());
}

void json_one_letter(benchmark::State& state, const std::string& name) {
  if (read_json(name).empty()) return state.SkipWithError("set CARACAL_TOKENIZER_JSON_VECTORS");
  encode(state, tokenizer_of(name, load_json), std::string(1'000'000, 'a'));
}

void load(benchmark::State& state, const std::string& name) {
  const std::string text = read_json(name);
  if (text.empty()) return state.SkipWithError("set CARACAL_TOKENIZER_JSON_VECTORS");
  for (auto _ : state)
    benchmark::DoNotOptimize(make_tokenizer(read_hf_vocab(text, {}, name))->n_vocab());
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
}

}  // namespace

BENCHMARK_CAPTURE(wikitext, starcoder, "starcoder")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(wikitext, falcon, "falcon")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(wikitext, llama_spm, "llama-spm")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(one_letter, starcoder, "starcoder")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(one_letter, llama_spm, "llama-spm")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(json, starcoder, "starcoder")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(json, falcon, "falcon")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(json, llama3_pattern, "gpt-2-as-llama3")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(json, qwen2_pattern, "gpt-2-as-qwen2")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(json, llama_spm, "llama-spm")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(json, minilm, "minilm")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(json_one_letter, starcoder, "starcoder")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(json_one_letter, llama_spm, "llama-spm")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(load, starcoder, "starcoder")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(load, llama_spm, "llama-spm")->Unit(benchmark::kMillisecond);
