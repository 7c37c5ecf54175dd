#!/usr/bin/env python3
"""Records what Hugging Face's `tokenizers` gives for tokenizer.json files; see README.md.

--goldens DIR writes one tiny file for every component (checked in, tests/goldens/tokenizer_json).
--out DIR writes the same components and whole tokenizers over real vocabularies, each with --n
random strings, for the test HfPeerVectors.
"""

import argparse
import functools
import io
import json
import pathlib
import tempfile

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers
from tokenizers import pre_tokenizers as pre
from tokenizers import processors, trainers

import real_tokenizers
from families import BYTES, FAMILIES, GPT2, cl100k, split
from random_texts import random_texts

REPOSITORY = pathlib.Path(__file__).parents[3]
TEXTS = [
    "", " ", "a", " a", "a ", "  two  spaces ", "\n", "a\n\n b\t\tc\r\n", "Hello, world!",
    "The quick brown fox's 12345 jumps; isn't it? 3.14 ½ Ⅷ ٣٤", "it's IT'S they'll don't do not.",
    "naïve café Ångström İstanbul ΣΊΣΥΦΟΣ Straße ﬁ ǅ K", "e\u0301 a\u0328\u0301 \u1e9b\u0323 각 ᄀ\u11a8",
    "日本語 と 中文字符，한국어。", "नमस्ते สวัสดี 👩‍👩‍👧 🇫🇷 🚀", "▁mark ▁▁marks", "<s>a</s> <s> b </s>",
    "[CLS] x [SEP]", "  <mask>  y", "a <mask> b", "word<user>word <user> user", "don't<|end|>  now <|end|>",
    "Day day DAY monday", "x_y a-b c--d ...e (f) [g]", "tab\tnbsp\xa0em\u2003line\u2028zw\u200bbom\ufeff",
    "\x00\x01\x7f\x85\ufffd", "a" * 120, "- the-final--countdown -", "<0x41> <0x0A>", "ｆｕｌｌ ① ㍿ …",
]


@functools.cache
def corpus():
    return [line for path in sorted((REPOSITORY / "docs").glob("*.md"))
            for line in path.read_text().splitlines() if line.strip()]


def train(model, trainer, normalizer=None, pre_tokenizer=None):
    tokenizer = Tokenizer(model)
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    if pre_tokenizer is not None:
        tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.train_from_iterator(corpus(), trainer)
    return tokenizer


BYTE_PIECES = [f"<0x{b:02X}>" for b in range(256)]


@functools.cache
def crossing_bpe():
    """Pieces that reach over spaces and punctuation: every cut that a component makes shows."""
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=["[UNK]"], show_progress=False)
    tokenizer = train(models.BPE(unk_token="[UNK]"), trainer,
                      normalizers.Replace("▁", " "))
    return json.loads(tokenizer.to_str())["model"]


def with_model(model, **settings):
    document = json.loads(Tokenizer(models.BPE()).to_str())
    document["model"] = dict(model, **settings)
    return Tokenizer.from_str(json.dumps(document))


def crossing(normalizer=None, pre_tokenizer=None, decoder=None, **settings):
    tokenizer = with_model(crossing_bpe(), **settings)
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    if pre_tokenizer is not None:
        tokenizer.pre_tokenizer = pre_tokenizer
    if decoder is not None:
        tokenizer.decoder = decoder
    return tokenizer


def byte_level(pre_tokenizer, normalizer=None, ignore_merges=False):
    trainer = trainers.BpeTrainer(vocab_size=512, show_progress=False,
                                  initial_alphabet=pre.ByteLevel.alphabet())
    tokenizer = train(models.BPE(ignore_merges=ignore_merges), trainer, normalizer, pre_tokenizer)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def llama2(normalizer, pre_tokenizer=None, decoder=None):
    trainer = trainers.BpeTrainer(vocab_size=640, show_progress=False, initial_alphabet=["▁"],
                                  special_tokens=["<unk>", "<s>", "</s>"] + BYTE_PIECES)
    trained = train(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True), trainer,
                    normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]),
                    pre.Split("▁", "merged_with_next"))
    document = json.loads(trained.to_str())
    document["added_tokens"] = [t for t in document["added_tokens"] if t["id"] < 3]
    tokenizer = Tokenizer.from_str(json.dumps(document))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoder or decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
         decoders.Strip(" ", 1, 0)])
    return tokenizer


