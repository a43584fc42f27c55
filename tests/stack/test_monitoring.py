"""The shipped monitoring over the whole stack: what rules and dashboards ask for is there, and alerts arrive."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest
import yaml
from prometheus_client import REGISTRY, Counter, Histogram

from biologidex.vision import metrics as of_identification
from running import free_port
from stack.certificates import certificate
from stack.missing import missing_watchers
from stack.monitoring import Monitoring, eventually, monitoring
from stack.programs import DEPLOY
from stack.whole import Stack

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(bool(missing_watchers()), reason=f"Not installed: {' '.join(missing_watchers())}"),
]
WORDS = {
    *("and", "or", "unless", "on", "ignoring", "by", "without", "group_left", "bool", "offset"),
    *("sum", "max", "min", "avg", "count", "topk", "rate", "increase", "delta", "histogram_quantile"),
    *("changes", "absent"),
    *("predict_linear", "max_over_time", "time", "vector", "scalar"),
}
# What is there only when it happens: an alert, work that waits, a backup.
ONLY_SOMETIMES = {"ALERTS", "jobs_waiting"} | {
    f"backup_{what}" for what in ("kept", "size_bytes", "last_success_timestamp_seconds")
}


@pytest.fixture(scope="module")
def eyes(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitoring]:
    httpx.get(f"{stack.address}/api/v1/animals/")
    wrong = {"username": "nobody", "password": "wrong"}  # pragma: allowlist secret
    httpx.post(f"{stack.address}/api/v1/auth/login/", json=wrong)
    ours, port = certificate(tmp_path_factory.mktemp("tls")), free_port()
    tls = {"TLS_CERTIFICATE": ours.file, "TLS_KEY": ours.key, "ACME_ROOT": ours.file.parent}
    listen = {"NGINX_LISTEN": f"127.0.0.1:{port} ssl http2", "HTTP_LISTEN": f"127.0.0.1:{free_port()}"}
    door = stack.add_nginx("nginx-watched", port, **tls, **listen)
    try:
        with monitoring(stack, tmp_path_factory.mktemp("eyes"), f"https://127.0.0.1:{port}") as running:
            eventually(lambda: len(running.series("up == 1")) == 9, within=30)
            yield running
    finally:
        door.stop()
        del stack.parts["nginx-watched"]


def expressions() -> list[str]:
    rules = [
        rule["expr"]
        for file in (DEPLOY / "prometheus" / "rules").glob("*.yml")
        for group in yaml.safe_load(file.read_text())["groups"]
        for rule in group["rules"]
    ]
    boards = [json.loads(file.read_text()) for file in (DEPLOY / "grafana" / "dashboards").glob("*.json")]
    return rules + [
        target["expr"] for board in boards for panel in board["panels"] for target in panel["targets"]
    ]


def metrics_in(expression: str) -> set[str]:
    """Return the names of metrics: the words that are neither the language's nor labels."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(by|on|without|ignoring) *\([^)]*\)', " ", expression)
    return set(re.findall(r"(?<![\w.])[a-zA-Z_:][\w:]*", re.sub(r"\b\d[\d.e]*\b", " ", bare))) - WORDS


def counted_when_it_happens() -> set[str]:
    """Return what identification counts: these have no series before the first time."""
    ours = [one for one in vars(of_identification).values() if isinstance(one, Counter | Histogram)]
    return {name for one in ours for name in REGISTRY._collector_to_names[one]}


def test_names_are_found_in_expressions() -> None:
    rule = 'sum by (le) (rate(a_total{b="c"}[5m])) / on (d) max(e:f) > 0.5 and g unless 1e9 < h'

    assert metrics_in(rule) == {"a_total", "e:f", "g", "h"}


def test_every_metric_that_a_rule_or_a_dashboard_names_is_there(eyes: Monitoring) -> None:
    asked = {name for one in expressions() for name in metrics_in(one)} - ONLY_SOMETIMES
    rare = counted_when_it_happens()
    assert len(asked) > 80

    eventually(lambda: "biologidex:reads_seconds:p95_5m" in eyes.names(), within=30)

    assert sorted(asked - eyes.names() - rare - recorded_later()) == []


def recorded_later() -> set[str]:
    """Return what our own rules record: of failures there is nothing as long as there is none."""
    return {"biologidex:requests_failed:ratio_rate" + window for window in ("5m", "30m", "1h", "6h")} | {
        "biologidex:writes_seconds:p95_5m"
    }


def test_every_expression_is_answered(eyes: Monitoring) -> None:
    for one in expressions():
        eyes.series(one)  # ValueError would say which it cannot work out, many-to-many for instance

    assert eyes.series("sum(increase(prometheus_rule_evaluation_failures_total[5m]))")[0]["value"][1] == "0"


def test_a_certificate_that_nginx_holds_is_watched_from_the_front_door(eyes: Monitoring) -> None:
    (secure,) = [address for address in eyes.doors.values() if address.startswith("https")]
    asked = f'{{job="front-door",instance="{secure}/ready/"}}'

    eventually(lambda: bool(eyes.series(f"probe_success{asked} == 1")), within=20)
    left = eyes.series(f"probe_ssl_earliest_cert_expiry{asked} - time()")
    assert 86400 < float(left[0]["value"][1]) < 2 * 86400  # its own two days

    # Two days are fewer than fourteen: the shipped rule, over what is really there.
    eventually(lambda: ("CertificateExpires", "firing") in eyes.alerts(), within=30)


def test_a_dead_worker_and_a_closed_door_are_told_to_the_webhook_and_so_is_their_return(
    stack: Stack, eyes: Monitoring
) -> None:
    eventually(lambda: ("Watchdog", "firing") in eyes.alerts(), within=10)
    assert not {"FrontDoorDown", "WorkersGone"} & {name for name, _ in eyes.alerts()}

    stack.parts["worker"].stop()
    stack.parts["nginx"].stop()
    try:
        eventually(lambda: ("FrontDoorDown", "pending") in eyes.alerts(), within=20)
        eventually(lambda: told(eyes, "FrontDoorDown", "firing"), within=30)
        eventually(lambda: told(eyes, "WorkersGone", "firing"), within=60)
    finally:
        stack.parts["nginx"].start()
        stack.parts["worker"].start()
    eventually(lambda: not {"FrontDoorDown", "WorkersGone"} & {name for name, _ in eyes.alerts()}, within=60)

    (arrived,) = told(eyes, "WorkersGone", "firing")[:1]
    assert arrived["annotations"]["runbook_url"] == "docs/runbooks/WorkersGone.md"
    assert arrived["labels"]["severity"] == "page"
    eventually(lambda: told(eyes, "Watchdog", "firing"), within=30)


def told(eyes: Monitoring, name: str, status: str) -> list[dict[str, Any]]:
    """Return what the webhook was told of an alert."""
    alerts = [alert for message in eyes.told for alert in message["alerts"]]
    return [one for one in alerts if one["labels"]["alertname"] == name and one["status"] == status]
