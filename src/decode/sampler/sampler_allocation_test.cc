/// Nothing is allocated in a warm step. This file replaces the test program's operator new by one
/// that counts.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <new>

#include "decode/sampler/logprobs.h"
#include "decode/sampler/sampler_chain.h"

namespace {
thread_local int64_t n_allocations = 0;

void* counted(size_t size, size_t alignment) {
  ++n_allocations;
  const size_t rounded = (std::max<size_t>(size, 1) + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, rounded);
  if (memory == nullptr) std::abort();
  return memory;
}
}  // namespace

// Every form is replaced, since sanitizers bring their own of each. Not inlined: the compiler must
// not see a free meet what it takes for the library's operator new.
#define CRCL_REPLACED __attribute__((noinline))
constexpr size_t kDefault = alignof(std::max_align_t);
CRCL_REPLACED void* operator new(size_t n) { return counted(n, kDefault); }
CRCL_REPLACED void* operator new[](size_t n) { return counted(n, kDefault); }
CRCL_REPLACED void* operator new(size_t n, const std::nothrow_t&) noexcept {
  return counted(n, kDefault);
}
CRCL_REPLACED void* operator new[](size_t n, const std::nothrow_t&) noexcept {
  return counted(n, kDefault);
}
CRCL_REPLACED void* operator new(size_t n, std::align_val_t a) { return counted(n, size_t(a)); }
CRCL_REPLACED void* operator new[](size_t n, std::align_val_t a) { return counted(n, size_t(a)); }
CRCL_REPLACED void operator delete(void* p) noexcept { std::free(p); }
CRCL_REPLACED void operator delete[](void* p) noexcept { std::free(p); }
CRCL_REPLACED void operator delete(void* p, size_t) noexcept { std::free(p); }
CRCL_REPLACED void operator delete[](void* p, size_t) noexcept { std::free(p); }
CRCL_REPLACED void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
CRCL_REPLACED void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
CRCL_REPLACED void operator delete(void* p, size_t, std::align_val_t) noexcept { std::free(p); }
CRCL_REPLACED void operator delete[](void* p, size_t, std::align_val_t) noexcept { std::free(p); }

namespace caracal {
namespace {

SamplingParams everything_on() {
  SamplingParams params;
  params.seed = 5;
  params.repeat_penalty = 1.1f;
  params.repeat_last_n = -1;
  params.dry_multiplier = 0.5f;
  params.top_n_sigma = 3;
  params.typ_p = 0.95f;
  params.xtc_probability = 0.5f;
  params.xtc_threshold = 0.01f;
  params.dynatemp_range = 0.3f;
  params.logit_bias = {{3, 1.0f}};
  params.min_tokens = 10;
  params.stop_token_ids = {1};
  return params;
}

/// Allocations of 600 steps, with drafts taken back, after the first.
int64_t allocations_of(const SamplingParams& params) {
  constexpr int kVocab = 3000;
  const std::vector<std::string> texts(kVocab, "word");
  const SamplerModel model{.n_vocab = kVocab, .n_ctx = 256, .token_texts = texts};
  SamplerScratch scratch(model);
  SamplerChain chain(params, model);
  std::vector<float> row;
  for (int i = 0; i < kVocab; ++i) row.push_back(5 * std::sin(static_cast<float>(i)));
  Logprobs logprobs;
  logprobs.top.reserve(20);

  int64_t before = 0;
  for (int step = 0; step < 600; ++step) {
    if (step == 1) before = n_allocations;
    const Sampled sampled = chain.sample(row, scratch);
    chain.accept(sampled.token);
    chain.distribution(row, scratch);
    chain.accept(7, 0.5f);
    chain.rewind(1);
    compute_logprobs(row, sampled.token, 20, logprobs);
  }
  return n_allocations - before;
}

TEST(SamplerAllocations, the_counter_counts) {
  const int64_t before = n_allocations;
  std::vector<int> v(100);
  EXPECT_EQ(n_allocations, before + 1) << v.size();
}

TEST(SamplerAllocations, a_warm_step_allocates_nothing) {
  EXPECT_EQ(allocations_of({}), 0);
  EXPECT_EQ(allocations_of(everything_on()), 0);
  SamplingParams params = everything_on();
  params.mirostat = 2;
  EXPECT_EQ(allocations_of(params), 0);
  params = everything_on();
  params.temp = 0;
  params.dynatemp_range = 0;
  EXPECT_EQ(allocations_of(params), 0);
  params = everything_on();
  params.samplers = {"temperature", "typ_p", "top_p", "penalties", "dry", "min_p"};
  EXPECT_EQ(allocations_of(params), 0);
}

}  // namespace
}  // namespace caracal
