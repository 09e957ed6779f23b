# SPDX-License-Identifier: GPL-3.0-or-later
"""serin judge on pairs with a known answer: how often it stops a good canary, lets a bad one through, or cannot tell."""

import json
import math
import pathlib
import tempfile
import unittest

from harness import ROOT, USAGE, serin, show

CASES = "fixtures/benchmark/cases.jsonl"


def lines_of(text):
    return [json.loads(line) for line in text.splitlines()]


LABELS = {label["id"]: label for label in lines_of((ROOT / "fixtures/benchmark/labels.jsonl").read_text())}


def judge(*args):
    result = serin("judge", "--cases", CASES, *args)
    assert result[0] == 0, show(result)
    return lines_of(result[1])


def share(answers, expected, verdict, snr=0):
    """Per cent of the pairs with this right answer that got this verdict."""
    got = [a["verdict"] for a in answers if LABELS[a["id"]]["expected"] == expected and (LABELS[a["id"]].get("snr") or 0) >= snr]
    return 100 * got.count(verdict) / len(got)


def balanced(answers):
    """100 when all is right, 50 for a judge that always says the same; inconclusive counts half."""
    good = share(answers, "pass", "pass") + share(answers, "pass", "inconclusive") / 2
    return (good + share(answers, "fail", "fail") + share(answers, "fail", "inconclusive") / 2) / 2


class BenchmarkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.answers = judge()
        cls.looked = judge("--looks", "5")

    def test_every_pair__is_answered_in_order(self):
        ids = [json.loads(line)["id"] for line in (ROOT / CASES).read_text().splitlines()]
        for answers in (self.answers, self.looked):
            self.assertEqual([a["id"] for a in answers], ids)

    def test_whole_windows__are_judged_well(self):
        self.assertLessEqual(share(self.answers, "pass", "fail"), 1.5)
        self.assertGreaterEqual(share(self.answers, "fail", "fail"), 80)
        self.assertGreaterEqual(share(self.answers, "fail", "fail", snr=4), 94)
        self.assertLessEqual(share(self.answers, "fail", "pass"), 2)
        self.assertGreaterEqual(balanced(self.answers), 89)

    def test_repeated_looks__fail_early_and_not_more_often(self):
        self.assertLessEqual(share(self.looked, "pass", "fail"), 2)
        self.assertGreaterEqual(share(self.looked, "fail", "fail"), 80)
        self.assertLessEqual(share(self.looked, "fail", "pass"), 2)
        self.assertGreaterEqual(balanced(self.looked), 89)
        whole = {a["id"]: a for a in judge("--looks", "1000")}
        steps = [a["t"] / whole[a["id"]]["t"] for a in self.looked if a["verdict"] == "fail" and whole[a["id"]]["verdict"] == "fail"]
        self.assertLess(sorted(steps)[len(steps) // 2], 0.6)

    def test_too_little_data__has_no_verdict(self):
        for answers in (self.answers, self.looked):
            self.assertEqual(share(answers, "inconclusive", "inconclusive"), 100)

    def test_p__is_the_level_at_which_the_verdict_turns(self):
        strict = {a["id"]: a for a in judge("--alpha", "0.0005")}
        for a in self.answers:
            with self.subTest(a["id"]):
                self.assertEqual(a["verdict"] == "fail", a["p"] < 0.01)
                self.assertEqual(strict[a["id"]]["verdict"] == "fail", a["p"] < 0.0005)
                self.assertTrue(math.isclose(strict[a["id"]]["p"], a["p"], rel_tol=1e-12))

    def test_input_that_is_no_case__is_named_with_file_and_line(self):
        good = (ROOT / CASES).read_text().splitlines()[0]
        case = json.loads(good)
        mistakes = (  # the line, and what the message must hold
            ("{", "not JSON"),
            ("[1]", "object"),
            (json.dumps({**case, "id": 7}), "id"),
            (json.dumps({**case, "type": "gage"}), "type"),
            (json.dumps({**case, "direction": "up"}), "direction"),
            (json.dumps({**case, "tolerance": "5 %"}), "tolerance"),
            (json.dumps({**case, "tolerance": -1}), "tolerance"),
            (json.dumps({**case, "baseline": [1, "x"]}), "baseline[1]"),
            (json.dumps({**case, "canary": {}}), "canary"),
            (json.dumps({**case, "type": "ratio"}), "baseline_total"),
            (json.dumps({**case, "type": "histogram", "le": [1, 1], "baseline_hist": [], "canary_hist": []}), "le"),
            (json.dumps({**case, "type": "histogram", "le": [1, 2], "baseline_hist": [[1]], "canary_hist": []}), "baseline_hist[0]"),
        )
        for line, word in mistakes:
            with self.subTest(line[:60]), tempfile.TemporaryDirectory(prefix="serin-") as folder:
                path = pathlib.Path(folder) / "cases.jsonl"
                path.write_text(f"{good}\n\n{line}\n")
                result = serin("judge", "--cases", path)
                self.assertEqual(result[0], USAGE, show(result))
                self.assertEqual(len(result[1].splitlines()), 1)
                self.assertIn(f"{path}:3: ", result[2])
                self.assertIn(word, result[2])

    def test_wrong_command_lines__are_usage_errors(self):
        for args in ((), ("--cases",), ("--cases", CASES, "x"), ("--cases", "fixtures/absent.jsonl"), ("--cases", CASES, "--looks", "0"),
                     ("--cases", CASES, "--alpha", "0.7"), ("--cases", CASES, "--spending", "all")):
            with self.subTest(args):
                result = serin("judge", *args)
                self.assertEqual(result[0], USAGE, show(result))
                self.assertEqual(result[1], "")
                self.assertNotEqual(result[2], "")


if __name__ == "__main__":
    unittest.main()
