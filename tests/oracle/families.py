"""The model families, each as its difference from the shared decoder. Written from the papers and the reference
implementations that stand in each docstring, for the numbers as a GGUF file keeps them."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from checkpoint import Checkpoint
from decoder import Decoder, Linear, gelu_tanh
from rope import plain_frequencies

SANDWICH = ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm")
QK_NORMS = ("attn_q_norm", "attn_k_norm")


class Llama(Decoder):
    """Llama 2 and 3.x, SmolLM2 (Touvron et al. 2023); Mistral with its window on every layer (Jiang et al. 2023)."""

    pairs = "neighbours"

    def configure(self):
        self.set_windows(period=0)


class Qwen2(Decoder):
    """Yang et al. 2024: biases on Q, K and V, which the file has."""


class Qwen3(Decoder):
    """Yang et al. 2025: heads of Q and K are normalised before they turn."""

    norms = Decoder.norms + QK_NORMS


class Gemma2(Decoder):
    """Gemma Team 2024, arXiv:2408.00118: norms before and after attention and FFN, soft caps on scores and logits,
    a window on every other layer, the first among them. Files keep norm weights with their 1 added."""

    norms = SANDWICH
    activation = staticmethod(gelu_tanh)
    LAYERS_OF_27B = 46  # the one model that scales queries by d_model / n_heads

    def configure(self):
        self.embedding_scale = self.d_model**0.5
        self.attn_softcap = float(self.model.arch_get("attn_logit_softcapping", 50.0))
        self.logit_softcap = float(self.model.arch_get("final_logit_softcapping", 30.0))
        self.set_windows(period=2, default=4096)
        if self.n_layers == self.LAYERS_OF_27B:
            self.attn_scale = (self.d_model / self.n_heads) ** -0.5


class Gemma3(Gemma2):
    """Gemma Team 2025, arXiv:2503.19786: normalised Q and K in place of soft caps; five layers with a window and a
    rotation of their own (no context extension) for each one without."""

    norms = SANDWICH + QK_NORMS
    LAYERS_OF_27B = 62

    def configure(self):
        super().configure()
        self.attn_softcap = None
        self.logit_softcap = self.model.get("gemma3.final_logit_softcapping")
        self.set_windows(period=6)
        base = float(self.model.arch_get("rope.freq_base_swa", 10000.0))
        for layer in self.layers:
            if layer.window:
                layer.rope = replace(layer.rope, inv_freq=plain_frequencies(2 * len(layer.rope.inv_freq), base),
                                     magnitude=1.0)


class Phi3(Decoder):
    """Abdin et al. 2024, arXiv:2404.14219: Q, K and V in one tensor, gate and up in another; a window on every layer
    in the short-context models, LongRoPE in the long-context ones."""

    def load_linears(self, prefix: str) -> dict[str, Linear]:
        def whole(name: str) -> np.ndarray:
            return self.model.tensor(f"{prefix}{name}.weight", self.dtype)

        q_rows, kv_rows = self.n_heads * self.head_dim, self.n_kv_heads * self.head_dim
        q, k, v = np.split(whole("attn_qkv"), [q_rows, q_rows + kv_rows])
        gate, up = np.split(whole("ffn_up"), 2)
        weights = {"attn_q": q, "attn_k": k, "attn_v": v, "attn_output": whole("attn_output"),
                   "ffn_gate": gate, "ffn_up": up, "ffn_down": whole("ffn_down")}
        return {name: Linear(weight) for name, weight in weights.items()}

    def configure(self):
        self.set_windows(period=0)


class Granite(Llama):
    """IBM 2024: multipliers of embeddings, scores, what a block adds to the residual stream, and logits (the file
    keeps the divisor). rope.scaling.finetuned false turns the rotation off."""

    def configure(self):
        self.embedding_scale = float(self.model.arch_get("embedding_scale", 1.0))
        self.residual_scale = float(self.model.arch_get("residual_scale", 1.0))
        self.attn_scale = float(self.model.arch_get("attention.scale", self.attn_scale))
        self.logit_scale = 1.0 / float(self.model.arch_get("logit_scale", 1.0))
        if not self.model.arch_get("rope.scaling.finetuned", True):
            for layer in self.layers:
                layer.rope = None


class SmolLM3(Llama):
    """Hugging Face 2025: every fourth layer has no position embedding (NoPE, Kazemnejad et al. 2023)."""

    def configure(self):
        for layer in self.layers[3::4]:
            layer.rope = None


class Olmo2(Decoder):
    """OLMo Team 2024, arXiv:2501.00656: x + norm(attention(x)), x + norm(ffn(x)), no norm before a block; Q and K are
    normalised before they turn, each as one vector of all its heads."""

    norms = ("post_attention_norm", "post_ffw_norm") + QK_NORMS

    def _project(self, layer, x):
        rows = len(x)
        q = self._norm(layer.attn_q(x), layer.attn_q_norm).reshape(rows, self.n_heads, self.head_dim)
        k = self._norm(layer.attn_k(x), layer.attn_k_norm).reshape(rows, self.n_kv_heads, self.head_dim)
        return q, k


FAMILIES = {"llama": Llama, "qwen2": Qwen2, "qwen3": Qwen3, "gemma2": Gemma2, "gemma3": Gemma3, "phi3": Phi3,
            "granite": Granite, "smollm3": SmolLM3, "olmo2": Olmo2}


def load(path: str | Path, dtype=np.float64, context: int | None = None) -> Decoder:
    """The oracle for a GGUF file. context: how long sequences may grow; None: as long as the file says."""
    model = Checkpoint(path)
    if model.arch not in FAMILIES:
        raise ValueError(f"{path}: architecture '{model.arch}', the oracle runs {', '.join(FAMILIES)}")
    return FAMILIES[model.arch](model, dtype, context)
