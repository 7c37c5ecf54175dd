"""A decoder-only transformer in plain float arithmetic: what all families share.

    x = embedding of the ids
    x = x + attention(norm(x)); x = x + ffn(norm(x))     for each layer
    logits = head(norm(x))

with RMS norm, rotary attention over grouped KV heads and a gated FFN. A family (families.py) sets what differs.
Several ragged sequences run in one call; each has its own KV cache, so prefill, teacher forcing and decoding
are the same function.
"""

import math

import numpy as np

from checkpoint import Checkpoint
from rope import Rope, rope_of


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

    def __init__(self, weight: np.ndarray, bias: np.ndarray | None = None):
        self.weight = weight
        self.bias = bias

    def __call__(self, x: np.ndarray) -> np.ndarray:
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias


class Layer:
    """The weights of one layer, by the names of GGUF tensors, and what sets it apart from other layers."""

    LINEARS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")

    def __init__(self, rope: Rope | None):
        self.rope = rope  # None: no position embedding
        self.window: int | None = None  # keys a query sees, its own among them; None: all
        # Norms of what attention and FFN read, of Q and K, of what attention and FFN give back; None: no such norm.
        self.attn_norm = self.ffn_norm = None
        self.attn_q_norm = self.attn_k_norm = self.post_attention_norm = self.post_ffw_norm = None


def silu(x: np.ndarray) -> np.ndarray:
    # The exponential of a large negative number overflows to infinity; the quotient is then 0, as it should be.
    with np.errstate(over="ignore"):
        return x / (1.0 + np.exp(-x))


def gelu_tanh(x: np.ndarray) -> np.ndarray:
    return 0.5 * x * (1.0 + np.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * x**3)))


def softcap(x: np.ndarray, cap: float | None) -> np.ndarray:
    return x if cap is None else cap * np.tanh(x / cap)


