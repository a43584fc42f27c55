"""What every log line says of its circumstances: the request, whose it is, the job, the trace."""

import functools
import logging
import re
import uuid
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.functional import empty

NOTHING = "-"
request_id: ContextVar[str] = ContextVar("request_id", default=NOTHING)
task_id: ContextVar[str] = ContextVar("task_id", default=NOTHING)
trace_id: ContextVar[str] = ContextVar("trace_id", default=NOTHING)
# Weak: it stays until the thread's next request, and must not keep an upload in memory for so long.
_request: ContextVar[Callable[[], HttpRequest | None]] = ContextVar("request", default=lambda: None)
ACCEPTED = re.compile(r"[A-Za-z0-9-]{8,64}")


def current_request_id() -> str:
    """Return the id of the request, or of the request that what we work on was asked for in; "" outside of both."""
    return request_id.get().removeprefix(NOTHING)


@contextmanager
def working_on(task: uuid.UUID, *, asked_by: str) -> Iterator[None]:
    """Mark every log line of the block as work on this, for the request whose id that is."""
    request, work = request_id.set(asked_by or f"job-{task.hex[:12]}"), task_id.set(str(task))
    sender = _request.set(lambda: None)
    try:
        yield
    finally:
        request_id.reset(request)
        task_id.reset(work)
        _request.reset(sender)


@functools.lru_cache(maxsize=4096)
def pseudonym(person: object) -> str:
    """Return what the log calls a person: always the same, and of no use to whoever lacks the server's key."""
    return salted_hmac("biologidex.core.logging", str(person), algorithm="sha256").hexdigest()[:16]


def _sender() -> str:
    """Return whose request it is, if that has been found out. A log line is no reason to ask the database."""
    request = _request.get()()
    user = getattr(request, "user", None)
    if user is None or getattr(user, "_wrapped", None) is empty or not user.is_authenticated:
        return NOTHING
    return pseudonym(user.pk)


class ContextFilter(logging.Filter):
    """Puts the circumstances into the record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record."""
        record.request_id = request_id.get()
        record.task_id = task_id.get()
        record.trace_id = trace_id.get()
        record.user = _sender()
        return True


class RequestIdMiddleware:
    """Gives each request an id: that of a trusted proxy if it is harmless, else a new one (core/proxies.py)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the id in X-Request-ID."""
        given = request.headers.get("X-Request-ID", "")
        # It stays until this thread's next request: Django logs what was refused after the last middleware.
        request_id.set(given if ACCEPTED.fullmatch(given) else uuid.uuid4().hex)
        _request.set(weakref.ref(request))
        response = self.get_response(request)
        response["X-Request-ID"] = request_id.get()
        return response
