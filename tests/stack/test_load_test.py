"""The audit's load test: what its people do, played once on the stack. A hundred of them: benchmarks/whole_stack.py."""

import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2 as httpx
import pytest

from running import COMMAND
from stack.whole import Stack

pytestmark = pytest.mark.stack
LOAD = Path(__file__).parents[2] / "benchmarks" / "load.py"
SHARES = {"look_at_animals": 3, "look_at_own_dex": 2, "send_photo": 1}


def task(weight: int) -> Callable[[Any], Any]:
    """What locust's does: remember how often."""

    def mark(method: Any) -> Any:
        method.weight = weight
        return method

    return mark


@pytest.fixture
def collector(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Somebody of the load test, without the program that multiplies them."""
    owner = stack.environment_of_owner()
    subprocess.run(
        [COMMAND, "loadtest", "--folder", str(tmp_path)], env=owner, check=True, capture_output=True
    )
    locust = SimpleNamespace(HttpUser=object, between=lambda *seconds: seconds, task=task)
    monkeypatch.setitem(sys.modules, "locust", locust)
    monkeypatch.chdir(tmp_path)
    person = runpy.run_path(str(LOAD))["Collector"]()
    with httpx.Client(base_url=stack.address, timeout=30) as person.client:
        yield person
    subprocess.run([COMMAND, "loadtest", "--remove"], env=owner, check=True, capture_output=True)


def test_its_people_do_what_the_audit_says_as_often_as_it_says_and_are_served(collector: Any) -> None:
    answers: list[httpx.Response] = []
    collector.client.event_hooks = {"response": [answers.append]}
    collector.on_start()
    weights = {
        name: method.weight for name, method in vars(type(collector)).items() if hasattr(method, "weight")
    }
    for name in weights:
        getattr(collector, name)()

    assert weights == SHARES
    assert collector.wait_time == (1, 3)
    assert [(answer.request.method, answer.url.path, answer.is_success) for answer in answers] == [
        ("POST", "/api/v1/auth/login/", True),
        ("GET", "/api/v1/animals/", True),
        ("GET", "/api/v1/dex/entries/my_entries/", True),
        ("POST", "/api/v1/vision/jobs/", True),
    ]
