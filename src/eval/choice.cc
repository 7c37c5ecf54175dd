#include "eval/choice.h"

#include <algorithm>

#include "base/error.h"

namespace caracal {
namespace {

constexpr std::string_view kWhiteSpace = " \t\n\r";

bool is_space(char c) { return kWhiteSpace.find(c) != std::string_view::npos; }

bool needs_delimiter(std::string_view context, std::string_view choice) {
  return !context.empty() && !choice.empty() && !is_space(context.back()) &&
         !is_space(choice.front());
}

int32_t count_chars(std::string_view text) {
  return static_cast<int32_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

ChoiceTokens encode_choice(const Tokenizer& tokenizer, const ChoiceItem& item,
                           std::string_view delimiter) {
  ChoiceTokens out{.label = item.label};
  for (const std::string& choice : item.choices) {
    std::string text = needs_delimiter(item.context, choice) ? std::string(delimiter) : "";
    // White space at the end of the context belongs to the choice's first word.
    std::string_view context = item.context;
    const size_t n_kept = context.find_last_not_of(kWhiteSpace) + 1;
    text.insert(0, context.substr(n_kept));
    out.choices.push_back(make_continuation(tokenizer, context.substr(0, n_kept), text + choice));
    out.n_chars.push_back(std::max(1, count_chars(choice)));
  }
  return out;
}

int32_t best_choice(std::span<const double> scores) {
  return static_cast<int32_t>(std::ranges::max_element(scores) - scores.begin());
}

ChoiceReport measure_choice(std::span<const ChoiceTokens> items, Scorer& scorer,
                            const std::function<void(int64_t, int64_t)>& progress) {
  for (const ChoiceTokens& item : items)
    for (const Continuation& choice : item.choices) scorer.check(choice.tokens);
  ChoiceReport report;
  for (const ChoiceTokens& item : items) {
    std::vector<double> scores, per_char;
    for (size_t i = 0; i < item.choices.size(); ++i) {
      scores.push_back(score_continuation(scorer, item.choices[i]).log_likelihood);
      per_char.push_back(scores.back() / item.n_chars[i]);
    }
    report.acc.add(best_choice(scores) == item.label);
    report.acc_norm.add(best_choice(per_char) == item.label);
    if (progress) progress(report.acc.count(), static_cast<int64_t>(items.size()));
  }
  return report;
}

}  // namespace caracal
