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

import families
from decoder import Decoder, Layer, silu
from rope import plain_frequencies

BAR = 2e-3
MARGIN = 10


def set_all(oracle: Decoder, **values):
    """Gives attributes of the decoder, or of every layer, other values."""
    for name, value in values.items():
        for owner in [oracle] if hasattr(oracle, name) else oracle.layers:
            setattr(owner, name, value)


def change_rope(oracle: Decoder, **changes):
    for layer in oracle.layers:
        layer.rope = layer.rope and replace(layer.rope, **changes)


def shuffle_kv_heads(oracle: Decoder):
    """Query head h reads KV head h % n_kv_heads: the heads of Q in the wrong order."""
    group = oracle.n_heads // oracle.n_kv_heads
    order = np.arange(oracle.n_heads).reshape(group, oracle.n_kv_heads).T.reshape(-1)
    rows = (order[:, None] * oracle.head_dim + np.arange(oracle.head_dim)).reshape(-1)
    for layer in oracle.layers:
        layer.attn_q.weight = layer.attn_q.weight[rows]
        layer.attn_output.weight = layer.attn_output.weight[:, rows]
        if layer.attn_q.bias is not None:
            layer.attn_q.bias = layer.attn_q.bias[rows]


def drop_bias(oracle: Decoder, name: str):
    for layer in oracle.layers:
        getattr(layer, name).bias = None


def silence(oracle: Decoder, index: int, name: str):
    linear = getattr(oracle.layers[index], name)
    linear.weight = np.zeros_like(linear.weight)
    linear.bias = None


def shift_windows(oracle: Decoder):
    """Layers exchange their windows and rotations with the next one."""
    kinds = [(layer.window, layer.rope) for layer in oracle.layers]
    for layer, (window, rope) in zip(oracle.layers, kinds[1:] + kinds[:1]):
        layer.window, layer.rope = window, rope


def widen_windows(oracle: Decoder):
    for layer in oracle.layers:
        layer.window = layer.window and layer.window + 1


def normalise_head_by_head(oracle: Decoder):
    for layer in oracle.layers:
        for name in ("attn_q_norm", "attn_k_norm"):
            setattr(layer, name, getattr(layer, name).reshape(-1, oracle.head_dim))
    oracle._project = lambda layer, x: Decoder._project(oracle, layer, x)


def normalise_before_blocks(oracle: Decoder):
    for layer in oracle.layers:
        layer.attn_norm, layer.ffn_norm = layer.post_attention_norm, layer.post_ffw_norm
        layer.post_attention_norm = layer.post_ffw_norm = None


def mistakes(oracle: Decoder):
    """Yields name and a function that damages a freshly loaded oracle."""
    other = {"halves": "neighbours", "neighbours": "halves"}[oracle.pairs]
    yield f"rotation over {other}", lambda o: change_rope(o, pairs=other)
    for index in range(oracle.n_layers):
        yield f"layer {index} without attention", lambda o, i=index: silence(o, i, "attn_output")
        yield f"layer {index} without FFN", lambda o, i=index: silence(o, i, "ffn_down")
    if 1 < oracle.n_kv_heads < oracle.n_heads:
        yield "KV heads in the wrong order", shuffle_kv_heads
    for name in Layer.LINEARS:
        if getattr(oracle.layers[0], name).bias is not None:
            yield f"{name} without its bias", lambda o, n=name: drop_bias(o, n)
    yield from mistakes_of_rope(oracle)
    yield from mistakes_of_windows(oracle)
    for name in ("attn_q_norm", "attn_k_norm", "post_attention_norm", "post_ffw_norm"):
        if getattr(oracle.layers[0], name) is not None:
            yield f"without {name}", lambda o, n=name: set_all(o, **{n: None})
    first = oracle.layers[0]
    if first.attn_q_norm is not None and len(first.attn_q_norm) != oracle.head_dim:
        yield "Q and K normalised head by head", normalise_head_by_head
    if first.attn_norm is None:
        yield "norms before the blocks", normalise_before_blocks
    for name in ("attn_softcap", "logit_softcap"):
        if getattr(oracle, name) is not None:
            yield f"without {name}", lambda o, n=name: set_all(o, **{n: None})
    plain = {"embedding_scale": 1.0, "residual_scale": 1.0, "logit_scale": 1.0, "attn_scale": oracle.head_dim**-0.5}
    for name, value in plain.items():
        if getattr(oracle, name) != value:
            yield f"without {name}", lambda o, n=name, v=value: set_all(o, **{n: v})
    if oracle.activation is not silu:
        yield "SiLU in place of GeLU", lambda o: setattr(o, "activation", silu)


def mistakes_of_rope(oracle: Decoder):
    ropes = [layer.rope for layer in oracle.layers]
    turning = next(rope for rope in ropes if rope)
    base = float(oracle.model.arch_get("rope.freq_base", 10000.0))
    plain = plain_frequencies(2 * len(turning.inv_freq), base)
    whole = plain_frequencies(oracle.head_dim, base)
    if any(rope and not np.allclose(rope.inv_freq, plain) for rope in ropes):
        yield "one rotation for all, without scaling", lambda o: change_rope(o, inv_freq=plain)
    if len(plain) != len(whole):
        yield "rotation of the whole head", lambda o: change_rope(o, inv_freq=whole)
    if turning.magnitude != 1.0:
        yield "rotation without its magnitude", lambda o: change_rope(o, magnitude=1.0)
    if None in ropes:
        yield "a rotation on every layer", lambda o: set_all(o, rope=turning)
    if oracle.model.has("rope_factors_long.weight"):
        for length in ("short", "long"):
            divisors = oracle.model.tensor(f"rope_factors_{length}.weight")
            yield f"LongRoPE's {length} divisors always", lambda o, d=divisors: change_rope(o, inv_freq=plain / d)


def mistakes_of_windows(oracle: Decoder):
    windows = [layer.window for layer in oracle.layers]
    if any(windows):
        yield "without windows", lambda o: set_all(o, window=None)
        yield "windows of one key more", widen_windows
    if len({bool(window) for window in windows}) > 1:
        yield "windows on other layers", shift_windows


def movement(load, damage, sequences: list[dict]) -> float:
    """Largest difference from the golden, as a share of the row's range."""
    worst = 0.0
    for sequence in sequences:
        oracle = load(sequence.get("context"))
        damage(oracle)
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
        sequences = json.loads((directory / entry["golden"]).read_text())["sequences"]

        def load(context: int | None = None) -> Decoder:
            return families.load(directory / entry["gguf"], context=context)

        exact = movement(load, lambda oracle: None, sequences)
        failures += exact > 1e-6
        print(f"{entry['name']}: golden reproduced within {exact:.1e} of the range")
        for name, damage in mistakes(load()):
            moved = movement(load, damage, sequences)
            visible = moved >= MARGIN * BAR
            failures += not visible
            print(f"  {'ok  ' if visible else 'FAIL'} {name}: moves the logits by {moved:.3f} of the range")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
