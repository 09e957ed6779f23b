# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP listener from outside: who is let in, who is slowed down or cut off, what is logged, and what random requests do."""

import base64
import contextlib
import hashlib
import json
import os
import pathlib
import random
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import warnings

from harness import PASS, USAGE, serin
from tls_test import Authority

SERVER = os.environ["SMALL_SERVER"]
ROLES = "read", "run", "gate", "admin"


class Server:
    """A small_server with these flags; stopped with the test."""

    def __init__(self, test, *flags):
        self.process = subprocess.Popen([SERVER, *map(str, flags)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        test.addCleanup(self.kill)
        self.port = int(self.process.stdout.readline() or 0)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def stop(self):
        """Counts, what was released, and the log."""
        out, log = self.process.communicate(timeout=30)
        if self.process.returncode != 0:
            raise AssertionError(log)
        counts, released = (json.loads(line) for line in out.splitlines())
        return counts, released, log

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), 10)

    def ask(self, target, method="GET", headers=(), body=None, link=None):
        """Status, headers and body of one request."""
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *headers]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        with link or self.connect() as s:
            s.sendall("\r\n".join([*lines, "", body or ""]).encode())
            return answer(s)


def answer(s):
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            piece = s.recv(65536)
        except ConnectionError:
            piece = b""
        if not piece:
            return 0, {}, ""
        data += piece
    head, body = data.split(b"\r\n\r\n", 1)
    lines = head.decode().split("\r\n")
    headers = {}
    for name, value in (line.split(": ", 1) for line in lines[1:]):
        headers[name.lower()] = ", ".join(filter(None, [headers.get(name.lower()), value]))
    while len(body) < int(headers.get("content-length", 0)):
        body += s.recv(65536)
    return int(lines[0].split()[1]), headers, body.decode(errors="replace")


def basic(name, password):
    return "Authorization: Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def line_of(name, role, token, salt="0123abcd"):
    return f"{name} {role} sha256:{salt}:{hashlib.sha256((salt + token).encode()).hexdigest()}\n"


class ListenTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir)
        cls.ours, cls.theirs = Authority(cls.dir / "ours"), Authority(cls.dir / "theirs")
        cls.certificate = cls.ours.issue("server", "IP:127.0.0.1")
        cls.client, cls.stranger = cls.ours.issue("client", "DNS:client"), cls.theirs.issue("stranger", "DNS:stranger")

    def tokens(self, *lines):
        file = self.dir / f"{self.id()}.tokens"
        file.write_text("# who may what\n\n" + "".join(lines))
        file.chmod(0o600)
        return file

    def test_roles_are_an_order(self):
        server = Server(self, "--tokens", self.tokens(*(line_of(role, role, f"{role}.secret") for role in ROLES)))
        asked = [("GET", "/things/1", None, "read", 200), ("POST", "/things", "{}", "run", 202), ("DELETE", "/things/1", None, "admin", 204)]
        for method, target, body, least, good in asked:
            for role in ROLES:
                expected = good if ROLES.index(role) >= ROLES.index(least) else 403
                status, _, text = server.ask(target, method, [f"Authorization: Bearer {role}.secret"], body)
                self.assertEqual(status, expected, (method, role, text))
            status, headers, text = server.ask(target, method, body=body)
            self.assertEqual((status, json.loads(text)["error"]["code"]), (401, "no_token"))
            self.assertEqual([word for word in ("Bearer realm=", "Basic realm=") if word not in headers["www-authenticate"]], [])
        self.assertEqual(server.ask("/open")[0], 200)
        self.assertEqual(server.ask("/open", headers=["Authorization: Bearer nonsense"])[0], 200)
        self.assertIn('"who":"gate","role":"gate"', server.ask("/things/1", headers=["authorization: bearer  gate.secret"])[2])

    def test_the_password_of_basic_is_a_token(self):
        flags = "--tokens", self.tokens(line_of("a", "run", "a.secret")), "--failed-sign-ins", 5, "--log", "logfmt"
        server = Server(self, *flags)
        for name in ("", "ann", "a", "läuft"):
            status, _, text = server.ask("/things/1", headers=[basic(name, "a.secret")])
            self.assertEqual(status, 200, text)
            self.assertIn('"who":"a","role":"run"', text)
        self.assertEqual(server.ask("/things", "POST", [basic("ann", "a.secret")], "{}")[0], 202)
        self.assertEqual(server.ask("/things/1", "DELETE", [basic("ann", "a.secret")])[0], 403)
        for wrong in (basic("a.secret", ""), basic("ann", "a.guess"), "Authorization: Basic a.secret", "Authorization: Basic"):
            status, headers, text = server.ask("/things/1", headers=[wrong])
            self.assertEqual((status, json.loads(text)["error"]["code"]), (401, "wrong_token"))
            self.assertIn('Basic realm="serin"', headers["www-authenticate"])
        self.assertEqual([server.ask("/things/1", headers=[basic("ann", "a.guess")])[0] for _ in range(2)][-1], 429)
        self.assertEqual(server.ask("/things/1", headers=[basic("ann", "a.secret")])[0], 200)
        log = server.stop()[2]
        for secret in ("secret", "guess", basic("ann", "a.secret")[-8:], "ann"):
            self.assertNotIn(secret, log)

    def test_serin_token_makes_what_the_listener_takes(self):
        code, out, err = serin("token", "ci", "--role", "run")
        self.assertEqual((code, err), (PASS, ""))
        token, line = out.splitlines()
        server = Server(self, "--tokens", self.tokens(line + "\n"))
        self.assertIn('"who":"ci","role":"run"', server.ask("/things/1", headers=[f"Authorization: Bearer {token}"])[2])
        self.assertNotIn(token.split(".")[1], line)
        for wrong, hint in ((["ci"], "--role is missing"), (["c i", "--role", "run"], "a name is"), (["ci", "--role", "root"], "expected read, run, gate or admin"),
                            (["--role", "run"], "takes one NAME")):
            code, out, err = serin("token", *wrong)
            self.assertEqual((code, out), (USAGE, ""))
            self.assertIn(hint, err)

    def test_wrong_tokens_are_refused_and_limited(self):
        server = Server(self, "--tokens", self.tokens(line_of("a", "admin", "a.secret")), "--failed-sign-ins", 20, "--log", "logfmt")
        wrong = ["Bearer a.secret2", "Bearer a.secre", "Bearer a", "Bearer ", "Bearer .", "Basic YTpi", "Bearer b.secret", "Bearer " + "x" * 4000]
        for value in wrong:
            self.assertEqual(server.ask("/things/1", headers=[f"Authorization: {value}"])[0], 401, value)
        self.assertEqual(server.ask("/things/1", headers=["Authorization: Bearer a.secret"] * 2)[0], 400)
        answers = [server.ask("/things/1", headers=["Authorization: Bearer a.guess"]) for _ in range(20)]
        self.assertEqual(answers[0][0], 401)
        self.assertEqual(answers[-1][0], 429)
        self.assertGreaterEqual(int(answers[-1][1]["retry-after"]), 1)
        # Who has a good token does not suffer from who has none behind the same address.
        self.assertEqual(server.ask("/things/1", headers=["Authorization: Bearer a.secret"])[0], 200)
        counts, _, log = server.stop()
        self.assertGreater(counts["sign_in"], 8)
        self.assertGreater(counts["rate"], 0)
        for secret in ("secret", "guess", "xxxx"):
            self.assertNotIn(secret, log)

    def test_token_file_is_read_again(self):
        file = self.tokens(line_of("a", "admin", "a.old"), line_of("a", "read", "a.new"))
        server = Server(self, "--tokens", file, "--log", "json")
        self.assertEqual([server.ask("/things/1", headers=[f"Authorization: Bearer a.{t}"])[0] for t in ("old", "new")], [200, 200])
        file.write_text("a broken line\n")
        self.assertRegex(server.say("reload"), r"\.tokens:1: the role must be read, run, gate or admin")
        self.assertEqual(server.ask("/things/1", headers=["Authorization: Bearer a.old"])[0], 200)
        file.write_text(line_of("a", "read", "a.new"))
        self.assertEqual(server.say("reload"), "done")
        self.assertEqual([server.ask("/things/1", headers=[f"Authorization: Bearer a.{t}"])[0] for t in ("old", "new")], [401, 200])
        file.write_text(line_of("b", "read", "b.newest"))
        deadline = time.monotonic() + 10  # without being told, it looks once a second
        while server.ask("/things/1", headers=["Authorization: Bearer b.newest"])[0] != 200:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        events = [json.loads(line)["event"] for line in server.stop()[2].splitlines()]
        self.assertIn("tokens_reloaded", events)

    def test_rate_is_limited_by_token(self):
        file = self.tokens(line_of("a", "read", "a.a"), line_of("b", "read", "b.b"))
        server = Server(self, "--tokens", file, "--rate", 1, "--burst", 5)
        first = [server.ask("/things/1", headers=["Authorization: Bearer a.a"])[0] for _ in range(8)]
        self.assertEqual(first[:5], [200] * 5)
        self.assertIn(429, first[5:])
        self.assertEqual(server.ask("/things/1", headers=["Authorization: Bearer b.b"])[0], 200)
        by_address = [server.ask("/open")[0] for _ in range(8)]
        self.assertIn(200, by_address)
        self.assertIn(429, by_address)

    def refused(self, *flags):
        done = subprocess.run([SERVER, *map(str, flags)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
        return done.stdout + done.stderr

    def test_the_world_is_not_let_in_by_mistake(self):
        tokens, (cert, key) = self.tokens(line_of("a", "read", "a.a")), self.certificate
        self.assertIn("give a token file and a certificate with its key (TLS), or force it with open_to_world", self.refused("--address", "0.0.0.0"))
        self.assertIn("give a certificate with its key (TLS), or force it with open_to_world", self.refused("--address", "0.0.0.0", "--tokens", tokens))
        self.assertIn("give a token file, or force it with open_to_world", self.refused("--address", "::", "--cert", cert, "--key", key))
        server = Server(self, "--address", "0.0.0.0", "--open", 1)
        self.assertEqual(server.ask("/open")[0], 200)
        server = Server(self, "--address", "::", "--tokens", tokens, "--cert", cert, "--key", key)
        self.assertGreater(server.port, 0)

    def test_bad_files_are_told(self):
        (cert, key), tokens = self.certificate, self.tokens(line_of("a", "read", "a.a"))
        self.assertIn("certificate", self.refused("--cert", self.dir / "none", "--key", key))
        self.assertIn("with key", self.refused("--cert", cert, "--key", self.client[1]))
        self.assertIn("both a certificate and a key", self.refused("--cert", cert))
        self.assertIn("need TLS", self.refused("--client-ca", self.ours.cert))
        self.assertIn("no certificate in PEM", self.refused("--cert", cert, "--key", key, "--client-ca", key))
        self.assertIn("expected a numeric address", self.refused("--address", "example.com"))
        tokens.chmod(0o666)
        self.assertIn("chmod go-w", self.refused("--tokens", tokens))

    def link(self, server, client=None, authority=None):
        context = ssl.create_default_context(cafile=str(authority or self.ours.cert))
        if client:
            context.load_cert_chain(*client)
        return context.wrap_socket(server.connect(), server_hostname="127.0.0.1")

    def test_tls(self):
        cert, key = (pathlib.Path(shutil.copy(file, self.dir / f"served.{kind}")) for file, kind in zip(self.certificate, ("pem", "key")))
        server = Server(self, "--cert", cert, "--key", key)
        self.assertEqual(server.ask("/open", link=self.link(server))[0], 200)
        self.assertEqual(server.ask("/open")[0], 0)  # plain HTTP there
        old = socket.create_connection(("127.0.0.1", server.port), 10)
        with self.assertRaises(ssl.SSLError):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.maximum_version = ssl.TLSVersion.TLSv1_1
            context.wrap_socket(old, server_hostname="127.0.0.1")
        old.close()
        kept = self.link(server)
        for theirs, place in zip(self.theirs.issue("server", "IP:127.0.0.1"), (cert, key)):
            shutil.copy(theirs, place)
        self.assertEqual(server.say("reload"), "done")
        self.assertEqual(server.ask("/open", link=kept)[0], 200)
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.link(server)
        self.assertEqual(server.ask("/open", link=self.link(server, authority=self.theirs.cert))[0], 200)
        key.write_text("nothing")
        self.assertIn("with key", server.say("reload"))
        self.assertEqual(server.ask("/open", link=self.link(server, authority=self.theirs.cert))[0], 200)

    def test_client_certificates(self):
        cert, key = self.certificate
        server = Server(self, "--cert", cert, "--key", key, "--client-ca", self.ours.cert)
        self.assertEqual(server.ask("/open", link=self.link(server, self.client))[0], 200)
        for client in (None, self.stranger):
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                status = server.ask("/open", link=self.link(server, client))[0]
                raise ConnectionError if status == 0 else AssertionError(status)

    def test_slow_clients_are_cut_off(self):
        server = Server(self, "--request-ms", 600, "--idle-ms", 60000)
        began = time.monotonic()
        with server.connect() as drip, server.connect() as half, server.connect() as waiting:
            half.sendall(b"POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{")
            waiting.sendall(b"GET /wait?ms=1500 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            drip.settimeout(0.05)
            closed = False
            for byte in b"GET /open HTTP/1.1\r\nX: " + b"y" * 1000:
                try:
                    drip.sendall(bytes([byte]))
                    closed = drip.recv(1) == b""
                except TimeoutError:
                    continue
                except ConnectionError:
                    closed = True
                if closed:
                    break
            self.assertTrue(closed)
            self.assertLess(time.monotonic() - began, 5)
            self.assertEqual(half.recv(1), b"")
            self.assertEqual(answer(waiting)[0], 200)  # a deferred call has the time its handler gave it
        self.assertGreaterEqual(server.stop()[0]["slow"], 1)

    def test_connections_are_bounded(self):
        server = Server(self, "--per-address", 20, "--connections", 30)
        links = [server.connect() for _ in range(25)]
        for link in links:
            with contextlib.suppress(ConnectionError):
                link.sendall(b"GET /open HTTP/1.1\r\nHost: localhost\r\n\r\n")
        good = 0
        for link in links:
            good += answer(link)[0] == 200
        self.assertEqual(good, 20)
        for link in links:
            link.close()
        deadline = time.monotonic() + 10
        while server.ask("/open")[0] != 200:
            self.assertLess(time.monotonic(), deadline)
        self.assertGreaterEqual(server.stop()[0]["connection"], 5)

    def test_the_log_has_a_line_a_request_and_no_query(self):
        server = Server(self, "--log", "json")
        server.ask("/things/a%20b?depth=hidden-value")
        server.ask("/nowhere?also=hidden-value")
        counts, _, log = server.stop()
        lines = [json.loads(line) for line in log.splitlines()]
        requests = [line for line in lines if line["event"] == "request"]
        self.assertEqual([r["status"] for r in requests], [200, 404])
        self.assertEqual(requests[0]["path"], "/things/a%20b")
        self.assertEqual((requests[0]["who"], requests[0]["operation"], requests[1]["error"]), ("local", "getThing", "no_such_path"))
        self.assertNotIn("hidden-value", log)
        self.assertEqual(counts["malformed"], 1)

    def test_openapi_lists_every_route(self):
        server = Server(self)
        document = json.loads(server.ask("/api/v1/openapi.json")[2])
        self.assertEqual(document["openapi"], "3.1.0")
        for path, operations in document["paths"].items():
            for method in operations:
                target = path.replace("{id}", "x")
                status, _, text = server.ask(target, method.upper())
                self.assertNotIn(status, (404, 405), (method, path, text))
            allowed = server.ask(path.replace("{id}", "x"), "OPTIONS")[1]["allow"].split(", ")
            self.assertEqual({m.lower() for m in allowed} - {"head", "options"}, set(operations))

    def test_random_requests(self):
        """Whatever comes, each connection ends in a well-formed answer or is closed, and the server goes on."""
        server = Server(self, "--request-ms", 300, "--idle-ms", 1000, "--rate", -1)
        draw = random.Random(7)
        until = time.monotonic() + 6
        rounds = 0
        while rounds < 4000 and time.monotonic() < until:
            rounds += 1
            with server.connect() as s:
                s.settimeout(5)
                try:
                    s.sendall(self.make_request(draw))
                    if draw.random() < 0.2:
                        continue  # gone without reading
                    s.shutdown(socket.SHUT_WR)
                    data = b""
                    while piece := s.recv(65536):
                        data += piece
                except OSError as error:
                    self.assertNotIsInstance(error, TimeoutError)
                    continue
                self.assertTrue(data == b"" or data.startswith(b"HTTP/1."), data[:200])
        self.assertGreater(rounds, 100)
        self.assertEqual(server.ask("/open")[0], 200)
        counts, released, _ = server.stop()
        self.assertEqual(counts["waiting"], 0)
        self.assertEqual(server.process.returncode, 0)

    @staticmethod
    def make_request(draw):
        targets = ["/open", "/things/1", "/things", "/page", "/wait?ms=5", "/odd?what=late", "/odd?what=twice", "/any", "/note", "/%", "*", ""]
        pieces = [b"/", b"?", b"&", b"=", b"%41", b"%zz", b"%00", b"\xff", b"..", b"a" * 300, b"{", b"\t", b"http://x/", b"#"]
        target = draw.choice(targets).encode() + b"".join(draw.choices(pieces, k=draw.choice([0, 0, 1, 5])))
        method = draw.choice([b"GET", b"GET", b"POST", b"HEAD", b"DELETE", b"OPTIONS", b"PUT", b"X" * 40, b"get", b"TRACE", b"CONNECT"])
        headers = [b"Host: localhost"] if draw.random() < 0.9 else []
        extra = [b"Content-Type: application/json", b"Content-Length: 2", b"Content-Length: 99999999999", b"Content-Length: -1", b"Expect: 100-continue",
                 b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", b"Connection: close", b"If-None-Match: \"1\"", b"X: " + b"y" * 9000,
                 b"Authorization: Bearer x.y", b"Origin: http://evil", b"Broken", b": empty", b" folded", b"\x00: \x01", b"Upgrade: h2c"]
        headers += draw.choices(extra, k=draw.choice([0, 1, 2, 5]))
        body = draw.choice([b"", b"{}", b"{" * 500, b"5\r\nabcde\r\n0\r\n\r\n", b"fffffffff\r\n", b"\xff" * 50, b"GET / HTTP/1.1\r\n\r\n"])
        text = method + b" " + target + draw.choice([b" HTTP/1.1", b" HTTP/1.1", b" HTTP/1.0", b" HTTP/2.0", b"", b" X"]) + b"\r\n"
        text += b"\r\n".join(headers) + b"\r\n\r\n" + body
        if draw.random() < 0.2:
            at = draw.randrange(len(text))
            text = text[:at] + bytes(draw.randrange(256) for _ in range(draw.randrange(4))) + text[at + draw.randrange(4):]
        return text[: draw.randrange(len(text))] if draw.random() < 0.1 else text


if __name__ == "__main__":
    unittest.main()
