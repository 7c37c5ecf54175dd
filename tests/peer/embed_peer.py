"""llama.cpp's embeddings behind its C API."""

import ctypes
from pathlib import Path

import llama_cpp
import numpy as np

from llama_peer import FLASH_OFF, KV_TYPES, _errors_only

POOLING = {"none": 0, "mean": 1, "cls": 2, "last": 3}


class EmbedPeer:
    """A model that gives embeddings, not normalised; KV f32 and no flash attention, which would round."""

    def __init__(self, path: str | Path, pooling: str, n_ctx: int = 512, n_threads: int = 2):
        llama_cpp.llama_log_set(_errors_only, ctypes.c_void_p(0))
        llama_cpp.llama_backend_init()
        self._model = llama_cpp.llama_model_load_from_file(str(path).encode(), llama_cpp.llama_model_default_params())
        if not self._model:
            raise SystemExit(f"llama.cpp cannot load {path}")
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = n_ctx
        params.n_threads = params.n_threads_batch = n_threads
        params.embeddings = True
        params.pooling_type = POOLING[pooling]
        params.type_k = params.type_v = KV_TYPES["f32"]
        params.flash_attn_type = FLASH_OFF
        self._ctx = llama_cpp.llama_init_from_model(self._model, params)
        if not self._ctx:
            raise SystemExit(f"llama.cpp cannot make a context for {path}")
        self._pooling = pooling
        self._d_model = llama_cpp.llama_model_n_embd(self._model)
        self._vocab = llama_cpp.llama_model_get_vocab(self._model)

    def close(self):
        llama_cpp.llama_free(self._ctx)
        llama_cpp.llama_model_free(self._model)

    def tokenize(self, text: str) -> list[int]:
        data = text.encode()
        ids = (llama_cpp.llama_token * (len(data) + 8))()
        n = llama_cpp.llama_tokenize(self._vocab, data, len(data), ids, len(ids), True, False)
        return list(ids[:n])

    def embed(self, ids: list[int]) -> np.ndarray:
        """[d_model], or with pooling none [len(ids), d_model]."""
        batch = llama_cpp.llama_batch_init(len(ids), 0, 1)
        batch.n_tokens = len(ids)
        for i, token in enumerate(ids):
            batch.token[i], batch.pos[i], batch.n_seq_id[i], batch.logits[i] = token, i, 1, 1
            batch.seq_id[i][0] = 0
        memory = llama_cpp.llama_get_memory(self._ctx)
        if memory:
            llama_cpp.llama_memory_clear(memory, True)
        status = llama_cpp.llama_decode(self._ctx, batch)
        llama_cpp.llama_batch_free(batch)
        if status != 0:
            raise SystemExit(f"llama.cpp cannot run {len(ids)} tokens: {status}")
        if self._pooling == "none":
            return np.array([self._row(llama_cpp.llama_get_embeddings_ith(self._ctx, i)) for i in range(len(ids))])
        return self._row(llama_cpp.llama_get_embeddings_seq(self._ctx, 0))

    def _row(self, pointer) -> np.ndarray:
        return np.ctypeslib.as_array(pointer, shape=(self._d_model,)).copy()
