"""Figures that compare two engines' logits row by row."""

from dataclasses import dataclass, field

import numpy as np


def log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def range_share(ours: np.ndarray, oracle: np.ndarray) -> np.ndarray:
    """Per row: largest difference of a logit, as a share of the oracle row's range."""
    return np.abs(ours - oracle).max(axis=-1) / np.ptp(oracle, axis=-1)


@dataclass
class Agreement:
    """Accumulates over rows of two engines a and b; the oracle's logits say how close a call was."""

    positions: int = 0
    top1_equal: int = 0
    gaps: list[float] = field(default_factory=list)  # oracle's top-1 lead where a and b choose differently
    kl_ab: list[float] = field(default_factory=list)  # nats, per position
    kl_ba: list[float] = field(default_factory=list)

    def add(self, a: np.ndarray, b: np.ndarray, oracle: np.ndarray):
        """All: [rows, n_vocab]."""
        a, b = a.astype(np.float64), b.astype(np.float64)
        equal = a.argmax(axis=-1) == b.argmax(axis=-1)
        top2 = np.partition(oracle, -2, axis=-1)[:, -2:]
        self.positions += len(equal)
        self.top1_equal += int(equal.sum())
        self.gaps += (top2[:, 1] - top2[:, 0])[~equal].tolist()
        log_a, log_b = log_softmax(a), log_softmax(b)
        self.kl_ab += (np.exp(log_a) * (log_a - log_b)).sum(axis=-1).tolist()
        self.kl_ba += (np.exp(log_b) * (log_b - log_a)).sum(axis=-1).tolist()

    @property
    def top1_share(self) -> float:
        return self.top1_equal / self.positions

    @property
    def top1(self) -> str:
        return f"{self.top1_equal}/{self.positions} = {self.top1_share:.2%}"

    @property
    def largest_gap(self) -> float:
        return max(self.gaps, default=0.0)

    @property
    def mean_kl(self) -> tuple[float, float]:
        return float(np.mean(self.kl_ab)), float(np.mean(self.kl_ba))
