#!/usr/bin/env python3
"""Writes the tiny seeded encoders and their golden hidden states (format: tests/goldens/encoders/README.md).

    python3 make_tiny_encoders.py DIR            # write
    python3 make_tiny_encoders.py --check DIR    # regenerate aside and compare with what lies in DIR;
                                                 # then see that typical mistakes miss the bar
"""

import argparse
import json
import math
import string
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np

from bert import POOLINGS, Bert
from tiny_specs import F16, F32, Q8_0

LENGTHS = (75, 24, 2)  # past a chunk of 64 keys; odd ends; no words at all
KEPT_ROWS = 6
BAR = 2e-3  # of a row's range
MARGIN = 10
SPACE = "\u2581"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
UNK, CLS, SEP = 1, 2, 3


@dataclass(frozen=True)
class EncoderSpec:
    name: str
    what: str
    seed: int
    pooling: str
    n_layers: int = 2
    n_heads: int = 3
    d_model: int = 36
    d_ff: int = 100
    n_positions: int = 80
    type: gguf.GGMLQuantizationType = F32


ENCODERS = [
    EncoderSpec("bert-awkward", "widths that no vector divides: d_model 36, three heads of 12, d_ff 100", 31, "mean"),
    EncoderSpec("bert-q8_0", "Q8_0 matrices and F16 positions, CLS pooling", 32, "cls", n_heads=2, d_model=64, d_ff=96,
                type=Q8_0),
]


def vocabulary() -> list[str]:
    """Special tokens, every letter at a word's start and inside it, a few longer pieces."""
    letters = [*string.ascii_lowercase, *string.digits]
    words = [SPACE + w for w in ("the", "cat", "sat", "on", "mat", "dog", ".", ",", "!", "?")]
    return SPECIAL + words + [SPACE + c for c in letters] + letters + ["ing", "ed", "er"]


