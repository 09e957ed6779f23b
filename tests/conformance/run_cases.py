#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Feeds the cases of a folder to the conformance program and compares what it answers.

usage: run_cases.py PROGRAM SUITE FOLDER

SUITE is kayenta, stats or slo (the *.json files of FOLDER hold the cases) or prometheus or remote (FOLDER/index.json lists recorded
answers). Doubles must be equal bit for bit unless the case gives a tolerance. Prints each case that disagrees; exit code 1
when there is one, or when the folder holds no case.
"""
import glob
import hashlib
import json
import math
import os
import subprocess
import sys

# Keys of `expected` that say how to compare rather than what to expect.
RULES = {"tolerance", "randomised", "classificationOneOf", "error", "message", "messageContains", "messageEndsWith",
         "errorContains", "reasonPresent", "note"}
NUMBERS = {"nan": math.nan, "inf": math.inf, "infinity": math.inf, "-inf": -math.inf, "-infinity": -math.inf}
DECODED = ("instant", "range", "histogram", "stale", "warning", "tolerate", "malformed", "error", "api-error", "http-error")
READ = ("remote-read", "remote-read-malformed", "snappy-malformed")


def as_double(value):
    """The number that a JSON value stands for, or None."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return float(value)
    return NUMBERS.get(value.lower()) if isinstance(value, str) else None


def mismatch(want, got, tolerance, path):
    """Where and how got is not what was wanted; None when it is. The tolerance is a pair, absolute and relative."""
    number = as_double(want)
    if number is not None:
        other = as_double(got)
        if other is None:
            return f"{path} is {got!r} instead of {want!r}"
        near = max(tolerance[0], tolerance[1] * abs(number)) if math.isfinite(number) else 0
        same = number == other or (math.isnan(number) and math.isnan(other)) or abs(number - other) <= near
        return None if same else f"{path} is {got!r} instead of {want!r}"
    if isinstance(want, dict) and isinstance(got, dict):
        found = (mismatch(value, got.get(key), tolerance, f"{path}.{key}") for key, value in want.items())
        return next((text for text in found if text), None)
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        found = (mismatch(a, b, tolerance, f"{path}[{i}]") for i, (a, b) in enumerate(zip(want, got)))
        return next((text for text in found if text), None)
    return None if want == got else f"{path} is {got!r} instead of {want!r}"


def check_refusal(expected, answer):
    text = answer.get("error")
    if text is None:
        return "was not refused"
    if "message" in expected and text != expected["message"]:
        return f"says {text!r} instead of {expected['message']!r}"
    if not text.endswith(expected.get("messageEndsWith", "")):
        return f"says {text!r}, which does not end in {expected['messageEndsWith']!r}"
    for key in ("messageContains", "errorContains"):
        if expected.get(key, "") not in text:
            return f"says {text!r} without {expected[key]!r}"
    return None


def check_kayenta(expected, answer):
    if expected.get("error") is True or "messageContains" in expected or "messageEndsWith" in expected:
        return check_refusal(expected, answer)
    if "outputs" not in answer:
        return f"answers {answer}"
    outputs = answer["outputs"]
    if "classificationOneOf" in expected:
        return None if outputs.get("classification") in expected["classificationOneOf"] else f"is {outputs.get('classification')}"
    if expected.get("reasonPresent") and not outputs.get("classificationReason"):
        return "gives no reason"
    for key, want in expected.items():
        if key in RULES or (expected.get("randomised") and key not in ("classification", "ratio")):
            continue
        got, tolerance = outputs.get(key), expected.get("tolerance", 0)
        if key == "pairs":
            by_tags = lambda pair: (pair["name"], sorted(pair["tags"].items()))
            want, got = sorted(want, key=by_tags), sorted(got or [], key=by_tags)
        text = mismatch(want, got, (tolerance.get(key, 0) if isinstance(tolerance, dict) else tolerance, 0), key)
        if text:
            return text
    return None


def kayenta_cases(folder):
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        with open(path, encoding="utf-8") as file:
            cases = json.load(file)["cases"]
        for case in cases:
            if case["kind"] == "standalone.window":
                case["inputs"]["judgements"] = [window["judgement"] for window in case["expected"]["windows"]]
            yield case["id"], case["kind"], case["inputs"], case["expected"]


