# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole analyses of a real Prometheus that holds the fixtures' healthy and broken data."""

import json
import pathlib
import shutil
import tempfile
import unittest

from harness import CONFIG, END, FAIL, INCONCLUSIVE, PASS, Prometheus, serin, show

VERDICTS = {"healthy": (PASS, "pass"), "broken": (FAIL, "fail")}


def metrics_by_name(document):
    return {metric["name"]: metric for metric in document["metrics"]}


class PrometheusTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.servers = {variant: cls.enterClassContext(Prometheus(variant)) for variant in VERDICTS}

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def analyze(self, variant, *more):
        return serin("analyze", CONFIG, "--var", f"prometheus={self.servers[variant].url}", "--end", END, *more)

    def test_analyze__gives_verdict_and_exit_code(self):
        for variant, (code, verdict) in VERDICTS.items():
            with self.subTest(variant):
                result = self.analyze(variant, "--output", "json")
                self.assertEqual(result[0], code, show(result))
                self.assertEqual(json.loads(result[1])["verdict"], verdict)

    def test_analyze__blames_the_metrics_that_are_broken(self):
        result = self.analyze("broken", "--output", "json")
        found = {name: metric["classification"] for name, metric in metrics_by_name(json.loads(result[1])).items()}
        expected = dict.fromkeys(("error_ratio", "latency", "slow_requests"), "high")
        expected |= dict.fromkeys(("payment_errors", "memory", "pool_limit", "cpu_per_request"), "pass")
        self.assertEqual(found, expected)

    def test_limits__are_judged_without_a_baseline(self):
        for variant, (code, _) in VERDICTS.items():
            with self.subTest(variant):
                url = self.servers[variant].url
                result = serin("analyze", "fixtures/canaries/limits.yaml", "--var", f"prometheus={url}", "--end", END, "--output", "json")
                self.assertEqual(result[0], code, show(result))
                metric = metrics_by_name(json.loads(result[1]))["error_share"]
                self.assertEqual(metric["limit"]["in_a_row"], 0 if code == PASS else metric["canary"]["samples"])

    def test_replay__gives_the_same_bytes(self):
        for variant, (code, _) in VERDICTS.items():
            for form in ("json", "text"):
                with self.subTest(variant=variant, form=form):
                    run = self.dir / f"{variant}-{form}"
                    live = self.analyze(variant, "--record", run, "--output", form)
                    again = serin("replay", run, "--output", form)
                    self.assertEqual((live[0], again[0]), (code, code), show(live) + show(again))
                    self.assertEqual(live[1], again[1])

    def test_analyze__takes_a_recording_for_a_source(self):
        run = self.dir / "run"
        live = self.analyze("broken", "--record", run, "--output", "json")
        recorded = serin("analyze", CONFIG, "--source", f"recorded:{run}", "--end", END, "--output", "json")
        self.assertEqual(recorded[0], FAIL, show(recorded))
        self.assertEqual(metrics_by_name(json.loads(live[1])), metrics_by_name(json.loads(recorded[1])))

    def test_analyze__writes_several_outputs_at_once(self):
        target = self.dir / "result.json"
        result = self.analyze("healthy", "--output", "text", "--output", f"json={target}")
        self.assertEqual(result[0], PASS, show(result))
        self.assertIn("error_ratio", result[1])
        self.assertEqual(json.loads(target.read_text())["verdict"], "pass")

    def test_analyze__without_data_is_inconclusive(self):
        result = serin(
            "analyze", CONFIG, "--var", f"prometheus={self.servers['healthy'].url}", "--end", "2025-01-03T00:40:00Z", "--output", "json"
        )
        self.assertEqual(result[0], INCONCLUSIVE, show(result))
        self.assertEqual(json.loads(result[1])["verdict"], "inconclusive")


if __name__ == "__main__":
    unittest.main()
