#include "model/hf_tokenizer/read_components.h"

namespace caracal {
namespace {

constexpr size_t kMostEndTokens = 64;

/// The tokens that one component puts before and after a text.
struct Ends {
  std::vector<TokenId> before, after;
};

class PostProcessorReader {
 public:
  explicit PostProcessorReader(size_t n_vocab) : n_vocab_(n_vocab) {}

  Ends read(const JsonNode& node, const std::string& type) const {
    if (type == "ByteLevel") return {};  // moves offsets only
    if (type == "TemplateProcessing") return read_template(node);
    if (type == "BertProcessing" || type == "RobertaProcessing")
      return {{read_pair(node.at("cls"))}, {read_pair(node.at("sep"))}};
    node.fail(ErrorCode::unsupported, "the post-processor '{}' is not supported",
              type.substr(0, 80));
  }

 private:
  TokenId read_id(const JsonNode& node) const {
    return static_cast<TokenId>(node.integer(0, static_cast<int64_t>(n_vocab_) - 1));
  }

  // ["[SEP]", 102]
  TokenId read_pair(const JsonNode& node) const {
    const auto items = node.items();
    if (items.size() != 2)
      node.fail(ErrorCode::bad_file, "expected a token and its id, found {} values", items.size());
    return read_id(items[1]);
  }

  Ends read_template(const JsonNode& node) const {
    Ends ends;
    bool saw_text = false;
    for (const JsonNode& piece : node.at("single").items()) {
      if (const auto token = piece.find("SpecialToken")) {
        const auto ids = ids_of(node, token->at("id"));
        auto& side = saw_text ? ends.after : ends.before;
        side.insert(side.end(), ids.begin(), ids.end());
      } else {
        const JsonNode sequence = piece.at("Sequence");
        if (saw_text || sequence.at("id").string() != "A")
          piece.fail(ErrorCode::unsupported, "a template that does not hold the text once");
        saw_text = true;
      }
    }
    if (!saw_text)
      node.at("single").fail(ErrorCode::unsupported, "a template that does not hold the text");
    return ends;
  }

  std::vector<TokenId> ids_of(const JsonNode& node, const JsonNode& name) const {
    const std::string wanted = name.string();
    const auto token = node.at("special_tokens").find(wanted);
    if (!token)
      name.fail(ErrorCode::bad_file, "'{}' is not among the special tokens", wanted.substr(0, 80));
    std::vector<TokenId> ids;
    for (const JsonNode& id : token->at("ids").items()) ids.push_back(read_id(id));
    return ids;
  }

  size_t n_vocab_;
};

}  // namespace

void read_post_processor(const JsonNode& node, size_t n_vocab, TokenPipeline& pipeline) {
  const PostProcessorReader reader(n_vocab);
  for_each_component(node, "processors", [&](const JsonNode& child, const std::string& type) {
    const Ends ends = reader.read(child, type);
    // The next component sees what the one before it has put around the text.
    pipeline.prefix.insert(pipeline.prefix.begin(), ends.before.begin(), ends.before.end());
    pipeline.suffix.insert(pipeline.suffix.end(), ends.after.begin(), ends.after.end());
    if (pipeline.prefix.size() + pipeline.suffix.size() > kMostEndTokens)
      child.fail(ErrorCode::bad_file, "expected at most {} tokens around a text", kMostEndTokens);
  });
}

}  // namespace caracal
