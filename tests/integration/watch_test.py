# SPDX-License-Identifier: GPL-3.0-or-later
"""serin analyze --watch with seconds for minutes: looks come in real time, are recorded, killed and taken up again."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

from fake_prometheus import FakePrometheus
from harness import FAIL, INCONCLUSIVE, PASS, ROOT, SERIN, UNREACHABLE, USAGE, serin, show

SETTLE_S = 60  # how long serin waits for late samples
FIRST_S = 10  # data of the first look
CONFIG = """\
canary: quick
sources: {main: {url: "URL", protocol: raw, tries: 1}}
scopes: {baseline: {labels: {track: stable}}, canary: {labels: {track: canary}}}
window: {length: 16s, step: 1s, interval: 2s}
metrics:
  - {name: latency, query: 'latency{${scope}}', tolerance: 10%}
"""


def value(second, factor):
    return factor * (100 + second * 7919 % 13 / 10)


class Manner:
    """Answers raw reads with a sample a second; `factor` is what the canary's values are multiplied by.

    Reads whose end is among `broken`, counted in seconds from the start of the window, get a 500."""

    def __init__(self, factor=1, broken=(), start=0):
        self.factor, self.broken, self.start = factor, broken, start

    def __call__(self, handler, path, form, tries):
        fields = urllib.parse.parse_qs(form)
        end, window = float(fields["time"][0]), re.search(r"\[(\d+)s\]", fields["query"][0])
        if round(end - self.start) in self.broken:
            handler.send(500, "text/plain", b"out of luck\n")
            return True
        canary = "canary" in fields["query"][0]
        seconds = range(int(end) - int(window[1]) + 1, int(end) + 1)
        values = [[s, str(value(s + 5 * canary, self.factor if canary else 1))] for s in seconds]
        series = {"metric": {"track": "canary" if canary else "stable"}, "values": values}
        body = {"status": "success", "data": {"resultType": "matrix", "result": [series]}}
        handler.send(200, "application/json", json.dumps(body).encode())
        return True


class WatchTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)
        self.start = int(time.time()) - SETTLE_S - FIRST_S + 3  # the first look is due in a few seconds

    def command(self, url, *more):
        config = self.dir / "canary.yaml"
        config.write_text(CONFIG.replace("URL", url))
        return ("analyze", config, "--watch", "--start", self.start, *more)

    def begin(self, *args):
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "XDG_STATE_HOME": str(self.dir / "home")}
        return subprocess.Popen([SERIN, *map(str, args)], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def state(self):
        path = self.dir / "state.json"
        return json.loads(path.read_text()) if path.exists() else {"looks": []}

    def wait_for_looks(self, count):
        deadline = time.monotonic() + 20
        while len(self.state()["looks"]) < count:
            self.assertLess(time.monotonic(), deadline, "no look came")
            time.sleep(0.05)

    def test_good_canary__passes_at_the_end_and_replays(self):
        with FakePrometheus(Manner(broken=(12,), start=self.start)) as fake:
            record = self.dir / "record"
            result = serin(*self.command(fake.url, "--record", record, "--output", "json", "--every-look"))
        self.assertEqual(result[0], PASS, show(result))
        decoder, documents, text = json.JSONDecoder(), [], result[1]
        while text:
            document, at = decoder.raw_decode(text)
            documents.append(document)
            text = text[at:].lstrip()
        looks = [d["looks"] for d in documents]
        self.assertEqual([x["look"] for x in looks], [1, 2, 3, 4])
        self.assertEqual([x["planned"] for x in looks], [4] * 4)
        self.assertEqual([d["verdict"] for d in documents], ["inconclusive", "error", "inconclusive", "pass"])
        self.assertEqual([d["exit_code"] for d in documents], [INCONCLUSIVE, UNREACHABLE, INCONCLUSIVE, PASS])
        self.assertEqual([x["final"] for x in looks], [False, False, False, True])
        self.assertEqual([x["reason"] for x in looks[3]["skipped"]], ["failed"])
        self.assertIsNone(looks[1]["alpha"])
        self.assertEqual(looks[1]["spent"], looks[0]["spent"])
        self.assertTrue(0 < looks[0]["spent"] < looks[2]["spent"] < looks[3]["spent"])
        self.assertAlmostEqual(looks[3]["spent"], 0.01)
        self.assertIn("look 2 of 4 is skipped", result[2])
        replayed = serin("replay", record, "--output", "json", "--every-look")
        self.assertEqual(replayed[0], PASS, show(replayed))
        self.assertEqual(replayed[1], result[1])
        self.assertIn("WATCH  look 4 of 4; 1 % of 1 % alpha spent; 1 skipped; the last one\n", serin("replay", record)[1])

    def test_bad_canary__fails_before_the_end(self):
        with FakePrometheus(Manner(factor=2)) as fake:
            result = serin(*self.command(fake.url, "--state", self.dir / "state.json", "--output", "json"))
            self.assertEqual(result[0], FAIL, show(result))
            looks = json.loads(result[1])["looks"]
            self.assertEqual((looks["look"], looks["final"]), (1, True))
            requests = dict(fake.requests)
            again = serin(*self.command(fake.url, "--state", self.dir / "state.json", "--output", "json"))
            self.assertEqual(again, result)
            self.assertEqual(fake.requests, requests)
            other = serin(*self.command(fake.url, "--state", self.dir / "state.json", "--var", "version=2"))
            self.assertEqual(other[0], USAGE, show(other))
            self.assertIn("version is not set there and 2 here", other[2])

    def test_killed_watch__goes_on_where_it_was(self):
        with FakePrometheus(Manner()) as fake:
            command = self.command(fake.url, "--state", self.dir / "state.json", "--output", "json")
            running = self.begin(*command)
            self.wait_for_looks(1)
            second = serin(*command)
            self.assertEqual(second[0], USAGE, show(second))
            self.assertIn(f"another serin (process {running.pid}) goes on with this watch", second[2])
            running.kill()
            running.communicate()
            kept = self.state()["looks"]
            killed = serin(*command)
            whole = serin(*self.command(fake.url, "--state", self.dir / "whole.json", "--output", "json", "--max-failed-looks", 1))
        self.assertEqual(killed[0], PASS, show(killed))
        self.assertEqual(self.state()["looks"][: len(kept)], kept)
        looks = json.loads(killed[1])["looks"]
        numbers = [x["look"] for x in self.state()["looks"]]
        self.assertEqual(len(set(numbers)), len(numbers))
        self.assertEqual(numbers[-1], 4)
        self.assertEqual([x["look"] for x in looks["skipped"]], [n for n in range(1, 5) if n not in numbers])
        self.assertEqual(whole[0], PASS, show(whole))  # its other looks are over, so it has all of alpha for the last one
        self.assertAlmostEqual(json.loads(whole[1])["looks"]["alpha"], 0.01)

    def test_interrupted_watch__ends_at_once_and_keeps_its_state(self):
        self.start += 3600
        with FakePrometheus(Manner()) as fake:
            running = self.begin(*self.command(fake.url))
            deadline = time.monotonic() + 10
            while not list(self.dir.glob("home/serin/quick-*.json")):
                self.assertLess(time.monotonic(), deadline, "no state was written")
                time.sleep(0.02)
            running.send_signal(signal.SIGINT)
            begun = time.monotonic()
            error = running.communicate()[1].decode()
        self.assertEqual(running.returncode, 130, error)
        self.assertLess(time.monotonic() - begun, 1)
        self.assertIn("goes on", error)

    def test_terminated_in_a_query__loses_that_look_alone(self):
        good, waiting = Manner(), threading.Event()

        def manner(handler, path, form, tries):
            if float(urllib.parse.parse_qs(form)["time"][0]) < self.start + FIRST_S + 1:
                return good(handler, path, form, tries)
            waiting.set()
            handler.server.fake.stopping.wait()
            handler.close_connection = True
            return True

        record = self.dir / "record"
        with FakePrometheus(manner) as fake:
            running = self.begin(*self.command(fake.url, "--record", record, "--output", "json"))
            self.assertTrue(waiting.wait(20), "no second look")
            running.send_signal(signal.SIGTERM)
            begun = time.monotonic()
            out, error = running.communicate()
        self.assertEqual((running.returncode, out), (130, b""), error)
        self.assertLess(time.monotonic() - begun, 1)
        self.assertEqual([x["look"] for x in json.loads((record / "watch.json").read_text())["looks"]], [1])
        replayed = serin("replay", record, "--output", "json")
        self.assertEqual(replayed[0], INCONCLUSIVE, show(replayed))
        self.assertFalse(json.loads(replayed[1])["looks"]["final"])

    def test_options_that_do_not_fit__are_usage_errors(self):
        for more in (["--state", "x"], ["--max-failed-looks", "2"], ["--watch", "--end", "1735692000"], ["--watch", "--max-failed-looks", "0"]):
            with self.subTest(more):
                result = serin("analyze", "fixtures/canaries/checkout.yaml", *more)
                self.assertEqual(result[0], USAGE, show(result))
                self.assertIn(more[-2] if more[-2] != "--end" else "--start", result[2])

    def test_dead_source__ends_in_error(self):
        with FakePrometheus(Manner(broken=range(20), start=self.start)) as fake:
            result = serin(*self.command(fake.url, "--max-failed-looks", 2, "--state", self.dir / "state.json"))
        self.assertEqual(result[0], UNREACHABLE, show(result))
        self.assertIn("2 looks in a row failed", result[2])
        self.assertIsNone(self.state()["result"])


if __name__ == "__main__":
    unittest.main()
