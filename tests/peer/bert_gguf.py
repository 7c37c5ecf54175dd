"""A sentence encoder of the BERT family from its Hugging Face directory into GGUF, as llama.cpp's converter does it."""

import json
from pathlib import Path

import gguf
import numpy as np
from safetensors import safe_open

SPACE = "\u2581"
TOP = {"embeddings.word_embeddings.weight": "token_embd.weight",
       "embeddings.position_embeddings.weight": "position_embd.weight",
       "embeddings.token_type_embeddings.weight": "token_types.weight",
       "embeddings.LayerNorm.weight": "token_embd_norm.weight",
       "embeddings.LayerNorm.bias": "token_embd_norm.bias"}
LAYER = {"attention.self.query": "attn_q", "attention.self.key": "attn_k", "attention.self.value": "attn_v",
         "attention.output.dense": "attn_output", "attention.output.LayerNorm": "attn_output_norm",
         "intermediate.dense": "ffn_up", "output.dense": "ffn_down", "output.LayerNorm": "layer_output_norm"}


def gguf_name(name: str) -> str | None:
    """None for what no embedding needs: the pooler, the list of positions."""
    if not name.startswith("encoder.layer."):
        return TOP.get(name)
    _, _, layer, rest = name.split(".", 3)
    stem, kind = rest.rsplit(".", 1)
    return f"blk.{layer}.{LAYER[stem]}.{kind}"


def gguf_piece(piece: str) -> str:
    """WordPiece marks what goes on, GGUF marks what begins."""
    if piece.startswith("[") and piece.endswith("]"):
        return piece
    return piece[2:] if piece.startswith("##") else SPACE + piece


def write(source: Path, target: Path, matrices: gguf.GGMLQuantizationType):
    """matrices: the type of the linears; tables, norms and biases stay F32."""
    config = json.loads((source / "config.json").read_text())
    pooling = json.loads((source / "1_Pooling" / "config.json").read_text())
    writer = gguf.GGUFWriter(target, "bert")
    writer.add_name(source.name)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN if pooling["pooling_mode_mean_tokens"] else gguf.PoolingType.CLS)
    add_vocabulary(writer, source, config["type_vocab_size"])
    with safe_open(source / "model.safetensors", "numpy") as tensors:
        for name in tensors.keys():
            to = gguf_name(name)
            if to is None:
                continue
            kind = matrices if to.startswith("blk.") and to.endswith("weight") and "norm" not in to \
                else gguf.GGMLQuantizationType.F32
            values = tensors.get_tensor(name).astype(np.float32)
            writer.add_tensor(to, gguf.quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_vocabulary(writer: gguf.GGUFWriter, source: Path, n_token_types: int):
    pieces = (source / "vocab.txt").read_text().split("\n")[:-1]
    special = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([gguf_piece(p) for p in pieces])
    writer.add_token_types([gguf.TokenType.CONTROL if p in special else gguf.TokenType.NORMAL for p in pieces])
    writer.add_token_type_count(n_token_types)
    writer.add_bos_token_id(pieces.index("[CLS]"))
    writer.add_sep_token_id(pieces.index("[SEP]"))
    writer.add_unk_token_id(pieces.index("[UNK]"))
    writer.add_pad_token_id(pieces.index("[PAD]"))
    writer.add_mask_token_id(pieces.index("[MASK]"))
