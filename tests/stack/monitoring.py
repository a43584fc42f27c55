"""Prometheus, Alertmanager and the exporters of deploy/, running beside the whole stack as ordinary processes.

with monitoring(stack, folder, secure) as eyes:
    eyes.series("up")              what Prometheus answers to an expression
    eyes.names()                   every metric that it has seen
    eyes.told                      what Alertmanager has sent to the webhook
"""

import json
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2 as httpx
import yaml

from running import free_port
from stack.missing import found
from stack.programs import DEPLOY, Program, listens, rendered
from stack.whole import Stack


class Webhook:
    """Somebody whom Alertmanager tells. Keeps what it was told."""

    def __init__(self) -> None:
        told: list[dict[str, Any]] = []

        class Taker(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.told = told
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Monitoring:
    """The shipped configuration, with addresses of this machine in place of those of the containers."""

    def __init__(self, stack: Stack, folder: Path, secure: str) -> None:
        self.stack, self.folder = stack, folder
        self.doors = {"http://nginx:8080": stack.address, "https://nginx:8443": secure}
        names = ("prometheus", "alertmanager", "postgres", "redis", "host", "front-door")
        self.ports = {name: free_port() for name in names}
        self.webhook = Webhook()
        self.programs: list[Program] = []

    @property
    def told(self) -> list[dict[str, Any]]:
        """What Alertmanager has sent so far."""
        return self.webhook.told

    # --- asking --------------------------------------------------------------------------------

    def _get(self, path: str) -> Any:
        answer = httpx.get(f"http://127.0.0.1:{self.ports['prometheus']}/api/v1/{path}", timeout=20).json()
        if answer["status"] != "success":
            raise ValueError(answer["error"])
        return answer["data"]

    def series(self, expression: str) -> list[dict[str, Any]]:
        """Return what an expression is at this moment. One that cannot be read raises ValueError."""
        found: list[dict[str, Any]] = self._get(f"query?query={quote(expression, safe='')}")["result"]
        return found

    def names(self) -> set[str]:
        """Return the names of all metrics that were seen."""
        return set(self._get("label/__name__/values"))

    def alerts(self) -> set[tuple[str, str]]:
        """Return the alerts that are pending or firing, with their state."""
        return {(alert["labels"]["alertname"], alert["state"]) for alert in self._get("alerts")["alerts"]}

    # --- starting ------------------------------------------------------------------------------

    def _targets(self) -> dict[str, list[str]]:
        return {
            "biologidex": [self.stack.direct_address.removeprefix("http://")],
            "postgres": [self._at("postgres")],
            "redis": [f"redis://127.0.0.1:{one.port}" for one in (self.stack.broker, self.stack.cache)],
            "host": [self._at("host")],
            "prometheus": [self._at("prometheus")],
            "alertmanager": [self._at("alertmanager")],
        }

    def _at(self, name: str) -> str:
        return f"127.0.0.1:{self.ports[name]}"

    def configure(self) -> Path:
        """Write Prometheus' configuration, all of it quicker than the shipped one."""
        shutil.copytree(DEPLOY / "prometheus", self.folder / "prometheus", dirs_exist_ok=True)
        file = self.folder / "prometheus" / "prometheus.yml"
        told = yaml.safe_load(file.read_text())
        told["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
        told["alerting"]["alertmanagers"][0]["static_configs"] = [{"targets": [self._at("alertmanager")]}]
        for job in told["scrape_configs"]:
            name, targets = job["job_name"], self._targets().get(job["job_name"])
            job.pop("dns_sd_configs", None)
            labels = [one.get("labels", {}) for one in job.get("static_configs", [{}])]
            if targets:
                job["static_configs"] = [
                    {"targets": [target], "labels": label}
                    for target, label in zip(targets, labels, strict=True)
                ]
            if "authorization" in job:
                job["authorization"]["credentials_file"] = str(self.stack.secrets / "metrics_token")
            for rule in job.get("relabel_configs", []):
                if rule.get("target_label") == "__address__":
                    rule["replacement"] = self._at(name)
        self._ask_at_both_doors()
        for rules in (self.folder / "prometheus" / "rules").glob("*.yml"):
            rules.write_text(re.sub(r"\bfor: \w+", "for: 2s", rules.read_text()))
        file.write_text(yaml.safe_dump(told))
        return file

    def _ask_at_both_doors(self) -> None:
        """Ask where nginx is behind a tunnel, and where it holds the certificate: on a server it is one of them."""
        files = sorted((self.folder / "prometheus").glob("front-door*.yml"))
        text = "".join(file.read_text() for file in files)
        for shipped, here in self.doors.items():
            text = text.replace(shipped, here)
        files[-1].write_text(text)

    def _start(self, name: str, command: list[str], **environment: str) -> None:
        is_ready = (says_ready if name in ("prometheus", "alertmanager") else listens)(self.ports[name])
        log = self.folder / f"{name}.log"
        program = Program(f"eyes-{name}", command, log, is_ready, environment=environment or {})
        self.programs.append(program)
        program.start()

    def start(self) -> None:
        """Start the exporters, Alertmanager and Prometheus."""
        self._start_exporters()
        self._start_alertmanager()
        file = self.configure()
        data = f"--storage.tsdb.path={self.folder / 'data'}"
        listen = f"--web.listen-address={self._at('prometheus')}"
        # What fires before Alertmanager is found is sent again soon, not in a minute.
        again = "--rules.alert.resend-delay=5s"
        self._start("prometheus", [_program("prometheus"), f"--config.file={file}", data, listen, again])

    def _start_exporters(self) -> None:
        def at(name: str) -> str:
            return f"--web.listen-address={self._at(name)}"

        database = self.stack.primary.address("monitor") + "?sslmode=disable"
        postgres = _program("prometheus-postgres-exporter")
        self._start("postgres", [postgres, at("postgres")], DATA_SOURCE_NAME=database)
        passwords = self.folder / "passwords.json"
        both = (self.stack.broker, self.stack.cache)
        passwords.write_text(
            json.dumps({f"redis://127.0.0.1:{one.port}": one.passwords["exporter"] for one in both})
        )
        redis = [_program("prometheus-redis-exporter"), f"-redis.password-file={passwords}"]
        redis += ["-redis.addr=", "-redis.user=exporter", "-config-command=-"]
        self._start("redis", [*redis, f"-web.listen-address={self._at('redis')}"])
        self._start("host", [_program("prometheus-node-exporter"), at("host")])
        probes = f"--config.file={DEPLOY / 'prometheus' / 'blackbox.yml'}"
        self._start("front-door", [_program("prometheus-blackbox-exporter"), probes, at("front-door")])

    def _start_alertmanager(self) -> None:
        folder = self.folder / "alertmanager"
        folder.mkdir()
        names = ("ALERT_EMAIL", "ALERT_FROM", "SMTP_USERNAME")
        values = {"SMTP_HOST": "127.0.0.1:9", **dict.fromkeys(names, "operator@example.org")}
        where = dict.fromkeys(("ALERT_WEBHOOK_URL", "SIGN_OF_LIFE_URL"), self.webhook.address)
        told = yaml.safe_load(rendered("alertmanager/alertmanager.yml", {**values, **where}))
        self._quicken(told["route"])
        (folder / "alertmanager.yml").write_text(yaml.safe_dump(told))
        command = [_program("prometheus-alertmanager"), f"--config.file={folder / 'alertmanager.yml'}"]
        command += [f"--storage.path={folder / 'data'}", f"--web.listen-address={self._at('alertmanager')}"]
        self._start("alertmanager", [*command, "--cluster.listen-address="])

    def _quicken(self, route: dict[str, Any]) -> None:
        route["group_wait"] = "1s"
        for below in route.get("routes", []):
            self._quicken(below)

    def stop(self) -> None:
        """End all of them."""
        for program in reversed(self.programs):
            program.stop(patience=10)
        self.webhook.server.shutdown()
        self.webhook.server.server_close()


def says_ready(port: int) -> Callable[[], bool]:
    """Return a question: has Prometheus, or Alertmanager, read what it needs before it answers? It listens earlier."""

    def ask() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/-/ready", timeout=2).is_success
        except httpx.HTTPError:
            return False

    return ask


def _program(name: str) -> str:
    where = found(name)
    if where is None:
        raise RuntimeError(f"{name} is not installed. As root: apt install {name}")
    return where


@contextmanager
def monitoring(stack: Stack, folder: Path, secure: str) -> Iterator[Monitoring]:
    """Watch a stack for the length of a block; `secure` is its address by https."""
    eyes = Monitoring(stack, folder, secure)
    try:
        eyes.start()
        yield eyes
    finally:
        eyes.stop()


def eventually(holds: Callable[[], bool], *, within: float) -> None:
    """Wait until it holds, or raise."""
    end = time.monotonic() + within
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"It did not come about within {within:.0f} s.")
        time.sleep(0.3)
