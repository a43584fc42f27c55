"""One card."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from biologidex.animals.selectors import ancestors
from biologidex.core.api import status_of
from biologidex.core.errors import DomainError, Forbidden
from biologidex.dex import services
from biologidex.dex.collection.finds import first_card
from biologidex.dex.details import Details
from biologidex.dex.models import DexEntry
from biologidex.dex.privacy import place_for
from biologidex.dex.selectors import links_of, with_card
from biologidex.media.places import Place
from biologidex.social.selectors import friends_of
from biologidex.vision.models import AnalysisJob
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.forms import CardForm, details_of_entry
from biologidex.web.history import history_of
from biologidex.web.locator import locate, tiles_of
from biologidex.web.templatetags.plates import name_of
from biologidex.web.views.species import MAJOR_RANKS


def _entry(request: PersonRequest, entry_id: UUID) -> DexEntry:
    return get_object_or_404(with_card(DexEntry.objects.visible_to(request.user)), pk=entry_id)


def _date_source(entry: DexEntry) -> str:
    """Say where the date of a card comes from, in the words for places."""
    if entry.catch_date is None:
        return ""
    told = {shown.photo.taken_on for shown in entry.photos.all()}
    return "photo" if entry.catch_date in told else "person"


def _own(request: PersonRequest) -> QuerySet[DexEntry]:
    return DexEntry.objects.visible_to(request.user).filter(owner=request.user)


@signed_in
@require_safe
def card(request: PersonRequest, entry_id: UUID) -> HttpResponse:
    """Show a card to whoever may see it, and its neighbours and its history to its owner."""
    entry = _entry(request, entry_id)
    notices = list(messages.get_messages(request))
    photos = [shown.photo for shown in entry.photos.all()]
    place = place_for(entry, request.user)
    taxon = entry.animal.taxon
    shown = {
        "entry": entry,
        "taxon": taxon,
        "lineage": ancestors(taxon)[::-1],
        "major": MAJOR_RANKS,
        "shown_photos": photos,
        "chosen_photo": _chosen(request, len(photos)),
        "is_own": entry.owner_id == request.user.pk,
        "found_first": first_card(entry.animal_id, viewer=request.user) == entry,
        "date_source": _date_source(entry),
        "place": place,
        "told_place": place_for(entry, None),
        "map": locate([(place, name_of(taxon))]) if place else None,
        "tiles": tiles_of(place) if place else None,
        "notices": notices,
        "is_filed": any("filed" in notice.tags for notice in notices),
        "reveal": any("reveal" in notice.tags for notice in notices),
    }
    if shown["is_own"]:
        shown |= _for_its_owner(request, entry, is_filed=bool(shown["is_filed"]))
    return render(request, "web/card.html", shown)


def _chosen(request: PersonRequest, count: int) -> int:
    """Return which photo of the card is shown large, from 0."""
    asked = request.GET.get("photo", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 1
    return min(max(number, 1), max(count, 1)) - 1


def _for_its_owner(request: PersonRequest, entry: DexEntry, *, is_filed: bool) -> dict[str, Any]:
    number = entry.animal.creation_index
    by_number = _own(request).values_list("pk", "animal__creation_index")
    waiting = AnalysisJob.objects.visible_to(request.user).open().order_by("created_at")
    earlier = by_number.filter(animal__creation_index__lt=number).order_by("-animal__creation_index")
    later = by_number.filter(animal__creation_index__gt=number).order_by("animal__creation_index")
    return {
        "waiting": waiting.values_list("pk", flat=True) if is_filed else [],
        "before": earlier.first(),
        "after": later.first(),
        "history": history_of(entry),
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: PersonRequest, entry_id: UUID) -> HttpResponse:
    """Change what a card of one's own says."""
    entry = _entry(request, entry_id)
    if entry.owner_id != request.user.pk:
        raise Forbidden(_("Only its owner can change a card."))
    sent = request.POST if request.method == "POST" else None
    form = CardForm(sent, initial=details_of_entry(entry), known_place=Place.of(entry))
    status = 200
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                services.edit(by=request.user, entry=entry, details=form.details(Details.of(entry)))
                services.choose_style(by=request.user, entry=entry, style=form.cleaned_data["style"])
        except DomainError as error:
            form.blame(error)
            status = status_of(error)
        else:
            messages.success(request, _("The card says so now."))
            return redirect("web:card", entry_id=entry.pk)
    elif form.is_bound:
        status = 400
    links = links_of(request.user).filter(entry=entry, revoked_at=None, expires_at__gt=timezone.now())
    shown = {
        "entry": entry,
        "taxon": entry.animal.taxon,
        "form": form,
        "place_source": entry.place_source,
        "friends": friends_of(request.user).count(),
        "open_links": links.count(),
    }
    return render(request, "web/edit.html", shown, status=status)


@signed_in
@require_POST
def favorite(request: PersonRequest, entry_id: UUID) -> HttpResponse:
    """Mark a card as a favourite, or no longer."""
    entry = services.mark_favorite(
        by=request.user, entry=_entry(request, entry_id), is_favorite=request.POST.get("is_favorite") == "1"
    )
    in_dex = request.POST.get("from") == "dex"
    if request.htmx:
        piece = "web/_star.html" if in_dex else "web/_favorite.html"
        return render(request, piece, {"entry": entry})
    return redirect("web:dex") if in_dex else redirect("web:card", entry_id=entry.pk)
