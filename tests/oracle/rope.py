"""Rotary position embedding (Su et al. 2021) and its context extensions.

Pair i of a head is (x[2i], x[2i+1]), "neighbours", or (x[i], x[i + rope_dim/2]), "halves": GGUF files of some
families keep the rows of Q and K in the one order, others in the other. Only the first rope_dim components of
a head turn, the rest pass through.
"""

import math
from dataclasses import dataclass

import numpy as np

from checkpoint import Checkpoint


@dataclass(frozen=True)
class Rope:
    inv_freq: np.ndarray  # [rope_dim / 2], radians per position
    magnitude: float = 1.0  # factor on the rotated components (attention temperature of YaRN and LongRoPE)
    pairs: str = "halves"

    def rotate(self, x: np.ndarray, positions: np.ndarray) -> np.ndarray:
        """x: [rows, heads, head_dim], positions: [rows]. Returns a rotated copy."""
        half = len(self.inv_freq)
        angle = positions[:, None, None] * self.inv_freq
        cos = (np.cos(angle) * self.magnitude).astype(x.dtype)
        sin = (np.sin(angle) * self.magnitude).astype(x.dtype)
        if self.pairs == "halves":
            first, second = slice(0, half), slice(half, 2 * half)
        else:
            first, second = slice(0, 2 * half, 2), slice(1, 2 * half, 2)
        out = x.copy()
        out[..., first] = x[..., first] * cos - x[..., second] * sin
        out[..., second] = x[..., first] * sin + x[..., second] * cos
        return out


def plain_frequencies(rope_dim: int, base: float) -> np.ndarray:
    return base ** (-np.arange(0, rope_dim, 2, dtype=np.float64) / rope_dim)


def rope_of(model: Checkpoint, head_dim: int, pairs: str, context: int) -> Rope:
    """context: how long sequences may grow, which is what LongRoPE goes by."""
    rope_dim = model.arch_get("rope.dimension_count", head_dim)
    base = float(model.arch_get("rope.freq_base", 10000.0))
    inv_freq = plain_frequencies(rope_dim, base)
    magnitude = float(model.arch_get("rope.scaling.attn_factor", 1.0))
    if model.has("rope_factors_long.weight"):
        return Rope(inv_freq / longrope_divisors(model, context), magnitude, pairs)
    # Llama 3: the converter stores the wavelength-dependent divisors as a tensor.
    if model.has("rope_freqs.weight"):
        inv_freq = inv_freq / model.tensor("rope_freqs.weight")

    scaling = model.arch_get("rope.scaling.type", "linear")
    factor = float(model.arch_get("rope.scaling.factor", model.arch_get("rope.scale_linear", 1.0)))
    if factor == 0.0 or scaling == "none":
        factor = 1.0
    if scaling in ("none", "linear"):
        return Rope(inv_freq / factor, magnitude, pairs)
    if scaling == "yarn":
        blend, temperature = yarn(model, rope_dim, base, factor)
        return Rope(inv_freq * blend, magnitude * temperature, pairs)
    raise ValueError(f"{model.path.name}: rope.scaling.type '{scaling}' is not known to the oracle")


def longrope_divisors(model: Checkpoint, context: int) -> np.ndarray:
    """LongRoPE (Ding et al. 2024): divisors found by search, one set within the original context and one for all
    positions of sequences that may grow beyond it. The converter stores the temperature as attn_factor."""
    original = model.arch_get("rope.scaling.original_context_length", model.arch_get("context_length"))
    return model.tensor(f"rope_factors_{'long' if context > original else 'short'}.weight")


def yarn(model: Checkpoint, rope_dim: int, base: float, factor: float) -> tuple[np.ndarray, float]:
    """Per-pair frequency multipliers and magnitude (Peng et al. 2023, YaRN, eq. 17 to 22).

    Pairs that turn more than beta_fast times within the original context keep their frequency,
    those below beta_slow are interpolated by 1/factor, a ramp over the pair index joins the two.
    """
    context = model.arch_get("rope.scaling.original_context_length", model.arch_get("context_length"))
    beta_fast = float(model.arch_get("rope.scaling.yarn_beta_fast", 32.0))
    beta_slow = float(model.arch_get("rope.scaling.yarn_beta_slow", 1.0))

    def pair_with_turns(turns: float) -> float:
        return rope_dim * math.log(context / (turns * 2 * math.pi)) / (2 * math.log(base))

    low = max(math.floor(pair_with_turns(beta_fast)), 0)
    high = min(math.ceil(pair_with_turns(beta_slow)), rope_dim - 1)
    ramp = (np.arange(rope_dim // 2) - low) / max(high - low, 0.001)
    interpolated = np.clip(ramp, 0.0, 1.0)
    magnitude = 1.0 + 0.1 * math.log(factor) if factor > 1.0 else 1.0
    return interpolated / factor + (1.0 - interpolated), magnitude
