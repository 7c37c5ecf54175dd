#!/usr/bin/env python3
"""Writes the seeds of fuzz_tokenizer_json: the components of every recorded tokenizer
(tests/goldens/tokenizer_json) around a vocabulary of a few pieces."""

import json
import pathlib

HERE = pathlib.Path(__file__).parent
GOLDENS = HERE.parent / "goldens" / "tokenizer_json"
PIECES = ["u", "a", "t", "h", "e", "\u0120", "\u2581", "##e", "<0x41>", "th", "the", "\u0120the"]
ADDED = [{"id": 12, "content": "<s>", "special": True},
         {"id": 13, "content": "<mask>", "lstrip": True, "rstrip": True, "single_word": True,
          "normalized": True, "special": False}]


def tiny_model(model):
    if model["type"] == "Unigram":
        vocab = [[piece, -float(i)] for i, piece in enumerate(PIECES)]
        return {"type": "Unigram", "unk_id": 0, "byte_fallback": True, "vocab": vocab}
    out = {key: value for key, value in model.items() if key not in ("vocab", "merges")}
    out["unk_token"] = "u"
    out["vocab"] = {piece: i for i, piece in enumerate(PIECES)}
    if model["type"] == "BPE":
        out["merges"] = ["t h", ["th", "e"], "\u0120 the"]
    return out


def main():
    folder = HERE / "corpus" / "tokenizer_json"
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(GOLDENS.glob("*.tokenizer.json")):
        document = json.loads(path.read_text())
        document["model"] = tiny_model(document["model"])
        document["added_tokens"] = ADDED
        document["post_processor"] = {
            "type": "TemplateProcessing", "pair": [],
            "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}],
            "special_tokens": {"<s>": {"ids": [12]}}}
        name = path.name.removesuffix(".tokenizer.json")
        (folder / name).write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    main()
