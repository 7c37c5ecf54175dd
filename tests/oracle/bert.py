"""BERT in plain float arithmetic: what the engine's embeddings are judged against.

Devlin et al. 2019, with the names that GGUF gives its tensors: learned positions, the first token type,
layer norms behind the sums, every token attends to its whole text, exact GeLU.
"""

from math import erfc, sqrt
from pathlib import Path

import numpy as np

from checkpoint import Checkpoint
from decoder import Linear

_erfc = np.vectorize(erfc, otypes=[np.float64])
POOLINGS = ("none", "mean", "cls", "last")  # by GGUF's number


def gelu(x: np.ndarray) -> np.ndarray:
    return 0.5 * x * _erfc(-x / sqrt(2.0))


class LayerNorm:
    def __init__(self, model: Checkpoint, name: str, eps: float):
        self.weight, self.bias = model.tensor(f"{name}.weight"), model.tensor(f"{name}.bias")
        self.eps = eps

    def __call__(self, x: np.ndarray) -> np.ndarray:
        d = x - x.mean(axis=-1, keepdims=True)
        return d / np.sqrt(np.mean(d * d, axis=-1, keepdims=True) + self.eps) * self.weight + self.bias


class Layer:
    LINEARS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_up", "ffn_down")

    def __init__(self, model: Checkpoint, index: int, eps: float):
        prefix = f"blk.{index}."
        for name in self.LINEARS:
            stem = prefix + name
            setattr(self, name, Linear(model.tensor(f"{stem}.weight"), model.optional(f"{stem}.bias")))
        self.attn_output_norm = LayerNorm(model, prefix + "attn_output_norm", eps)
        self.layer_output_norm = LayerNorm(model, prefix + "layer_output_norm", eps)


class Bert:
    def __init__(self, path: str | Path):
        model = Checkpoint(path)
        if model.arch != "bert":
            raise ValueError(f"{path}: architecture '{model.arch}', expected 'bert'")
        self.n_heads = model.arch_get("attention.head_count")
        self.pooling = POOLINGS[model.arch_get("pooling_type")]
        eps = model.arch_get("attention.layer_norm_epsilon")
        self.tokens = model.tensor("token_embd.weight")
        self.positions = model.tensor("position_embd.weight")
        self.token_type = model.tensor("token_types.weight")[0]
        self.embedding_norm = LayerNorm(model, "token_embd_norm", eps)
        self.layers = [Layer(model, i, eps) for i in range(model.arch_get("block_count"))]

    def hidden(self, ids: list[int]) -> np.ndarray:
        """The final hidden state of every token of one text, [len(ids), d_model]."""
        x = self.embedding_norm(self.embed(ids))
        for layer in self.layers:
            x = layer.attn_output_norm(x + layer.attn_output(self.attend(layer, x)))
            x = layer.layer_output_norm(x + layer.ffn_down(self.activate(layer.ffn_up(x))))
        return x

    def embedding(self, ids: list[int], pooling: str | None = None) -> np.ndarray:
        """The vector of a text, not normalised: [d_model]; with pooling "none" the hidden states."""
        x = self.hidden(ids)
        return {"none": lambda: x, "mean": lambda: x.mean(axis=0), "cls": lambda: x[0],
                "last": lambda: x[-1]}[pooling or self.pooling]()

    def embed(self, ids: list[int]) -> np.ndarray:
        return self.tokens[ids] + self.positions[: len(ids)] + self.token_type

    def activate(self, x: np.ndarray) -> np.ndarray:
        return gelu(x)

    def attend(self, layer: Layer, x: np.ndarray) -> np.ndarray:
        """softmax(q·kᵀ/√head_dim)·v over the whole text."""
        rows = len(x)
        q, k, v = (linear(x).reshape(rows, self.n_heads, -1).transpose(1, 0, 2)
                   for linear in (layer.attn_q, layer.attn_k, layer.attn_v))
        scores = self.masked(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1]))
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        return (weights @ v).transpose(1, 0, 2).reshape(rows, -1)

    def masked(self, scores: np.ndarray) -> np.ndarray:
        return scores
