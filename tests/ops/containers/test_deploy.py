"""New releases under load, good ones and bad ones: whoever uses the server meanwhile notices nothing.

Every request comes over a connection of its own: one that is kept open and idle may be closed by any reload.
"""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2 as httpx
import pytest

from ops.containers import report
from ops.containers.installation import PACKAGE, RELEASE, Installation
from stack.load import Load

pytestmark = [pytest.mark.ops, pytest.mark.timeout(900)]
PEOPLE, RATE, AT_LEAST = 20, 50.0, 3000
BACK_WITHIN = 30.0  # seconds after a release has turned red
CANNOT_START = f"""RUN echo 'raise RuntimeError("this release cannot start")' >> {PACKAGE}/config/wsgi.py"""
# Well at first; says that it cannot serve as soon as somebody puts a file there.
TURNS_RED = rf"""RUN printf '%s\n' \
    'from pathlib import Path' \
    '_ready = ready' \
    'def ready(request):' \
    '    is_red = Path("/var/lib/biologidex/media/red").exists()' \
    '    return JsonResponse({{}}, status=503) if is_red else _ready(request)' >> {PACKAGE}/ops/health.py"""


@contextmanager
def people(installation: Installation, what: str) -> Iterator[Load]:
    """Let twenty people use the server for the length of a block, and on until enough was asked."""
    load = Load(installation.address, people=PEOPLE, rate=RATE, keeps_connections=False)
    try:
        with load:
            time.sleep(3)
            yield load
            end = time.monotonic() + 240
            while load.answers.total() < AT_LEAST and time.monotonic() < end:
                time.sleep(0.5)
            seconds = time.monotonic() - load.began
        total = load.answers.total()
        figure = f"{load.refused} of {total} requests failed, {total / seconds:.0f} a second"
        report.note("deploy", what, figure)
        assert load.wrong == []
        assert load.refused == 0, [one for visitor in load.visitors for one in visitor.refused]
        assert total >= AT_LEAST
        for visitor in load.visitors:
            for job in visitor.jobs:
                assert visitor.person.outcome(job, patience=60)["status"] == "completed"
    finally:
        load.close()


def test_an_upgrade_fails_nobody_and_replaces_every_process(installation: Installation) -> None:
    installation.another_release("1.1.0")
    before = set(installation.containers().items())

    with people(installation, "An upgrade, with a canary of 20 %"):
        begun = time.monotonic()
        told = installation.deploy("--canary", "20", "--watch", "10", "1.1.0")
        report.note("deploy", "The upgrade took", f"{time.monotonic() - begun:.0f} s")

    assert told.returncode == 0, told.stdout + told.stderr
    assert installation.version() == "1.1.0"
    kept = {name for name, _ in before & set(installation.containers().items())}
    assert kept == {"db", "pgbouncer", "redis-broker", "redis-cache", "nginx"}
    assert sorted(name for name in installation.containers() if name not in kept) == [
        f"beat-{installation.open_side}",
        f"live-{installation.open_side}",
        *(f"web-{installation.open_side}-{number}" for number in (1, 2)),
        f"worker-{installation.open_side}",
    ]


def test_a_release_is_taken_back_by_hand_and_fails_nobody(installation: Installation) -> None:
    assert installation.version() == "1.1.0"
    before = installation.remembered

    with people(installation, "Taken back by hand"):
        told = installation.deploy("--watch", "10", "--rollback")

    assert told.returncode == 0, told.stdout + told.stderr
    assert before != "1.1.0"
    assert installation.version() == before


def test_a_release_that_cannot_start_is_never_opened(installation: Installation) -> None:
    installation.another_release("1.2.0", CANNOT_START)
    before = installation.version()

    told = installation.deploy("1.2.0", READY_WITHIN="20")

    assert told.returncode == 1, told.stdout + told.stderr
    assert f"{before} serves as before" in told.stderr
    assert installation.version() == before
    assert httpx.get(f"{installation.address}/ready/").status_code == 200


def test_a_release_that_turns_red_is_rolled_back_by_itself_and_fails_nobody(
    installation: Installation,
) -> None:
    installation.another_release("1.3.0", TURNS_RED)
    before, side = installation.version(), installation.open_side
    other = "green" if side == "blue" else "blue"
    upstream = installation.etc / "upstream" / "web.conf"
    address = {"blue": "10.89.77.2", "green": "10.89.77.3"}
    done: list[subprocess.CompletedProcess[str]] = []

    with people(installation, "A release that turned red"):
        words = ("--watch", "120", "1.3.0")
        deployment = threading.Thread(target=lambda: done.append(installation.deploy(*words)))
        deployment.start()
        until(lambda: address[other] in upstream.read_text(), within=200)
        time.sleep(5)
        installation.compose("exec", "-T", f"web-{other}-1", "touch", "/var/lib/biologidex/media/red")
        begun = time.monotonic()
        until(lambda: address[other] not in upstream.read_text(), within=120)
        back = time.monotonic() - begun
        deployment.join(300)
        installation.compose("exec", "-T", f"web-{side}-1", "rm", "/var/lib/biologidex/media/red")

    report.note("deploy", "Rolled back after it had turned red", f"{back:.0f} s")
    assert done[0].returncode == 3, done[0].stdout + done[0].stderr
    assert back <= BACK_WITHIN
    assert installation.version() == before
    assert installation.open_side == side


def until(happened: Callable[[], bool], *, within: float) -> None:
    """Wait until it has happened, or fail."""
    end = time.monotonic() + within
    while not happened():
        assert time.monotonic() < end, f"It did not happen within {within} s."
        time.sleep(0.2)


def test_only_one_deployment_runs_at_a_time_and_one_of_what_is_open_does_nothing(
    installation: Installation,
) -> None:
    version = installation.version()
    lock = installation.etc / "deploy.lock"

    held = installation.engine.run(
        *(
            "flock",
            str(lock),
            "sh",
            "-c",
            f"BIOLOGIDEX_ETC={installation.etc} sh scripts/deploy.sh {RELEASE}",
        ),
        check=False,
    )

    assert held.returncode == 4
    assert "already open" in installation.deploy(version).stdout
