#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scrapes a running service for two minutes in every format of /metrics, with real servers: OpenMetrics and delimited protobuf with
Prometheus (which asks for the latter where native histograms are enabled), text 0.0.4 with VictoriaMetrics. Meanwhile the service goes on
with analyses, so the page changes. Prints for each format how many scrapes there were and how many failed, then what promtool and the
strict parser of OpenMetrics say.

Run: SERIN=build/serin tests/bench/scrape.py [SECONDS]
"""

import json
import pathlib
import subprocess
import sys
import time
import urllib.parse

sys.path.append("/usr/lib/python3/dist-packages")
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from fake_prometheus import FakePrometheus  # noqa: E402
from harness import Prometheus, VictoriaMetrics  # noqa: E402
from prometheus_client.openmetrics import parser as openmetrics  # noqa: E402
from service import Service, request  # noqa: E402

CANARIES = 20
SCRAPE = """scrape_configs:
  - job_name: serin
    scrape_interval: 1s
    scrape_timeout: 1s
    static_configs: [{{targets: ["{target}"]}}]
"""


def scrapes(server, seconds):
    """The values of `up` of all scrapes."""
    answer = request(server.url + "/api/v1/query?" + urllib.parse.urlencode({"query": f"up[{seconds}s]"}))
    return [float(value) for series in json.loads(answer.body)["data"]["result"] for _, value in series["values"]]


def exported(server):
    """The same of VictoriaMetrics, whose queries leave out the latest seconds."""
    server.answers("/internal/force_flush")
    answer = request(server.url + "/api/v1/export?" + urllib.parse.urlencode({"match[]": "up"}))
    return [value for line in answer.body.splitlines() for value in json.loads(line)["values"]]


def check_page(service):
    text = service.get("/metrics", headers={"Accept": "text/plain"}).body
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=60)
    strict = service.get("/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"}).body.decode()
    samples = sum(len(family.samples) for family in openmetrics.text_string_to_metric_families(strict))
    print(f"page: {len(text)} bytes; promtool: exit code {done.returncode}, {len(done.stdout + done.stderr)} bytes of findings; "
          f"strict parser: {samples} samples")


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 120
    with FakePrometheus("good") as source, Service() as service:
        for i in range(CANARIES):
            service.config(f"c{i}", source.url, most=0.1 if i % 3 == 0 else 1)
        service.start()
        config = SCRAPE.format(target=urllib.parse.urlsplit(service.url).netloc)
        with (Prometheus(None, config=config) as strict, Prometheus(None, "--enable-feature=native-histograms", config=config) as protobuf,
              VictoriaMetrics(None, config=config) as text):
            end = time.monotonic() + seconds
            begun = 0
            while time.monotonic() < end:
                service.decided(service.begin(canary=f"c{begun % CANARIES}"))
                begun += 1
                time.sleep(0.2)
            found = {"openmetrics": scrapes(strict, seconds + 60), "protobuf": scrapes(protobuf, seconds + 60), "text": exported(text)}
        for name, ups in found.items():
            print(f"{name}: {len(ups)} scrapes, {len(ups) - int(sum(ups))} failed")
        print(f"{begun} analyses meanwhile")
        check_page(service)


if __name__ == "__main__":
    main()
