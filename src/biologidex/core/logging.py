"""A request id that every log line of a request carries and the answer names."""

import logging
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

NOTHING = "-"
request_id: ContextVar[str] = ContextVar("request_id", default=NOTHING)
task_id: ContextVar[str] = ContextVar("task_id", default=NOTHING)
ACCEPTED = re.compile(r"[A-Za-z0-9-]{8,64}")


def current_request_id() -> str:
    """Return the id of the request, or of the request that what we work on was asked for in; "" outside of both."""
    return request_id.get().removeprefix(NOTHING)


@contextmanager
def working_on(task: uuid.UUID, *, asked_by: str) -> Iterator[None]:
    """Mark every log line of the block as work on this, for the request whose id that is."""
    request, work = request_id.set(asked_by or f"job-{task.hex[:12]}"), task_id.set(str(task))
    try:
        yield
    finally:
        request_id.reset(request)
        task_id.reset(work)


class RequestIdFilter(logging.Filter):
    """Puts the ids of the request and of the job into the record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record."""
        record.request_id = request_id.get()
        record.task_id = task_id.get()
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
        response = self.get_response(request)
        response["X-Request-ID"] = request_id.get()
        return response
