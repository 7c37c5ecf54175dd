#!/usr/bin/env python3
"""Holds `caracal convert` against llama.cpp: every Hugging Face directory, converted, loads there with the same
vocabulary, and continues a text by the tokens that caracal finds in the directory itself.

    python3 hf_convert.py [--caracal build/release/bin/caracal] [DIR ...]     # default: tests/goldens/hf/*

Greedy tokens are compared on F32; the other types have to load and to give numbers.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from llama_peer import LlamaPeer

GOLDENS = Path(__file__).resolve().parent.parent / "goldens" / "hf"
TEXT = "An hour later: the cat, on a mat?\nin 42"  # characters of the vocabulary only: llama.cpp ends at others
N_TOKENS = 24
TYPES = ("auto", "f16", "bf16", "q8_0", "q4_k")
OTHER_NUMBERS = {"mistral-window": "llama.cpp has no window in the architecture 'llama'"}


class Caracal:
    def __init__(self, program: Path, work: Path):
        self._program, self._work = program, work

    def run(self, *arguments) -> str:
        result = subprocess.run([self._program, *map(str, arguments)], capture_output=True, text=True)
        if result.returncode != 0:
            raise SystemExit(f"caracal {arguments[0]}: {result.stderr.strip()}")
        return result.stdout

    def tokenize(self, model: Path, text: str) -> list[int]:
        return json.loads(self.run("tokenize", "-m", model, "-p", text, "--json"))["ids"]

    def logits(self, model: Path, ids: list[int]) -> np.ndarray:
        sequences, rows = self._work / "ids.json", self._work / "rows.npy"
        sequences.write_text(json.dumps({"sequences": [ids]}))
        self.run("logits", "-m", model, "--input", sequences, "-o", rows, "--numerics", "reference",
                 "-ctk", "f32", "-ctv", "f32")
        return np.load(rows)


def faults(caracal: Caracal, original: Path, work: Path) -> list[str]:
    found = []
    # A model is called like its folder, and llama.cpp expects Phi-3's tokens where a name has "phi3" in it.
    directory = shutil.copytree(original, work / original.name.replace("phi3", "phi"))
    converted = work / f"{directory.name}-f32.gguf"
    caracal.run("convert", directory, "-o", converted, "--type", "f32")
    peer = LlamaPeer(converted, n_ctx=512, n_threads=1, kv="f32")
    ids = peer.tokenize(TEXT)
    if ids != caracal.tokenize(directory, TEXT):
        found.append(f"other tokens: llama.cpp {ids}, caracal {caracal.tokenize(directory, TEXT)}")
    text = peer.timed_greedy(ids, N_TOKENS)["ids"]
    peer.close()
    rows = caracal.logits(directory, ids + text[:-1])
    chosen = rows[len(ids) - 1:].argmax(axis=-1).tolist()
    if chosen != text and original.name not in OTHER_NUMBERS:
        found.append(f"other continuation: llama.cpp {text}, caracal {chosen}")
    for kind in TYPES:
        converted = work / f"{directory.name}-{kind}.gguf"
        caracal.run("convert", directory, "-o", converted, "--type", kind)
        peer = LlamaPeer(converted, n_ctx=512, n_threads=1)
        if not np.isfinite(peer.logits(ids)).all():
            found.append(f"{kind}: not finite")
        peer.close()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--caracal", type=Path, default=Path("build/release/bin/caracal"))
    parser.add_argument("directories", nargs="*", type=Path, default=sorted(GOLDENS.iterdir()))
    args = parser.parse_args()
    failures = 0
    with tempfile.TemporaryDirectory() as work:
        for directory in args.directories:
            found = faults(Caracal(args.caracal, Path(work)), directory, Path(work))
            failures += bool(found)
            note = f" (tokens not compared: {OTHER_NUMBERS[directory.name]})" if directory.name in OTHER_NUMBERS else ""
            print(f"{'FAIL' if found else 'ok  '} {directory.name}{note}", *found, sep="\n     ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
