"""Pages by cursor: the last row of a page says where the next one begins, so nothing that is added shifts it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core import signing
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

PAGE, LONGEST_PAGE = 50, 200
CURSOR, SALT = "cursor", "core.cursors"
Place = list[Any]  # the values that a row has in the columns of the order


class CursorPages(PageNumberPagination):
    """An object with `next`, `previous` and `results`.

    `ordering` names columns that are never null, and the last of them is unique: two rows never have one place.
    (DRF's own looks at the first column alone and counts rows within equal values of it, which does shift; and
    whatever somebody writes into its cursors reaches the database.)
    """

    page_size = PAGE
    page_size_query_param = "page_size"
    max_page_size = LONGEST_PAGE
    ordering: Sequence[str] = ("pk",)

    def paginate_queryset(
        self,
        queryset: Any,
        request: Request,
        view: APIView | None = None,  # noqa: ARG002
    ) -> list[Any]:
        """Return the rows of the page that the address names."""
        self._address = request.build_absolute_uri()
        # A cursor leads on in the list that gave it, and nowhere else: another's columns hold other things.
        self._salt = ":".join((SALT, request.path, *self.ordering))
        place, back, itself = self._read(request.query_params.get(CURSOR))
        order = [_turned(name) for name in self.ordering] if back else list(self.ordering)
        rows = queryset.order_by(*order)
        if place is not None:
            rows = rows.filter(_beyond(order, place, itself=itself))
        size = self.get_page_size(request) or PAGE
        found = list(rows[: size + 1])
        more, page = len(found) > size, found[:size]
        if back:
            page.reverse()
        first, last = (self._place(page[0]), self._place(page[-1])) if page else (place, place)
        self._next = self._link(last, back=False, itself=not page) if more or back else None
        earlier = more if back else place is not None
        self._previous = self._link(first, back=True, itself=not page) if earlier else None
        return page

    def get_paginated_response(self, data: Any) -> Response:
        """Wrap one page."""
        return Response({"next": self._next, "previous": self._previous, "results": data})

    def _place(self, row: Any) -> Place:
        return [_written(_value(row, name.lstrip("-"))) for name in self.ordering]

    def _link(self, place: Place | None, *, back: bool, itself: bool) -> str:
        return replace_query_param(
            self._address, CURSOR, signing.dumps([place, back, itself], salt=self._salt)
        )

    def _read(self, cursor: str | None) -> tuple[Place | None, bool, bool]:
        """Return a place, whether to go back from it, and whether its own row belongs to the page."""
        if not cursor:
            return None, False, False
        try:
            place, back, itself = signing.loads(cursor, salt=self._salt)
        except (signing.BadSignature, ValueError):
            raise NotFound(_("This is no cursor of this list's.")) from None
        return place, back, itself


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: Sequence[str], place: Place, *, itself: bool) -> Q:
    """Say which rows come after a place: those that differ in some column and are equal in all before it."""
    after, equal = Q(pk__in=()), Q()
    for name, value in zip(order, place, strict=True):
        column = name.lstrip("-")
        after |= equal & Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{column: value})
    if itself:
        after |= equal
    # Implied by the rest, and what an index can be asked for.
    bound = f"{order[0].lstrip('-')}__{'lte' if order[0].startswith('-') else 'gte'}"
    return Q(**{bound: place[0]}) & after


def _value(row: Any, name: str) -> Any:
    if isinstance(row, Mapping):
        return row[name] if name in row else row["id" if name == "pk" else name]
    for part in name.split("__"):
        row = getattr(row, part)
    return row


def _written(value: Any) -> Any:
    if isinstance(value, date):  # and times
        return value.isoformat()
    return value if isinstance(value, int | float | str) else str(value)
