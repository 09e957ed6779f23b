# SPDX-License-Identifier: GPL-3.0-or-later
"""Every route of the service's own document, asked wrongly: the error that is documented, and nothing changed afterwards."""

import base64
import json
import re
import socket
import time
import unittest

from fake_prometheus import FakePrometheus
from harness import ROOT, serin
from service import Service

ROLES = ["none", "read", "run", "gate", "admin"]
METHODS = ["get", "post", "put", "patch", "delete"]
BODIES = {  # what a route takes, so that only the thing that is tried is wrong
    "createAnalysis": {"canary": "nobody"}, "cancelAnalysis": {"reason": "x"}, "askGate": {}, "setFreeze": {"scope": "x", "reason": "x"},
    "liftFreeze": {"reason": "x"}, "approve": {"reason": "x"}, "askVerdict": {"version": "1"},
    "flaggerHook": {"name": "a", "namespace": "b", "phase": "Progressing", "checksum": "c"},
}
RAW = {"checkConfig": ("application/yaml", b"canary: x"), "queryByForm": ("application/x-www-form-urlencoded", b"query=vector(1)"),
       "queryRangeByForm": ("application/x-www-form-urlencoded", b"query=vector(1)&start=1&end=2&step=1")}


def documented():
    """What the tables of errors in the documents say: statuses and codes."""
    pairs = set()
    for name in ("api", "serve"):
        for statuses, codes in re.findall(r"^\| ([0-9, ]+) \| (`[^|]+) \|", (ROOT / f"docs/{name}.md").read_text(), re.M):
            pairs |= {(int(status), code) for status in statuses.split(",") for code in re.findall(r"`([a-z_]+)`", codes)}
    return pairs


DOCUMENTED = documented()


class RoutesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.source = cls.enterClassContext(FakePrometheus("good"))
        cls.service = s = cls.enterClassContext(Service("--config", "serve.yaml", "--token-file", "tokens"))
        (s.dir / "serve.yaml").write_text("limits: {failed_sign_ins: 1000000, rate: none}\n")
        cls.tokens, lines = {"none": None}, []
        for role in ROLES[1:]:
            token, line = serin("token", role, "--role", role)[1].splitlines()
            cls.tokens[role] = token
            lines.append(line)
        (s.dir / "tokens").write_text("\n".join(lines) + "\n")
        s.config("good", cls.source.url)
        (s.dir / "source-token").write_text("secret")
        variable = {"vars: {": f"vars: {{prom: \"{cls.source.url}\", "}
        s.config("open", "${prom}", **variable)
        s.config("guarded", "${prom}", **variable, **{"timeout: 5s}": "timeout: 5s, bearer_token_file: source-token}"})
        s.start()
        cls.document = cls.ask("admin", "GET", "/api/v1/openapi.json").json
        cls.done = cls.ask("run", "POST", "/api/v1/analyses", {"canary": "good", "end": int(time.time()) - 120}).json
        cls.ask("read", "GET", f"/api/v1/analyses/{cls.done['id']}/wait")
        cls.before = cls.state()

    @classmethod
    def ask(cls, role, method, path, body=None, headers=None):
        signed = {} if cls.tokens[role] is None else {"Authorization": "Bearer " + cls.tokens[role]}
        return cls.service.ask(method, path, body, {**signed, **(headers or {})})

    @classmethod
    def state(cls):
        """All that requests could change."""
        listed = [(a["id"], a["canary"], a["created"]) for a in cls.ask("read", "GET", "/api/v1/analyses").json["analyses"]]
        return (listed, cls.ask("read", "GET", "/api/v1/freezes?all=true").json, cls.ask("admin", "GET", "/api/v1/audit").json,
                [c["name"] for c in cls.ask("read", "GET", "/api/v1/configs").json["configs"]])

    def tearDown(self):
        self.assertEqual(self.state(), self.before)

    def operations(self, needs_body=False):
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                if not needs_body or "requestBody" in operation:
                    yield path, method.upper(), operation

    def filled(self, path, name="nobody"):
        return re.sub(r"\{(\w+)\}", name, path)

    def send(self, role, path, method, operation, **changes):
        if operation["operationId"] in RAW:
            kind, body = RAW[operation["operationId"]]
            return self.ask(role, method, path, changes.get("body", body), {"Content-Type": kind, **changes.get("headers", {})})
        return self.ask(role, method, path, changes.get("body", BODIES.get(operation["operationId"])), changes.get("headers"))

    def check(self, answer, statuses, what):
        self.assertIn(answer.status, statuses, (what, answer))
        if answer.headers["Content-Type"] == "application/json" and b'"status"' not in answer.body:
            error = answer.json["error"]
            self.assertEqual({"code", "message", "hint"} - set(error), set(), what)
            self.assertIn((answer.status, error["code"]), DOCUMENTED, what)

    def test_sign_in(self):
        for path, method, operation in self.operations():
            role, name, filled = operation["x-role"], operation["operationId"], self.filled(path)
            if role == "none":
                continue
            self.check(self.send("none", filled, method, operation), {401}, name)
            self.check(self.ask("none", method, filled, headers={"Authorization": "Bearer read.0000"}), {401}, name)
            for lower in ROLES[1:ROLES.index(role)]:
                self.check(self.send(lower, filled, method, operation), {403}, (name, lower))

    def test_hooks_sign_in(self):
        body = {"name": "good", "namespace": "b", "phase": "Succeeded", "checksum": "c"}
        for query, metadata, status in (("", {}, 401), ("?token=wrong", {}, 401), ("?token=" + self.tokens["read"], {}, 403),
                                        ("?token=" + self.tokens["run"], {}, 200), ("", {"serin.token": self.tokens["gate"]}, 200)):
            answer = self.ask("none", "POST", "/hooks/flagger/event" + query, {**body, "metadata": metadata})
            self.assertEqual(answer.status, status, answer)
        for role, status in (("read", 403), ("run", 200)):  # http://any:TOKEN@serin/hooks/..., and who can send headers
            for header in (self.basic(role), {"Authorization": "Bearer " + self.tokens[role]}):
                self.assertEqual(self.ask("none", "POST", "/hooks/flagger/event", body, header).status, status, (role, header))
        form = {**self.basic("run"), "Content-Type": "text/plain"}  # as a page of another site could make an old browser send it
        self.assertEqual(self.ask("none", "POST", "/hooks/flagger/event", json.dumps(body).encode(), form).status, 403)
        for secret in (self.tokens["run"], self.basic("run")["Authorization"][6:]):
            self.assertNotIn(secret, self.service.log())

    def basic(self, role):
        return {"Authorization": "Basic " + base64.b64encode(f"any:{self.tokens[role]}".encode()).decode()}

    def test_basic_is_taken_where_no_other_site_could_send_it(self):
        for path, method, operation in self.operations():
            role, filled = operation["x-role"], self.filled(path)
            if role == "none" or method == "GET":
                continue
            for header, wanted in (({}, None), ({"Origin": "http://evil.example"}, 403), ({"Sec-Fetch-Site": "cross-site"}, 403)):
                answer = self.send("none", filled, method, operation, headers={**self.basic("read"), **header})
                denied = answer.status == 403 and answer.json["error"]["code"]
                self.assertEqual(denied, "cross_origin" if wanted else "wrong_role" if role != "read" else False, (filled, header, answer))
            old = self.ask("none", method, filled, b"x=1", {**self.basic("admin"), "Content-Type": "application/x-www-form-urlencoded"})
            self.assertEqual(old.status == 403, role != "read", (filled, old))

    def test_wrong_method(self):
        for path, methods in self.document["paths"].items():
            for method in METHODS:
                if method in methods:
                    continue
                answer = self.ask("admin", method.upper(), self.filled(path))
                self.check(answer, {405}, (path, method))
                self.assertEqual({m.lower() for m in re.split(r", ?", answer.headers["Allow"])} - {"head", "options"}, set(methods), path)

    def test_unknown_names(self):
        for path, method, operation in self.operations():
            for name in ("nobody", "n%C3%B6body", "no%20body", "x" * 300) if "{" in path else ():
                self.check(self.send("admin", self.filled(path, name), method, operation), {404}, (operation["operationId"], name))
        self.check(self.ask("admin", "GET", "/api/v1/nothing"), {404}, "no such path")

    def test_wrong_type_and_size(self):
        for path, method, operation in self.operations(needs_body=True):
            name, filled = operation["operationId"], self.filled(path)
            self.check(self.send("admin", filled, method, operation, body=b"<a/>", headers={"Content-Type": "application/xml"}), {415}, name)
            kind = next(iter(operation["requestBody"]["content"]))
            large = self.send("admin", filled, method, operation, body=b" " * (3 << 20), headers={"Content-Type": kind})
            self.check(large, {413}, name)
            if kind == "application/json" and name != "checkConfig":
                for body in (b"{", b"\xff", b'{"reason": 1, "reason": 2}', b"[" * 100, b'{"nonsense": 1}', b"[]", b"7"):
                    wrong = self.send("admin", filled, method, operation, body=body, headers={"Content-Type": kind})
                    self.check(wrong, {400, 404, 422}, (name, body))

    def test_wrong_parameters(self):
        for path, method, operation in self.operations():
            name, filled = operation["operationId"], self.filled(path)
            if method == "GET" and not name.startswith("query") and operation["x-role"] != "none" and name != "readMetrics":
                self.check(self.ask("admin", method, filled + "?nonsense=1"), {400}, name)
        for query in ("limit=501", "limit=0", "limit=-1", "limit=x", "since=yesterday", "state=odd", "verdict=odd", "cursor=odd", "limit=1&limit=2"):
            self.check(self.ask("read", "GET", "/api/v1/analyses?" + query), {400}, query)
        for query in ("timeout=601", "timeout=-1", "timeout=1.5"):
            self.check(self.ask("read", "GET", f"/api/v1/analyses/{self.done['id']}/wait?{query}"), {400}, query)
        for query in ("format=odd", "format="):
            self.check(self.ask("read", "GET", f"/api/v1/analyses/{self.done['id']}/report?{query}"), {400}, query)

    def test_wrong_members(self):
        for wrong in ({}, {"canary": 1}, {"canary": "good", "start": "soon"}, {"canary": "good", "length": "-1m"}, {"canary": "good", "vars": []},
                      {"canary": "good", "start": 2, "end": 1}, {"canary": "good", "looks": "often"}, {"canary": "good", "pass": 101},
                      {"canary": "good", "idempotency_key": ""}, {"canary": "good", "sides": {"x": "y"}}, {"config": "", "end": 1},
                      {"canary": "good", "config": "canary: good"}):
            self.check(self.ask("run", "POST", "/api/v1/analyses", wrong), {422}, wrong)
        self.check(self.ask("run", "POST", "/api/v1/analyses", {"canary": "good"}, {"Idempotency-Key": "k" * 300}), {400}, "long key")
        for wrong in ({"scope": "all", "reason": "x"}, {"scope": "all", "reason": "x", "for": "1h", "until": "2100-01-01T00:00:00Z"},
                      {"scope": "odd", "reason": "x", "for": "1h"}, {"scope": "all", "reason": "", "for": "1h"},
                      {"scope": "all", "reason": "x", "for": "500d"}):
            self.check(self.ask("gate", "POST", "/api/v1/freezes", wrong), {422}, wrong)
        self.check(self.ask("gate", "POST", "/api/v1/freezes", {"scope": "all", "reason": "x", "for": "1h", "by": "ann"}), {403}, "for others")

    def test_files_of_the_server_are_not_read(self):
        text = (self.service.dir / "configs/good.yaml").read_text()
        for line in ("judge: {name: serin, priors: /etc/passwd}", "publish: {webhooks: [{url: 'http://127.0.0.1:1', secret_file: /etc/passwd}]}"):
            body = {"config": text.replace("judge: {name: threshold}", line)}
            for role in ("run", "gate"):
                refused = self.ask(role, "POST", "/api/v1/analyses", body)
                self.check(refused, {403}, line)
                self.assertEqual(refused.json["error"]["code"], "names_files")
                self.assertNotIn(b"root:", refused.body)
            checked = self.ask("read", "POST", "/api/v1/configs/check", body["config"].encode(), {"Content-Type": "text/plain"})
            self.assertEqual((checked.status, checked.json["ok"], b"root:" in checked.body), (200, False, False))

    def test_secrets_are_not_sent_to_servers_of_the_asker(self):
        for canary, roles in (("guarded", ("read", "run", "gate")), ("open", ("read",))):
            for role in roles:
                answers = [self.ask(role, "POST", "/api/v1/gate/" + canary, {"vars": {"prom": "http://127.0.0.1:1"}})]
                if role != "read":
                    body = {"version": "1", "vars": {"track": "x", "prom": "http://127.0.0.1:1"}}
                    answers += [self.ask(role, "POST", "/api/v1/analyses", {"canary": canary, **body}),
                                self.ask(role, "POST", "/api/v1/verdict/" + canary, body)]
                for answer in answers:
                    self.check(answer, {403}, (canary, role))
                    self.assertEqual(answer.json["error"]["code"], "fixed_variable")
        metadata = {"serin.config": "guarded", "serin.var.prom": "http://127.0.0.1:1", "serin.token": self.tokens["run"]}
        hook = {**BODIES["flaggerHook"], "metadata": metadata}
        refused = self.ask("none", "POST", "/hooks/flagger/confirm-promotion", hook)
        self.assertEqual((refused.status, b"the variable prom decides" in refused.body), (403, True), refused)
        allowed = self.ask("run", "POST", "/api/v1/gate/open", {"vars": {"prom": self.source.url}})
        self.assertEqual(allowed.status, 200, allowed)

    def test_truncated(self):
        host, port = self.service.url.removeprefix("http://").split(":")
        for path, method, operation in self.operations(needs_body=True):
            kind = next(iter(operation["requestBody"]["content"]))
            body = json.dumps({"canary": "good", "reason": "x", "scope": "all", "for": "1h"})
            with socket.create_connection((host, int(port)), timeout=10) as s:
                head = f"{method} {self.filled(path)} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {self.tokens['admin']}\r\n"
                s.sendall(f"{head}Content-Type: {kind}\r\nContent-Length: {len(body) + 5}\r\n\r\n{body}".encode())
        self.assertEqual(self.ask("none", "GET", "/-/healthy").status, 200)


if __name__ == "__main__":
    unittest.main()
