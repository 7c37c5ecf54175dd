#pragma once
/// For tests: every step written out in double with full sorts, independently of the engine. A
/// logit of minus infinity marks a token that is out.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace caracal::reference {

using Logits = std::vector<double>;  // by id
using Law = std::vector<double>;     // by id, sums to one
inline constexpr double kOut = -std::numeric_limits<double>::infinity();

inline Law softmax(const Logits& logits) {
  const double best = *std::max_element(logits.begin(), logits.end());
  Law p;
  for (const double x : logits) p.push_back(std::exp(x - best));
  const double total = std::accumulate(p.begin(), p.end(), 0.0);
  for (double& x : p) x /= total;
  return p;
}

/// Ids still in, smallest key first, lower id first among equals.
inline std::vector<size_t> order(const Logits& logits, const std::function<double(size_t)>& key) {
  std::vector<size_t> ids;
  for (size_t i = 0; i < logits.size(); ++i) {
    if (logits[i] != kOut) ids.push_back(i);
  }
  std::stable_sort(ids.begin(), ids.end(), [&](size_t a, size_t b) { return key(a) < key(b); });
  return ids;
}

inline std::vector<size_t> likeliest_first(const Logits& logits) {
  return order(logits, [&](size_t i) { return -logits[i]; });
}

inline Logits only(const Logits& logits, std::span<const size_t> ids) {
  Logits kept(logits.size(), kOut);
  for (const size_t i : ids) kept[i] = logits[i];
  return kept;
}

inline Logits top_k(const Logits& logits, size_t k) {
  std::vector<size_t> ids = likeliest_first(logits);
  ids.resize(std::min(k, ids.size()));
  return only(logits, ids);
}

/// The first of ids whose probabilities reach mass together.
inline Logits until_mass(const Logits& logits, const std::vector<size_t>& ids, double mass) {
  const Law p = softmax(logits);
  std::vector<size_t> kept;
  double sum = 0;
  for (const size_t i : ids) {
    kept.push_back(i);
    sum += p[i];
    if (sum >= mass) break;
  }
  return only(logits, kept);
}

inline Logits top_p(const Logits& logits, double mass) {
  return until_mass(logits, likeliest_first(logits), mass);
}

inline double entropy(const Law& p) {
  double h = 0;
  for (const double x : p) h -= x > 0 ? x * std::log(x) : 0;
  return h;
}

inline Logits typical(const Logits& logits, double mass) {
  const Law p = softmax(logits);
  const double h = entropy(p);
  return until_mass(logits, order(logits, [&](size_t i) { return std::abs(-std::log(p[i]) - h); }),
                    mass);
}

inline Logits keep_if(const Logits& logits, const std::function<bool(size_t)>& keep) {
  Logits kept = logits;
  for (size_t i = 0; i < kept.size(); ++i) {
    if (!keep(i)) kept[i] = kOut;
  }
  return kept;
}

inline Logits min_p(const Logits& logits, double share) {
  const Law p = softmax(logits);
  const double best = *std::max_element(p.begin(), p.end());
  return keep_if(logits, [&](size_t i) { return p[i] >= share * best; });
}

inline Logits top_n_sigma(const Logits& logits, double n) {
  double count = 0, mean = 0, variance = 0, best = kOut;
  for (const double x : logits) {
    if (x != kOut) count += 1, mean += x, best = std::max(best, x);
  }
  mean /= count;
  for (const double x : logits) variance += x == kOut ? 0 : (x - mean) * (x - mean) / count;
  return keep_if(logits, [&](size_t i) { return logits[i] >= best - n * std::sqrt(variance); });
}

/// What XTC does when its coin says so.
inline Logits xtc_acting(const Logits& logits, double threshold) {
  const Law p = softmax(logits);
  std::vector<size_t> top;
  for (const size_t i : likeliest_first(logits)) {
    if (p[i] >= threshold) top.push_back(i);
  }
  if (top.size() < 2) return logits;
  const size_t survivor = top.back();
  return keep_if(logits, [&](size_t i) { return p[i] < threshold || i == survivor; });
}

inline Logits temperature(const Logits& logits, double t) {
  Logits scaled = logits;
  for (double& x : scaled) x /= t;
  return scaled;
}

inline Logits dynamic_temperature(const Logits& logits, double t, double range, double exponent) {
  const auto n = static_cast<double>(likeliest_first(logits).size());
  const double low = std::max(0.0, t - range), high = t + range;
  const double openness = entropy(softmax(logits)) / std::log(n);
  return temperature(logits, low + (high - low) * std::pow(openness, exponent));
}

inline Logits mirostat(const Logits& logits, double mu) {
  const Law p = softmax(logits);
  return keep_if(logits, [&](size_t i) { return -std::log2(p[i]) <= mu; });
}

inline Logits penalties(Logits logits, const std::vector<int>& history, double repeat,
                        double frequency, double presence) {
  std::map<int, int> counts;
  for (const int token : history) ++counts[token];
  for (const auto& [token, n] : counts) {
    double& x = logits[static_cast<size_t>(token)];
    x = x > 0 ? x / repeat : x * repeat;
    x -= n * frequency + presence;
  }
  return logits;
}

/// Tokens at the end of history behind the last byte of the last breaker, from the whole text.
inline size_t behind_last_breaker(const std::vector<int>& history,
                                  const std::vector<std::string>& texts,
                                  const std::vector<std::string>& breakers) {
  std::string text;
  std::vector<size_t> token_of_byte;
  for (size_t i = 0; i < history.size(); ++i) {
    const std::string& piece = texts[static_cast<size_t>(history[i])];
    text += piece;
    token_of_byte.insert(token_of_byte.end(), piece.size(), i);
  }
  size_t behind = history.size();
  for (const std::string& breaker : breakers) {
    const size_t at = text.rfind(breaker);
    if (at == std::string::npos) continue;
    behind = std::min(behind, history.size() - 1 - token_of_byte[at + breaker.size() - 1]);
  }
  return behind;
}

/// For each token the longest n for which the last n tokens occurred before, followed by the token.
inline std::vector<size_t> dry_lengths(const std::vector<int>& history, size_t n_vocab,
                                       size_t limit) {
  std::vector<size_t> longest(n_vocab, 0);
  for (size_t next = 1; next < history.size(); ++next) {
    for (size_t n = 1; n <= std::min(next, limit); ++n) {
      const bool same = std::equal(history.end() - static_cast<ptrdiff_t>(n), history.end(),
                                   history.begin() + static_cast<ptrdiff_t>(next - n));
      size_t& best = longest[static_cast<size_t>(history[next])];
      if (same) best = std::max(best, n);
    }
  }
  return longest;
}

inline Logits dry(Logits logits, const std::vector<int>& history,
                  const std::vector<std::string>& texts, const std::vector<std::string>& breakers,
                  double multiplier, double base, size_t allowed) {
  const size_t limit = behind_last_breaker(history, texts, breakers);
  const std::vector<size_t> lengths = dry_lengths(history, logits.size(), limit);
  for (size_t t = 0; t < logits.size(); ++t) {
    const bool is_breaker = std::any_of(
        breakers.begin(), breakers.end(),
        [&](const std::string& breaker) { return texts[t].find(breaker) != std::string::npos; });
    if (lengths[t] < allowed || is_breaker) continue;
    logits[t] -= multiplier * std::pow(base, static_cast<double>(lengths[t] - allowed));
  }
  return logits;
}

}  // namespace caracal::reference
