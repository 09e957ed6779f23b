# SPDX-License-Identifier: GPL-3.0-or-later
"""A source that fails is an error of the analysis: never a fail of the canary, and never a pass."""

import json
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from fake_prometheus import FakePrometheus
from harness import CONFIG, END, PASS, ROOT, SERIN, UNREACHABLE, serin, show


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class BadSourcesTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)
        self.config = self.dir / "canary.yaml"  # the fixture, less patient
        text = (ROOT / CONFIG).read_text()
        impatient = text.replace('{url: "${prometheus}"}', '{url: "${prometheus}", timeout: 1s, tries: 2}')
        self.assertNotEqual(text, impatient)
        self.config.write_text(impatient)

    def analyze(self, url, *more):
        return serin("analyze", self.config, "--var", f"prometheus={url}", "--end", END, *more)

    def assert_error(self, result):
        """The program says error everywhere, and nowhere pass or fail."""
        self.assertEqual(result[0], UNREACHABLE, show(result))
        if result[1]:
            document = json.loads(result[1])
            self.assertEqual(document["verdict"], "error", show(result))
            self.assertNotIn("fail", json.dumps([metric["classification"] for metric in document["metrics"]]))
        self.assertIn("error", (result[1] + result[2]).lower())

    def test_good_source__passes(self):
        with FakePrometheus("good") as fake:
            result = self.analyze(fake.url, "--output", "json")
        self.assertEqual(result[0], PASS, show(result))

    def test_source_down__is_an_error(self):
        self.assert_error(self.analyze(f"http://127.0.0.1:{free_port()}", "--output", "json"))

    def test_bad_answers__are_errors(self):
        for manner in ("broken", "cut", "html", "refuse", "slow"):
            with self.subTest(manner), FakePrometheus(manner) as fake:
                self.assert_error(self.analyze(fake.url, "--output", "json"))
                self.assertGreater(len(fake.requests), 0)

    def test_failing_once__is_tried_again(self):
        with FakePrometheus("flaky") as fake:
            result = self.analyze(fake.url, "--output", "json")
            self.assertEqual(result[0], PASS, show(result))
            tries = {form: count for form, count in fake.requests.items() if "query=" in form}
            self.assertEqual(set(tries.values()), {2}, tries)

    def test_refused_query__is_not_tried_again(self):
        with FakePrometheus("refuse") as fake:
            self.analyze(fake.url)
            self.assertEqual({count for form, count in fake.requests.items() if "query=" in form}, {1}, fake.requests)

    def test_reason__names_the_source(self):
        port = free_port()
        result = self.analyze(f"http://127.0.0.1:{port}")
        self.assertIn("prod", result[1] + result[2], show(result))

    def test_interrupt__ends_with_130(self):
        self.config.write_text(self.config.read_text().replace("timeout: 1s", "timeout: 50s"))
        with FakePrometheus("slow") as fake:
            command = [SERIN, "analyze", self.config, "--var", f"prometheus={fake.url}", "--end", END]
            process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            deadline = time.monotonic() + 30
            while not fake.requests and time.monotonic() < deadline:
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130, f"{out}\n{err}")


if __name__ == "__main__":
    unittest.main()
