#include "bench/bench_result.h"

#include <algorithm>
#include <functional>

namespace caracal {
namespace {

Summary over(const std::vector<Repetition>& repetitions,
             const std::function<double(const Repetition&)>& value) {
  std::vector<double> values;
  for (const Repetition& r : repetitions) values.push_back(value(r));
  return summarize(values);
}

}  // namespace

Summary BenchResult::tokens_per_s() const {
  return over(repetitions, [&](const Repetition& r) { return n_tokens() / r.seconds; });
}

double BenchResult::roofed_work() const {
  return roof == Roof::read_bandwidth ? work.read_bytes() : work.all_ops();
}

Summary BenchResult::roof_share() const {
  return over(repetitions,
              [&](const Repetition& r) { return roofed_work() / r.seconds / r.roof(); });
}

Summary BenchResult::roof_per_s() const {
  return over(repetitions, [](const Repetition& r) { return r.roof(); });
}

int32_t BenchResult::n_unsteady() const {
  return static_cast<int32_t>(std::ranges::count(repetitions, false, &Repetition::steady));
}

MachineRoofs roofs_meanwhile(const BenchReport& report) {
  MachineRoofs roofs = report.environment.roofs;
  for (RoofFigure& figure : roofs.figures) {
    std::vector<double> samples;
    for (const BenchResult& r : report.results)
      if (r.roof == figure.roof && r.engine.n_threads == figure.n_threads)
        for (const Repetition& repetition : r.repetitions) samples.push_back(repetition.roof());
    if (!samples.empty()) figure.per_second = summarize(samples).median;
  }
  return roofs;
}

Roof roof_of(const BenchTest& test, const StepCost& work) {
  return test.is_decode() ? Roof::read_bandwidth : work.main_arithmetic();
}

}  // namespace caracal
