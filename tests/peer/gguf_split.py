#!/usr/bin/env python3
"""`caracal gguf split` and `merge` against llama.cpp and the gguf package.

    python3 gguf_split.py -m MODEL.gguf [--caracal build/release/bin/caracal] [--work DIR]

The parts load in llama.cpp as one model with the logits of the whole file, bit for bit. The merged file has every
tensor's bytes and every key of the whole one, as the gguf package reads them, and `caracal gguf hash` says the same of
all three.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import gguf
import numpy as np

from llama_peer import LlamaPeer

N_TOKENS = 64


def caracal_gguf(binary: Path, *arguments) -> str:
    command = [binary, "gguf", *arguments]
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout


def logits(path: Path) -> np.ndarray:
    peer = LlamaPeer(path, n_ctx=N_TOKENS, kv="f32")
    ids = np.random.default_rng(1).integers(0, peer.n_vocab, N_TOKENS).tolist()
    rows = peer.logits(ids)
    peer.close()
    return rows


def differences(whole: Path, merged: Path) -> list[str]:
    a, b = gguf.GGUFReader(whole), gguf.GGUFReader(merged)
    found = []
    if [t.name for t in a.tensors] != [t.name for t in b.tensors]:
        found.append("names or order of tensors")
    found += [x.name for x, y in zip(a.tensors, b.tensors)
              if x.tensor_type != y.tensor_type or not np.array_equal(x.data, y.data)]
    keys = [{k: f.contents() for k, f in r.fields.items() if not k.startswith("GGUF.")} for r in (a, b)]
    found += [k for k in keys[0].keys() | keys[1].keys() if keys[0].get(k) != keys[1].get(k)]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("-m", "--model", type=Path, required=True)
    parser.add_argument("--caracal", type=Path, default=Path("build/release/bin/caracal"))
    parser.add_argument("--work", type=Path)
    parser.add_argument("--max-size", default="40M")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.work) as folder:
        work = Path(folder)
        parts = caracal_gguf(args.caracal, "split", args.model, "-o", work / "part", "--max-size", args.max_size).split()
        merged = work / "merged.gguf"
        caracal_gguf(args.caracal, "merge", parts[0], "-o", merged)
        hashes = [json.loads(caracal_gguf(args.caracal, "hash", f, "--json")) for f in (args.model, parts[0], merged)]
        verdicts = {
            "logits of the parts in llama.cpp are those of the whole file":
                np.array_equal(logits(args.model), logits(Path(parts[0]))),
            "tensors and keys of the merged file are those of the whole one": not differences(args.model, merged),
            "hashes are equal": all(h == hashes[0] for h in hashes),
        }
        print(f"{args.model.name}: {len(parts)} parts of at most {args.max_size}, merged {merged.stat().st_size} bytes, "
              f"the source {args.model.stat().st_size}")
        for what, holds in verdicts.items():
            print(f"  {'yes' if holds else 'NO '}  {what}")
    raise SystemExit(0 if all(verdicts.values()) else 1)


if __name__ == "__main__":
    main()
