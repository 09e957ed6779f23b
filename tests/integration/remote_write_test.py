# SPDX-License-Identifier: GPL-3.0-or-later
"""Remote write 1.0 and 2.0: what is sent, receivers that understand one, both or neither, trouble, and real servers."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

import remote
from harness import ROOT, Prometheus, VictoriaMetrics, serin
from publish_test import CONFIG, Receiver, answer, hang

V2 = "application/x-protobuf;proto=io.prometheus.write.v2.Request"
WRITTEN = "X-Prometheus-Remote-Write-Samples-Written"
STALE = bytes.fromhex("020000000000f07f")


def query(url, expression, at=None):
    form = urllib.parse.urlencode({"query": expression, "time": time.time() if at is None else at, "nocache": "1"}).encode()
    with urllib.request.urlopen(url + "/api/v1/query", form, timeout=10) as answered:
        return json.load(answered)["data"]["result"]


def takes_2(handler, tries):
    """A receiver of 2.0: tells how many samples it wrote."""
    if handler.headers["Content-Type"] != V2:
        return 415, {}, b""
    found, _ = remote.samples_2(handler.body)
    return 204, {WRITTEN: str(len(found))}, b""


def only_1(handler, tries):
    """One of 1.x as Prometheus 2.42: 2.0 is a request with nothing in it."""
    return 204, {}, b""


class RemoteWriteTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def deliver(self, targets, *, document="fail", earlier=None, deadline="5s"):
        """Said lines, counted outcomes and seconds."""
        config = self.dir / "canary.yaml"
        config.write_text(CONFIG.replace("SOURCE", "http://127.0.0.1:1").replace("PUBLISH", json.dumps({"deadline": deadline, "remote_write": targets})))
        files = [document if isinstance(document, pathlib.Path) else ROOT / f"fixtures/reports/{document}.json"]
        begin = time.monotonic()
        command = [os.environ["DELIVER_TOOL"], config, *files, *([earlier] if earlier else [])]
        run = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        lines = run.stdout.splitlines()
        said = [line[4:] for line in lines if line.startswith("say ")]
        return said, [line.split()[2] for line in lines if line.startswith("count ")], time.monotonic() - begin

    def recent(self, document="fail", **changes):
        """The document with a window that ended a minute ago, and a single metric less than the original if `fewer`."""
        result = json.loads((ROOT / f"fixtures/reports/{document}.json").read_text())
        end = int(time.time()) - 60 + changes.get("later", 0)
        result["window"]["start"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end - 600))
        result["window"]["end"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))
        if changes.get("fewer"):
            result["metrics"].pop()
        path = self.dir / f"result-{changes.get('later', 0)}.json"
        path.write_text(json.dumps(result))
        return path, end

    def test_both_versions_carry_the_same(self):
        with Receiver({"/2": takes_2, "/auto": takes_2}) as receiver:
            targets = [{"url": receiver.url + "/1"}, {"url": receiver.url + "/2", "protocol": "2.0"}]
            targets += [{"url": receiver.url + "/auto", "protocol": "auto", "labels": {"cluster": "eu-1"}}]
            self.assertEqual(self.deliver(targets)[:2], ([], ["delivered"] * 3))
            requests = [receiver.at(path) for path in ("/1", "/2", "/auto")]
        self.assertEqual([len(found) for found in requests], [1, 1, 1])
        names = ("Content-Type", "Content-Encoding", "X-Prometheus-Remote-Write-Version")
        self.assertEqual([requests[0][0][0][name] for name in names], ["application/x-protobuf", "snappy", "0.1.0"])
        for found in requests[1:]:
            self.assertEqual([found[0][0][name] for name in names], [V2, "snappy", "2.0.0"])
        first = remote.samples_1(requests[0][0][1])
        second, metadata = remote.samples_2(requests[1][0][1])
        third, _ = remote.samples_2(requests[2][0][1])
        self.assertEqual(first, second)
        self.assertEqual({labels + (("cluster", "eu-1"),) for labels in first}, {tuple(sorted(dict(labels).items(), key=lambda l: l[0] == "cluster")) for labels in third})
        self.assertGreater(len(first), 100)
        self.assertEqual(metadata["serin_score"][0], 2)
        self.assertTrue(all(meta[1] for meta in metadata.values()))
        self.assertEqual(metadata["serin_analysis_end_timestamp_seconds"][2], "seconds")
        self.assertEqual(metadata["serin_score"][2], "")

    def test_what_does_not_speak_2_gets_1(self):
        manners = {"/empty": only_1, "/415": lambda h, tries: (415, {}, b"") if h.headers["Content-Type"] == V2 else (200, {}, b"")}
        manners["/400"] = lambda h, tries: (400, {}, b"bad body") if h.headers["Content-Type"] == V2 else (204, {}, b"")
        for protocol in ("auto", "2.0"):
            with self.subTest(protocol), Receiver(manners) as receiver:
                said, outcomes, _ = self.deliver([{"url": receiver.url + path, "protocol": protocol} for path in manners])
                self.assertEqual(outcomes, ["delivered"] * 3)
                self.assertEqual(len(said), 3 if protocol == "2.0" else 0)
                for path in manners:
                    (_, first, _), (headers, second, _) = receiver.at(path)
                    self.assertEqual(headers["X-Prometheus-Remote-Write-Version"], "0.1.0")
                    self.assertEqual(remote.samples_1(second), remote.samples_2(first)[0])

    def test_what_was_not_written_is_told(self):
        manners = {"/partial": answer(400, {WRITTEN: "7"}, b"out of order"), "/none": answer(400, {WRITTEN: "0"}, b"all bad")}
        manners |= {"/less": answer(204, {WRITTEN: "5"}), "/silly": answer(204, {WRITTEN: "-x"}), "/413": answer(413)}
        with Receiver(manners) as receiver:
            said, outcomes, _ = self.deliver([{"url": receiver.url + path, "protocol": "auto"} for path in manners])
            counts = [len(receiver.at(path)) for path in manners]
        self.assertEqual(counts, [1] * 5)  # never again as 1.0: they understood
        self.assertEqual(outcomes, ["partial", "refused", "partial", "refused", "refused"])
        self.assertRegex(said[0], r"answered 400: out of order; \d+ samples were not written")
        self.assertRegex(said[2], r"answered 204, but \d+ of \d+ samples were not written")
        self.assertEqual(len(said), 5)

    def test_no_fallback_once_2_is_proven(self):
        """Several requests: one that proves 2.0, others that are refused."""
        result = json.loads((ROOT / "fixtures/reports/fail.json").read_text())
        result["metrics"] = [dict(metric, name=f"{metric['name']}{i}") for i in range(20) for metric in result["metrics"]]
        path = self.dir / "many.json"
        path.write_text(json.dumps(result))

        def first_only(handler, tries):
            return takes_2(handler, tries) if tries == 1 else (400, {}, b"no")

        with Receiver({"/": first_only}) as receiver:
            said, outcomes, _ = self.deliver([{"url": receiver.url + "/w", "protocol": "auto"}], document=path)
            requests = receiver.at("/w")
        self.assertGreater(len(requests), 2)
        self.assertEqual({headers["X-Prometheus-Remote-Write-Version"] for headers, _, _ in requests}, {"2.0.0"})
        self.assertEqual(sorted(outcomes), ["delivered"] + ["refused"] * (len(requests) - 1))

    def test_trouble_is_bounded_and_repeats_the_same_bytes(self):
        def cut(handler, tries):
            handler.connection.shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError

        def mends(handler, tries):
            return (503, {}, b"") if tries < 3 else takes_2(handler, tries)

        def patience(handler, tries):
            return (429, {"Retry-After": "1"}, b"") if tries == 1 else takes_2(handler, tries)

        manners = {"/mends": mends, "/patience": patience, "/500": answer(500, body=b"x" * 100000), "/hang": hang, "/cut": cut, "/401": answer(401)}
        with Receiver(manners) as receiver:
            receiver.http.handle_error = lambda *_: None
            said, outcomes, took = self.deliver([{"url": receiver.url + path, "protocol": "auto"} for path in manners], deadline="3s")
            requests = {path: receiver.at(path) for path in manners}
        self.assertLess(took, 6)
        self.assertEqual(outcomes, ["delivered", "delivered", "failed", "failed", "failed", "refused"], said)
        counts = {path: len(found) for path, found in requests.items()}
        self.assertEqual([counts[path] for path in ("/mends", "/patience", "/hang", "/401")], [3, 2, 1, 1])
        self.assertTrue(2 <= counts["/500"] <= 6, counts)
        self.assertTrue(2 <= counts["/cut"] <= 12, counts)  # curl itself tries a connection again that it had kept
        self.assertGreaterEqual(requests["/patience"][1][2] - requests["/patience"][0][2], 1)
        for found in requests.values():
            self.assertEqual(len({body for _, body, _ in found}), 1)
        self.assertEqual(len(said), 4)
        self.assertLess(max(map(len, said)), 400)

    def test_headers_of_the_protocol_are_not_for_configs(self):
        for name in ("Content-Encoding", "content-type", "x-prometheus-remote-write-version", "User-Agent"):
            config = self.dir / "canary.yaml"
            config.write_text(CONFIG.replace("SOURCE", "http://127.0.0.1:1").replace("PUBLISH", json.dumps({"remote_write": [{"url": "http://127.0.0.1:1", "headers": {name: "x"}}]})))
            code, _, err = serin("check", config)
            self.assertEqual(code, 2)
            self.assertIn("is set by serin itself", err)
        config.write_text(CONFIG.replace("SOURCE", "http://127.0.0.1:1").replace("PUBLISH", json.dumps({"remote_write": [{"url": "http://127.0.0.1:1", "protocol": "3.0"}]})))
        code, out, err = serin("check", config)
        self.assertEqual(code, 2)
        self.assertIn('3.0 is not a value of this key', out + err)

    @unittest.skipUnless(shutil.which("prometheus"), "no prometheus here")
    def test_prometheus_has_what_was_sent_and_the_end_of_what_is_missing_later(self):
        with Prometheus(None, "--web.enable-remote-write-receiver") as prometheus:
            targets = [{"url": prometheus.url + "/api/v1/write", "protocol": "auto"}]
            result, end = self.recent()
            self.assertEqual(self.deliver(targets, document=result)[:2], ([], ["delivered"]))
            self.assertEqual(len(query(prometheus.url, "serin_verdict == 1", end)), 1)
            before = query(prometheus.url, "serin_metric_info", end)
            following, later = self.recent(later=15, fewer=True)
            self.assertEqual(self.deliver(targets, document=following, earlier=result)[:2], ([], ["delivered"]))
            after = query(prometheus.url, "serin_metric_info", later)
            self.assertLess(len(after), len(before))

    @unittest.skipUnless(shutil.which("victoria-metrics"), "no victoria-metrics here")
    def test_victoria_metrics_has_what_was_sent(self):
        with VictoriaMetrics(None) as server:
            result, end = self.recent()
            self.assertEqual(self.deliver([{"url": server.url + "/api/v1/write", "protocol": "auto"}], document=result)[:2], ([], ["delivered"]))
            urllib.request.urlopen(server.url + "/internal/force_flush", timeout=10).close()
            self.assertEqual(len(query(server.url, "serin_verdict == 1", end)), 1)


if __name__ == "__main__":
    unittest.main()
