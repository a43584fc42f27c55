"""Changing, joining and deleting cards over the API."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.dex import services
from biologidex.dex.changes import changing
from biologidex.dex.details import Details
from biologidex.dex.models import DexEntry, DexState, DexTombstone, EntryPhoto
from biologidex.media.models import Photo

pytestmark = pytest.mark.django_db
ENTRIES = "/api/v1/dex/entries/"


@pytest.fixture
def mine(api: APIClient, ann: User) -> APIClient:
    """Ann's program."""
    api.force_authenticate(ann)
    return api


def address(entry: DexEntry, *rest: object) -> str:
    return "/".join([f"{ENTRIES}{entry.pk}", *(str(part) for part in rest), ""])


# --- what it says ---------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_change_leaves_what_it_does_not_name(mine: APIClient, ann: User, method: str) -> None:
    entry = make.dex_entry(
        ann,
        notes="By the river.",
        catch_date=date(2024, 5, 1),
        latitude=48.1,
        longitude=11.5,
        license="CC0-1.0",
    )

    answer = getattr(mine, method)(address(entry), {"establishment": "wild"})

    told = answer.json()
    assert answer.status_code == 200
    assert (told["establishment"], told["notes"], told["catch_date"]) == (
        "wild",
        "By the river.",
        "2024-05-01",
    )
    assert (told["latitude"], told["license"]) == (48.1, "CC0-1.0")


def test_a_place_can_be_corrected_and_taken_back(mine: APIClient, ann: User) -> None:
    entry = make.dex_entry(ann, latitude=48.1, longitude=11.5, accuracy_m=5.0, place_source="photo")

    moved = mine.patch(address(entry), {"latitude": 47.0}).json()
    gone = mine.patch(address(entry), {"latitude": None, "longitude": None}).json()

    assert (moved["latitude"], moved["longitude"], moved["place_source"]) == (47.0, 11.5, "person")
    assert "accuracy_m" not in moved
    assert "latitude" not in gone


BAD = [
    {"visibility": "everybody"},
    {"geoprivacy": "secret"},
    {"license": "WTFPL"},
    {"establishment": "stuffed"},
    {"notes": 7},
    {"notes": "x" * 2001},
    {"latitude": 91},
    {"latitude": None},
    {"catch_date": "tomorrow"},
    {"animal": "wolf"},
    {"is_favorite": "perhaps"},
]


@pytest.mark.parametrize("sent", BAD, ids=str)
def test_a_change_that_cannot_be_is_refused_by_name_and_changes_nothing(
    mine: APIClient, ann: User, sent: dict[str, Any]
) -> None:
    entry = make.dex_entry(ann, latitude=1.0, longitude=1.0, place_source="person")
    before = DexEntry.objects.values().get(pk=entry.pk)

    answer = mine.patch(address(entry), sent)

    assert answer.status_code == 400
    assert answer.json().keys() & sent.keys()
    assert DexEntry.objects.values().get(pk=entry.pk) == before


def test_a_favourite_is_marked_and_unmarked(mine: APIClient, ann: User) -> None:
    entry = make.dex_entry(ann)

    first = mine.post(address(entry, "toggle_favorite"), {}).json()
    favorites = mine.get(f"{ENTRIES}favorites/").json()["results"]
    second = mine.post(address(entry, "toggle_favorite"), {}).json()

    assert (first["is_favorite"], second["is_favorite"]) == (True, False)
    assert [one["id"] for one in favorites] == [str(entry.pk)]


def test_what_is_the_owner_s_own_business_is_told_to_nobody_else(
    api: APIClient, ann: User, eve: User
) -> None:
    entry = make.dex_entry(ann, visibility="public", is_favorite=True, geoprivacy="private")
    api.force_authenticate(eve)

    told = api.get(address(entry)).json()

    assert told.keys().isdisjoint({"is_favorite", "geoprivacy", "needs_review"})


CHANGES: list[tuple[str, str, Any]] = [
    ("put", "", {"notes": "Mine."}),
    ("patch", "", {"visibility": "private"}),
    ("delete", "", None),
    ("post", "toggle_favorite/", {}),
]


