"""Writes one tiny Llama model from its spec: seeded weights, a small SentencePiece-style vocabulary."""

import math
import string
from pathlib import Path

import gguf
import numpy as np

from tiny_specs import F32, TinySpec

CONTEXT = 256
SPACE = "\u2581"


def vocabulary(n_vocab: int) -> tuple[list[str], list[float], list[gguf.TokenType]]:
    """Three special tokens, single characters, a few merges, numbered fillers up to n_vocab.

    Scores fall with the id, as SentencePiece writes them: longer pieces must win, so they come first.
    """
    special = ["<unk>", "<s>", "</s>"]
    merges = [SPACE + "the", "the", SPACE + "a", SPACE + "t", "th", "he", "in", "er", "on", "an"]
    letters = [SPACE, *string.ascii_lowercase, *string.digits, *"ABCDEFGHIJ", *".,!?'-:;()", "\n"]
    pieces = special + merges + letters
    pieces += [f"<extra_{i}>" for i in range(n_vocab - len(pieces))]
    if len(pieces) != n_vocab:
        raise ValueError(f"a vocabulary of {n_vocab} tokens is too small, {len(pieces)} needed")
    types = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    types += [gguf.TokenType.NORMAL] * (len(merges) + len(letters))
    types += [gguf.TokenType.UNUSED] * (n_vocab - len(types))
    scores = [0.0] * len(special) + [-float(i) for i in range(n_vocab - len(special))]
    return pieces, scores, types


def llama3_rope_factors(spec: TinySpec) -> np.ndarray:
    """Divisors of the rope frequencies, [rope_dim / 2] (Llama 3.1's `rope_type: llama3`)."""
    p = spec.rope_freqs
    base = spec.rope.get("freq_base", 10000.0)
    wavelength = 2 * math.pi * base ** (np.arange(0, spec.head_dim, 2) / spec.head_dim)
    smooth = (p["context"] / wavelength - p["low"]) / (p["high"] - p["low"])
    blended = 1.0 / ((1.0 - smooth) / p["factor"] + smooth)
    short, long = wavelength < p["context"] / p["high"], wavelength > p["context"] / p["low"]
    return np.where(short, 1.0, np.where(long, p["factor"], blended)).astype(np.float32)


def write_model(spec: TinySpec, path: Path):
    writer = gguf.GGUFWriter(path, "llama")
    _write_metadata(writer, spec)
    for name, values, kind in _tensors(spec):
        writer.add_tensor(name, gguf.quants.quantize(values.astype(np.float32), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _write_metadata(writer: gguf.GGUFWriter, spec: TinySpec):
    writer.add_name(f"caracal tiny {spec.name}")
    writer.add_context_length(CONTEXT)
    writer.add_vocab_size(spec.n_vocab)
    writer.add_embedding_length(spec.d_model)
    writer.add_block_count(spec.n_layers)
    writer.add_feed_forward_length(spec.d_ff)
    writer.add_head_count(spec.n_heads)
    writer.add_head_count_kv(spec.n_kv_heads)
    writer.add_key_length(spec.head_dim)
    writer.add_value_length(spec.head_dim)
    writer.add_layer_norm_rms_eps(1e-5)
    for key, value in {"dimension_count": spec.head_dim, **spec.rope}.items():
        add = {str: writer.add_string, int: writer.add_uint32, float: writer.add_float32}[type(value)]
        add(f"llama.rope.{key}", value)
    pieces, scores, types = vocabulary(spec.n_vocab)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(pieces)
    writer.add_token_scores(scores)
    writer.add_token_types(types)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)


def _tensors(spec: TinySpec):
    """Yields name, float values, type. Gains keep every layer, and attention in it, visible in the logits."""
    rng = np.random.Generator(np.random.PCG64(spec.seed))
    q_dim, kv_dim = spec.n_heads * spec.head_dim, spec.n_kv_heads * spec.head_dim

    def matrix(n_out: int, n_in: int, gain: float) -> np.ndarray:
        return rng.standard_normal((n_out, n_in)) * gain / math.sqrt(n_in)

    def norm() -> np.ndarray:
        return 1.0 + 0.2 * rng.standard_normal(spec.d_model)

    embedding_type = spec.type if spec.embedding_type is None else spec.embedding_type
    yield "token_embd.weight", rng.standard_normal((spec.n_vocab, spec.d_model)), embedding_type
    if spec.rope_freqs is not None:
        yield "rope_freqs.weight", llama3_rope_factors(spec), F32
    for i in range(spec.n_layers):
        linears = [("attn_q", q_dim, spec.d_model, 1.5), ("attn_k", kv_dim, spec.d_model, 1.5),
                   ("attn_v", kv_dim, spec.d_model, 1.5), ("attn_output", spec.d_model, q_dim, 1.5),
                   ("ffn_gate", spec.d_ff, spec.d_model, 1.5), ("ffn_up", spec.d_ff, spec.d_model, 1.5),
                   ("ffn_down", spec.d_model, spec.d_ff, 1.5)]
        yield f"blk.{i}.attn_norm.weight", norm(), F32
        yield f"blk.{i}.ffn_norm.weight", norm(), F32
        for name, n_out, n_in, gain in linears:
            yield f"blk.{i}.{name}.weight", matrix(n_out, n_in, gain), spec.type
            if spec.attention_bias if name.startswith("attn") else spec.ffn_bias:
                yield f"blk.{i}.{name}.bias", 0.5 * rng.standard_normal(n_out), F32
    yield "output_norm.weight", norm(), F32
    if not spec.tied:
        yield "output.weight", matrix(spec.n_vocab, spec.d_model, 2.0), spec.type
