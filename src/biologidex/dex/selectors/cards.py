"""Reads of finds that more than one caller needs."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Prefetch, Q, QuerySet

from biologidex.accounts.models import User
from biologidex.animals.selectors import changed_since
from biologidex.dex.models import DexEntry, EntryPhoto
from biologidex.media.models import Photo
from biologidex.media.selectors import lookalikes
from biologidex.vision.models import AnalysisJob

MOST = 10_000  # what fits into one IN (...) everywhere


def audience_of(photo_id: UUID, *, viewer_id: UUID | None) -> Literal["owner", "others"] | None:
    """Return as whom somebody may see the pictures of a photo: as its owner, through a card, or not at all."""
    photo = Photo.objects.filter(pk=photo_id)
    if viewer_id and photo.filter(owner=viewer_id, owner__is_active=True).exists():
        return "owner"
    viewer: User | AnonymousUser | None = AnonymousUser()
    if viewer_id:
        viewer = User.objects.filter(pk=viewer_id, is_active=True).first()
    if viewer is None:
        return None
    cards = DexEntry.objects.visible_to(viewer).filter(photos__photo=photo_id, owner__is_active=True)
    return "others" if cards.exists() else None


def with_card(entries: QuerySet[DexEntry]) -> QuerySet[DexEntry]:
    """Load what a card shows, in two queries whatever the number of cards."""
    photos = EntryPhoto.objects.select_related("photo")
    return entries.select_related("owner", "animal__taxon").prefetch_related(Prefetch("photos", photos))


CARD = (
    *("pk", "owner_id", "animal_id", "visibility", "geoprivacy", "latitude", "longitude", "accuracy_m"),
    *("place_source", "place_name", "catch_date", "notes", "establishment", "license", "is_favorite"),
    *("verbatim_identification", "identified_at", "created_at", "updated_at"),
)


def card_rows(entries: QuerySet[DexEntry]) -> "QuerySet[DexEntry, Any]":
    """Return cards as plain rows that tell what a card shows but for its photos: one query and no objects."""
    joined = {
        "owner_username": F("owner__username"),
        "creation_index": F("animal__creation_index"),
        "is_sensitive": F("animal__is_sensitive"),
        "scientific_name": F("animal__taxon__scientific_name"),
        "common_name": F("animal__taxon__common_name"),
        "rank": F("animal__taxon__rank"),
        "needs_review": changed_since(taxon="animal__taxon", since="identified_at"),
    }
    return entries.annotate(**joined).values_list(*CARD, *joined, named=True)


def photos_on(entry_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """Return the ids of the photos on cards, by card, the first one first."""
    found: dict[UUID, list[UUID]] = {}
    for start in range(0, len(entry_ids), MOST):
        shown = EntryPhoto.objects.filter(entry__in=entry_ids[start : start + MOST])
        for entry_id, photo_id in shown.values_list("entry_id", "photo_id"):
            found.setdefault(entry_id, []).append(photo_id)
    return found


def dex_of(owner: User) -> QuerySet[DexEntry]:
    """Return a person's own cards by their number."""
    return with_card(DexEntry.objects.filter(owner=owner)).order_by("animal__creation_index")


def cards_with(photo: Photo) -> list[DexEntry]:
    """Return the cards of its owner that show a photo already: it, a part of it, or one that looks the same."""
    root = photo.parent or photo
    shown = Q(photos__photo=root) | Q(photos__photo__parent=root)
    if same := lookalikes(root):
        shown |= Q(photos__photo__in=same) | Q(photos__photo__parent__in=same)
    cards = with_card(DexEntry.objects.filter(owner_id=photo.owner_id))
    return list(cards.filter(shown).order_by("animal__creation_index").distinct())


def card_of(job: AnalysisJob) -> DexEntry | None:
    """Return the card on which an identification ended. A photo given twice is on the card only once."""
    if not job.settled_at:
        return None
    cards = DexEntry.objects.filter(owner=job.owner_id)
    return cards.filter(photos__job=job).first() or cards.filter(photos__photo=job.photo_id).first()
