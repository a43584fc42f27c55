"""An ASGI application for streams of news: hundreds in one process, each of them a waiting coroutine.

Whoever comes is let in by the same middleware and view as everywhere, in a thread of a small pool; only then the loop
takes the stream over. So a stream holds no thread and no database connection.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.core import signals
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.db import connections
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.urls import set_script_prefix

from biologidex.core.live.streams import Stream, close_room, open_room

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
THREADS = 4
PATIENCE = 30  # seconds that threads wait for each other when the server ends


class StreamAnswer(StreamingHttpResponse):
    """A stream of news as an answer. Threads iterate over it; this application takes `stream` instead."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream, content_type="text/event-stream")
        self.stream = stream
        self.headers["Cache-Control"] = "no-store"
        self.headers["X-Accel-Buffering"] = "no"


class Application:
    """Serves these addresses and no others: this process is not made for long work.

    `streams` may be open at once, from the moment that the server starts until it ends.
    """

    def __init__(self, *paths: str, streams: int) -> None:
        self._paths, self._streams = frozenset(paths), streams
        self._handler = BaseHandler()
        self._handler.load_middleware()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="live")

    def close(self) -> None:
        """Let the threads end, each with its connection to the database."""
        all_there = Barrier(THREADS)  # or one quick thread would do it for the others
        for _ in range(THREADS):
            self._pool.submit(_let_go, all_there)
        self._pool.shutdown()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request, or follow the life of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            self.close()
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                open_room(self._streams)
            else:
                close_room()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["path"] not in self._paths:
            await _say(send, 404, [], b"")
            return
        answer, content = await asyncio.get_running_loop().run_in_executor(self._pool, self._answered, scope)
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.items()]
        headers += [(b"set-cookie", one.OutputString().encode()) for one in answer.cookies.values()]
        if not isinstance(answer, StreamAnswer):
            await _say(send, answer.status_code, headers, content)
            return
        try:
            await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
            await _pour(answer.stream, receive, send)
        finally:
            answer.stream.close()

    def _answered(self, scope: Message) -> tuple[HttpResponseBase, bytes]:
        """Ask the view, in a thread. Nobody waits for what the stream says here."""
        set_script_prefix("/")
        signals.request_started.send(sender=self.__class__)
        answer = self._handler.get_response(ASGIRequest(dict(scope), io.BytesIO()))
        if isinstance(answer, StreamAnswer):
            signals.request_finished.send(sender=self.__class__)
            return answer, b""
        content = b"".join(answer)
        answer.close()
        return answer, content


def _let_go(all_there: Barrier) -> None:
    all_there.wait(PATIENCE)
    connections.close_all()


async def _pour(stream: Stream, receive: Receive, send: Send) -> None:
    """Send what is told until the stream ends or the client is gone."""
    loop, woken = asyncio.get_running_loop(), asyncio.Event()
    stream.wake = lambda: loop.call_soon_threadsafe(woken.set)
    gone = asyncio.ensure_future(_is_gone(receive))
    gone.add_done_callback(lambda _: woken.set())
    try:
        while not gone.done():
            woken.clear()
            if stream.is_waiting:
                await _within(stream.patience, woken)
            if gone.done() or (lines := stream.next_lines()) is None:
                break
            await send({"type": "http.response.body", "body": lines, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        stream.wake = lambda: None
        gone.cancel()


async def _within(seconds: float, woken: asyncio.Event) -> None:
    timer = asyncio.get_running_loop().call_later(seconds, woken.set)
    try:
        await woken.wait()
    finally:
        timer.cancel()


async def _is_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _say(send: Send, status: int, headers: list[tuple[bytes, bytes]], content: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
