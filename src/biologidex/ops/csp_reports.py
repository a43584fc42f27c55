"""What browsers tell us of things on our pages that the content policy kept them from loading."""

import json
import logging
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from biologidex.core.errors import Invalid
from biologidex.core.metrics import SECURITY
from biologidex.core.throttling import address_of, spend

log = logging.getLogger(__name__)
LONGEST = 8192  # bytes; a report has a few hundred
KINDS = {"application/csp-report", "application/json"}


@csrf_exempt  # a browser sends it by itself, without a token
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Log what was refused on which page, without what an address may hold besides. See CSP 3, section 5.3."""
    spend("anonymous", address_of(request))
    if request.content_type not in KINDS:
        return HttpResponse(status=415)
    report = _report(request.read(LONGEST + 1))
    SECURITY.labels("content_policy").inc()
    log.warning(
        "content policy: %s kept %s from the page %s",
        str(report.get("effective-directive") or report.get("violated-directive") or "?")[:60],
        _origin(str(report.get("blocked-uri", ""))),
        _page(str(report.get("document-uri", ""))),
    )
    return HttpResponse(status=204)


def _report(sent: bytes) -> dict[str, Any]:
    try:
        report = json.loads(sent)["csp-report"] if len(sent) <= LONGEST else None
    except (ValueError, KeyError, TypeError, RecursionError):
        report = None
    if not isinstance(report, dict):
        raise Invalid("That is no report of a content policy.")
    return report


def _page(address: str) -> str:
    try:
        return urlsplit(address).path[:100]
    except ValueError:
        return "?"


def _origin(address: str) -> str:
    """Return whose it was: a host, or a word such as `inline`."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "?"
    return (f"{parts.scheme}://{parts.hostname}" if parts.hostname else parts.path)[:100]