@pytest.mark.parametrize(("visibility", "status"), [("public", 403), ("friends", 404), ("private", 404)])
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_nobody_else_changes_a_card(
    api: APIClient, ann: User, eve: User, visibility: str, status: int, change: tuple[str, str, Any]
) -> None:
    entry = make.dex_entry(ann, visibility=visibility)
    before = DexEntry.objects.values().get(pk=entry.pk)
    method, rest, sent = change
    api.force_authenticate(eve)

    assert getattr(api, method)(f"{address(entry)}{rest}", sent).status_code == status

    assert DexEntry.objects.values().get(pk=entry.pk) == before


# --- which animal it is ---------------------------------------------------------------------------


def test_another_animal_makes_it_the_same_card_under_another_number(mine: APIClient, ann: User) -> None:
    entry, fox = make.dex_entry(ann), make.animal(make.taxon("Vulpes vulpes"))

    told = mine.put(address(entry), {"animal": str(fox.pk)}).json()

    assert (told["id"], told["creation_index"]) == (str(entry.pk), fox.creation_index)
    assert told["verbatim_identification"] == "Vulpes vulpes"


def test_naming_the_same_animal_again_changes_nothing_but_the_day_it_was_confirmed(
    mine: APIClient, ann: User
) -> None:
    entry = make.dex_entry(ann, notes="Still here.")

    told = mine.put(address(entry), {"animal": str(entry.animal_id)}).json()

    assert (told["id"], told["notes"]) == (str(entry.pk), "Still here.")
    assert DexEntry.objects.count() == 1
    assert not DexTombstone.objects.exists()


def test_two_cards_of_one_animal_become_one_with_everything_of_both(mine: APIClient, ann: User) -> None:
    fox = make.animal(make.taxon("Vulpes vulpes"))
    older = make.dex_entry(
        ann, animal=fox, notes="In the snow.", catch_date=date(2020, 1, 1), place_name="Woods"
    )
    wrong = make.dex_entry(ann, notes="At night.", catch_date=date(2024, 1, 1), is_favorite=True)
    photos = set(Photo.objects.values_list("pk", flat=True))

    told = mine.put(address(wrong), {"animal": str(fox.pk)}).json()

    assert told["id"] == str(wrong.pk)
    assert (told["notes"], told["catch_date"]) == ("At night.\n\nIn the snow.", "2020-01-01")
    assert (told["place_name"], told["is_favorite"]) == ("Woods", True)
    assert {shown.photo_id for shown in EntryPhoto.objects.filter(entry=wrong)} == photos
    assert DexTombstone.objects.get().entry_id == older.pk


def test_a_card_that_takes_in_a_private_one_is_private(mine: APIClient, ann: User, eve: User) -> None:
    fox = make.animal()
    make.dex_entry(ann, animal=fox, visibility="private", geoprivacy="private")
    public = make.dex_entry(ann, visibility="public", geoprivacy="open")

    told = mine.put(address(public), {"animal": str(fox.pk)}).json()

    assert (told["visibility"], told["geoprivacy"]) == ("private", "private")
    assert not DexEntry.objects.visible_to(eve).exists()


def test_notes_that_would_not_fit_together_are_not_cut(mine: APIClient, ann: User) -> None:
    fox = make.animal()
    make.dex_entry(ann, animal=fox, notes="a" * 1500)
    entry = make.dex_entry(ann, notes="b" * 1500)

    answer = mine.put(address(entry), {"animal": str(fox.pk)})

    assert answer.status_code == 409
    assert DexEntry.objects.count() == 2


def test_an_animal_that_does_not_exist_is_refused_by_name(mine: APIClient, ann: User) -> None:
    entry = make.dex_entry(ann)

    answer = mine.put(address(entry), {"animal": str(entry.pk)})

    assert (answer.status_code, "animal" in answer.json()) == (400, True)


# --- deleting -------------------------------------------------------------------------------------


def test_a_deleted_card_takes_its_photos_along_but_not_those_shown_elsewhere(
    mine: APIClient, ann: User
) -> None:
    entry, other = make.dex_entry(ann), make.dex_entry(ann)
    shared = other.photos.get().photo
    services.add_photo(by=ann, entry=entry, photo=shared)

    assert mine.delete(address(entry)).status_code == 204
    assert mine.delete(address(entry)).status_code == 404

    assert list(DexEntry.objects.all()) == [other]
    assert list(Photo.objects.all()) == [shared]