LLAMA2 = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])


def template(tokenizer, single, *tokens):
    tokenizer.post_processor = processors.TemplateProcessing(
        single=single, special_tokens=[(t, tokenizer.token_to_id(t)) for t in tokens])
    return tokenizer


def charsmap(rules):
    """SentencePiece's compiled form of {text: replacement}."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2 as pb
    hexes = lambda text: " ".join(f"{ord(c):X}" for c in text)
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
        file.writelines(f"{hexes(a)}\t{hexes(b)}\n" for a, b in rules.items())
        file.flush()
        out = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(corpus()), model_writer=out, vocab_size=300,
            normalization_rule_tsv=file.name, minloglevel=2, hard_vocab_limit=False)
    model = pb.ModelProto()
    model.ParseFromString(out.getvalue())
    return model.normalizer_spec.precompiled_charsmap


RULES = {"é": "e", "e\u0301": "e", "ﬁ": "fi", "①": "1", "…": "...", "\u200b": " ", "\xa0": " ",
         "ab": "X", "日": "day", "\t": " ", "\n": " ", "㍿": "KK", "K": "K"}


def unigram(normalizer, pre_tokenizer, byte_fallback=False):
    specials = ["<pad>", "</s>", "<unk>"] + (BYTE_PIECES if byte_fallback else [])
    trainer = trainers.UnigramTrainer(vocab_size=len(specials) + 240, unk_token="<unk>",
                                      special_tokens=specials, show_progress=False)
    tokenizer = train(models.Unigram(), trainer, normalizer, pre_tokenizer)
    document = json.loads(tokenizer.to_str())
    document["added_tokens"] = [t for t in document["added_tokens"] if t["id"] < 3]
    document["model"]["byte_fallback"] = byte_fallback
    return Tokenizer.from_str(json.dumps(document))


def bert(**options):
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=400, special_tokens=specials,
                                        show_progress=False)
    tokenizer = train(models.WordPiece(unk_token="[UNK]"), trainer,
                      normalizers.BertNormalizer(**options), pre.BertPreTokenizer())
    tokenizer.decoder = decoders.WordPiece(prefix="##", cleanup=True)
    return tokenizer


def added(tokenizer, *tokens):
    for content, options in tokens:
        special = options.pop("special", False)
        token = AddedToken(content, special=special, **options)
        (tokenizer.add_special_tokens if special else tokenizer.add_tokens)([token])
    return tokenizer


def roberta():
    tokenizer = byte_level(pre.ByteLevel(add_prefix_space=True))
    added(tokenizer, ("<s>", {"special": True}), ("</s>", {"special": True}),
          ("<mask>", {"special": True, "lstrip": True}), ("<user>", {}))
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>")))
    return tokenizer


def llama3():
    tokenizer = byte_level(pre.Sequence([split(cl100k(r"\p{N}{1,3}")), BYTES]), ignore_merges=True)
    added(tokenizer, ("<s>", {"special": True}), ("<|end|>", {"special": True}), ("<user>", {}))
    document = json.loads(template(tokenizer, "<s> $A", "<s>").to_str())
    document["post_processor"] = {"type": "Sequence", "processors": [
        {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True},
        document["post_processor"]]}
    return Tokenizer.from_str(json.dumps(document))


def bert_processing():
    tokenizer = bert(lowercase=False, handle_chinese_chars=False, clean_text=False)
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", tokenizer.token_to_id("[SEP]")), ("[CLS]", tokenizer.token_to_id("[CLS]")))
    tokenizer.decoder = decoders.WordPiece(prefix="##", cleanup=False)
    return tokenizer


def token_rules():
    """Every rule of added tokens, with a normalizer that changes their text."""
    tokenizer = crossing(normalizers.Lowercase())
    return added(tokenizer, ("Day", {"single_word": True}), ("monday", {"normalized": False}),
                 ("<mask>", {"lstrip": True}), ("<|end|>", {"rstrip": True, "special": True}),
                 ("<user>", {"lstrip": True, "rstrip": True}), ("<s>", {"special": True}),
                 ("<s>a", {"special": True}), ("USER", {"normalized": True, "single_word": True}))


BEHAVIORS = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
META_DECODER = lambda scheme: decoders.Metaspace(prepend_scheme=scheme)


def cases():
    yield "bytelevel-gpt2", lambda: byte_level(GPT2)
    yield "bytelevel-nfc-qwen2", lambda: byte_level(
        pre.Sequence([split(cl100k(r"\p{N}")), BYTES]), normalizers.NFC())
    yield "bytelevel-llama3", llama3
    yield "bytelevel-roberta", roberta
    yield "bytelevel-digits", lambda: byte_level(pre.Sequence([pre.Digits(True), GPT2]))
    yield "bytelevel-inside-falcon", lambda: byte_level(pre.Sequence(
        [pre.Punctuation("contiguous"), GPT2, pre.Digits(False), split("[0-9][0-9][0-9]")]))
    yield "llama2", lambda: template(llama2(LLAMA2), "<s> $A", "<s>")
    yield "llama2-first", lambda: llama2(None, pre.Metaspace(prepend_scheme="first", split=False))
    yield "gemma", lambda: template(llama2(
        normalizers.Replace(" ", "▁"), pre.Split(" ", "merged_with_previous"),
        decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])),
        "<s> $A </s>", "<s>", "</s>")
    for scheme in ("always", "first", "never"):
        yield f"metaspace-{scheme}", lambda scheme=scheme: llama2(
            None, pre.Metaspace(prepend_scheme=scheme), META_DECODER(scheme))
    yield "unk", lambda: crossing(None, pre.WhitespaceSplit())
    yield "unk-fused", lambda: crossing(None, None, decoders.Fuse(), fuse_unk=True)
    yield "ignore-merges", lambda: crossing(None, pre.Whitespace(), None, ignore_merges=True)
    yield "nfc", lambda: crossing(normalizers.NFC())
    yield "nfd", lambda: crossing(normalizers.NFD())
    yield "nfkc", lambda: crossing(normalizers.NFKC())
    yield "nfkd", lambda: crossing(normalizers.NFKD())
    yield "lowercase", lambda: crossing(normalizers.Lowercase())
    yield "strip", lambda: crossing(normalizers.Strip(True, True))
    yield "strip-left", lambda: crossing(
        normalizers.Strip(True, False), pre.Metaspace("_", prepend_scheme="first"))
    yield "strip-right", lambda: crossing(normalizers.Strip(False, True))
    yield "strip-accents", lambda: crossing(
        normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents()]))
    yield "replace-regex", lambda: crossing(normalizers.Sequence(
        [normalizers.Replace(Regex(r"\s{2,}|\bt"), " "), normalizers.Prepend("the "),
         normalizers.Replace("a", "")]))
    for pattern, kind in ((Regex(r"\s*-|\w$"), "regex"), ("-", "string")):
        for behavior in BEHAVIORS:
            for invert in (False, True):
                name = f"split-{kind}-{behavior}" + ("-invert" if invert else "")
                yield name, lambda p=pattern, b=behavior, i=invert: crossing(
                    None, pre.Split(p, b, i))
    yield "split-empty-matches", lambda: crossing(
        None, pre.Sequence([pre.Split(Regex(r"(?=(\d{3})+(?!\d))"), "isolated"),
                            pre.Split(Regex(r"\b|x*"), "merged_with_previous")]))
    yield "split-onig", lambda: crossing(None, pre.Sequence(
        [pre.Split(Regex(r"[\h[xyz]-]{2,3}+|(?m:.)\Bi|\p{Han}|\u0301"), "isolated"),
         pre.Split(Regex(r"^\s+|[^\W_]+$|[\p{L}&&[^a-m\p{Han}]&&[\w\W]]{2}|[\P{L}[^ -~]]"),
                   "contiguous")]))
    yield "digits", lambda: crossing(None, pre.Digits(False))
    yield "digits-individual", lambda: crossing(None, pre.Digits(True))
    for behavior in BEHAVIORS:
        yield f"punctuation-{behavior}", lambda b=behavior: crossing(None, pre.Punctuation(b))
    yield "whitespace", lambda: crossing(None, pre.Whitespace())
    yield "whitespace-split", lambda: crossing(None, pre.WhitespaceSplit())
    yield "bert-pre-tokenizer", lambda: crossing(None, pre.BertPreTokenizer())
    yield "bert", lambda: template(bert(), "[CLS] $A [SEP]", "[CLS]", "[SEP]")
    yield "bert-cased", bert_processing
    yield "bert-accents", lambda: bert(lowercase=True, strip_accents=False)
    yield "unigram-precompiled", lambda: template(unigram(
        normalizers.Sequence([normalizers.Precompiled(charsmap(RULES)),
                              normalizers.Strip(False, True),
                              normalizers.Replace(Regex(" {2,}"), "▁")]),
        pre.Metaspace()), "$A </s>", "</s>")
    yield "unigram-bytes", lambda: unigram(
        None, pre.Sequence([pre.WhitespaceSplit(), pre.Metaspace()]), byte_fallback=True)
    yield "added-tokens", token_rules
    yield "decoder-strip", lambda: crossing(None, None, decoders.Sequence(
        [decoders.Strip("a", 2, 0), decoders.Replace(Regex("[eo]"), "0")]))
    yield "decoder-strip-end", lambda: crossing(None, None, decoders.Strip("e", 0, 1))
    yield "decoder-replace-after-fuse", lambda: llama2(LLAMA2, None, decoders.Sequence(
        [decoders.ByteFallback(), decoders.Fuse(), decoders.Replace("▁", " "),
         decoders.Strip(" ", 1, 0)]))


def vectors(tokenizer, texts):
    ids = [e.ids for e in tokenizer.encode_batch(texts)]
    tokenizer.encode_special_tokens = True
    plain = [e.ids for e in tokenizer.encode_batch(texts, add_special_tokens=False)]
    tokenizer.encode_special_tokens = False
    return {"version": tokenizers.__version__, "texts": texts, "ids": ids, "plain_ids": plain,
            "decoded": [tokenizer.decode(i, skip_special_tokens=False) for i in ids],
            "skipped": [tokenizer.decode(i, skip_special_tokens=True) for i in ids]}


def save(folder, name, tokenizer, texts):
    tokenizer.no_truncation()
    tokenizer.no_padding()
    recorded = vectors(tokenizer, texts)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.tokenizer.json").write_text(tokenizer.to_str())
    (folder / f"{name}.vectors.json").write_text(json.dumps(recorded, ensure_ascii=False, separators=(",", ":")))
    print(f"{name}: {len(texts)} strings", flush=True)


def save_families(path):
    """The published pre-tokenizers as tokenizer.json writes them."""
    def row(names, ignore_merges, pre_tokenizer):
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizer
        return {"names": names, "ignore_merges": ignore_merges,
                "pre_tokenizer": json.loads(tokenizer.to_str())["pre_tokenizer"]}
    path.write_text(json.dumps([row(*family) for family in FAMILIES.values()], ensure_ascii=False))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--goldens", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, help="the shared test data")
    parser.add_argument("--minilm", type=pathlib.Path, help="tokenizer.json of all-MiniLM-L6-v2")
    parser.add_argument("-n", type=int, default=2000, help="random strings for each tokenizer")
    parser.add_argument("--only", default="", help="part of a name")
    args = parser.parse_args()
    if args.goldens:
        save_families(args.goldens / "families.json")
    for name, build in cases():
        if args.only not in name:
            continue
        tokenizer = build()
        if args.goldens:
            save(args.goldens, name, tokenizer, TEXTS)
        if args.out:
            # These components know the characters of an older Unicode.
            only_old = name.startswith(("bert", "punctuation", "bytelevel-inside", "nf",
                                        "strip-accents", "bytelevel-nfc"))
            save(args.out, name, tokenizer, random_texts(args.n, seed=name, only_old=only_old))
    if args.out and args.data:
        for name, tokenizer, texts in real_tokenizers.load(args.data, args.minilm):
            if args.only in name:
                save(args.out, name, tokenizer, texts + random_texts(
                    args.n, seed=name, only_old=name in ("bert-bge", "minilm", "falcon")))


if __name__ == "__main__":
    main()
