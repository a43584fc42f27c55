"""One taxon: what it is, and where and when it was found, as far as whoever looks may see that."""

from dataclasses import dataclass
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from biologidex.animals.conservation import CATEGORIES
from biologidex.animals.models import Animal, ConservationStatus, Taxon
from biologidex.animals.selectors import ancestors, names_of
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import finders_of, months_of, places_of, sightings_of, with_card
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.locator import locate
from biologidex.web.names import prepare

SIGHTINGS = 24
MAJOR_RANKS = ("kingdom", "phylum", "class", "order", "family", "genus", "species")  # those that people know
TALLEST = 100  # of a bar of the calendar, in hundredths


@dataclass(frozen=True)
class Month:
    """A month of the calendar, with how many finds fell into it."""

    name: str
    short: str
    count: int
    height: int


def _calendar(counts: dict[int, int]) -> list[Month]:
    most = max(counts.values(), default=0)
    return [
        Month(str(MONTHS[n]), str(MONTHS_3[n]), counts.get(n, 0), TALLEST * counts.get(n, 0) // (most or 1))
        for n in MONTHS
    ]


def _language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def links_out(taxon: Taxon) -> list[tuple[str, str]]:
    """Return where else to read about a taxon. These are plain links: nothing is asked of them before a click."""
    name = quote(taxon.scientific_name, safe="")
    language = (get_language() or "en").partition("-")[0]
    ncbi = f"https://www.ncbi.nlm.nih.gov/taxonomy/?term={name}"
    if taxon.source == Taxon.Source.NCBI:
        ncbi = (
            f"https://www.ncbi.nlm.nih.gov/Taxonomy/Browser/wwwtax.cgi?id={quote(taxon.source_id, safe='')}"
        )
    return [
        ("NCBI Taxonomy", ncbi),
        ("GBIF", f"https://www.gbif.org/species/search?q={name}"),
        ("iNaturalist", f"https://www.inaturalist.org/taxa/search?q={name}"),
        ("Wikipedia", f"https://{language}.wikipedia.org/w/index.php?search={name}"),
    ]


@signed_in
@require_safe
def species(request: PersonRequest, taxon_id: int) -> HttpResponse:
    """Show a taxon; a synonym leads to the name that is accepted."""
    taxon = get_object_or_404(Taxon, pk=taxon_id)
    if taxon.accepted_id:
        return redirect("web:species", taxon_id=taxon.accepted_id)
    sightings = sightings_of(taxon, viewer=request.user)
    newest = list(with_card(sightings.order_by("-created_at", "pk"))[:SIGHTINGS])
    prepare([taxon, *(entry.animal.taxon for entry in newest)])
    animal = Animal.objects.filter(taxon=taxon).first()
    own = DexEntry.objects.filter(owner=request.user, animal=animal) if animal else DexEntry.objects.none()
    status = ConservationStatus.objects.filter(taxon=taxon).first()
    names = names_of(taxon)
    shown = {
        "taxon": taxon,
        "animal": animal,
        "lineage": ancestors(taxon)[::-1],
        "major": MAJOR_RANKS,
        "names": [
            (code or "en", _language_name(code or "en"), told) for code, told in names.vernacular.items()
        ],
        "synonyms": names.synonyms,
        "status": status,
        "category": _(CATEGORIES[status.status]) if status else "",
        "own": with_card(own).first(),
        "finders": finders_of([animal.pk], viewer=request.user).get(animal.pk) if animal else None,
        "sightings": newest,
        "total": sightings.count(),
        "calendar": _calendar(months_of(sightings)),
        "links": links_out(taxon),
        "map": locate(
            [(place, one.owner.username) for one, place in places_of(sightings, viewer=request.user)]
        ),
    }
    answer = render(request, "web/species.html", shown)
    answer["X-DNS-Prefetch-Control"] = "off"  # nor does the browser look up where the links lead
    return answer
