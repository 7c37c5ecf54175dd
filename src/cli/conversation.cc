#include "cli/conversation.h"

#include "base/check.h"
#include "base/json.h"

namespace caracal::cli {
namespace {

Json message(const char* role, const std::string& content) {
  return {{"role", role}, {"content", content}};
}

}  // namespace

void Conversation::answer(std::string text) {
  CRCL_CHECK(!turns_.empty());
  turns_.back().answer = std::move(text);
  turns_.back().answered = true;
}

Json Conversation::messages() const {
  Json out = Json::array();
  if (!system_.empty()) out.push_back(message("system", system_));
  for (const Turn& turn : turns_) {
    out.push_back(message("user", turn.question));
    if (turn.answered) out.push_back(message("assistant", turn.answer));
  }
  return out;
}

int Conversation::drop_oldest(int32_t max_tokens,
                              const std::function<int32_t(const Json&)>& n_tokens) {
  int n_dropped = 0;
  while (turns_.size() > 1 && n_tokens(messages()) > max_tokens) {
    turns_.erase(turns_.begin());
    ++n_dropped;
  }
  return n_dropped;
}

}  // namespace caracal::cli