def test_every_change_leaves_a_new_version_of_the_dex(mine: APIClient, ann: User) -> None:
    entry = make.dex_entry(ann)
    versions = []
    for change in (
        lambda: mine.patch(address(entry), {"notes": "One."}),
        lambda: mine.post(address(entry, "toggle_favorite"), {}),
        lambda: mine.put(address(entry), {"animal": str(make.animal().pk)}),
        lambda: mine.delete(address(entry)),
    ):
        change()
        versions.append(DexState.objects.get(owner=ann).version)

    assert versions == [2, 3, 4, 5]  # the first is that of the card itself


def test_a_change_that_fails_leaves_no_version(ann: User) -> None:
    with pytest.raises(ZeroDivisionError), changing(ann.pk):
        raise ZeroDivisionError

    assert not DexState.objects.filter(version__gt=0).exists()


# --- lists ----------------------------------------------------------------------------------------


def test_the_feed_has_friends_finds_and_nobody_else_s(
    api: APIClient, ann: User, bob: User, eve: User
) -> None:
    make.friends(ann, bob)
    make.dex_entry(bob)
    shown = make.dex_entry(ann, visibility="friends")
    make.dex_entry(ann, visibility="private")
    make.dex_entry(eve, visibility="public")
    api.force_authenticate(bob)

    assert [entry["id"] for entry in api.get("/api/v1/dex/feed/").json()["results"]] == [str(shown.pk)]


def test_the_feed_neither_skips_nor_repeats_what_is_found_while_one_reads(
    api: APIClient, ann: User, bob: User
) -> None:
    make.friends(ann, bob)
    before = {str(make.dex_entry(ann).pk) for _ in range(5)}
    api.force_authenticate(bob)
    page = api.get("/api/v1/dex/feed/?page_size=2").json()
    read = [entry["id"] for entry in page["results"]]

    while page["next"]:
        make.dex_entry(ann)
        page = api.get(page["next"]).json()
        read += [entry["id"] for entry in page["results"]]

    assert len(read) == len(set(read)) == 5
    assert set(read) == before


def test_the_first_page_of_one_s_own_cards_has_all_that_a_player_can_change(
    mine: APIClient, ann: User
) -> None:
    for _ in range(60):
        DexEntry.objects.create(owner=ann, animal=make.animal())

    assert len(mine.get(f"{ENTRIES}my_entries/").json()["results"]) == 60


def test_lists_are_narrowed_by_what_is_asked_and_refuse_what_is_nonsense(
    mine: APIClient, ann: User, bob: User
) -> None:
    own, other = make.dex_entry(ann), make.dex_entry(bob, visibility="public")

    def ids(query: str) -> list[str]:
        return [entry["id"] for entry in mine.get(f"{ENTRIES}{query}").json()["results"]]

    assert ids(f"?owner={bob.pk}") == [str(other.pk)]
    assert ids(f"?animal={own.animal_id}") == [str(own.pk)]
    assert ids(f"by_animal/?animal={other.animal_id}") == [str(other.pk)]
    assert set(ids("recent/")) == {str(own.pk), str(other.pk)}
    assert mine.get(f"{ENTRIES}?owner=me").status_code == 400
    assert mine.get(f"{ENTRIES}by_animal/").status_code == 400


LISTS = ["entries/", "entries/my_entries/", "entries/favorites/", "entries/recent/", "feed/"]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", LISTS)
def test_no_list_asks_more_for_more_cards(
    api: APIClient, ann: User, bob: User, name: str, count: int
) -> None:
    make.friends(ann, bob)
    for _ in range(count):
        for owner in (ann, bob):
            make.dex_entry(owner, is_favorite=True, latitude=1.0, longitude=1.0)
    api.force_authenticate(ann)

    with CaptureQueriesContext(connection) as queries:
        assert len(api.get(f"/api/v1/dex/{name}").json()["results"]) >= count

    assert len(queries) <= 4, [query["sql"][:120] for query in queries]


def test_details_from_nowhere_are_those_a_person_usually_chooses(mine: APIClient, ann: User) -> None:
    ann.profile.default_visibility, ann.profile.default_geoprivacy = "public", "open"
    ann.profile.default_license = "CC-BY-4.0"
    ann.profile.save()

    told = mine.post(
        ENTRIES, {"source_vision_job": str(make.job(ann).pk), "taxon": make.taxon("Canis lupus").pk}
    ).json()

    assert (told["visibility"], told["geoprivacy"], told["license"]) == ("public", "open", "CC-BY-4.0")
    assert Details().visibility == "friends"
