"""How threatened taxa are, as somebody says who may be named."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from biologidex.animals.conservation import CATEGORIES, code_of, is_graver
from biologidex.animals.errors import NoSuchStatus
from biologidex.animals.models import Animal, ConservationStatus, Taxon
from biologidex.animals.nomenclature import normal
from biologidex.animals.selectors import taxon_named
from biologidex.animals.services.sensitivity import FEW, reassess

LONGEST_SOURCE = 100


@dataclass(frozen=True)
class Told:
    """A line of a list: a name, and the category that it says."""

    line: int
    name: str
    category: str


@dataclass(frozen=True)
class Heard:
    """What became of a line: `set`, `unchanged`, `repeated`, `unknown name` or `unknown category`."""

    told: Told
    outcome: str
    taxon: Taxon | None = None


@dataclass
class _Listening:
    """What one list has said so far, by taxon."""

    source: str
    said: dict[int, str] = field(default_factory=dict)

    @transaction.atomic
    def hear(self, batch: list[Told]) -> list[Heard]:
        """Write down what these lines say, and mark the animals accordingly."""
        taxa = _taxa_named({one.name for one in batch})
        there = ConservationStatus.objects.filter(taxon__in={taxon.pk for taxon in taxa.values()})
        known = {one.taxon_id: (one.status, one.source) for one in there}
        heard, new = [], dict[int, str]()
        for told in batch:
            taxon, code = taxa.get(told.name), code_of(told.category)
            outcome = self._judged(taxon, code, known)
            if taxon and outcome in {"set", "unchanged"}:
                self.said[taxon.pk] = new[taxon.pk] = code
            heard.append(Heard(told, outcome, taxon))
        if self._write(new):
            reassess()
        return heard

    def _judged(self, taxon: Taxon | None, code: str, known: dict[int, tuple[str, str]]) -> str:
        if taxon is None:
            return "unknown name"
        if not code:
            return "unknown category"
        before = self.said.get(taxon.pk)
        if before and not is_graver(code, before):
            return "repeated"
        return "unchanged" if known.get(taxon.pk) == (code, self.source) else "set"

    def _write(self, new: dict[int, str]) -> int:
        """Return how many animals that somebody has found are told of otherwise now."""
        changed, now = 0, timezone.now()
        ConservationStatus.objects.bulk_create(
            [
                ConservationStatus(taxon_id=taxon, status=code, source=self.source, set_at=now)
                for taxon, code in new.items()
            ],
            update_conflicts=True,
            unique_fields=["taxon"],
            update_fields=["status", "source", "set_at"],
        )
        for code in set(new.values()):
            of_this = [taxon for taxon, other in new.items() if other == code]
            different = Animal.objects.filter(taxon__in=of_this).exclude(
                conservation_status=code, conservation_source=self.source
            )
            changed += different.update(
                conservation_status=code, conservation_source=self.source, updated_at=now
            )
        return changed


def set_statuses(told: Iterable[Told], *, source: str) -> Iterator[Heard]:
    """Set the status of every taxon that a list names, and say of each line what became of it.

    The list is read as far as the answer is, so its length does not matter. Of two lines about one taxon the graver
    counts. A synonym means its accepted taxon.
    """
    if not source.strip() or len(source) > LONGEST_SOURCE:
        raise NoSuchStatus(f"Say in at most {LONGEST_SOURCE} letters where the conservation status is from.")
    listening, lines = _Listening(source.strip()), iter(told)
    while batch := list(islice(lines, FEW)):
        yield from listening.hear(batch)


def _taxa_named(names: set[str]) -> dict[str, Taxon]:
    """Return by name the taxa that are meant. Most names are accepted and unique, and cost one question together."""
    written = {name: normal(name) for name in names}
    found: dict[str, list[Taxon]] = {}
    for taxon in Taxon.objects.filter(scientific_name__in=set(written.values())).select_related("accepted"):
        found.setdefault(taxon.scientific_name, []).append(taxon.accepted or taxon)
    meant = {
        name: alike[0] if len(alike := found.get(text, [])) == 1 else taxon_named(text)
        for name, text in written.items()
    }
    return {name: taxon for name, taxon in meant.items() if taxon}


@transaction.atomic
def set_status(*, animal: Animal, status: str, source: str) -> Animal:
    """Say how threatened an animal is, by a Red List code or its words, and who says so; empty for not known."""
    code = code_of(status)
    if status and not code:
        raise NoSuchStatus(
            f"There is no conservation status '{status[:40]}'. There are {', '.join(CATEGORIES)}.",
            field="conservation_status",
        )
    if code and not source:
        raise NoSuchStatus(_("Say where the conservation status is from."), field="conservation_source")
    told = ConservationStatus.objects.filter(taxon=animal.taxon_id)
    if code:
        said = {"status": code, "source": source, "set_at": timezone.now()}
        ConservationStatus.objects.update_or_create(taxon_id=animal.taxon_id, defaults=said)
    else:
        told.delete()
    animal.conservation_status, animal.conservation_source = code, source if code else ""
    animal.save(update_fields=["conservation_status", "conservation_source", "updated_at"])
    reassess()
    animal.refresh_from_db()
    return animal
