# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that is killed again and again while it works loses nothing and does nothing twice.

SERIN_KILLS says how often; without it the run is short. The moments come from a fixed seed, the load does not wait for them.
"""

import base64
import collections
import http.client
import json
import os
import random
import re
import sqlite3
import threading
import time
import unittest

from fake_prometheus import FakePrometheus
from harness import serin
from publish_test import Receiver
from service import Service

KILLS = int(os.environ.get("SERIN_KILLS", 10 if os.environ.get("SERIN_SANITIZE") else 25))
AHEAD_S = 10  # the first look of "steady" is that long after its start
SETTLE_S = 60  # a look waits that long for late samples

# Six looks of two metrics, the first after ten seconds of data, then every other second; and one that fails with its first look.
STEADY = """canary: steady
sources: {{main: {{url: "{url}", timeout: 5s}}}}
scopes: {{baseline: {{labels: {{app: shop, track: stable}}}}, canary: {{labels: {{app: shop, track: canary}}}}}}
vars: {{number: "0"}}
window: {{length: 20s, interval: 2s, step: 1s}}
metrics:
  - {{name: pool, query: 'max(pool_in_use{{${{scope}},number="${{number}}"}})'}}
  - {{name: lag, query: 'max(queue_lag{{${{scope}},number="${{number}}"}})'}}
publish: {publish}
"""
BROKEN = """canary: broken
sources: {{main: {{url: "{url}", timeout: 5s}}}}
scopes: {{canary: {{labels: {{app: shop}}}}}}
vars: {{number: "0"}}
window: {{length: 20s, interval: 2s, step: 1s}}
judge: {{name: threshold}}
metrics:
  - {{name: pool, threshold: {{query: 'max(pool_in_use{{${{scope}},number="${{number}}"}})', max: 0.1}}}}
