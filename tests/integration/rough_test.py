# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that is killed while it is backed up, reads its configs again, deletes what is old or has no room on its disk, and one whose
store was damaged meanwhile.

SERIN_KILLS says how often it is killed; without it the run is short. The moments come from a fixed seed.
"""

import collections
import contextlib
import hashlib
import json
import os
import pathlib
import random
import resource
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import unittest

from fake_prometheus import FakePrometheus
from harness import PASS, SERIN, USAGE, serin, show
from kill_test import Load, busy, evidence_files, evidence_wanted, write_configs
from publish_test import Receiver
from service import Service

KILLS = int(os.environ.get("SERIN_KILLS", 8))
KEPT = 3  # analyses of a canary that stay when it deletes
MOST_FILE = 4096  # bytes of a file when the disk is full: no commit has room


class Full:
    """No file of the service grows beyond MOST_FILE, as on a full disk."""

    def __init__(self, process):
        self.pid = process.pid

    def __enter__(self):
        self.before = resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (MOST_FILE, resource.RLIM_INFINITY))

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):  # it was killed so
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, self.before)


class RoughTest(unittest.TestCase):
    def setUp(self):
        self.source = self.enterContext(FakePrometheus("good"))
        self.receiver = self.enterContext(Receiver({"/": busy}))
        self.service = self.enterContext(Service("--config", "serve.yaml"))
        self.store = self.service.dir / "store.db"
        self.backups = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="serin-")))
        self.moments, self.times = random.Random(29), collections.Counter()
        (self.service.dir / "serve.yaml").write_text(f"retention: {{count: {KEPT}}}\n")
        write_configs(self.service, self.source, self.receiver)

    def rows(self, query):
        with contextlib.closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as link:
            return link.execute(query).fetchall()

    # What the service is at when it is killed.

    def while_backed_up(self):
        """The backup needs no service: it is whole all the same."""
        time.sleep(self.moments.uniform(0.2, 0.6))
        file = self.backups / "backup.tar"
        backup = subprocess.Popen([SERIN, "store", "backup", file, "--evidence", "--store", self.store], stdout=subprocess.DEVNULL)
        self.service.crash(self.moments.uniform(0, 0.03))
        self.assertEqual(backup.wait(timeout=60), 0)
        with tempfile.TemporaryDirectory(prefix="serin-") as folder:
            subprocess.run(["tar", "-xkf", file, "-C", folder], check=True, timeout=60)
            self.check_store(pathlib.Path(folder) / "store.db")

    def while_reading_configs(self):
        config = self.service.dir / "configs/other.yaml"
        for text in ("canary: [", self.service.config("other", self.source.url)):
            config.write_text(text)
            self.service.process.send_signal(signal.SIGHUP)
            time.sleep(self.moments.uniform(0, 0.05))
        self.service.process.send_signal(signal.SIGHUP)
        self.service.crash(self.moments.uniform(0, 0.02))

    def while_deleting(self):
        time.sleep(0.9)
        self.service.crash(self.moments.uniform(0, 0.25))  # it begins a second after the start

    def while_full(self):
        time.sleep(self.moments.uniform(0.1, 0.4))
        with Full(self.service.process):
            self.service.crash(self.moments.uniform(0.1, 0.5))

    def kill_and_start(self, number):
        at = (self.while_backed_up, self.while_reading_configs, self.while_deleting, self.while_full)[number % 4]
        self.times[at.__name__] += 1
        at()
        self.service.start()

    def run_and_kill(self):
        ended = threading.Event()
        loads = [Load(self.service, seed, ended, refusals=(503,)) for seed in range(2)]
        self.service.start()
        for load in loads:
            load.start()
        try:
            for number in range(KILLS):
                self.kill_and_start(number)
        finally:
            ended.set()
            if self.service.process is None:  # a check has failed; they wait for it
                self.service.start()
            for load in loads:
                load.join()
        return {ident for load in loads for ident in load.accepted.values()}

    def check_store(self, store):
        result = serin("store", "check", "--store", store, "--output", "json")
        self.assertEqual(result[0], PASS, show(result))
        self.assertEqual(json.loads(result[1])["evidence"]["missing"], 0)

    def wait_until(self, what, seconds=60):
        deadline = time.monotonic() + seconds
        while not what():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.1)

    def test_every_verdict_is_told_and_nothing_is_left_behind(self):
        accepted = self.run_and_kill()
        self.wait_until(lambda: self.rows("SELECT count(*) FROM analyses WHERE state = 0")[0][0] == 0)
        self.wait_until(lambda: self.rows("SELECT count(*) FROM outbox WHERE state = 0")[0][0] == 0)
        self.assertEqual(self.service.stop(), 0)
        self.service.start()  # deletes once more
        self.wait_until(lambda: all(n <= KEPT for _, n in self.rows("SELECT canary, count(*) FROM analyses GROUP BY canary")))
        self.wait_until(lambda: evidence_files(self.service) == evidence_wanted(self.rows), 15)
        self.assertEqual(self.service.stop(), 0)
        self.check_store(self.store)
        told = collections.defaultdict(set)
        for _, headers, body, _ in self.receiver.requests:
            data = json.loads(body)["data"]
            told[data["analysis_id"]].add((headers["webhook-id"], data["verdict"], body))
        self.assertEqual(set(told), accepted)
        self.assertEqual({ident for ident, messages in told.items() if len(messages) > 1}, set())
        self.assertEqual(self.rows("SELECT count(*) FROM memos WHERE kind = 'forgotten'"), [(0,)])
        print(f"{KILLS} kills ({dict(self.times)}), {len(accepted)} analyses, {len(self.receiver.requests)} webhooks received")

    def test_a_full_disk_is_told_and_nothing_ends_in_error(self):
        s = self.service
        s.config("good", self.source.url)
        (s.dir / "serve.yaml").write_text("settle: 1ms\n")
        s.start()
        early = s.begin(canary="good")
        self.assertEqual(s.decided(early)["verdict"], "pass")
        late = s.post("/api/v1/analyses", {"canary": "good", "end": int(time.time()) + 2}).json["id"]
        with Full(s.process):
            self.wait_until(lambda: s.get("/-/ready").status == 503, 15)
            refused = s.post("/api/v1/analyses", {"canary": "good"})
            self.assertEqual((refused.status, refused.json["error"]["code"]), (503, "store_failed"), refused)
            self.assertEqual(s.get(f"/api/v1/analyses/{early}").json["verdict"], "pass")
            self.wait_until(lambda: "is taken again" in s.log(), 15)
            self.assertEqual(s.get(f"/api/v1/analyses/{late}").json["state"], "open")
        self.assertEqual(s.decided(late, timeout=30)["verdict"], "pass")
        self.wait_until(lambda: s.get("/-/ready").status == 200, 15)
        self.assertEqual(s.stop(), 0)
        self.check_store(self.store)

    def test_a_damaged_store_is_told_and_left_alone(self):
        self.service.start()
        idents = [self.service.begin(canary="broken", vars={"number": str(number)}) for number in range(10)]
        for ident in idents:
            self.service.decided(ident)
        self.assertEqual(self.service.stop(), 0)
        sound, flips = self.store.read_bytes(), random.Random(5)
        damaged = [sound[:size] for size in (0, 1, 100, 4096, len(sound) // 2)]
        for _ in range(4):
            changed = bytearray(sound)
            for _ in range(64):
                changed[flips.randrange(len(sound))] ^= 1 << flips.randrange(8)
            damaged.append(bytes(changed))
        evidence, configs = evidence_files(self.service), self.service.dir / "configs"
        for data in damaged:
            self.store.write_bytes(data)
            digest = hashlib.sha256(data).hexdigest()
            result = serin("serve", "--config-dir", configs, "--store", self.store, "--listen", "127.0.0.1:0")
            self.assertEqual(result[0], USAGE, show(result))
            self.assertRegex(result[2], r"store\.db: (damaged.*; put a backup in its place|not a store|no store is there, but .*)")
            self.assertEqual(hashlib.sha256(self.store.read_bytes()).hexdigest(), digest)
            self.assertEqual(evidence_files(self.service), evidence)
        self.store.write_bytes(sound)
        self.service.start()
        self.assertEqual({self.service.get(f"/api/v1/analyses/{ident}").json["verdict"] for ident in idents}, {"fail"})


if __name__ == "__main__":
    unittest.main()
