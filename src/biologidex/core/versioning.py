"""Which version of the API an answer is in: the address says v1, the Accept header may ask for v2.

v2 differs in two things only: lists have cursors instead of page numbers, and errors are problem documents
(RFC 9457).
"""

from typing import Any

from django.http import HttpRequest
from rest_framework.exceptions import NotAcceptable
from rest_framework.request import Request
from rest_framework.utils.mediatypes import _MediaType
from rest_framework.versioning import BaseVersioning

V1, V2 = "v1", "v2"


class AcceptVersion(BaseVersioning):
    """Reads `Accept: application/json; version=v2`. Without a version it is v1; one that is unknown is 406."""

    def determine_version(self, request: Request, *args: Any, **kwargs: Any) -> str:  # noqa: ARG002
        """Return `v1` or `v2`."""
        told = _MediaType(request.accepted_media_type or "").params.get("version", V1)
        if told not in {V1, V2}:
            raise NotAcceptable("This server speaks version=v1 and version=v2.")
        return str(told)


def is_v2(request: Request) -> bool:
    """Whether the answer shall be in v2. False as long as nobody could tell."""
    return getattr(request, "version", None) == V2


def wants_v2(request: HttpRequest) -> bool:
    """Whether a request that no view of the API has answered asks for v2."""
    return any(str(accepted.params.get("version")) == V2 for accepted in request.accepted_types)
