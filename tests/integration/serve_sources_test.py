# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources that hang, refuse, lie or flood: their own canaries end in an error, those of others do not even take longer."""

import os
import pathlib
import re
import time
import unittest

from bad_sources_test import free_port
from fake_prometheus import FakePrometheus
from service import Service

EACH = 3  # analyses of each bad source
MOST_MIB = 400  # of a plain build; a source that floods takes what one analysis may

SAMPLES = ",".join(f'[{time.time() - 200 + i / 1000:.3f},"0.4"]' for i in range(2000)).encode() + b","


def answers(body, kind="application/json", status=200):
    def manner(handler, path, form, tries):
        handler.send(status, kind, body)
        return True

    return manner


def floods(begin, piece):
    """An answer that does not end before its reader closes."""

    def manner(handler, path, form, tries):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        handler.wfile.write(begin)
        while not handler.server.fake.stopping.is_set():
            handler.wfile.write(piece)
        return True

    return manner


def result(text):
    return b'{"status":"success","data":{"resultType":' + text + b"}}"


MATRIX = b'{"status":"success","data":{"resultType":"matrix","result":['
MANNERS = {
    "hangs": "slow",
    "breaks": "broken",
    "cuts": "cut",
    "page": "html",
    "refuses": "refuse",
    "forbids": answers(b"no", "text/plain", 403),
    "moves": answers(b"", "text/plain", 302),
    "empty": answers(b""),
    "nonsense": answers(b"\x00\xff\xfe{{{"),
    "scalar": answers(result(b'"scalar","result":[1,"2"]')),
    "text": answers(result(b'"matrix","result":[{"metric":{},"values":[[1,"much"]]}]')),
    "backwards": answers(result(b'"matrix","result":[{"metric":{},"values":[[20,"1"],[10,"1"]]}]')),
    "deep": answers(MATRIX + b"[" * 100000),
    "blanks": floods(b"", b" " * 65536),
    "label": floods(MATRIX + b'{"metric":{"a":"', b"a" * 65536),
    "series": floods(MATRIX, b'{"metric":{"a":"b"},"values":[[1,"1"]]},' * 1000),
    "samples": floods(MATRIX + b'{"metric":{},"values":[', SAMPLES),
}


class ServeSourcesTest(unittest.TestCase):
    def setUp(self):
        self.service = self.enterContext(Service())
        for name, manner in MANNERS.items():
            self.config(name, self.enterContext(FakePrometheus(manner)).url)
        self.config("down", f"http://127.0.0.1:{free_port()}")
        self.bad = [*MANNERS, "down"]
        self.config("good", self.enterContext(FakePrometheus("good")).url)
        self.service.start()

    def config(self, name, url):
        self.service.config(name, url, **{"timeout: 5s": "timeout: 2s", "interval: 20s": "interval: 1s"})

    def peak_mib(self):
        text = pathlib.Path(f"/proc/{self.service.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) / 1024

    def begin(self, name):
        return self.service.begin(canary=name)

    def test_bad_sources_affect_only_their_own_canaries(self):
        s = self.service
        bad = [(name, self.begin(name)) for _ in range(EACH) for name in self.bad]
        times = []
        for _ in range(10):
            began = time.monotonic()
            self.assertEqual(s.decided(self.begin("good"))["verdict"], "pass")
            times.append(time.monotonic() - began)
        self.assertLess(sorted(times)[5], 1.5, times)
        for _, ident in bad:
            view = s.get(f"/api/v1/analyses/{ident}").json
            taken, of = re.fullmatch(r"(\d+) of (\d+) looks", view["progress"]).groups()
            self.assertTrue(view["state"] == "done" or int(taken) < int(of), view)
        for name, ident in bad:
            done = s.decided(ident, timeout=60)
            self.assertEqual((name, done["verdict"], done["exit_code"]), (name, "error", 6))
            looks = s.get(f"/api/v1/analyses/{ident}/looks").json["looks"]
            self.assertEqual({look["verdict"] for look in looks}, {"error"}, name)
            self.assertIn("failed", s.get(f"/api/v1/analyses/{ident}/result").json["reasons"][0], name)
        self.assertEqual(s.decided(self.begin("good"))["verdict"], "pass")
        print(f"{self.peak_mib():.0f} MiB at most, {max(times):.2f} s for the slowest good analysis")
        if not os.environ.get("SERIN_SANITIZE"):
            self.assertLess(self.peak_mib(), MOST_MIB)


if __name__ == "__main__":
    unittest.main()
