#include "text/tokenizer/pre_tokenizer.h"

namespace caracal {
namespace {

// The patterns are those the families publish (tokenizer.json of the original model, or the
// tiktoken pattern), written once per family. A few are rewritten to equal ones, since a run of
// n characters would cost n² steps: a pattern anchored at the end of a run starts with a
// look-behind, and grouping digits from the right is a step kind of its own.

// OpenAI's three generations of patterns: GPT-2, cl100k and o200k.
#define CRCL_GPT2 R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)"
#define CRCL_CONTRACTION R"((?i:'s|'t|'re|'ve|'m|'ll|'d))"
#define CRCL_WORD R"([^\r\n\p{L}\p{N}]?\p{L}+)"
#define CRCL_SYMBOLS R"( ?[^\s\p{L}\p{N}]+[\r\n]*)"
#define CRCL_SPACES R"(\s*[\r\n]+|\s+(?!\S)|\s+)"
#define CRCL_UPPER R"([\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}])"
#define CRCL_LOWER R"([\p{Ll}\p{Lm}\p{Lo}\p{M}])"
#define CRCL_PREFIX R"([^\r\n\p{L}\p{N}]?)"

using enum SplitStep::Kind;

constexpr SplitStep kGpt2[] = {{isolate, CRCL_GPT2}};
constexpr SplitStep kDigitsGpt2[] = {{isolate, R"(\p{N})"}, {isolate, CRCL_GPT2}};
constexpr SplitStep kCl100k[] = {
    {isolate, CRCL_CONTRACTION "|" CRCL_WORD R"(|\p{N}{1,3}|)" CRCL_SYMBOLS "|" CRCL_SPACES}};
constexpr SplitStep kQwen2[] = {
    {isolate, CRCL_CONTRACTION "|" CRCL_WORD R"(|\p{N}|)" CRCL_SYMBOLS "|" CRCL_SPACES}};
constexpr SplitStep kO200k[] = {{isolate, CRCL_PREFIX CRCL_UPPER
                                 "*" CRCL_LOWER "+" CRCL_CONTRACTION "?|" CRCL_PREFIX CRCL_UPPER
                                 "+" CRCL_LOWER "*" CRCL_CONTRACTION "?|"
                                 R"(\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|)" CRCL_SPACES}};

// What llama.cpp does for files that name no pre-tokenizer.
constexpr SplitStep kDefault[] = {{isolate, R"([\p{P}\$\+<=>\^~\|]+)"},
                                  {isolate, CRCL_GPT2},
                                  {isolate, R"(\p{N}+)"},
                                  {isolate, "[0-9][0-9][0-9]"}};
constexpr SplitStep kFalcon[] = {{isolate, R"([\p{P}\$\+<=>\^~\|`]+)"},
                                 {isolate, CRCL_GPT2},
                                 {isolate, R"(\p{N}+)", true},
                                 {isolate, "[0-9][0-9][0-9]"}};

#define CRCL_HAN_KANA R"([\x{4e00}-\x{9fa5}\x{3040}-\x{309f}\x{30a0}-\x{30ff}]+)"
#define CRCL_HAN_HANGUL R"([\x{4e00}-\x{9fa5}\x{800}-\x{4e00}\x{ac00}-\x{d7ff}]+)"

// The cased letters, as DeepSeek's tokenizer.json lists them.
constexpr SplitStep kDeepseekLlm[] = {
    {isolate, R"([\r\n])"},
    {isolate, R"(\s?[)"
              R"(A-Za-z\x{b5}\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{1ba}\x{1bc}-\x{1bf})"
              R"(\x{1c4}-\x{293}\x{295}-\x{2af}\x{370}-\x{373}\x{376}\x{377}\x{37b}-\x{37d})"
              R"(\x{37f}\x{386}\x{388}-\x{38a}\x{38c}\x{38e}-\x{3a1}\x{3a3}-\x{3f5})"
              R"(\x{3f7}-\x{481}\x{48a}-\x{52f}\x{531}-\x{556}\x{10a0}-\x{10c5}\x{13a0}-\x{13f5})"
              R"(\x{13f8}-\x{13fd}\x{1c90}-\x{1cba}\x{1cbd}-\x{1cbf}\x{1d00}-\x{1d2b})"
              R"(\x{1d6b}-\x{1d77}\x{1d79}-\x{1d9a}\x{1e00}-\x{1f15}\x{1f18}-\x{1f1d})"
              R"(\x{1f20}-\x{1f45}\x{1f48}-\x{1f4d}\x{1f50}-\x{1f57}\x{1f59}\x{1f5b}\x{1f5d})"
              R"(\x{1f5f}-\x{1f7d}\x{1f80}-\x{1fb4}\x{1fb6}-\x{1fbc}\x{1fbe}\x{1fc2}-\x{1fc4})"
              R"(\x{1fc6}-\x{1fcc}\x{1fd0}-\x{1fd3}\x{1fd6}-\x{1fdb}\x{1fe0}-\x{1fec})"
              R"(\x{1ff2}-\x{1ff4}\x{1ff6}-\x{1ffc}\x{2102}\x{2107}\x{210a}-\x{2113}\x{2115})"
              R"(\x{2119}-\x{211d}\x{2124}\x{2126}\x{2128}\x{212a}-\x{212d}\x{212f}-\x{2134})"
              R"(\x{2139}\x{213c}-\x{213f}\x{2145}-\x{2149}\x{214e}\x{2183}\x{2184})"
              R"(\x{2c00}-\x{2c7b}\x{2c7e}-\x{2ce4}\x{2ceb}-\x{2cee}\x{2cf2}\x{2cf3})"
              R"(\x{a640}-\x{a66d}\x{a680}-\x{a69b}\x{a722}-\x{a76f}\x{a771}-\x{a787})"
              R"(\x{a78b}-\x{a78e}\x{ab70}-\x{abbf}\x{fb00}-\x{fb06}\x{fb13}-\x{fb17})"
              R"(\x{ff21}-\x{ff3a}\x{ff41}-\x{ff5a}\x{10400}-\x{1044f}\x{104b0}-\x{104d3})"
              R"(\x{104d8}-\x{104fb}\x{10c80}-\x{10cb2}\x{10cc0}-\x{10cf2}\x{118a0}-\x{118df})"
              R"(\x{1e900}-\x{1e943})"
              R"(]+)"},
    {isolate,
     R"(\s?[!-/:-~\x{ff01}-\x{ff0f}\x{ff1a}-\x{ff5e}\x{2018}-\x{201f}\x{3000}-\x{3002}]+)"},
    {isolate, R"((?<!\s)\s+$)"},
    {isolate, CRCL_HAN_HANGUL},
    {isolate, R"(\p{N}+)"}};
constexpr SplitStep kDeepseekCoder[] = {{isolate, R"([\r\n])"},
                                        {isolate, R"(\s?\p{L}+)"},
                                        {isolate, R"(\s?\p{P}+)"},
                                        {isolate, CRCL_HAN_HANGUL},
                                        {isolate, R"(\p{N})"}};
#define CRCL_PUNCTUATED_WORD                            \
  R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|)" \
  R"([^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|)"
constexpr SplitStep kDeepseek3[] = {
    {isolate, R"(\p{N}{1,3})"},
    {isolate, CRCL_HAN_KANA},
    {isolate, CRCL_PUNCTUATED_WORD R"( ?[\p{P}\p{S}]+[\r\n]*|)" CRCL_SPACES}};
constexpr SplitStep kSpark[] = {
    {isolate, R"(\p{N}{1,3})"},
    {isolate, CRCL_HAN_KANA},
    {isolate, CRCL_PUNCTUATED_WORD R"( ?[\p{P}\p{S}]+|[\r\n]|\s+(?!\S)|\s+)"},
    {isolate, R"(\p{N})"}};
constexpr SplitStep kAfmoe[] = {
    {isolate_thousands, R"(\p{N}+)"},
    {isolate,
     R"([\x{4e00}-\x{9fff}\x{3400}-\x{4dbf}\x{8c48}-\x{faff}\x{3040}-\x{309f}\x{30a0}-\x{30ff})"
     R"(\x{ff65}-\x{ff9f}\x{2f00}-\x{2fdf}\x{e40}-\x{e7f}\x{e80}-\x{eff}\x{1780}-\x{17ff})"
     R"(\x{1000}-\x{109f}\x{aa60}-\x{aa7f}\x{a9e0}-\x{a9ff}\x{ac00}-\x{d7af}\x{1100}-\x{11ff}]+)"},
    {isolate, CRCL_PUNCTUATED_WORD R"( ?[\p{P}\p{S}]+[\r\n]*|)" CRCL_SPACES}};
constexpr SplitStep kYoutu[] = {
    {isolate, R"([\x{ac00}-\x{d7a3}\x{3131}-\x{318e}]+|)"
              R"([\x{ff01}\x{2026}\x{201c}\x{201d}\x{2018}\x{2019}\x{2014}\x{ff1a}\x{ff1b}\x{ff0c})"
              R"(\x{3001}-\x{303f}\x{fe30}-\x{fe4f}]+|[\x{3105}-\x{312f}]+|)" CRCL_HAN_KANA},
    {isolate, CRCL_PREFIX CRCL_UPPER "*" CRCL_LOWER "+" CRCL_CONTRACTION "?|" CRCL_PREFIX CRCL_UPPER
                                     "+" CRCL_LOWER "*" CRCL_CONTRACTION "?|"
                                     R"(\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|)" CRCL_SPACES}};

constexpr SplitStep kTekken[] = {{isolate, CRCL_PREFIX CRCL_UPPER
                                  "*" CRCL_LOWER "+|" CRCL_PREFIX CRCL_UPPER "+" CRCL_LOWER "*|"
                                  R"(\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|)" CRCL_SPACES}};
// Published as \d{1,3}(?=(?:\d{3})*\b) with Oniguruma\'s \b: marks and the numbers of Latin-1 count
// as parts of a word.
constexpr SplitStep kTinyAya[] = {
    {isolate_thousands, R"((?<!\d)\d++(?![\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\xb2\xb3\xb9\xbc-\xbe]))"},
    kO200k[0]};
constexpr SplitStep kGraniteEmbed[] = {kO200k[0]};
// o200k with the Han letters taken out of both letter classes; PCRE2 has no class intersection, so
// the classes say what they are not.
#define CRCL_UPPER_NOT_HAN R"([^\p{Ll}\p{N}\p{P}\p{S}\p{Z}\p{C}\p{sc:Han}])"
#define CRCL_LOWER_NOT_HAN R"([^\p{Lu}\p{Lt}\p{N}\p{P}\p{S}\p{Z}\p{C}\p{sc:Han}])"
constexpr SplitStep kKimiK2[] = {{isolate, R"(\p{sc:Han}+|)" CRCL_PREFIX CRCL_UPPER_NOT_HAN
                                           "*" CRCL_LOWER_NOT_HAN "+" CRCL_CONTRACTION
                                           "?|" CRCL_PREFIX CRCL_UPPER_NOT_HAN
                                           "+" CRCL_LOWER_NOT_HAN "*" CRCL_CONTRACTION "?|"
                                           R"(\p{N}{1,3}|)" CRCL_SYMBOLS "|" CRCL_SPACES}};

constexpr SplitStep kQwen35[] = {{isolate, CRCL_CONTRACTION
                                  R"(|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}|)"
                                  R"( ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|)" CRCL_SPACES}};
constexpr SplitStep kUfakzeka[] = {{isolate, CRCL_WORD R"(|\p{N}|)" CRCL_SYMBOLS "|" CRCL_SPACES}};
constexpr SplitStep kLaguna[] = {{isolate, R"([^\n]+|\n+)"}, kQwen2[0]};
constexpr SplitStep kMinicpm5[] = {
    {isolate, R"(\p{N}{1,3})"},
    {isolate, CRCL_CONTRACTION "|" CRCL_WORD R"(|\p{N}+|)" CRCL_SYMBOLS "|" CRCL_SPACES}};
// A run of spaces is taken in many pieces; only the first looks for a newline at the run's end.
#define CRCL_NEWLINES_ONCE R"((?<!(?![\r\n])\s)\s*[\r\n]+)"
constexpr SplitStep kJais2[] = {
    {isolate,
     CRCL_CONTRACTION "|" CRCL_WORD R"(|\p{N}{1,3}|)" CRCL_SYMBOLS "|" CRCL_NEWLINES_ONCE
                      R"(|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S))"
                      R"(|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1})"}};
constexpr SplitStep kBailing[] = {{isolate,
                                   R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}|)"
                                   R"( ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+)"}};
