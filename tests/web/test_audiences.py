"""What pages say of who sees a card is what those people really get, and it is said in the same words everywhere."""

import pytest
from django.test import Client
from django.utils.html import escape
from pytest_django.asserts import assertContains

import make
from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry
from biologidex.web.audiences import AUDIENCES

pytestmark = pytest.mark.django_db

# Each sentence, and by it who is shown the card. Whoever changes a sentence has to say here what it promises.
PROMISED = {
    "private": ("You alone. It is in no number and no tree that others are shown.", {"owner"}),
    "friends": (
        "You and your friends here, with photos, notes and date. Nobody else learns that it exists.",
        {"owner", "friend"},
    ),
    "public": (
        (
            "Whoever has an account here and is not blocked. Without an account nobody can open it: only its "
            "pictures, at the addresses in an archive that you publish."
        ),
        {"owner", "friend", "stranger"},
    ),
}


@pytest.fixture
def people(ann: User, bob: User, eve: User) -> dict[str, Client]:
    """Ann, her friend, a stranger, somebody she has blocked, and somebody without an account."""
    make.friends(ann, bob)
    blocked = make.user("mallory")
    make.block(ann, blocked)
    browsers = {"anonymous": Client()}
    for name, person in (("owner", ann), ("friend", bob), ("stranger", eve), ("blocked", blocked)):
        browsers[name] = Client()
        browsers[name].force_login(person)
    return browsers


def kept(ann: User, visibility: str) -> DexEntry:
    return make.dex_entry(ann, visibility=visibility, notes="Alone, at dawn.", catch_date="2024-05-18")


def test_each_visibility_has_its_sentence() -> None:
    assert {key: one.meaning for key, one in AUDIENCES.items()} == {
        key: sentence for key, (sentence, _who) in PROMISED.items()
    }
    assert set(AUDIENCES) == set(DexEntry.Visibility.values)


@pytest.mark.parametrize("visibility", PROMISED)
def test_a_card_is_opened_by_whom_the_sentence_names_and_by_nobody_else(
    people: dict[str, Client], ann: User, visibility: str
) -> None:
    card = kept(ann, visibility)

    answers = {who: browser.get(f"/dex/{card.pk}/") for who, browser in people.items()}

    opened = {who for who, answer in answers.items() if b"Alone, at dawn." in answer.content}
    assert opened == PROMISED[visibility][1]
    assert answers["anonymous"].status_code == 302  # to where one signs in
    assert answers["blocked"].status_code == 404


@pytest.mark.parametrize("visibility", PROMISED)
def test_without_an_account_one_gets_the_pictures_at_published_addresses_and_nothing_else(
    people: dict[str, Client], ann: User, visibility: str
) -> None:
    card = kept(ann, visibility)
    anybody = people["anonymous"]

    assert anybody.get(f"/api/v1/dex/entries/{card.pk}/").status_code == 401
    picture = anybody.get(f"/api/v1/dex/pictures/{card.photos.get().pk}/")

    assert picture.status_code == (302 if visibility == "public" else 404)


@pytest.mark.parametrize("page", ["settings/privacy/", "friends/", "dex/{card}/edit/"])
def test_pages_on_which_one_chooses_say_it_in_the_same_words(
    people: dict[str, Client], ann: User, page: str
) -> None:
    answer = people["owner"].get("/" + page.format(card=kept(ann, "friends").pk))

    for sentence, _who in PROMISED.values():
        assertContains(answer, escape(sentence))


@pytest.mark.parametrize("visibility", PROMISED)
def test_a_card_says_it_to_its_owner(people: dict[str, Client], ann: User, visibility: str) -> None:
    assertContains(people["owner"].get(f"/dex/{kept(ann, visibility).pk}/"), escape(PROMISED[visibility][0]))
