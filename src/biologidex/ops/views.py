"""The description of the API: as a document for programs, and as two pages for people. All from files of our own."""

import json
from functools import cache
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiYamlRenderer

from biologidex.core.schema import Generator


def description() -> dict[str, Any]:
    """Describe the API as OpenAPI 3.1 has it."""
    generator = Generator()  # type: ignore[no-untyped-call]
    described: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return described


@cache
def as_yaml() -> bytes:
    """Write the description as docs/api/openapi.yaml has it."""
    written: bytes = OpenApiYamlRenderer().render(description(), renderer_context={})  # type: ignore[no-untyped-call]
    return written


@cache
def as_json() -> bytes:
    """Write the description for programs without a YAML reader."""
    return json.dumps(json.loads(json.dumps(description(), default=str))).encode()


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Answer with the description: YAML, or JSON for whoever asks for `?format=json` or accepts only that."""
    kinds = ("application/vnd.oai.openapi", "application/vnd.oai.openapi+json", "application/json")
    if request.GET.get("format") == "json" or request.get_preferred_type(kinds) in kinds[1:]:
        return HttpResponse(as_json(), content_type="application/vnd.oai.openapi+json")
    return HttpResponse(as_yaml(), content_type="application/vnd.oai.openapi; charset=utf-8")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the description in Swagger UI, where every call can be tried."""
    return render(request, "ops/docs.html")


@require_safe
@csp_update(
    {"style-src": [SELF, UNSAFE_INLINE], "worker-src": [SELF, "blob:"]}
)  # its styles are made by scripts
def redoc(request: HttpRequest) -> HttpResponse:
    """Show the description in ReDoc, to be read."""
    return render(request, "ops/redoc.html")
