"""The profile `monitoring` beside the installation: everything is asked, and an alert reaches whoever is to know."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx2 as httpx
import pytest
import yaml

from client import Person
from ops.containers import report
from ops.containers.installation import RELEASE, TOP, Installation
from ops.containers.looks import looks
from ops.containers.memory import processes_of, proportional_megabytes
from pictures import jpeg

pytestmark = [pytest.mark.ops, pytest.mark.timeout(900)]
EXPORTERS = ("postgres-exporter", "redis-exporter", "node-exporter", "blackbox-exporter")
EYES = ("prometheus", "alertmanager", *EXPORTERS)  # grafana's image cannot be made here
MOST_IDLE_MB = 2048
# Somebody whom Alertmanager tells: prints each alert as a line.
WEBHOOK = """
import json
from http.server import BaseHTTPRequestHandler, HTTPServer

class Taker(BaseHTTPRequestHandler):
    def do_POST(self):
        for one in json.loads(self.rfile.read(int(self.headers["Content-Length"])))["alerts"]:
            print(json.dumps([one["labels"]["alertname"], one["status"]]), flush=True)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass

HTTPServer(("", 9000), Taker).serve_forever()
"""
ALERTS = """
ALERT_EMAIL=you@example.org
ALERT_FROM=dex@example.org
SMTP_HOST=127.0.0.1:25
SMTP_USERNAME=
ALERT_WEBHOOK_URL=http://webhook:9000/?a=1&b=2
SIGN_OF_LIFE_URL=http://webhook:9000/
"""


class Eyes:
    """The profile, and whom it tells."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation

    def start(self) -> None:
        """Do what docs/monitoring.md says."""
        (self.installation.etc / "alerts.env").write_text(ALERTS)
        told = self.installation.set_up("--no-start")
        assert told.returncode == 0, told.stderr
        # As shipped, a change of a group is told every five minutes only.
        file = self.installation.etc / "alertmanager" / "alertmanager.yml"
        file.write_text(file.read_text().replace("group_interval: 5m", "group_interval: 10s"))
        self.installation.engine.ask(
            *("run", "-d", "--name=webhook", "--network=biologidex_watch", "--network-alias=webhook"),
            *(f"localhost/biologidex:{RELEASE}", "python3", "-c", WEBHOOK),
        )
        line = f"scripts/compose.sh up -d --no-deps {' '.join(EYES)}"  # as docs/monitoring.md has it, but for grafana
        started = self.installation.typed(line, PROFILES="monitoring")
        assert started.returncode == 0, started.stderr

    def ask(self, path: str) -> Any:
        """Return what Prometheus answers, or nothing while it is starting."""
        try:
            answer = httpx.get(f"http://127.0.0.1:9090/api/v1/{path}", timeout=10).json()
        except (httpx.TransportError, ValueError):
            return {}
        return answer["data"]

    def series(self, expression: str) -> list[dict[str, Any]]:
        """Return what an expression is at this moment."""
        found: list[dict[str, Any]] = self.ask(f"query?query={quote(expression, safe='')}").get("result", [])
        return found

    def told(self) -> list[list[str]]:
        """Return what has arrived: names of alerts, and whether they fire."""
        return [json.loads(line) for line in self.installation.engine.ask("logs", "webhook").splitlines()]

    def quicker(self) -> None:
        """Start Prometheus with a copy of the shipped rules that waits for seconds where those wait for minutes."""
        copy = self.installation.engine.folder / "quicker"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(TOP / "deploy/prometheus", copy)
        for file in (copy / "rules").glob("*.yml"):
            rules = yaml.safe_load(file.read_text())
            for rule in [rule for group in rules["groups"] for rule in group["rules"] if "for" in rule]:
                rule["for"] = "5s"
            file.write_text(yaml.safe_dump(rules))
        settings = (copy / "prometheus.yml").read_text().replace("_interval: 15s", "_interval: 10s")
        (copy / "prometheus.yml").write_text(settings)
        over = self.installation.engine.folder / "quicker.yaml"
        over.write_text(f"services: {{prometheus: {{volumes: ['{copy}:/etc/prometheus:ro']}}}}")
        self.installation.compose(
            *("-f", str(over), "--profile", "monitoring", "up", "-d", "--no-deps", "prometheus")
        )


@pytest.fixture(scope="module")
def eyes(installation: Installation) -> Iterator[Eyes]:
    """Start what watches; afterwards everything is as it was for the drills that come."""
    running = Eyes(installation)
    try:
        running.start()
        yield running
    finally:
        installation.engine.run("podman", "rm", "-f", "-t", "0", "webhook", check=False)
        installation.compose("--profile", "monitoring", "rm", "-s", "-f", *EYES)


def eventually(holds: Callable[[], object], within: float) -> None:
    """Wait until it holds."""
    end = time.monotonic() + within
    while not holds():
        assert time.monotonic() < end, f"It did not come about within {within:.0f} s."
        time.sleep(1)


