# SPDX-License-Identifier: GPL-3.0-or-later
"""Random requests to every route of a service, made from its own document: each gets an answer that the document allows, and afterwards
the service is as it was."""

import http.client
import json
import random
import re
import time
import unittest

from fake_prometheus import FakePrometheus
from service import Service

SECONDS = 6
TEXTS = ["", "good", "0", "-1", "1e999", "18446744073709551616", "../../etc/passwd", "%00", "\x7f", "ä" * 300, "a" * 5000, "${x}", "{{x}}", "' OR 1=1 --",
         "2025-01-01T00:00:00Z", "1h", "-1h", "all", "canary=good", "<script>", "null", "[]", "sqlite:/etc/passwd"]
VALUES = [None, True, False, 0, -1, 1 << 62, 1 << 65, 1e308, -0.0, [], {}, [[]], {"a": {"b": [1]}}, ["x"] * 200]
MEMBERS = ["canary", "config", "vars", "start", "end", "length", "step", "looks", "pass", "marginal", "url", "sides", "version", "artefact", "correlation_id",
           "idempotency_key", "reason", "scope", "for", "until", "by", "name", "namespace", "phase", "checksum", "metadata", "odd"]
KINDS = ["application/json", "application/yaml", "application/x-www-form-urlencoded", "text/plain", "application/xml", "", "a/b; charset=\"x"]
RAW = [b"", b"{", b"[" * 5000, b"\xff\xfe", b'{"canary": "good", "canary": "good"}', b'{"a": 1' + b" " * 4096, b"query=vector(1)&query=vector(1)", b"canary: &a [*a]\n",
       b"canary: x\nmetrics:\n" + b"- {name: a}\n" * 500, b"\x00" * 64]


class Draw:
    """Requests of a fixed seed."""

    def __init__(self, paths, ident):
        self.random, self.ident = random.Random(31), ident
        self.routes = [(path, method.upper(), operation) for path, methods in paths.items() for method, operation in methods.items()]

    def text(self):
        return self.random.choice([*TEXTS, self.ident])

    def value(self, deep=2):
        kind = self.random.random()
        if deep > 0 and kind < 0.15:
            return {self.random.choice(MEMBERS): self.value(deep - 1) for _ in range(3)}
        return self.text() if kind < 0.7 else self.random.choice(VALUES)

    def body(self):
        if self.random.random() < 0.25:
            return self.random.choice(RAW)
        members = self.random.sample(MEMBERS, self.random.choice([0, 1, 2, 4, 8]))
        body = json.dumps({name: "good" if name in ("canary", "name") and self.random.random() < 0.7 else self.value() for name in members}).encode()
        if self.random.random() < 0.1:
            at = self.random.randrange(len(body))
            body = body[:at] + bytes([self.random.randrange(256)]) + body[at + self.random.randrange(2):]
        return body

    def quoted(self, text):
        return re.sub(rb"[^A-Za-z0-9_.~-]", lambda m: b"%%%02X" % m[0][0], text.encode()).decode()

    def query(self, operation):
        names = [p["name"] for p in operation["parameters"] if p["in"] == "query"] + ["odd", "timeout"]
        chosen = self.random.choices(names, k=self.random.choice([0, 0, 1, 2, 3]))
        pairs = [f"{name}={'0' if name == 'timeout' else self.quoted(self.text())}" for name in chosen]
        return "?" + "&".join(pairs) if pairs else ""

    def request(self):
        path, method, operation = self.random.choice(self.routes)
        path = re.sub(r"\{\w+\}", lambda _: self.quoted(self.random.choice(["good", self.ident, self.ident, self.text()])), path)
        if path.endswith("/wait"):
            path += "?timeout=0"
        else:
            path += self.query(operation)
        if self.random.random() < 0.1:
            method = self.random.choice(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
        headers = {}
        for name in ("Idempotency-Key", "If-None-Match", "Accept", "Origin", "X-Forwarded-For"):
            if self.random.random() < 0.1:
                headers[name] = self.random.choice(["", "good", "*", "a" * 2000, '"x', "application/openmetrics-text;q=x, */*", "http://evil"])
        body = self.body() if method == "POST" or self.random.random() < 0.05 else None
        if body is not None:
            kinds = list(operation.get("requestBody", {}).get("content", KINDS))
            headers["Content-Type"] = self.random.choice(kinds if self.random.random() < 0.8 else KINDS)
        return method, path, headers, body


class SurfaceTest(unittest.TestCase):
    def setUp(self):
        source = self.enterContext(FakePrometheus("good"))
        self.service = self.enterContext(Service("--config", "serve.yaml"))
        (self.service.dir / "serve.yaml").write_text("limits: {rate: none}\n")
        self.service.config("good", source.url)
        self.service.start()

    def ask(self, link, asked):
        method, path, headers, body = asked
        link.request(method, path, body, headers)
        answer = link.getresponse()
        return answer, answer.read()

    def check(self, asked, answer, body):
        self.assertIn(answer.status, {200, 201, 202, 204, 304, 400, 403, 404, 405, 409, 411, 413, 414, 415, 421, 422, 431, 502, 503}, (asked, body))
        if answer.status == 503:
            self.assertIsNotNone(answer.headers["Retry-After"], (asked, body))
        if answer.headers["Content-Type"] == "application/json" and body:
            json.loads(body)

    def test_random_requests(self):
        s = self.service
        done = s.decided(s.begin(canary="good"))
        first = s.get(f"/api/v1/analyses/{done['id']}").body
        draw = Draw(s.get("/api/v1/openapi.json").json["paths"], done["id"])
        link = http.client.HTTPConnection(s.url.removeprefix("http://"), timeout=30)
        seen, rounds, until = set(), 0, time.monotonic() + SECONDS
        while rounds < 4000 and time.monotonic() < until:
            rounds += 1
            asked = draw.request()
            answer, body = self.ask(link, asked)
            self.check(asked, answer, body)
            seen.add(answer.status)
        link.close()
        self.assertGreater(rounds, 100)
        self.assertLessEqual({200, 400, 404, 405, 422}, seen)
        self.assertEqual(s.get(f"/api/v1/analyses/{done['id']}").body, first)
        self.assertEqual(s.decided(s.begin(canary="good"))["verdict"], "pass")
        self.assertEqual(s.stop(), 0)
        print(f"{rounds} requests, answered {sorted(seen)}")


if __name__ == "__main__":
    unittest.main()
