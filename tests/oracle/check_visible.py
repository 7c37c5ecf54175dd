#!/usr/bin/env python3
"""Negative control of the goldens: an engine that gets one thing wrong must fail the parity bar.

Each model is run with one part of the computation damaged; the kept rows must move by at least ten
times the bar (2e-3 of a row's range), else the golden could not notice that mistake.

    python3 check_visible.py DIR
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from checkpoint import Checkpoint
from llama import Layer, Llama
from rope import Rope

BAR = 2e-3
MARGIN = 10


def plain_rope(oracle: Llama, model: Checkpoint) -> Rope:
    """The rotation with no scaling at all, over the whole head."""
    base = float(model.arch_get("rope.freq_base", 10000.0))
    return Rope(base ** (-np.arange(0, oracle.head_dim, 2) / oracle.head_dim), 1.0)


class HalvesRope(Rope):
    """Pairs (x[i], x[i + rope_dim/2]): right for other families, wrong for this one's files."""

    def rotate(self, x, positions):
        half = len(self.inv_freq)
        order = np.arange(x.shape[-1])
        order[0 : 2 * half : 2], order[1 : 2 * half : 2] = np.arange(half), half + np.arange(half)
        out = np.empty_like(x)
        out[..., order] = super().rotate(x[..., order], positions)
        return out


def shuffle_kv_heads(oracle: Llama):
    """Query head h reads KV head h % n_kv_heads: the heads of Q in the wrong order."""
    group = oracle.n_heads // oracle.n_kv_heads
    order = np.arange(oracle.n_heads).reshape(group, oracle.n_kv_heads).T.reshape(-1)
    rows = (order[:, None] * oracle.head_dim + np.arange(oracle.head_dim)).reshape(-1)
    for layer in oracle.layers:
        layer.attn_q.weight = layer.attn_q.weight[rows]
        layer.attn_output.weight = layer.attn_output.weight[:, rows]
        if layer.attn_q.bias is not None:
            layer.attn_q.bias = layer.attn_q.bias[rows]


def drop_bias(oracle: Llama, name: str):
    for layer in oracle.layers:
        getattr(layer, name).bias = None


def silence(oracle: Llama, index: int, name: str):
    linear = getattr(oracle.layers[index], name)
    linear.weight = np.zeros_like(linear.weight)


def mistakes(oracle: Llama, model: Checkpoint):
    """Yields name and a function that damages a freshly loaded oracle."""
    yield "rotation over halves", lambda o: setattr(o, "rope", HalvesRope(o.rope.inv_freq, o.rope.magnitude))
    for index in range(oracle.n_layers):
        yield f"layer {index} without attention", lambda o, i=index: silence(o, i, "attn_output")
        yield f"layer {index} without FFN", lambda o, i=index: silence(o, i, "ffn_down")
    if 1 < oracle.n_kv_heads < oracle.n_heads:
        yield "KV heads in the wrong order", shuffle_kv_heads
    plain = plain_rope(oracle, model)
    if len(plain.inv_freq) != len(oracle.rope.inv_freq) or not np.allclose(plain.inv_freq, oracle.rope.inv_freq):
        yield "rope without its scaling", lambda o: setattr(o, "rope", plain)
    if oracle.rope.magnitude != 1.0:
        yield "YaRN without its magnitude", lambda o: setattr(o, "rope", replace(o.rope, magnitude=1.0))
    for name in Layer.LINEARS:
        if getattr(oracle.layers[0], name).bias is not None:
            yield f"{name} without its bias", lambda o, n=name: drop_bias(o, n)


def movement(oracle: Llama, sequences: list[dict]) -> float:
    """Largest difference from the golden, as a share of the row's range."""
    worst = 0.0
    for sequence in sequences:
        rows = oracle.logits(sequence["ids"])[sequence["positions"]]
        expected = np.array(sequence["logits"])
        worst = max(worst, (np.abs(rows - expected).max(axis=-1) / np.ptp(expected, axis=-1)).max())
    return worst


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    directory = Path(sys.argv[1])
    failures = 0
    for entry in json.loads((directory / "MANIFEST.json").read_text())["models"]:
        path = directory / entry["gguf"]
        sequences = json.loads((directory / entry["golden"]).read_text())["sequences"]
        oracle, model = Llama(path), Checkpoint(path)
        exact = movement(oracle, sequences)
        failures += exact > 1e-6
        print(f"{entry['name']}: golden reproduced within {exact:.1e} of the range")
        for name, damage in mistakes(oracle, model):
            damaged = Llama(path)
            damage(damaged)
            moved = movement(damaged, sequences)
            visible = moved >= MARGIN * BAR
            failures += not visible
            print(f"  {'ok  ' if visible else 'FAIL'} {name}: moves the logits by {moved:.3f} of the range")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
