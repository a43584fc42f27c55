"""Finding an animal by the name that a player writes, and giving a place to one that no backbone knows."""

import re
from dataclasses import dataclass

from django.db import transaction

from biologidex.accounts.models import User
from biologidex.animals.errors import NoAnimalName
from biologidex.animals.importers.store import MADE_BY_PLAYERS
from biologidex.animals.keys import KEY_LENGTH, fold, search_keys
from biologidex.animals.models import Animal, SearchKey, Taxon, TaxonName
from biologidex.animals.nomenclature import is_plausible, normal, rank_of
from biologidex.animals.selectors import TAXONOMY, is_english, nearly, taxon_named
from biologidex.animals.services.found import found_or_numbered
from biologidex.core.caching import next_generation

LEAST_KNOWN = 10_000_000  # where in a search a taxon stands that only one player knows
GROUPS = ("family", "order", "class_name", "phylum")  # what a player may tell, the nearest first
COMMON_NAME = re.compile(r"[^\W\d_][^\W\d_' .-]*(?:[' .-]+[^\W\d_' .-]+){0,6}\.?")


@dataclass(frozen=True)
class Named:
    """What a player wrote about an animal. All but one name may be empty."""

    scientific_name: str = ""
    common_name: str = ""
    phylum: str = ""
    class_name: str = ""
    order: str = ""
    family: str = ""
    genus: str = ""
    species: str = ""

    def name(self) -> str:
        """Return the scientific name in its normal writing, made of its parts if it was not given whole."""
        if self.scientific_name.strip():
            return normal(self.scientific_name)
        species = self.species.split()
        return normal(" ".join((self.genus, *species[-1:]))) if self.genus.strip() else normal(self.species)


@transaction.atomic
def lookup_or_create(*, by: User, named: Named) -> tuple[Animal, bool]:
    """Return the animal that a player names, and whether it is new in everybody's dex.

    A synonym or a slip of the pen means the accepted taxon. A name that no backbone has gets a taxon of its own, if
    it could be one and hangs on something that is known. However often and by how many at once a name is asked for,
    there is one animal.
    """
    name = named.name()
    taxon = taxon_named(name)
    if taxon is None:
        taxon = _placed(name, named, by=by)
    return found_or_numbered(by=by, taxon=taxon)


def _placed(name: str, named: Named, *, by: User) -> Taxon:
    if not is_plausible(name):
        raise NoAnimalName(
            "This is not a scientific name. Write genus and species, like Canis lupus.",
            field="scientific_name",
        )
    parent = _parent(name, named)
    meant = nearly(name)
    if meant is not None:
        return meant
    if is_english(name.rsplit(maxsplit=1)[-1]):
        raise NoAnimalName("This looks like an English name. Search for it instead.", field="scientific_name")
    return _made(name, parent, named, by=by)


def _parent(name: str, named: Named) -> Taxon:
    """Return the taxon that an unknown one hangs on: what its name says, else what the player says."""
    *above, _ = name.split()
    if above:
        parent = taxon_named(" ".join(above), rank=rank_of(" ".join(above)))
        if parent is not None:
            _check(parent, named)
            return parent
        if len(above) > 1 or is_english(above[0]):
            raise NoAnimalName(f"There is no {' '.join(above)} here.", field="scientific_name")
    for part in GROUPS:
        if told := getattr(named, part).strip():
            parent = taxon_named(normal(told), rank=part.removesuffix("_name"))
            if parent is None or parent.rank != part.removesuffix("_name"):
                raise NoAnimalName(f"There is no {part.removesuffix('_name')} {told[:40]} here.", field=part)
            if part in {"family", "order"}:
                return parent
    raise NoAnimalName(
        f"{name} is not known here. Say its family or order, and it can be added.", field="scientific_name"
    )


def _check(parent: Taxon, named: Named) -> None:
    """Refuse a family or order that contradicts where the genus hangs."""
    for part in ("genus", "family", "order"):
        told, known = normal(getattr(named, part)), getattr(parent, part)
        if told and known and told != known and taxon_named(told) != taxon_named(known):
            raise NoAnimalName(f"{parent.scientific_name} belongs to {known}, not to {told}.", field=part)


def _made(name: str, parent: Taxon, named: Named, *, by: User) -> Taxon:
    """Add a taxon that a player named. Of several who name it at once, all get the same."""
    rank = rank_of(name)
    common_name = " ".join(named.common_name.split())
    if not COMMON_NAME.fullmatch(common_name) or len(common_name) > KEY_LENGTH:
        common_name = ""
    line = {part: getattr(parent, part) for part in ("kingdom", "phylum", "class_name", "order", "family")}
    line |= {"genus": name.split(maxsplit=1)[0] if rank in {"genus", "species", "subspecies"} else ""}
    line |= {"species": " ".join(name.split()[:2]) if " " in name else ""}
    line |= {rank: name} if rank == "family" else {}
    taxon, is_new = Taxon.objects.get_or_create(
        source=Taxon.Source.BIOLOGIDEX,
        source_id=f"{MADE_BY_PLAYERS}{fold(name)}",
        defaults={
            **line,
            "parent": parent,
            "rank": rank,
            "scientific_name": name,
            "common_name": common_name,
            "created_by": by,
        },
    )
    if is_new:
        _index(taxon)
        transaction.on_commit(lambda: next_generation(TAXONOMY))
    return taxon


def _index(taxon: Taxon) -> None:
    kind = TaxonName.Kind
    names = [TaxonName(taxon=taxon, name=taxon.scientific_name, kind=kind.ACCEPTED)]
    if taxon.common_name:
        names.append(TaxonName(taxon=taxon, name=taxon.common_name, kind=kind.VERNACULAR, language="en"))
    TaxonName.objects.bulk_create(names)
    SearchKey.objects.bulk_create(
        SearchKey(taxon=taxon, key=key, place=place, standing=LEAST_KNOWN, one=key[:1], two=key[:2])
        for key, place in search_keys(name.name for name in names)
    )
