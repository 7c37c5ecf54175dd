"""The pre-tokenizers that the original models publish (tokenizer.json, or the tiktoken pattern).

One entry per family: the GGUF names that share it, whether it ignores merges for whole words, and a
function that builds it from the parts of Hugging Face's `tokenizers`.
"""

from tokenizers import Regex
from tokenizers.pre_tokenizers import ByteLevel, Digits, Punctuation, Sequence, Split

CONTRACTION = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
PREFIX = r"[^\r\n\p{L}\p{N}]?"
SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"

GPT2 = ByteLevel(add_prefix_space=False, use_regex=True)
BYTES = ByteLevel(add_prefix_space=False, use_regex=False)


def split(pattern):
    return Split(Regex(pattern), "isolated")


def patterns(*list_of_patterns):
    return Sequence([split(p) for p in list_of_patterns] + [BYTES])


def cl100k(digits, contraction=CONTRACTION + "|"):
    return (contraction + r"[^\r\n\p{L}\p{N}]?\p{L}+|" + digits +
            r"| ?[^\s\p{L}\p{N}]+[\r\n]*|" + SPACES)


def o200k(contraction, digits):
    return (f"{PREFIX}{UPPER}*{LOWER}+{contraction}|{PREFIX}{UPPER}+{LOWER}*{contraction}|{digits}|"
            r" ?[^\s\p{L}\p{N}]+[\r\n/]*|" + SPACES)


HAN_KANA = "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"
HAN_HANGUL = "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+"
PUNCTUATED_WORD = (r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|"""
                   r"[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|")
BLOOM = " ?[^(\\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+"
YOUTU_CJK = ("[\uac00-\ud7a3\u3131-\u318e]+|"
             "[\uff01\u2026\u201c\u201d\u2018\u2019\u2014\uff1a\uff1b\uff0c\u3001-\u303f"
             "\ufe30-\ufe4f]+|[\u3105-\u312f]+|" + HAN_KANA)
DEEPSEEK_LETTERS = (
    "A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-\u02af"
    "\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-"
    "\u03f5\u03f7-\u0481\u048a-\u052f\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90"
    "-\u1cba\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d"
    "\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-"
    "\u1fbc\u1fbe\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4"
    "\u1ff6-\u1ffc\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d"
    "\u212f-\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-\u2c7b\u2c7e-\u2ce4"
    "\u2ceb-\u2cee\u2cf2\u2cf3\ua640-\ua66d\ua680-\ua69b\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e"
    "\uab70-\uabbf\ufb00-\ufb06\ufb13-\ufb17\uff21-\uff3a\uff41-\uff5a\U00010400-\U0001044f"
    "\U000104b0-\U000104d3\U000104d8-\U000104fb\U00010c80-\U00010cb2\U00010cc0-\U00010cf2"
    "\U000118a0-\U000118df\U0001e900-\U0001e943")

# name: (GGUF names, ignore_merges, pre-tokenizer)
FAMILIES = {
    "gpt2": (["gpt-2", "phi-2", "jina-es", "jina-de", "jina-v1-en", "jina-v2-es", "jina-v2-de",
              "jina-v2-code", "roberta-bpe", "gigachat", "a.x-4.0", "mellum", "modern-bert", "mpt",
              "olmo", "jais", "exaone4", "trillion", "granite-docling"], False, GPT2),
    "digits-gpt2": (["starcoder", "smollm", "refact", "command-r", "codeshell", "exaone",
                     "minerva-7b", "mellum2"], False,
                    Sequence([Digits(individual_digits=True), GPT2])),
    "llama3": (["llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0",
                "lfm2", "jina-v5-nano", "glm4", "glm5"], True, patterns(cl100k(r"\p{N}{1,3}"))),
    "cl100k": (["dbrx", "smaug-bpe", "chatglm-bpe"], False, patterns(cl100k(r"\p{N}{1,3}"))),
    "minicpm5": (["minicpm5"], True, patterns(r"\p{N}{1,3}", cl100k(r"\p{N}+"))),
    "jais-2": (["jais-2"], False, patterns(
        CONTRACTION + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"
        r"\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|"
        r"\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}")),
    "qwen2": (["qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "stablelm2", "megrez", "hunyuan",
               "solar-open", "grok-2"], False, patterns(cl100k(r"\p{N}"))),
    "qwen35": (["qwen35"], False, patterns(
        CONTRACTION + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|" +
        SPACES)),
    "ufakzeka": (["ufakzeka"], False, patterns(cl100k(r"\p{N}", contraction=""))),
    "laguna": (["laguna"], False, patterns(r"[^\n]+|[\n]+", cl100k(r"\p{N}"))),
    "bailing": (["bailingmoe", "bailingmoe2", "llada-moe"], False, patterns(
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|"
        r"\s*[\r\n]|\s+(?!\S)|\s+")),
    "seed-coder": (["seed-coder"], False, patterns(
        CONTRACTION + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|" + SPACES)),
    "exaone-moe": (["exaone-moe"], False, patterns(
        CONTRACTION + r"|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}|"
        r" ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+")),
    "o200k": (["gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"], False,
              patterns(o200k(CONTRACTION + "?", r"\p{N}{1,3}"))),
    "tiny-aya": (["tiny_aya", "cohere2moe"], False, patterns(
        r"\d{1,3}(?=(?:\d{3})*\b)", o200k(CONTRACTION + "?", r"\p{N}{1,3}"))),
    "tekken": (["tekken"], True, patterns(o200k("", r"\p{N}"))),
    "deepseek-llm": (["deepseek-llm"], False, Sequence(
        [split(p) for p in (r"[\r\n]", rf"\s?[{DEEPSEEK_LETTERS}]+",
                            "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+", r"\s+$", HAN_HANGUL, r"\p{N}+")] +
        [BYTES])),
    "deepseek-coder": (["deepseek-coder"], False, Sequence(
        [split(p) for p in (r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", HAN_HANGUL)] +
        [Digits(individual_digits=True), BYTES])),
    "deepseek-v3": (["deepseek-v3", "hunyuan-dense", "hy_v4", "joyai-llm"], False, patterns(
        r"\p{N}{1,3}", HAN_KANA, PUNCTUATED_WORD + r" ?[\p{P}\p{S}]+[\r\n]*|" + SPACES)),
    "spark": (["spark2_5"], False, patterns(
        r"\p{N}{1,3}", HAN_KANA,
        PUNCTUATED_WORD + r" ?[\p{P}\p{S}]+|[\r\n]|\s+(?!\S)|\s+", r"\p{N}")),
    "youtu": (["youtu"], True, patterns(YOUTU_CJK, o200k(CONTRACTION + "?", r"\p{N}"))),
    "falcon": (["falcon"], False, Sequence(
        [Punctuation("contiguous"), GPT2, Digits(individual_digits=False),
         split("[0-9][0-9][0-9]")])),
    "bloom": (["bloom", "poro-chat", "gpt3-finnish"], False, patterns(BLOOM)),
    "viking": (["viking"], False, Sequence(
        [split(BLOOM), Digits(individual_digits=True), BYTES])),
    "chameleon": (["chameleon"], False, Sequence(
        [split("<sentinel:[0-9]+>"), split("(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z"),
         split(r"([\t\n]|    |  )"), Digits(individual_digits=True), Punctuation("isolated"),
         GPT2])),
    "superbpe": (["superbpe"], False, patterns(r"\p{N}+", r"(?=(\d{3})+(?!\d))")),
}
