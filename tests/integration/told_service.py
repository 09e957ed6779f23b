# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that has something to tell of everything it exports, for tests of what it exports."""

import datetime
import re
import time
import urllib.parse

from harness import CONFIG, END, ROOT

HOSTILE = 'a "b\\c\' </script>{x="y"} # 1 ü'  # a name of everything that has one
TOLD = ["checkout-api", HOSTILE]  # canaries with a verdict and a gate
OBJECTIVE = """
objectives:
  - name: availability
    target: 99.9%
    period: 30d
    counts: {bad: 'http_requests_total{code=~"5..",${scope}}', total: 'http_requests_total{${scope}}'}
    release_budget: {halt_at: 30%}
"""
GATE = """
gate:
  checks:
    - {name: deploy_success, query: vector(1), min: 0.99}
    - {name: security_critical, query: vector(0), max: 0}
    - {name: cost_per_day, query: vector(2.385), max: 900}
"""
AWAY = """
canary: away
sources: {nowhere: {url: "http://127.0.0.1:9", tries: 1}}
scopes: {canary: {labels: {app: shop}}}
window: {length: 1m, step: 1s}
metrics: [{name: pool, threshold: {query: 'max(a{${scope}})', max: 1}}]
"""
STRANGE = """
canary: NAME
sources: {NAME: {url: "URL"}}
scopes: {canary: {labels: {app: checkout, track: canary}}, baseline: {labels: {app: checkout, track: stable}}}
window: {length: 30m, step: 15s}
judge: {name: kayenta, pass: 95, marginal: 75}
groups: {NAME: 100}
guards: [{name: NAME, query: 'sum(rate(http_requests_total{${scope}}[1m]))', min: 1}]
metrics: [{name: NAME, group: NAME, unit: NAME, query: 'process_resident_memory_bytes{${scope}}'}]
gate: {checks: [{name: NAME, query: vector(1), min: 1}]}
notify: {windows: [{from: 2020-01-01T00:00:00Z, to: 2120-01-01T00:00:00Z}]}
"""
PUBLISH = """
publish: {webhooks: [{url: "http://127.0.0.1:9/"}]}
"""


def recent_data(directory):
    """The fixtures' data "broken" as a file whose END is some minutes ago, and that time: a service refuses windows of long ago."""
    fixed = int(datetime.datetime.fromisoformat(END.replace("Z", "+00:00")).timestamp())
    end = fixed + (int(time.time()) - 180 - fixed) // 60 * 60
    text = (ROOT / "fixtures/data/broken.om").read_text()
    file = directory / "recent.om"
    file.write_text(re.sub(r" (\d+)$", lambda found: f" {int(found[1]) + end - fixed}", text, flags=re.M))
    return file, end


def tell(service, source, end):
    """Starts the service and makes it tell: of a canary that fails, with an objective and a gate; of a source that is away; of names
    that nobody should have; of a freeze; of a receiver that is away, and of what it is not told. `source` is a Prometheus that holds recent_data()."""
    configs = service.dir / "configs"
    (configs / "checkout.yaml").write_text((ROOT / CONFIG).read_text().replace("http://127.0.0.1:9090", source.url) + OBJECTIVE + GATE + PUBLISH)
    (configs / "away.yaml").write_text(AWAY)
    (configs / "strange.yaml").write_text((STRANGE + PUBLISH).replace("NAME", "'" + HOSTILE.replace("'", "''") + "'").replace("URL", source.url))
    service.start()
    service.begin(canary="away")
    for canary in TOLD:
        service.decided(service.begin(canary=canary, end=end))
    for canary in TOLD:
        answer = service.post("/api/v1/gate/" + urllib.parse.quote(canary, safe=""), {})
        assert answer.status == 200, answer
    answer = service.post("/api/v1/freezes", {"scope": "canary=other", "for": "1h", "reason": "an incident"})
    assert answer.status in (200, 201), answer
