"""What load balancers, containers and people ask: is it alive, can it work, what exactly is wrong?"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from biologidex.core.bounded import Failed, NoAnswer
from biologidex.ops import metrics, vitals
from biologidex.ops.vitals import OK, UNUSED, Finding

DEGRADED, UNAVAILABLE = "degraded", "unavailable"
checks = vitals.checks()
Findings = dict[str, Finding]


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer that the process is alive. Touches nothing: a database that is down is no reason to restart us."""
    return JsonResponse({"status": OK})


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer 200 if requests can be served, perhaps slower than usual, 503 if not, and which part is to blame."""
    found = vitals.examine(checks, ["database", "redis"])
    return _answer({name: finding for name, finding in found.items() if finding.state != UNUSED})


@require_safe
@never_cache
def deep(request: HttpRequest) -> HttpResponse:
    """Answer how every part is: plain words for everybody, numbers for the operator."""
    found = vitals.all_parts(checks)
    more = {"details": _details(found)} if _may_know(request, found) else {}
    return _answer(found, **more)


def _answer(found: Findings, **more: Any) -> HttpResponse:
    status = _status(found)
    states = {name: finding.state for name, finding in found.items()}
    return JsonResponse(
        {"status": status, "checks": states, **more}, status=503 if status == UNAVAILABLE else 200
    )


def _status(found: Findings) -> str:
    """Say whether requests can be served: without a database none, without the rest fewer or slower."""
    vital = [found[name].state for name in ("database", "migrations") if name in found]
    if set(vital) != {OK}:
        return UNAVAILABLE
    return OK if {finding.state for finding in found.values()} <= {OK, UNUSED} else DEGRADED


def _may_know(request: HttpRequest, found: Findings) -> bool:
    """Whether numbers may be told. Who signed in is looked up only in a database that has just answered."""
    if metrics.may_read(request):
        return True
    can_ask = found["database"].state == OK and found["migrations"].state == OK
    return can_ask and settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_staff


def _details(found: Findings) -> dict[str, Any]:
    numbers: dict[str, Any] = {name: finding.details for name, finding in found.items() if finding.details}
    try:
        waiting = metrics.waiting.answer()
    except (NoAnswer, Failed):
        return numbers
    due = {"waiting": sum(waiting.by_name.values()), "oldest_due_seconds": round(waiting.oldest_seconds, 1)}
    return {**numbers, "jobs": due}