def asked(eyes: Eyes) -> list[tuple[str, str, str]]:
    """Return whom Prometheus asks: the job, how it went, and what was wrong."""
    return [
        (one["labels"]["job"], one["health"], one["lastError"])
        for one in eyes.ask("targets?state=active").get("activeTargets", [])
    ]


FRONT_DOOR = "http://nginx:8080/ready/"  # the drill of the certificate has asked by https


def test_everybody_is_asked_and_answers(eyes: Eyes) -> None:
    each = {"biologidex": 5, "redis": 2, "front-door": 1, "postgres": 1, "host": 1, "prometheus": 1}
    wanted = sorted(
        (job, "up", "") for job, count in (each | {"alertmanager": 1}).items() for _ in range(count)
    )
    eventually(lambda: sorted(asked(eyes)) == wanted, within=120)

    roles = {one["metric"]["role"]: one["value"][1] for one in eyes.series('count by (role) (up{role!=""})')}
    assert roles == {"web": "2", "live": "1", "worker": "1", "beat": "1"}  # alerts count by them
    assert [one["value"][1] for one in eyes.series("pg_up")] == ["1"]
    assert [one["value"][1] for one in eyes.series("redis_up")] == ["1", "1"]
    assert [one["value"][1] for one in eyes.series(f'probe_success{{instance="{FRONT_DOOR}"}}')] == ["1"]
    assert eyes.series('node_filesystem_avail_bytes{fstype!="tmpfs"}')


def test_all_rules_are_there_and_none_of_them_fails(eyes: Eyes) -> None:
    files = [yaml.safe_load(one.read_text()) for one in (TOP / "deploy/prometheus/rules").glob("*.yml")]
    shipped = {
        rule.get("alert", rule.get("record"))
        for file in files
        for group in file["groups"]
        for rule in group["rules"]
    }
    rules = [rule for group in eyes.ask("rules")["groups"] for rule in group["rules"]]

    assert {rule["name"] for rule in rules} == shipped
    assert {rule["health"] for rule in rules} <= {"ok", "unknown"}
    assert "Watchdog" in {one["labels"]["alertname"] for one in eyes.ask("alerts")["alerts"]}


def test_what_workers_and_beat_have_counted_is_known(installation: Installation, eyes: Eyes) -> None:
    with Person(installation.address).sign_up() as ann:
        ann.outcome(ann.send_photo(jpeg(90, 60))["id"])

    done = 'sum by (task_name) (jobs_total{outcome="done",task_name="vision.identify_photo"}) >= 1'
    eventually(lambda: eyes.series(done), within=60)
    assert eyes.series('job_duration_seconds_count{task_name="vision.identify_photo"}')


def test_workers_and_beat_tell_nobody_who_has_no_token(installation: Installation, eyes: Eyes) -> None:
    ask = (
        "import urllib.request, urllib.error\n"
        "for name in ('worker', 'beat', 'web'):\n"
        "    try: urllib.request.urlopen(f'http://{name}:8000/metrics', timeout=5); print(200)\n"
        "    except urllib.error.HTTPError as error: print(error.code)"
    )

    assert installation.engine.ask("exec", "webhook", "python3", "-c", ask).split() == ["404"] * 3


def test_nothing_is_published_beyond_this_host(installation: Installation, eyes: Eyes) -> None:
    published = installation.engine.ask("ps", "--format", "{{.Ports}}").replace(",", " ").split()

    assert sorted(published) == sorted(
        f"127.0.0.1:{port}/tcp" for port in (f"{installation.port}->8080", "9090->9090", "9093->9093")
    )


def test_the_whole_server_and_its_eyes_take_no_more_than_two_gigabytes_idle(
    installation: Installation, eyes: Eyes
) -> None:
    time.sleep(10)
    memory = {
        service: sum(map(proportional_megabytes, processes_of(installation, container)))
        for service, container in installation.containers().items()
    }

    report.note("monitoring", "Idle memory, what watches included", f"{sum(memory.values()):.0f} MB together")
    report.note("monitoring", "Of it, in MB", ", ".join(f"{name} {memory[name]:.0f}" for name in EYES))
    assert sum(memory.values()) <= MOST_IDLE_MB


@pytest.mark.parametrize("command", looks("monitoring"))
def test_where_the_docs_say_to_look_there_is_something_to_see(
    installation: Installation, eyes: Eyes, command: str
) -> None:
    installation.look(command, "monitoring")


def test_that_the_workers_are_gone_reaches_somebody_and_so_does_their_return(
    installation: Installation, eyes: Eyes
) -> None:
    eyes.quicker()
    worker = installation.name_of("worker-SIDE")
    eventually(lambda: eyes.series("workers_alive >= 1"), within=60)
    begun = time.monotonic()
    installation.compose("stop", worker)
    try:
        eventually(lambda: ["WorkersGone", "firing"] in eyes.told(), within=150)
        told = f"after {time.monotonic() - begun:.0f} s, `for` left out"
        report.note("monitoring", "A stopped worker was told", told)
    finally:
        installation.compose("start", worker)
    eventually(lambda: ["WorkersGone", "resolved"] in eyes.told(), within=150)

    assert ["Watchdog", "firing"] in eyes.told()
