"""Finding an animal again: the card shows no photo to more people, and gives none away more freely, than was said."""

from typing import Any

import pytest
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.dex.models import DexEntry
from biologidex.social.models import Friendship

pytestmark = pytest.mark.django_db
ENTRIES = "/api/v1/dex/entries/"


@pytest.fixture
def fox() -> Animal:
    return make.animal(make.taxon("Vulpes vulpes"))


@pytest.fixture
def mine(ann: User) -> APIClient:
    """Ann's program."""
    return signed_in(ann)


def signed_in(person: User) -> APIClient:
    api = APIClient()
    api.force_authenticate(person)
    return api


def find(api: APIClient, ann: User, fox: Animal, **said: Any) -> Any:
    return api.post(ENTRIES, {"source_vision_job": str(make.job(ann).pk), "animal": str(fox.pk), **said})


def synced(api: APIClient, owner: User, last_sync: str = "") -> dict[str, Any]:
    told: dict[str, Any] = api.get(f"{ENTRIES}user/{owner.pk}/entries/", {"last_sync": last_sync}).json()
    return told


AUDIENCES = [
    # the card before, what is said of the new find, the card afterwards
    ("public", {"visibility": "private"}, "private"),
    ("public", {"visibility": "friends"}, "friends"),
    ("friends", {"visibility": "private"}, "private"),
    ("private", {"visibility": "public"}, "private"),
    ("friends", {"visibility": "public"}, "friends"),
    ("public", {}, "public"),  # what is only usual for the person says nothing of this card
    ("private", {}, "private"),
]


@pytest.mark.parametrize(("before", "said", "after"), AUDIENCES)
def test_the_narrower_wish_of_the_two_counts_for_the_card(
    mine: APIClient, ann: User, fox: Animal, before: str, said: dict[str, str], after: str
) -> None:
    entry = make.dex_entry(ann, animal=fox, visibility=before)

    told = find(mine, ann, fox, **said).json()

    assert (told["id"], told["visibility"], len(told["images"])) == (str(entry.pk), after, 2)


def test_a_photo_said_to_be_private_is_shown_to_nobody_else(
    mine: APIClient, ann: User, eve: User, fox: Animal
) -> None:
    make.dex_entry(ann, animal=fox, visibility="public")

    told = find(mine, ann, fox, visibility="private", notes="Where I live.").json()

    photo = told["images"][-1]["id"]
    assert signed_in(eve).get(f"{ENTRIES}{told['id']}/").status_code == 404
    assert photo not in str(synced(signed_in(eve), ann))


def test_those_who_lose_sight_of_the_card_are_left_word(
    mine: APIClient, ann: User, bob: User, eve: User, fox: Animal
) -> None:
    Friendship.objects.create(asked_by=ann, asked=bob, status="accepted")
    make.dex_entry(ann, visibility="public")  # a dex that shows nothing any more is told as a whole
    entry = make.dex_entry(ann, animal=fox, visibility="public")
    since = {person: synced(signed_in(person), ann)["server_time"] for person in (bob, eve)}

    find(mine, ann, fox, visibility="friends")

    of_bob, of_eve = (synced(signed_in(person), ann, since[person]) for person in (bob, eve))
    assert [one["id"] for one in of_eve["deleted"]] == [str(entry.pk)]
    assert not of_eve["entries"]
    assert [(one["id"], len(one["images"])) for one in of_bob["entries"]] == [(str(entry.pk), 2)]
    assert not of_bob["deleted"]


LICENCES = [
    # the card before, what is said of the new find, the card afterwards
    ("CC0-1.0", {"license": "CC-BY-NC-4.0"}, "CC-BY-NC-4.0"),
    ("CC-BY-4.0", {"license": ""}, ""),
    ("", {"license": "CC0-1.0"}, ""),
    ("CC-BY-SA-4.0", {"license": "CC-BY-NC-4.0"}, "CC-BY-NC-SA-4.0"),
    ("CC-BY-SA-4.0", {"license": "CC-BY-ND-4.0"}, "CC-BY-ND-4.0"),
    ("CC0-1.0", {"license": "CC0-1.0"}, "CC0-1.0"),
    ("CC-BY-4.0", {}, "CC-BY-4.0"),
]


