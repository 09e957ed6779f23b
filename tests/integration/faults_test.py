# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way a server can go wrong ends in one clear error or in no verdict, soon and in little memory, never in a pass or a fail."""

import gzip
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import zlib

from fake_prometheus import FakePrometheus, answer
from harness import END, INCONCLUSIVE, PASS, ROOT, SERIN, UNREACHABLE, show

CONFIG = """canary: shop
sources: {prod: {url: "%s", tries: 2, timeout: 1s, limits: {bytes: 2000000, samples: 50000, series: 10000}%s}}
scopes:
  baseline: {labels: {track: stable}}
  canary: {labels: {track: canary}}
window: {length: 30m, step: 15s}
judge: {name: kayenta, pass: 85, marginal: 70}
metrics:
  - {name: memory, query: 'memory_bytes{${scope}}'}
  - {name: load, query: 'max(load{${scope}})'}
"""
SECONDS = 12  # two tries of a second each, waits between them, and a slow machine
MEGABYTES = 900 if os.environ.get("SERIN_SANITIZE") else 120

JSON = "application/json"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ENDLESS = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
OPENING = b'{"status":"success","data":{"resultType":"matrix","result":['
SERIES = b'{"metric":{"a":"b"},"values":[[1735689600,"1"]]},'


def good(path, form):
    return answer(path, urllib.parse.parse_qs(form))


def raw(data, drip=b""):
    """Writes bytes as they are, then others one by one, then closes."""

    def play(handler, path, form, tries):
        handler.close_connection = True
        try:
            handler.wfile.write(data)
            for i in range(len(drip)):
                time.sleep(0.2)
                handler.wfile.write(drip[i : i + 1])
        except OSError:
            pass  # the client had enough
        return True

    return play


def forever(head, piece):
    """Writes the same piece, as a chunk where the head says so, until the client has enough."""
    chunk = b"%x\r\n%s\r\n" % (len(piece), piece) if b"chunked" in head else piece

    def play(handler, path, form, tries):
        handler.close_connection = True
        try:
            handler.wfile.write(head)
            while not handler.server.fake.stopping.is_set():
                handler.wfile.write(chunk)
        except OSError:
            pass
        return True

    return play


def sends(status, kind, body, headers=()):
    def play(handler, path, form, tries):
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
        return True

    return play


def changed(change):
    """The good answer, with its document changed."""

    def play(handler, path, form, tries):
        document = good(path, form)
        change(document)
        return sends(200, JSON, json.dumps(document).encode())(handler, path, form, tries)

    return play


def edited(edit):
    """The good answer, with its bytes changed."""
    return lambda handler, path, form, tries: sends(200, JSON, edit(json.dumps(good(path, form)).encode()))(handler, path, form, tries)


def once(play):
    return lambda handler, path, form, tries: tries == 1 and play(handler, path, form, tries)


