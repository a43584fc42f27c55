"""Answers that are kept as they are written, until anything that went into them changes.

What went in is asked of the database at each request, in the question that finds out who asks: so a change counts at
once in every process, and a lost cache makes answers slower but never wrong. An answer is kept for one viewer, or
for everybody if the view is open to all and does not look at who asks.
"""

import functools
import hashlib
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework.request import Request

import biologidex
from biologidex.core.caching import remember
from biologidex.core.inputs import Inputs
from biologidex.core.renderers import FastJSONRenderer

View = TypeVar("View", bound=type)
Packed = tuple[bool, bytes]  # whether it is packed, and the bytes

DAY = 24 * 60 * 60  # seconds after which everything is made anew: answers hold addresses that expire
KEPT = 60 * 60  # seconds; only bounds the room that answers take
PLACES, PLACES_FOR_ALL = 8, 256  # for answers of one kind: asking in ever new ways does not fill the cache
LARGE = 10_000  # bytes from which an answer is kept packed
GZIP = 16 + zlib.MAX_WBITS
INPUTS, PUBLIC_FOR, TOLD = (
    "inputs",
    "public_for",
    "told_inputs",
)  # attributes of a view; the last of a request


def kept(view_class: View) -> View:
    """Let a view's GET be answered from what is kept, as long as its `inputs` are the same.

    Everything else that the answer depends on must be in the request: address, parameters, version of the API. With
    `public_for` whoever gets the answer need not ask again for so many seconds. Stands above whatever else decorates
    the view: what is kept is given without asking further.
    """
    get: Callable[..., Any] = view_class.get  # type: ignore[attr-defined]

    @functools.wraps(get)
    def answered(view: object, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        viewer = request.user.pk if request.user else None
        version = _version(request, viewer, _told(view, request, viewer))
        confidential = getattr(view, INPUTS).confidential
        if not confidential and (unchanged := _unchanged(request, version)):
            return unchanged
        content = remember(
            _place(request, viewer),
            lambda: _packed(get(view, request, *args, **kwargs)),
            seconds=KEPT,
            version=version,
        )
        mark = hashlib.sha256(content[1]).hexdigest()[:32] if confidential else version
        if confidential and (unchanged := _unchanged(request, mark)):
            return unchanged
        answer = _answer(request, mark, content)
        if seconds := getattr(view, PUBLIC_FOR, 0):
            answer["Cache-Control"] = f"public, max-age={seconds}"
        return answer

    view_class.get = answered  # type: ignore[attr-defined]
    return view_class


def _unchanged(request: Request, mark: str) -> HttpResponseBase | None:
    """Return 304 if the program has the answer with this mark."""
    known = request.META.get("HTTP_IF_NONE_MATCH", "")
    if mark not in known:
        return None
    return HttpResponseNotModified(headers={"ETag": _tag(mark, is_packed=f"{mark}-gz" in known)})


def wanted_inputs(request: Request) -> Inputs | None:
    """Return what the request's view wants told of the person who asks, along with who it is."""
    return getattr(request.parser_context["view"], INPUTS, None)


def tell(request: Request, told: tuple[Any, ...]) -> None:
    """Note what was told along with who asks."""
    setattr(request._request, TOLD, told)


def _told(view: object, request: Request, viewer: UUID | None) -> tuple[Any, ...]:
    told: tuple[Any, ...] | None = getattr(request._request, TOLD, None)
    if told is None:
        inputs: Inputs = getattr(view, INPUTS)
        told = inputs.now(viewer)
    return told


def _version(request: Request, viewer: UUID | None, told: tuple[Any, ...]) -> str:
    asked = request._request
    address = f"{asked.scheme}://{asked.get_host()}{asked.get_full_path()}"
    made_of = (_writer(settings.SECRET_KEY), int(time.time()) // DAY, viewer, request.version, address, told)
    return hashlib.sha256(ascii(made_of).encode()).hexdigest()[:32]


@functools.cache
def _writer(key: str) -> str:
    """Tell servers apart that would write an answer differently: by their code, and by what they sign with."""
    digest = hashlib.sha256(f"{key} {settings.PHOTO_ADDRESS_DAYS}".encode())
    for file in sorted(Path(biologidex.__path__[0]).rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _place(request: Request, viewer: UUID | None) -> str:
    asked = request._request
    places = PLACES if viewer else PLACES_FOR_ALL
    place = zlib.crc32(asked.get_full_path().encode(errors="replace")) % places
    name = asked.resolver_match.url_name if asked.resolver_match else ""
    return f"answer-{name}:{viewer or 'all'}:{place}"


def _packed(answer: Any) -> Packed:
    content: bytes = FastJSONRenderer().render(answer.data)
    if len(content) < LARGE:
        return False, content
    packer = zlib.compressobj(1, zlib.DEFLATED, GZIP)
    return True, packer.compress(content) + packer.flush()


def _answer(request: Request, mark: str, content: Packed) -> HttpResponse:
    is_packed, body = content
    # Whoever can watch us answer a browser must not learn from lengths what is in its answers.
    if is_packed and (
        request.META.get("HTTP_COOKIE") or "gzip" not in request.META.get("HTTP_ACCEPT_ENCODING", "")
    ):
        is_packed, body = False, zlib.decompress(body, GZIP)
    answer = HttpResponse(body, content_type="application/json")
    answer["ETag"] = _tag(mark, is_packed=is_packed)
    if is_packed:
        answer["Content-Encoding"] = "gzip"
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer


def _tag(mark: str, *, is_packed: bool) -> str:
    return f'"{mark}-gz"' if is_packed else f'"{mark}"'
