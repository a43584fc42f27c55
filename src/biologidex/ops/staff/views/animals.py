"""The animals here: confirmed, mended, merged; and those whose places are told only roughly."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from biologidex.animals import services
from biologidex.animals.errors import BadTaxon
from biologidex.animals.models import Animal, SensitiveTaxon, Taxon
from biologidex.animals.selectors import animals_named, search_taxa, taxon_named
from biologidex.core import identity
from biologidex.dex.models import DexEntry
from biologidex.dex.services import merge_animals
from biologidex.ops.staff.access import StaffRequest, staff_only
from biologidex.ops.staff.forms import AnimalForm, ReasonForm
from biologidex.ops.staff.pages import asked_for, deeds_to, paged, show

FEW = 10


@staff_only
@require_safe
def animals(request: StaffRequest) -> HttpResponse:
    """List animals: those that nobody has confirmed first, or what is searched for."""
    text = asked_for(request)
    found = animals_named(text) if text else Animal.objects.all()
    rows = found.select_related("taxon__accepted", "created_by").order_by("verified", "creation_index")
    return show(request, "animals", {"page": paged(request, rows), "q": text})


def _animal(animal_id: UUID) -> Animal:
    return get_object_or_404(
        Animal.objects.select_related("taxon__parent", "taxon__accepted", "created_by"), pk=animal_id
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def animal(request: StaffRequest, animal_id: UUID) -> HttpResponse:
    """Show an animal; mend what it is called, confirm it or doubt it."""
    found, do = _animal(animal_id), request.POST.get("do", "")
    taxon = found.taxon
    now = {
        "scientific_name": taxon.scientific_name,
        "common_name": taxon.common_name,
        "parent": taxon.parent.scientific_name if taxon.parent else "",
    }
    form = AnimalForm(request.POST if do == "mend" else None, initial=now)
    brief = ReasonForm(request.POST if do in {"verify", "doubt"} else None)
    is_done = form.is_bound and form.carried_out(
        lambda told: services.mend(
            by=request.user, animal=found, **{**told, "parent": _parent(told["parent"])}
        )
    )
    is_done = is_done or (
        brief.is_bound
        and brief.carried_out(
            lambda told: services.verify(by=request.user, animal=found, is_verified=do == "verify", **told)
        )
    )
    if is_done:
        messages.success(request, _("Done, and written down."))
        return redirect("staff:animal", animal_id=animal_id)
    with identity.everything():
        cards = DexEntry.objects.filter(animal=found).count()
    shown = {
        "animal": found,
        "form": form,
        "brief": brief,
        "cards": cards,
        "deeds": deeds_to("animal", animal_id),
    }
    return show(
        request, "animal", shown, part_of="animals", status=400 if form.is_bound or brief.is_bound else 200
    )


def _parent(name: str) -> Taxon | None:
    if not name.strip():
        return None
    found = taxon_named(name)
    if found is None:
        raise BadTaxon(_("There is no group of this name."), field="parent")
    return found


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: StaffRequest, animal_id: UUID) -> HttpResponse:
    """Choose the animal that this one really is, and let all cards follow."""
    junk, text = _animal(animal_id), asked_for(request)
    form = ReasonForm(request.POST or None)
    if form.is_bound:
        into = get_object_or_404(
            Animal.objects.select_related("taxon__accepted"), pk=request.POST.get("into") or None
        )
        if form.carried_out(lambda told: _merged(request, junk, into, told["reason"])):
            return redirect("staff:animal", animal_id=into.pk)
    with identity.everything():
        cards = DexEntry.objects.filter(animal=junk).count()
    candidates = (
        animals_named(text).exclude(pk=junk.pk).select_related("taxon") if text else Animal.objects.none()
    )
    shown = {"animal": junk, "form": form, "cards": cards, "q": text, "candidates": candidates[:FEW]}
    return show(request, "merge", shown, part_of="animals", status=400 if form.is_bound else 200)


def _merged(request: StaffRequest, junk: Animal, into: Animal, reason: str) -> None:
    result = merge_animals(by=request.user, junk=junk, into=into, reason=reason)
    messages.success(request, _("%(count)d cards have followed.") % {"count": result.moved})
    if result.left:
        messages.error(
            request,
            _("%(count)d cards could not: their notes have no room beside those of the card that is there.")
            % {"count": result.left},
        )


@staff_only
@require_safe
def sensitive(request: StaffRequest) -> HttpResponse:
    """List what is said about whose places are told only roughly, and find what else should be said."""
    text = asked_for(request)
    said = SensitiveTaxon.objects.exclude(standing=SensitiveTaxon.Standing.STRUCK).select_related(
        "taxon", "added_by"
    )
    page = paged(request, said.order_by("taxon__scientific_name"))
    shown = {"page": page, "q": text, "found": search_taxa(text, limit=FEW) if text else []}
    return show(request, "sensitive", shown)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def sensitive_taxon(request: StaffRequest, taxon_id: int) -> HttpResponse:
    """Say something about a taxon, after a look at what that would change."""
    taxon = get_object_or_404(Taxon, pk=taxon_id)
    standing = request.POST.get("standing") or request.GET.get("standing", "")
    standing = standing if standing in SensitiveTaxon.Standing.values else SensitiveTaxon.Standing.LISTED
    form = ReasonForm(request.POST or None)
    if form.is_bound and form.carried_out(
        lambda told: services.decide(by=request.user, taxon=taxon, standing=standing, reason=told["reason"])
    ):
        messages.success(request, _("Done, and written down. Places are told so from now on."))
        return redirect("staff:sensitive")
    effect = services.effect_of(taxon=taxon, standing=standing)
    with identity.everything():
        told = DexEntry.objects.exclude(visibility="private").filter(geoprivacy="open").exclude(latitude=None)
        counts = {
            "hidden_cards": told.filter(animal__in=effect.hidden).count(),
            "told_cards": told.filter(animal__in=effect.told).count(),
        }
    shown = {
        **counts,
        "taxon": taxon,
        "standing": standing,
        "standings": SensitiveTaxon.Standing.values,
        "said": SensitiveTaxon.objects.filter(taxon=taxon).select_related("added_by").first(),
        "effect": effect,
        "form": form,
        "deeds": deeds_to("taxon", taxon_id),
    }
    return show(request, "sensitive_taxon", shown, part_of="sensitive", status=400 if form.is_bound else 200)
