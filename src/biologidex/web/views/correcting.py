"""What changes a card as a whole: which animal it is of, and whether it is there at all."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from biologidex.animals.models import Taxon
from biologidex.animals.services import animal_for
from biologidex.core.errors import Forbidden
from biologidex.dex import services
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import links_of, with_card
from biologidex.vision.models import AnalysisJob
from biologidex.web import names
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.candidates import shown_of
from biologidex.web.forms import TaxonForm
from biologidex.web.templatetags.plates import name_of, plate_number
from biologidex.web.tiles import tile_of
from biologidex.web.views.capture import FOUND, LONGEST_QUERY


def _own(request: PersonRequest, entry_id: UUID) -> DexEntry:
    entry = get_object_or_404(with_card(DexEntry.objects.visible_to(request.user)), pk=entry_id)
    if entry.owner_id != request.user.pk:
        raise Forbidden(_("Only its owner can change a card."))
    return entry


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def animal(request: PersonRequest, entry_id: UUID) -> HttpResponse:
    """Say that a card is of another animal. Its number, its statistics and its place in the tree follow."""
    entry = _own(request, entry_id)
    form = TaxonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        taxon = form.cleaned_data["taxon"]
        if "join" not in request.POST and (twin := _twin(entry, taxon)):
            return render(request, "web/animal_join.html", {"entry": entry, "twin": twin, "taxon": taxon})
        number = animal_for(by=request.user, taxon=taxon)
        services.identify_anew(by=request.user, entry=entry, animal=number)
        told = {"number": plate_number(number.creation_index), "name": name_of(taxon)}
        messages.success(request, _("It is %(number)s now, %(name)s.") % told)
        return redirect("web:card", entry_id=entry.pk)
    return _which(request, entry, form)


def _twin(entry: DexEntry, taxon: Taxon) -> DexEntry | None:
    """Return the other card with which this one would become one."""
    others = DexEntry.objects.filter(owner=entry.owner_id, animal__taxon=taxon).exclude(pk=entry.pk)
    return with_card(others).first()


def _which(request: PersonRequest, entry: DexEntry, form: TaxonForm) -> HttpResponse:
    """Ask which animal it is, and show what the photo was thought to show."""
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    found = names.search(query, limit=FOUND)
    jobs = AnalysisJob.objects.visible_to(request.user).filter(status=AnalysisJob.Status.COMPLETED)
    job = jobs.filter(filed_as__entry=entry).select_related("photo").order_by("-completed_at").first()
    tile = tile_of(job) if job else None
    shown = {
        "entry": entry,
        "taxon": entry.animal.taxon,
        "form": form,
        "query": query,
        "found": found,
        "chosen": None,
        "tile": tile,
        **(shown_of(tile, viewer=request.user) if tile else {}),
    }
    return render(request, "web/animal.html", shown, status=400 if form.is_bound else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PersonRequest, entry_id: UUID) -> HttpResponse:
    """Ask whether a card is to go, and tell what goes with it; then take it out of the dex."""
    entry = _own(request, entry_id)
    name = name_of(entry.animal.taxon)
    if request.method == "POST":
        services.delete(by=request.user, entry=entry)
        messages.success(request, _("%(name)s is no longer in your dex.") % {"name": name})
        return redirect("web:dex")
    shown = {
        "entry": entry,
        "taxon": entry.animal.taxon,
        "photo": next((one.photo for one in entry.photos.all()), None),
        "photos": len(entry.photos.all()),
        "links": links_of(request.user).filter(entry=entry).count(),
    }
    return render(request, "web/delete.html", shown)