def write_model(spec: EncoderSpec, path: Path):
    writer = gguf.GGUFWriter(path, "bert")
    writer.add_name(f"caracal tiny {spec.name}")
    writer.add_context_length(spec.n_positions)
    writer.add_embedding_length(spec.d_model)
    writer.add_feed_forward_length(spec.d_ff)
    writer.add_block_count(spec.n_layers)
    writer.add_head_count(spec.n_heads)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType(POOLINGS.index(spec.pooling)))
    pieces = vocabulary()
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(pieces)
    writer.add_token_types([gguf.TokenType.CONTROL] * len(SPECIAL)
                           + [gguf.TokenType.NORMAL] * (len(pieces) - len(SPECIAL)))
    writer.add_token_type_count(2)
    writer.add_pad_token_id(0)
    writer.add_unk_token_id(UNK)
    writer.add_bos_token_id(CLS)  # what converters write since llama.cpp calls CLS so
    writer.add_sep_token_id(SEP)
    writer.add_mask_token_id(4)
    for name, values, kind in tensors(spec, len(pieces)):
        writer.add_tensor(name, gguf.quants.quantize(values.astype(np.float32), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def tensors(spec: EncoderSpec, n_vocab: int):
    """Yields name, float values, type. Gains keep every part visible in the hidden states."""
    rng = np.random.Generator(np.random.PCG64(spec.seed))
    d = spec.d_model
    table_type = F32 if spec.type == F32 else F16

    def norm(name: str):
        yield f"{name}.weight", 1.0 + 0.2 * rng.standard_normal(d), F32
        yield f"{name}.bias", 0.2 * rng.standard_normal(d), F32

    yield "token_embd.weight", rng.standard_normal((n_vocab, d)), spec.type
    yield "position_embd.weight", 0.7 * rng.standard_normal((spec.n_positions, d)), table_type
    yield "token_types.weight", 0.7 * rng.standard_normal((2, d)), F32
    yield from norm("token_embd_norm")
    for i in range(spec.n_layers):
        for name, n_out, n_in, gain in (("attn_q", d, d, 1.5), ("attn_k", d, d, 1.5), ("attn_v", d, d, 1.5),
                                        ("attn_output", d, d, 1.5), ("ffn_up", spec.d_ff, d, 1.5),
                                        ("ffn_down", d, spec.d_ff, 1.5)):
            yield f"blk.{i}.{name}.weight", rng.standard_normal((n_out, n_in)) * gain / math.sqrt(n_in), spec.type
            yield f"blk.{i}.{name}.bias", 0.5 * rng.standard_normal(n_out), F32
        yield from norm(f"blk.{i}.attn_output_norm")
        yield from norm(f"blk.{i}.layer_output_norm")


def sequences(spec: EncoderSpec) -> list[list[int]]:
    rng = np.random.Generator(np.random.PCG64(1000 + spec.seed))
    return [[CLS, *rng.integers(len(SPECIAL), len(vocabulary()), n - 2).tolist(), SEP] for n in LENGTHS]


def rounded(row: np.ndarray) -> list[float]:
    return [float(f"{v:.7g}") for v in row]


def golden(spec: EncoderSpec, path: Path) -> dict:
    oracle = Bert(path)
    kept = []
    for ids in sequences(spec):
        hidden = oracle.hidden(ids)
        positions = sorted(set(np.linspace(0, len(ids) - 1, KEPT_ROWS).round().astype(int).tolist()))
        kept.append({"ids": ids, "positions": positions, "hidden": [rounded(hidden[p]) for p in positions],
                     "mean": rounded(hidden.mean(axis=0))})
    return {"model": path.name, "oracle": "numpy float64 from dequantised tensors", "sequences": kept}


def write_all(directory: Path):
    entries = []
    for spec in ENCODERS:
        path, golden_path = directory / f"{spec.name}.gguf", directory / f"{spec.name}.golden.json"
        write_model(spec, path)
        golden_path.write_text(json.dumps(golden(spec, path), separators=(",", ":")) + "\n")
        entries.append({"name": spec.name, "gguf": path.name, "golden": golden_path.name, "what": spec.what})
    (directory / "MANIFEST.json").write_text(json.dumps({"models": entries}, indent=2) + "\n")


def differences(kept: Path, fresh: Path) -> list[str]:
    """What in `kept` is not as regenerated: files byte for byte, numbers to 1e-5 (BLAS may differ)."""
    found = []
    for spec in ENCODERS:
        name = f"{spec.name}.gguf"
        if (kept / name).read_bytes() != (fresh / name).read_bytes():
            found.append(f"{name} differs")
        old, new = (json.loads((d / f"{spec.name}.golden.json").read_text())["sequences"] for d in (kept, fresh))
        for a, b in zip(old, new, strict=True):
            if a["ids"] != b["ids"] or a["positions"] != b["positions"]:
                found.append(f"{spec.name}: ids or positions differ")
            elif not np.allclose(a["hidden"] + [a["mean"]], b["hidden"] + [b["mean"]], rtol=0, atol=1e-5):
                found.append(f"{spec.name}: hidden states differ")
    return found


class Causal(Bert):
    def masked(self, scores):
        return np.where(np.tri(scores.shape[-1], dtype=bool), scores, -np.inf)


class WithoutPositions(Bert):
    def embed(self, ids):
        return self.tokens[ids] + self.token_type


class WithoutTokenType(Bert):
    def embed(self, ids):
        return self.tokens[ids] + self.positions[: len(ids)]


class Relu(Bert):
    def activate(self, x):
        return np.maximum(x, 0)


class RmsNorms(Bert):
    def __init__(self, path):
        super().__init__(path)
        for norm in (self.embedding_norm, *(n for layer in self.layers
                                            for n in (layer.attn_output_norm, layer.layer_output_norm))):
            norm.__class__ = RmsNorm


class RmsNorm:
    def __call__(self, x):
        return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + self.eps) * self.weight + self.bias


def invisible_mistakes(directory: Path) -> list[str]:
    """Mistakes that the goldens would not notice by ten times the bar."""
    found = []
    for spec in ENCODERS:
        path = directory / f"{spec.name}.gguf"
        right, ids = Bert(path), sequences(spec)[0]
        hidden = right.hidden(ids)
        for mistake in (Causal, WithoutPositions, WithoutTokenType, Relu, RmsNorms):
            moved = np.abs(mistake(path).hidden(ids) - hidden).max(axis=-1) / np.ptp(hidden, axis=-1)
            if moved.max() < MARGIN * BAR:
                found.append(f"{spec.name}: {mistake.__name__} moves the rows by {moved.max():.1e} of their range only")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    args = parser.parse_args()
    if not args.check:
        args.directory.mkdir(parents=True, exist_ok=True)
        write_all(args.directory)
        return 0
    with tempfile.TemporaryDirectory() as fresh:
        write_all(Path(fresh))
        found = differences(args.directory, Path(fresh))
    found += invisible_mistakes(args.directory)
    print("\n".join(found) or f"{len(ENCODERS)} encoders as regenerated; every mistake shows")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
