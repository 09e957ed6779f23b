# SPDX-License-Identifier: GPL-3.0-or-later
"""/metrics of a running service: what it tells after a verdict, in which formats, and to a real Prometheus."""

import http.client
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

sys.path.append("/usr/lib/python3/dist-packages")  # where Debian has what is not in this Python

from fake_prometheus import FakePrometheus  # noqa: E402
from harness import ROOT, Prometheus  # noqa: E402
from service import Service, request  # noqa: E402
from told_service import HOSTILE, recent_data, tell  # noqa: E402

try:
    from prometheus_client.openmetrics import parser as openmetrics
except ImportError:
    openmetrics = None

NOT_TOLD = {"serin_gate_wait_seconds"}  # serin gate alone tells it
SCRAPE = """scrape_configs:
  - job_name: serin
    scrape_interval: 1s
    static_configs: [{{targets: ["{target}"]}}]
"""


def until(found, what, seconds=30):
    deadline = time.monotonic() + seconds
    while not (value := found()):
        if time.monotonic() > deadline:
            raise AssertionError(what)
        time.sleep(0.1)
    return value


class ScrapeTest(unittest.TestCase):
    def setUp(self):
        self.source = self.enterContext(FakePrometheus("good"))
        self.service = self.enterContext(Service())
        self.service.config("good", self.source.url)
        self.service.config("bad", self.source.url, most=0.1)
        self.service.start()
        self.ids = {name: self.service.begin(canary=name) for name in ("good", "bad")}
        for ident in self.ids.values():
            self.service.decided(ident)

    def page(self, accept="text/plain"):
        answer = self.service.get("/metrics", headers={"Accept": accept})
        self.assertEqual(answer.status, 200, answer)
        return answer

    def test_an_error_before_the_first_look_takes_the_place_of_the_verdict_before(self):
        s = self.service
        until(lambda: b'serin_verdict{canary="good",verdict="pass"} 1' in self.page().body, "the pass is not told")
        ident = s.post("/api/v1/analyses", {"canary": "good", "start": int(time.time()) + 3600}).json["id"]
        s.stop()
        with sqlite3.connect(s.dir / "store.db") as store:  # as of a serin that knew other keys
            store.execute("UPDATE configs SET text = replace(text, 'metrics:', 'metrix:')")
        s.start()
        self.assertEqual(s.decided(ident)["verdict"], "error")
        page = until(lambda: b'serin_verdict{canary="good",verdict="error"} 1' in (body := self.page().body) and body, "the error is not told")
        for verdict in (b"pass", b"fail"):
            self.assertIn(b'serin_verdict{canary="good",verdict="%s"} 0' % verdict, page)

    def test_the_page_tells_the_verdicts_and_the_engine(self):
        wanted = 'serin_analyses_total{canary="bad",verdict="fail"} 1'
        text = until(lambda: (t := self.page().body.decode()) if wanted in self.page().body.decode() else None, wanted)
        for line in ('serin_verdict{canary="good",verdict="pass"} 1', 'serin_verdict{canary="bad",verdict="fail"} 1',
                     'serin_analyses_total{canary="good",verdict="pass"} 1', "serin_looks_total 2", "serin_analyses_open 0",
                     'serin_query_duration_seconds_count{source="main"} 2'):
            self.assertIn("\n" + line + "\n", text)
        self.assertNotIn(self.ids["good"], text)
        done = subprocess.run(["promtool", "check", "metrics"], input=text.encode(), capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))

    @unittest.skipIf(openmetrics is None, "python3-prometheus-client is needed")
    def test_exemplars_carry_the_analysis(self):
        accept = "application/openmetrics-text;version=1.0.0"
        until(lambda: b"serin_analyses_total{" in self.page(accept).body, "analyses")
        text = self.page(accept).body.decode()
        families = {f.name: f for f in openmetrics.text_string_to_metric_families(text)}
        seen = {s.labels["canary"]: s.exemplar.labels for s in families["serin_analyses"].samples if s.value > 0}
        self.assertEqual(seen, {name: {"analysis_id": ident} for name, ident in self.ids.items()})

    def shows(self, *lines):
        until(lambda: {*lines} <= {*self.page().body.decode().splitlines()}, lines)

    def test_the_latest_look_of_a_running_analysis_is_shown_and_not_counted(self):
        before = ('serin_analysis_final{canary="good"} 1', 'serin_verdict{canary="good",verdict="pass"} 1')
        look = ('serin_analysis_final{canary="good"} 0', 'serin_verdict{canary="good",verdict="pass"} 0',
                'serin_verdict{canary="good",verdict="inconclusive"} 1', 'serin_metric_class{canary="good",metric="pool",class="pass"} 1')
        counted = 'serin_analyses_total{canary="good",verdict="pass"} 1'
        self.shows(*before, counted)
        ident = self.service.post("/api/v1/analyses", {"canary": "good", "start": int(time.time()) - 100}).json["id"]
        self.shows(*look, counted, "serin_analyses_open 1")
        self.service.stop()
        self.service.start()
        self.shows(*look, "serin_analyses_open 1")
        self.assertEqual(self.service.post(f"/api/v1/analyses/{ident}/cancel").status, 200)
        self.shows(*before, "serin_analyses_open 0")

    def test_counts_of_a_config_begin_at_0(self):
        self.service.config("new", self.source.url)
        self.assertEqual(self.service.post("/-/reload").status, 200)
        self.shows(*(f'serin_analyses_total{{canary="new",verdict="{verdict}"}} 0'
                     for verdict in ("pass", "marginal", "fail", "inconclusive", "error")))
        self.service.stop()
        self.service.start()
        self.shows('serin_analyses_total{canary="new",verdict="fail"} 0', 'serin_analyses_total{canary="bad",verdict="fail"} 0')

    def test_a_canary_ends_with_its_config(self):
        shown = 'serin_verdict{canary="bad",verdict="fail"} 1'
        self.shows(shown)
        (self.service.dir / "configs/bad.yaml").unlink()
        self.assertEqual(self.service.post("/-/reload").status, 200)
        until(lambda: 'canary="bad"' not in self.page().body.decode(), "the canary is told of without its config")
        self.service.stop()
        self.service.start()
        self.shows('serin_verdict{canary="good",verdict="pass"} 1')
        self.assertNotIn('canary="bad"', self.page().body.decode())

    def test_every_config_is_told_after_a_restart(self):
        url = urllib.parse.urlsplit(self.service.url)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
        body = json.dumps({"canary": "good", "end": int(time.time()) - 120})
        for _ in range(510):  # more than a page of the store
            connection.request("POST", "/api/v1/analyses", body, {"Content-Type": "application/json"})
            self.assertEqual(connection.getresponse().read()[:6], b'{"id":')
        connection.close()
        until(lambda: not self.service.get("/api/v1/analyses?state=open&limit=1").json["analyses"], "analyses are open")
        self.service.stop()
        self.service.start()
        self.shows('serin_verdict{canary="bad",verdict="fail"} 1', 'serin_verdict{canary="good",verdict="pass"} 1')

    def test_a_prometheus_scrapes_it(self):
        target = urllib.parse.urlsplit(self.service.url).netloc
        with Prometheus(None, config=SCRAPE.format(target=target)) as server:
            def ask(expr):
                answer = request(server.url + "/api/v1/query?" + urllib.parse.urlencode({"query": expr}))
                return json.loads(answer.body)["data"]["result"]

            until(lambda: ask('serin_verdict{canary="bad",verdict="fail"} == 1'), "the verdict was not scraped")
            until(lambda: ask("count_over_time(up[1m]) >= 4"), "too few scrapes")
            self.assertEqual(ask("min_over_time(up[1m])")[0]["value"][1], "1")
            self.assertEqual(ask('serin_score{canary="good"}')[0]["value"][1], "100")


