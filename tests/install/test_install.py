#!/usr/bin/env python3
"""Installs a build and uses it as a stranger would: C through pkg-config, C++ through find_package.

    python3 tests/install/test_install.py BUILD_DIR
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODEL = str(ROOT / "tests/goldens/models/tied-gqa2.gguf")
build_dir = ""


def run(*command, **env):
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=120,
                            env={**os.environ, **env})
    if result.returncode != 0:
        raise AssertionError(f"{command} gave {result.returncode}\n{result.stdout}{result.stderr}")
    return result.stdout


def declared_functions():
    header = (ROOT / "include/caracal/caracal.h").read_text()
    return set(re.findall(r"^CARACAL_API [^;(]*?(caracal_\w+)\(", header, re.M))


class InstallTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="caracal-install-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        run("cmake", "--install", build_dir, "--prefix", cls.folder / "first")
        # Nothing may know where it was installed: it is used from another place.
        cls.prefix = cls.folder / "moved"
        (cls.folder / "first").rename(cls.prefix)
        cls.lib = next(cls.prefix.glob("lib/**/libcaracal.so")).parent

    def test_the_tree_is_complete(self):
        for name in ("bin/caracal", "include/caracal/caracal.h", "include/caracal/caracal.hpp",
                     "share/man/man1/caracal.1", "share/bash-completion/completions/caracal",
                     "share/doc/caracal/LICENSE", "share/caracal/peer/bench_peer.py"):
            self.assertTrue((self.prefix / name).is_file(), name)
        for name in ("cmake/caracal/caracal-config.cmake",
                     "cmake/caracal/caracal-config-version.cmake", "pkgconfig/caracal.pc"):
            self.assertTrue((self.lib / name).is_file(), name)
        self.assertTrue((self.lib / "libcaracal.so").is_symlink())

    def test_the_program_runs(self):
        version = run(self.prefix / "bin/caracal", "--version")
        self.assertIn(run("pkg-config", "--modversion", "caracal", **self.pkg_config()).strip(),
                      version)

    def test_the_library_exports_the_header_and_nothing_else(self):
        rows = run("nm", "-D", "--defined-only", self.lib / "libcaracal.so").splitlines()
        exported = {name.split("@")[0] for _, kind, name in map(str.split, rows) if kind != "A"}
        self.assertEqual(exported, declared_functions())

    def test_a_c_program_finds_it_by_pkg_config(self):
        flags = run("pkg-config", "--cflags", "--libs", "caracal", **self.pkg_config()).split()
        program = self.folder / "minimal_c"
        run("cc", "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror",
            ROOT / "examples/minimal.c", *flags, "-o", program)
        run(program, MODEL, "abc", LD_LIBRARY_PATH=str(self.lib))
        wrong = subprocess.run([program, "/nowhere.gguf", "abc"], capture_output=True, text=True,
                               env={**os.environ, "LD_LIBRARY_PATH": str(self.lib)})
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("/nowhere.gguf", wrong.stderr)

    def test_a_cpp_program_finds_it_by_find_package(self):
        build = self.folder / "examples"
        run("cmake", "-G", "Ninja", "-S", ROOT / "examples", "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}",
            "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror")
        run("cmake", "--build", build)
        self.assertIn("tokens]", run(build / "minimal", MODEL, "abc"))

    def pkg_config(self):
        return {"PKG_CONFIG_PATH": str(self.lib / "pkgconfig")}


if __name__ == "__main__":
    build_dir = sys.argv.pop(1)
    unittest.main()
