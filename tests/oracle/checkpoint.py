"""A GGUF checkpoint as the oracle reads it: metadata by key, tensors dequantised on demand.

Dequantisation is the gguf package's own, so the oracle shares no code with the engine it judges.
"""

from pathlib import Path

import gguf
import numpy as np


class Checkpoint:
    """One GGUF file. Tensors come out as float arrays, outermost dimension first: [n_out, n_in]."""

    def __init__(self, path: str | Path):
        self.path = Path(path)
        self._reader = gguf.GGUFReader(self.path)
        self._tensors = {t.name: t for t in self._reader.tensors}
        self.arch = self.get("general.architecture")

    def get(self, key: str, default=None):
        field = self._reader.get_field(key)
        return default if field is None else field.contents()

    def arch_get(self, key: str, default=None):
        """A key of the model's family: arch_get("block_count") reads "llama.block_count"."""
        value = self.get(f"{self.arch}.{key}", default)
        if value is None:
            raise KeyError(f"{self.path.name}: {self.arch}.{key} is missing")
        return value

    def names(self) -> list[str]:
        return list(self._tensors)

    def has(self, name: str) -> bool:
        return name in self._tensors

    def tensor(self, name: str, dtype=np.float64) -> np.ndarray:
        if name not in self._tensors:
            raise KeyError(f"{self.path.name}: tensor {name} is missing")
        tensor = self._tensors[name]
        shape = tensor.shape.tolist()[::-1]
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        return np.asarray(values, dtype=np.float32).reshape(shape).astype(dtype)

    def optional(self, name: str, dtype=np.float64) -> np.ndarray | None:
        return self.tensor(name, dtype) if self.has(name) else None
