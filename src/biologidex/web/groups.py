"""The groups by which people sort animals: a handful of familiar ones over the classes of biology."""

from dataclasses import dataclass

from django.db.models import Q

from biologidex.animals.models import Taxon


@dataclass(frozen=True)
class Group:
    """A familiar group. `key` names its colour and its drawing; the rest says which taxa belong to it."""

    key: str
    label: str
    phyla: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()


FISH_CLASSES = frozenset(
    {
        "Actinopteri",
        "Actinopterygii",
        "Teleostei",
        "Chondrichthyes",
        "Elasmobranchii",
        "Holocephali",
        "Cladistia",
        "Coelacanthi",
        "Coelacanthimorpha",
        "Dipneusti",
        "Dipnomorpha",
        "Sarcopterygii",
        "Hyperoartia",
        "Petromyzonti",
        "Myxini",
    }
)
CRUSTACEAN_CLASSES = frozenset(
    {
        "Malacostraca",
        "Branchiopoda",
        "Thecostraca",
        "Copepoda",
        "Ostracoda",
        "Hexanauplia",
        "Maxillopoda",
        "Ichthyostraca",
        "Remipedia",
        "Cephalocarida",
    }
)
GROUPS = (
    Group("mammals", "Mammals", classes=frozenset({"Mammalia"})),
    Group("birds", "Birds", classes=frozenset({"Aves"})),
    Group(
        # Biology has no class for turtles and crocodiles that would not hold the birds too.
        "reptiles",
        "Reptiles",
        classes=frozenset({"Reptilia", "Lepidosauria"}),
        orders=frozenset({"Testudines", "Crocodylia", "Squamata", "Sphenodontia", "Rhynchocephalia"}),
    ),
    Group("amphibians", "Amphibians", classes=frozenset({"Amphibia"})),
    Group("fishes", "Fishes", classes=FISH_CLASSES),
    Group("insects", "Insects", classes=frozenset({"Insecta"})),
    Group("arachnids", "Arachnids", classes=frozenset({"Arachnida"})),
    Group("crustaceans", "Crustaceans", classes=CRUSTACEAN_CLASSES),
    Group("molluscs", "Molluscs", phyla=frozenset({"Mollusca"})),
)
OTHERS = Group("others", "Others")
BY_KEY = {group.key: group for group in (*GROUPS, OTHERS)}


def group_named(*, phylum: str, class_name: str, order: str) -> Group:
    """Return the group of an animal by the names above it."""
    for group in GROUPS:
        if phylum in group.phyla or class_name in group.classes or order in group.orders:
            return group
    return OTHERS


def group_of(taxon: Taxon | None) -> Group:
    """Return the group of a taxon; what is unknown is with the others."""
    if taxon is None:
        return OTHERS
    return group_named(phylum=taxon.phylum, class_name=taxon.class_name, order=taxon.order)


def within(group: Group, *, path: str) -> Q:
    """Return the filter for a group; `path` leads to the taxon, as in `animal__taxon`."""
    if group is OTHERS:
        named = Q()
        for one in GROUPS:
            named |= within(one, path=path)
        return ~named
    return (
        Q(**{f"{path}__phylum__in": group.phyla})
        | Q(**{f"{path}__class_name__in": group.classes})
        | Q(**{f"{path}__order__in": group.orders})
    )
