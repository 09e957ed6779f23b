# SPDX-License-Identifier: GPL-3.0-or-later
"""The dashboards of serin dashboards: what Grafana would stumble over, and every query against a Prometheus that scraped serin's metrics."""

import copy
import http.server
import json
import pathlib
import re
import shutil
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

from dashboard_lint import exported, lint, plain
from harness import CONFIG, FAIL, PASS, ROOT, USAGE, Prometheus, serin, show
from service import Service
from told_service import recent_data, tell

UIDS = ["serin-executive", "serin-oncall", "serin-debug"]
SCRAPE = """
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: service
    static_configs: [{targets: [SERVICE], labels: {service: checkout, stage: staging}}]
  - job_name: textfile
    metrics_path: /textfile
    static_configs: [{targets: [TEXTFILE], labels: {service: checkout, stage: staging}}]
"""
SERVICE = (  # what only a service exports; failed queries a file has only when there are any
    r"serin_gate_open|serin_freeze_active|serin_external_check_value|serin_analyses_open|serin_looks_total|serin_looks_missed_total|serin_publish_delay_seconds_bucket|serin_query_duration_seconds_bucket|serin_deliveries_\w+"
    r"|serin_notifications_suppressed_total|serin_http_\w+|serin_store_commits_total|serin_evidence_\w+|serin_exported_series\w*|process_\w+|serin_source_query_failures_total")
ELSEWHERE = {  # what has no series in a run like this one
    "ALERTS": "no rules are loaded",
}
TEXTFILE = "serin_score_threshold"  # with the judge serin the score gates nothing; the service has another canary
NOT_SHOWN = {  # metrics that no panel asks for
    "serin_group_weight": "configured, not measured",
    "serin_evidence_looks": "serin_evidence_bytes is what the disk has to hold",
    "serin_metric_ratio": "told by the change and its interval",
    "serin_metric_shift": "the change in the metric's unit; serin_metric_location shows both sides in it",
    "serin_metric_limit": "of thresholds; the dashboard of the config draws them",
    "serin_objective_target_ratio": "configured, not measured",
    "serin_objective_exhaustion_seconds": "for alerts",
    "serin_objective_gate": "for pipelines",
    "serin_gate_wait_seconds": "of serin gate, for pipelines",
    "serin_source_query_tries_total": "told by queries and retries",
    "serin_source_query_hedged_total": "for tuning",
    "serin_source_query_shared_total": "for tuning",
    "serin_source_received_bytes_total": "for tuning",
}


def change(path, value):
    """A mutation that puts a value at a path."""

    def mutate(board):
        at = board
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value

    return mutate


def remove(*path):
    def mutate(board):
        at = board
        for key in path[:-1]:
            at = at[key]
        del at[path[-1]]

    return mutate


def misspell(board):
    target = board["panels"][0]["targets"][0]
    target["exrp"] = target.pop("expr")


def break_query(board):
    board["panels"][0]["targets"][0]["expr"] += ")"


def take_range(board):
    board["panels"][0]["targets"][0]["expr"] = "sum(serin_score[5m])"


def overlap(board):
    board["panels"][1]["gridPos"] = dict(board["panels"][0]["gridPos"], h=3)


def repeat_id(board):
    board["panels"][1]["id"] = board["panels"][0]["id"]


def misspell_option(board):
    options = board["panels"][0]["options"]
    options["x" + next(iter(options))] = options.pop(next(iter(options)))


MUTATIONS = {  # name: what is done, and what the lint must say
    "missing schemaVersion": (remove("schemaVersion"), "schemaVersion is missing"),
    "missing templating": (remove("templating"), "templating is missing"),
    "panel without type": (remove("panels", 0, "type"), "type is missing"),
    "unknown panel key": (change(["panels", 0, "colour"], "red"), "colour is not known"),
    "inputs block": (change(["__inputs"], [{"name": "DS_PROMETHEUS", "type": "datasource"}]), "__inputs is not known"),
    "data source as string": (change(["panels", 0, "datasource"], "${datasource}"), "datasource must be an object"),
    "grid without width": (remove("panels", 0, "gridPos", "w"), "w is missing"),
    "width 25": (change(["panels", 0, "gridPos", "w"], 25), "24 columns"),
    "wrong variable type": (change(["templating", "list", 0, "type"], "datasorce"), "type datasorce is not known"),
    "null id": (change(["id"], None), "id is not known"),
    "fixed data source uid": (change(["panels", 0, "targets", 0, "datasource", "uid"], "PBFA97CFB590B2093"), "is no variable"),
    "misspelt expr": (misspell, "exrp is not known"),
    "broken PromQL": (break_query, r"panels\[0\].targets\[0\]: could not parse expression"),
    "PromQL of a wrong type": (take_range, r"panels\[0\].targets\[0\]: could not parse expression"),
    "unknown panel type": (change(["panels", 0, "type"], "timeserie"), "type timeserie is not known"),
    "overlapping panels": (overlap, "lies over"),
    "duplicate panel ids": (repeat_id, "must be a number of its own"),
    "unknown unit": (change(["panels", 0, "fieldConfig", "defaults", "unit"], "percentunits"), "unit percentunits is not known"),
    "misspelt option": (misspell_option, "options: x.* is not known"),
    "uid over 40 characters": (change(["uid"], "u" * 41), "uid: must be"),
    "unknown metric": (change(["panels", 0, "targets", 0, "expr"], "serin_scores"), "serin_scores is not exported"),
    "unknown label": (change(["panels", 0, "targets", 0, "expr"], 'serin_score{canaries="a"}'), "serin_score has no label canaries"),
}


