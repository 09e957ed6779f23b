#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same raw samples from a real Prometheus by streamed remote read, blocks of samples, JSON and gzip JSON: whole `serin analyze` runs
that alternate, the duration of the query in each, and then what decoding alone takes. Prints ratios to the stream.
Usage: remote_read.py SERIN BENCH_BODY [SERIES [SAMPLES]] (100 series of 10,000 samples). Skips, and says so, without Prometheus."""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
os.environ["SERIN"] = os.path.abspath(sys.argv[1]) if len(sys.argv) > 2 else ""
import remote  # noqa: E402
from harness import Prometheus  # noqa: E402

START, STEP, ROUNDS = 1735689600, 15, 7
WAYS = {"stream": "protocol: stream", "samples": "protocol: samples", "raw": "protocol: raw", "raw gzip": "protocol: raw, compression: true"}


def fill(url, series, samples):
    """Values that creep up with a jitter of a few bits, as a gauge of requests or bytes does."""
    body = []
    for i in range(series):
        value, points = 1000.0 + i, []
        for k in range(samples):
            value += (k * 7919 + i * 104729) % 17 - 7.5
            points.append(remote.sample((START + k * STEP) * 1000, value / 8))
        body.append(remote.series({"__name__": "bench", "instance": f"10.0.0.{i}:9100", "job": "bench"}, points))
    remote.write(url, body)


def config(folder, url, way, window):
    path = folder / "canary.yaml"
    path.write_text(
        f"canary: bench\nsources: {{prod: {{url: '{url}', {WAYS[way]}, raw_window: {window + 1}s, timeout: 2m}}}}\n"
        f"scopes: {{canary: {{labels: {{job: bench}}}}}}\nwindow: {{length: {window}s, step: {STEP}s}}\njudge: {{name: kayenta}}\n"
        "metrics:\n  - {name: m, threshold: {query: 'bench{${scope}}', max: 1000000000}}\n")
    return path


def run(serin, folder, url, way, window):
    """Milliseconds of the query, with decoding, its bytes and samples."""
    command = [serin, "analyze", config(folder, url, way, window), "--end", str(START + window), "--output", "json"]
    done = subprocess.run(command, capture_output=True, check=False)
    query = json.loads(done.stdout)["queries"][0]
    if query["outcome"] != "ok":
        sys.exit(query["error"])
    return query["duration_ms"], query["bytes"], query["samples"]


def bodies(folder, url, window):
    end = START + window
    form = urllib.parse.urlencode({"query": f"bench[{window + 1}s]", "time": end})
    read = [remote.read(url, [(0, "__name__", "bench")], START * 1000, end * 1000, [kind]) for kind in (1, 0)]
    with urllib.request.urlopen(f"{url}/api/v1/query?{form}", timeout=120) as answer:
        read.append(("application/json", answer.read()))
    for i, (kind, body) in enumerate(read):
        (folder / str(i)).write_bytes(body)
        yield from (kind, folder / str(i))


def main():
    if len(sys.argv) < 3 or shutil.which("prometheus") is None:
        print("skipped: SERIN, BENCH_BODY and prometheus are needed")
        return
    serin, bench = sys.argv[1:3]
    series, samples = (int(text) for text in (sys.argv[3:5] + ["100", "10000"][len(sys.argv[3:5]) :]))
    folder, window = pathlib.Path(tempfile.mkdtemp(prefix="serin-read-")), (samples - 1) * STEP
    try:
        with Prometheus(None, "--web.enable-remote-write-receiver") as server:
            fill(server.url, series, samples)
            times = {way: [] for way in WAYS}
            for _ in range(ROUNDS):
                for way in WAYS:
                    times[way].append(run(serin, folder, server.url, way, window))
            medians = {way: statistics.median(t[0] for t in rows) for way, rows in times.items()}
            for way, rows in times.items():
                ratio, (_, size, count) = medians[way] / medians["stream"], rows[0]
                print(f"{way:<9} {medians[way]:8.1f} ms, {ratio:6.1f} times the stream, {size:>9} bytes decoded, {count} samples")
            subprocess.run([bench, *bodies(folder, server.url, window)], check=True)
    finally:
        shutil.rmtree(folder)


main()
