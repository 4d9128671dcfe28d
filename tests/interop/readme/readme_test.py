"""Runs the examples of README.md and of the READMEs of the folders below it as they are, against a server with the sandbox.

A shell block runs when the line before it says so; exit=N when it is there to show a failure:

    <!-- runnable -->                      <!-- runnable exit=5 -->
    ```sh
    grpcurl -plaintext localhost:50051 list
    ```

It runs in a directory that looks like the top of the source tree, with the built programs and grpcurl on the PATH.
localhost:50051, also as the command-line tool's default, becomes the server's address.
"""

import glob
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

MARK = re.compile(r"<!-- runnable(?: exit=(\d+))? -->\s*")
TIME_LIMIT_S = 60


def runnable_blocks(text):
    """(line number, code, expected exit status) of every block that is marked."""
    blocks, lines, at = [], text.splitlines(), 0
    while at < len(lines):
        mark = MARK.fullmatch(lines[at])
        at += 1
        if not mark:
            continue
        if at == len(lines) or not re.fullmatch(r"```(sh|bash)", lines[at]):
            raise ValueError(f"line {at}: no shell block follows the mark")
        end = lines.index("```", at)
        blocks.append((at + 1, "\n".join(lines[at + 1:end]) + "\n", int(mark[1] or 0)))
        at = end + 1
    return blocks


class Extraction(unittest.TestCase):
    def test_takes_marked_blocks_only(self):
        text = "a\n```sh\nfalse\n```\n<!-- runnable -->\n```sh\none\ntwo\n```\n<!-- runnable exit=5 -->\n```bash\nx\n```\n"
        self.assertEqual(runnable_blocks(text), [(6, "one\ntwo\n", 0), (11, "x\n", 5)])

    def test_refuses_a_mark_without_a_block(self):
        for text in ("<!-- runnable -->", "<!-- runnable -->\n\n```sh\n```", "<!-- runnable -->\n```python\n```"):
            with self.subTest(text), self.assertRaises(ValueError):
                runnable_blocks(text)


class Promises(unittest.TestCase):
    def test_the_tests_that_are_named_exist(self):
        source = os.environ["SOURCE_DIR"]
        with open(os.path.join(source, "README.md"), encoding="utf-8") as readme:
            section = readme.read().split("## What it promises")[1].split("\n## ")[0]
        # The last column of each row.
        named = [name for row in re.findall(r"\| ([^|]*) \|$", section, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)]
        self.assertGreater(len(named), 6)
        files = glob.glob(f"{source}/tests/**/*.cc", recursive=True)
        suites = set(re.findall(r"^(?:TEST|TEST_F|TEST_P)\((\w+),", "\n".join(
            pathlib.Path(path).read_text("utf-8") for path in files), re.MULTILINE))
        fuzzers = {os.path.basename(path).removesuffix(".cc") for path in files if path.endswith("_fuzzer.cc")}
        with open(os.path.join(source, "tests/interop/CMakeLists.txt"), encoding="utf-8") as cmake:
            words = set(re.findall(r"\w+", cmake.read()))
        for name in named:
            with self.subTest(name):
                if name.startswith("interop."):
                    self.assertLessEqual(set(name.removeprefix("interop.").split("_")), words)
                else:
                    self.assertIn(name, suites | fuzzers)


class Examples(unittest.TestCase):
    def test_every_example_runs(self):
        source = os.environ["SOURCE_DIR"]
        blocks = []
        # README.md comes first: others use what its examples make.
        for name in ["README.md", *sorted(glob.glob("*/README.md", root_dir=source))]:
            with open(os.path.join(source, name), encoding="utf-8") as readme:
                found = runnable_blocks(readme.read())
            self.assertTrue(found or name != "README.md", "README.md has no runnable example")
            blocks += [(f"{name}:{line}", code, expected) for line, code, expected in found]
        environment = dict(
            os.environ, OPENROUTER_IMAGES_SERVER=os.environ["IMAGES_ADDRESS"],
            PATH=os.pathsep.join([*os.environ["PROGRAM_DIRS"].split(os.pathsep), os.environ["PATH"]]))
        with tempfile.TemporaryDirectory() as top:
            for name in os.listdir(source):
                if not name.startswith((".", "build")):
                    os.symlink(os.path.join(source, name), os.path.join(top, name))
            os.symlink(os.environ["BUILD_DIR"], os.path.join(top, "build"))
            for place, code, expected in blocks:
                code = code.replace("localhost:50051", os.environ["IMAGES_ADDRESS"])
                with self.subTest(place):
                    done = subprocess.run(
                        ["bash", "-euo", "pipefail", "-c", code], cwd=top, env=environment,
                        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIME_LIMIT_S)
                    self.assertEqual(done.returncode, expected, f"\n{code}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    sys.exit(unittest.main())
