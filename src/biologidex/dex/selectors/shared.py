"""What a link to a card shows to whoever has it, and the links that a person has made.

Whoever opens a link is nobody, and nobody sees nothing. This is the one narrow way past that: the link is found by the
digest of its token, and its card is then read as its owner sees it. What leaves here is `SharedCard`: never a row with
a place, a file name or an id in it.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from biologidex.accounts.models import User
from biologidex.animals.models import Taxon
from biologidex.core import identity
from biologidex.dex.errors import LinkEnded, NoSuchLink
from biologidex.dex.models import DexEntry, EntryPhoto, ShareLink
from biologidex.dex.privacy import ToldPlace, place_on_a_link

NOWHERE = gettext_noop("This link does not lead to a card.")


@dataclass(frozen=True)
class SharedPhoto:
    """A photo on a shared card. It is asked for by its position, which counts from 1."""

    position: int
    width: int
    height: int


@dataclass(frozen=True)
class SharedCard:
    """All that a link tells."""

    number: int
    taxon: Taxon
    finder: str
    catch_date: date | None
    place: ToldPlace | None
    notes: str
    photos: list[SharedPhoto]
    expires_at: datetime


def digest_of(token: str) -> str:
    """Return what is kept of a token. It is too long to be guessed, so it needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def shared_card(token: str) -> SharedCard:
    """Return what the link with this token shows, or raise NoSuchLink or LinkEnded."""
    with _opened(token) as link:
        entry = DexEntry.objects.select_related("owner", "animal__taxon").get(pk=link.entry_id)
        sizes = _photos(link).values_list("photo__width", "photo__height")
        return SharedCard(
            number=entry.animal.creation_index,
            taxon=entry.animal.taxon,
            finder=entry.owner.username,
            catch_date=entry.catch_date,
            place=place_on_a_link(entry) if link.tells_place else None,
            notes=entry.notes if link.tells_notes else "",
            photos=[SharedPhoto(position, *size) for position, size in enumerate(sizes, 1)],
            expires_at=link.expires_at,
        )


def shared_photo(token: str, position: int) -> UUID:
    """Return which photo stands at this position on the card behind a link."""
    with _opened(token) as link:
        at = _photos(link).values_list("photo", flat=True)[position - 1 : position] if position > 0 else ()
        for photo_id in at:
            return photo_id
    raise NoSuchLink(_("There is no such photo on this card."))


@contextmanager
def _opened(token: str) -> Iterator[ShareLink]:
    """Give an open link, and act for the card's owner for the length of a block."""
    with identity.everything():
        found = ShareLink.objects.select_related("entry__owner").filter(digest=digest_of(token)).first()
    if found is None:
        raise NoSuchLink(NOWHERE)
    if not found.is_open or not found.entry.owner.is_active or found.entry.hidden_at:
        raise LinkEnded(_("This link has ended. Ask whoever sent it for a new one."))
    with identity.acting_as(found.entry.owner_id):
        yield found


def _photos(link: ShareLink) -> QuerySet[EntryPhoto]:
    return EntryPhoto.objects.filter(entry=link.entry_id).order_by("added_at", "pk")


def links_of(owner: User) -> QuerySet[ShareLink]:
    """Return the links that a person has made and that can still be told about, the newest first."""
    links = ShareLink.objects.filter(entry__owner=owner).select_related("entry__animal__taxon")
    return links.order_by("-created_at", "pk")
