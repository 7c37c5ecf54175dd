#include "model/hf_tokenizer/read_components.h"

namespace caracal {
namespace {

// Far above what any model strips.
constexpr int64_t kMostStripped = 1024;
constexpr size_t kMostPrefixBytes = 64;

using Decoder = pipeline::Decoder;
constexpr ComponentRow<Decoder> kDecoders[] = {
    {"ByteLevel", [](const JsonNode&) -> Decoder { return pipeline::ByteLevelDecoder{}; }},
    {"ByteFallback", [](const JsonNode&) -> Decoder { return pipeline::ByteFallback{}; }},
    {"Fuse", [](const JsonNode&) -> Decoder { return pipeline::Fuse{}; }},
    {"Metaspace", [](const JsonNode& node) -> Decoder { return read_metaspace(node); }},
    {"Replace", [](const JsonNode& node) -> Decoder { return read_replace(node); }},
    {"WordPiece",
     [](const JsonNode& node) -> Decoder {
       return pipeline::WordPieceDecoder{node.at("prefix").short_string(kMostPrefixBytes),
                                         node.at("cleanup").boolean()};
     }},
    {"Strip",
     [](const JsonNode& node) -> Decoder {
       return pipeline::StripDecoder{
           node.at("content").character(),
           static_cast<size_t>(node.at("start").integer(0, kMostStripped)),
           static_cast<size_t>(node.at("stop").integer(0, kMostStripped))};
     }},
};

}  // namespace

std::vector<pipeline::Decoder> read_decoders(const JsonNode& node) {
  return read_components<Decoder>(node, "decoders", "decoder", kDecoders);
}

}  // namespace caracal
