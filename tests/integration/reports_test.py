# SPDX-License-Identifier: GPL-3.0-or-later
"""Outputs as a pipeline asks for them: several at once, into files, and the files that GitHub names."""

import os
import pathlib
import shutil
import tempfile
import unittest
from unittest import mock
import xml.etree.ElementTree

from harness import FAIL, PASS, USAGE, serin, show

FORMATS = {"text": "✖ FAIL", "json": '"verdict": "fail"', "ndjson": '"event":"verdict"', "markdown": "<!-- serin:checkout-api:", "html": "<!DOCTYPE html>",
           "junit": "<testsuites", "github": "::error title=", "dotenv": "SERIN_VERDICT=fail", "prom": 'serin_verdict{canary="checkout-api",verdict="fail"} 1'}


def replay(run, *options, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    with mock.patch.dict(os.environ, {**kept, **environment}, clear=True):
        return serin("replay", f"fixtures/runs/{run}", *options)


class ReportsTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def test_all_formats_at_once__each_in_its_file(self):
        options = [word for name in FORMATS for word in ("--output", f"{name}={self.dir}/out.{name}")]
        result = replay("broken", *options)
        self.assertEqual((result[0], result[1], result[2]), (FAIL, "", ""), show(result))
        for name, part in FORMATS.items():
            self.assertIn(part, (self.dir / f"out.{name}").read_text(), name)
        self.assertEqual(len(list(self.dir.iterdir())), len(FORMATS))  # no temporary file is left
        xml.etree.ElementTree.parse(self.dir / "out.junit")
        xml.etree.ElementTree.parse(self.dir / "out.html")

    def test_the_same_run__gives_the_same_bytes(self):
        for name in FORMATS:
            with self.subTest(name):
                self.assertEqual(replay("healthy", "--output", name), replay("healthy", "--output", name))

    def test_formats__are_in_the_help(self):
        for name in FORMATS:
            self.assertRegex(serin("analyze", "--help")[1], rf"\n  {name} ")
        self.assertIn("markdown", serin("replay", "fixtures/runs/healthy", "--output", "tree")[2])

    def test_a_metrics_file__is_replaced_whole(self):
        target = self.dir / "serin.prom"
        target.write_text("old")
        before = target.stat().st_ino
        result = replay("healthy", "--output", f"prom={target}")
        self.assertEqual(result[0], PASS, show(result))
        self.assertNotEqual(target.stat().st_ino, before)
        self.assertTrue(target.read_text().endswith("\n"))
        self.assertEqual(os.listdir(self.dir), ["serin.prom"])

    def test_github__gets_summary_and_outputs_behind_what_is_there(self):
        summary, outputs = self.dir / "summary", self.dir / "outputs"
        summary.write_text("# Before\n")
        outputs.write_text("a=b\n")
        result = replay("broken", "--output", "github", GITHUB_STEP_SUMMARY=str(summary), GITHUB_OUTPUT=str(outputs))
        self.assertEqual(result[0], FAIL, show(result))
        self.assertTrue(all(line.startswith("::") for line in result[1].splitlines()), show(result))
        markdown = replay("broken", "--output", "markdown")[1]
        self.assertEqual(summary.read_text(), "# Before\n" + markdown)
        self.assertRegex(outputs.read_text(), r"^a=b\nverdict=fail\nexit_code=1\nscore=[0-9.]+\nrun=[0-9a-f]+\n$")

    def test_github__without_its_files_only_annotates(self):
        result = replay("healthy", "--output", "github", GITHUB_STEP_SUMMARY="")
        self.assertEqual((result[0], result[2]), (PASS, ""), show(result))
        self.assertTrue(result[1].startswith("::notice title="))

    def test_a_report_that_is_lost__is_no_pass(self):
        for option, environment in ((f"html={self.dir}/absent/x.html", {}), ("github", {"GITHUB_OUTPUT": f"{self.dir}/absent/x"})):
            with self.subTest(option):
                result = replay("healthy", "--output", option, **environment)
                self.assertEqual(result[0], USAGE, show(result))
                self.assertIn("absent/x", result[2])

    def test_a_document__is_shown_again_in_every_format(self):
        for run in ("broken", "healthy"):
            kept = self.dir / f"{run}.json"
            kept.write_text(replay(run, "--output", "json")[1])
            for name in FORMATS:
                with self.subTest(run=run, format=name):
                    self.assertEqual(serin("report", str(kept), "--output", name), replay(run, "--output", name))
        self.assertEqual(serin("report", "-", "--quiet", input=(self.dir / "broken.json").read_text()), replay("broken", "--quiet"))

    def test_what_does_not_tell_its_end__is_no_pass(self):
        document = replay("broken", "--output", "json")[1]
        for text, said in (("", "end of file"), ("[]", "no member schema"), ('{"schema":"serin.other/1"}', "serin.other/1"), (document[:-20], "expected"),
                           (document.replace('"exit_code": 1', '"exit_code": 0'), "verdict: expected"),
                           (document.replace('"exit_code": 1', '"exit_code": "0"'), "exit_code: expected"),
                           ('{"schema":"serin.gate/1"}', "exit_code: expected"), ('{"schema":"serin.result/1","verdict":"pass","exit_code":0}', "is missing")):
            with self.subTest(said):
                result = serin("report", "-", input=text)
                self.assertEqual(result[:2], (USAGE, ""), show(result))
                self.assertIn(said, result[2])


if __name__ == "__main__":
    unittest.main()
