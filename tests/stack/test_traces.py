"""One trace through real processes: a request to gunicorn, the message, a Celery worker; sent to a collector."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2 as httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from client import Person
from stack import redis_servers
from stack.workplace import Workplace, eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(redis_servers.program() is None, reason="apt install redis-tools"),
]


class Collector(ThreadingHTTPServer):
    """Takes spans as a collector of OpenTelemetry does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.spans: dict[str, str] = {}  # name: trace
        self.address = f"http://127.0.0.1:{self.server_port}/v1/traces"


class Taking(BaseHTTPRequestHandler):
    """Takes one batch."""

    server: Collector

    def do_POST(self) -> None:
        """Note which trace each span belongs to."""
        batch = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
        spans = [span for of in batch.resource_spans for scope in of.scope_spans for span in scope.spans]
        self.server.spans.update({span.name: span.trace_id.hex() for span in spans})
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_a_request_and_the_work_it_asked_for_are_one_trace_over_all_processes(
    place: Workplace, collector: Collector
) -> None:
    traced = {"BIOLOGIDEX_TRACES_URL": collector.address, "OTEL_BSP_SCHEDULE_DELAY": "200"}
    place.environment.update(traced)
    place.start("worker").wait_until_it_says(" ready.")
    address = place.web()
    with Person(address) as ann:
        ann.sign_up()
        httpx.post(f"{address}/api/v1/auth/password/reset/", json={"email": f"{ann.name}@example.org"})

    job, request = "job accounts.mail_reset", "POST /api/v1/auth/password/reset/"
    eventually(lambda: {job, request} <= collector.spans.keys(), within=30)

    assert collector.spans[job] == collector.spans[request]
    assert collector.spans["POST /api/v1/auth/login/"] != collector.spans[request]
    for name in traced:
        del place.environment[name]
