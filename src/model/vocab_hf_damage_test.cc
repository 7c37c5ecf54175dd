/// Damaged and foreign tokenizer.json files: one error that names the place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/json.h"
#include "model/vocab_hf.h"
#include "text/tokenizer/tokenizer.h"

namespace caracal {
namespace {

using testing::HasSubstr;

Json sound() {
  return parse_json(R"({"version": "1.0",
    "added_tokens": [{"id": 6, "content": "<s>", "special": true}],
    "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}]},
    "pre_tokenizer": {"type": "Whitespace"},
    "post_processor": {"type": "TemplateProcessing",
      "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}],
      "special_tokens": {"<s>": {"ids": [6]}}},
    "decoder": {"type": "Fuse"},
    "model": {"type": "BPE", "unk_token": "u",
      "vocab": {"u": 0, "a": 1, "b": 2, "ab": 3, "aba": 4, "c": 5},
      "merges": ["a b", ["ab", "a"]]}})",
                    "sound");
}

std::string error_of(const std::string& json, const std::string& config = {}) {
  try {
    make_tokenizer(read_hf_vocab(json, config, "dir"));
  } catch (const Error& error) {
    EXPECT_TRUE(error.code() == ErrorCode::bad_file || error.code() == ErrorCode::unsupported)
        << error.what();
    return error.what();
  }
  return "no error";
}

// A JSON Patch (RFC 6902) step and what the error says.
struct Damage {
  const char* name;
  const char* op;
  const char* path;
  const char* value;
  const char* where;
  const char* what;
};

std::ostream& operator<<(std::ostream& out, const Damage& damage) { return out << damage.name; }

constexpr Damage kDamages[] = {
    {"no_model", "remove", "/model", "0", "tokenizer.json: document", "expected a member 'model'"},
    {"model_kind", "replace", "/model/type", R"("WordLevel")", "model", "'WordLevel'"},
    {"empty_vocab", "replace", "/model/vocab", "{}", "model", "expected pieces"},
    {"id_is_text", "replace", "/model/vocab/a", R"("1")", "model.vocab['a']", "an id"},
    {"id_is_negative", "replace", "/model/vocab/a", "-1", "model.vocab['a']", "an id"},
    {"id_is_huge", "replace", "/model/vocab/a", "4000000000", "model", "expected an id below"},
    {"id_beyond_int64", "replace", "/model/vocab/a", "18446744073709551615", "model.vocab['a']",
     "an id"},
    {"id_twice", "replace", "/model/vocab/a", "2", "model", "the id 2 is given to 'a' and to 'b'"},
    {"merge_of_unknown", "replace", "/model/merges/0", R"("a x")", "model: merges[0]",
     "'x' is not in the vocabulary"},
    {"merge_to_unknown", "replace", "/model/merges/0", R"("b b")", "model: merges[0]",
     "'bb' is not in the vocabulary"},
    {"merge_of_one", "replace", "/model/merges/1", R"(["a"])", "model.merges[1]", "two values"},
    {"merge_of_three", "replace", "/model/merges/0", R"("a b c")", "model.merges[0]",
     "expected two pieces"},
    {"merge_is_number", "replace", "/model/merges/0", "3", "model.merges[0]", "found a number"},
    {"no_merges", "remove", "/model/merges", "0", "model", "expected merges"},
    {"unk_is_no_piece", "replace", "/model/unk_token", R"("nope")", "model.unk_token", "'nope'"},
    {"suffix", "add", "/model/end_of_word_suffix", R"("</w>")", "model.end_of_word_suffix",
     "not supported"},
    {"prefix", "add", "/model/continuing_subword_prefix", R"("##")",
     "model.continuing_subword_prefix", "not supported"},
    {"dropout", "add", "/model/dropout", "0.1", "model.dropout", "not supported"},
    {"normalizer", "replace", "/normalizer/normalizers/0/type", R"("Nmt")",
     "normalizer.normalizers[0]", "the normalizer 'Nmt' is not supported"},
    {"normalizer_without_type", "replace", "/normalizer", "{}", "normalizer", "'type'"},
    {"charsmap", "replace", "/normalizer",
     R"({"type": "Precompiled", "precompiled_charsmap": "a"})", "normalizer.precompiled_charsmap",
     "base64"},
    {"replace_grows", "replace", "/normalizer",
     R"({"type": "Prepend", "prepend":
     "1234567890123456789012345678901234567890123456789012345678901234567890"})",
     "normalizer.prepend", "at most 64 bytes"},
    {"pre_tokenizer", "replace", "/pre_tokenizer/type", R"("UnicodeScripts")", "pre_tokenizer",
     "the pre-tokenizer 'UnicodeScripts' is not supported"},
    {"behavior", "replace", "/pre_tokenizer",
     R"({"type": "Split", "pattern": {"String": "a"}, "behavior": "Torn", "invert": false})",
     "pre_tokenizer.behavior", "'Torn'"},
    {"pattern", "replace", "/pre_tokenizer",
     R"({"type": "Split", "pattern": {"Regex": "(a"}, "behavior": "Isolated", "invert": false})",
     "Split", "missing"},
    {"pattern_verb", "replace", "/pre_tokenizer",
     R"({"type": "Split", "pattern": {"Regex": "(*NO_JIT)a"}, "behavior": "Isolated",
         "invert": false})",
     "Split", "a verb"},
    {"decoder", "replace", "/decoder/type", R"("CTC")", "decoder", "the decoder 'CTC'"},
    {"post_processor", "replace", "/post_processor/type", R"("Odd")", "post_processor", "'Odd'"},
    {"template_token", "remove", "/post_processor/special_tokens/<s>", "0",
     "post_processor.single[0].SpecialToken.id", "not among the special tokens"},
    {"template_id", "replace", "/post_processor/special_tokens/<s>/ids/0", "7",
     "post_processor.special_tokens.<s>.ids[0]", "expected 0 to 6"},
    {"template_without_text", "remove", "/post_processor/single/1", "0", "post_processor.single",
     "does not hold the text"},
    {"added_id_is_taken", "replace", "/added_tokens/0/id", "5", "added_tokens[0]",
     "expected the id 6"},
    {"added_id_leaves_gap", "replace", "/added_tokens/0/id", "9", "added_tokens[0]",
     "expected the id 6"},
    {"added_id_contradicts", "add", "/added_tokens/1",
     R"({"id": 7, "content": "ab", "special": false})", "added_tokens[1]", "'ab' has the id 7"},
    {"added_flag", "replace", "/added_tokens/0/special", "1", "added_tokens[0].special",
     "true or false"},
    {"added_is_object", "replace", "/added_tokens", "{}", "added_tokens", "an array"},
};

