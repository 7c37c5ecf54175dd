#!/usr/bin/env python3
"""Perplexity of GGUF files over the same text, by llama.cpp: is a reference model still the model?

    python3 perplexity.py [--chunks N] TEXT FILE.gguf...

The text is cut into chunks of 256 tokens; the second half of each is scored. Ids come from the first file.
"""

import argparse
from pathlib import Path

import numpy as np

from compare import log_softmax
from llama_peer import LlamaPeer

CHUNK = 256


def mean_nll(peer: LlamaPeer, chunks: list[list[int]]) -> float:
    total = 0.0
    for ids in chunks:
        rows = log_softmax(peer.logits(ids)[CHUNK // 2 - 1 : -1].astype(np.float64))
        total -= rows[np.arange(len(rows)), ids[CHUNK // 2 :]].mean()
    return total / len(chunks)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("text", type=Path)
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument("--chunks", type=int, default=16)
    args = parser.parse_args()
    chunks = None
    for path in args.models:
        peer = LlamaPeer(path, n_ctx=CHUNK, kv="f32")
        if chunks is None:
            # Twenty bytes a token is more than any text needs.
            ids = peer.tokenize(args.text.read_text()[: 20 * CHUNK * args.chunks])
            chunks = [ids[i * CHUNK : (i + 1) * CHUNK] for i in range(min(args.chunks, len(ids) // CHUNK))]
            if not chunks:
                raise SystemExit(f"{args.text}: shorter than one chunk of {CHUNK} tokens")
        print(f"{path.name}: perplexity {np.exp(mean_nll(peer, chunks)):.3f} over {len(chunks)} chunks of {CHUNK}")
        peer.close()


if __name__ == "__main__":
    main()
