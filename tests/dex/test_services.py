"""Filing finds: one card for each animal, every photo kept, nothing invented."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.core.errors import DomainError, Forbidden, Invalid
from biologidex.dex import services
from biologidex.dex.details import Details
from biologidex.dex.errors import AlreadySettled, NothingChosen
from biologidex.dex.models import DexEntry, EntryPhoto
from biologidex.dex.selectors import card_of
from biologidex.media.models import Photo
from biologidex.media.places import Place
from biologidex.social.models import Friendship
from biologidex.vision import services as vision
from biologidex.vision.errors import NotFinished

pytestmark = pytest.mark.django_db


def test_a_confirmed_candidate_becomes_a_numbered_card(ann: User) -> None:
    wolf = make.taxon("Canis lupus", common_name="Gray wolf")
    job = make.job(ann, candidates=[wolf])

    taxon = services.chosen_taxon(job=job, choice=0)
    entry, is_new = services.record_find(by=ann, job=job, taxon=taxon, details=Details(notes="By the river."))

    assert is_new
    assert (entry.animal.taxon, entry.animal.creation_index) == (wolf, 1)
    assert entry.notes == "By the river."
    assert [shown.photo for shown in entry.photos.all()] == [job.photo]
    job.refresh_from_db()
    assert job.settled_at


def test_finding_an_animal_again_adds_the_photo_and_the_notes_and_leaves_the_rest(ann: User) -> None:
    wolf = make.taxon("Canis lupus")
    first, _ = services.record_find(
        by=ann,
        job=make.job(ann),
        taxon=wolf,
        details=Details(notes="The first.", catch_date=date(2024, 5, 1)),
    )

    second, is_new = services.record_find(
        by=ann, job=make.job(ann), taxon=wolf, details=Details(notes="The second.")
    )

    assert (second, is_new) == (first, False)
    assert (second.notes, second.catch_date) == ("The first.\nThe second.", date(2024, 5, 1))
    assert second.photos.count() == 2


def test_a_photo_given_and_filed_once_more_stays_on_its_card_and_may_be_asked_for_again(ann: User) -> None:
    wolf, job = make.taxon("Canis lupus"), make.job(ann)
    entry, _ = services.record_find(by=ann, job=job, taxon=wolf, details=Details())
    again = make.job(ann, photo=job.photo)

    asked = [services.record_find(by=ann, job=again, taxon=wolf, details=Details()) for _ in range(2)]

    again.refresh_from_db()
    assert asked == [(entry, False), (entry, False)]
    assert entry.photos.count() == 1
    assert card_of(again) == entry


def test_filing_the_same_photo_twice_changes_nothing(ann: User) -> None:
    wolf, job = make.taxon("Canis lupus"), make.job(ann)
    first = services.record_find(by=ann, job=job, taxon=wolf, details=Details())

    again = services.record_find(by=ann, job=job, taxon=wolf, details=Details())

    assert again == (first[0], False)
    assert EntryPhoto.objects.count() == 1


def test_a_filed_photo_cannot_be_filed_under_another_animal(ann: User) -> None:
    job = make.job(ann)
    services.record_find(by=ann, job=job, taxon=make.taxon("Canis lupus"), details=Details())

    with pytest.raises(AlreadySettled):
        services.record_find(by=ann, job=job, taxon=make.taxon("Vulpes vulpes"), details=Details())

    assert DexEntry.objects.count() == 1


def test_nobody_files_the_photo_of_another(ann: User, eve: User) -> None:
    with pytest.raises(Forbidden):
        services.record_find(by=eve, job=make.job(ann), taxon=make.taxon("Canis lupus"), details=Details())


def test_a_photo_that_is_still_looked_at_cannot_be_filed(ann: User) -> None:
    job = make.job(ann, status="processing", completed_at=None, answer={})

    with pytest.raises(NotFinished):
        services.record_find(by=ann, job=job, taxon=make.taxon("Canis lupus"), details=Details())

    assert not DexEntry.objects.exists()


def test_two_people_share_the_number_of_an_animal_but_not_the_card(ann: User, bob: User) -> None:
    wolf = make.taxon("Canis lupus")

    of_ann, _ = services.record_find(by=ann, job=make.job(ann), taxon=wolf, details=Details())
    of_bob, _ = services.record_find(by=bob, job=make.job(bob), taxon=wolf, details=Details())

    assert of_ann != of_bob
    assert of_ann.animal == of_bob.animal
    assert of_ann.animal.created_by == ann


def test_a_choice_that_was_not_offered_is_refused(ann: User) -> None:
    job = make.job(ann, candidates=[make.taxon("Canis lupus")])

    with pytest.raises(NothingChosen):
        services.chosen_taxon(job=job, choice=1)


BAD_DETAILS = [
    ("notes", Details(notes="x" * 2001)),
    ("notes", Details(notes="before\x00after")),
    ("place_name", Details(place_name="x" * 201)),
    ("visibility", Details(visibility="everybody")),
    ("catch_date", Details(catch_date=date(1825, 12, 31))),
    ("catch_date", Details(catch_date=timezone.now().date() + timedelta(days=2))),
    ("latitude", Details(place=Place(90.1, 0.0, None, "person"))),
    ("latitude", Details(place=Place(float("nan"), 0.0, None, "person"))),
    ("longitude", Details(place=Place(0.0, -180.5, None, "person"))),
    ("longitude", Details(place=Place(0.0, float("inf"), None, "person"))),
    ("accuracy_m", Details(place=Place(0.0, 0.0, -1.0, "person"))),
]


@pytest.mark.parametrize(("field", "details"), BAD_DETAILS)
def test_details_that_cannot_be_true_are_refused_by_name_and_leave_nothing(
    ann: User, field: str, details: Details
) -> None:
    job = make.job(ann)

    with pytest.raises(Invalid) as refused:
        services.record_find(by=ann, job=job, taxon=make.taxon("Canis lupus"), details=details)

    assert refused.value.field == field
    assert not DexEntry.objects.exists()
    assert not Animal.objects.exists()
    job.refresh_from_db()
    assert job.settled_at is None


def test_date_and_place_come_from_the_photo_when_nobody_says_otherwise(ann: User) -> None:
    job = make.job(ann)
    Photo.objects.filter(pk=job.photo_id).update(
        taken_local="2024-07-14T09:30:00",
        latitude=48.1,
        longitude=11.5,
        accuracy_m=8.0,
        place_source="photo",
    )
    job.photo.refresh_from_db()

    details = services.details_from_photo(job, Details())

    assert details.catch_date == date(2024, 7, 14)
    assert details.place == Place(48.1, 11.5, 8.0, "photo")


def test_what_the_photo_does_not_tell_stays_blank(ann: User) -> None:
    details = services.details_from_photo(make.job(ann), Details())

    assert details.catch_date is None
    assert details.place is None


VISIBILITY = [
    # visibility, the owner sees it, a stranger sees it, somebody not signed in sees it
    ("private", True, False, False),
    ("friends", True, False, False),
    ("public", True, True, True),
]


@pytest.mark.parametrize(("visibility", "owner", "stranger", "anonymous"), VISIBILITY)
def test_who_sees_a_card(
    ann: User, eve: User, visibility: str, owner: bool, stranger: bool, anonymous: bool
) -> None:
    entry = make.dex_entry(ann, visibility=visibility)

    seen = [entry in DexEntry.objects.visible_to(viewer) for viewer in (ann, eve, make.nobody())]

    assert seen == [owner, stranger, anonymous]


def test_only_the_owner_changes_a_card(ann: User, eve: User) -> None:
    entry = make.dex_entry(ann, visibility="public")

    for change in (
        lambda: services.edit(by=eve, entry=entry, details=Details(notes="Mine now.")),
        lambda: services.mark_favorite(by=eve, entry=entry, is_favorite=True),
    ):
        with pytest.raises(Forbidden):
            change()

    entry.refresh_from_db()
    assert (entry.notes, entry.is_favorite) == ("", False)


def test_a_discarded_photo_is_gone_but_one_on_a_card_stays(ann: User) -> None:
    wolf = make.taxon("Canis lupus")
    filed = make.job(ann)
    entry, _ = services.record_find(by=ann, job=filed, taxon=wolf, details=Details())
    again = make.job(ann, photo=filed.photo)
    other = make.job(ann)

    vision.discard(by=ann, job=again)
    vision.discard(by=ann, job=other)

    assert list(Photo.objects.all()) == [filed.photo]
    assert entry.photos.count() == 1


def test_nobody_discards_the_photo_of_another(ann: User, eve: User) -> None:
    job = make.job(ann)

    with pytest.raises(Forbidden):
        vision.discard(by=eve, job=job)

    assert list(Photo.objects.all()) == [job.photo]


def test_a_filed_identification_cannot_be_discarded(ann: User) -> None:
    job = make.job(ann)
    services.record_find(by=ann, job=job, taxon=make.taxon("Canis lupus"), details=Details())
    job.refresh_from_db()

    with pytest.raises(DomainError):
        vision.discard(by=ann, job=job)


def test_nobody_else_sees_the_cards_of_an_account_that_was_closed(ann: User, bob: User) -> None:
    Friendship.objects.create(asked_by=ann, asked=bob, status="accepted")
    entries = [make.dex_entry(ann, visibility=audience) for audience in ("friends", "public")]
    assert set(DexEntry.objects.visible_to(bob)) == set(entries)

    User.objects.filter(pk=ann.pk).update(is_active=False)

    assert not DexEntry.objects.visible_to(bob)
    assert not DexEntry.objects.visible_to(make.nobody())
