"""A card that staff have hidden: its owner alone sees it, whatever it says, on both databases and every surface."""

from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

import make
from biologidex.accounts.models import User
from biologidex.core import identity
from biologidex.core.errors import Forbidden, NotFound
from biologidex.core.models import AuditEntry
from biologidex.dex import services
from biologidex.dex.errors import LinkEnded
from biologidex.dex.models import DexEntry, DexTombstone, EntryPhoto
from biologidex.dex.selectors import audience_of, changes_for, feed_for, popular_animals
from biologidex.dex.selectors.shared import shared_card

pytestmark = pytest.mark.django_db
# visibility: hidden or not, who sees it: owner, friend, stranger, staff, nobody in particular
TABLE = [
    ("private", False, {"ann"}),
    ("friends", False, {"ann", "bob"}),
    ("public", False, {"ann", "bob", "eve", "sam", ""}),
    ("private", True, {"ann"}),
    ("friends", True, {"ann"}),
    ("public", True, {"ann"}),
]


@pytest.fixture
def sam(db: None) -> User:
    """Somebody who runs this server."""
    return make.user("sam", is_staff=True)


@pytest.fixture
def people(ann: User, bob: User, eve: User, sam: User) -> dict[str, Any]:
    """Ann, her friend Bob, and those who are nothing to her."""
    make.friends(ann, bob)
    return {"ann": ann, "bob": bob, "eve": eve, "sam": sam, "": AnonymousUser()}


def acting(viewer: Any) -> AbstractContextManager[None]:
    return identity.acting_as(viewer.pk)


@pytest.mark.parametrize(("visibility", "is_hidden", "who"), TABLE)
def test_who_sees_it(people: dict[str, Any], visibility: str, is_hidden: bool, who: set[str]) -> None:
    entry = make.dex_entry(people["ann"], visibility=visibility)
    photo = entry.photos.get().photo_id
    if is_hidden:
        services.hide_card(by=people["sam"], entry_id=entry.pk, reason="It shows a person.")

    by_rule = {name for name, viewer in people.items() if DexEntry.objects.visible_to(viewer).exists()}
    by_photo = {name for name, viewer in people.items() if audience_of(photo, viewer_id=viewer.pk)}
    assert (by_rule, by_photo) == (who, who)
    if connection.vendor == "postgresql":
        by_database = set()
        for name, viewer in people.items():
            with acting(viewer):
                assert DexEntry.objects.exists() == EntryPhoto.objects.exists()
                by_database |= {name} if DexEntry.objects.exists() else set()
        assert by_database == who


def test_others_lose_it_everywhere_and_get_it_back(people: dict[str, Any]) -> None:
    ann, bob, sam = people["ann"], people["bob"], people["sam"]
    entry = make.dex_entry(ann, visibility="public")
    _link, token = services.share(by=ann, entry=entry)
    before = changes_for(bob, {ann.pk: None})[ann.pk]
    assert [one.pk for one in before.entries] == [entry.pk]

    services.hide_card(by=sam, entry_id=entry.pk, reason="It shows a person.")
    gone = changes_for(bob, {ann.pk: before.moment})[ann.pk]

    assert not feed_for(bob).exists()
    assert not popular_animals(bob).exists()
    with pytest.raises(LinkEnded):
        shared_card(token)
    assert gone.is_complete or [stone.entry_id for stone in gone.gone] == [entry.pk]
    assert not gone.entries

    services.show_card(by=sam, entry_id=entry.pk, reason="It was a statue.")

    assert feed_for(bob).exists()
    assert shared_card(token)
    again = changes_for(bob, {ann.pk: gone.moment})[ann.pk]
    assert [one.pk for one in again.entries] == [entry.pk]


def test_its_owner_cannot_show_it_by_saying_so_or_by_another_card(people: dict[str, Any]) -> None:
    ann, sam = people["ann"], people["sam"]
    hidden, other = make.dex_entry(ann, visibility="public"), make.dex_entry(ann, visibility="public")
    services.hide_card(by=sam, entry_id=hidden.pk, reason="It shows a person.")

    services.identify_anew(by=ann, entry=other, animal=hidden.animal)

    assert not DexEntry.objects.visible_to(people["eve"]).exists()
    assert DexEntry.objects.visible_to(ann).count() == 1


def test_only_staff_hide_with_a_reason_and_twice_is_once(people: dict[str, Any]) -> None:
    entry = make.dex_entry(people["ann"], visibility="public")

    for name in ("ann", "bob", "eve"):
        with pytest.raises(Forbidden):
            services.hide_card(by=people[name], entry_id=entry.pk, reason="Mine!")
    services.hide_card(by=people["sam"], entry_id=entry.pk, reason="It shows a person.")
    services.hide_card(by=people["sam"], entry_id=entry.pk, reason="Really.")
    with pytest.raises(NotFound):
        services.hide_card(by=people["sam"], entry_id=entry.animal_id, reason="Nothing there.")

    assert DexTombstone.objects.count() == 1
    assert list(AuditEntry.objects.values_list("action", "target_id")) == [("card.hide", str(entry.pk))] * 2
