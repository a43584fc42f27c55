"""Several processes, one scrape: nothing that any of them has counted is missing, whoever answers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest

from metering import value
from running import environment_of, free_port

pytestmark = pytest.mark.slow
HOOK = """
from biologidex.core.metrics_folder import mark_process_dead

control_socket_disable = True

def child_exit(server, worker):
    mark_process_dead(worker.pid)
"""
WORK = """
import django
django.setup()
from biologidex.core import metrics
with metrics.work_in_hand("test.long"):
    metrics.count_attempt("test.long", "done")
    print("begun", flush=True)
    input()
"""


class Group:
    """A gunicorn with two workers that count together with whoever uses the same folder."""

    def __init__(self, data: Path, folder: Path) -> None:
        port = free_port()
        self.address, self.folder = f"http://127.0.0.1:{port}", folder
        settings = {
            "BIOLOGIDEX_METRICS_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "biologidex.config.settings",
        }
        self.environment = environment_of(data, **settings)
        hook = data / "hook.py"
        hook.write_text(HOOK)
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "biologidex.config.wsgi:application",
            "--config",
            str(hook),
        ]
        command += [
            "--bind",
            f"127.0.0.1:{port}",
            "--workers",
            "2",
            "--threads",
            "2",
            "--log-level",
            "warning",
        ]
        self.process = subprocess.Popen(command, env=self.environment)

    def workers(self) -> set[int]:
        """Return the ids of the workers that run."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return {int(child) for child in children}

    def get(self, path: str) -> httpx.Response:
        """Ask over a connection of its own, so that whichever worker is free answers."""
        return httpx.get(f"{self.address}{path}", timeout=20)

    def scrape(self) -> str:
        """Return what one of them tells about all."""
        return self.get("/metrics").text


@pytest.fixture
def group(data_folder: Path, tmp_path: Path) -> Iterator[Group]:
    """Run two workers."""
    running = Group(data_folder, tmp_path / "metrics")
    try:
        until(lambda: running.get("/health/").status_code == 200)
        yield running
    finally:
        running.process.terminate()
        running.process.wait(30)


def until(holds: object, patience: float = 60) -> None:
    """Wait until it holds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            if holds():  # type: ignore[operator]
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("It did not come about.")


def answered(group: Group, path: str = "/ready/") -> float:
    return value(group.scrape(), "api_requests_total", method="GET", endpoint=path, status="200")


def counters(group: Group) -> list[str]:
    return sorted(file.name for file in group.folder.glob("counter_*.db"))


@contextmanager
def worker(group: Group) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that does work in the background."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", WORK], env=group.environment, stdin=pipe, stdout=pipe
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"begun\n"
        yield process


def test_one_scrape_tells_what_two_servers_and_a_worker_have_counted(group: Group) -> None:
    before = answered(group)
    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda _: group.get("/ready/").status_code, range(60)))

    assert statuses == {200}
    assert [answered(group) - before for _ in range(6)] == [60] * 6
    assert len([pid for pid in group.workers() if (group.folder / f"counter_{pid}.db").exists()]) == 2

    with worker(group) as process:
        assert value(group.scrape(), "active_celery_tasks", task_name="test.long") == 1
        process.kill()
        process.wait(10)
    text = group.scrape()
    assert value(text, "active_celery_tasks", task_name="test.long") == 0
    assert value(text, "jobs_total", task_name="test.long", outcome="done") == 1


def test_what_a_killed_server_has_counted_stays_and_its_files_do_not(group: Group) -> None:
    for _ in range(20):
        group.get("/ready/")
    before = answered(group)
    old = group.workers()

    for pid in old:
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(group.workers() - old) == 2 and group.get("/health/").status_code == 200)

    assert [answered(group) - before for _ in range(4)] == [0] * 4
    assert not [name for name in counters(group) for pid in old if f"_{pid}." in name]
    assert "counter_dead.db" in counters(group)
