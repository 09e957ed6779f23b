# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person meets first: help, misspelt options, mistakes in a config, and output that goes into a pipe."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from harness import CONFIG, END, FAIL, PASS, ROOT, SERIN, USAGE, serin, show

RECORDED = ("--source", "recorded:fixtures/runs/broken", "--end", END)

BAD_CONFIGS = (  # what replaces what in the fixture, and what the message must hold
    ("critical: true", "critcal: true", "critical"),
    ("name: cpu_per_request\n    group: cost\n", "name: cpu_per_request\n    group: costs\n", "cost"),
    ("min: 1}", "min: many}", "number"),
    ("source: prod", "source: staging", "staging"),
    ("length: 30m", "length: 30 minutes", "length"),
)


class UsageTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def test_wrong_command_lines__are_usage_errors(self):
        cases = (
            (),
            ("analyse", CONFIG),
            ("analyze",),
            ("analyze", CONFIG, "--wat"),
            ("analyze", CONFIG, "--end", "yesterday"),
            ("analyze", CONFIG, "--output", "tree"),
            ("analyze", CONFIG, "--var"),
            ("analyze", "fixtures/canaries/absent.yaml"),
            ("replay", self.dir / "absent"),
        )
        for case in cases:
            with self.subTest(case):
                result = serin(*case)
                self.assertEqual(result[0], USAGE, show(result))
                self.assertEqual(result[1], "")
                self.assertNotEqual(result[2], "")

    def test_misspelt_words__are_corrected(self):
        self.assertIn("--verbose", serin("analyze", CONFIG, "--verbos")[2])
        self.assertIn("replay", serin("repaly", "x")[2])

    def test_mistakes_in_a_config__have_their_place(self):
        good = (ROOT / CONFIG).read_text()
        for old, new, word in BAD_CONFIGS:
            with self.subTest(new):
                self.assertIn(old, good)
                bad = self.dir / "bad.yaml"
                bad.write_text(good.replace(old, new, 1))
                line = good[: good.index(old)].count("\n") + 1
                for command in (("analyze", bad, *RECORDED), ("check", bad)):
                    result = serin(*command)
                    self.assertEqual(result[0], USAGE, show(result))
                    self.assertRegex(result[1] + result[2], rf"bad\.yaml:{line}:\d+: error: .*{word}")

    def test_help_and_version__succeed(self):
        for case in (("help",), ("help", "analyze"), ("--help",), ("analyze", "--help"), ("--version",)):
            with self.subTest(case):
                result = serin(*case)
                self.assertEqual(result[0], PASS, show(result))
                self.assertNotEqual(result[1], "")

    def test_text_in_a_pipe__is_plain(self):
        for more in ((), ("--color", "auto"), ("--color", "never")):
            with self.subTest(more):
                result = serin("analyze", CONFIG, *RECORDED, *more)
                self.assertEqual(result[0], FAIL, show(result))
                self.assertIn("error_ratio", result[1])
                self.assertNotIn("\x1b", result[1] + result[2])

    def test_color_always__colours_a_pipe(self):
        self.assertIn("\x1b[", serin("analyze", CONFIG, *RECORDED, "--color", "always")[1])

    def test_ascii__holds_nothing_else(self):
        out = serin("analyze", CONFIG, *RECORDED, "--ascii")[1]
        self.assertIn("error_ratio", out)
        self.assertTrue(out.isascii(), out)

    def test_quiet__prints_nothing(self):
        result = serin("analyze", CONFIG, *RECORDED, "--quiet")
        self.assertEqual(result[0], FAIL, show(result))
        self.assertEqual(result[2], "")

    def test_plan__shows_both_sides_and_sends_nothing(self):
        result = serin("plan", CONFIG, "--end", END)  # no server listens where the config's default points
        self.assertEqual(result[0], PASS, show(result))
        self.assertIn('track="stable"', result[1])
        self.assertIn('track="canary"', result[1])

    def test_output_that_cannot_be_written__is_no_pass(self):
        for variant, code in (("healthy", USAGE), ("broken", FAIL)):
            with self.subTest(variant):
                source = f"recorded:fixtures/runs/{variant}"
                result = serin("analyze", CONFIG, "--source", source, "--end", END, "--output", f"json={self.dir}/absent/result.json")
                self.assertEqual(result[0], code, show(result))
                self.assertIn("result.json", result[2])

    def test_closed_pipe__does_not_kill_with_a_signal(self):
        reader, writer = os.pipe()
        os.close(reader)
        try:
            result = serin_into(writer)
        finally:
            os.close(writer)
        self.assertGreaterEqual(result, 0)


def serin_into(descriptor):
    """Exit code of an analysis whose report goes to a file descriptor."""
    return subprocess.run(
        [SERIN, "analyze", CONFIG, *RECORDED], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=descriptor, stderr=subprocess.DEVNULL, timeout=60
    ).returncode


if __name__ == "__main__":
    unittest.main()
