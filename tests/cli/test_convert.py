"""`caracal convert`, and Hugging Face directories in place of GGUF files.

    python3 tests/cli/test_convert.py build/release/bin/caracal [unittest arguments]
"""
import json
import shutil
import struct
import sys
import unittest
from pathlib import Path

import test_cli
from test_cli import EXACT, MODELS, ROOT, CliTest

DIRECTORIES = sorted((ROOT / "tests/goldens/hf").iterdir())
QWEN2 = ROOT / "tests/goldens/hf/qwen2"
TEXT = "An hour later: the cat, on a mat?"


class ConvertTest(CliTest):
    def logits(self, model, golden):
        """The bytes of the .npy file for the first sequence of a golden."""
        sequence = json.loads((MODELS / f"{golden}.golden.json").read_text())["sequences"][0]
        ids = self.write("ids.json", json.dumps({"sequences": [sequence["ids"]]}))
        out = self.folder / "out.npy"
        self.ok("logits", "-m", model, "--input", ids, "-o", out, "-c", sequence.get("context", 256), *EXACT)
        return out.read_bytes()

    def types(self, model):
        rows = self.ok_json("inspect", "tensors", "-m", model, "--json")["tensors"]
        return {row["name"]: row["type"] for row in rows}

    def convert(self, model, *options, name="out.gguf"):
        out = self.folder / name
        self.ok("convert", model, "-o", out, *options)
        return out


class Directory(ConvertTest):
    def test_every_family_gives_the_logits_of_its_converted_file_bit_for_bit(self):
        for directory in DIRECTORIES:
            converted = self.convert(directory, "--type", "f32")
            self.assertEqual(self.logits(directory, directory.name), self.logits(converted, directory.name),
                             directory.name)

    def test_directories_give_the_logits_of_the_gguf_file_of_the_same_weights(self):
        for directory in DIRECTORIES:
            # Gemma's norms are stored less 1, so they come back with a rounding.
            if not directory.name.startswith("gemma3"):
                self.assertEqual(self.logits(directory, directory.name),
                                 self.logits(MODELS / f"{directory.name}.gguf", directory.name), directory.name)

    def test_a_directory_or_its_config_stands_for_a_model(self):
        converted = self.convert(QWEN2)
        for model in (QWEN2, QWEN2 / "config.json"):
            self.assertEqual(self.ok("tokenize", "-m", model, "-p", TEXT), self.ok("tokenize", "-m", converted, "-p", TEXT))
            self.assertEqual(self.ok("run", "-m", model, "-p", TEXT, "-n", 8, "--temp", 0),
                             self.ok("run", "-m", converted, "-p", TEXT, "-n", 8, "--temp", 0))
        messages = self.write("m.json", json.dumps({"messages": [{"role": "user", "content": "hi"}]}))
        for model in (QWEN2, converted):
            self.assertEqual(self.ok("template", "-m", model, "--input", messages), b"[user] hi\n")
            facts = self.ok_json("inspect", "model", "-m", model, "--json")
            self.assertEqual((facts["architecture"], facts["n_vocab"]), ("qwen2", 71))
            self.assertEqual(facts["tokenizer"], "tokenizer.json" if model == QWEN2 else "llama")

    def test_another_folder_is_refused(self):
        self.refused(3, "run", "-m", self.folder, "-p", "x", says="a folder with config.json")
        self.write("config.json", '{"architectures":["MambaForCausalLM"]}')
        self.refused(1, "run", "-m", self.folder, "-p", "x", says="'MambaForCausalLM' is not supported")


class Convert(ConvertTest):
    def test_auto_keeps_types_and_others_change_the_matrices_alone(self):
        self.assertEqual(set(self.types(self.convert(MODELS / "formats-f16.gguf")).values()), {"F16", "F32"})
        types = self.types(self.convert(MODELS / "formats-f16.gguf", "--type", "q8_0"))
        self.assertEqual(types["blk.0.attn_q.weight"], "Q8_0")
        self.assertEqual(types["blk.0.attn_norm.weight"], "F32")

    def test_widths_that_no_block_divides_fall_back(self):
        types = self.types(self.convert(MODELS / "formats-f16.gguf", "--type", "q4_k"))  # 64 and 96 columns
        self.assertEqual(types["blk.0.ffn_up.weight"], "Q5_0")
        types = self.types(self.convert(QWEN2, "--outtype", "q4_k"))  # 24 and 28 columns
        self.assertEqual(types["blk.0.ffn_up.weight"], "F16")

    def test_the_same_bytes_with_any_number_of_threads(self):
        files = [self.convert(MODELS / "formats-f16.gguf", "--type", "q4_1", "-t", t, name=f"{t}.gguf") for t in (1, 3)]
        self.assertEqual(files[0].read_bytes(), files[1].read_bytes())

    def test_encoding_an_encoded_file_gives_what_its_weights_give(self):
        # The same float model in every format: Q8_0 from F32 is the file that is checked in.
        wide = self.convert(MODELS / "formats-q8_0.gguf", "--type", "f32", name="wide.gguf")
        again = self.convert(wide, "--type", "q8_0", name="again.gguf")
        self.assertEqual(self.logits(again, "formats-q8_0"), self.logits(MODELS / "formats-q8_0.gguf", "formats-q8_0"))

    def test_refusals_leave_no_file(self):
        folder = self.folder / "model"
        shutil.copytree(QWEN2, folder)
        out = self.folder / "out.gguf"
        self.refused(2, "convert", folder, says="--output")
        self.refused(2, "convert", folder, "-o", out, "--type", "q9", says="auto, f32, f16")
        self.refused(3, "convert", self.folder / "nothing.gguf", "-o", out, says="cannot open")
        self.refused(3, "convert", folder, "-o", self.folder / "no/where.gguf", says="cannot create")
        (folder / "tokenizer.json").unlink()
        self.refused(3, "convert", folder, "-o", out, says="expected tokenizer.json")
        self.assertEqual([p.name for p in self.folder.iterdir()], ["model"])

    def test_numbers_that_the_type_cannot_hold_are_refused(self):
        folder = self.folder / "model"
        shutil.copytree(QWEN2, folder)
        weights = folder / "model.safetensors"
        image = bytearray(weights.read_bytes())
        start = 8 + struct.unpack("<Q", image[:8])[0]
        matrix = start + json.loads(image[8:start])["model.embed_tokens.weight"]["data_offsets"][0]
        for number in (1e6, float("inf"), float("nan")):
            image[matrix:matrix + 4] = struct.pack("<f", number)
            weights.write_bytes(image)
            self.refused(1, "convert", folder, "-o", self.folder / "no.gguf", "--type", "f16",
                         says="tensor 'token_embd.weight': expected finite numbers up to 65504")
            self.convert(folder, "--type", "bf16")
        self.assertFalse((self.folder / "no.gguf").exists())


if __name__ == "__main__":
    test_cli.caracal = str(Path(sys.argv.pop(1)).resolve())
    sys.exit(test_cli.main())
