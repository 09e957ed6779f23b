# SPDX-License-Identifier: GPL-3.0-or-later
"""How serin says who it is: AWS signatures that a server can check, and secrets that show nowhere."""

import hashlib
import hmac
import json
import pathlib
import shutil
import tempfile
import unittest
import urllib.parse

from fake_prometheus import FakePrometheus
from harness import CONFIG, END, PASS, ROOT, UNREACHABLE, serin, show

KEY_ID, KEY, SESSION = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "session/token=="
TWINS = """canary: twins
sources: {prod: {url: "%s"}}
scopes:
  baseline: {labels: {track: stable}}
  canary: {labels: {track: canary}}
window: {length: 30m, step: 15s}
judge: {name: kayenta, pass: 85, marginal: 70}
metrics:
  - {name: load, query: 'max(load{${scope}})'}
  - {name: load_again, query: 'max(load{${scope}})', direction: decrease}
"""
REGION, SERVICE = "eu-central-1", "aps"


def signature(handler, body):
    """The Authorization header that the request ought to have (AWS Signature Version 4), from what the request itself names as signed."""
    given = dict(part.strip().split("=", 1) for part in handler.headers["Authorization"].split(" ", 1)[1].split(","))
    date = handler.headers["X-Amz-Date"]
    scope = f"{date[:8]}/{REGION}/{SERVICE}/aws4_request"
    names = given["SignedHeaders"].split(";")
    url = urllib.parse.urlsplit(handler.path)
    canonical = "\n".join(
        [handler.command, url.path, url.query, *(f"{name}:{handler.headers[name].strip()}" for name in names), "", ";".join(names)]
        + [hashlib.sha256(body).hexdigest()]
    )
    text = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + KEY).encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    return f"AWS4-HMAC-SHA256 Credential={KEY_ID}/{scope}, SignedHeaders={';'.join(names)}, Signature={key.hex()}", names


class SignedPrometheus:
    """A manner of the fake: only rightly signed queries are answered."""

    def __init__(self):
        self.signed = []

    def __call__(self, handler, path, form, tries):
        expected, names = signature(handler, form.encode())
        self.signed.append(names)
        if handler.headers["Authorization"] == expected:
            return False
        handler.send(403, "text/plain", b"The request signature we calculated does not match\n")
        return True


class AccessTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def secret(self, name, text):
        path = self.dir / name
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path

    def analyze(self, fake, settings, *more):
        config = self.dir / "canary.yaml"
        text = (ROOT / CONFIG).read_text()
        config.write_text(text.replace('{url: "${prometheus}"}', '{url: "${prometheus}", ' + settings + "}"))
        return serin("analyze", config, "--var", f"prometheus={fake.url}", "--end", END, "--output", "json", *more)

    def sigv4(self, key):
        key_file, session_file = self.secret("key", key), self.secret("session", SESSION)
        return (
            f"sigv4: {{region: {REGION}, access_key: {KEY_ID}, secret_key_file: {key_file}, session_token_file: {session_file}}}, tenant: team-a"
        )

    def test_sigv4__is_what_the_server_computes(self):
        signed = SignedPrometheus()
        with FakePrometheus(signed) as fake:
            result = self.analyze(fake, self.sigv4(KEY))
        self.assertEqual(result[0], PASS, show(result))
        for names in signed.signed:
            self.assertLessEqual({"host", "x-amz-date", "x-amz-security-token", "x-scope-orgid"}, set(names))

    def test_sigv4__with_a_wrong_key_is_refused(self):
        with FakePrometheus(SignedPrometheus()) as fake:
            result = self.analyze(fake, self.sigv4("wrong"))
        self.assertEqual(result[0], UNREACHABLE, show(result))
        self.assertIn("signature we calculated does not match", result[1])

    def test_secrets__show_nowhere(self):
        def refuse(handler, path, form, tries):
            handler.send(401, "text/plain", b"who are you?\n")
            return True

        secret = "pa55word-that-nobody-sees"
        path = self.secret("secret", secret)
        for manner in ("good", refuse):
            for keys in (f"username: ann, password_file: {path}", f"bearer_token_file: {path}", f"header_files: {{X-Key: {path}}}"):
                with self.subTest(keys=keys, manner=manner), FakePrometheus(manner) as fake:
                    run = pathlib.Path(tempfile.mkdtemp(dir=self.dir))
                    result = self.analyze(fake, keys, "--record", run)
                    self.assertEqual(result[0], PASS if manner == "good" else UNREACHABLE, show(result))
                    shown = result[1] + result[2] + "".join(file.read_text() for file in run.iterdir())
                    self.assertNotIn(secret, shown)

    def test_readable_secret__is_warned_of(self):
        path = self.secret("secret", "x")
        path.chmod(0o644)
        with FakePrometheus("good") as fake:
            result = self.analyze(fake, f"bearer_token_file: {path}")
        self.assertEqual(result[0], PASS, show(result))
        self.assertIn(f"{path} can be read by every user", result[2])

    def test_equal_queries__are_sent_once(self):
        config, run = self.dir / "canary.yaml", self.dir / "run"
        with FakePrometheus("good") as fake:
            config.write_text(TWINS % fake.url)
            live = serin("analyze", config, "--end", END, "--record", run, "--output", "json")
            queries = [count for request, count in fake.requests.items() if "query=" in request]
        self.assertEqual(live[0], PASS, show(live))
        self.assertEqual(queries, [1, 1])
        counters = json.loads(live[1])["sources"][0]["counters"]
        self.assertEqual((counters["queries"], counters["tries"], counters["shared"]), (4, 2, 2))
        self.assertEqual(serin("replay", run, "--output", "json")[1], live[1])

    def test_counters__are_in_the_result_and_its_replay(self):
        run = self.dir / "run"
        with FakePrometheus("flaky") as fake:
            live = self.analyze(fake, "rate: 1000/s", "--record", run)
        self.assertEqual(live[0], PASS, show(live))
        counters = json.loads(live[1])["sources"][0]["counters"]
        self.assertEqual(counters["tries"], 2 * counters["retries"])
        self.assertEqual(counters["queries"], counters["retries"] + counters["shared"])
        self.assertEqual(serin("replay", run, "--output", "json")[1], live[1])


if __name__ == "__main__":
    unittest.main()