class HfDamage : public testing::TestWithParam<Damage> {};

TEST_P(HfDamage, is_one_error_that_names_the_place) {
  const Damage& d = GetParam();
  Json step = {{"op", d.op}, {"path", d.path}, {"value", parse_json(d.value, "value")}};
  const std::string error = error_of(sound().patch(Json::array({step})).dump());
  EXPECT_THAT(error, HasSubstr(d.where));
  EXPECT_THAT(error, HasSubstr(d.what));
}

INSTANTIATE_TEST_SUITE_P(Files, HfDamage, testing::ValuesIn(kDamages),
                         [](const auto& info) { return info.param.name; });

TEST(HfTokenizerFile, undamaged_it_is_read) { EXPECT_EQ(error_of(sound().dump()), "no error"); }

TEST(HfTokenizerFile, cut_anywhere_it_is_an_error) {
  const std::string whole = sound().dump();
  for (size_t n = 0; n < whole.size(); ++n)
    EXPECT_THAT(error_of(whole.substr(0, n)), HasSubstr("not valid JSON at byte"));
}

TEST(HfTokenizerFile, deep_nesting_and_many_members_are_errors) {
  EXPECT_THAT(error_of(std::string(100'000, '[')), HasSubstr("nested deeper than 64 levels"));
  std::string many = "{";
  for (int i = 0; i < 20'000; ++i) many += fmt::format("\"k{}\":0,", i);
  EXPECT_THAT(error_of(many + "\"\":0}"), HasSubstr("at most 16384 members"));
  EXPECT_THAT(error_of(R"({"a": 1, "a": 2})"), HasSubstr("the member 'a' is there twice"));
}

TEST(HfTokenizerFile, scores_must_be_numbers_in_pairs) {
  Json file = sound();
  file["model"] = parse_json(
      R"({"type": "Unigram", "unk_id": 0, "vocab": [["u", 0], ["a", -1], ["b", -2], ["c", -3],
          ["d", -4], ["e", -5]]})",
      "model");
  EXPECT_EQ(error_of(file.dump()), "no error");
  file["model"]["unk_id"] = 6;
  EXPECT_THAT(error_of(file.dump()), HasSubstr("model.unk_id: expected 0 to 5, found 6"));
  file["model"]["vocab"][1][1] = "-1";
  EXPECT_THAT(error_of(file.dump()), HasSubstr("model.vocab[1]"));
}

TEST(HfTokenizerFile, a_pattern_that_backtracks_without_end_is_an_error) {
  Json file = sound();
  file["pre_tokenizer"] = parse_json(
      R"({"type": "Split", "pattern": {"Regex": "(a+)+b"}, "behavior": "Isolated",
          "invert": false})",
      "pre_tokenizer");
  const auto tokenizer = make_tokenizer(read_hf_vocab(file.dump(), {}, "dir"));
  EXPECT_THROW(tokenizer->encode(std::string(64, 'a') + "cb"), Error);
}

TEST(HfTokenizerConfig, names_special_tokens_and_overrules_the_post_processor) {
  const std::string json = sound().dump();
  const auto ids = [&](const std::string& config) {
    return make_tokenizer(read_hf_vocab(json, config, "dir"))->encode("aba");
  };
  EXPECT_EQ(ids({}), (std::vector<TokenId>{6, 4}));
  EXPECT_EQ(ids(R"({"bos_token": "<s>", "add_bos_token": false})"), (std::vector<TokenId>{4}));
  EXPECT_EQ(ids(R"({"eos_token": {"content": "c"}, "add_eos_token": true})"),
            (std::vector<TokenId>{6, 4, 5}));
  const Vocab vocab = read_hf_vocab(json, R"({"eos_token": "c", "pad_token": "none"})", "dir");
  EXPECT_EQ(vocab.bos, 6);
  EXPECT_EQ(vocab.eos, 5);
  EXPECT_EQ(vocab.pad, kNoToken);
  EXPECT_TRUE(vocab.add_bos);
  EXPECT_FALSE(vocab.add_eos);
  EXPECT_THAT(error_of(json, R"({"bos_token": "<s>", "add_bos_token": 1})"),
              HasSubstr("dir: tokenizer_config.json: add_bos_token: expected true or false"));
}

TEST(HfTokenizerConfig, special_tokens_map_fills_what_is_missing) {
  const Json merged = parse_json(
      merge_special_tokens_map(R"({"bos_token": "a", "eos_token": null})",
                               R"({"bos_token": "b", "eos_token": {"content": "c"}})", "dir"),
      "merged");
  EXPECT_EQ(merged["bos_token"], "a");
  EXPECT_EQ(merged["eos_token"]["content"], "c");
}

}  // namespace
}  // namespace caracal
