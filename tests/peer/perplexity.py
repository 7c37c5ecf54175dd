#!/usr/bin/env python3
"""Perplexity of GGUF files over the same text, by llama.cpp: is a reference model still the model, and does
`caracal eval ppl` give the same figure?

    python3 perplexity.py [--ctx N] [--windows N] [--caracal BINARY] TEXT FILE.gguf...

The windows are those of llama.cpp's perplexity tool: N tokens side by side, BOS instead of a window's first token
where the vocabulary adds one, tokens N/2 + 1 to N - 1 scored. With --caracal each file's figure is compared with the
binary's, exit status 1 when one differs by more than 0.1 %.
"""

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np

from compare import log_softmax
from llama_peer import LlamaPeer

TOLERANCE = 1e-3


def windows_of(peer: LlamaPeer, text: str, n_ctx: int, n_windows: int) -> list[list[int]]:
    # Twenty bytes a token is more than any text needs.
    ids = peer.tokenize(text[: 20 * n_ctx * n_windows], parse_special=False)
    windows = [ids[i * n_ctx : (i + 1) * n_ctx] for i in range(min(n_windows, len(ids) // n_ctx))]
    bos = peer.leading_bos()
    return windows if bos is None else [[bos, *window[1:]] for window in windows]


def nll_sum(peer: LlamaPeer, windows: list[list[int]]) -> tuple[float, int]:
    """Sum over the scored tokens, and their number."""
    total, count = 0.0, 0
    for ids in windows:
        first = len(ids) // 2
        rows = log_softmax(peer.logits(ids)[first:-1].astype(np.float64))
        total -= rows[np.arange(len(rows)), ids[first + 1 :]].sum()
        count += len(rows)
    return total, count


def caracal_says(binary: Path, model: Path, text: Path, n_ctx: int, n_windows: int) -> dict:
    command = [binary, "eval", "ppl", "-m", model, "--file", text, "--ctx", n_ctx, "--windows", n_windows, "--json"]
    return json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("text", type=Path)
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument("--ctx", type=int, default=512)
    parser.add_argument("--windows", type=int, default=32)
    parser.add_argument("--caracal", type=Path)
    args = parser.parse_args()
    text = args.text.read_text()
    all_equal = True
    for path in args.models:
        peer = LlamaPeer(path, n_ctx=args.ctx, kv="f32")
        windows = windows_of(peer, text, args.ctx, args.windows)
        if not windows:
            raise SystemExit(f"{args.text}: shorter than one window of {args.ctx} tokens")
        total, count = nll_sum(peer, windows)
        peer.close()
        ppl = np.exp(total / count)
        print(f"{path.name}: perplexity {ppl:.4f} over {count} tokens of {len(windows)} windows of {args.ctx}")
        if not args.caracal:
            continue
        ours = caracal_says(args.caracal, path, args.text, args.ctx, args.windows)
        off = ours["ppl"] / ppl - 1
        equal = abs(off) <= TOLERANCE and ours["tokens"] == count
        all_equal &= equal
        print(f"  caracal: {ours['ppl']:.4f} over {ours['tokens']} tokens, {100 * off:+.4f} %{'' if equal else '  DIFFERS'}")
    raise SystemExit(0 if all_equal else 1)


if __name__ == "__main__":
    main()
