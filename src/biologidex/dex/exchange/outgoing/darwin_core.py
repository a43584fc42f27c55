"""A Darwin Core archive: finds as museums and GBIF read them, made to be published.

It holds what anybody may know. By default only cards that are not private and whose licence lets others pass them on
are in it: CC0, CC BY or CC BY-NC, as GBIF takes them.
"""

import tempfile
from collections.abc import Iterator
from typing import IO

from django.conf import settings

from biologidex.accounts.models import User
from biologidex.core import clock
from biologidex.dex.exchange.outgoing.batches import cards_of
from biologidex.dex.exchange.outgoing.eml import eml_xml
from biologidex.dex.exchange.outgoing.licences import PUBLISHABLE, license_of_all
from biologidex.dex.exchange.outgoing.occurrences import (
    Names,
    is_public,
    multimedia,
    occurrence,
    occurrence_id,
)
from biologidex.dex.exchange.outgoing.terms import MULTIMEDIA, OCCURRENCE, line, meta_xml
from biologidex.dex.exchange.outgoing.zipped import Member, zipped
from biologidex.dex.models import DexEntry

IN_MEMORY = 1_000_000


def chunks(owner: User, *, licensed_only: bool = True) -> Iterator[bytes]:
    """Give the archive. With `licensed_only=False` every card is in it, still with what anybody may know of it."""
    return zipped(_members(owner, licensed_only=licensed_only))


def _members(owner: User, *, licensed_only: bool) -> Iterator[Member]:
    person = owner.profile.display_name or owner.username
    names = Names(person=person, dataset=f"Animals found by {person}")
    licenses: set[str] = set()
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as pictures:
        rows = _occurrences(owner, names, licenses, pictures, licensed_only=licensed_only)
        yield Member("occurrence.txt", rows)
        pictures.seek(0)
        yield Member("multimedia.txt", pictures)
    yield Member("meta.xml", [meta_xml()])
    about = eml_xml(
        person=person,
        site=settings.SITE_URL,
        license=license_of_all(licenses),
        at=clock.now(),
        package=f"{owner.pk.urn}/finds",
    )
    yield Member("eml.xml", [about])


def _occurrences(
    owner: User, names: Names, licenses: set[str], pictures: IO[bytes], *, licensed_only: bool
) -> Iterator[bytes]:
    """Give the core table, and write the table of pictures meanwhile: both are of the same cards."""
    yield line(["id", *OCCURRENCE])
    pictures.write(line(["coreid", *MULTIMEDIA]))
    for card in cards_of(owner):
        if licensed_only and not _may_be_published(card):
            continue
        licenses.add(card.license)
        values = occurrence(card, names)
        yield line([values["occurrenceID"], *(values.get(term, "") for term in OCCURRENCE)])
        for shown in card.photos.all() if is_public(card) else ():
            media = multimedia(shown, card, names)
            pictures.write(line([occurrence_id(card.pk), *(media[term] for term in MULTIMEDIA)]))


def _may_be_published(card: DexEntry) -> bool:
    return card.license in PUBLISHABLE and card.visibility != DexEntry.Visibility.PRIVATE
