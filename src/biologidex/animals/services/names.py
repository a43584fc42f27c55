"""Finding an animal by the name that a player writes, and giving a place to one that no backbone knows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from biologidex.accounts.models import User
from biologidex.animals.errors import NoAnimalName
from biologidex.animals.keys import KEY_LENGTH, fold, search_keys
from biologidex.animals.models import MADE_BY_PLAYERS, Animal, SearchKey, Taxon, TaxonName
from biologidex.animals.nomenclature import is_latin, is_plausible, normal, rank_of
from biologidex.animals.selectors import TAXONOMY, is_english, near_misses, nearly, taxon_named
from biologidex.animals.services.found import found_or_numbered
from biologidex.core.caching import next_generation

LEAST_KNOWN = 10_000_000  # where in a search a taxon stands that only one player knows
GROUPS = ("genus", "family", "order", "class_name", "phylum")  # what a player may tell, the nearest first
ANIMALS = (
    "Animalia",
    "Metazoa",
    "Animals",
    "Animal",
)  # the kingdom, as different backbones and people call it
MOST_NAMED = 3  # of several that may be meant
COMMON_NAME = re.compile(r"[^\W\d_][^\W\d_' .-]*(?:[' .-]+[^\W\d_' .-]+){0,6}\.?")


@dataclass(frozen=True)
class Named:
    """What a player wrote about an animal. All but one name may be empty."""

    scientific_name: str = ""
    common_name: str = ""
    kingdom: str = ""
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

    A synonym or a slip of the pen means the accepted taxon. A species that no backbone has gets a taxon of its own
    below a genus that is known, if it could be one; `docs/taxonomy.md` tells what is refused. However often and by
    how many at once a name is asked for, there is one animal.
    """
    name = named.name()
    _check_kingdom(named.kingdom)
    taxon = taxon_named(name)
    if taxon is None:
        taxon = _placed(name, named, by=by)
    else:
        _check_groups(taxon, named, name=name)
    return found_or_numbered(by=by, taxon=taxon)


def _check_kingdom(told: str) -> None:
    if told.strip() and normal(told) not in ANIMALS:
        raise NoAnimalName(
            f"Only animals have a place here, and {told.strip()[:40]} are none.", field="kingdom"
        )


def _check_groups(taxon: Taxon, named: Named, *, name: str) -> None:
    """Refuse a group in which the taxon is not. One that is not known here, of another classification, says nothing."""
    for part in GROUPS:
        told, known = normal(getattr(named, part)), getattr(taxon, part)
        if not told or not known or told in {known, name.split(maxsplit=1)[0]}:
            continue
        meant = taxon_named(told, rank=part.removesuffix("_name"))
        if meant is not None and meant.scientific_name != known:
            raise NoAnimalName(f"{taxon.scientific_name} belongs to {known}, not to {told[:40]}.", field=part)


def _placed(name: str, named: Named, *, by: User) -> Taxon:
    if not is_plausible(name):
        raise NoAnimalName(
            _("This is not a scientific name. Write genus and species, like Canis lupus."),
            field="scientific_name",
        )
    if is_english(name.rsplit(maxsplit=1)[-1]):
        raise NoAnimalName(
            _("This looks like an English name. Search for it instead."), field="scientific_name"
        )
    parent = _parent(name)
    _check_groups(parent, named, name=name)
    for part in GROUPS:
        told = normal(getattr(named, part))
        if told and told != name.split(maxsplit=1)[0] and taxon_named(told) is None:
            raise NoAnimalName(f"There is no {part.removesuffix('_name')} {told[:40]} here.", field=part)
    meant = nearly(name)
    if meant is not None:
        return meant
    _check_epithet(name, parent)
    return _made(name, parent, named, by=by)


def _parent(name: str) -> Taxon:
    """Return the taxon that an unknown one hangs on: the genus or species that its name says, which must be known."""
    *above, _ = name.split()
    if not above:
        raise NoAnimalName(
            f"{name} is not known here. Choose a group that is: what you know of the rest goes into the notes.",
            field="scientific_name",
        )
    parent = taxon_named(" ".join(above), rank=rank_of(" ".join(above)))
    if parent is None:
        raise NoAnimalName(
            f"There is no {' '.join(above)} here. Choose its family or another group that is known: what you know of "
            "the rest goes into the notes.",
            field="scientific_name",
        )
    return parent


def _check_epithet(name: str, parent: Taxon) -> None:
    """Refuse what is no scientific word, and what is more likely a known name written otherwise."""
    epithet = name.rsplit(maxsplit=1)[-1]
    if not is_latin(epithet):
        raise NoAnimalName(
            f"“{epithet[:40]}” has not the form of a scientific name.", field="scientific_name"
        )
    near = near_misses(name, family=parent.family)
    if near:
        told = " or ".join(taxon.scientific_name for taxon in near[:MOST_NAMED])
        raise NoAnimalName(
            f"{name} is not known here. Did you mean {told}? If it is another species, choose the genus "
            f"{parent.genus or parent.scientific_name}.",
            field="scientific_name",
        )


def _made(name: str, parent: Taxon, named: Named, *, by: User) -> Taxon:
    """Add a taxon that a player named. Of several who name it at once, all get the same."""
    rank = rank_of(name)
    common_name = " ".join(named.common_name.split())
    if not COMMON_NAME.fullmatch(common_name) or len(common_name) > KEY_LENGTH:
        common_name = ""
    taxon, is_new = Taxon.objects.get_or_create(
        source=Taxon.Source.BIOLOGIDEX,
        source_id=f"{MADE_BY_PLAYERS}{fold(name)}",
        defaults={
            **line_below(parent, name),
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


def line_below(parent: Taxon, name: str) -> dict[str, str]:
    """Return the line of descent of a taxon of this name, as lists show it, that hangs on a parent."""
    rank = rank_of(name)
    line = {part: getattr(parent, part) for part in ("kingdom", "phylum", "class_name", "order", "family")}
    line |= {"genus": name.split(maxsplit=1)[0] if rank in {"genus", "species", "subspecies"} else ""}
    line |= {"species": " ".join(name.split()[:2]) if " " in name else ""}
    return line | ({rank: name} if rank == "family" else {})


def _index(taxon: Taxon) -> None:
    kind = TaxonName.Kind
    names = [TaxonName(taxon=taxon, name=taxon.scientific_name, kind=kind.ACCEPTED)]
    if taxon.common_name:
        names.append(TaxonName(taxon=taxon, name=taxon.common_name, kind=kind.VERNACULAR, language="en"))
    TaxonName.objects.bulk_create(names)
    add_keys(taxon, [name.name for name in names], standing=LEAST_KNOWN)


def add_keys(taxon: Taxon, names: Iterable[str], *, standing: int) -> None:
    """Let a taxon be found by these names."""
    SearchKey.objects.bulk_create(
        SearchKey(taxon=taxon, key=key, place=place, standing=standing, one=key[:1], two=key[:2])
        for key, place in search_keys(names)
    )
