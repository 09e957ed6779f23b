# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of metrics of a service, read by those it is for: promtool, the strict parser of OpenMetrics, and a scraping Prometheus."""

import http.server
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

from fake_prometheus import Server
from harness import ROOT, Prometheus

try:
    from prometheus_client.openmetrics import parser as openmetrics
except ImportError:
    openmetrics = None

REPORTS = ROOT / "fixtures" / "reports"
RESULTS = ["fail", "hostile", "evidence"]
PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
ACCEPTS = ["text/plain;version=0.0.4", "application/openmetrics-text;version=1.0.0", PROTOBUF]


def query(prometheus, expression):
    url = prometheus.url + "/api/v1/query?" + urllib.parse.urlencode({"query": expression})
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)["data"]["result"]


def lines(page):
    return [line for line in page.decode().splitlines() if not line.startswith("#")]


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        command = [os.environ["LIVE_PAGES"], directory.name, *[str(REPORTS / f"{name}.json") for name in RESULTS]]
        told = subprocess.run([*command, *["accept:" + accept for accept in ACCEPTS]], check=True, capture_output=True, text=True, timeout=60)
        cls.types = [line.split(" ", 1)[1] for line in told.stdout.splitlines()]
        cls.pages = [(pathlib.Path(directory.name) / str(i)).read_bytes() for i in range(3)]

    def test_series_are_the_same_in_both_formats_of_text(self):
        text, strict = (lines(page) for page in self.pages[:2])
        self.assertEqual(text, [line.split(" # ")[0] for line in strict])
        self.assertGreater(len(text), 300)
        self.assertEqual(sum(" # {analysis_id=" in line for line in strict), 2)
        self.assertEqual(len({line.rsplit(" ", 1)[0] for line in text}), len(text))

    @unittest.skipUnless(shutil.which("promtool"), "no promtool here")
    def test_promtool_has_no_finding(self):
        check = subprocess.run(["promtool", "check", "metrics"], input=self.pages[0], capture_output=True, timeout=60)
        self.assertEqual((check.returncode, check.stderr.decode()), (0, ""))

    @unittest.skipUnless(openmetrics, "no python3-prometheus-client here")
    def test_the_strict_parser_takes_openmetrics(self):
        families = list(openmetrics.text_string_to_metric_families(self.pages[1].decode()))
        samples = [sample for family in families for sample in family.samples]
        self.assertEqual(len(samples), len(lines(self.pages[1])))
        exemplars = [sample for sample in samples if sample.exemplar is not None]
        self.assertEqual({sample.exemplar.labels["analysis_id"] for sample in exemplars}, {"0f1e2d3c4b5a6978", "7f3a9c01d2e4b6a8"})
        self.assertEqual({sample.timestamp for sample in samples}, {None})  # with times of their own series would not end
        units = {family.name: family.unit for family in families if family.unit}
        self.assertEqual(units["serin_query_duration_seconds"], "seconds")

    @unittest.skipUnless(shutil.which("prometheus"), "no prometheus here")
    def test_prometheus_scrapes_every_format(self):
        pages, types = self.pages, self.types

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                at = int(self.path.strip("/"))
                self.send_response(200)
                self.send_header("Content-Type", types[at])
                self.send_header("Content-Length", str(len(pages[at])))
                self.end_headers()
                self.wfile.write(pages[at])

        with Server(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
            address = "127.0.0.1:%d" % server.server_address[1]
            jobs = [
                {"job_name": f"j{i}", "metrics_path": f"/{i}", "honor_labels": True, "static_configs": [{"targets": [address]}]} for i in range(3)
            ]
            config = {"global": {"scrape_interval": "300ms", "scrape_timeout": "300ms"}, "scrape_configs": jobs}
            try:
                with Prometheus(None, "--enable-feature=native-histograms", config=json.dumps(config)) as prometheus:
                    self.check_scrapes(prometheus)
            finally:
                server.shutdown()

    def check_scrapes(self, prometheus):
        until = time.monotonic() + 30
        while True:
            ups = query(prometheus, "sum_over_time(up[1m])")
            if len(ups) == 3 and all(float(up["value"][1]) >= 5 for up in ups):
                break
            self.assertLess(time.monotonic(), until, "too few scrapes")
            time.sleep(0.1)
        self.assertEqual([up["value"][1] for up in query(prometheus, "min_over_time(up[1m])")], ["1"] * 3)
        counts = {found["metric"]["job"]: found["value"][1] for found in query(prometheus, "scrape_samples_scraped")}
        self.assertEqual(len(set(counts.values())), 1, counts)
        for job in range(1, 3):  # the same series whatever was asked for
            for name in ("serin_metric_class", "serin_query_duration_seconds_bucket", "serin_analyses_total", "serin_metric_location"):
                both = f'{name}{{job="j0"}} == ignoring(job) {name}{{job="j{job}"}}'
                wanted = query(prometheus, f'{name}{{job="j0"}}')
                self.assertEqual(len(query(prometheus, both)), len(wanted), both)
                self.assertGreater(len(wanted), 0, name)


if __name__ == "__main__":
    unittest.main()
