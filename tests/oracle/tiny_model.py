"""Writes one tiny model from its spec: seeded weights, a small SentencePiece-style vocabulary."""

import math
import string
from pathlib import Path

import gguf
import numpy as np

from tiny_specs import F32, LINEARS, TinySpec

CONTEXT = 256
SPACE = "\u2581"
# The norms of a layer, where they are not the ones before its blocks alone.
BEFORE = ("attn_norm", "ffn_norm")
BEHIND = ("post_attention_norm", "post_ffw_norm")
QK_NORMS = ("attn_q_norm", "attn_k_norm")
NORMS = {"qwen3": BEFORE + QK_NORMS, "gemma2": BEFORE + BEHIND, "gemma3": BEFORE + BEHIND + QK_NORMS,
         "olmo2": BEHIND + QK_NORMS}
NORMS_OF_WHOLE_Q_AND_K = ("olmo2",)  # elsewhere each head is normalised alone
# Tensors that hold several linears, in this order.
FUSED = {"phi3": {"attn_qkv": ("attn_q", "attn_k", "attn_v"), "ffn_up": ("ffn_gate", "ffn_up")}}


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
    writer = gguf.GGUFWriter(path, spec.arch)
    _write_metadata(writer, spec)
    for name, values, kind in _tensors(spec):
        writer.add_tensor(name, gguf.quants.quantize(values.astype(np.float32), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _write_metadata(writer: gguf.GGUFWriter, spec: TinySpec):
    # llama.cpp expects Phi-3's own special tokens in a model with "phi3" in its name.
    writer.add_name(f"caracal tiny {spec.name.replace('phi3', 'phi')}")
    writer.add_context_length(max(spec.contexts or (CONTEXT,)))
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
        _add_key(writer, f"{spec.arch}.rope.{key}", value)
    for key, value in spec.keys.items():
        _add_key(writer, f"{spec.arch}.{key}", value)
    pieces, scores, types = vocabulary(spec.n_vocab)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(pieces)
    writer.add_token_scores(scores)
    writer.add_token_types(types)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)


def _add_key(writer: gguf.GGUFWriter, key: str, value):
    add = {str: writer.add_string, int: writer.add_uint32, float: writer.add_float32, list: writer.add_array}
    add[type(value)](key, value)


def _tensors(spec: TinySpec):
    """Yields name, float values, type. Gains keep every layer, and attention in it, visible in the logits."""
    rng = np.random.Generator(np.random.PCG64(spec.seed))

    def norm(width: int) -> np.ndarray:
        return 1.0 + 0.2 * rng.standard_normal(width)

    embedding_type = spec.type if spec.embedding_type is None else spec.embedding_type
    embedding = spec.embedding_gain * rng.standard_normal((spec.n_vocab, spec.d_model))
    yield "token_embd.weight", embedding, embedding_type
    if spec.rope_freqs is not None:
        yield "rope_freqs.weight", llama3_rope_factors(spec), F32
    if spec.longrope:
        pairs = spec.rope["dimension_count"] // 2
        yield "rope_factors_short.weight", 1.0 + 0.5 * rng.random(pairs), F32
        yield "rope_factors_long.weight", 1.0 + 8.0 * rng.random(pairs), F32
    for i in range(spec.n_layers):
        for name in NORMS.get(spec.arch, BEFORE):
            yield f"blk.{i}.{name}.weight", norm(_width_of_norm(spec, name)), F32
        for name, values, kind in _linears(spec, rng):
            yield f"blk.{i}.{name}", values, kind
    yield "output_norm.weight", norm(spec.d_model), F32
    if not spec.tied:
        yield "output.weight", _matrix(rng, spec.n_vocab, spec.d_model, 2.0), spec.type


def _width_of_norm(spec: TinySpec, name: str) -> int:
    if name not in QK_NORMS:
        return spec.d_model
    if spec.arch not in NORMS_OF_WHOLE_Q_AND_K:
        return spec.head_dim
    return spec.head_dim * (spec.n_heads if name == "attn_q_norm" else spec.n_kv_heads)


def _matrix(rng: np.random.Generator, n_out: int, n_in: int, gain: float = 1.5) -> np.ndarray:
    return rng.standard_normal((n_out, n_in)) * gain / math.sqrt(n_in)


def _linears(spec: TinySpec, rng: np.random.Generator):
    """Yields tensor name, values, type of one layer's linears and their biases."""
    q_dim, kv_dim = spec.n_heads * spec.head_dim, spec.n_kv_heads * spec.head_dim
    sizes = {"attn_q": (q_dim, spec.d_model), "attn_k": (kv_dim, spec.d_model), "attn_v": (kv_dim, spec.d_model),
             "attn_output": (spec.d_model, q_dim), "ffn_gate": (spec.d_ff, spec.d_model),
             "ffn_up": (spec.d_ff, spec.d_model), "ffn_down": (spec.d_model, spec.d_ff)}
    fused = FUSED.get(spec.arch, {})
    tensors = {member: tensor for tensor, members in fused.items() for member in members}
    rows = {}
    for name in LINEARS:
        tensor = tensors.get(name, name)
        rows.setdefault(tensor, []).append(_matrix(rng, *sizes[name]))
        if len(rows[tensor]) == len(fused.get(tensor, (name,))):
            yield f"{tensor}.weight", np.concatenate(rows[tensor]), spec.type
        if name in spec.biases:
            yield f"{name}.bias", 0.5 * rng.standard_normal(sizes[name][0]), F32
