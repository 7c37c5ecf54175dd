#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/json_fwd.h"

namespace caracal::cli {

/// The messages of a chat. A turn is what the user says and the answer to it.
class Conversation {
 public:
  /// system: may be empty.
  explicit Conversation(std::string system) : system_(std::move(system)) {}

  void ask(std::string text) { turns_.push_back({std::move(text), {}, false}); }
  void answer(std::string text);
  /// Takes back the last turn.
  void retract() { turns_.pop_back(); }
  void clear() { turns_.clear(); }
  size_t n_turns() const { return turns_.size(); }

  /// [{"role":...,"content":...},...]
  Json messages() const;

  /// Drops the oldest turns, never the last one and never the system prompt, until n_tokens says
  /// that at most max_tokens remain. Returns how many went.
  int drop_oldest(int32_t max_tokens, const std::function<int32_t(const Json& messages)>& n_tokens);

 private:
  struct Turn {
    std::string question, answer;
    bool answered;
  };
  std::string system_;
  std::vector<Turn> turns_;
};

}  // namespace caracal::cli
