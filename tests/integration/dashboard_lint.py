# SPDX-License-Identifier: GPL-3.0-or-later
"""What Grafana would stumble over in a dashboard of its classic model, found without Grafana: dashboard_lint.py FILE...

Stricter than Grafana where a slip would only show as an empty panel: a misspelt option, a fixed data source, an unknown unit, a query
that is none, a metric or label that serin does not export."""

import functools
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]

TOP = {"annotations", "description", "editable", "fiscalYearStartMonth", "graphTooltip", "links", "panels", "refresh", "schemaVersion", "tags", "templating",
       "time", "timepicker", "timezone", "title", "uid", "weekStart"}
PANEL = {"datasource", "description", "fieldConfig", "gridPos", "id", "options", "targets", "title", "type"}
PANEL_MAY = {"transformations", "timeShift", "hideTimeOverride", "links", "interval", "maxDataPoints"}
TARGET = {"datasource", "editorMode", "expr", "format", "instant", "legendFormat", "range", "refId"}
LEGEND = {"calcs", "displayMode", "placement", "showLegend"}
OPTIONS = {  # of each type of panel, each with the options inside of it where those are known
    "stat": {"colorMode", "graphMode", "justifyMode", "orientation", "reduceOptions", "textMode"},
    "bargauge": {"displayMode", "orientation", "reduceOptions", "showUnfilled", "valueMode"},
    "gauge": {"orientation", "reduceOptions", "showThresholdLabels", "showThresholdMarkers"},
    "timeseries": {"legend", "tooltip"},
    "state-timeline": {"alignValue", "legend", "mergeValues", "rowHeight", "showValue", "tooltip"},
    "table": {"cellHeight", "showHeader"},
}
INSIDE = {"legend": LEGEND, "tooltip": {"mode", "sort"}, "reduceOptions": {"calcs", "fields", "values"}}
CUSTOM = {
    "timeseries": {"drawStyle", "fillOpacity", "lineInterpolation", "lineWidth", "scaleDistribution", "showPoints", "spanNulls", "thresholdsStyle"},
    "state-timeline": {"fillOpacity", "lineWidth"},
    "table": {"align", "cellOptions"},
}
UNITS = {"short", "none", "percent", "percentunit", "s", "ms", "bytes", "decbytes", "reqps", "ops", "sci", "dateTimeAsIso", "bool"}
VARIABLES = {
    "datasource": {"hide", "includeAll", "label", "multi", "name", "options", "query", "refresh", "regex", "skipUrlSync", "type"},
    "query": {"allValue", "current", "datasource", "definition", "hide", "includeAll", "label", "multi", "name", "options", "query", "refresh", "regex",
              "skipUrlSync", "sort", "type"},
}
NOTE = {"datasource", "enable", "expr", "hide", "iconColor", "name", "step", "tagKeys", "titleFormat", "useValueForTime"}
LINK = {"asDropdown", "icon", "includeVars", "keepTime", "tags", "targetBlank", "title", "tooltip", "type", "url"}
FROM_THE_SCRAPE = {"job", "instance", "service", "stage", "__name__"}  # labels that servers put on what they scrape


@functools.cache
def exported():
    """Names of serin's metrics and their labels, as docs/metrics.md has them, which is made from the table in the source."""
    text = (ROOT / "docs/metrics.md").read_text()
    rows = re.findall(r"^\| `(serin_\w+)` \| (\w+) \| [^|]* \| ([^|]*) \|", text, re.M)
    names = {}
    for name, kind, labels in rows:
        labels = set(re.findall(r"`(\w+)`", labels)) | FROM_THE_SCRAPE
        names[name] = labels
        if kind == "histogram":
            names.update({name + "_bucket": labels | {"le"}, name + "_sum": labels, name + "_count": labels})
    return names


def plain(expr):
    """The expression with what Grafana replaces in it replaced."""
    for name, value in (("$__rate_interval", "1m"), ("$__interval", "1m"), ("$__range", "1h")):
        expr = expr.replace(name, value)
    return re.sub(r"\$\{?(job|service|stage|canary|metric)\}?", ".*", expr)


@functools.cache
def promtool(exprs):
    """What is wrong with the syntax and types of expressions, read as recording rules: the number of each wrong one with a text."""
    rules = [{"record": f"lint:expr:{i}", "expr": expr} for i, expr in enumerate(exprs)]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"groups": [{"name": "lint", "rules": rules}]}, file)
        file.flush()
        done = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
    if done.returncode == 0:
        return []
    found = re.findall(r'"lint:expr:(\d+)": (.*)', done.stdout + done.stderr)
    return [(int(i), problem) for i, problem in found] or [(None, done.stdout + done.stderr)]


