# SPDX-License-Identifier: GPL-3.0-or-later
"""`serin query`: one question to a source, shown to people and to programs."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from fake_prometheus import FakePrometheus
from harness import CONFIG, END, INCONCLUSIVE, PASS, UNREACHABLE, USAGE, Prometheus, serin, show

MEMORY = 'process_resident_memory_bytes{track="canary"}'
SECRET = "s3cr3t-of-the-test"


class RealServerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Prometheus("healthy"))

    def query(self, *args, code=PASS):
        result = serin("query", self.server.url, *args, "--end", END)
        self.assertEqual(result[0], code, show(result))
        return result[1]

    def document(self, *args):
        return json.loads(self.query(*args, "--output", "json"))

    def test_selector__is_read_sample_by_sample_whatever_the_protocol(self):
        found = {}
        for protocol in ("auto", "stream", "samples", "raw"):
            document = self.document(MEMORY, "--length", "10m", "--protocol", protocol)
            self.assertEqual(document["query"]["protocol"], "stream" if protocol == "auto" else protocol)
            found[protocol] = document["series"]
        self.assertEqual(len(found["auto"]), 1)
        self.assertEqual(len(found["auto"][0]["samples"]), 41)
        self.assertEqual(found["auto"][0]["scrapes"], {"interval_ms": 15000, "gaps": 0, "missing": 0, "longest_gap_ms": 15000})
        for protocol, series in found.items():
            self.assertEqual(series, found["auto"], protocol)

    def test_step_below_the_scrape_interval__is_warned_of(self):
        text = self.query(MEMORY, "--step", "5s", "--length", "10m")
        self.assertIn("step of 5s seems to be below the scrape interval", text)
        self.assertIn("step of\n         15s", text)
        self.assertNotIn("warning", self.query(MEMORY, "--step", "15s", "--length", "10m"))

    def test_expression__is_a_range_query_on_multiples_of_the_step(self):
        document = self.document("sum by (track) (rate(http_requests_total[1m]))", "--length", "20m7s")
        self.assertEqual(document["query"]["mode"], "range")
        self.assertEqual(document["query"]["step_ms"], 15000)
        self.assertEqual(document["query"]["start_ms"] % 15000, 0)
        self.assertEqual([series["labels"] for series in document["series"]], [{"track": "canary"}, {"track": "stable"}])

    def test_instant__gives_one_value(self):
        document = self.document("count(up) or vector(2.5)", "--instant")
        self.assertEqual(document["type"], "vector")
        self.assertEqual(document["series"][0]["samples"], [[1735692000000, 2.5]])
        self.assertEqual(self.document('"text"', "--instant")["text"], "text")

    def test_counters__grow_by_what_the_server_makes_of_them(self):
        found = {json.dumps(s["labels"]): s["increase"] for s in self.document("http_requests_total", "--length", "20m7s")["series"]}
        told = self.document("increase(http_requests_total[20m7s])", "--instant")["series"]
        self.assertGreater(len(told), 1)
        for series in told:
            increase = found[json.dumps({"__name__": "http_requests_total", **series["labels"]})]
            self.assertAlmostEqual(increase["closed"], series["samples"][0][1], delta=1e-9 * increase["closed"])
            self.assertEqual(increase["resets"], 0)
        self.assertIn("in all, 0 resets; increase() of Prometheus 2 makes", self.query("http_requests_total", "--length", "20m7s"))

    def test_labels_and_series__are_listed(self):
        self.assertEqual(self.document("--labels")["names"], ["__name__", "app", "code", "le", "outcome", "track"])
        self.assertEqual(self.document("track", "--labels")["names"], ["canary", "stable"])
        series = self.document(MEMORY, "--series")["series"]
        self.assertEqual(series, [{"labels": {"__name__": "process_resident_memory_bytes", "app": "checkout", "track": "canary"}}])
        self.assertIn("canary\nstable\n", self.query("track", "--labels"))
        self.assertIn('{__name__="http_requests_total",app="checkout",code="503"', self.query("http_requests_total", "--series"))

    def test_openmetrics__is_taken_by_promtool(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, folder)
        self.query('{app="checkout"}', "--output", f"openmetrics={folder}/all.om")
        create = ["promtool", "tsdb", "create-blocks-from", "openmetrics", folder / "all.om", folder / "data"]
        done = subprocess.run(create, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_csv__has_a_line_a_sample(self):
        lines = self.query(MEMORY, "--length", "1m", "--output", "csv").splitlines()
        self.assertEqual(lines[0], "time_ms,value,__name__,app,track")
        self.assertEqual(len(lines), 6)
        self.assertRegex(lines[1], r"^1735691940000,\d+,process_resident_memory_bytes,checkout,canary$")

    def test_nothing_found__has_an_exit_code_of_its_own(self):
        self.assertIn("0 series", self.query("absent_metric", code=INCONCLUSIVE))
        self.query("absent_label", "--labels", code=INCONCLUSIVE)

    def test_error_of_the_server__is_told(self):
        result = serin("query", self.server.url, "sum(", "--instant")
        self.assertEqual(result[0], UNREACHABLE, show(result))
        self.assertIn("parse error", result[2])
        self.assertEqual(result[1], "")

    def test_source_of_a_config__is_used(self):
        for args in ((f"{CONFIG}:prod", MEMORY), (CONFIG, MEMORY), ("prod", MEMORY, "--config", CONFIG)):
            result = serin("query", *args, "--var", f"prometheus={self.server.url}", "--end", END, "--output", "json")
            self.assertEqual(result[0], PASS, show(result))
            self.assertEqual(json.loads(result[1])["source"]["name"], "prod")


class UsageTest(unittest.TestCase):
    def test_mistakes__are_usage_errors(self):
        url = "http://127.0.0.1:9"
        cases = (
            ((), "usage"),
            ((url,), "missing"),
            ((url, "up", "down"), "usage"),
            ((url, "rate(up[1m])", "--raw"), "plain selector"),
            ((url, "up", "--raw", "--instant"), "together"),
            ((url, "up", "--instant", "--step", "5s"), "--step"),
            ((url, "up", "--protocol", "smtp"), "stream"),
            ((url, "up", "--output", "xml"), "openmetrics"),
            ((url, "up", "--start", "2025-01-01T01:00:00Z", "--end", "2025-01-01T00:00:00Z"), "before"),
            (("127.0.0.1:9090", "up"), "http://"),
            ((f"{CONFIG}:prid", "up"), "prod"),
            (("absent.yaml:prod", "up"), "absent.yaml"),
            (("http://user:pass@127.0.0.1:9", "up"), "url"),
        )
        for args, word in cases:
            with self.subTest(args):
                result = serin("query", *args)
                self.assertEqual(result[0], USAGE, show(result))
                self.assertIn(word, result[2])
                self.assertEqual(result[1], "")
                self.assertNotIn("pass@", result[2])

    def test_server_that_fails__is_no_answer(self):
        for manner in ("broken", "html", "cut", "refuse"):
            with self.subTest(manner), FakePrometheus(manner) as fake:
                result = serin("query", fake.url, "up", "--end", END, "--length", "10m", "--output", "csv")
                self.assertEqual(result[0], UNREACHABLE, show(result))
                self.assertEqual(result[1], "")

    def test_flaky_server__is_asked_again(self):
        with FakePrometheus("flaky") as fake:
            result = serin("query", fake.url, 'up{track="canary"}', "--end", END, "--length", "10m", "--output", "json")
            self.assertEqual(result[0], PASS, show(result))
            self.assertEqual(json.loads(result[1])["answer"]["tries"], 2)

    def test_secrets__are_never_shown(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, folder)
        token = folder / "token"
        token.write_text(SECRET)
        token.chmod(0o600)
        good = (pathlib.Path(__file__).resolve().parents[2] / CONFIG).read_text()
        for manner, code in (("good", PASS), ("broken", UNREACHABLE)):
            with self.subTest(manner), FakePrometheus(manner) as fake:
                old = 'url: "${prometheus}"'
                self.assertIn(old, good)
                (folder / "canary.yaml").write_text(good.replace(old, f"url: {fake.url}, bearer_token_file: {token}, tries: 1"))
                for form in ("text", "json", "csv"):
                    result = serin("query", f"{folder}/canary.yaml:prod", 'up{track="canary"}', "--end", END, "--output", form)
                    self.assertEqual(result[0], code, show(result))
                    self.assertNotIn(SECRET, result[1] + result[2])


if __name__ == "__main__":
    unittest.main()
