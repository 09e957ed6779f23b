# SPDX-License-Identifier: GPL-3.0-or-later
"""Raw reads by each protocol: the same samples from a real Prometheus, native histograms too, and what follows when a server does not
have remote read or answers it badly."""

import itertools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import urllib.parse
import urllib.request

import fake_prometheus
import remote
from harness import CONFIG, END, FAIL, PASS, ROOT, UNREACHABLE, Prometheus, serin, show

PROTOCOLS = ("auto", "stream", "samples", "raw")
STREAM = "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse"
START_MS = 1735689600000


def config_for(folder, protocol):
    """The example config with its source read by that protocol."""
    text = (ROOT / CONFIG).read_text().replace('prod: {url: "${prometheus}"}', f'prod: {{url: "${{prometheus}}", protocol: {protocol}}}')
    if f"protocol: {protocol}" not in text:
        raise RuntimeError("the config does not look as expected")
    path = folder / f"{protocol}.yaml"
    path.write_text(text)
    return path


def decode(inputs):
    """What serin decodes: the canonical texts of answers, given as (content type, body)."""
    with tempfile.TemporaryDirectory() as folder:
        lines = []
        for i, (kind, body) in enumerate(inputs):
            path = pathlib.Path(folder) / str(i)
            path.write_bytes(body)
            case = {"file": str(path), "http": {"status": 200, "content_type": kind}, "request": {"path": "/api/v1/query"}}
            lines.append(json.dumps({"id": i, "kind": "prom.decode", "inputs": case}))
        done = subprocess.run([os.environ["CONFORMANCE"]], input="\n".join(lines).encode() + b"\n", capture_output=True, check=True)
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return [answer["outputs"].get("canonical", answer["outputs"].get("error")) for answer in answers]


def by_series(canonical):
    if not canonical.startswith("S "):
        raise RuntimeError(canonical)
    return dict(part.split("\n", 1) for part in canonical.split("S ")[1:])


def ask(url, query, time_ms):
    form = urllib.parse.urlencode({"query": query, "time": time_ms / 1000})
    with urllib.request.urlopen(f"{url}/api/v1/query?{form}", timeout=30) as answer:
        return "application/json", answer.read()


class ProtocolsTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def analyze(self, protocol, url, *more):
        return serin("analyze", config_for(self.dir, protocol), "--var", f"prometheus={url}", "--end", END, "--output", "json", *more)

    def test_protocols__give_the_same_samples_and_replay(self):
        documents = {}
        with Prometheus("broken") as server:
            for protocol in PROTOCOLS:
                result = self.analyze(protocol, server.url, "--record", self.dir / f"run-{protocol}")
                self.assertEqual(result[0], FAIL, show(result))
                documents[protocol] = json.loads(result[1])
                replayed = serin("replay", self.dir / f"run-{protocol}", "--output", "json")
                self.assertEqual(replayed[1], result[1], show(replayed))
        used = {p: {q["protocol"] for q in d["queries"] if q["mode"] == "raw"} for p, d in documents.items()}
        self.assertEqual(used, {"auto": {"stream"}, "stream": {"stream"}, "samples": {"samples"}, "raw": {"raw"}})
        for protocol in PROTOCOLS[1:]:
            self.assertEqual(documents[protocol]["metrics"], documents["auto"]["metrics"], protocol)
            counts = [[(q["expr"], q["series"], q["samples"]) for q in documents[p]["queries"]] for p in ("auto", protocol)]
            self.assertEqual(counts[0], counts[1])

    def test_protocols__give_the_same_histograms(self):
        step, points = 15000, 300  # more than two chunks
        times = [START_MS + k * step for k in range(points)]
        shapes = {
            "whole": [remote.histogram(t, 3, {-2: k, 0: 2 * k, 5: 1 + k // 7}, {1: k, 2: 3}, k // 3, 0.25 * k) for k, t in enumerate(times)],
            "fraction": [
                remote.histogram(t, 1, {-9: 0.25 * k, 4: 1.5 * k}, {0: 0.125 * k}, 0.5 * k, -1.5 * k, True) for k, t in enumerate(times, 1)
            ],
            "widening": [remote.histogram(t, 0, {i: k for i in range(1 + k // 20)}, None, 0, 1.0 * k) for k, t in enumerate(times)],
            "finest": [remote.histogram(t, 8, {i * 37 - 500: k + i for i in range(60)}, None, 1, 1e300 * k) for k, t in enumerate(times)],
            "coarsest": [
                remote.histogram(t, -4, {-60: k, 62: 1}, {-3: 2, 63: 3}, 0, float("inf"), zero_threshold=0) for k, t in enumerate(times)
            ],
            "reached": [remote.histogram(t, 0, {-1: k, 3: 1}, {-1: 2}, k, 0.5, zero_threshold=0.3) for k, t in enumerate(times)],
        }
        all_series = [remote.series({"__name__": "h", "shape": name}, points) for name, points in shapes.items()]
        mixed = [remote.sample(t, 0.1 * k) for k, t in enumerate(times[:100])]
        all_series.append(remote.series({"__name__": "h", "shape": "floats"}, mixed))
        with Prometheus(None, "--enable-feature=native-histograms", "--web.enable-remote-write-receiver") as server:
            remote.write(server.url, all_series)
            stream = remote.read(server.url, [(0, "__name__", "h")], START_MS, times[-1], [1])
            # One by one: asked for several series at once, Prometheus 2.42 gives the first histogram of some from the series before.
            raw = [ask(server.url, f'h{{shape="{name}"}}[{points * step // 1000}s]', times[-1]) for name in (*shapes, "floats")]
        read, *answers = map(by_series, decode([stream, *raw]))
        asked = {name: samples for answer in answers for name, samples in answer.items()}
        self.assertEqual(sorted(read), sorted(asked))
        self.assertEqual(len(read), len(shapes) + 1)
        for name, samples in asked.items():
            pairs = list(itertools.zip_longest(read[name].splitlines(), samples.splitlines()))
            first = next((i for i, (x, y) in enumerate(pairs) if x != y), None)
            self.assertIsNone(first, f"{name}: {first is not None and pairs[max(0, first - 1) : first + 2]}")
        self.assertEqual(sum(text.count("H ") for text in read.values()), points * len(shapes))


class Handler(fake_prometheus.Handler):
    """Remote reads by manner: the status and body of the first one, a probe, and of all others."""

    def serve_read(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fake = self.server.fake
        fake.reads.append(body)
        status, kind, answer = fake.probe if len(fake.reads) == 1 else fake.other
        self.send(status, kind, answer)

    def do_POST(self):
        if self.path == "/api/v1/read":
            self.serve_read()
        else:
            super().do_POST()


class FakeRead(fake_prometheus.FakePrometheus):
    def __init__(self, probe, other):
        super().__init__("good")
        self.probe, self.other, self.reads = probe, other, []

    def __enter__(self):
        super().__enter__()
        self.http.RequestHandlerClass = Handler
        return self


def frame_with_encoding(encoding):
    chunk = remote.number(3, encoding) + remote.text(4, b"\0\1\0\0")
    payload = remote.text(1, remote.text(1, remote.text(1, "job") + remote.text(2, "x")) + remote.text(2, chunk))
    return remote.varint(len(payload)) + crc32c(payload).to_bytes(4, "big") + payload


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class FallbackTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def analyze(self, protocol, server):
        return serin("analyze", config_for(self.dir, protocol), "--var", f"prometheus={server.url}", "--end", END, "--output", "json")

    def raw_protocols(self, result):
        return {q["protocol"] for q in json.loads(result[1])["queries"] if q["mode"] == "raw"}

    def test_auto__takes_the_query_api_where_there_is_no_remote_read(self):
        probes = [(404, "text/plain", b"404 page not found\n"), (400, "text/plain", b"unsupported path\n"), (405, "text/plain", b""),
                  (200, "text/html", b"<!doctype html>"), (200, "application/json", b"{}"), (503, "text/plain", b"busy\n")]
        for probe in probes:
            with self.subTest(probe=probe), FakeRead(probe, probe) as server:
                result = self.analyze("auto", server)
                self.assertEqual(result[0], PASS, show(result))
                self.assertEqual(self.raw_protocols(result), {"raw"})
                self.assertEqual(len(server.reads), 1, "one probe, and nothing more")

    def test_auto__asks_the_next_way_when_a_read_gives_nothing_usable(self):
        others = [(400, "text/plain", b"exceeded sample limit (20000)\n"), (500, "text/plain", b"broken block\n"),
                  (200, STREAM, b"iterate chunk: unexpected counter reset\n"), (200, "application/x-protobuf", b"no snappy")]
        for other in others:
            with self.subTest(other=other), FakeRead((200, STREAM, b""), other) as server:
                result = self.analyze("auto", server)
                self.assertEqual(result[0], PASS, show(result))
                self.assertEqual(self.raw_protocols(result), {"raw"})

    def test_auto__asks_for_samples_when_chunks_cannot_be_read(self):
        with FakeRead((200, STREAM, b""), (200, STREAM, frame_with_encoding(4))) as server:
            result = self.analyze("auto", server)
            self.assertEqual(result[0], PASS, show(result))
            accepted = [body.endswith(b"\x12\x02\x01\x00") for body in server.reads]
            self.assertEqual(accepted.count(True) - 1, accepted.count(False), "as many again for samples, and the probe")

    def test_stream__is_an_error_where_there_is_none(self):
        answers = [((404, "text/plain", b"404 page not found\n"), "404 page not found"), ((200, "text/html", b"x"), "not one of remote read"),
                   ((200, STREAM, frame_with_encoding(4)), "encoding 4 (XOR2)")]
        for answer, reason in answers:
            with self.subTest(reason), FakeRead(answer, answer) as server:
                result = self.analyze("stream", server)
                self.assertEqual(result[0], UNREACHABLE, show(result))
                self.assertIn(reason, result[1])


if __name__ == "__main__":
    unittest.main()
