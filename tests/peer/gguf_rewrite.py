"""Copies a GGUF file with all tensors in F32; metadata stays, general.file_type becomes ALL_F32."""

import os
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np

REPLACED = {"general.architecture", "general.file_type"}


def dequantised(tensor: gguf.ReaderTensor) -> np.ndarray:
    """The tensor's values, outermost dimension first."""
    values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
    return np.ascontiguousarray(values, dtype=np.float32).reshape(tensor.shape.tolist()[::-1])


def rewrite_f32(source: Path, target: Path, values_of: Callable[[gguf.ReaderTensor], np.ndarray] = dequantised):
    """values_of gives a tensor's new values. One tensor is in memory at a time; target appears when whole."""
    reader = gguf.GGUFReader(source)
    part = target.with_name(target.name + ".part")
    writer = gguf.GGUFWriter(part, reader.get_field("general.architecture").contents())
    writer.data_alignment = reader.alignment
    for name, entry in reader.fields.items():
        if name.startswith("GGUF.") or name in REPLACED:
            continue
        kind = entry.types[0]
        element = entry.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(name, entry.contents(), kind, sub_type=element)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    for tensor in reader.tensors:
        shape = tensor.shape.tolist()[::-1]
        writer.add_tensor_info(tensor.name, shape, np.dtype(np.float32), 4 * tensor.n_elements)
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for tensor in reader.tensors:
            writer.write_tensor_data(values_of(tensor))
        writer.close()
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
