# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service keeps of the answers it judged: `serin replay` makes the same documents of it."""

import io
import json
import pathlib
import re
import shutil
import tarfile
import tempfile
import time
import unittest

import remote
from fake_prometheus import FakePrometheus
from harness import PASS, UNREACHABLE, Prometheus, serin
from service import Service

KINDS = """canary: kinds
sources: {{main: {{url: "{url}", tries: 2, timeout: 5s}}}}
scopes: {{baseline: {{labels: {{app: shop, track: stable}}}}, canary: {{labels: {{app: shop, track: canary}}}}}}
window: {{length: 30m, step: 15s}}
guards: [{{name: traffic, query: 'sum(rate(http_requests_total{{${{scope}}}}[1m]))', min: 1}}]
metrics:
  - {{name: memory, query: 'process_resident_memory_bytes{{${{scope}}}}', tolerance: 10%}}
  - {{name: again, query: 'process_resident_memory_bytes{{${{scope}}}}', tolerance: 20%}}
  - name: errors
    tolerance: 20%
    counts: {{bad: 'http_requests_total{{code=~"5..",${{scope}}}}', total: 'http_requests_total{{${{scope}}}}'}}
  - {{name: latency, tolerance: 10%, histogram: 'http_request_duration_seconds_bucket{{${{scope}}}}'}}
"""

CHUNKS = """canary: chunks
sources: {{main: {{url: "{url}", protocol: stream}}}}
scopes: {{baseline: {{labels: {{track: stable}}}}, canary: {{labels: {{track: canary}}}}}}
window: {{length: 20m, step: 15s}}
metrics:
  - {{name: gauge, query: 'gauge{{${{scope}}}}', tolerance: 10%}}
  - {{name: latency, tolerance: 20%, histogram: 'latency{{${{scope}}}}'}}
"""


def replay(*arguments):
    status, out, err = serin("replay", *arguments, "--output", "json")
    return status, json.loads(out) if out else None, err


