#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/json.h"
#include "bench/profile_report.h"

namespace caracal {
namespace {

/// What the events of a chain say besides their times, made once: there are thousands of them.
struct EventText {
  std::string begin;  ///< up to the numbers
  std::string end;
};

std::string json_text(const std::string& text) { return to_text(Json(text)); }

EventText event_text(const ProfiledTest& test, const StepProfile::ChainRef& ref) {
  std::string kinds, details;
  for (const Operator* op : ref.chain->operators) {
    if (!kinds.empty()) kinds += " > ";
    kinds += op->kind();
    const std::string detail = op->detail();
    if (!detail.empty()) details += (details.empty() ? "" : ", ") + detail;
  }
  return {fmt::format("{{\"name\":{},\"cat\":{},\"ph\":\"X\",\"pid\":1", json_text(kinds),
                      json_text(test.test.name())),
          fmt::format("\"args\":{{\"detail\":{},\"region\":{}}}}}", json_text(details),
                      json_text(test.profile.plan().regions[ref.region].name))};
}

int64_t first_ns(const std::vector<ProfiledTest>& tests) {
  int64_t first = std::numeric_limits<int64_t>::max();
  for (const ProfiledTest& test : tests)
    for (int32_t t = 0; t < test.profile.n_threads(); ++t)
      if (const auto& events = test.profile.events(t); !events.empty())
        first = std::min(first, events.front().begin_ns);
  return first;
}

double us(int64_t ns) { return static_cast<double>(ns) * 1e-3; }

}  // namespace

void write_chrome_trace(AtomicFile& file, const std::vector<ProfiledTest>& tests) {
  constexpr size_t kPiece = size_t{1} << 20;
  const int64_t start = first_ns(tests);
  std::string piece =
      "[\n{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,\"args\":{\"name\":\"caracal\"}}";
  for (const ProfiledTest& test : tests) {
    std::vector<EventText> texts;
    for (const StepProfile::ChainRef& ref : test.profile.chains())
      texts.push_back(event_text(test, ref));
    for (int32_t t = 0; t < test.profile.n_threads(); ++t)
      for (const StepProfile::Event& event : test.profile.events(t)) {
        const EventText& text = texts[event.chain];
        piece +=
            fmt::format(",\n{},\"tid\":{},\"ts\":{:.3f},\"dur\":{:.3f},{}", text.begin, t,
                        us(event.begin_ns - start), us(event.end_ns - event.begin_ns), text.end);
        if (piece.size() < kPiece) continue;
        file.write(piece);
        piece.clear();
      }
  }
  file.write(piece + "\n]\n");
}

}  // namespace caracal