constexpr SplitStep kSeedCoder[] = {
    {isolate, CRCL_CONTRACTION "|" CRCL_WORD R"(|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|)" CRCL_SPACES}};
constexpr SplitStep kExaoneMoe[] = {
    {isolate, CRCL_CONTRACTION R"(|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*+(?: \p{L}\p{M}*+)*+)++|\p{N}|)"
                               R"( ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+)"}};

#define CRCL_BLOOM R"( ?[^(\s|.,!?\x{2026}\x{3002}\x{ff0c}\x{3001}\x{964}\x{6d4}\x{60c})]+)"
constexpr SplitStep kBloom[] = {{isolate, CRCL_BLOOM}};
constexpr SplitStep kViking[] = {{isolate, CRCL_BLOOM}, {isolate, R"(\p{N})"}};
constexpr SplitStep kChameleon[] = {
    {isolate, "<sentinel:[0-9]+>"},       {isolate, "IMGIMG[A-I]{1,4}Z"},
    {isolate, R"([\t\n]|    |  )"},       {isolate, R"(\p{N})"},
    {isolate, R"([\p{P}!-/:-@\[-`{-~])"}, {isolate, CRCL_GPT2}};
constexpr SplitStep kSuperbpe[] = {{isolate, R"(\p{N}+)"}, {cut_thousands, R"(\d+)"}};
constexpr SplitStep kLines[] = {{isolate, R"([^\n]+|\n+)"}};
constexpr SplitStep kWhitespace[] = {{keep_matches, R"(\S+)"}};

