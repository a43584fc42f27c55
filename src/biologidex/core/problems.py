"""An error as RFC 9457 has it: what version 2 of the API answers."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

OF_THE_WHOLE = "non_field_errors"  # where a form puts what no single field is to blame for
CONTENT_TYPE = "application/problem+json"


def flat(told: Any) -> dict[str, Any]:
    """Return what a form says as the existing client reads it: sentences by the field that was sent, or `detail`.

    A bare list kills that client's handler, and what lies deeper than one list it does not see. So of a field made
    of others each sentence begins with where in it: `0.user_id: This field is required.`
    """
    if not isinstance(told, Mapping):
        return {"detail": " ".join(_sentences(told))}
    whole = {"detail", "code"}
    return {name: str(said) if name in whole else list(_sentences(said)) for name, said in told.items()}


def _sentences(said: Any, where: str = "") -> Iterator[str]:
    if isinstance(said, str):
        yield f"{where}: {said}" if where else said
        return
    inner = said.items() if isinstance(said, Mapping) else enumerate(said)
    for name, part in inner:
        # Several sentences about one thing stand side by side in a list: it has no place of its own.
        is_place = isinstance(said, Mapping) or not isinstance(part, str)
        step = str(name) if is_place and name != OF_THE_WHOLE else ""
        yield from _sentences(part, ".".join(word for word in (where, step) if word))


def problem(status: int, told: Mapping[str, Any]) -> dict[str, Any]:
    """Write what version 1 tells as a problem document, with the fields that are to blame under `errors`."""
    fields = {name: said for name, said in told.items() if name not in {"detail", "code"}}
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    document |= {name: str(told[name]) for name in ("detail", "code") if told.get(name)}
    return {**document, "errors": fields} if fields else document
