"""llama.cpp and ik_llama.cpp behind their C APIs, timed as `caracal bench` times itself."""

import ctypes
import importlib
import importlib.metadata
import random
import sys
import time

import numpy as np

from bench_engine import SEED, LeftOut, PeerError, Setup, Test
from system_line import cpu_flags, missing_features

KV_TYPES = {"f32": 0, "f16": 1, "q4_0": 2, "q4_1": 3, "q5_0": 6, "q5_1": 7, "q8_0": 8, "bf16": 30}  # ggml's numbers
LOG_ERROR = 4  # GGML_LOG_LEVEL_ERROR
LOG_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)


def import_package(module: str, package: str):
    try:
        return importlib.import_module(module)
    except ImportError as e:
        raise PeerError(f"{sys.executable} has no {package} ({e}); tests/peer/README.md tells how to install it") from e


def set_kv_types(params, setup: Setup, supported):
    for field, name in (("type_k", setup.type_k), ("type_v", setup.type_v)):
        if name not in supported:
            raise LeftOut(f"it cannot keep KV as {name}, only as {', '.join(supported)}")
        setattr(params, field, KV_TYPES[name])


class Ggml:
    """A model and its context. Subclasses know the names of their version of the API."""

    package = ""
    never_named: tuple[str, ...] = ()  # words that its system line never has

    def __init__(self, setup: Setup):
        self.setup = setup
        self.version = f"{self.package} {importlib.metadata.version(self.package)}"
        self._last_error = ""
        self._log = LOG_CALLBACK(self._on_log)  # must live as long as the library may call it
        self.api.llama_log_set(self._log, None)
        self.api.llama_backend_init()
        self.system = self._system_line()
        if missing := missing_features(self.system, self.never_named):
            raise PeerError(f"it was built without {', '.join(missing)}, which this CPU has (system line: {self.system})")
        self._model, self._ctx, n_vocab = self._load()
        n_rows = setup.n_batch
        self._batch = self.api.llama_batch_init(n_rows, 0, 1)
        self._tokens = np.ctypeslib.as_array(self._batch.token, shape=(n_rows,))
        self._positions = np.ctypeslib.as_array(self._batch.pos, shape=(n_rows,))
        self._wanted = np.ctypeslib.as_array(self._batch.logits, shape=(n_rows,))
        for i in range(n_rows):
            self._batch.n_seq_id[i] = 1
        self._draw = lambda n, rng=random.Random(SEED): [rng.randrange(n_vocab) for _ in range(n)]
        self._depth = 0  # tokens of every sequence that are in the cache

    def run(self, test: Test) -> float:
        """Seconds of the test, all sequences together. Steps take tokens drawn before: no sampling is timed."""
        self._go_to(test.depth)
        prompt = [self._draw(test.n_prompt) for _ in range(self.setup.n_parallel)]
        # A prompt's logits give the first token of the answer, as in a real run.
        n_steps = test.n_gen - (1 if test.n_prompt and test.n_gen else 0)
        steps = [self._draw(self.setup.n_parallel) for _ in range(n_steps)]
        begin = time.perf_counter()
        self._prefill(prompt, test.depth)
        for i, tokens in enumerate(steps):
            self._decode(tokens, [test.depth + test.n_prompt + i] * len(tokens), range(len(tokens)), [1] * len(tokens))
        self._synchronize()
        return time.perf_counter() - begin

    def _go_to(self, depth: int):
        """Every sequence holds depth tokens; those that are there already stay."""
        if depth and depth == self._depth and self._rewind(depth):
            return
        self._clear()
        self._prefill([self._draw(depth) for _ in range(self.setup.n_parallel)], 0)
        self._synchronize()
        self._depth = depth

    def _prefill(self, prompts: list[list[int]], position: int):
        rows = [(token, position + i, sequence, i + 1 == len(prompt))
                for sequence, prompt in enumerate(prompts) for i, token in enumerate(prompt)]
        for i in range(0, len(rows), self.setup.n_batch):
            self._decode(*zip(*rows[i:i + self.setup.n_batch]))

    def _decode(self, tokens, positions, sequences, wanted):
        n = self._batch.n_tokens = len(tokens)
        self._tokens[:n], self._positions[:n], self._wanted[:n] = tokens, positions, wanted
        for i, sequence in enumerate(sequences):
            self._batch.seq_id[i][0] = sequence
        if status := self.api.llama_decode(self._ctx, self._batch):
            raise PeerError(f"llama_decode of {n} rows gave {status}: {self._last_error or 'no reason given'}")

    def _on_log(self, level, text, _user_data):
        if level == LOG_ERROR:
            self._last_error = text.decode(errors="replace").strip()

    def _refused(self, what: str):
        return LeftOut(f"it cannot {what}: {self._last_error or 'no reason given'}")


