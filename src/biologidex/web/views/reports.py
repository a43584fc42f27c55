"""Telling whoever runs the server that a card or a person should not be here as it is."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from biologidex.accounts.models import User
from biologidex.core.api import status_of
from biologidex.core.errors import DomainError, NotFound
from biologidex.dex import services as dex
from biologidex.dex.models import DexEntry
from biologidex.social import services as social
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.people_forms import ReportForm
from biologidex.web.views.friends import known


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: PersonRequest, entry_id: UUID) -> HttpResponse:
    """Report a card that one sees."""
    seen = DexEntry.objects.visible_to(request.user).exclude(owner=request.user)
    entry = get_object_or_404(seen.select_related("owner", "animal__taxon"), pk=entry_id)
    return _page(request, person=entry.owner, entry=entry)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: PersonRequest, username: str) -> HttpResponse:
    """Report somebody among one's friends and requests."""
    return _page(request, person=known(request, username), entry=None)


def _page(request: PersonRequest, *, person: User, entry: DexEntry | None) -> HttpResponse:
    form, status = ReportForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound and form.is_valid():
        try:
            if entry:
                dex.report_card(by=request.user, entry=entry, **form.cleaned_data)
            else:
                social.report(by=request.user, person=person, **form.cleaned_data)
        except DomainError as error:
            form.blame(error)
            status = status_of(error)
        else:
            messages.success(request, _thanks(request, person))
            return redirect("web:card", entry_id=entry.pk) if entry else redirect("web:friends")
    elif form.is_bound:
        status = 400
    shown = {"form": form, "person": person, "entry": entry, "may_block": _is_known(request, person)}
    return render(request, "web/report.html", shown, status=status)


def _thanks(request: PersonRequest, person: User) -> str:
    """Say that it was taken, and offer what many people want next."""
    thanks = _("Thank you. Whoever runs this server will look at it.")
    if not _is_known(request, person):
        return thanks
    block = _("Block %(name)s") % {"name": person.username}
    return format_html('{} <a href="{}">{}</a>', thanks, reverse("web:block", args=[person.username]), block)


def _is_known(request: PersonRequest, person: User) -> bool:
    try:
        known(request, person.username)
    except NotFound:
        return False
    return True
