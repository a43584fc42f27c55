"""Answers that are kept as they went out, until anything that went into them changes.

A view says what its answers are made of (`inputs`). That is asked of the database at each request, in the question
that finds out who asks: so a change counts at once in every process, and a lost cache makes answers slower but never
wrong. An answer is kept for one viewer, or for everybody if the view is open to all and does not look at who asks.
"""

import functools
import hashlib
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase

import biologidex
from biologidex.core.caching import remember
from biologidex.core.inputs import Inputs
from biologidex.core.metrics import count_lookup
from biologidex.core.prepared import Row
from biologidex.core.routes import route_of
from biologidex.core.throttling import count_request

DAY = 24 * 60 * 60  # seconds after which everything is made anew: answers hold addresses that expire
KEPT = 60 * 60  # seconds; only bounds the room that answers take
PLACES, PLACES_FOR_ALL = 8, 256  # for answers of one kind: asking in ever new ways does not fill the cache
LARGE = 10_000  # bytes from which an answer is kept packed
GZIP = 16 + zlib.MAX_WBITS
VARY = "Accept, Authorization, Cookie, origin, Accept-Encoding"
UNCHANGED = {"Cache-Control": "private, no-cache", "Vary": VARY}


# An answer as it went out: its mark, headers, body, and the body packed; one of the two is empty. No class of ours,
# because what another release has kept must be readable.
Kept = tuple[str, dict[str, str], bytes, bytes]


class Recognises(Protocol):
    """A way to sign in that can tell who asks and what somebody's answers are made of, in one question."""

    def recognise(self, request: HttpRequest, inputs: Inputs) -> tuple[UUID, Row] | None:
        """Return both, None if nobody is to be let in."""


@dataclass(frozen=True)
class Question:
    """What is asked, of which view and for whom, and the version that an answer to it has now."""

    place: str
    version: str
    viewer: UUID | None
    rate: Any
    mark: str  # of the answer, if it may be made of the version


class NotToKeep(Exception):
    """Carries an answer that is not kept past those who would keep it."""

    def __init__(self, answer: HttpResponseBase) -> None:
        self.answer = answer


class KeptAnswersMiddleware:
    """Answers programs' reads from what is kept. Everything that stands after it is only asked for what is not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        try:
            question = _question(request)
        except (OperationalError, InterfaceError):
            question = None  # a database that is away is answered for further on
        if question is None:
            return self.get_response(request)
        held_back, kept = count_request(
            request, str(question.viewer or ""), question.rate, wanted=question.place
        )
        if held_back:
            return self.get_response(request)  # it knows how to refuse
        if question.mark and "HTTP_ORIGIN" not in request.META and _has(request, question.mark):
            return HttpResponseNotModified(headers={**UNCHANGED, "ETag": _tag(question.mark, request)})
        if kept and kept[0] == question.version:
            count_lookup(question.place, found=True)
            return _answer(request, kept[1])
        try:
            made = remember(
                question.place,
                lambda: _as_it_went_out(self.get_response(request), question.mark),
                seconds=KEPT,
                version=question.version,
                is_missed=True,
            )
        except NotToKeep as refusal:
            return refusal.answer
        return _answer(request, made)


def _question(request: HttpRequest) -> Question | None:
    """Return what is asked, None if it is nothing to which an answer is kept, or nobody who is let in."""
    sent = request.META
    if request.method != "GET" or sent.get("HTTP_COOKIE") or not request.path_info.startswith("/api/"):
        return None
    match = route_of(request)
    if match is None:
        return None
    view: Any = getattr(match.func, "cls", None)
    inputs: Inputs | None = getattr(view, "inputs", None)
    if inputs is None:
        return None
    viewer: UUID | None = None
    if view.authentication_classes:
        signing_in: Recognises = view.authentication_classes[0]()
        known = signing_in.recognise(request, inputs)
        if known is None:
            return None
        viewer, told = known
    else:
        told = inputs.now(None)
    path = request.get_full_path()
    asked = (request.scheme, sent.get("HTTP_HOST"), path, sent.get("HTTP_ACCEPT"), sent.get("HTTP_ORIGIN"))
    made_of = (_writer(settings.SECRET_KEY), int(time.time()) // DAY, viewer, asked, told)
    place = zlib.crc32(path.encode(errors="replace")) % (PLACES if viewer else PLACES_FOR_ALL)
    version = hashlib.sha256(ascii(made_of).encode()).hexdigest()[:32]
    return Question(
        f"answer-{match.url_name}:{viewer or 'all'}:{place}",
        version,
        viewer,
        getattr(view, "rate", None),
        "" if inputs.confidential else version,
    )


@functools.cache
def _writer(key: str) -> str:
    """Tell servers apart that would write an answer differently: by their code, and by what they sign with."""
    digest = hashlib.sha256(f"{key} {settings.PHOTO_ADDRESS_DAYS}".encode())
    for file in sorted(Path(biologidex.__path__[0]).rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _as_it_went_out(answer: HttpResponseBase, mark: str) -> Kept:
    if answer.status_code != 200 or not isinstance(answer, HttpResponse) or answer.cookies:
        raise NotToKeep(answer)
    headers = {name: value for name, value in answer.items() if name not in {"ETag", "Content-Length"}}
    headers["Vary"] = ", ".join(filter(None, (headers.get("Vary"), "Accept-Encoding")))
    mark = mark or hashlib.sha256(answer.content).hexdigest()[:32]
    if len(answer.content) < LARGE:
        return mark, headers, answer.content, b""
    packer = zlib.compressobj(1, zlib.DEFLATED, GZIP)
    return mark, headers, b"", packer.compress(answer.content) + packer.flush()


def _answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    mark, headers, plain, packed = kept
    if _has(request, mark):
        answer: HttpResponse = HttpResponseNotModified(headers=headers)
        answer["ETag"] = _tag(mark, request)
        return answer
    is_packed = bool(packed) and "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
    body = packed if is_packed else plain or zlib.decompress(packed, GZIP)
    answer = HttpResponse(body, headers=headers)
    answer["ETag"] = f'"{mark}-gz"' if is_packed else f'"{mark}"'
    answer["Content-Length"] = str(len(body))
    if is_packed:
        answer["Content-Encoding"] = "gzip"
    return answer


def _has(request: HttpRequest, mark: str) -> bool:
    """Whether the program says that it has the answer with this mark, or any."""
    sent = request.META.get("HTTP_IF_NONE_MATCH", "")
    return mark in sent or sent.strip() == "*"


def _tag(mark: str, request: HttpRequest) -> str:
    """Return the tag that the program sent along for this mark."""
    sent = request.META.get("HTTP_IF_NONE_MATCH", "")
    return f'"{mark}-gz"' if f"{mark}-gz" in sent else f'"{mark}"'
