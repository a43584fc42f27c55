"""What the server says about itself to programs."""

import re
from importlib.metadata import version

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from biologidex.core.api import OpenView
from biologidex.core.versioning import V1, V2
from biologidex.ops.serializers import IndexOut, VersionOut

ROOT = "api/v1/"


class Index(OpenView):
    """The entrance."""

    @extend_schema(
        tags=["server"],
        operation_id="index",
        responses=IndexOut,
        description="Where a program that knows nothing yet finds the rest: every address that needs nothing filled "
        "in, and the full description.",
    )
    def get(self, request: Request) -> Response:
        """Name the addresses."""
        names = sorted(_plain_paths(get_resolver().url_patterns))
        return Response(
            {
                "name": "BiologiDex",
                "versions": [V1, V2],
                "schema": request.build_absolute_uri(reverse("ops:schema")),
                "documentation": request.build_absolute_uri(reverse("ops:docs")),
                "lists": {name: request.build_absolute_uri(f"/{ROOT}{name}/") for name in names},
            }
        )


class Version(OpenView):
    """Which server this is."""

    @extend_schema(
        tags=["server"],
        operation_id="version",
        parameters=[
            OpenApiParameter(
                "X-Client-Version", OpenApiTypes.STR, OpenApiParameter.HEADER, description="What asks."
            )
        ],
        responses=VersionOut,
        description="Which server this is, what it can do, and whether the program that asks has to be updated "
        "(only where the operator has set `BIOLOGIDEX_CLIENT_VERSION`).",
    )
    def get(self, request: Request) -> Response:
        """Tell."""
        expected: str = settings.CLIENT_VERSION
        outdated = bool(expected) and request.headers.get("X-Client-Version", "") != expected
        return Response(
            {
                "version": version("biologidex"),
                "git_commit": settings.COMMIT,
                "version_check_enabled": bool(expected),
                "expected_version": expected,
                "update_required": outdated,
                "update_message": f"Please update to version {expected}." if outdated else "",
                "features": {
                    "api_versions": [V1, V2],
                    "identification": settings.VISION_PROVIDERS,
                    "max_upload_mb": settings.MAX_UPLOAD_MB,
                },
            }
        )


def _plain_paths(patterns: list[URLPattern | URLResolver], before: str = "") -> set[str]:
    """Return the paths below the API's root in which nothing has to be filled in."""
    found: set[str] = set()
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found |= _plain_paths(pattern.url_patterns, path)
        elif plain := re.fullmatch(rf"{ROOT}([\w/-]+)/", path):
            found.add(plain[1])
    return found