def check_prometheus(expected, answer):
    if "proto_sha256" in expected:
        body = bytes.fromhex(answer.get("outputs", {}).get("proto_hex", ""))
        return None if hashlib.sha256(body).hexdigest() == expected["proto_sha256"] else "gives other bytes"
    outputs = answer.get("outputs", {"outcome": "clear_error", "error": answer.get("error")})
    want, got = expected["outcome"], outputs.get("outcome")
    if want in ("either", "ok_lenient_or_clear_error"):
        return None if got in ("ok", "clear_error", "api_error", "http_error") else f"ends in {got}"
    if want != got:
        return f"ends in {got} instead of {want}: {outputs.get('error')}"
    if want == "clear_error" and not outputs.get("error"):
        return "gives no reason"
    if want == "api_error":
        pairs = [(key, expected.get(key), outputs.get(key)) for key in ("errorType", "error")]
        return next((f"{key} is {b!r} instead of {a!r}" for key, a, b in pairs if a is not None and a != b), None)
    if want == "ok" and expected.get("canonical_sha256"):
        digest = hashlib.sha256(outputs.get("canonical", "").encode("utf-8", "surrogateescape")).hexdigest()
        if digest != expected["canonical_sha256"]:
            return "gives other series or samples"
        if expected.get("warnings") and outputs.get("warnings") != expected["warnings"]:
            return f"gives the warnings {outputs.get('warnings')} instead of {expected['warnings']}"
    return None


def prometheus_cases(folder):
    with open(os.path.join(folder, "index.json"), encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    for case in cases:
        http, expected = case.get("http") or {}, case["expect"]
        if case["family"] == "remote-write-1-vector":
            yield case["id"], "prom.remote_write_encode", {"series": case["series"]}, expected
        if case["family"] in READ:
            inputs = {"file": os.path.join(folder, case["file"]), "http": http, "request": case["request"]}
            yield case["id"], "prom.remote_read", inputs, expected
        packed = http.get("content_encoding") in ("gzip", "deflate")  # unpacked by the HTTP library before it gets here
        judged = expected.get("canonical_sha256") or expected["outcome"] != "ok"
        if case["family"] in DECODED and judged and not packed:
            inputs = {"family": case["family"], "file": os.path.join(folder, case["file"]), "http": http, "request": case.get("request")}
            yield case["id"], "prom.decode", inputs, expected


def vectors(folder):
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        yield from ((document, vector) for vector in document["vectors"])


def stats_cases(folder):
    for _, vector in vectors(folder):
        yield vector["id"], "stats." + vector["fn"], vector["args"], (vector["expect"], vector["tol"])


def slo_cases(folder):
    for document, vector in vectors(folder):
        tolerance = {**document["tolerance"], **vector.get("tolerance", {})}
        yield vector["id"], "slo." + document["suite"], vector["input"], (vector["expect"], tolerance)


def check_vector(expected, answer):
    if "error" in answer or "unsupported" in answer:
        return f"was refused: {answer.get('error', 'no such kind')}"
    want, tolerance = expected
    return mismatch(want, answer["outputs"], (tolerance["abs"], tolerance["rel"]), "outputs")


SUITES = {
    "kayenta": (kayenta_cases, check_kayenta),
    "prometheus": (prometheus_cases, check_prometheus),
    "remote": (prometheus_cases, check_prometheus),
    "stats": (stats_cases, check_vector),
    "slo": (slo_cases, check_vector),
}


def main():
    if len(sys.argv) != 4 or sys.argv[2] not in SUITES:
        sys.exit(__doc__)
    program, suite, folder = sys.argv[1:]
    read, check = SUITES[suite]
    cases = list(read(os.path.abspath(folder)))
    lines = "".join(json.dumps({"id": name, "kind": kind, "inputs": inputs}) + "\n" for name, kind, inputs, _ in cases)
    run = subprocess.run([program], input=lines.encode(), stdout=subprocess.PIPE, timeout=100, check=False)
    answers = {}
    for line in run.stdout.decode().splitlines():
        answer = json.loads(line)
        answers[answer["id"]] = answer
    bad = 0
    for name, kind, _, expected in cases:
        text = check(expected, answers[name]) if name in answers else "was not answered"
        if text:
            bad += 1
            print(f"{name} ({kind}): {text}")
    print(f"{len(cases) - bad} of {len(cases)} cases agree; the program ended with {run.returncode}")
    sys.exit(0 if cases and not bad and run.returncode == 0 else 1)


if __name__ == "__main__":
    main()
