#pragma once
/// A set of byte strings with a token id each, walked one byte at a time.
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/token.h"

namespace caracal {

/// Immutable. The children of a node lie side by side, sorted by byte.
class ByteTrie {
 public:
  using Node = uint32_t;
  static constexpr Node kNone = 0;  ///< no such child
  static constexpr Node kRoot = 1;

  ByteTrie() : ByteTrie(std::vector<std::pair<std::string_view, TokenId>>{}) {}
  /// Empty keys are left out; of equal keys the lowest id wins.
  explicit ByteTrie(std::vector<std::pair<std::string_view, TokenId>> entries);

  Node child(Node node, uint8_t byte) const;
  TokenId value(Node node) const { return nodes_[node].value; }  ///< kNoToken inside a key
  bool empty() const { return nodes_.size() <= 2; }

  struct Match {
    TokenId id = kNoToken;
    size_t bytes = 0;
  };
  /// The longest key that text starts with at position at; {kNoToken, 0} when there is none.
  Match longest(std::string_view text, size_t at) const;

 private:
  struct Entry {
    uint32_t first_child = 0;
    uint16_t n_children = 0;
    uint8_t byte = 0;
    TokenId value = kNoToken;
  };
  std::vector<Entry> nodes_;             // [0] is kNone, [1] the root
  std::array<Node, 256> root_children_;  // the root has many children: no search there
};

}  // namespace caracal
