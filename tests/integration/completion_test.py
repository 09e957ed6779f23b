# SPDX-License-Identifier: GPL-3.0-or-later
"""Completions and the manual page know what the help knows, and their readers take them."""

import re
import shutil
import subprocess
import tempfile
import unittest

from harness import PASS, USAGE, serin, show

COMPLETE = """
eval "$SCRIPT"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_serin
printf '%s\\n' "${COMPREPLY[@]}"
"""


def output(*args):
    result = serin(*args)
    if result[0] != PASS:
        raise AssertionError(show(result))
    return result[1]


def commands():
    return re.findall(r"^  ([a-z]+) ", output("help").split("Exit codes")[0], re.M)


def options(command):
    return set(re.findall(r"^  (--[a-z-]+)", output(command, "--help"), re.M)) if command not in ("help", "stats") else {"--help"}


class CompletionTest(unittest.TestCase):
    def complete(self, *words):
        done = subprocess.run(["bash", "-c", COMPLETE, "bash", "serin", *words], env={"SCRIPT": self.script, "PATH": "/usr/bin:/bin"},
                              capture_output=True, text=True, timeout=30)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return set(done.stdout.split())

    def test_bash(self):
        self.script = output("completion", "bash")
        names = commands()
        self.assertGreater(len(names), 15)
        self.assertEqual(self.complete(""), {*names, "--help", "--version"})
        self.assertEqual(self.complete("ana"), {"analyze"})
        for name in names:
            if name != "help":
                self.assertEqual(self.complete(name, "--"), options(name), name)
        self.assertEqual(self.complete("analyze", "canary.yaml", "--every-"), {"--every-look"})
        self.assertEqual(self.complete("analyze", "--output", "ju"), {"junit"})
        self.assertEqual(self.complete("analyze", "canary"), set())  # a file: bash's own completion
        self.assertEqual(self.complete("help", "exit"), {"exit-codes"})
        self.assertEqual(self.complete("completion", ""), {"bash", "zsh", "fish", "--help"})

    def test_other_shells_read_theirs(self):
        for shell in ("zsh", "fish"):
            script = output("completion", shell)
            for name in commands():
                self.assertRegex(script, rf"\b{name}\b")
                for option in options(name):
                    self.assertIn("--" + option[2:] if shell == "zsh" else "-l " + option[2:], script, name)
            if shutil.which(shell):
                with tempfile.NamedTemporaryFile("w", suffix="." + shell) as file:
                    file.write(script)
                    file.flush()
                    done = subprocess.run([shell, "-n", file.name], capture_output=True, text=True, timeout=30)
                self.assertEqual((done.returncode, done.stderr), (0, ""), shell)

    def test_another_shell_is_an_error(self):
        for args in ((), ("tcsh",), ("bash", "zsh")):
            result = serin("completion", *args)
            self.assertEqual((result[0], result[1]), (USAGE, ""), show(result))

    def test_manual(self):
        page = output("help", "man")
        for name in commands():
            if name != "help":
                self.assertIn(f".SS serin {name}", page)
            for option in options(name):
                self.assertIn("\\fB" + option.replace("-", "\\-") + "\\fR", page)
        if shutil.which("groff"):
            done = subprocess.run(["groff", "-man", "-ww", "-z"], input=page, capture_output=True, text=True, timeout=30)
            self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
