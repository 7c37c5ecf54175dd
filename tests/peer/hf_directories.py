#!/usr/bin/env python3
"""Writes tests/goldens/hf: the tiny golden models as Hugging Face directories, saved by transformers itself.

    python3 hf_directories.py [DIR]      # default: tests/goldens/hf

Each has the weights of tests/goldens/models/NAME.gguf under the names and in the forms of a checkpoint, and the
vocabulary of that file as tokenizer.json (byte-pair merges over pieces with U+2581 for spaces). Needs
requirements-hf.txt.
"""

import json
import shutil
import sys
from pathlib import Path

import transformers

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "oracle"))

from checkpoint import Checkpoint
from tiny_model import SPACE, vocabulary
from tiny_models_hf import make_model
from tiny_specs import TINY_MODELS, TinySpec

GOLDENS = Path(__file__).resolve().parent.parent / "goldens"
# One for every architecture and every form of a weight; what differs beyond that is said in config.json alone.
NAMES = ("llama3-rope-gqa3", "yarn-rope", "biases", "mistral-window", "qwen2", "qwen3", "gemma2", "gemma3",
         "gemma3-pattern", "phi3-longrope", "granite", "smollm3", "olmo2")
SHARDED = {"llama3-rope-gqa3": "60KB"}
TEMPLATE = "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}"


def merges_of(pieces: list[str]) -> list[list[str]]:
    """Every way to put a piece together from two others, the pieces in their order."""
    known = set(pieces)
    return [[piece[:i], piece[i:]] for piece in pieces for i in range(1, len(piece))
            if not piece.startswith("<") and piece[:i] in known and piece[i:] in known]


def tokenizer(spec: TinySpec) -> dict:
    pieces = vocabulary(spec.n_vocab)[0]
    special = [{"id": i, "content": piece, "special": True, "normalized": False, "single_word": False,
                "lstrip": False, "rstrip": False} for i, piece in enumerate(pieces[:3])]
    bos = {"SpecialToken": {"id": "<s>", "type_id": 0}}
    text = {"Sequence": {"id": "A", "type_id": 0}}
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": special,
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": SPACE},
            {"type": "Replace", "pattern": {"String": " "}, "content": SPACE}]},
        "pre_tokenizer": None,
        "post_processor": {"type": "TemplateProcessing", "single": [bos, text], "pair": [bos, text, bos, text],
                           "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
        "decoder": {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": SPACE}, "content": " "}, {"type": "Fuse"},
            {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": True, "byte_fallback": False, "ignore_merges": False,
                  "vocab": {piece: i for i, piece in enumerate(pieces)}, "merges": merges_of(pieces)},
    }


def write(spec: TinySpec, directory: Path):
    shutil.rmtree(directory, ignore_errors=True)
    model = make_model(spec, Checkpoint(GOLDENS / "models" / f"{spec.name}.gguf"))
    model.save_pretrained(directory, max_shard_size=SHARDED.get(spec.name, "1GB"))
    settings = {"tokenizer_class": "LlamaTokenizerFast", "bos_token": "<s>", "eos_token": "</s>",
                "unk_token": "<unk>", "add_bos_token": True, "add_eos_token": False, "chat_template": TEMPLATE}
    texts = {"tokenizer.json": tokenizer(spec), "tokenizer_config.json": settings}
    for name, value in texts.items():
        (directory / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def main():
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else GOLDENS / "hf"
    transformers.logging.set_verbosity_error()
    for spec in TINY_MODELS:
        if spec.name in NAMES:
            write(spec, directory / spec.name)


if __name__ == "__main__":
    main()
