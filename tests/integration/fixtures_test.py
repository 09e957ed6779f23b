# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures are what their generator makes, and quickstart's two recorded runs keep their verdicts."""

import subprocess
import sys
import unittest

from harness import CONFIG, END, FAIL, PASS, ROOT, serin, show


class FixturesTest(unittest.TestCase):
    def test_data__are_what_the_generator_writes(self):
        for variant in ("healthy", "broken"):
            with self.subTest(variant):
                command = [sys.executable, "-B", ROOT / "fixtures/data/generate.py", "--variant", variant]
                made = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
                self.assertTrue(made == (ROOT / f"fixtures/data/{variant}.om").read_bytes(), f"{variant}.om differs: generate it anew")

    def test_recorded_runs__keep_their_verdicts(self):
        for variant, code in (("healthy", PASS), ("broken", FAIL)):
            with self.subTest(variant):
                result = serin("analyze", CONFIG, "--source", f"recorded:fixtures/runs/{variant}", "--end", END)
                self.assertEqual(result[0], code, show(result))
                replayed = serin("replay", f"fixtures/runs/{variant}")
                self.assertEqual(replayed[0], code, show(replayed))

    def test_config__is_without_findings(self):
        result = serin("check", CONFIG, "fixtures/canaries/limits.yaml")
        self.assertEqual(result[0], PASS, show(result))
        self.assertNotIn("warning", result[1] + result[2])


if __name__ == "__main__":
    unittest.main()
