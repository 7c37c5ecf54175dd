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
    biases: tuple[str, ...] = ()  # linears that have one
    rope: dict = field(default_factory=dict)  # keys below "<arch>.rope."
    rope_freqs: dict | None = None  # parameters of the Llama 3 scaling
    longrope: bool = False  # two sets of divisors of the rope frequencies
    arch: str = "llama"
    keys: dict = field(default_factory=dict)  # more keys below "<arch>."
    embedding_gain: float = 1.0
    lengths: tuple[int, int] = (37, 24)  # tokens of the two sequences; neither is a multiple of a block or a vector
    contexts: tuple[int, int] | None = None  # how long each may grow, where that matters
    type: gguf.GGMLQuantizationType = F32  # of the matrices; norms and biases stay F32
    embedding_type: gguf.GGMLQuantizationType | None = None  # None: as the matrices


def quantised(name: str, kind: gguf.GGMLQuantizationType, what: str, **changes) -> TinySpec:
    # One seed for all: the same float model in every format, so that formats can be compared.
    return TinySpec(name, what, seed=20, type=kind, **changes)


LINEARS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
PAST_A_CHUNK = (90, 24)  # the engine takes keys in chunks of 64: here windows begin in the second one, too

TINY_MODELS = [
    TinySpec("tied-gqa2", "tied head, GQA 2, head_dim 8, d_ff 44, odd vocabulary", seed=1,
             n_heads=6, n_kv_heads=3, head_dim=8, d_model=48, d_ff=44, n_vocab=101, tied=True),
    TinySpec("llama3-rope-gqa3", "Llama 3 rope scaling by rope_freqs, GQA 3, d_ff 36, three layers", seed=2,
             n_layers=3, n_heads=3, n_kv_heads=1, head_dim=24, d_model=30, d_ff=36, n_vocab=71,
             rope={"freq_base": 500000.0},
             rope_freqs={"factor": 8.0, "low": 1.0, "high": 4.0, "context": 64}),
    TinySpec("linear-rope-mha", "linear rope scaling, one KV head per query head", seed=3,
             n_heads=3, n_kv_heads=3, head_dim=8, d_model=24, d_ff=28, n_vocab=71,
             rope={"scaling.type": "linear", "scaling.factor": 4.0}),
    TinySpec("yarn-rope", "YaRN rope scaling; n_heads * head_dim differs from d_model", seed=4,
             n_heads=2, n_kv_heads=1, d_model=28, d_ff=36, n_vocab=71,
             rope={"scaling.type": "yarn", "scaling.factor": 4.0, "scaling.original_context_length": 64}),
    TinySpec("partial-rope", "rope_dim 8 below head_dim 24: the rest of a head passes through", seed=5,
             n_heads=2, n_kv_heads=2, head_dim=24, d_model=20, d_ff=28, n_vocab=71, rope={"dimension_count": 8}),
    TinySpec("biases", "biases on every linear of attention and FFN, tied head", seed=6,
             n_heads=4, n_kv_heads=2, head_dim=6, d_model=24, d_ff=36, n_vocab=71, tied=True, biases=LINEARS),
    TinySpec("mistral-window", "a window on every layer", seed=7,
             n_heads=3, n_kv_heads=1, head_dim=8, d_model=24, d_ff=28, n_vocab=71,
             keys={"attention.sliding_window": 11}, lengths=PAST_A_CHUNK),
    quantised("formats-f16", F16, "F16 matrices"),
    quantised("formats-bf16", BF16, "BF16 matrices"),
    quantised("formats-q8_0", Q8_0, "Q8_0 matrices"),
    quantised("formats-q4_0", Q4_0, "Q4_0 matrices"),
    quantised("formats-q4_1", Q4_1, "Q4_1 matrices, Q8_0 embedding that is the head too", tied=True,
              embedding_type=Q8_0),
    quantised("formats-mixed", Q4_1, "Q4_1 matrices, F16 embedding, untied Q4_1 head", embedding_type=F16),
    TinySpec("qwen2", "biases on Q, K and V alone, rotation over halves", seed=30, arch="qwen2",
             n_heads=4, n_kv_heads=2, head_dim=6, d_model=24, d_ff=28, n_vocab=71, tied=True,
             biases=("attn_q", "attn_k", "attn_v"), rope={"freq_base": 1000000.0}),
    TinySpec("qwen3", "normalised heads of Q and K; n_heads * head_dim differs from d_model", seed=31, arch="qwen3",
             n_heads=4, n_kv_heads=2, head_dim=10, d_model=20, d_ff=28, n_vocab=71, rope={"freq_base": 1000000.0}),
    TinySpec("gemma2", "sandwich norms, soft caps, a window on layers 0 and 2 of three", seed=32, arch="gemma2",
             n_layers=3, n_heads=4, n_kv_heads=2, head_dim=6, d_model=20, d_ff=28, n_vocab=71, tied=True,
             embedding_gain=20**-0.5, lengths=PAST_A_CHUNK,
             keys={"attention.sliding_window": 9, "attn_logit_softcapping": 1.5, "final_logit_softcapping": 2.5}),
    TinySpec("gemma3", "five layers with a window and a RoPE of their own, then one without, then one with", seed=42,
             arch="gemma3", n_layers=7, n_heads=2, n_kv_heads=1, head_dim=8, d_model=12, d_ff=20, n_vocab=71,
             tied=True, embedding_gain=12**-0.5, lengths=PAST_A_CHUNK, rope={"freq_base": 1000000.0},
             keys={"attention.sliding_window": 10}),
    TinySpec("gemma3-pattern", "windows by a list, another local RoPE, linear scaling of the global one", seed=34,
             arch="gemma3", n_layers=3, n_heads=2, n_kv_heads=1, head_dim=10, d_model=12, d_ff=20, n_vocab=71,
             tied=True, embedding_gain=12**-0.5, lengths=PAST_A_CHUNK,
             rope={"freq_base": 1000.0, "freq_base_swa": 100.0, "scaling.type": "linear", "scaling.factor": 8.0},
             keys={"attention.sliding_window": 12, "attention.sliding_window_pattern": [False, True, False]}),
    TinySpec("phi3-window", "Q, K and V in one tensor, gate and up in one, a window on every layer", seed=35,
             arch="phi3", n_heads=4, n_kv_heads=2, head_dim=6, d_model=24, d_ff=28, n_vocab=71, lengths=PAST_A_CHUNK,
             keys={"attention.sliding_window": 13}),
    # llama.cpp rounds contexts up to a multiple of 256, so the original context must be longer than that.
    TinySpec("phi3-longrope", "LongRoPE on both sides of the original context of 288, rope_dim 12 of 16", seed=36,
             arch="phi3", n_heads=2, n_kv_heads=1, head_dim=16, d_model=32, d_ff=28, n_vocab=71, longrope=True,
             rope={"dimension_count": 12, "scaling.original_context_length": 288, "scaling.attn_factor": 1.19},
             keys={"attention.sliding_window": 0}, lengths=(300, 40), contexts=(512, 256)),
    TinySpec("granite", "multipliers of embeddings, scores, residual stream and logits", seed=37, arch="granite",
             n_heads=3, n_kv_heads=1, head_dim=8, d_model=24, d_ff=28, n_vocab=71, tied=True, embedding_gain=0.3,
             keys={"embedding_scale": 6.0, "residual_scale": 0.4, "attention.scale": 0.6, "logit_scale": 3.0}),
    TinySpec("smollm3", "no position embedding on layer 3 of five", seed=38, arch="smollm3",
             n_layers=5, n_heads=2, n_kv_heads=1, head_dim=8, d_model=16, d_ff=20, n_vocab=71, tied=True,
             rope={"freq_base": 5000000.0}),
    # llama.cpp takes the norm of Q for d_model wide.
    TinySpec("olmo2", "norms behind the blocks alone, one over all heads of Q and one over those of K", seed=39,
             arch="olmo2", n_heads=4, n_kv_heads=2, head_dim=6, d_model=24, d_ff=28, n_vocab=71,
             rope={"freq_base": 500000.0}),
]