class ToldTest(unittest.TestCase):
    def setUp(self):
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        file, end = recent_data(directory)
        source, self.service = self.enterContext(Prometheus(file)), self.enterContext(Service())
        tell(self.service, source, end)

    def families(self):
        page = self.service.get("/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"}).body.decode()
        return {family.name: family.samples for family in openmetrics.text_string_to_metric_families(page)}

    @unittest.skipIf(openmetrics is None, "python3-prometheus-client is needed")
    def test_every_metric_is_told_and_strange_names_stay_what_they_are(self):
        table = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/metrics.md").read_text(), re.M)
        wanted = {name.removesuffix("_total") for name in table} - NOT_TOLD
        families = until(lambda: (f := self.families()) and wanted <= {*f} and f, "some metrics are missing")
        self.assertEqual({*families} - wanted, set())
        for name, label in (("serin_verdict", "canary"), ("serin_metric_class", "metric"), ("serin_metric_info", "group"), ("serin_group_score", "group"),
                            ("serin_guard_ok", "guard"), ("serin_external_check_value", "check"), ("serin_source_queries", "source")):
            self.assertIn(HOSTILE, [sample.labels.get(label) for sample in families[name]], name)
        sides = {(sample.labels["side"], sample.labels["bound"]) for sample in families["serin_burn_rate"]}
        self.assertEqual(sides, {(side, bound) for side in ("service", "baseline", "canary") for bound in ("estimate", "lower", "upper")})
        self.service.get("/" + urllib.parse.quote(HOSTILE))
        text = self.service.get("/metrics", headers={"Accept": "text/plain"}).body
        done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"", b""))


if __name__ == "__main__":
    unittest.main()
