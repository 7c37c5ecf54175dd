"""The Llama family in plain float arithmetic: what the engine's logits are judged against.

Llama 2 and 3.x, SmolLM2, Mistral: RMS norm, rotary attention with grouped KV heads, SwiGLU, tied or
untied head, optional biases. Several ragged sequences run in one call; each has its own KV cache, so
prefill, teacher forcing and decoding are the same function.
"""

from pathlib import Path

import numpy as np

from checkpoint import Checkpoint
from rope import rope_of


class KvCache:
    """Keys and values of one sequence: per layer [tokens, n_kv_heads, head_dim]."""

    def __init__(self, n_layers: int):
        self.keys: list[np.ndarray | None] = [None] * n_layers
        self.values: list[np.ndarray | None] = [None] * n_layers

    @property
    def tokens(self) -> int:
        return 0 if self.keys[0] is None else len(self.keys[0])

    def append(self, layer: int, keys: np.ndarray, values: np.ndarray):
        if self.keys[layer] is not None:
            keys = np.concatenate([self.keys[layer], keys])
            values = np.concatenate([self.values[layer], values])
        self.keys[layer], self.values[layer] = keys, values
        return keys, values


class Linear:
    """y = x Wᵀ + b, W: [n_out, n_in]."""

    def __init__(self, model: Checkpoint, name: str, dtype):
        self.weight = model.tensor(f"{name}.weight", dtype)
        self.bias = model.optional(f"{name}.bias", dtype)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


class Layer:
    LINEARS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")

    def __init__(self, model: Checkpoint, index: int, dtype):
        prefix = f"blk.{index}."
        self.attn_norm = model.tensor(prefix + "attn_norm.weight", dtype)
        self.ffn_norm = model.tensor(prefix + "ffn_norm.weight", dtype)
        for name in self.LINEARS:
            setattr(self, name, Linear(model, prefix + name, dtype))


class Llama:
    def __init__(self, path: str | Path, dtype=np.float64):
        model = Checkpoint(path)
        if model.arch != "llama":
            raise ValueError(f"{path}: architecture '{model.arch}', the oracle runs 'llama'")
        self.dtype = dtype
        self.n_layers = model.arch_get("block_count")
        self.n_heads = model.arch_get("attention.head_count")
        self.n_kv_heads = model.arch_get("attention.head_count_kv", self.n_heads)
        d_model = model.arch_get("embedding_length")
        self.head_dim = model.arch_get("attention.key_length", d_model // self.n_heads)
        self.eps = model.arch_get("attention.layer_norm_rms_epsilon")
        self.rope = rope_of(model, self.head_dim)
        self.embedding = model.tensor("token_embd.weight", dtype)
        self.output_norm = model.tensor("output_norm.weight", dtype)
        self.head = model.optional("output.weight", dtype)
        if self.head is None:
            self.head = self.embedding
        self.layers = [Layer(model, i, dtype) for i in range(self.n_layers)]

    def new_cache(self) -> KvCache:
        return KvCache(self.n_layers)

    def forward(self, batch: list, caches: list[KvCache], last_only: bool = False) -> list[np.ndarray]:
        """Appends batch[i] (token ids) to sequence i. Returns logits [rows, n_vocab] per sequence;
        with last_only just the last row of each."""
        ends = np.cumsum([len(ids) for ids in batch])
        spans = [slice(end - len(ids), end) for ids, end in zip(batch, ends)]
        positions = [np.arange(len(ids)) + cache.tokens for ids, cache in zip(batch, caches)]
        x = self.embedding[np.concatenate([np.asarray(ids, dtype=np.int64) for ids in batch])]
        for index, layer in enumerate(self.layers):
            x = x + self._attention(layer, index, x, spans, positions, caches)
            x = x + self._ffn(layer, x)
        x = self._norm(x, self.output_norm)
        if last_only:
            return list((x[ends - 1] @ self.head.T)[:, None])
        return [x[span] @ self.head.T for span in spans]

    def logits(self, ids: list[int]) -> np.ndarray:
        """Teacher forcing: logits [len(ids), n_vocab] of one sequence from an empty cache."""
        return self.forward([ids], [self.new_cache()])[0]

    def greedy(self, prompts: list[list[int]], n_tokens: int) -> list[list[int]]:
        """The n_tokens most likely continuations of each prompt, one after the other; no stop ids."""
        caches = [self.new_cache() for _ in prompts]
        texts = [[] for _ in prompts]
        batch = prompts
        for _ in range(n_tokens):
            rows = self.forward(batch, caches, last_only=True)
            batch = [[int(np.argmax(row[-1]))] for row in rows]
            for text, ids in zip(texts, batch):
                text += ids
        return texts

    def _norm(self, x: np.ndarray, weight: np.ndarray) -> np.ndarray:
        return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + self.eps) * weight

    def _attention(self, layer, index, x, spans, positions, caches) -> np.ndarray:
        x = self._norm(x, layer.attn_norm)
        rows = len(x)
        q = layer.attn_q(x).reshape(rows, self.n_heads, self.head_dim)
        k = layer.attn_k(x).reshape(rows, self.n_kv_heads, self.head_dim)
        v = layer.attn_v(x).reshape(rows, self.n_kv_heads, self.head_dim)
        mixed = np.empty_like(q)
        for span, pos, cache in zip(spans, positions, caches):
            keys, values = cache.append(index, self.rope.rotate(k[span], pos), v[span])
            mixed[span] = self._attend(self.rope.rotate(q[span], pos), keys, values, pos)
        return layer.attn_output(mixed.reshape(rows, -1))

    def _attend(self, q, keys, values, positions) -> np.ndarray:
        """softmax(q·kᵀ/√head_dim)·v, causal. q: [rows, n_heads, head_dim], keys: [tokens, n_kv_heads, head_dim]."""
        rows, group = len(q), self.n_heads // self.n_kv_heads
        # [n_kv_heads, group, rows, head_dim]: query head h reads KV head h / group.
        q = q.reshape(rows, self.n_kv_heads, group, self.head_dim).transpose(1, 2, 0, 3)
        scores = q @ keys.transpose(1, 2, 0)[:, None] / np.sqrt(self.head_dim)
        future = np.arange(len(keys)) > positions[:, None]
        scores = np.where(future, -np.inf, scores)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed = weights @ values.transpose(1, 0, 2)[:, None]
        return mixed.transpose(2, 0, 1, 3).reshape(rows, self.n_heads, self.head_dim)

    def _ffn(self, layer, x: np.ndarray) -> np.ndarray:
        x = self._norm(x, layer.ffn_norm)
        gate = layer.ffn_gate(x)
        # The exponential of a large negative gate overflows to infinity; the quotient is then 0, as it should be.
        with np.errstate(over="ignore"):
            return layer.ffn_down(gate / (1.0 + np.exp(-gate)) * layer.ffn_up(x))
