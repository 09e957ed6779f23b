# SPDX-License-Identifier: GPL-3.0-or-later
"""Services on one PostgreSQL: one works, the others stand by; nothing is lost or said twice whoever dies, the server included."""

import collections
import json
import os
import pathlib
import random
import re
import signal
import socket
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "analyzer"))
from fake_prometheus import FakePrometheus
from harness import PASS, UNREACHABLE, USAGE, serin
from publish_test import Receiver
from service import Service
from with_postgresql import PostgreSQL

TAKE_OVER_S = 10
CRASHES = int(os.environ.get("SERIN_CRASHES", 1))


def until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise AssertionError("it did not come")
        time.sleep(0.02)
    return found


class Proxy:
    """Between clients and the server, cuts connections at the moment they send COMMIT: before the server has it, or behind it."""

    def __init__(self, server):
        self.server, self.cuts, self.mode = f"{server}/.s.PGSQL.5432", 0, None

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="serin-proxy-")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{self.folder.name}/.s.PGSQL.5432")
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.folder.cleanup()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            upstream = socket.socket(socket.AF_UNIX)
            upstream.connect(self.server)
            threading.Thread(target=self.forward, args=(client, upstream), daemon=True).start()
            threading.Thread(target=self.back, args=(upstream, client), daemon=True).start()

    def back(self, upstream, client):
        try:
            while data := upstream.recv(65536):
                client.sendall(data)
        except OSError:
            pass
        for end in (client, upstream):
            end.close()

    def forward(self, client, upstream):
        name = None  # of the statement COMMIT, once the client has prepared it
        try:
            while data := client.recv(65536):
                if name is None and (found := re.search(rb"(s\d+)\0COMMIT\0", data)) is not None:
                    name = b"\0" + found[1] + b"\0"
                elif name is not None and name in data and self.mode is not None:
                    mode, self.mode = self.mode, None
                    self.cuts += 1
                    if mode == "behind":
                        client.shutdown(socket.SHUT_RD)
                        client.shutdown(socket.SHUT_WR)
                        upstream.sendall(data)
                    break
                upstream.sendall(data)
        except OSError:
            pass
        for end in (client, upstream):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class PostgresqlTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(PostgreSQL())

    def setUp(self):
        self.server.sql("DROP SCHEMA IF EXISTS serin CASCADE")
        self.source = self.enterContext(FakePrometheus("good"))
        self.receiver = self.enterContext(Receiver())
        self.services = [self.member(), self.member()]

    def member(self, address=None):
        service = self.enterContext(Service())
        service.store = address or self.server.address("postgres")
        service.config("good", self.source.url, publish={"webhooks": [{"url": self.receiver.url + "/good", "on": ["verdict"]}]})
        return service

    def stand_by(self, service):
        begin = service.launch()
        service.url = until(lambda: re.search(rb"event=standby url=(\S+)\n", service.log_from(begin)))[1].decode()
        return begin

    def taken_over(self, service, begin):
        found = until(lambda: re.search(rb"event=listening url=(\S+)\n", service.log_from(begin)), TAKE_OVER_S + 10)
        service.url = found[1].decode()

    def ready(self, service):
        try:
            return service.get("/-/ready").status
        except OSError:
            return 0

    def begin_many(self, service, count, key):
        """Analyses whose windows end about now and later, so that they are open for a while."""
        accepted = {}
        for number in range(count):
            body = {"canary": "good", "start": int(time.time() - 119 + random.Random(number).uniform(-20, 1)), "looks": "once"}
            answer = until(lambda body=body, n=number: self.answered(service, body, f"{key}-{n}"), 60)
            accepted[f"{key}-{number}"] = answer.json["id"]
        return accepted

    def answered(self, service, body, key):
        try:
            answer = service.post("/api/v1/analyses", body, headers={"Idempotency-Key": key}, timeout=60)
        except OSError:
            return None
        return answer if answer.status in (200, 202) else None

    def check(self, service, accepted):
        """All are there and decided, and every verdict was told once."""
        for ident in accepted.values():
            self.assertEqual(service.decided(ident, 30)["verdict"], "pass")
        until(lambda: self.server.sql("SELECT count(*) FROM serin.outbox WHERE state <> 1") == "0")
        rows = self.server.sql("SELECT key, id FROM serin.analyses").splitlines()
        self.assertEqual({key: ident for key, ident in (row.split("|") for row in rows)}, accepted)
        told = collections.Counter()
        for member in self.services:
            told.update(re.findall(r"event=verdict analysis=(\w+)", member.log()))
        self.assertEqual([ident for ident, times in told.items() if times > 1], [])
        received = collections.Counter(json.loads(body)["data"]["analysis_id"] for _, _, body, _ in self.receiver.requests)
        self.assertEqual(set(received), set(accepted.values()))
        return received

    def test_one_works_and_the_other_takes_over(self):
        first, second = self.services
        first.start()
        begin = self.stand_by(second)
        for method, path, status in (("GET", "/-/healthy", 200), ("GET", "/-/ready", 503), ("GET", "/metrics", 503),
                                     ("GET", "/api/v1/analyses", 503), ("GET", "/api/v1/nothing", 404)):
            self.assertEqual(second.ask(method, path).status, status, path)
        self.assertEqual(second.post("/api/v1/analyses", {"canary": "good"}).json["error"]["code"], "standby")
        accepted = self.begin_many(first, 10, "a")
        first.stop(kill=True)
        killed = time.monotonic()
        self.taken_over(second, begin)
        self.assertLess(time.monotonic() - killed, TAKE_OVER_S)
        self.assertEqual(self.ready(second), 200)
        accepted |= self.begin_many(second, 3, "b")
        self.check(second, accepted)
        begin = self.stand_by(first)
        self.assertEqual(second.stop(), 0)
        self.taken_over(first, begin)
        self.assertEqual(len(first.get("/api/v1/analyses").json["analyses"]), len(accepted))

    def test_one_that_was_cut_off_ends(self):
        first, second = self.services
        first.start()
        begin = self.stand_by(second)
        accepted = self.begin_many(first, 5, "a")
        first.process.send_signal(signal.SIGSTOP)
        self.server.sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1")
        self.taken_over(second, begin)
        first.process.send_signal(signal.SIGCONT)
        self.assertEqual(first.process.wait(20), UNREACHABLE)
        first.process = None
        self.assertIn("event=store_lost", first.log())
        self.check(second, accepted)

    def test_server_dies_and_comes_back(self):
        service = self.services[0]
        service.start()
        accepted, ended = {}, threading.Event()

        def load():
            number = 0
            while not ended.is_set():
                accepted.update(self.begin_many(service, 3, f"l{number}"))
                number += 1
                ended.wait(0.05)

        thread = threading.Thread(target=load)
        thread.start()
        try:
            for _ in range(CRASHES):
                time.sleep(0.4)
                self.server.crash()
                until(lambda: self.ready(service) == 503)
                self.server.start()
                until(lambda: self.ready(service) == 200)
        finally:
            ended.set()
            thread.join()
        received = self.check(service, accepted)
        self.assertEqual([ident for ident, times in received.items() if times > 1], [])
        self.assertEqual(service.stop(), 0)
        print(f"{CRASHES} crashes of the server, {len(accepted)} analyses")

    def test_commits_whose_answer_is_lost(self):
        proxy = self.enterContext(Proxy(self.server.folder))
        service = self.services[0] = self.member(f"postgresql:///postgres?host={proxy.folder.name}&user=serin")
        service.start()
        idents = []
        for number in range(6):
            proxy.mode = ("before", "behind")[number % 2]
            answer = service.post("/api/v1/analyses", {"canary": "good", "end": int(time.time()) - 3600})
            self.assertEqual(answer.status, 202, answer)
            idents.append(answer.json["id"])
            until(lambda: proxy.mode is None)
        self.assertEqual(proxy.cuts, 6)
        self.assertEqual(sorted(self.server.sql("SELECT id FROM serin.analyses").splitlines()), sorted(idents))
        for ident in idents:
            self.assertEqual(service.decided(ident, 30)["verdict"], "pass")

    def test_numbers_of_commits_begin_anew_with_the_owner(self):
        service = self.services[0]
        service.start()
        self.assertEqual(service.stop(), 0)
        self.server.sql("UPDATE serin.writers SET commits = 1000000")  # an owner that died had come to the number that the next one comes to
        service.start()
        self.assertLess(int(self.server.sql("SELECT commits FROM serin.writers WHERE name = 'owner'")), 1000)
        self.assertEqual(service.stop(), 0)

    def test_commands_and_what_is_refused(self):
        address = self.server.address("postgres")
        code, _, err = serin("store", "check", "--store", address)
        self.assertEqual((code, "not a store of serin" in err), (USAGE, True), err)
        self.services[0].start()
        self.stand_by(self.services[1])
        self.assertEqual(self.services[1].stop(), 0)
        code, out, err = serin("store", "check", "--store", address, "--output", "json")
        self.assertEqual((code, json.loads(out)["schema_version"]), (PASS, 1), err)
        code, _, err = serin("store", "backup", "copy", "--store", address)
        self.assertEqual((code, "pg_dump" in err), (USAGE, True), err)
        code, out, err = serin("store", "dead", "--replay", "all", "--store", address)
        self.assertEqual(code, PASS, err)
        self.assertEqual(self.server.sql("SELECT action FROM serin.audits"), "replay")
        for bad in (f"{address}&password=hunter2", "postgresql://u:hunter2@localhost/x", "postgres://u:hunter2@localhost/x",
                    "postgresql://u:hunter2@localhost:port:2/x"):
            code, out, err = serin("store", "check", "--store", bad)
            self.assertEqual(code, USAGE)
            self.assertNotIn("hunter2", out + err)
        self.server.sql("ALTER DATABASE postgres SET synchronous_commit = off")
        code, _, err = serin("store", "check", "--store", address)
        self.assertEqual((code, "synchronous_commit" in err), (USAGE, True), err)
        self.server.sql("ALTER DATABASE postgres RESET synchronous_commit; UPDATE serin.schema SET version = 99")
        code, _, err = serin("store", "check", "--store", address)
        self.assertEqual((code, "newer serin (schema 99" in err), (USAGE, True), err)
        code, _, err = serin("store", "check", "--store", "postgresql:///x?host=/nowhere")
        self.assertEqual((code, "/nowhere" in err), (USAGE, True), err)


if __name__ == "__main__":
    unittest.main()
