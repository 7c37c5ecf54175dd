"""The tiny models: awkward shapes and every option of the family, each as small as shows it."""

from dataclasses import dataclass, field

import gguf

F32 = gguf.GGMLQuantizationType.F32
F16 = gguf.GGMLQuantizationType.F16
BF16 = gguf.GGMLQuantizationType.BF16
Q8_0 = gguf.GGMLQuantizationType.Q8_0
Q4_0 = gguf.GGMLQuantizationType.Q4_0
Q4_1 = gguf.GGMLQuantizationType.Q4_1


@dataclass(frozen=True)
class TinySpec:
    name: str
    what: str  # the property this model is there for
    seed: int
    n_layers: int = 2
    n_heads: int = 4
    n_kv_heads: int = 2
    head_dim: int = 16
    d_model: int = 64
    d_ff: int = 96
    n_vocab: int = 96
    tied: bool = False
    attention_bias: bool = False
    ffn_bias: bool = False
    rope: dict = field(default_factory=dict)  # keys below "llama.rope."
    rope_freqs: dict | None = None  # parameters of the Llama 3 scaling
    type: gguf.GGMLQuantizationType = F32  # of the matrices; norms and biases stay F32
    embedding_type: gguf.GGMLQuantizationType | None = None  # None: as the matrices


def quantised(name: str, kind: gguf.GGMLQuantizationType, what: str, **changes) -> TinySpec:
    # One seed for all: the same float model in every format, so that formats can be compared.
    return TinySpec(name, what, seed=20, type=kind, **changes)


TINY_MODELS = [
    TinySpec("tied-gqa2", "tied head, GQA 2, head_dim 8, d_ff 44, odd vocabulary", seed=1,
             n_heads=6, n_kv_heads=3, head_dim=8, d_model=48, d_ff=44, n_vocab=101, tied=True),
    TinySpec("llama3-rope-gqa3", "Llama 3 rope scaling by rope_freqs, GQA 3, d_ff 172, three layers", seed=2,
             n_layers=3, n_heads=3, n_kv_heads=1, head_dim=24, d_model=36, d_ff=172,
             rope={"freq_base": 500000.0},
             rope_freqs={"factor": 8.0, "low": 1.0, "high": 4.0, "context": 64}),
    TinySpec("linear-rope-mha", "linear rope scaling, one KV head per query head", seed=3,
             n_kv_heads=4, head_dim=8, d_model=32, d_ff=100,
             rope={"scaling.type": "linear", "scaling.factor": 4.0}),
    TinySpec("yarn-rope", "YaRN rope scaling; n_heads * head_dim differs from d_model", seed=4,
             d_model=56, d_ff=60,
             rope={"scaling.type": "yarn", "scaling.factor": 4.0, "scaling.original_context_length": 64}),
    TinySpec("partial-rope", "rope_dim 8 below head_dim 24: the rest of a head passes through", seed=5,
             n_heads=3, n_kv_heads=3, head_dim=24, d_model=36, d_ff=44, rope={"dimension_count": 8}),
    TinySpec("biases", "biases on every linear of attention and FFN, tied head", seed=6,
             n_heads=6, n_kv_heads=2, head_dim=8, d_model=48, d_ff=52,
             tied=True, attention_bias=True, ffn_bias=True),
    quantised("formats-f16", F16, "F16 matrices"),
    quantised("formats-bf16", BF16, "BF16 matrices"),
    quantised("formats-q8_0", Q8_0, "Q8_0 matrices"),
    quantised("formats-q4_0", Q4_0, "Q4_0 matrices"),
    quantised("formats-q4_1", Q4_1, "Q4_1 matrices, Q8_0 embedding that is the head too", tied=True,
              embedding_type=Q8_0),
    quantised("formats-mixed", Q4_1, "Q4_1 matrices, F16 embedding, untied Q4_1 head", embedding_type=F16),
]
