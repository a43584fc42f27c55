"""News for open pages: what is told, to whom, that nothing is missed, and that nothing depends on it."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

import make
from biologidex.accounts import services as accounts
from biologidex.accounts.models import Session, User
from biologidex.core import live
from biologidex.core.live import streams
from biologidex.core.live.serving import Application
from biologidex.core.live.streams import SILENCE

Commit = Callable[..., Any]


@pytest.fixture(autouse=True)
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(streams, "room", streams.Room())
    live.open_room(10)
    yield
    live.close_room()


def _opened(topic: object, *, since: str = "") -> live.Stream:
    stream = live.admit(topic, since=since)
    assert stream is not None
    return stream


def _told(stream: live.Stream) -> list[str]:
    """Return what a stream says now, in words: without its marks."""
    said = []
    while not stream.is_waiting and (lines := stream.next_lines()):
        said += [line.removeprefix("data: ") for line in lines.decode().splitlines() if line[:4] == "data"]
    return said


@pytest.mark.django_db(transaction=True)
def test_who_listens_is_told_what_and_of_which_thing_and_nothing_else() -> None:
    ann, bob = _opened("ann"), _opened("bob")

    live.publish(["ann", "carl"], live.Event("job", 7))

    assert (_told(ann), _told(bob)) == (["missed", "job 7"], ["missed"])


@pytest.mark.django_db(transaction=True)
def test_nobody_is_told_of_what_is_not_committed() -> None:
    stream = _opened("ann", since=live.version("ann"))

    with transaction.atomic():
        live.publish(["ann"], live.Event("job", 7))
        before = _told(stream)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        live.publish(["ann"], live.Event("job", 8))
        _ = 1 / 0

    assert (before, _told(stream)) == (["hello"], ["job 7"])


@pytest.mark.django_db(transaction=True)
def test_who_comes_back_is_told_whether_anything_was_missed() -> None:
    known = live.version("ann")
    _opened("ann", since=known).close()
    nothing = _told(_opened("ann", since=known))
    live.publish(["ann"], live.Event("feed"))

    assert nothing == ["hello"]
    assert _told(_opened("ann", since=known)) == ["missed"]
    assert _told(_opened("ann", since=live.version("ann"))) == ["hello"]


@pytest.mark.django_db(transaction=True)
def test_a_lost_cache_counts_as_something_missed() -> None:
    from django.core.cache import cache  # noqa: PLC0415 -- only this test loses it

    known = live.version("ann")
    cache.clear()

    assert _told(_opened("ann", since=known)) == ["missed"]


def test_a_stream_says_something_now_and_then_and_ends_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BEAT", 0.01)
    monkeypatch.setattr(streams, "LENGTH", (1.0, 1.0))

    said = list(_opened("ann"))

    assert said[0].startswith(b"retry: ")
    assert set(said[1:]) == {SILENCE}
    assert 3 < len(said) < 105


def test_no_more_listen_than_there_is_room_for_and_whoever_leaves_makes_room() -> None:
    live.open_room(2)
    first, second = _opened("ann"), _opened("bob")
    refused = live.admit("carl")
    first.close()
    first.close()

    assert refused is None
    assert _opened("carl")
    assert live.admit("dora") is None
    second.close()


def test_one_person_does_not_take_the_place_of_all_others() -> None:
    streams_of_ann = [live.admit("ann") for _ in range(9)]

    assert sum(stream is not None for stream in streams_of_ann) == streams.OF_ONE
    assert _opened("bob")


def test_where_workers_cannot_be_heard_nobody_is_let_in(settings: Any) -> None:
    settings.JOBS_BACKEND = "celery"

    assert live.admit("ann") is None


@pytest.mark.django_db(transaction=True)
def test_a_client_that_takes_nothing_is_sent_away_instead_of_remembered_for_ever() -> None:
    stream = _opened("ann")

    for number in range(3 * streams.UNREAD):
        live.publish(["ann"], live.Event("job", number))

    assert len(_told(stream)) <= streams.UNREAD + 2
    assert stream.next_lines() is None


def test_news_for_nobody_cost_nothing(django_assert_num_queries: Any) -> None:
    live.publish([], live.Event("feed"))


def _browser(person: User) -> Client:
    """Sign in as a page does, so that the sign-in can be ended."""
    browser = Client()
    answer = browser.post("/sign-in/", {"name": person.username, "password": make.PASSWORD})
    assert answer.status_code == 302
    return browser


# --- At the door -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_stream_is_for_people_who_are_signed_in(ann: User) -> None:
    stranger = Client().get("/live/")
    browser = _browser(ann)

    answer = browser.get("/live/")

    assert (stranger.status_code, stranger.content) == (204, b"")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
    assert (answer["Cache-Control"], answer["X-Accel-Buffering"]) == ("no-store", "no")
    answer.close()


@pytest.mark.django_db
def test_without_room_a_page_is_told_to_ask_by_itself(ann: User) -> None:
    live.close_room()

    assert _browser(ann).get("/live/").status_code == 204


@pytest.mark.django_db(transaction=True)
def test_a_stream_ends_with_the_sign_in(ann: User) -> None:
    browser = _browser(ann)
    answer = browser.get("/live/")
    said = iter(answer)
    next(said)

    accounts.end_session(by=ann, session_id=Session.objects.get(user=ann).pk)

    assert list(said) == []
    assert browser.get("/live/").status_code == 204


@pytest.mark.django_db
def test_a_page_knows_since_when_it_must_be_told(ann: User) -> None:
    page = _browser(ann).get("/capture/").content.decode()

    assert f'data-live="/live/" data-live-since="{live.version(ann.pk)}"' in page
    assert "data-live" not in Client().get("/").content.decode()


# --- In a loop ---------------------------------------------------------------------------------


class Caller:
    """A client of an ASGI application, in a loop of its own."""

    def __init__(self, path: str, cookie: str = "") -> None:
        self.sent: list[dict[str, Any]] = []
        headers = [(b"host", b"localhost"), (b"cookie", cookie.encode())]
        self._scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": headers,
            "scheme": "http",
            "server": ("localhost", 80),
            "client": ("127.0.0.1", 1),
            "http_version": "1.1",
        }
        self._left = asyncio.Event()
        self._loop = asyncio.new_event_loop()

    async def _receive(self) -> dict[str, Any]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.sent.append(dict(message))

    def call(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        application = Application("/live/", streams=10)
        self._loop.run_until_complete(application(self._scope, self._receive, self._send))
        self._loop.close()
        application.close()

    def leave(self) -> None:
        self._loop.call_soon_threadsafe(self._left.set)

    def until(self, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + 5
        while not is_so():
            assert time.monotonic() < end, self.sent
            time.sleep(0.005)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


@pytest.mark.django_db(transaction=True)
def test_a_loop_sends_news_when_they_come_and_frees_the_place_when_the_client_leaves(ann: User) -> None:
    caller = Caller("/live/", cookie=f"sessionid={_browser(ann).cookies['sessionid'].value}")
    thread = caller.call()
    caller.until(lambda: b"retry" in caller.body)

    live.publish([ann.pk], live.Event("job", 7))
    caller.until(lambda: b"data: job 7\n\n" in caller.body)
    caller.leave()
    thread.join(5)

    assert caller.sent[0]["status"] == 200
    assert (b"content-type", b"text/event-stream") in caller.sent[0]["headers"]
    assert streams.room._topics.total() == 0
    assert not thread.is_alive()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("path", "status"), [("/live/", 204), ("/dex/", 404)])
def test_a_loop_serves_streams_to_people_and_nothing_else(path: str, status: int) -> None:
    caller = Caller(path)
    caller.call().join(5)

    assert (caller.sent[0]["status"], caller.body) == (status, b"")


def test_streams_are_open_from_the_start_of_their_server_to_its_end() -> None:
    live.close_room()
    words = iter(["startup", "shutdown"])
    admitted = []

    async def receive() -> dict[str, str]:
        admitted.append(live.admit("ann"))
        return {"type": f"lifespan.{next(words)}"}

    async def send(message: Any) -> None:
        admitted.append(live.admit("ann"))

    application = Application("/live/", streams=10)
    asyncio.run(application({"type": "lifespan"}, receive, send))
    before, started, running, ended = admitted
    for stream in filter(None, admitted):
        stream.close()

    assert (before is None, ended is None) == (True, True)
    assert started
    assert running