class LlamaCpp(Ggml):
    package = "llama-cpp-python"

    def __init__(self, setup: Setup):
        self.api = import_package("llama_cpp", self.package)
        super().__init__(setup)

    def _system_line(self) -> str:
        return self.api.llama_print_system_info().decode().strip(" |")

    def _load(self):
        api, setup = self.api, self.setup
        model_params = api.llama_model_default_params()
        model = api.llama_model_load_from_file(setup.model.encode(), model_params)
        if not model:
            raise self._refused("load the file")
        params = api.llama_context_default_params()
        params.n_seq_max = setup.n_parallel
        params.n_ctx = setup.n_ctx * setup.n_parallel
        params.n_batch = params.n_ubatch = setup.n_batch
        params.n_threads = params.n_threads_batch = setup.n_threads
        params.swa_full = False  # as its own programs do
        set_kv_types(params, setup, KV_TYPES)
        ctx = api.llama_init_from_model(model, params)
        if not ctx:
            raise self._refused("make a context")
        # use_extra_bufts: weights are repacked into what its kernels like where it has such kernels.
        self.flags = (f"load_mode={model_params.load_mode} use_extra_bufts={model_params.use_extra_bufts:d} "
                      f"flash_attn_type={params.flash_attn_type} swa_full={params.swa_full:d} kv_unified={params.kv_unified:d}")
        # A sliding window forgets what a rewound context would need.
        self._rewinds = api.llama_model_n_swa(model) == 0
        return model, ctx, api.llama_vocab_n_tokens(api.llama_model_get_vocab(model))

    def _clear(self):
        self.api.llama_memory_clear(self.api.llama_get_memory(self._ctx), False)

    def _rewind(self, depth: int) -> bool:
        memory = self.api.llama_get_memory(self._ctx)
        return self._rewinds and all(self.api.llama_memory_seq_rm(memory, s, depth, -1)
                                     for s in range(self.setup.n_parallel))

    def _synchronize(self):
        self.api.llama_synchronize(self._ctx)


class IkLlamaCpp(Ggml):
    """Variant "rtr" repacks the weights at run time, which costs it the map of the file."""

    package = "ik-llama-cpp-python"
    never_named = ("BMI2", "AMX_INT8")

    def __init__(self, setup: Setup):
        self.api = import_package("ik_llama_cpp._ctypes_api", self.package)
        # What the package's own bindings leave out.
        self._lib = self.api.load_shared_library()
        for name, result, *arguments in (
                ("llama_print_system_info", ctypes.c_char_p),
                ("llama_log_set", None, LOG_CALLBACK, ctypes.c_void_p),
                ("llama_synchronize", None, ctypes.c_void_p),
                ("llama_kv_cache_seq_rm", ctypes.c_bool, ctypes.c_void_p, ctypes.c_int32, ctypes.c_int32,
                 ctypes.c_int32)):
            function = getattr(self._lib, name)
            function.restype, function.argtypes = result, arguments
        self.api.llama_log_set = self._lib.llama_log_set
        super().__init__(setup)

    def _system_line(self) -> str:
        return self._lib.llama_print_system_info().decode().strip(" |")

    def _load(self):
        api, setup = self.api, self.setup
        repack = setup.variant == "rtr"
        params = api.llama_model_default_params()
        params.repack_tensors, params.use_mmap = repack, not repack
        params.n_seq_max, params.n_ubatch = setup.n_parallel, setup.n_batch
        params.max_ctx_size = setup.n_ctx * setup.n_parallel
        # Its flash attention aborts on steps of several sequences: ik_llama.cpp issues 1219 and 1910.
        params.flash_attn = setup.n_parallel == 1
        supported = ("f16", "q8_0", "bf16") if "avx512_bf16" in cpu_flags() else ("f16", "q8_0")
        set_kv_types(params, setup, supported)
        model = api.llama_model_load_from_file(setup.model.encode(), params)
        if not model:
            raise self._refused("load the file")
        context = api.llama_context_default_params()
        context.n_seq_max = setup.n_parallel
        context.n_ctx = setup.n_ctx * setup.n_parallel
        context.n_batch = context.n_ubatch = setup.n_batch
        context.n_threads = context.n_threads_batch = setup.n_threads
        set_kv_types(context, setup, supported)
        context.flash_attn = params.flash_attn
        ctx = api.llama_init_from_model(model, context)
        if not ctx:
            raise self._refused("make a context")
        self.flags = (f"rtr={repack:d} mmap={params.use_mmap:d} flash_attn={context.flash_attn:d} "
                      f"fused_up_gate={context.fused_up_gate:d} graph_reuse={context.graph_reuse:d}")
        return model, ctx, api.llama_vocab_n_tokens(api.llama_model_get_vocab(model))

    def _clear(self):
        self.api.llama_kv_cache_clear(self._ctx)

    def _rewind(self, depth: int) -> bool:
        return all(self._lib.llama_kv_cache_seq_rm(self._ctx, s, depth, -1) for s in range(self.setup.n_parallel))

    def _synchronize(self):
        self._lib.llama_synchronize(self._ctx)