class EvidenceTest(unittest.TestCase):
    def setUp(self):
        self.source = self.enterContext(FakePrometheus("good"))
        self.service = self.enterContext(Service("--config", "serve.yaml"))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def start(self, settings):
        (self.service.dir / "serve.yaml").write_text(settings)
        self.service.start()

    def fetch(self, ident, query=""):
        """Keeps the evidence as a file; returns its path and the names in it."""
        answer = self.service.get(f"/api/v1/analyses/{ident}/evidence{query}")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/x-tar"), answer)
        path = self.folder / f"{ident}{len(query)}.tar"
        path.write_bytes(answer.body)
        with tarfile.open(fileobj=io.BytesIO(answer.body)) as archive:
            return str(path), archive.getnames()

    def document(self, ident, look=None):
        path = "/result" if look is None else f"/looks/{look}"
        return self.service.get(f"/api/v1/analyses/{ident}{path}").json

    def test_every_kind_of_metric(self):
        (self.service.dir / "configs/kinds.yaml").write_text(KINDS.format(url=self.source.url))
        self.start("settle: 60s\n")
        s = self.service
        end = int(time.time()) - 120
        first = s.decided(s.begin(canary="kinds", end=end))
        shared = s.decided(s.begin(canary="kinds", end=end))  # takes the answers that the first one was given
        self.assertGreater(self.document(shared["id"])["sources"][0]["counters"]["shared"], 4)
        for analysis in (first, shared):
            self.assertEqual(analysis["verdict"], "pass")
            path, names = self.fetch(analysis["id"])
            self.assertIn("look-01/answers.jsonl", names)
            self.assertEqual(replay(path), (PASS, self.document(analysis["id"]), ""))
        with tarfile.open(path) as archive:
            archive.extractall(self.folder / "run")
        self.assertEqual(replay(str(self.folder / "run"))[1], self.document(shared["id"]))
        self.assertEqual((s.dir / "store.db.evidence").stat().st_mode & 0o777, 0o700)

    def test_chunks_with_native_histograms(self):
        points = 200
        times = [(int(time.time()) - 180 - 15 * (points - k)) * 1000 + 385 for k in range(points)]
        series = []
        for side, extra in (("stable", 0), ("canary", 1)):
            counts = [remote.histogram(t, 3, {-2: 30 * k, 0: 20 * k + extra, 5: 1 + k // 7}, {1: k}, k // 3, 0.25 * k)
                      for k, t in enumerate(times)]
            series.append(remote.series({"__name__": "latency", "track": side}, counts))
            gauge = [remote.sample(t, 100 + (k * 7 % 11) / 7 + 0.1 * extra) for k, t in enumerate(times)]
            series.append(remote.series({"__name__": "gauge", "track": side}, gauge))
        with Prometheus(None, "--enable-feature=native-histograms", "--web.enable-remote-write-receiver") as server:
            remote.write(server.url, series)
            (self.service.dir / "configs/chunks.yaml").write_text(CHUNKS.format(url=server.url))
            self.start("settle: 60s\n")
            done = self.service.decided(self.service.begin(canary="chunks", end=int(time.time()) - 200))
        document = self.document(done["id"])
        self.assertEqual({q["protocol"] for q in document["queries"]}, {"stream"}, done)
        self.assertGreater(min(q["samples"] for q in document["queries"]), 70)
        self.assertEqual(done["verdict"], "pass", document["reasons"])
        path, _ = self.fetch(done["id"])
        self.assertEqual(replay(path), (PASS, document, ""))

    def test_looks_one_after_another(self):
        self.service.config("good", self.source.url, **{"1m, interval: 20s": "6s, interval: 2s"})
        self.start("settle: 1ms\n")
        s = self.service
        done = s.decided(s.post("/api/v1/analyses", {"canary": "good", "vars": {"track": "other"}}).json["id"])
        self.assertEqual((done["verdict"], done["looks"]), ("pass", 3))
        path, names = self.fetch(done["id"])
        self.assertEqual(replay(path), (PASS, self.document(done["id"]), ""))
        for look in (1, 2):
            one, names = self.fetch(done["id"], f"?look={look}")
            self.assertEqual({name.split("/")[0] for name in names if "/" in name}, {f"look-0{look}"})
            status, document, err = replay(one)
            self.assertEqual((document, err.count("it counts as watch.json says")), (self.document(done["id"], look), look - 1))
        for query, status, code in (("?look=9", 404, "no_evidence"), ("?look=x", 400, None), ("?attempt=1", 400, "bad_parameter")):
            answer = s.get(f"/api/v1/analyses/{done['id']}/evidence{query}")
            self.assertEqual((answer.status, code or answer.json["error"]["code"]), (status, answer.json["error"]["code"]), query)
        s.stop()
        s.start()  # it is still there
        self.assertEqual(s.get(f"/api/v1/analyses/{done['id']}/evidence").status, 200)
        (s.dir / f"store.db.evidence/{done['id']}/look-03.tar").unlink()
        status, document, err = replay(self.fetch(done["id"])[0])
        self.assertEqual((status, document), (UNREACHABLE, None))
        self.assertIn("the answers to the last look are not there", err)

    def test_a_source_that_fails(self):
        broken = self.enterContext(FakePrometheus("refuse"))
        self.service.config("bad", broken.url, **{"1m, interval: 20s": "4s, interval: 1s"})
        self.start("settle: 1ms\n")
        s = self.service
        done = s.decided(s.begin(canary="bad", end=int(time.time()) - 5))
        self.assertEqual(done["verdict"], "error")
        path, names = self.fetch(done["id"])
        self.assertEqual({"look-01", "look-01-2", "look-01-3"} - {name.split("/")[0] for name in names}, set())
        self.assertEqual(replay(path)[:2], (UNREACHABLE, self.document(done["id"])))

    def test_bounds(self):
        self.service.config("good", self.source.url)
        self.start("retention: {evidence: 65536}\n")
        s = self.service
        done = [s.decided(s.begin(canary="good"))["id"] for _ in range(12)]
        deadline = time.monotonic() + 15
        kept = done
        while time.monotonic() < deadline and (len(kept) == 12 or done[0] in kept):
            kept = [ident for ident in done if s.get(f"/api/v1/analyses/{ident}/evidence").status == 200]
            time.sleep(0.1)
        self.assertNotIn(done[0], kept)
        self.assertGreater(len(kept), 0)
        size = sum(f.stat().st_size for f in (s.dir / "store.db.evidence").rglob("*.tar"))
        self.assertLessEqual(size, 65536)
        s.stop()
        self.start("retention: {evidence: 0}\n")
        answer = s.get(f"/api/v1/analyses/{kept[-1]}/evidence")
        self.assertEqual((answer.status, answer.json["error"]["code"]), (404, "no_evidence"))

    def kept(self):
        """What the service tells of its evidence: bytes, looks that are kept, looks that are not."""
        page = self.service.get("/metrics").body.decode()
        told = dict(re.findall(r"(?m)^serin_evidence_(\w+) (\d+)", page))  # none before the first page is made
        return [int(told.get(name, -1)) for name in ("bytes", "looks", "lost_total")]

    def await_kept(self, looks, lost):
        deadline = time.monotonic() + 15
        while self.kept()[1:] != [looks, lost]:  # the page is made anew every second
            self.assertLess(time.monotonic(), deadline, self.kept())
            time.sleep(0.1)

    def test_no_room(self):
        self.service.config("good", self.source.url)
        self.start("settle: 60s\n")
        s = self.service
        folder, aside = s.dir / "store.db.evidence", s.dir / "aside"
        folder.rename(aside)
        folder.write_text("no folder")  # as a disk that takes nothing
        without = [s.decided(s.begin(canary="good")) for _ in range(3)]
        self.assertEqual({a["verdict"] for a in without}, {"pass"})
        self.assertEqual({s.get(f"/api/v1/analyses/{a['id']}/evidence").status for a in without}, {404})
        self.await_kept(0, 3)
        ready = s.get("/-/ready")
        self.assertEqual((ready.status, b"answers to looks are not kept" in ready.body), (200, True), ready)
        folder.unlink()
        aside.rename(folder)
        done = s.decided(s.begin(canary="good"))
        self.assertEqual(replay(self.fetch(done["id"])[0])[1], self.document(done["id"]))
        self.await_kept(1, 3)
        self.assertGreater(self.kept()[0], 0)
        self.assertEqual(s.get("/-/ready").body, b"serin is ready\n")
        told = [line for line in s.log().splitlines() if "kept" in line]
        self.assertEqual(len(told), 2, told)
        self.assertIn("nor those to further looks", told[0])
        self.assertIn("answers are kept again, those to 3 looks were not", told[1])

    def test_evidence_goes_with_its_analysis(self):
        self.service.config("good", self.source.url)
        self.start("retention: {count: 2}\n")
        s = self.service
        done = [s.decided(s.begin(canary="good"))["id"] for _ in range(4)]
        folder = s.dir / "store.db.evidence"
        self.assertEqual({path.name for path in folder.iterdir()}, set(done))
        s.stop(kill=True)
        s.start()  # which is when it deletes
        deadline = time.monotonic() + 15
        while {path.name for path in folder.iterdir()} != set(done[2:]):
            self.assertLess(time.monotonic(), deadline, s.log())
            time.sleep(0.1)
        self.await_kept(2, 0)

    def test_what_is_no_evidence(self):
        for name, content in (("text", b"no archive"), ("empty", b"")):
            path = self.folder / name
            path.write_bytes(content)
            self.assertEqual(replay(str(path))[0], UNREACHABLE, name)
        evil = self.folder / "evil.tar"
        with tarfile.open(evil, "w") as archive:
            info = tarfile.TarInfo("../out")
            archive.addfile(info, io.BytesIO(b""))
        status, _, err = replay(str(evil))
        self.assertEqual(status, UNREACHABLE)
        self.assertIn("a name is not usable", err)


if __name__ == "__main__":
    unittest.main()
