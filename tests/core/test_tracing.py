"""Traces: a request, what it enqueued and who did it are one; without the packages nothing changes."""

import ipaddress
import logging
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.config.urls import urlpatterns as real
from biologidex.core import jobs, tracing
from biologidex.core.jobs import registry, runner
from biologidex.core.logging import ContextFilter
from biologidex.core.models import Job
from running import environment_of

pytestmark = pytest.mark.django_db(transaction=True)
THEIRS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[InMemorySpanExporter]:
    """Trace into memory. Work waits for a worker, and what a test registers is forgotten."""
    monkeypatch.setattr(registry, "tasks", dict(registry.tasks))
    monkeypatch.setattr(runner, "tasks", registry.tasks)
    settings.JOBS_DOORBELL = "biologidex.core.jobs.threads.ring"
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    tracing.use(provider)
    yield kept
    tracing.use(None)


def named(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


def trace_of(span: ReadableSpan) -> str:
    return f"{span.context.trace_id:032x}"


def test_a_request_its_job_and_what_the_job_asked_for_are_one_trace_whose_id_is_logged(
    exporter: InMemorySpanExporter, ann: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.addFilter(ContextFilter())
    caplog.set_level(logging.INFO)
    photo = make.photo(ann)
    api = APIClient()
    api.force_authenticate(ann)
    api.post("/api/v1/vision/jobs/", {"photo": str(photo.pk)})
    jobs.task("test.more")(lambda claim: None)
    known = registry.tasks["vision.identify_photo"]
    registry.tasks[known.name] = replace(known, work=lambda claim, job_id: jobs.enqueue("test.more"))

    runner.run_due()

    spans = named(exporter)
    request, job, more = (
        spans[name] for name in ("POST /api/v1/vision/jobs/", "job vision.identify_photo", "job test.more")
    )
    assert {trace_of(span) for span in (request, job, more)} == {trace_of(request)}
    assert job.parent is not None
    assert more.parent is not None
    assert (job.parent.span_id, more.parent.span_id) == (request.context.span_id, job.context.span_id)
    assert request.attributes
    assert job.attributes
    assert request.attributes["http.response.status_code"] == 201
    assert job.attributes["biologidex.outcome"] == "done"
    assert job.attributes["biologidex.request_id"] == request.attributes["biologidex.request_id"]
    lines = [
        record for record in caplog.records if record.getMessage().startswith("job vision.identify_photo")
    ]
    assert {record.trace_id for record in lines} == {trace_of(request)}  # type: ignore[attr-defined]
    assert len(lines) == 2


def broken(request: HttpRequest) -> HttpResponse:
    """Fail with words that no trace may hold."""
    raise RuntimeError("ann@example.org")


urlpatterns = [path("broken/<str:word>/", lambda request, word: broken(request)), *real]
handler500 = "biologidex.core.faults.server_error"


@pytest.mark.urls("core.test_tracing")
def test_a_span_tells_the_template_and_nothing_that_was_sent_or_said(exporter: InMemorySpanExporter) -> None:
    client = Client(raise_request_exception=False)
    client.get("/broken/secret-word/?email=ann@example.org")
    client.get("/nowhere/ann@example.org/")

    told = "".join(span.to_json() for span in exporter.get_finished_spans())
    spans = named(exporter)
    assert set(spans) == {"GET /broken/<str:word>/", "GET unmatched"}
    assert spans["GET /broken/<str:word>/"].status.status_code is StatusCode.ERROR
    assert spans["GET unmatched"].status.status_code is StatusCode.UNSET
    assert "secret" not in told
    assert "ann@" not in told


def test_work_that_fails_is_a_span_with_its_outcome(exporter: InMemorySpanExporter) -> None:
    @jobs.task("test.failing", attempts=2)
    def failing(claim: jobs.Claim) -> None:
        raise ValueError("ann@example.org")

    jobs.enqueue("test.failing")
    runner.run_one()
    Job.objects.update(run_after=Job.objects.get().created_at)
    runner.run_one()

    outcomes = [(span.attributes or {})["biologidex.outcome"] for span in exporter.get_finished_spans()]
    assert outcomes == ["retry", "dead"]
    assert "ann@" not in "".join(span.to_json() for span in exporter.get_finished_spans())


def test_a_trace_goes_on_from_a_trusted_proxy_and_from_nobody_else(
    exporter: InMemorySpanExporter, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = []
    Client().get("/health/", headers={"traceparent": THEIRS})
    (stranger,) = exporter.get_finished_spans()

    settings.TRUSTED_PROXIES = [ipaddress.ip_network("127.0.0.1")]
    Client().get("/health/", headers={"traceparent": THEIRS})
    _, proxy = exporter.get_finished_spans()

    assert trace_of(stranger) != THEIRS[3:35]
    assert trace_of(proxy) == THEIRS[3:35]


def test_without_traces_there_is_no_middleware_and_jobs_carry_none(client: Client, ann: User) -> None:
    client.get("/health/")
    jobs.enqueue("core.sweep_jobs")

    assert "TracingMiddleware" not in repr(client.handler._middleware_chain)
    assert set(Job.objects.values_list("traceparent", flat=True)) == {""}
    assert tracing.current() == ""


ABSENT = """
import sys
sys.modules["opentelemetry"] = None
from biologidex.config.wsgi import application
print("well")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "status", "said"), [("", 0, ""), ("http://127.0.0.1:4318", 1, "requirements/otel.txt")]
)
def test_without_the_packages_all_runs_as_before_and_whoever_wants_traces_is_told_what_to_install(
    tmp_path: Path, address: str, status: int, said: str
) -> None:
    environment = environment_of(
        tmp_path, DJANGO_SETTINGS_MODULE="biologidex.config.settings", BIOLOGIDEX_TRACES_URL=address
    )

    done = subprocess.run(
        [sys.executable, "-c", ABSENT], env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (status, "" if status else "well\n")
    assert said in done.stderr
