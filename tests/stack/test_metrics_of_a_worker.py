"""A worker and a beat that share their folder with nobody, as in containers: each tells by a door of its own."""

from pathlib import Path

import httpx2 as httpx
import pytest

from metering import value
from running import free_port
from stack import redis_servers
from stack.workplace import Workplace

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(redis_servers.program() is None, reason="apt install redis-tools"),
]
DONE = 12


def test_what_all_processes_of_a_worker_have_done_is_told_by_its_door(
    place: Workplace, tmp_path: Path
) -> None:
    ports = {what: free_port() for what in ("worker", "beat")}
    for what, said in (("worker", " ready."), ("beat", "is at work")):
        folder = str(tmp_path / what)
        started = place.start(what, BIOLOGIDEX_METRICS_PORT=str(ports[what]), BIOLOGIDEX_METRICS_DIR=folder)
        started.wait_until_it_says(said)
    told = [f"http://127.0.0.1:{port}/metrics" for port in ports.values()]

    place.ask("enqueue", "probe.quick", 0, DONE, 0)
    place.until_done(DONE)

    # Of a server on this machine alone, which has no token, programs of this machine may know.
    text = httpx.get(told[0]).text
    assert value(text, "jobs_total", task_name="probe.quick", outcome="done") == DONE
    assert value(text, "job_duration_seconds_count", task_name="probe.quick") == DONE
    assert httpx.get(told[1]).status_code == 200