def reset(handler, path, form, tries):
    """Half of the body, then a reset connection."""
    body = json.dumps(good(path, form)).encode()
    handler.wfile.write(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body[: len(body) // 2])
    handler.wfile.flush()
    time.sleep(0.05)  # a reset overtakes what has not been read
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()
    return True


def chunked_and_cut(handler, path, form, tries):
    body = json.dumps(good(path, form)).encode()
    return raw(ENDLESS + b"%x\r\n%s\r\n" % (len(body), body))(handler, path, form, tries)


def series(document):
    return document["data"]["result"][0]


def repeat_series(document):
    document["data"]["result"] *= 2


def all_nan(document):
    for value in series(document)["values"]:
        value[1] = "NaN"


def backwards(document):
    series(document)["values"].reverse()


def shift(seconds):
    def change(document):
        for value in series(document)["values"]:
            value[0] += seconds

    return change


def partial(document):
    document["isPartial"] = True


def warning(text):
    return lambda document: document.update(warnings=[text])


def bomb():
    """A tenth of a megabyte that unpacks to a thousand times as much, made in little memory: what a child may use is measured."""
    packer = zlib.compressobj(9, wbits=31)
    parts = [packer.compress(OPENING), *(packer.compress(b" " * 1000000) for _ in range(100))]
    return b"".join([*parts, packer.flush()])


ERROR_ENVELOPE = json.dumps({"status": "error", "errorType": "execution", "error": "expanding series: oh no"}).encode()
LIMIT_ENVELOPE = json.dumps(
    {"status": "error", "errorType": "execution", "error": "the query hit the max number of series limit (err-mimir-max-series-per-query)"}
).encode()

# Name, player, what every error must hold.
FAULTS = (
    ("head that drips", raw(b"", HEAD), "no answer from .* within 1 s"),
    ("body that drips", raw(HEAD + b"Content-Length: 50\r\n\r\n", b" " * 50), "not complete within 1 s"),
    ("reset in mid-body", reset, "cut off after|was reset"),
    ("endless series", forever(ENDLESS + b"%x\r\n%s\r\n" % (len(OPENING), OPENING), SERIES * 1000), "limit"),
    ("endless blanks", forever(ENDLESS, b" " * 65536), "longer than the limit"),
    ("endless string", forever(ENDLESS + b'8\r\n{"error"\r\n2\r\n:"\r\n', b"x" * 65536), "string"),
    ("endless headers", forever(HEAD, b"X-More: " + b"x" * 9000 + b"\r\n"), "prod"),
    ("short length", raw(HEAD + b"Content-Length: 30\r\n\r\n" + OPENING), "cut off"),
    ("gzip that nobody asked for", sends(200, JSON, gzip.compress(b"{}"), [("Content-Encoding", "gzip")]), "not asked for"),
    ("unknown encoding", sends(200, JSON, b"{}", [("Content-Encoding", "zstd")]), "not asked for"),
    ("page called JSON", sends(200, JSON, b"<!doctype html><title>Sign in</title>"), "byte 0"),
    ("wrong content type", sends(200, "application/octet-stream", b'{"status":"success"}'), "content type"),
    ("error envelope with 200", sends(200, JSON, ERROR_ENVELOPE), "execution: expanding series: oh no"),
    ("series twice", changed(repeat_series), "two series have the same labels"),
    ("times backwards", changed(backwards), "rise|order"),
    ("part of an answer", changed(partial), "incomplete.*partial"),
    ("store not read", changed(warning("fetch series for store-1: rpc error")), "incomplete.*rpc error"),
    ("results cut at a limit", changed(warning("results truncated due to limit")), "incomplete.*truncated"),
    ("401", sends(401, "text/plain", b"Unauthorized\n", [("WWW-Authenticate", "Basic")]), "HTTP status 401.*Unauthorized"),
    ("403", sends(403, "text/plain", b"no org id\n"), "HTTP status 403.*no org id"),
    ("404", sends(404, "text/html", b"<html>not here</html>"), "HTTP status 404"),
    ("limit of the tenant", sends(422, JSON, LIMIT_ENVELOPE), "422, execution: the query hit.*err-mimir-max-series-per-query"),
    ("limit in plain text", sends(422, "text/plain", b"the query is too large; " + b"so " * 100 + b"ask your administrator"), "your administrator"),
    ("429 for ever", sends(429, "text/plain", b"slow down", [("Retry-After", "0")]), "after 2 tries.*HTTP status 429"),
    ("429 for a day", sends(429, "text/plain", b"slow down", [("Retry-After", "86400")]), "HTTP status 429"),
    ("502 with a page", sends(502, "text/html", b"<html>Bad Gateway</html>"), "HTTP status 502"),
    ("503 for ever", sends(503, "text/plain", b"Service Unavailable"), "after 2 tries.*HTTP status 503"),
    ("204", raw(b"HTTP/1.1 204 No Content\r\n\r\n"), "HTTP status 204"),
    ("truncated JSON", edited(lambda body: body[: len(body) // 3]), "cut off"),
    ("bytes after the end", edited(lambda body: body + b"}"), "byte [0-9]+"),
    ("deep nesting", sends(200, JSON, b'{"status":"success","x":' + b"[" * 100000), "depth|deep|nest"),
    ("huge label", edited(lambda body: body.replace(b'"track"', b'"' + b"x" * 2000000 + b'"')), "string"),
    ("empty body", sends(200, JSON, b""), "empty"),
    ("invalid UTF-8", edited(lambda body: body.replace(b"stable", b"\xff\xfe").replace(b"canary", b"\xff\xfe").replace(b'"0.4', b'"\xff.4')), "UTF-8"),
    ("key twice", edited(lambda body: body.replace(b"{", b'{"status":"success",', 1)), "byte [0-9]+.*twice|duplicate"),
    ("comma as decimal point", edited(lambda body: body.replace(b'"0.4', b'"0,4')), "byte [0-9]+"),
    ("vector for a matrix", sends(200, JSON, b'{"status":"success","data":{"resultType":"vector","result":[]}}'), "matrix"),
    ("chunks without an end", chunked_and_cut, "cut off"),
    ("bad chunk size", raw(ENDLESS + b"zz\r\n"), "prod"),
    ("not HTTP", raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "does not speak HTTP"),
    ("redirect in circles", sends(307, "text/plain", b"", [("Location", "/api/v1/query")]), "redirects in circles"),
)

MENDED = (  # the first try of each query goes wrong, the second one does not
    ("429 once", sends(429, "text/plain", b"slow down", [("Retry-After", "0")])),
    ("500 once", sends(500, "text/plain", b"oops")),
    ("504 once", sends(504, "text/html", b"<html>Gateway Timeout</html>")),
    ("connection closed once", raw(b"")),
)

NO_EVIDENCE = (  # well-formed answers that say nothing
    ("nothing but NaN", changed(all_nan)),
    ("no series", sends(200, JSON, b'{"status":"success","data":{"resultType":"matrix","result":[]}}')),
)


class FaultsTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def run_measured(self, *args):
        """Result as harness.serin() gives it; fails when it took too long or too much memory."""
        began = time.monotonic()
        with open(self.dir / "out", "wb") as out, open(self.dir / "err", "wb") as err:
            environment = {**os.environ, "LC_ALL": "C.UTF-8"}
            process = subprocess.Popen([SERIN, *map(str, args)], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        result = process.returncode, (self.dir / "out").read_text(), (self.dir / "err").read_text()
        self.assertLess(time.monotonic() - began, SECONDS, show(result))
        self.assertLess(usage.ru_maxrss / 1024, MEGABYTES, show(result))
        return result

    def analyze(self, fake, settings="", *more):
        config = self.dir / "canary.yaml"
        config.write_text(CONFIG % (fake.url, settings))
        return self.run_measured("analyze", config, "--end", END, "--output", "json", *more)

    def assert_error(self, result, reason):
        self.assertEqual(result[0], UNREACHABLE, show(result))
        document = json.loads(result[1])
        self.assertEqual(document["verdict"], "error")
        errors = [query["error"] for query in document["queries"] if query["error"] is not None]
        for error in errors:
            self.assertRegex(error, r"^source prod[^\n]*$")
        self.assertRegex("\n".join(errors), reason)

    def test_faults__are_errors(self):
        for name, play, reason in FAULTS:
            with self.subTest(name), FakePrometheus(play) as fake:
                self.assert_error(self.analyze(fake), reason)

    def test_faults__replay_as_they_were(self):
        for name, play, reason in FAULTS[10:15] + FAULTS[2:3]:
            with self.subTest(name), FakePrometheus(play) as fake:
                run = self.dir / name.replace(" ", "-")
                live = self.analyze(fake, "", "--record", run)
                self.assertEqual(self.run_measured("replay", run, "--output", "json")[:2], live[:2])

    def test_faults_that_pass__are_mended(self):
        for name, play in MENDED:
            with self.subTest(name), FakePrometheus(once(play)) as fake:
                result = self.analyze(fake)
                self.assertEqual(result[0], PASS, show(result))
                retries = json.loads(result[1])["sources"][0]["counters"]["retries"]
                # Where a kept connection turns out to be closed, libcurl itself sends the request again.
                self.assertIn(retries, range(5) if name.startswith("connection") else (4,))

    def test_answers_without_evidence__give_no_verdict(self):
        for name, play in NO_EVIDENCE:
            with self.subTest(name), FakePrometheus(play) as fake:
                result = self.analyze(fake)
                self.assertEqual(result[0], INCONCLUSIVE, show(result))
                self.assertEqual(json.loads(result[1])["verdict"], "inconclusive")

    def test_clock_that_is_wrong__gives_no_verdict(self):
        for seconds in (3600, -3600, 7):
            with self.subTest(seconds), FakePrometheus(changed(shift(seconds))) as fake:
                self.assertIn(self.analyze(fake)[0], (UNREACHABLE, INCONCLUSIVE))

    def test_gzip_bomb__stops_at_the_limit(self):
        with FakePrometheus(sends(200, JSON, bomb(), [("Content-Encoding", "gzip")])) as fake:
            self.assert_error(self.analyze(fake, ", compression: true"), "longer than the limit")

    def test_redirect_to_another_host__sends_nothing_there(self):
        with FakePrometheus("good") as other:
            away = sends(302, "text/plain", b"", [("Location", other.url + "/api/v1/query?token=s3cret")])
            with FakePrometheus(away) as fake:
                result = self.analyze(fake, ", tenant: a, headers: {X-Own: b}")
                self.assert_error(result, "redirect to " + other.url)
                self.assertNotIn("s3cret", result[1] + result[2])
            self.assertEqual(other.requests, {})

    def test_noted_warnings__do_not_stop_the_verdict(self):
        with FakePrometheus(changed(warning("fetch series for store-1: rpc error"))) as fake:
            result = self.analyze(fake, ", warnings: note")
            self.assertEqual(result[0], PASS, show(result))
            self.assertIn("store-1", json.dumps(json.loads(result[1])["metrics"]))


if __name__ == "__main__":
    unittest.main()
