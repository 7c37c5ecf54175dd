#!/usr/bin/env python3
"""Holds the tiny golden models against Hugging Face transformers, the reference implementation of most families.

    python3 tiny_models_hf.py [DIR]      # default: tests/goldens/models

Unlike llama.cpp it has every family's window. Weights go back from the GGUF file's names and forms to the
checkpoint's, so that the conversion is witnessed too. Bar: within 1e-4 of a row's range. Needs requirements-hf.txt.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
import transformers

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "oracle"))

from checkpoint import Checkpoint
from compare import range_share
from tiny_specs import F32, TINY_MODELS, TinySpec

BAR = 1e-4
NOT_RUN = {"partial-rope": "transformers turns whole heads in this family"}

CLASSES = {"llama": "Llama", "qwen2": "Qwen2", "qwen3": "Qwen3", "gemma2": "Gemma2", "gemma3": "Gemma3Text",
           "phi3": "Phi3", "granite": "Granite", "smollm3": "SmolLM3", "olmo2": "Olmo2"}
MODELS = {"gemma3": "Gemma3ForCausalLM"}
PAIRED = ("llama", "granite", "smollm3")  # GGUF keeps rows of Q and K as neighbouring pairs

NAMES = {
    "token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head",
    "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
    "attn_qkv": "self_attn.qkv_proj", "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
}
OLMO2_NAMES = NAMES | {"post_attention_norm": "post_attention_layernorm",
                       "post_ffw_norm": "post_feedforward_layernorm"}
GEMMA_NAMES = OLMO2_NAMES | {"ffn_norm": "pre_feedforward_layernorm"}
PHI3_NAMES = NAMES | {"ffn_up": "mlp.gate_up_proj"}
OTHER_NAMES = {"gemma2": GEMMA_NAMES, "gemma3": GEMMA_NAMES, "phi3": PHI3_NAMES, "olmo2": OLMO2_NAMES}


def rope_parameters(spec: TinySpec, model: Checkpoint) -> dict:
    rope = {"rope_theta": spec.rope.get("freq_base", 10000.0), "rope_type": "default"}
    if "scaling.type" in spec.rope:
        rope |= {"rope_type": spec.rope["scaling.type"], "factor": spec.rope["scaling.factor"]}
    if "scaling.original_context_length" in spec.rope:
        rope["original_max_position_embeddings"] = spec.rope["scaling.original_context_length"]
    if spec.rope_freqs:
        p = spec.rope_freqs
        rope |= {"rope_type": "llama3", "factor": p["factor"], "low_freq_factor": p["low"],
                 "high_freq_factor": p["high"], "original_max_position_embeddings": p["context"]}
    if spec.longrope:
        rope |= {"rope_type": "longrope", "attention_factor": spec.rope["scaling.attn_factor"],
                 "partial_rotary_factor": spec.rope["dimension_count"] / spec.head_dim}
        for length in ("short", "long"):
            rope[f"{length}_factor"] = model.tensor(f"rope_factors_{length}.weight").tolist()
    if spec.arch == "gemma3":
        local = {"rope_type": "default", "rope_theta": spec.rope.get("freq_base_swa", 10000.0)}
        return {"full_attention": rope, "sliding_attention": local}
    return rope


def family_settings(spec: TinySpec) -> dict:
    keys = spec.keys
    settings = {"attention_bias": "attn_output" in spec.biases, "mlp_bias": "ffn_up" in spec.biases}
    if spec.arch.startswith("gemma"):
        settings |= {"query_pre_attn_scalar": spec.head_dim, "hidden_activation": "gelu_pytorch_tanh",
                     "attn_logit_softcapping": keys.get("attn_logit_softcapping"),
                     "final_logit_softcapping": keys.get("final_logit_softcapping")}
    if pattern := keys.get("attention.sliding_window_pattern"):
        settings["layer_types"] = ["sliding_attention" if windowed else "full_attention" for windowed in pattern]
    if spec.longrope:  # Phi-3 has it beside the other rope parameters
        settings["original_max_position_embeddings"] = spec.rope["scaling.original_context_length"]
    if spec.arch == "granite":
        settings |= {"embedding_multiplier": keys["embedding_scale"], "residual_multiplier": keys["residual_scale"],
                     "attention_multiplier": keys["attention.scale"], "logits_scaling": keys["logit_scale"]}
    return settings


def make_model(spec: TinySpec, model: Checkpoint) -> torch.nn.Module:
    name = CLASSES[spec.arch]
    if spec.arch == "llama" and "attention.sliding_window" in spec.keys:
        name = "Mistral"
    config = getattr(transformers, f"{name}Config")(
        vocab_size=spec.n_vocab, hidden_size=spec.d_model, intermediate_size=spec.d_ff,
        num_hidden_layers=spec.n_layers, num_attention_heads=spec.n_heads, num_key_value_heads=spec.n_kv_heads,
        head_dim=spec.head_dim, rms_norm_eps=1e-5, max_position_embeddings=max(spec.contexts or (256,)),
        tie_word_embeddings=spec.tied, rope_parameters=rope_parameters(spec, model),
        sliding_window=spec.keys.get("attention.sliding_window") or None, pad_token_id=None, eos_token_id=2,
        attn_implementation="eager", **family_settings(spec))
    torch_model = getattr(transformers, MODELS.get(spec.arch, f"{name}ForCausalLM"))(config)
    missing, unexpected = torch_model.load_state_dict(weights_of(spec, model), strict=False)
    if unexpected or [m for m in missing if not (spec.tied and m == "lm_head.weight")]:
        raise SystemExit(f"{spec.name}: missing {missing}, unexpected {unexpected}")
    return torch_model.eval()


def weights_of(spec: TinySpec, model: Checkpoint) -> dict[str, torch.Tensor]:
    """The checkpoint's state, by its names."""
    names = OTHER_NAMES.get(spec.arch, NAMES)
    state = {}
    for name in model.names():
        *layer, part, kind = name.split(".")
        if part.startswith("rope_"):
            continue
        values = model.tensor(name, np.float32)
        if spec.arch in PAIRED and part in ("attn_q", "attn_k"):
            heads = values.reshape(-1, spec.head_dim // 2, 2, *values.shape[1:])
            values = heads.swapaxes(1, 2).reshape(values.shape)
        if spec.arch.startswith("gemma") and part.endswith("norm"):
            values = values - 1
        prefix = f"model.layers.{layer[1]}." if layer else ""
        state[f"{prefix}{names[part]}.{kind}"] = torch.from_numpy(np.ascontiguousarray(values))
    return state


def main() -> int:
    default = Path(__file__).resolve().parent.parent / "goldens" / "models"
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    failures = 0
    for spec in TINY_MODELS:
        if spec.type != F32:
            continue
        if spec.name in NOT_RUN:
            print(f"skip {spec.name}: {NOT_RUN[spec.name]}")
            continue
        model = make_model(spec, Checkpoint(directory / f"{spec.name}.gguf"))
        shares = []
        for sequence in json.loads((directory / f"{spec.name}.golden.json").read_text())["sequences"]:
            with torch.no_grad():
                rows = model(torch.tensor([sequence["ids"]]), use_cache=False).logits[0].numpy()
            shares += range_share(rows[sequence["positions"]], np.array(sequence["logits"])).tolist()
        ok = max(shares) <= BAR
        failures += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {spec.name}: {max(shares):.1e} of the range")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
