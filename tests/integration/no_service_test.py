# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that ask a service, when what answers is none, or is busy: an exit code for each, no report, and never a pass."""

import http.server
import json
import threading
import time
import unittest

from harness import PASS, UNREACHABLE, USAGE, serin, show

IDENT = "01a2"
COMMANDS = (("analyze", "shop", "--wait", "--timeout", "2s"), ("wait", IDENT, "--timeout", "2s"), ("gate", "shop"))
NO_SERVICE = {
    "a page": (200, b"<html>sign in</html>"),
    "nothing": (200, b""),
    "a list": (200, b"[]"),
    "a verdict of nobody": (200, b'{"id": 5, "state": "done", "verdict": "pass"}'),
    "an odd state": (200, json.dumps({"id": IDENT, "state": "passed", "verdict": "pass"}).encode()),
    "an error": (500, b'{"error": {"code": "internal", "message": "out of luck", "hint": ""}}'),
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server = self.server.owner
        server.asked += 1
        status, body = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET


class NoServiceTest(unittest.TestCase):
    def setUp(self):
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.owner = self
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.addCleanup(self.http.server_close)
        self.addCleanup(self.http.shutdown)

    def run_against(self, command, *answers):
        self.answers, self.asked = list(answers), 0
        return serin(*command, "--server", self.url, timeout=60)

    def test_what_is_no_service_is_an_error(self):
        for name, answer in NO_SERVICE.items():
            for command in COMMANDS:
                with self.subTest(f"{command[0]} of {name}"):
                    result = self.run_against(command, answer)
                    self.assertEqual((result[0], result[1], self.asked), (UNREACHABLE, "", 1), show(result))

    def test_refusals_are_the_caller_s(self):
        for status in (401, 403, 404):
            for command in COMMANDS:
                with self.subTest(f"{command[0]} with {status}"):
                    body = {"error": {"code": "x", "message": "not \x1b[31mthat\x9b", "hint": "this"}}
                    result = self.run_against(command, (status, json.dumps(body).encode()))
                    self.assertEqual((result[0], result[1], self.asked), (USAGE, "", 1), show(result))
                    self.assertIn(f"not ?[31mthat?; this ({status})", result[2])  # nothing that a terminal obeys

    def test_a_busy_service_is_asked_again(self):
        busy = (429, b'{"error": {"code": "too_many_requests", "message": "slower", "hint": ""}}')
        opened = (202, json.dumps({"id": IDENT, "state": "open"}).encode())
        result = self.run_against(("analyze", "shop"), busy, busy, opened)
        self.assertEqual((result[0], result[1], self.asked), (PASS, IDENT + "\n", 3), show(result))
        begin = time.monotonic()
        result = self.run_against(COMMANDS[0], busy)
        self.assertEqual(result[0], UNREACHABLE, show(result))
        self.assertGreater(self.asked, 1)
        self.assertLess(time.monotonic() - begin, 10)

    def test_a_request_that_may_have_been_taken_is_made_again_with_a_key_only(self):
        gone, opened = (502, b"bad gateway"), (202, json.dumps({"id": IDENT, "state": "open"}).encode())
        self.assertEqual(self.run_against(("analyze", "shop"), gone, opened)[0], UNREACHABLE)
        self.assertEqual(self.asked, 1)
        self.assertEqual(self.run_against(("analyze", "shop", "--key", "build-7"), gone, opened)[0], PASS)
        self.assertEqual(self.asked, 2)

    def test_answers_that_come_at_once_are_not_asked_for_without_pause(self):
        opened = (200, json.dumps({"id": IDENT, "state": "open"}).encode())
        self.run_against(("wait", IDENT, "--timeout", "3s"), opened)
        self.assertIn(self.asked, (3, 4, 5))


if __name__ == "__main__":
    unittest.main()
