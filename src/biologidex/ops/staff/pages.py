"""What the staff pages share: their list, and the names of people in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from biologidex.accounts.models import User
from biologidex.core.audit import COMMAND_LINE
from biologidex.core.models import AuditEntry
from biologidex.ops.staff.access import StaffRequest

ROWS = 50
LONGEST_QUERY = 100


@dataclass(frozen=True)
class Page:
    """A staff page."""

    name: str  # of its address
    icon: str
    label: str | Promise


PAGES = [
    Page("overview", "shield", gettext_lazy("Overview")),
    Page("reports", "warning", gettext_lazy("Reports")),
    Page("people", "person", gettext_lazy("People")),
    Page("animals", "book", gettext_lazy("Animals")),
    Page("sensitive", "private", gettext_lazy("Sensitive animals")),
    Page("jobs", "list", gettext_lazy("Jobs")),
    Page("costs", "star", gettext_lazy("Costs")),
    Page("audit", "note", gettext_lazy("Audit trail")),
]


def show(
    request: StaffRequest, name: str, shown: dict[str, Any], *, part_of: str = "", status: int = 200
) -> HttpResponse:
    """Show one of the pages; its template is called as its address is."""
    here = next((page for page in PAGES if page.name == (part_of or name)), None)
    told = {"pages": PAGES, "here": here, **shown}
    return render(request, f"ops/staff/{name}.html", told, status=status)


def paged(request: StaffRequest, rows: QuerySet[Any]) -> Any:
    """Return the page of rows that is asked for."""
    return Paginator(rows, ROWS).get_page(request.GET.get("page"))


def asked_for(request: StaffRequest) -> str:
    """Return what somebody searches for."""
    return request.GET.get("q", "").strip()[:LONGEST_QUERY].replace("\x00", "")


@dataclass(frozen=True)
class Deed:
    """A line of the audit trail, with people by their names as long as they are here."""

    entry: AuditEntry
    actor: str
    target: str


def deeds(entries: Iterable[AuditEntry]) -> list[Deed]:
    """Return lines of the audit trail, with one question for all names in them."""
    lines = list(entries)
    ids = {line.actor_id for line in lines}
    ids |= {line.target_id for line in lines if line.target_kind == "person"}
    people = User.objects.filter(pk__in=[one for one in ids if _is_id(one)])
    names = {str(pk): name for pk, name in people.values_list("pk", "username")}

    def name_of(person: str) -> str:
        return COMMAND_LINE if person == COMMAND_LINE else names.get(person, _("somebody who has left"))

    return [
        Deed(
            line,
            name_of(line.actor_id),
            name_of(line.target_id) if line.target_kind == "person" else line.target,
        )
        for line in lines
    ]


def deeds_to(kind: str, pk: object) -> list[Deed]:
    """Return what staff have done to one thing, the newest first."""
    done = AuditEntry.objects.of_staff().filter(target_kind=kind, target_id=str(pk))
    return deeds(done.order_by("-at", "-pk")[:ROWS])


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
