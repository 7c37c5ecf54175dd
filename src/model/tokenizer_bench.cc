// Encoding speed on one core: WikiText-2, and a megabyte of one letter. Needs the shared test data.
#include <benchmark/benchmark.h>

#include <map>

#include "base/file.h"
#include "base/test_data.h"
#include "model/vocab_gguf.h"
#include "text/tokenizer/tokenizer.h"

namespace {

using namespace caracal;

const Tokenizer& tokenizer_of(const std::string& name) {
  static std::map<std::string, std::unique_ptr<const Tokenizer>> loaded;
  auto& tokenizer = loaded[name];
  if (!tokenizer) {
    const auto path = test_data_dir() / "tokenizers" / ("ggml-vocab-" + name + ".gguf");
    tokenizer = make_tokenizer(read_vocab(Gguf::open(path)));
  }
  return *tokenizer;
}

void encode(benchmark::State& state, const std::string& name, const std::string& text) {
  const Tokenizer& tokenizer = tokenizer_of(name);
  for (auto _ : state) benchmark::DoNotOptimize(tokenizer.encode(text));
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * text.size()));
}

void wikitext(benchmark::State& state, const std::string& name) {
  encode(state, name, read_file(test_data_dir() / "wikitext2" / "test.txt"));
}

void one_letter(benchmark::State& state, const std::string& name) {
  encode(state, name, std::string(1'000'000, 'a'));
}

}  // namespace

BENCHMARK_CAPTURE(wikitext, starcoder, "starcoder")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(wikitext, falcon, "falcon")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(wikitext, llama_spm, "llama-spm")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(one_letter, starcoder, "starcoder")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(one_letter, llama_spm, "llama-spm")->Unit(benchmark::kMillisecond);
