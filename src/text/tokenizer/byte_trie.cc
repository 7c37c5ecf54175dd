#include "text/tokenizer/byte_trie.h"

#include <algorithm>

namespace caracal {
namespace {

// The keys [begin, end) share the first `depth` bytes, which lead to `node`.
struct Range {
  uint32_t begin, end, depth;
  ByteTrie::Node node;
};

}  // namespace

ByteTrie::ByteTrie(std::vector<std::pair<std::string_view, TokenId>> entries) {
  std::sort(entries.begin(), entries.end());
  root_children_.fill(kNone);
  nodes_.resize(2);
  std::vector<Range> open = {{0, static_cast<uint32_t>(entries.size()), 0, kRoot}};
  for (size_t i = 0; i < open.size(); ++i) {
    auto [begin, end, depth, node] = open[i];
    while (begin < end && entries[begin].first.size() == depth) {
      if (depth > 0 && nodes_[node].value == kNoToken) nodes_[node].value = entries[begin].second;
      ++begin;
    }
    nodes_[node].first_child = static_cast<uint32_t>(nodes_.size());
    while (begin < end) {
      const uint8_t byte = static_cast<uint8_t>(entries[begin].first[depth]);
      uint32_t next = begin;
      while (next < end && static_cast<uint8_t>(entries[next].first[depth]) == byte) ++next;
      const auto child = static_cast<Node>(nodes_.size());
      nodes_.push_back({.byte = byte});
      ++nodes_[node].n_children;
      if (node == kRoot) root_children_[byte] = child;
      open.push_back({begin, next, depth + 1, child});
      begin = next;
    }
  }
  nodes_.shrink_to_fit();
}

ByteTrie::Node ByteTrie::child(Node node, uint8_t byte) const {
  if (node == kRoot) return root_children_[byte];
  const Entry& entry = nodes_[node];
  const Entry* first = nodes_.data() + entry.first_child;
  const Entry* last = first + entry.n_children;
  const Entry* found = std::lower_bound(
      first, last, byte, [](const Entry& child, uint8_t wanted) { return child.byte < wanted; });
  if (found == last || found->byte != byte) return kNone;
  return static_cast<Node>(found - nodes_.data());
}

ByteTrie::Match ByteTrie::longest(std::string_view text, size_t at) const {
  Match best;
  Node node = kRoot;
  for (size_t end = at; end < text.size();) {
    node = child(node, static_cast<uint8_t>(text[end++]));
    if (node == kNone) break;
    if (nodes_[node].value != kNoToken) best = {nodes_[node].value, end - at};
  }
  return best;
}

}  // namespace caracal