class Page(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(self.server.text)


def ask(url, expr, at=None):
    """The series of an instant query."""
    fields = {"query": expr} | ({"time": at} if at is not None else {})
    with urllib.request.urlopen(f"{url}/api/v1/query?{urllib.parse.urlencode(fields)}", timeout=30) as answer:
        return json.load(answer)["data"]["result"]


def exprs(board):
    """Each expression of a dashboard with its place."""
    for note in board["annotations"]["list"]:
        yield note["name"], note["expr"]
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


class DashboardsTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="serin-"))
        self.addCleanup(shutil.rmtree, self.dir)

    def make(self, *options):
        result = serin("dashboards", "--output", "json", *options)
        self.assertEqual((result[0], result[2]), (PASS, ""), show(result))
        return {board["uid"]: board for board in json.loads(result[1])}

    def test_files__are_the_list_and_the_same_each_time(self):
        for _ in range(2):
            result = serin("dashboards", "--dir", self.dir / "new/dir", "--from", CONFIG)
            files = [self.dir / f"new/dir/{uid}.json" for uid in [*UIDS, "serin-metrics-checkout-api"]]
            self.assertEqual(result, (PASS, "".join(f"{file}\n" for file in files), ""))
            texts = [file.read_text() for file in files]
            self.assertEqual([json.loads(text) for text in texts], list(self.make("--from", CONFIG).values()))
            self.assertEqual(texts, [json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n" for text in texts])

    def test_lint__has_nothing_to_say_and_catches_every_mutation(self):
        boards = self.make("--from", CONFIG)
        for uid, board in boards.items():
            self.assertEqual(lint(board), [], uid)
            for name, (mutate, expected) in MUTATIONS.items():
                with self.subTest(f"{uid}: {name}"):
                    changed = copy.deepcopy(board)
                    mutate(changed)
                    self.assertRegex("\n".join(lint(changed)), expected)

    def test_every_metric__is_on_a_dashboard_or_known_not_to_be(self):
        asked = re.findall(r"\b(serin_\w+?)(?:_bucket)?\b", json.dumps(list(self.make().values())))
        self.assertEqual({name for name in exported() if not re.search("_(sum|count|bucket)$", name)} - set(asked), set(NOT_SHOWN))

    def test_a_config__gives_a_pair_of_panels_for_each_metric(self):
        board = self.make("--from", CONFIG)["serin-metrics-checkout-api"]
        titles = [panel["title"] for panel in board["panels"]]
        pairs = ["error_ratio", "payment_errors", "latency", "slow_requests", "memory", "cpu_per_request"]
        self.assertEqual(sorted(titles), sorted([f"{name}, {side}" for name in pairs for side in ("baseline", "canary")] + ["pool_limit"]))
        queries = {panel["title"]: [target["expr"] for target in panel["targets"]] for panel in board["panels"]}
        self.assertEqual(queries["memory, baseline"], ['process_resident_memory_bytes{app="checkout",track="stable"}'])
        self.assertEqual(queries["latency, canary"][1], "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket"
                         '{app="checkout",track="canary"}[$__rate_interval])))')
        limit = next(panel for panel in board["panels"] if panel["title"] == "pool_limit")
        self.assertEqual(limit["fieldConfig"]["defaults"]["thresholds"]["steps"], [{"color": "green", "value": None}, {"color": "red", "value": 0.9}])

    def test_sides_apart__have_their_own_data_source_and_time(self):
        config = self.dir / "canary.yaml"
        config.write_text("""\
canary: 'a "canary", with\\ue'
sources: {prod: {url: "http://127.0.0.1:1"}, staging: {url: "http://127.0.0.1:2"}}
scopes: {baseline: {source: prod, labels: {v: "1"}}, canary: {source: staging, labels: {v: "2"}}}
window: {length: 10m, step: 15s}
metrics:
  - {name: apart, query: 'a{${scope}}', by: [pod]}
  - {name: before, query: 'b{${scope}}', offset: 36h}
  - {name: native, histogram: 'c{${scope}}', quantiles: [0.999]}
  - {name: many, counts: {bad: 'd{${scope}}', total: 'e{${scope}}'}, by: [pod, zone]}
""")
        board = next(board for uid, board in self.make("--from", config).items() if uid not in UIDS)
        self.assertEqual(lint(board), [])
        self.assertRegex(board["uid"], "^serin-metrics-a--canary---with--[0-9a-f]{8}$")
        panels = {panel["title"]: panel for panel in board["panels"]}
        found = [(title, panels[title]["datasource"]["uid"], panels[title].get("timeShift")) for title in sorted(panels)]
        self.assertEqual(found, [("apart, baseline", "${datasource_baseline}", None), ("apart, canary", "${datasource}", None),
                                 ("before, baseline", "${datasource}", "36h"), ("before, canary", "${datasource}", None),
                                 ("many, baseline", "${datasource_baseline}", None), ("many, canary", "${datasource}", None),
                                 ("native, baseline", "${datasource_baseline}", None), ("native, canary", "${datasource}", None)])
        self.assertEqual(panels["native, canary"]["targets"][0]["expr"], 'histogram_quantile(0.999, sum(rate(c{v="2"}[$__rate_interval])))')
        self.assertIn("sum by (pod, zone) (rate(d{", panels["many, canary"]["targets"][0]["expr"])

    def test_configs_without_a_baseline_and_of_kayenta__have_a_dashboard_too(self):
        sides = ("--url", "http://127.0.0.1:1", "--baseline", "scope=v1,location=eu", "--canary", "scope=v2,location=eu")
        for options, titles in ((("fixtures/canaries/limits.yaml",), ["error_share", "request_rate", "pool_in_use"]),
                                (("fixtures/canaries/kayenta.json", *sides), ["failed requests, baseline", "failed requests, canary",
                                                                              "cart latency, baseline", "cart latency, canary"])):
            board = list(self.make("--from", *options).values())[-1]
            self.assertEqual(lint(board), [])
            self.assertEqual([panel["title"] for panel in board["panels"]], titles)

    def test_mistakes__are_told(self):
        bad = self.dir / "bad.yaml"
        bad.write_text("canary: x\nmetrixs: []\n")
        for options, text in ((["x"], "--from"), (["--from", self.dir / "absent"], "absent"), (["--from", bad], "bad.yaml:2:1"),
                              (["--dir", bad], "bad.yaml"), (["--output", "yaml"], "json")):
            with self.subTest(options):
                result = serin("dashboards", *options)
                self.assertEqual(result[:2], (USAGE, ""), show(result))
                self.assertIn(text, result[2])
        variable = self.dir / "variable.yaml"
        variable.write_text((ROOT / CONFIG).read_text().replace("max(pool_in_use_ratio{${scope}})", "max(${x}{${scope}})"))
        result = serin("dashboards", "--var", "x=\udcff", "--from", variable)
        self.assertEqual(result[:2], (USAGE, ""), show(result))
        self.assertIn("UTF-8", result[2])

    def test_every_query__finds_series_where_serin_was_scraped(self):
        file, end = recent_data(self.dir)
        textfile = self.dir / "serin.prom"
        data, service = self.enterContext(Prometheus(file)), self.enterContext(Service())
        tell(service, data, end)
        config = service.dir / "configs/checkout.yaml"
        boards = self.make("--from", config)
        result = serin("analyze", config, "--end", end, "--output", f"prom={textfile}")
        self.assertEqual(result[0], FAIL, show(result))
        for title, expr in list(exprs(boards.pop("serin-metrics-checkout-api")))[1:]:
            self.assertNotEqual(ask(data.url, plain(expr), end), [], f"{title}: {expr}")
        page = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
        page.text = textfile.read_bytes()
        self.addCleanup(page.server_close)
        threading.Thread(target=page.serve_forever, daemon=True).start()
        self.addCleanup(page.shutdown)
        scrape = SCRAPE.replace("SERVICE", urllib.parse.urlsplit(service.url).netloc).replace("TEXTFILE", f"127.0.0.1:{page.server_address[1]}")
        with Prometheus(None, config=scrape) as metrics:
            deadline = time.monotonic() + 30
            while len(ask(metrics.url, "count_over_time(serin_build_info[1m]) >= 3")) < 2:
                self.assertLess(time.monotonic(), deadline, "nothing was scraped")
                time.sleep(0.1)
            self.check_queries(metrics.url, boards, "service", [*ELSEWHERE])
            self.check_queries(metrics.url, boards, "textfile", [*ELSEWHERE, SERVICE, TEXTFILE])

    def check_queries(self, url, boards, job, absent):
        for uid, board in boards.items():
            for title, expr in exprs(board):
                with self.subTest(f"{job}: {uid}: {title}: {expr}"):
                    expected = not any(re.search(rf"\b({names})\b", expr) for names in absent)
                    self.assertEqual(ask(url, plain(expr.replace("$job", job))) != [], expected)
            for variable in board["templating"]["list"][1:]:
                series, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"]).groups()
                series = plain(series.replace("$job", job))
                self.assertNotEqual(ask(url, f'count by ({label}) ({series}) and on ({label}) count by ({label}) ({{{label}!=""}})'), [], label)


if __name__ == "__main__":
    unittest.main()