class Decoder:
    pairs = "halves"  # see rope.py
    norms = ("attn_norm", "ffn_norm")  # the RMS norms of a layer
    activation = staticmethod(silu)

    def __init__(self, model: Checkpoint, dtype=np.float64, context: int | None = None):
        """context: how long sequences may grow; None: as long as the file says."""
        self.model, self.dtype = model, dtype
        self.n_layers = model.arch_get("block_count")
        self.n_heads = model.arch_get("attention.head_count")
        self.n_kv_heads = model.arch_get("attention.head_count_kv", self.n_heads)
        self.d_model = model.arch_get("embedding_length")
        self.head_dim = model.arch_get("attention.key_length", self.d_model // self.n_heads)
        self.eps = model.arch_get("attention.layer_norm_rms_epsilon")
        self.attn_scale = self.head_dim**-0.5
        self.attn_softcap = self.logit_softcap = None
        self.embedding_scale = self.residual_scale = self.logit_scale = 1.0
        self.embedding = model.tensor("token_embd.weight", dtype)
        self.output_norm = model.tensor("output_norm.weight", dtype)
        self.head = model.optional("output.weight", dtype)
        if self.head is None:
            self.head = self.embedding
        rope = rope_of(model, self.head_dim, self.pairs, context or model.arch_get("context_length"))
        self.layers = [self._load_layer(i, rope) for i in range(self.n_layers)]
        self.configure()

    def configure(self):
        """The family's own hyper-parameters."""

    def load_linears(self, prefix: str) -> dict[str, Linear]:
        return {name: Linear(self.model.tensor(f"{prefix}{name}.weight", self.dtype),
                             self.model.optional(f"{prefix}{name}.bias", self.dtype)) for name in Layer.LINEARS}

    def _load_layer(self, index: int, rope: Rope) -> Layer:
        layer, prefix = Layer(rope), f"blk.{index}."
        for name in self.norms:
            setattr(layer, name, self.model.tensor(f"{prefix}{name}.weight", self.dtype))
        for name, linear in self.load_linears(prefix).items():
            setattr(layer, name, linear)
        return layer

    def set_windows(self, period: int, default: int | None = None):
        """Of every `period` layers all but the last see attention.sliding_window keys; period 0: all layers."""
        window = self.model.get(f"{self.model.arch}.attention.sliding_window", default)
        pattern = self.model.get(f"{self.model.arch}.attention.sliding_window_pattern", period)
        for index, layer in enumerate(self.layers):
            listed = pattern[index] if isinstance(pattern, list) else pattern == 0 or (index + 1) % pattern != 0
            layer.window = window if listed and window else None

    def new_cache(self) -> KvCache:
        return KvCache(self.n_layers)

    def forward(self, batch: list, caches: list[KvCache], last_only: bool = False) -> list[np.ndarray]:
        """Appends batch[i] (token ids) to sequence i. Returns logits [rows, n_vocab] per sequence;
        with last_only just the last row of each."""
        ends = np.cumsum([len(ids) for ids in batch])
        spans = [slice(end - len(ids), end) for ids, end in zip(batch, ends)]
        positions = [np.arange(len(ids)) + cache.tokens for ids, cache in zip(batch, caches)]
        x = self.embedding[np.concatenate([np.asarray(ids, dtype=np.int64) for ids in batch])]
        x = x * self.dtype(self.embedding_scale)
        for index, layer in enumerate(self.layers):
            x = x + self._attention(layer, index, x, spans, positions, caches) * self.dtype(self.residual_scale)
            x = x + self._ffn(layer, x) * self.dtype(self.residual_scale)
        x = self._norm(x, self.output_norm)
        if last_only:
            return list(self._logits(x[ends - 1])[:, None])
        return [self._logits(x[span]) for span in spans]

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

    def _logits(self, x: np.ndarray) -> np.ndarray:
        return softcap(x @ self.head.T * self.dtype(self.logit_scale), self.logit_softcap)

    def _norm(self, x: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
        """RMS norm over the last axis; weight None: x as it is."""
        if weight is None:
            return x
        return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + self.dtype(self.eps)) * weight

    def _attention(self, layer, index, x, spans, positions, caches) -> np.ndarray:
        x = self._norm(x, layer.attn_norm)
        rows = len(x)
        q, k = self._project(layer, x)
        v = layer.attn_v(x).reshape(rows, self.n_kv_heads, self.head_dim)
        mixed = np.empty_like(q)
        for span, pos, cache in zip(spans, positions, caches):
            turned_q, turned_k = (y[span] if layer.rope is None else layer.rope.rotate(y[span], pos) for y in (q, k))
            keys, values = cache.append(index, turned_k, v[span])
            mixed[span] = self._attend(turned_q, keys, values, pos, layer.window)
        return self._norm(layer.attn_output(mixed.reshape(rows, -1)), layer.post_attention_norm)

    def _project(self, layer, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Q and K before they turn: [rows, heads, head_dim]."""
        rows = len(x)
        q = self._norm(layer.attn_q(x).reshape(rows, self.n_heads, self.head_dim), layer.attn_q_norm)
        k = self._norm(layer.attn_k(x).reshape(rows, self.n_kv_heads, self.head_dim), layer.attn_k_norm)
        return q, k

    def _attend(self, q, keys, values, positions, window) -> np.ndarray:
        """softmax(q·kᵀ·scale)·v, causal. q: [rows, n_heads, head_dim], keys: [tokens, n_kv_heads, head_dim]."""
        rows, group = len(q), self.n_heads // self.n_kv_heads
        # [n_kv_heads, group, rows, head_dim]: query head h reads KV head h / group.
        q = q.reshape(rows, self.n_kv_heads, group, self.head_dim).transpose(1, 2, 0, 3)
        scores = q @ keys.transpose(1, 2, 0)[:, None] * self.dtype(self.attn_scale)
        scores = softcap(scores, self.attn_softcap)
        distance = positions[:, None] - np.arange(len(keys))
        hidden = distance < 0 if window is None else (distance < 0) | (distance >= window)
        scores = np.where(hidden, self.dtype(-np.inf), scores)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed = weights @ values.transpose(1, 0, 2)[:, None]
        return mixed.transpose(2, 0, 1, 3).reshape(rows, self.n_heads, self.head_dim)

    def _ffn(self, layer, x: np.ndarray) -> np.ndarray:
        x = self._norm(x, layer.ffn_norm)
        mixed = layer.ffn_down(self.activation(layer.ffn_gate(x)) * layer.ffn_up(x))
        return self._norm(mixed, layer.post_ffw_norm)
