# SPDX-License-Identifier: GPL-3.0-or-later
"""valgrind finds no leak and no invalid access in whole runs of the program."""

import unittest

from fake_prometheus import FakePrometheus
from harness import CONFIG, END, FAIL, PASS, UNREACHABLE, USAGE, serin, show

VALGRIND = ("valgrind", "--quiet", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect,possible", "--error-exitcode=9")


class LeaksTest(unittest.TestCase):
    def check(self, code, *args):
        result = serin(*args, wrapper=VALGRIND, timeout=240)
        self.assertEqual(result[0], code, show(result))

    def test_analyze__of_recorded_answers(self):
        self.check(FAIL, "analyze", CONFIG, "--source", "recorded:fixtures/runs/broken", "--end", END, "--output", "json")

    def test_analyze__of_a_server(self):
        with FakePrometheus("good") as fake:
            self.check(PASS, "analyze", CONFIG, "--var", f"prometheus={fake.url}", "--end", END)

    def test_analyze__of_a_server_that_refuses(self):
        with FakePrometheus("refuse") as fake:
            self.check(UNREACHABLE, "analyze", CONFIG, "--var", f"prometheus={fake.url}", "--end", END)

    def test_replay(self):
        self.check(PASS, "replay", "fixtures/runs/healthy")

    def test_usage_error(self):
        self.check(USAGE, "analyze", "fixtures/canaries/absent.yaml")


if __name__ == "__main__":
    unittest.main()
