"""Traces for whoever wants them: a request, what it enqueued and the worker that did it are one.

Needs the extra `otel` and BIOLOGIDEX_TRACES_URL. Without them nothing here does anything: no middleware, no import.
Spans carry templates and ids, never what somebody sent; of an exception only its kind.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from biologidex.core.logging import current_request_id, trace_id
from biologidex.core.metrics import METHODS, OTHER, endpoint_of

if TYPE_CHECKING:  # this starts before there are models
    from biologidex.core.models import Job

TRACEPARENT = "traceparent"  # of W3C Trace Context, as a header and on a job's row


class Tracing:
    """Whether this process traces, and by what."""

    tracer: Any = None


def start() -> None:
    """Send spans to the collector that an operator named, if any did."""
    if not settings.TRACES_URL:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http import trace_exporter  # noqa: PLC0415 -- optional dependency
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 -- optional dependency
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 -- optional dependency
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 -- optional dependency
    except ImportError as error:
        raise ImproperlyConfigured(
            "BIOLOGIDEX_TRACES_URL needs more packages: pip install -r requirements/otel.txt"
        ) from error
    of_us = Resource.create({"service.name": "biologidex", "service.version": version("biologidex")})
    exporter = trace_exporter.OTLPSpanExporter(endpoint=settings.TRACES_URL)
    provider = TracerProvider(resource=of_us)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    use(provider)


def use(provider: Any) -> None:
    """Trace by this provider from now on, or not at all if it is None."""
    Tracing.tracer = provider.get_tracer("biologidex") if provider else None


def current() -> str:
    """Return what a job has to keep to become part of the trace; "" outside of one."""
    if Tracing.tracer is None:
        return ""
    from opentelemetry.trace.propagation import tracecontext  # noqa: PLC0415 -- optional dependency

    carrier: dict[str, str] = {}
    tracecontext.TraceContextTextMapPropagator().inject(carrier)
    return carrier.get(TRACEPARENT, "")


@contextmanager
def _span(name: str, *, parent: str, server: bool) -> Iterator[Any]:
    """Make everything in the block part of one span, which goes on a trace from elsewhere or begins one."""
    from opentelemetry.context import Context  # noqa: PLC0415 -- optional dependency
    from opentelemetry.trace import SpanKind, StatusCode, format_trace_id  # noqa: PLC0415 -- optional dependency
    from opentelemetry.trace.propagation import tracecontext  # noqa: PLC0415 -- optional dependency

    propagator = tracecontext.TraceContextTextMapPropagator()
    with Tracing.tracer.start_as_current_span(
        name,
        context=propagator.extract({TRACEPARENT: parent}, Context()),
        kind=SpanKind.SERVER if server else SpanKind.CONSUMER,
        record_exception=False,  # its words may hold anything
        set_status_on_exception=False,
    ) as span:
        trace_id.set(format_trace_id(span.get_span_context().trace_id))
        try:
            yield span
        except BaseException as error:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(StatusCode.ERROR)
            raise


@contextmanager
def of_job(job: "Job") -> Iterator[None]:
    """Make the work of the block part of the trace in which it was enqueued."""
    if Tracing.tracer is None:
        yield
        return
    before = trace_id.get()
    try:
        with _span(f"job {job.name}", parent=job.traceparent, server=False) as span:
            span.set_attribute("messaging.message.id", str(job.pk))
            span.set_attribute("biologidex.request_id", current_request_id())
            span.set_attribute("biologidex.attempt", job.attempts)
            yield
    finally:
        trace_id.set(before)


def note(name: str, value: str) -> None:
    """Write something on the span that we are in, if there is one."""
    if Tracing.tracer is not None:
        from opentelemetry.trace import get_current_span  # noqa: PLC0415 -- optional dependency

        get_current_span().set_attribute(name, value)


class TracingMiddleware:
    """Makes each request a span. A trusted proxy may have begun the trace (core/proxies.py)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if Tracing.tracer is None:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer. The trace's id stays until this thread's next request, as the request's own does."""
        from opentelemetry.trace import StatusCode  # noqa: PLC0415 -- optional dependency

        method = request.method if request.method in METHODS else OTHER
        with _span(str(method), parent=request.headers.get(TRACEPARENT, ""), server=True) as span:
            answer = self.get_response(request)
            endpoint = endpoint_of(request)
            span.update_name(f"{method} {endpoint}")
            span.set_attribute("http.request.method", method)
            span.set_attribute("http.route", endpoint)
            span.set_attribute("http.response.status_code", answer.status_code)
            span.set_attribute("biologidex.request_id", current_request_id())
            if answer.status_code >= 500:
                span.set_status(StatusCode.ERROR)
            return answer