publish: {publish}
"""
REPLAYED = 20  # analyses of which the verdict is recomputed
REFUSED_EACH = 97  # messages; the receiver is busy then
CONNECTION_LOST = (OSError, http.client.HTTPException)


class Load(threading.Thread):
    """Starts analyses one after the other, and asks again with the same key when the answer did not come."""

    def __init__(self, service, seed, ended, refusals=()):
        super().__init__()
        self.service, self.random, self.ended, self.refusals = service, random.Random(seed), ended, refusals
        self.name, self.accepted = f"load-{seed}", {}  # by key

    def run(self):
        number = 0
        while not self.ended.is_set():
            number += 1
            key = f"{self.name}-{number}"
            start = time.time() - SETTLE_S - AHEAD_S - self.random.uniform(-6, 4)
            canary = "steady" if self.random.random() < 0.8 else "broken"
            self.accepted[key] = self.ask(key, {"canary": canary, "start": int(start), "vars": {"number": key}})
            self.ended.wait(0.1)

    def ask(self, key, body):
        while True:  # ends, as the service is started again for the last time
            try:
                answer = self.service.post("/api/v1/analyses", body, headers={"Idempotency-Key": key}, timeout=10)
            except CONNECTION_LOST:
                time.sleep(0.02)
                continue
            if answer.status in self.refusals:
                time.sleep(0.02)
                continue
            if answer.status not in (200, 202):
                raise AssertionError(answer)
            return answer.json["id"]


class Reader(threading.Thread):
    """Reads what is there while it changes: a verdict stays as it was first seen, spent alpha never becomes less."""

    def __init__(self, service, loads, ended):
        super().__init__()
        self.service, self.loads, self.ended = service, loads, ended
        self.decided, self.spent, self.wrong = {}, collections.defaultdict(float), []

    def run(self):
        chosen = random.Random(7)
        while not self.ended.wait(0.01):
            known = [ident for load in self.loads for ident in list(load.accepted.values())]
            if known:
                self.read(chosen.choice(known))

    def read(self, ident):
        try:
            answer = self.service.get(f"/api/v1/analyses/{ident}", timeout=10)
        except CONNECTION_LOST:
            return
        if answer.status != 200:
            self.wrong.append(f"{ident} was accepted and is not there: {answer}")
            return
        now = answer.json
        spent = now["spent_alpha"] or 0
        if spent < self.spent[ident]:
            self.wrong.append(f"{ident}: {spent} is spent, after {self.spent[ident]}")
        self.spent[ident] = spent
        if now["state"] != "open" and self.decided.setdefault(ident, answer.body) != answer.body:
            self.wrong.append(f"{ident} has changed from {self.decided[ident]} to {answer.body}")


def busy(_, tries):
    return (503, {}, b"") if tries % REFUSED_EACH == 0 else (200, {}, b"")


def write_configs(service, source, receiver):
    secret = service.dir / "secret"
    secret.write_text("whsec_" + base64.b64encode(bytes(range(32))).decode() + "\n")
    secret.chmod(0o600)
    for name, text in (("steady", STEADY), ("broken", BROKEN)):
        hook = {"url": f"{receiver.url}/{name}", "secret_file": str(secret), "on": ["verdict"]}
        (service.dir / f"configs/{name}.yaml").write_text(text.format(url=source.url, publish=json.dumps({"webhooks": [hook]})))


def evidence_files(service):
    folder = service.dir / "store.db.evidence"
    return {os.path.relpath(f"{at}/{name}", folder) for at, _, names in os.walk(folder) for name in names}


def evidence_wanted(rows):
    """The files that the looks of a store have; `rows` asks it."""
    files = set()
    for ident, number, attempt in rows("SELECT id, looks.number, attempt FROM looks JOIN analyses ON analyses.number = analysis"):
        name = f"look-{number:02}" + (f"-{attempt}" if attempt > 1 else "")
        files |= {f"{ident}/run.tar", f"{ident}/{name}.tar"}
    return files


class KillTest(unittest.TestCase):
    def setUp(self):
        self.source = self.enterContext(FakePrometheus("good"))
        self.service = self.enterContext(Service("--config", "serve.yaml"))
        (self.service.dir / "serve.yaml").write_text("retention: {count: 0}\n")  # each start deletes what is beyond it
        self.receiver = self.enterContext(Receiver({"/": busy}))
        write_configs(self.service, self.source, self.receiver)
        self.service.start()

    def kill_and_start(self, moments):
        self.service.crash(moments.uniform(0, 1.2))
        if moments.random() < 0.2:  # some die before they listen
            self.service.launch()
            self.service.crash(moments.uniform(0, 0.1))
        self.service.start()

    def run_and_kill(self):
        ended = threading.Event()
        loads = [Load(self.service, seed, ended) for seed in range(2)]
        reader = Reader(self.service, loads, ended)
        for thread in (*loads, reader):
            thread.start()
        try:
            moments = random.Random(11)
            for _ in range(KILLS):
                self.kill_and_start(moments)
        finally:
            ended.set()
            for thread in (*loads, reader):
                thread.join()
        return {key: ident for load in loads for key, ident in load.accepted.items()}, reader

    def rows(self, query):
        with sqlite3.connect(f"file:{self.service.dir}/store.db?mode=ro", uri=True) as link:
            return link.execute(query).fetchall()

    def test_nothing_is_lost_or_done_twice(self):
        accepted, reader = self.run_and_kill()
        documents = {ident: self.service.decided(ident, timeout=60) for ident in accepted.values()}
        for ident in list(documents):
            reader.read(ident)
        self.assertEqual(reader.wrong, [])
        self.wait_for_deliveries()
        replayed = self.replay(sorted(documents)[:: max(1, len(documents) // REPLAYED)])
        self.assertEqual(self.service.stop(), 0)
        self.check_analyses(accepted, documents)
        self.check_looks()
        self.check_evidence()
        self.check_messages(documents)
        told = collections.Counter(re.findall(r"event=verdict analysis=(\w+)", self.service.log()))
        self.assertEqual([ident for ident, times in told.items() if times > 1], [])
        looks = self.rows("SELECT count(*) FROM looks")[0][0]
        print(f"{KILLS} kills, {len(accepted)} analyses, {looks} looks, {len(reader.decided)} verdicts read again, "
              f"{len(self.receiver.requests)} webhooks received, "
              f"{replayed} verdicts recomputed")

    def replay(self, idents):
        """What was kept of the answers gives the same result."""
        path = self.service.dir / "evidence.tar"
        for ident in idents:
            answer = self.service.get(f"/api/v1/analyses/{ident}/evidence")
            self.assertEqual(answer.status, 200, answer)
            path.write_bytes(answer.body)
            code, out, err = serin("replay", path, "--output", "json")
            self.assertEqual(err, "", (ident, code))
            self.assertEqual(json.loads(out), self.service.get(f"/api/v1/analyses/{ident}/result").json)
        return len(idents)

    def check_analyses(self, accepted, documents):
        rows = self.rows("SELECT key, id, canary, verdict, result FROM analyses")
        self.assertEqual({key: ident for key, ident, *_ in rows}, accepted)
        for _, ident, canary, verdict, result in rows:
            self.assertIsNotNone(result, f"{ident} of {canary} is {verdict}: {self.told_of(ident)}")
            result = json.loads(result)
            self.assertEqual((verdict, result["verdict"]), (documents[ident]["verdict"],) * 2)
            self.assertIn((canary, verdict), (("steady", "pass"), ("broken", "fail"), ("steady", "inconclusive")), result["reasons"])

    def told_of(self, ident):
        return "\n".join(line for line in self.service.log().splitlines() if ident in line)

    def check_looks(self):
        """The store keeps a look by its number and attempt; what it counts must be what the analysis has spent its chance on."""
        taken = collections.defaultdict(list)
        for ident, number, attempt in self.rows(
            "SELECT id, looks.number, attempt FROM looks JOIN analyses ON analyses.number = analysis ORDER BY looks.rowid"
        ):
            taken[ident].append((number, attempt))
        several = 0
        for ident, canary, count, state in self.rows("SELECT id, canary, looks, look_state FROM analyses"):
            entries = json.loads(state)["looks"]
            self.assertEqual([(entry["look"], entry["attempt"]) for entry in entries], taken[ident])
            self.assertEqual(taken[ident], sorted(set(taken[ident])))
            self.assertEqual(count, len(entries))
            spent = [entry["spent"] for entry in entries if entry["outcome"] == "judged" and entry["spent"] is not None]
            self.assertEqual(spent, sorted(spent))
            several += canary == "steady" and len(spent) > 1
        self.assertGreater(several, 0)

    def check_evidence(self):
        """Every look that was taken has its answers, and nothing else lies there."""
        self.assertEqual(evidence_files(self.service), evidence_wanted(self.rows))

    def wait_for_deliveries(self):
        deadline = time.monotonic() + 60
        while self.rows("SELECT count(*) FROM outbox WHERE state = 0")[0][0] > 0:
            self.assertLess(time.monotonic(), deadline, "messages still wait")
            time.sleep(0.1)

    def check_messages(self, documents):
        """One message a verdict, delivered at least once, each time with the same id and body."""
        sent = {row[0]: row for row in self.rows("SELECT id, analysis, state, body FROM outbox")}
        self.assertEqual(sorted(row[1] for row in sent.values()), sorted(documents))
        self.assertEqual({row[2] for row in sent.values()}, {1})
        received = collections.defaultdict(set)
        for _, headers, body, _ in self.receiver.requests:
            received[headers["webhook-id"]].add(body)
        self.assertEqual({ident: {body} for ident, _, _, body in sent.values()}, received)
        for _, ident, _, body in sent.values():
            data = json.loads(body)["data"]
            self.assertEqual((data["analysis_id"], data["verdict"]), (ident, documents[ident]["verdict"]))


if __name__ == "__main__":
    unittest.main()