@pytest.mark.parametrize(("before", "said", "after"), LICENCES)
def test_the_card_allows_only_what_was_said_for_both_finds(
    mine: APIClient, ann: User, fox: Animal, before: str, said: dict[str, str], after: str
) -> None:
    make.dex_entry(ann, animal=fox, license=before)

    assert find(mine, ann, fox, **said).json()["license"] == after


@pytest.mark.parametrize("one", ["CC0-1.0", "CC-BY-4.0", ""])
@pytest.mark.parametrize("other", ["CC0-1.0", "CC-BY-NC-4.0", ""])
def test_two_cards_that_become_one_allow_only_what_both_allowed(
    mine: APIClient, ann: User, fox: Animal, one: str, other: str
) -> None:
    make.dex_entry(ann, animal=fox, license=one)
    wrong = make.dex_entry(ann, license=other)
    strictest = [one, other]
    strictest.sort(key=["", "CC-BY-NC-4.0", "CC-BY-4.0", "CC0-1.0"].index)

    told = mine.put(f"{ENTRIES}{wrong.pk}/", {"animal": str(fox.pk)}).json()

    assert told["license"] == strictest[0]


NOTES = [
    # on the card, of the new find, on the card afterwards
    ("", "In the snow.", "In the snow."),
    ("At night.", "In the snow.", "At night.\nIn the snow."),
    ("At night.", "", "At night."),
    ("At night.\nIn the snow.", "In the snow.", "At night.\nIn the snow."),
    ("At night, twice.", "At night", "At night, twice.\nAt night"),
]


@pytest.mark.parametrize(("before", "said", "after"), NOTES)
def test_the_notes_of_every_find_are_kept_once(
    mine: APIClient, ann: User, fox: Animal, before: str, said: str, after: str
) -> None:
    make.dex_entry(ann, animal=fox, notes=before)

    assert find(mine, ann, fox, notes=said).json()["notes"] == after


def test_a_request_that_is_repeated_adds_its_notes_once(mine: APIClient, ann: User, fox: Animal) -> None:
    make.dex_entry(ann, animal=fox, notes="At night.")
    sent = {"source_vision_job": str(make.job(ann).pk), "animal": str(fox.pk), "notes": "In the snow."}

    answers = [mine.post(ENTRIES, sent).json()["notes"] for _ in range(2)]

    assert answers == ["At night.\nIn the snow."] * 2


def test_notes_without_room_are_refused_by_name_and_nothing_is_filed(
    mine: APIClient, ann: User, fox: Animal
) -> None:
    entry = make.dex_entry(ann, animal=fox, notes="a" * 1500, visibility="public")

    answer = find(mine, ann, fox, notes="b" * 1500, visibility="private")

    entry.refresh_from_db()
    assert (answer.status_code, "Shorten" in answer.json()["notes"][0]) == (409, True)
    assert (entry.notes, entry.visibility, entry.photos.count()) == ("a" * 1500, "public", 1)


def test_on_the_page_the_chosen_audience_counts_and_the_quick_tile_chooses_none(
    client: Any, ann: User, fox: Animal
) -> None:
    entry = make.dex_entry(ann, animal=fox, visibility="public")
    client.force_login(ann)
    chosen = {"taxon": fox.taxon_id, "visibility": "friends"}

    for sent, after in (({"quick": "", "taxon": fox.taxon_id}, "public"), (chosen, "friends")):
        client.post(f"/capture/{make.job(ann).pk}/", sent)

        assert DexEntry.objects.get(pk=entry.pk).visibility == after


def test_a_new_card_was_not_changed_before_it_was_made(mine: APIClient, ann: User, fox: Animal) -> None:
    told = find(mine, ann, fox).json()

    assert told["created_at"] <= told["updated_at"]
    assert told["created_at"] <= told["identified_at"]
