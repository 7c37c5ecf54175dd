#pragma once
/// The components of a tokenizer.json, each as the plain struct of text/tokenizer/pipeline. All
/// throw Error(bad_file) for settings that are missing or of another type, and Error(unsupported)
/// that names a component or setting this version does not run.
#include <vector>

#include "model/hf_tokenizer/json_node.h"
#include "text/tokenizer/pipeline/pipeline.h"

namespace caracal {

/// Sequences are flattened.
std::vector<pipeline::Normalizer> read_normalizers(const JsonNode& node);
std::vector<pipeline::PreTokenizer> read_pre_tokenizers(const JsonNode& node);
std::vector<pipeline::Decoder> read_decoders(const JsonNode& node);

/// What the post-processor puts around a single text; ids are those of the file, below n_vocab.
void read_post_processor(const JsonNode& node, size_t n_vocab, TokenPipeline& pipeline);

// Settings that several kinds share.
pipeline::Pattern read_pattern(const JsonNode& node);
pipeline::Metaspace read_metaspace(const JsonNode& node);
pipeline::Replace read_replace(const JsonNode& node);

/// Calls read(node, type) for every component of a tree of Sequences, whose children stand under
/// children_key.
template <class Read>
void for_each_component(const JsonNode& node, std::string_view children_key, Read&& read) {
  const std::string type = node.at("type").string();
  if (type != "Sequence") return read(node, type);
  for (const JsonNode& child : node.at(children_key).items())
    for_each_component(child, children_key, read);
}

/// A table of component names and what reads each.
template <class T>
struct ComponentRow {
  std::string_view type;
  T (*read)(const JsonNode& node);
};

template <class T, size_t n>
std::vector<T> read_components(const JsonNode& node, std::string_view children_key,
                               std::string_view what, const ComponentRow<T> (&rows)[n]) {
  constexpr size_t kMostComponents = 256;
  std::vector<T> out;
  for_each_component(node, children_key, [&](const JsonNode& child, const std::string& type) {
    for (const ComponentRow<T>& row : rows) {
      if (row.type != type) continue;
      if (out.size() == kMostComponents)
        child.fail(ErrorCode::bad_file, "expected at most {} components", kMostComponents);
      out.push_back(row.read(child));
      return;
    }
    child.fail(ErrorCode::unsupported, "the {} '{}' is not supported", what, type.substr(0, 80));
  });
  return out;
}

}  // namespace caracal
