# SPDX-License-Identifier: GPL-3.0-or-later
"""A store and its evidence are backed up while a service works on them, and restored as docs/store.md says."""

import json
import pathlib
import random
import re
import shutil
import subprocess
import tarfile
import tempfile
import threading
import time
import unittest

from fake_prometheus import FakePrometheus
from harness import PASS, SERIN, USAGE, serin, show
from service import Service

ANALYSES = 12
KILLS = 12


def check(store):
    """What serin store check says of a store's evidence."""
    result = serin("store", "check", "--store", store, "--output", "json")
    assert result[0] == PASS, show(result)
    return json.loads(result[1]).get("evidence")


class BackupTest(unittest.TestCase):
    def setUp(self):
        self.source = self.enterContext(FakePrometheus("good"))
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.file = self.folder / "backup.tar"

    def service(self):
        """Looks every second of the six that an analysis has."""
        service = self.enterContext(Service("--config", "serve.yaml"))
        (service.dir / "serve.yaml").write_text("settle: 1ms\n")
        service.config("good", self.source.url, **{"1m, interval: 20s": "6s, interval: 1s"})
        return service

    def back_up(self, service, *more):
        return serin("store", "backup", self.file, "--evidence", "--store", service.dir / "store.db", *more)

    def unpack(self, folder):
        """Restores it as an operator would."""
        done = subprocess.run(["tar", "-xkf", self.file, "-C", folder], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def replayed(self, service, ident, query):
        answer = service.get(f"/api/v1/analyses/{ident}/evidence{query}")
        self.assertEqual(answer.status, 200, (ident, query, answer))
        path = self.folder / "evidence.tar"
        path.write_bytes(answer.body)
        return json.loads(serin("replay", path, "--output", "json")[1])

    def recompute(self, service, ident):
        """Every look that the store has gives its document again; returns how many there are."""
        looks = service.get(f"/api/v1/analyses/{ident}/looks").json["looks"]
        for look in looks[:-1]:
            number = look["number"]
            self.assertEqual(self.replayed(service, ident, f"?look={number}"), service.get(f"/api/v1/analyses/{ident}/looks/{number}").json)
        self.assertEqual(self.replayed(service, ident, ""), service.get(f"/api/v1/analyses/{ident}/result").json)
        return len(looks)

    def begin(self, service, ended, accepted):
        for _ in range(ANALYSES):
            accepted.append(service.post("/api/v1/analyses", {"canary": "good"}).json["id"])
            if ended.wait(0.3):
                return

    def test_a_restored_service_can_show_every_number(self):
        first, ended, accepted = self.service(), threading.Event(), []
        first.start()
        load = threading.Thread(target=self.begin, args=(first, ended, accepted))
        load.start()
        try:
            first.decided(self.await_first(accepted))  # others are open
            result = self.back_up(first)
            self.assertEqual(result[0], PASS, show(result))
            first.stop(kill=True)
        finally:
            ended.set()
            load.join()
        second = self.service()
        self.unpack(second.dir)
        self.assertEqual((second.dir / "store.db.evidence").stat().st_mode & 0o777, 0o700)
        self.assertEqual({path.stat().st_mode & 0o777 for path in second.dir.glob("store.db*/*/*.tar")}, {0o600})
        evidence = check(second.dir / "store.db")
        self.assertEqual(evidence["missing"], 0)
        self.assertGreater(evidence["kept"], 6)
        second.start()
        found = [a["id"] for a in second.get("/api/v1/analyses").json["analyses"]]
        self.assertIn(accepted[0], found)
        self.assertEqual(set(found) - set(accepted), set())
        states = [second.decided(ident)["verdict"] for ident in found]
        self.assertEqual(set(states), {"pass"})
        looks = sum(self.recompute(second, ident) for ident in found)
        self.assertGreaterEqual(looks, evidence["kept"])
        print(f"{len(found)} analyses, {evidence['kept']} looks in the backup of {self.file.stat().st_size} bytes, {looks} recomputed")

    def await_first(self, accepted):
        deadline = time.monotonic() + 30
        while not accepted:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        return accepted[0]

    def check_file(self):
        """It is a whole backup, and a store."""
        with tempfile.TemporaryDirectory(prefix="serin-") as folder:
            self.unpack(folder)
            evidence = check(pathlib.Path(folder) / "store.db")
        self.assertEqual(evidence["missing"], 0)
        return evidence["kept"]

    def test_a_backup_is_there_whole_or_not_at_all(self):
        service, moments = self.service(), random.Random(3)
        service.start()
        for _ in range(4):
            service.post("/api/v1/analyses", {"canary": "good"})
        ident = service.begin(canary="good", end=int(time.time()) - 5)
        service.decided(ident)
        begun = time.monotonic()
        self.assertEqual(self.back_up(service)[0], PASS)
        took, kept, killed = time.monotonic() - begun, 1, 0
        for _ in range(KILLS):
            backup = subprocess.Popen([SERIN, "store", "backup", self.file, "--evidence", "--store", service.dir / "store.db"],
                                      stdout=subprocess.DEVNULL)
            time.sleep(moments.uniform(0, took))
            backup.kill()
            killed += backup.wait() != 0
            now = self.check_file()
            self.assertGreaterEqual(now, kept)  # an earlier one, or this one
            kept = now
        self.assertGreater(killed, 0)
        self.assertEqual(service.get("/-/ready").status, 200)
        self.assertEqual(self.back_up(service)[0], PASS)
        left = {path.name for path in self.folder.iterdir()} - {"backup.tar"}  # by those that were killed
        self.assertEqual([name for name in left if not re.fullmatch(r"backup\.tar\.\d+\.(tmp|db.*)", name)], [])

    def test_what_is_in_it(self):
        service = self.service()
        service.start()
        ident = service.begin(canary="good", end=int(time.time()) - 5)
        service.decided(ident)
        for _ in range(2):  # the second one takes the first one's place
            result = self.back_up(service)
            self.assertEqual(result[0], PASS, show(result))
            self.assertRegex(result[1], r"1 looks, 1 of them with their answers, 0\.\d MiB")
        with tarfile.open(self.file) as archive:
            names = archive.getnames()
        folder = "store.db.evidence"
        self.assertEqual(names, ["store.db", folder, f"{folder}/{ident}", f"{folder}/{ident}/run.tar", f"{folder}/{ident}/look-01.tar"])
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["backup.tar"])
        (service.dir / folder / ident / "look-01.tar").unlink()
        self.assertEqual(check(service.dir / "store.db"), {"kept": 0, "missing": 1, "bytes": 4096})  # the config
        self.assertIn("looks kept 0 | missing 1", serin("store", "check", "--store", service.dir / "store.db")[1])
        self.assertIn("1 looks, 0 of them", self.back_up(service)[1])
        shutil.rmtree(service.dir / folder)
        self.assertIsNone(check(service.dir / "store.db"))
        self.assertIn("1 looks, 0 of them", self.back_up(service)[1])

    def test_what_cannot_be_written(self):
        service = self.service()
        service.start()
        cases = ((service.dir / "store.db", "itself"), (self.folder, "not a file"), (self.folder / "none/file", "No such file"))
        for path, expected in cases:
            result = serin("store", "backup", path, "--evidence", "--store", service.dir / "store.db")
            self.assertEqual(result[0], USAGE, show(result))
            self.assertIn(expected, result[2])
        self.assertEqual(list(self.folder.iterdir()), [])
        long = service.dir / ("s" * 95)
        self.assertEqual(serin("store", "backup", long, "--store", service.dir / "store.db")[0], PASS)
        result = serin("store", "backup", self.file, "--evidence", "--store", long)
        self.assertEqual((result[0], "too long" in result[2]), (USAGE, True), show(result))
        result = serin("store", "check", "--evidence", "--store", service.dir / "store.db")
        self.assertIn("--evidence belongs to store backup", result[2])


if __name__ == "__main__":
    unittest.main()
