"""PostgreSQL itself keeps rows back: the rule of `visible_to` once more, underneath, whoever forgets to filter."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

import make
from biologidex.accounts.models import User
from biologidex.core import identity
from biologidex.dex import services
from biologidex.dex.models import (
    DexEntry,
    DexTombstone,
    EntryChange,
    EntryPhoto,
    ImportRow,
    ImportRun,
    ShareLink,
)
from biologidex.dex.selectors import shared_card, shared_photo
from biologidex.dex.selectors.sync import tombstones_for
from biologidex.media.models import Photo
from biologidex.social.models import Standing
from biologidex.vision.models import AnalysisJob

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no row-level security"),
]
VISIBILITIES = tuple(DexEntry.Visibility.values)


@pytest.fixture
def people(ann: User, bob: User, eve: User) -> dict[str, User | None]:
    """Ann, and everybody who may stand to her in some way. Each has a card of every visibility."""
    blocked, blocker, staff, asked = (make.user(name) for name in ("blocked", "blocker", "staff", "asked"))
    closed = make.user("closed")
    make.friends(ann, bob)
    make.friends(ann, closed)
    make.friends(ann, blocked)
    make.friends(ann, blocker)
    make.block(ann, blocked)
    make.block(blocker, ann)
    make.request(ann, asked)
    User.objects.filter(pk=staff.pk).update(is_staff=True, is_superuser=True)
    everybody = {user.username: user for user in User.objects.all()}
    for owner in everybody.values():
        for visibility in VISIBILITIES:
            make.dex_entry(owner, visibility=visibility)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    return {**everybody, "anonymous": None}


def acting(viewer: User | None) -> AbstractContextManager[None]:
    """Let statements be for somebody, as a request of theirs would."""
    return identity.acting_as(viewer.pk if viewer else None)


@pytest.mark.parametrize("name", ["ann", "bob", "eve", "blocked", "blocker", "staff", "asked", "anonymous"])
def test_whoever_asks_gets_exactly_what_the_rule_lets_them_see(
    people: dict[str, User | None], name: str
) -> None:
    viewer = people[name]
    ruled = set(DexEntry.objects.visible_to(viewer or AnonymousUser()).values_list("pk", flat=True))
    pictured = Photo.objects.filter(shown_on__entry__in=ruled) | Photo.objects.filter(owner=viewer)
    photos, jobs = _keys(pictured), _keys(AnalysisJob.objects.filter(owner=viewer))
    everything = DexEntry.objects.count()

    with acting(viewer):
        assert _keys(DexEntry.objects.all()) == ruled
        assert set(EntryPhoto.objects.values_list("entry", flat=True)) == ruled
        assert _keys(Photo.objects.all()) == photos
        assert _keys(AnalysisJob.objects.all()) == jobs
    assert 0 < len(ruled) < everything


@pytest.mark.parametrize(
    ("name", "told"), [("ann", 9), ("bob", 4), ("eve", 2), ("blocked", 0), ("blocker", 0), ("newcomer", 0)]
)
def test_word_of_what_is_gone_reaches_those_who_could_see_it_then(
    people: dict[str, User | None], name: str, told: int
) -> None:
    """Of each visibility one was gone when they came and Bob became a friend, which counts as before, and two later."""
    ann, bob, now = people["ann"], people["bob"], timezone.now()
    assert ann
    assert bob
    moments = [now - timedelta(hours=hours) for hours in (3, 2, 1)]
    for entry in DexEntry.objects.filter(owner=ann):
        for moment in moments:
            DexTombstone.objects.create(
                entry_id=entry.pk,
                owner=ann,
                creation_index=1,
                audience=entry.visibility,
                is_deleted=True,
                gone_at=moment,
            )
    User.objects.update(date_joined=moments[0])
    Standing.objects.filter(one__in=[ann, bob], other__in=[ann, bob]).update(changed_at=moments[0])
    viewer = User.objects.get(pk=(people.get(name) or make.user(name)).pk)
    ruled = _keys(tombstones_for(viewer))

    with acting(viewer):
        assert _keys(DexTombstone.objects.all()) == ruled
    assert len(ruled) == told


def test_code_that_does_not_say_for_whom_it_asks_sees_nothing(people: dict[str, User | None]) -> None:
    mark = identity.unsaid
    identity.unsaid = identity.NOBODY
    try:
        seen = [
            model.objects.count()
            for model in (
                DexEntry,
                EntryPhoto,
                DexTombstone,
                ImportRun,
                ImportRow,
                Photo,
                AnalysisJob,
                ShareLink,
            )
        ]
    finally:
        identity.unsaid = mark

    assert seen == [0] * 8


def test_nobody_changes_or_deletes_what_belongs_to_another(people: dict[str, User | None]) -> None:
    ann, bob = people["ann"], people["bob"]
    assert ann
    shown = DexEntry.objects.get(owner=ann, visibility="friends")

    with acting(bob):
        assert DexEntry.objects.filter(pk=shown.pk).exists()
        assert DexEntry.objects.filter(pk=shown.pk).update(notes="mine now") == 0
        assert EntryPhoto.objects.filter(entry=shown)._raw_delete(using="default") == 0
        assert DexEntry.objects.filter(pk=shown.pk)._raw_delete(using="default") == 0
        assert Photo.objects.filter(shown_on__entry=shown).update(size=1) == 0

    shown.refresh_from_db()
    assert shown.notes == ""
    assert shown.photos.count() == 1


def test_a_link_to_a_card_is_seen_and_ended_by_its_owner_alone(people: dict[str, User | None]) -> None:
    ann = people["ann"]
    assert ann
    shown = DexEntry.objects.get(owner=ann, visibility="public")
    link, _ = services.share(by=ann, entry=shown)

    for viewer in (people["bob"], people["staff"], people["anonymous"]):
        with acting(viewer):
            assert DexEntry.objects.filter(pk=shown.pk).exists()
            assert not ShareLink.objects.exists()
            assert ShareLink.objects.filter(pk=link.pk).update(tells_place=True) == 0
    with acting(ann):
        assert ShareLink.objects.get() == link


def test_what_was_done_to_a_card_is_seen_by_its_owner_alone(people: dict[str, User | None]) -> None:
    ann = people["ann"]
    assert ann
    shown = DexEntry.objects.get(owner=ann, visibility="public")
    services.identify_anew(by=ann, entry=shown, animal=make.animal())

    for viewer in (people["bob"], people["staff"], people["anonymous"]):
        with acting(viewer):
            assert not EntryChange.objects.exists()
    with acting(ann):
        assert EntryChange.objects.filter(entry=shown).exists()


@pytest.mark.parametrize("visibility", VISIBILITIES)
def test_who_has_a_link_is_nobody_and_sees_its_card_but_nothing_else(
    people: dict[str, User | None], visibility: str
) -> None:
    ann = people["ann"]
    assert ann
    _, token = services.share(by=ann, entry=DexEntry.objects.get(owner=ann, visibility=visibility))

    with acting(None):
        assert shared_card(token).finder == "ann"
        assert shared_photo(token, 1)
        assert not DexEntry.objects.exclude(visibility="public").exists()


def test_nobody_files_a_find_in_the_name_of_another(people: dict[str, User | None]) -> None:
    ann, bob = people["ann"], people["bob"]
    assert ann
    animal = make.animal()

    with (
        acting(bob),
        pytest.raises(DatabaseError, match="row-level security policy"),
        transaction.atomic(),
    ):
        DexEntry.objects.create(owner=ann, animal=animal)
    assert not DexEntry.objects.filter(animal=animal).exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_statement_was_for_is_over_with_it(ann: User) -> None:
    entry = make.dex_entry(ann, visibility="private")

    with acting(ann):
        assert DexEntry.objects.filter(pk=entry.pk).exists()
    with connection.cursor() as cursor:
        # The same connection, as the next person would get it from a pool.
        cursor.execute("SELECT current_setting('app.current_user_id', true)")
        assert cursor.fetchone() in {("",), (None,)}
        cursor.cursor.execute("SELECT count(*) FROM dex_entries")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_a_slow_statement_is_logged_without_its_values(ann: User, caplog: pytest.LogCaptureFixture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s), %s", [0.15, "canary@example.org"])

    (told,) = [record.getMessage() for record in caplog.records if "slow statement" in record.getMessage()]
    assert "SELECT pg_sleep(%s), %s" in told
    assert "canary" not in told


def test_the_fence_stands_around_every_table_that_the_settings_name_and_binds_the_owner(
    settings: Any,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY relname"
        )
        fenced = [name for (name,) in cursor.fetchall()]

    assert fenced == sorted(settings.ROW_SECURITY_TABLES)


def _keys(rows: QuerySet[Any]) -> set[Any]:
    return set(rows.values_list("pk", flat=True))
