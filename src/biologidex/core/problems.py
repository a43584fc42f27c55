"""An error as RFC 9457 has it: what version 2 of the API answers."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

CONTENT_TYPE = "application/problem+json"


def problem(status: int, told: Mapping[str, Any]) -> dict[str, Any]:
    """Write what version 1 tells as a problem document, with the fields that are to blame under `errors`."""
    fields = {name: said for name, said in told.items() if name not in {"detail", "code"}}
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    document |= {name: str(told[name]) for name in ("detail", "code") if told.get(name)}
    return {**document, "errors": fields} if fields else document
