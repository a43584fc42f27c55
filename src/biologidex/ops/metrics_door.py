"""A door for what only workers and beat have counted: where each counts in a container of its own, web cannot tell."""

import logging
import sys
import threading
from collections.abc import Iterable
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from prometheus_client import CONTENT_TYPE_LATEST

from biologidex.ops import metrics

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)
PATIENCE = 10  # seconds for somebody who connects and says nothing


class Server(ThreadingMixIn, WSGIServer):
    """Answers each in a thread of its own, so that nobody who is slow keeps Prometheus waiting."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 -- the base class passes it
        """Let a line of the log be like others."""
        log.warning("somebody could not be told the metrics: %s", sys.exception())


class Door(WSGIRequestHandler):
    """One who asks."""

    timeout = PATIENCE

    def log_message(self, *_: object) -> None:
        """Say nothing: Prometheus comes every few seconds."""


def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer what was counted here, to whom web would answer; to anybody else there is nothing here."""
    asked = (environ.get("PATH_INFO"), environ.get("REQUEST_METHOD"))
    if asked != ("/metrics", "GET") or not metrics.may_read(WSGIRequest(environ)):
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b""]
    told = metrics.counted()
    start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST), ("Cache-Control", "no-store")])
    return [told]


def open_door() -> Server | None:
    """Answer at BIOLOGIDEX_METRICS_PORT for as long as this process lives, if it names one.

    Celery forks while this thread runs. That is safe: it only reads files, and holds no lock that a child would take.
    """
    if not settings.METRICS_PORT:
        return None
    server = Server((settings.HOST, settings.METRICS_PORT), Door)
    server.set_app(application)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server
