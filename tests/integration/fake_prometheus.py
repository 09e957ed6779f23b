# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that answers Prometheus queries with invented data, well or badly.

Baseline and canary get the same numbers, so an analysis that reads all of them must pass. The manners:
  good    answers at once
  flaky   the first try of each query gets a 503, the second one the answer
  broken  every query gets a 500
  slow    does not answer before the server stops
  cut     says how long the answer is and closes the connection half-way
  html    answers 200 with a page for people, as a login proxy does
  refuse  answers with Prometheus's own error document, as for an expression it cannot read

A manner may also be a function of the request's handler, path, form and count of tries: when it returns true it has answered,
else the answer is a good one.
"""

import http.server
import json
import re
import sys
import threading
import traceback
import urllib.parse

INTERVAL_S = 15
BUCKETS = {"0.05": 60, "0.1": 300, "0.2": 500, "0.4": 590, "+Inf": 600}  # requests per interval up to each bound
UNITS_S = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def duration(text):
    return sum(float(number) * UNITS_S[unit] for number, unit in re.findall(r"(\d+(?:\.\d+)?)(ms|[smhd])", text))


def value(query, time_s, bound=None):
    """Rising for what looks like a counter, a steady zigzag otherwise. Does not depend on the side."""
    tick = int(time_s) // INTERVAL_S
    if bound is not None:
        return tick % 10**6 * BUCKETS[bound]
    if re.search(r"^\s*\w+_total\b", query):
        rare = any(word in query for word in ("5..", "error", "slow"))
        return tick * 600 // (300 if rare else 1) % 10**9
    if "rate(http_requests_total" in query and "/" not in query:
        return 40
    return 0.4 + (tick * 7 % 11) / 100


def samples(query, start_s, end_s, step_s, bound=None):
    count = int((end_s - start_s) // step_s) + 1
    return [[round(start_s + i * step_s, 3), str(value(query, start_s + i * step_s, bound))] for i in range(count)]


def histogram(labels, query, start_s, end_s, step_s):
    return [{"metric": labels | {"le": bound}, "values": samples(query, start_s, end_s, step_s, bound)} for bound in BUCKETS]


def answer(path, fields):
    """The document of a query: `path` is the API's end point."""
    query = fields["query"][0]
    labels = dict(re.findall(r'\b(app|track|code|outcome)="([^"]*)"', query)) if re.match(r"\s*\w+\{", query) else {}
    raw = re.search(r"\}\s*\[([0-9a-z]+)\]\s*$", query)
    if path.endswith("/query_range"):
        start_s, end_s = float(fields["start"][0]), float(fields["end"][0])
        step = fields["step"][0]
        step_s = duration(step) if step[-1].isalpha() else float(step)
        kind, series = "matrix", {"metric": labels, "values": samples(query, start_s, end_s, step_s)}
    elif raw:
        end_s = float(fields["time"][0])
        first_s = -(-(end_s - duration(raw[1])) // INTERVAL_S) * INTERVAL_S
        kind, series = "matrix", {"metric": labels, "values": samples(query, first_s, end_s, INTERVAL_S)}
        if re.match(r"\s*\w+_bucket\b", query):
            return success(kind, histogram(labels, query, first_s, end_s, INTERVAL_S))
    else:
        time_s = float(fields["time"][0])
        kind, series = "vector", {"metric": labels, "value": [time_s, str(value(query, time_s))]}
    return success(kind, [series])


def success(kind, result):
    return {"status": "success", "data": {"resultType": kind, "result": result}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.serve(urllib.parse.urlsplit(self.path).query)

    def do_POST(self):
        self.serve(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode(errors="replace"))

    def serve(self, form):
        path = urllib.parse.urlsplit(self.path).path
        server = self.server.fake
        tries = server.count(path + "?" + form)
        manner = server.manner
        if callable(manner):
            if path.endswith(("/query", "/query_range")) and manner(self, path, form, tries):
                return
            manner = "good"
        if not path.endswith(("/query", "/query_range")):
            self.send(404, "text/plain", b"404 page not found\n")
        elif manner == "broken" or (manner == "flaky" and tries == 1):
            self.send(503 if manner == "flaky" else 500, "text/plain", b"out of luck\n")
        elif manner == "slow":
            server.stopping.wait()
            self.close_connection = True
        elif manner == "html":
            self.send(200, "text/html", b"<!doctype html><title>Sign in</title>\n")
        elif manner == "refuse":
            body = {"status": "error", "errorType": "bad_data", "error": "1:1: parse error: unexpected character"}
            self.send(400, "application/json", json.dumps(body).encode())
        else:
            body = json.dumps(answer(path, urllib.parse.parse_qs(form))).encode()
            self.send(200, "application/json", body, len(body) // 2 if manner == "cut" else len(body))

    def send(self, status, kind, body, sent=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:sent])
        if sent is not None and sent < len(body):
            self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # with the default of 5 the kernel drops connections that come at once

    def handle_error(self, *_):
        if not isinstance(sys.exception(), OSError):  # a client that closes early is what some tests are about
            traceback.print_exc()


class FakePrometheus:
    """Use it in a with statement; `requests` counts what came in, by path and form."""

    def __init__(self, manner, tls=None):
        self.manner = manner
        self.tls = tls  # an ssl.SSLContext, or None for plain HTTP
        self.requests = {}
        self.lock = threading.Lock()  # guards requests
        self.stopping = threading.Event()

    def __enter__(self):
        self.http = Server(("127.0.0.1", 0), Handler)
        self.http.fake = self
        if self.tls is not None:
            self.http.socket = self.tls.wrap_socket(self.http.socket, server_side=True)
        self.url = f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.http.shutdown()
        self.http.server_close()

    def count(self, request):
        with self.lock:
            self.requests[request] = self.requests.get(request, 0) + 1
            return self.requests[request]
