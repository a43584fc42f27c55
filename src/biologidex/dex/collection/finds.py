"""A person's cards as plain rows, as far as a viewer may see them: what everything else here is counted from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q

from biologidex.accounts.models import User, UserProfile
from biologidex.core import identity
from biologidex.dex.models import DexEntry

# Whoever files "some insect" has not found an animal that nobody had found before.
KNOWN_TO_ITS_GENUS = Q(
    animal__taxon__rank__in=("genus", "subgenus", "species group", "species", "subspecies", "variety", "form")
)
RANKS = ("phylum", "class_name", "order", "family", "genus", "species")


@dataclass(frozen=True)
class Find:
    """One card: which animal, since when, and whether it was the first of its animal on this server."""

    is_first: bool
    animal_id: UUID
    creation_index: int
    rank: str
    scientific_name: str
    phylum: str
    class_name: str
    order: str
    family: str
    genus: str
    species: str
    catch_date: date | None
    created_at: datetime
    establishment: str
    photos: int

    def is_a(self, rank: str, name: str) -> bool:
        """Whether the animal is this taxon, or one below it."""
        return self.scientific_name == name or getattr(self, rank, "") == name


def finds_of(owner: User, *, viewer: User) -> Sequence[Find]:
    """Return the cards of one person that another may see, the oldest first. Two queries."""
    rows: list[Any] = list(
        DexEntry.objects.visible_to(viewer)
        .filter(owner=owner)
        .annotate(
            creation_index=F("animal__creation_index"),
            rank=F("animal__taxon__rank"),
            scientific_name=F("animal__taxon__scientific_name"),
            **{rank: F(f"animal__taxon__{rank}") for rank in RANKS},
            shown=Count("photos"),
        )
        .order_by("created_at", "pk")
        .values_list(
            *("pk", "animal_id", "creation_index", "rank", "scientific_name", *RANKS),
            *("catch_date", "created_at", "establishment", "shown"),
        )
    )
    firsts = _firsts([row[0] for row in rows])
    return [Find(pk in firsts, *columns) for pk, *columns in rows]


def _firsts(cards: Sequence[UUID]) -> set[UUID]:
    """Return those of these cards that were the first of their animal here, also of those that nobody may see.

    Only this server's own clock counts: with a moment that a file tells one could ask for that of a hidden card.
    """
    same = DexEntry.objects.filter(animal=OuterRef("animal"))
    earlier = same.filter(
        Q(filed_at__lt=OuterRef("filed_at")) | Q(filed_at=OuterRef("filed_at"), pk__lt=OuterRef("pk"))
    )
    with identity.everything():
        return set(
            DexEntry.objects.filter(KNOWN_TO_ITS_GENUS, ~Exists(earlier), pk__in=cards)
            .order_by()
            .values_list("pk", flat=True)
        )


def first_card(animal_id: UUID, *, viewer: User) -> DexEntry | None:
    """Return the first card of an animal on this server, None if there is none or the viewer may not see it.

    None too if the animal is not known to its genus, or if who found it or who asks has turned the game off.
    """
    cards = DexEntry.objects.filter(KNOWN_TO_ITS_GENUS, animal=animal_id).order_by("filed_at", "pk")
    with identity.everything():
        first = cards.only("pk").first()
    plays = UserProfile.objects.filter(user=viewer.pk, badges_enabled=True)
    seen = DexEntry.objects.visible_to(viewer).filter(Exists(plays), owner__profile__badges_enabled=True)
    return first and seen.select_related("owner").filter(pk=first.pk).first()
