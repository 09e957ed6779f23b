# SPDX-License-Identifier: GPL-3.0-or-later
"""What real servers make of windows in pieces, of limits, and of the parameters of their kind."""

import json
import pathlib
import shutil
import tempfile
import unittest

from harness import CONFIG, END, FAIL, PASS, ROOT, UNREACHABLE, Prometheus, VictoriaMetrics, serin, show

LONG = """canary: long
sources: {prod: {url: "%s"%s}}
scopes:
  baseline: {labels: {app: checkout, track: stable}}
  canary: {labels: {app: checkout, track: canary}}
window: {length: 40m, step: %s}
judge: {name: kayenta, pass: 85, marginal: 70}
metrics:
  - {name: memory, %s}
"""
RANGE = "query: 'sum by (track) (rate(http_requests_total{${scope}}[1m]))'"
RAW = "counts: {bad: 'http_requests_total{code=~\"5..\",${scope}}', total: 'http_requests_total{${scope}}'}"


def answers(run, side):
    """Every sample of a recorded side's queries, by series and time, from the bodies of all pieces; fails on a time that comes twice."""
    found = {}
    for line in (run / "answers.jsonl").read_text().splitlines():
        record = json.loads(line) if line else {"mode": "buildinfo"}
        if record["mode"] == "buildinfo" or f'track="{side}"' not in record["expr"]:
            continue
        for series in json.loads((run / record["file"]).read_text())["data"]["result"]:
            for time, value in series["values"]:
                key = record["expr"], json.dumps(series["metric"], sort_keys=True), time
                if record["mode"] == "range" and key in found:
                    raise AssertionError(f"two answers to {key}")
                found[key] = value
    return found


class BackendsTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def analyze(self, text, name, *more):
        config, run = self.dir / f"{name}.yaml", self.dir / name
        config.write_text(text)
        result = serin("analyze", config, "--end", END, "--record", run, "--output", "json", *more)
        self.assertIn(result[0], (PASS, FAIL), show(result))  # the points of rates are copies: what they say is not the question
        self.assertEqual(serin("replay", run, "--output", "json")[:2], result[:2])
        return json.loads(result[1]), run

    def test_long_range__equals_a_coarser_one(self):
        with Prometheus("healthy") as server:
            fine, fine_run = self.analyze(LONG % (server.url, "", "100ms", RANGE), "fine")
            coarse, coarse_run = self.analyze(LONG % (server.url, "", "300ms", RANGE), "coarse")
        self.assertEqual([query["pieces"] for query in fine["queries"]], [3, 3])
        self.assertEqual([query["pieces"] for query in coarse["queries"]], [1, 1])
        points = 40 * 600 + 1 - 150  # the data begin with the window, and the first rate comes with their second sample
        self.assertEqual([query["samples"] for query in fine["queries"]], [points, points])
        for side in ("stable", "canary"):
            every, third = answers(fine_run, side), answers(coarse_run, side)
            self.assertEqual(len(every), points)
            self.assertEqual({key: every[key] for key in third}, third)

    def test_too_many_samples__are_asked_for_in_halves(self):
        with Prometheus("healthy", "--query.max-samples=420") as server:
            halved, _ = self.analyze(LONG % (server.url, ", protocol: raw", "15s", RAW), "halved")
        with Prometheus("healthy") as server:
            whole, _ = self.analyze(LONG % (server.url, ", protocol: raw", "15s", RAW), "whole")
        self.assertGreater(max(query["pieces"] for query in halved["queries"]), 1)
        self.assertEqual({query["pieces"] for query in whole["queries"]}, {1})
        self.assertEqual([query["samples"] for query in halved["queries"]], [query["samples"] for query in whole["queries"]])
        self.assertEqual(halved["metrics"], whole["metrics"])
        self.assertGreater(halved["sources"][0]["counters"]["retries"], 0)

    def test_victoriametrics__gives_the_same_verdicts(self):
        text = (ROOT / CONFIG).read_text().replace('{url: "${prometheus}"}', '{url: "${prometheus}", kind: victoriametrics}')
        config = self.dir / "canary.yaml"
        config.write_text(text)
        for variant, code in (("healthy", PASS), ("broken", FAIL)):
            with self.subTest(variant), VictoriaMetrics(variant) as server:
                result = serin("analyze", config, "--var", f"prometheus={server.url}", "--end", END, "--output", "json")
                self.assertEqual(result[0], code, show(result))
                self.assertEqual(json.loads(result[1])["sources"][0]["detected"], "victoriametrics")
                self.assertEqual(result[2], "")

    def test_victoriametrics__is_recognised_and_its_errors_are_shown(self):
        with VictoriaMetrics("healthy") as server:
            config = self.dir / "canary.yaml"
            config.write_text(LONG % (server.url, "", "15s", "query: 'sum(no_such_function(x{${scope}}))'"))
            result = serin("analyze", config, "--end", END, "--output", "json")
        self.assertEqual(result[0], UNREACHABLE, show(result))
        self.assertIn("set kind: victoriametrics", result[2])
        self.assertIn("HTTP status 422, 422: ", json.loads(result[1])["queries"][0]["error"])


if __name__ == "__main__":
    unittest.main()
