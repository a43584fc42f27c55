"""The groups by which people sort animals: a handful of familiar ones over the classes of biology."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext, gettext_noop

from biologidex.animals.models import Taxon


@dataclass(frozen=True)
class Group:
    """A familiar group. `key` names its colour and its drawing; the rest says which taxa belong to it."""

    key: str
    english: str
    phyla: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """What the group is called in the language of the page."""
        return gettext(self.english)


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
    Group("mammals", gettext_noop("Mammals"), classes=frozenset({"Mammalia"})),
    Group("birds", gettext_noop("Birds"), classes=frozenset({"Aves"})),
    Group(
        # Biology has no class for turtles and crocodiles that would not hold the birds too.
        "reptiles",
        gettext_noop("Reptiles"),
        classes=frozenset({"Reptilia", "Lepidosauria"}),
        orders=frozenset({"Testudines", "Crocodylia", "Squamata", "Sphenodontia", "Rhynchocephalia"}),
    ),
    Group("amphibians", gettext_noop("Amphibians"), classes=frozenset({"Amphibia"})),
    Group("fishes", gettext_noop("Fishes"), classes=FISH_CLASSES),
    Group("insects", gettext_noop("Insects"), classes=frozenset({"Insecta"})),
    Group("arachnids", gettext_noop("Arachnids"), classes=frozenset({"Arachnida"})),
    Group("crustaceans", gettext_noop("Crustaceans"), classes=CRUSTACEAN_CLASSES),
    Group("molluscs", gettext_noop("Molluscs"), phyla=frozenset({"Mollusca"})),
)
OTHERS = Group("others", gettext_noop("Others"))
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