class Lint:
    def __init__(self, board):
        self.board, self.problems, self.exprs = board, [], []
        self.sources = set()

    def tell(self, where, text):
        self.problems.append(f"{where}: {text}")

    def keys(self, where, thing, needed, may=frozenset()):
        if not isinstance(thing, dict):
            self.tell(where, "is no object")
            return False
        for key in sorted(needed - thing.keys()):
            self.tell(where, f"{key} is missing")
        for key in sorted(thing.keys() - needed - may):
            self.tell(where, f"{key} is not known")
        return needed <= thing.keys()

    def text(self, where, value):
        if not isinstance(value, str) or not value.strip():
            self.tell(where, "must be a text that says something")
            return ""
        return value

    def run(self):
        board = self.board
        self.keys("dashboard", board, TOP)
        if board.get("schemaVersion") != 39:
            self.tell("schemaVersion", "must be 39")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", str(board.get("uid"))):
            self.tell("uid", "must be 1 to 40 letters, digits, - and _")
        self.text("title", board.get("title"))
        for i, link in enumerate(board.get("links", [])):
            self.keys(f"links[{i}]", link, LINK)
        self.run_variables(board.get("templating", {}).get("list", []))
        for i, note in enumerate(board.get("annotations", {}).get("list", [])):
            if self.keys(f"annotations[{i}]", note, NOTE):
                self.source(f"annotations[{i}]", note["datasource"])
                self.expr(f"annotations[{i}]", note["expr"])
        self.run_panels(board.get("panels", []))
        self.promtool()
        return self.problems

    def run_variables(self, variables):
        for i, variable in enumerate(variables):
            where, kind = f"templating[{i}]", variable.get("type")
            if kind not in VARIABLES:
                self.tell(where, f"type {kind} is not known")
            elif self.keys(where, variable, VARIABLES[kind]) and kind == "datasource":
                self.sources.add(variable["name"])
        for i, variable in enumerate(variables):
            if variable.get("type") == "query" and "datasource" in variable:
                self.source(f"templating[{i}]", variable["datasource"])
                self.names(f"templating[{i}]", str(variable.get("query")))
        if "datasource" not in self.sources:
            self.tell("templating", "no variable datasource of the type datasource")

    def source(self, where, source):
        if not isinstance(source, dict) or source.keys() != {"type", "uid"} or source["type"] != "prometheus":
            return self.tell(where, "datasource must be an object of type prometheus and uid")
        match = re.fullmatch(r"\$\{(\w+)\}", str(source["uid"]))
        if match is None or match[1] not in self.sources:
            self.tell(where, f"datasource {source['uid']} is no variable of the dashboard")

    def expr(self, where, expr):
        if self.text(f"{where}: expr", expr):
            self.names(where, expr)
            self.exprs.append((where, plain(expr)))

    def names(self, where, expr):
        for name, matchers in re.findall(r"\b(serin_\w+)(?:\{([^}]*)\})?", re.sub(r'"(?:\\.|[^"\\])*"', '""', expr)):
            if name not in exported():
                self.tell(where, f"{name} is not exported")
                continue
            for label in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers):
                if label not in exported()[name]:
                    self.tell(where, f"{name} has no label {label}")

    def run_panels(self, panels):
        taken, ids = {}, set()
        for i, panel in enumerate(panels):
            where = f"panels[{i}]"
            if not self.keys(where, panel, PANEL, PANEL_MAY):
                continue
            if not isinstance(panel["id"], int) or panel["id"] < 1 or panel["id"] in ids:
                self.tell(where, f"id {panel['id']} must be a number of its own")
            ids.add(panel["id"])
            self.place(where, panel["gridPos"], taken)
            self.text(f"{where}: title", panel["title"])
            self.text(f"{where}: description", panel["description"])
            self.source(where, panel["datasource"])
            self.options(where, panel)
            self.fields(where, panel)
            self.targets(where, panel["targets"])

    def place(self, where, place, taken):
        if not self.keys(f"{where}: gridPos", place, {"h", "w", "x", "y"}):
            return
        if not all(isinstance(v, int) and v >= 0 for v in place.values()) or not (0 < place["w"] and place["x"] + place["w"] <= 24 and 0 < place["h"] <= 60):
            return self.tell(where, f"gridPos {place} is not within 24 columns")
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        for other in {taken[cell] for cell in cells if cell in taken}:
            self.tell(where, f"lies over {other}")
        taken.update(dict.fromkeys(cells, where))

    def options(self, where, panel):
        known = OPTIONS.get(panel["type"])
        if known is None:
            return self.tell(where, f"type {panel['type']} is not known")
        self.keys(f"{where}: options", panel["options"], known)
        for name in INSIDE.keys() & panel["options"].keys():
            self.keys(f"{where}: options.{name}", panel["options"][name], INSIDE[name])

    def fields(self, where, panel):
        where = f"{where}: fieldConfig"
        if not self.keys(where, panel["fieldConfig"], {"defaults", "overrides"}):
            return
        defaults = panel["fieldConfig"]["defaults"]
        if not self.keys(where, defaults, {"color", "custom", "mappings", "thresholds", "unit"}):
            return
        self.keys(f"{where}.custom", defaults["custom"], CUSTOM.get(panel["type"], set()))
        overridden = [p["value"] for o in panel["fieldConfig"]["overrides"] for p in o["properties"] if p["id"] == "unit"]
        for unit in [defaults["unit"], *overridden]:
            if unit not in UNITS:
                self.tell(where, f"unit {unit} is not known")
        steps = [step.get("value", "absent") for step in defaults["thresholds"].get("steps", [])]
        if steps[:1] != [None] or not all(isinstance(v, (int, float)) for v in steps[1:]) or steps[1:] != sorted(steps[1:]):
            self.tell(where, f"thresholds {steps} must begin with null and rise")

    def targets(self, where, targets):
        if not targets:
            self.tell(where, "asks nothing")
        names = [target.get("refId") for target in targets]
        if len(set(names)) != len(names):
            self.tell(where, "a refId is there twice")
        for i, target in enumerate(targets):
            if self.keys(f"{where}.targets[{i}]", target, TARGET):
                self.source(f"{where}.targets[{i}]", target["datasource"])
                self.expr(f"{where}.targets[{i}]", target["expr"])

    def promtool(self):
        for i, problem in promtool(tuple(expr for _, expr in self.exprs)):
            self.tell(self.exprs[i][0] if i is not None else "expressions", problem)


def lint(board):
    """The problems of a dashboard, one text each; none for a good one."""
    return Lint(board).run()


def main(files):
    bad = 0
    for file in files:
        for problem in lint(json.loads(pathlib.Path(file).read_text())):
            print(f"{file}: {problem}")
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
