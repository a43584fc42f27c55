"""News for open pages on the whole stack: from a worker's process through Redis, the loop and nginx to a browser."""

import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Self

import httpx2 as httpx
import pytest

from client import PASSWORD, Person
from stack.load import unlike_any_other
from stack.programs import descendants
from stack.whole import Stack
from stack.workplace import PATIENCE

pytestmark = pytest.mark.stack
STREAMS = 300
SOON = 20  # seconds: well before a stream would end by itself


class Listener:
    """A browser with one page open, which notes what it is told and when."""

    def __init__(self, address: str, person: Person) -> None:
        self._address = address
        self.browser = httpx.Client(base_url=address, follow_redirects=False, timeout=70)
        page = self.browser.get("/sign-in/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "name": person.name, "password": PASSWORD}
        answer = self.browser.post("/sign-in/", data=form, headers={"Origin": address})
        assert answer.status_code == 302
        self.told: list[tuple[float, str]] = []
        self.status = 0
        self.has_ended = threading.Event()
        self._has_left = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def open(self) -> Self:
        """Open the stream and wait for its first words."""
        self._thread.start()
        self.until(lambda: bool(self.told) or self.has_ended.is_set())
        return self

    def _listen(self) -> None:
        try:
            with self.browser.stream("GET", "/live/") as answer:
                self.status = answer.status_code
                for line in answer.iter_lines():
                    if self._has_left.is_set():
                        break
                    if line.startswith("data: "):
                        self.told.append((time.time(), line.removeprefix("data: ")))
        except httpx.TransportError:
            pass
        finally:
            self.has_ended.set()

    def close(self) -> None:
        """Leave the page."""
        self._has_left.set()
        self.browser.close()
        self._thread.join(20)

    def until(self, is_so: Callable[[], bool], *, patience: float = PATIENCE) -> None:
        """Wait until something is the case."""
        end = time.monotonic() + patience
        while not is_so():
            assert time.monotonic() < end, self.told
            time.sleep(0.01)


Opens = Callable[[Person], Listener]


@pytest.fixture
def opens(stack: Stack) -> Iterator[Opens]:
    """Let people open a page that listens."""
    listeners = []

    def opened(person: Person) -> Listener:
        listeners.append(Listener(stack.address, person))
        return listeners[-1].open()

    yield opened
    for listener in listeners:
        listener.close()


@pytest.fixture
def ann(stack: Stack) -> Iterator[Person]:
    with Person(stack.address) as person:
        yield person.sign_up()


def test_the_outcome_is_pushed_from_the_worker_to_the_page_within_a_second(
    stack: Stack, ann: Person, opens: Opens, capsys: pytest.CaptureFixture[str]
) -> None:
    page = opens(ann)
    late = []
    for number in range(8):
        job = ann.send_photo(unlike_any_other(100 + number))["id"]
        done = ann.outcome(job)
        news = f"job {job}"
        page.until(lambda news=news: sum(what == news for _, what in page.told) >= 4)
        stored = datetime.fromisoformat(done["completed_at"]).timestamp()
        late.append(max(when for when, what in page.told if what == news) - stored)

    with capsys.disabled():
        sys.stdout.write(
            f"\npushed {1000 * median(late):.0f} ms (median) after it was stored, at most {1000 * max(late):.0f}"
        )
    assert median(late) < 1.0


def test_nobody_is_told_of_anybody_elses(stack: Stack, ann: Person, opens: Opens) -> None:
    with Person(stack.address) as eve:
        eves = opens(eve.sign_up())
        page = opens(ann)
        ann.outcome(ann.send_photo(unlike_any_other(120))["id"])
        page.until(lambda: len(page.told) >= 4)

    assert len(eves.told) == 1
    assert httpx.get(f"{stack.address}/live/").status_code == 204


def test_signing_out_in_one_process_ends_the_stream_in_another(ann: Person, opens: Opens) -> None:
    page = opens(ann)
    sessions = ann.get("auth/sessions/")
    browsers = [one["id"] for one in sessions["results"] if one["kind"] == "browser"]

    for one in browsers:
        ann._http.delete(f"auth/sessions/{one}/").raise_for_status()

    assert page.has_ended.wait(SOON)
    assert page.browser.get("/live/").status_code == 204


def test_without_streams_pages_are_told_to_ask_and_nothing_else_suffers(
    stack: Stack, ann: Person, opens: Opens
) -> None:
    page = opens(ann)
    stack.parts["live"].kill()
    try:
        assert page.has_ended.wait(SOON)
        refused = page.browser.get("/live/")
        job = ann.outcome(ann.send_photo(unlike_any_other(130))["id"])
    finally:
        stack.parts["live"].start()

    assert (refused.status_code, refused.content) == (204, b"")
    assert job["status"] == "completed"
    assert opens(ann).status == 200


def test_without_the_cache_s_redis_streams_end_and_come_back_with_it(
    stack: Stack, ann: Person, opens: Opens
) -> None:
    page = opens(ann)
    stack.cache.kill()
    try:
        assert page.has_ended.wait(SOON)
        refused = page.browser.get("/live/").status_code
        job = ann.outcome(ann.send_photo(unlike_any_other(140))["id"])
    finally:
        stack.cache.start()

    assert refused == 204
    assert job["status"] == "completed"
    page.until(lambda: opens(ann).status == 200)


def test_hundreds_of_idle_streams_cost_little_memory(
    stack: Stack, ann: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    people = [Person(stack.address).sign_up() for _ in range(STREAMS // 6)]
    browsers = [Listener(stack.address, person).browser for person in people]
    cookies = [dict(browser.cookies) for browser in browsers]
    before = _resident(stack)
    with httpx.Client(base_url=stack.address, limits=httpx.Limits(max_connections=STREAMS + 10)) as client:
        opened = []
        for number in range(STREAMS):
            cookie = "; ".join(f"{name}={value}" for name, value in cookies[number // 6].items())
            request = client.build_request("GET", "/live/", headers={"Cookie": cookie})
            opened.append(client.send(request, stream=True))
        each = (_resident(stack) - before) / STREAMS
        statuses = {answer.status_code for answer in opened}
        for answer in opened:
            answer.close()
    for person, browser in zip(people, browsers, strict=True):
        person.__exit__()
        browser.close()

    with capsys.disabled():
        sys.stdout.write(
            f"\n{STREAMS} idle streams: {each / 1024:.0f} kB each, of {before / 2**20:.0f} MB to begin with"
        )
    assert statuses == {200}
    assert each < 100 * 1024


def _resident(stack: Stack) -> int:
    """Return the memory of the server of streams, in bytes."""
    total = 0
    for pid in (stack.parts["live"].pid, *descendants(stack.parts["live"].pid)):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))
    return total