// What proves a row; docs list it.
constexpr std::string_view kHf = "tokenizers (Hugging Face), published pattern";
constexpr std::string_view kVectorsHf = "recorded vectors; tokenizers (Hugging Face)";
constexpr std::string_view kLlama3 = "llama3-tokenizer-js; tokenizers (Hugging Face)";
constexpr std::string_view kTiktoken = "tiktoken, published pattern";
constexpr std::string_view kO200kWitness = "tiktoken; tokenizers (Hugging Face)";
constexpr std::string_view kTekkenWitness = "mistral-common; tokenizers (Hugging Face)";
constexpr std::string_view kLlamaCpp = "llama.cpp";
constexpr std::string_view kUnproven = "unproven";

constexpr auto kWholeWords = PreTokenizer::kWholeWords;
constexpr auto kAddsBos = PreTokenizer::kAddsBos;
constexpr auto kRawUtf8 = PreTokenizer::kRawUtf8;

constexpr PreTokenizer kTable[] = {
    {"default", kDefault, kLlamaCpp},
    {"gpt-2", kGpt2, kVectorsHf},
    {"phi-2", kGpt2, kHf},
    {"jina-es", kGpt2, kHf},
    {"jina-de", kGpt2, kHf},
    {"jina-v1-en", kGpt2, kHf},
    {"jina-v2-es", kGpt2, kHf},
    {"jina-v2-de", kGpt2, kHf},
    {"jina-v2-code", kGpt2, kHf},
    {"roberta-bpe", kGpt2, kHf},
    {"gigachat", kGpt2, kHf},
    {"a.x-4.0", kGpt2, kHf},
    {"mellum", kGpt2, kHf},
    {"modern-bert", kGpt2, kHf},
    {"mpt", kGpt2, kHf},
    {"olmo", kGpt2, kHf},
    {"jais", kGpt2, kHf},
    {"exaone4", kGpt2, kHf},
    {"trillion", kGpt2, kHf},
    {"granite-docling", kGpt2, kHf},
    {"starcoder", kDigitsGpt2, kVectorsHf},
    {"smollm", kDigitsGpt2, kHf},
    {"refact", kDigitsGpt2, kHf},
    {"command-r", kDigitsGpt2, kHf},
    {"codeshell", kDigitsGpt2, kHf},
    {"exaone", kDigitsGpt2, kHf},
    {"minerva-7b", kDigitsGpt2, kHf},
    {"mellum2", kDigitsGpt2, kHf},
    {"llama-bpe", kCl100k, kLlama3, kWholeWords | kAddsBos},
    {"llama3", kCl100k, kLlama3, kWholeWords | kAddsBos},
    {"llama-v3", kCl100k, kLlama3, kWholeWords | kAddsBos},
    {"falcon3", kCl100k, kHf, kWholeWords | kAddsBos},
    {"falcon-h1", kCl100k, kHf, kWholeWords | kAddsBos},
    {"pixtral", kCl100k, kHf, kWholeWords | kAddsBos},
    {"midm-2.0", kCl100k, kHf, kWholeWords | kAddsBos},
    {"lfm2", kCl100k, kHf, kWholeWords | kAddsBos},
    {"jina-v5-nano", kCl100k, kHf, kWholeWords | kAddsBos},
    {"dbrx", kCl100k, kHf},
    {"smaug-bpe", kCl100k, kHf},
    {"chatglm-bpe", kCl100k, kHf},
    {"glm4", kCl100k, kHf, kWholeWords},
    {"glm5", kCl100k, kHf, kWholeWords},
    {"minicpm5", kMinicpm5, kHf, kWholeWords},
    {"jais-2", kJais2, kHf},
    {"qwen2", kQwen2, kHf},
    {"deepseek-r1-qwen", kQwen2, kHf},
    {"kormo", kQwen2, kHf},
    {"f2llmv2", kQwen2, kHf},
    {"stablelm2", kQwen2, kHf},
    {"megrez", kQwen2, kHf},
    {"hunyuan", kQwen2, kHf},
    {"solar-open", kQwen2, kHf},
    {"grok-2", kQwen2, kHf},
    {"qwen35", kQwen35, kHf},
    {"ufakzeka", kUfakzeka, kHf},
    {"laguna", kLaguna, kHf},
    {"bailingmoe", kBailing, kHf},
    {"bailingmoe2", kBailing, kHf},
    {"llada-moe", kBailing, kHf},
    {"seed-coder", kSeedCoder, kHf},
    {"exaone-moe", kExaoneMoe, kHf},
    {"gpt-4o", kO200k, kO200kWitness},
    {"llama4", kO200k, kHf},
    {"kanana2", kO200k, kHf},
    {"talkie", kO200k, kHf},
    {"minimax-m2", kO200k, kHf},
    {"granite-embed-multi-97m", kGraniteEmbed, kUnproven, kWholeWords},
    {"tiny_aya", kTinyAya, kHf},
    {"cohere2moe", kTinyAya, kHf},
    {"tekken", kTekken, kTekkenWitness, kWholeWords | kAddsBos},
    {"kimi-k2", kKimiK2, kTiktoken},
    {"deepseek-llm", kDeepseekLlm, kHf},
    {"deepseek-coder", kDeepseekCoder, kVectorsHf},
    {"deepseek-v3", kDeepseek3, kHf},
    {"hunyuan-dense", kDeepseek3, kHf},
    {"hy_v4", kDeepseek3, kHf},
    {"joyai-llm", kDeepseek3, kHf},
    {"spark2_5", kSpark, kHf},
    {"afmoe", kAfmoe, kUnproven},
    {"youtu", kYoutu, kHf, kWholeWords},
    {"falcon", kFalcon, kVectorsHf},
    {"bloom", kBloom, kHf},
    {"poro-chat", kBloom, kHf},
    {"gpt3-finnish", kBloom, kHf},
    {"viking", kViking, kHf},
    {"chameleon", kChameleon, kHf, kAddsBos},
    {"superbpe", kSuperbpe, kHf},
    {"gemma4", kLines, kUnproven, kAddsBos | kRawUtf8},
    {"granite-embed-multi-311m", kLines, kUnproven, kRawUtf8},
    {"sarvam-moe", kLines, kUnproven, kRawUtf8},
    {"whitespace", kWhitespace, kUnproven, kRawUtf8},
};

}  // namespace

std::span<const PreTokenizer> pre_tokenizers() { return kTable; }

const PreTokenizer* find_pre_tokenizer(std::string_view name) {
  for (const PreTokenizer& row : kTable)
    if (row.name == name) return &row;
  return nullptr;
}

}  // namespace caracal
