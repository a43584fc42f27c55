"""Which alerts hold back which, as Alertmanager decides over the shipped file: nothing unrelated is kept quiet."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
import yaml

from ops.test_alerts import ALERTMANAGER, ALERTS
from running import free_port

PROGRAM = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="As root: apt install prometheus-alertmanager")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run Alertmanager with the shipped rules of what holds back what; it tells nobody."""
    folder, port = tmp_path_factory.mktemp("alertmanager"), free_port()
    rules = yaml.safe_load(ALERTMANAGER.read_text())["inhibit_rules"]
    told = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}], "inhibit_rules": rules}
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(told))
    where = f"127.0.0.1:{port}"
    command = [
        str(PROGRAM),
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
    ]
    command += [f"--web.listen-address={where}", "--cluster.listen-address="]
    with Path(folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield f"http://{where}"
    finally:
        process.terminate()
        process.wait(10)


def fire(address: str, *names: str) -> dict[str, set[str]]:
    """Let these fire with their own labels, as soon as somebody listens. Return by whom each is held back."""
    labels = [{"alertname": name, "trial": names[0], **ALERTS[name]["labels"]} for name in names]
    patience = time.monotonic() + 20
    while True:
        try:
            httpx.post(
                f"{address}/api/v2/alerts", json=[{"labels": one} for one in labels]
            ).raise_for_status()
            asked = httpx.get(f"{address}/api/v2/alerts", params={"filter": f'trial="{names[0]}"'}).json()
            if len(asked) == len(names):
                return held_back(asked)
        except httpx.TransportError:
            pass
        assert time.monotonic() < patience
        time.sleep(0.1)


def end(address: str, *names: str) -> None:
    """Let them be over, so that they hold back nothing of the next trial."""
    over = {"startsAt": "2020-01-01T00:00:00Z", "endsAt": "2020-01-02T00:00:00Z"}
    labels = [{"alertname": name, "trial": names[0], **ALERTS[name]["labels"]} for name in names]
    httpx.post(
        f"{address}/api/v2/alerts", json=[{"labels": one, **over} for one in labels]
    ).raise_for_status()


def held_back(alerts: list[dict[str, Any]]) -> dict[str, set[str]]:
    names = {one["fingerprint"]: one["labels"]["alertname"] for one in alerts}
    return {
        one["labels"]["alertname"]: {names[by] for by in one["status"]["inhibitedBy"] if by in names}
        for one in alerts
    }


PAGES = [name for name, alert in ALERTS.items() if alert["labels"]["severity"] == "page"]


def test_every_page_says_what_it_is_about() -> None:
    assert [page for page in PAGES if "subject" not in ALERTS[page]["labels"]] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_back_no_ticket_but_those_of_its_own_subject(address: str, page: str) -> None:
    tickets = [name for name, alert in ALERTS.items() if alert["labels"]["severity"] == "ticket"]

    told = fire(address, page, *tickets)
    end(address, page, *tickets)

    follows = "database" if page == "DatabaseDown" else None
    subject = ALERTS[page]["labels"].get("subject", "none of its own")
    for name in tickets:
        labels = ALERTS[name]["labels"]
        is_meant = labels.get("subject") == subject or (follows and labels.get("follows") == follows)
        assert told[name] == ({page} if is_meant else set()), name
