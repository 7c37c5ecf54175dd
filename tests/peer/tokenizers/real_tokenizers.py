"""tokenizer.json files over real vocabularies, put together as the original models publish them."""

import json

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers
from tokenizers import pre_tokenizers as pre
from tokenizers import processors

import gguf_vocab as gv
from families import FAMILIES


def strings(path):
    """The strings of a .inp file."""
    return path.read_bytes().decode().split("\n__ggml_vocab_test__\n")


def add_special(tokenizer, vocab):
    for token, kind in zip(vocab.tokens, vocab.types):
        # caracal never takes the end of an answer from plain text, whatever the file calls it.
        if kind in (gv.CONTROL, gv.UNKNOWN) or token == "</s>":
            tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True)])
        elif kind == gv.USER_DEFINED:
            tokenizer.add_tokens([AddedToken(token, normalized=False)])


def byte_level(vocab, family):
    _, ignore_merges, pre_tokenizer = FAMILIES[family]
    merges = [tuple(m.split(" ")) for m in vocab.merges]
    tokenizer = Tokenizer(models.BPE({t: i for i, t in enumerate(vocab.tokens)}, merges,
                                     ignore_merges=ignore_merges))
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    add_special(tokenizer, vocab)
    return tokenizer


def merges_of_scores(tokens, scores):
    """As Hugging Face converts SentencePiece models: every way to join two pieces, best first."""
    ids = {t: i for i, t in enumerate(tokens)}
    merges = []
    for token, score in zip(tokens, scores):
        halves = [(token[:i], token[i:]) for i in range(1, len(token))]
        halves = [(a, b) for a, b in halves if a in ids and b in ids]
        halves.sort(key=lambda pair: (ids[pair[0]], ids[pair[1]]))
        merges += [(score, pair) for pair in halves]
    merges.sort(key=lambda merge: -merge[0])
    return [pair for _, pair in merges]


def llama_spm(vocab):
    special = [t for t, kind in zip(vocab.tokens, vocab.types) if kind != gv.NORMAL]
    normal = [(t, s) for t, s in zip(vocab.tokens, vocab.scores) if t not in set(special)]
    merges = merges_of_scores([t for t, _ in normal], [s for _, s in normal])
    tokenizer = Tokenizer(models.BPE({t: i for i, t in enumerate(vocab.tokens)}, merges,
                                     unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
         decoders.Strip(" ", 1, 0)])
    add_special(tokenizer, vocab)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", special_tokens=[("<s>", 1)])
    return tokenizer


def bert(vocab):
    # GGUF marks the start of a word, BERT its continuation.
    spell = lambda t, kind: t if kind != gv.NORMAL else (t[1:] if t[0] == "▁" else "##" + t)
    table = {spell(t, k): i for i, (t, k) in enumerate(zip(vocab.tokens, vocab.types))}
    tokenizer = Tokenizer(models.WordPiece(table, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 101), ("[SEP]", 102)])
    return tokenizer


def load(data, minilm):
    """(name, tokenizer, strings of the recorded tests)"""
    folder = data / "tokenizers"
    read = lambda name: gv.Vocab(str(folder / f"ggml-vocab-{name}.gguf"))
    inp = lambda name: strings(folder / f"ggml-vocab-{name}.gguf.inp")
    for name, family in (("gpt-2", "gpt2"), ("starcoder", "digits-gpt2"), ("falcon", "falcon"),
                         ("deepseek-coder", "deepseek-coder")):
        yield name, byte_level(read(name), family), inp(name)
    # The patterns of other families over GPT-2's vocabulary.
    for family in ("llama3", "qwen2", "o200k", "tekken", "deepseek-v3", "bloom"):
        yield f"gpt-2-as-{family}", byte_level(read("gpt-2"), family), inp("gpt-2")
    for name in ("llama-spm", "phi-3"):
        yield name, llama_spm(read(name)), inp(name)
    yield "bert-bge", bert(read("bert-bge")), inp("bert-bge")
    if minilm:
        yield "minilm", Tokenizer.from_str(minilm.read_text()), inp("bert-bge")
