"""The dex page."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.asserts import assertContains, assertNotContains

import make
from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry

pytestmark = pytest.mark.django_db


def card(owner: User, name: str, *, english: str = "", **fields: Any) -> DexEntry:
    about = {key: fields.pop(key) for key in ("phylum", "class_name", "order") if key in fields}
    return make.dex_entry(owner, animal=make.animal(make.taxon(name, common_name=english, **about)), **fields)


def names(browser: Client, query: str = "") -> list[str]:
    page = browser.get(f"/dex/{query}").context["page"]
    return [entry.animal.taxon.scientific_name for entry in page.object_list]


def test_an_empty_dex_invites_to_photograph(anns: Client) -> None:
    page = anns.get("/dex/")

    assertContains(page, "The first page is still blank")
    assertContains(page, 'href="/capture/"')


def test_a_card_shows_number_name_and_photo(anns: Client, ann: User) -> None:
    entry = card(ann, "Canis lupus", english="gray wolf", class_name="Mammalia")

    page = anns.get("/dex/")

    assertContains(page, "No. 0001")
    assertContains(page, "Gray wolf")
    assertContains(page, "Canis lupus")
    assertContains(page, 'data-group="mammals"')
    assertContains(page, 'src="/photos/')
    assertContains(page, f'href="/dex/{entry.pk}/"')


def test_a_card_of_more_than_a_species_says_which_rank_it_has(anns: Client, ann: User) -> None:
    make.dex_entry(ann, animal=make.animal(make.taxon("Spheniscidae", rank="family", common_name="penguin")))

    assertContains(anns.get("/dex/"), 'Family <i lang="la">Spheniscidae</i>')


@pytest.mark.parametrize(("query", "count"), [("", 1), ("?q=lupus", 0), ("?favorites=1", 0)])
def test_behind_all_cards_there_is_a_place_for_the_next(
    anns: Client, ann: User, query: str, count: int
) -> None:
    card(ann, "Canis lupus", is_favorite=True)

    assertContains(anns.get(f"/dex/{query}"), "Your next animal", count=count)


def test_only_ones_own_cards_are_in_it(anns: Client, ann: User, eve: User) -> None:
    card(ann, "Canis lupus")
    card(eve, "Vulpes vulpes", visibility="public")

    assert names(anns) == ["Canis lupus"]


def test_cards_come_by_number_newest_or_name(anns: Client, ann: User) -> None:
    wolf, fox = (
        make.animal(make.taxon("Canis lupus", common_name="wolf")),
        make.animal(make.taxon("Vulpes vulpes", common_name="fox")),
    )
    make.dex_entry(ann, animal=fox)
    make.dex_entry(ann, animal=wolf)

    assert names(anns) == ["Canis lupus", "Vulpes vulpes"]
    assert names(anns, "?sort=newest") == ["Canis lupus", "Vulpes vulpes"]
    assert names(anns, "?sort=name") == ["Vulpes vulpes", "Canis lupus"]
    assert names(anns, "?sort=nonsense") == ["Canis lupus", "Vulpes vulpes"]


def test_a_group_shows_its_members_only(anns: Client, ann: User) -> None:
    card(ann, "Canis lupus", class_name="Mammalia")
    card(ann, "Testudo graeca", order="Testudines")
    card(ann, "Helix pomatia", phylum="Mollusca")
    card(ann, "Asterias rubens", phylum="Echinodermata")

    assert names(anns, "?group=mammals") == ["Canis lupus"]
    assert names(anns, "?group=reptiles") == ["Testudo graeca"]
    assert names(anns, "?group=molluscs") == ["Helix pomatia"]
    assert names(anns, "?group=others") == ["Asterias rubens"]
    assert len(names(anns, "?group=dragons")) == 4


def test_the_chips_count_groups_and_favourites(anns: Client, ann: User) -> None:
    card(ann, "Canis lupus", class_name="Mammalia")
    card(ann, "Vulpes vulpes", class_name="Mammalia", is_favorite=True)
    card(ann, "Pica pica", class_name="Aves")

    chips = {chip.label: chip.count for chip in anns.get("/dex/").context["chips"]}

    assert chips == {"All": 3, "Favourites": 1, "Mammals": 2, "Birds": 1}
    assert names(anns, "?favorites=1") == ["Vulpes vulpes"]


@pytest.mark.parametrize("text", ["WOLF", "lupus", "gredos", "dawn"])
def test_search_finds_names_places_and_notes(anns: Client, ann: User, text: str) -> None:
    card(ann, "Canis lupus", english="gray wolf", place_name="Sierra de Gredos", notes="Alone, at dawn.")
    card(ann, "Vulpes vulpes", english="red fox")

    assert names(anns, f"?q={text}") == ["Canis lupus"]


def test_a_search_without_a_match_says_so_and_leads_back(anns: Client, ann: User) -> None:
    card(ann, "Canis lupus")

    assertContains(anns.get("/dex/?q=griffin"), "No card of yours fits that.")


def test_htmx_gets_the_cards_without_the_page(anns: Client, ann: User) -> None:
    card(ann, "Canis lupus")

    piece = anns.get("/dex/?q=canis", headers={"HX-Request": "true"})

    assertContains(piece, 'id="cards"')
    assertNotContains(piece, "<html")


@pytest.mark.parametrize("query", ["?page=99", "?page=x", "?q=%00", "?sort=%27&group=%3Cb%3E"])
def test_nonsense_in_the_address_breaks_nothing(anns: Client, ann: User, query: str) -> None:
    card(ann, "Canis lupus")

    assert anns.get(f"/dex/{query}").status_code == 200


def test_many_cards_are_turned_page_by_page(anns: Client, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("biologidex.web.views.dex.CARDS", 1)
    card(ann, "Canis lupus", class_name="Mammalia")
    card(ann, "Vulpes vulpes", class_name="Mammalia")

    assert names(anns, "?group=mammals&page=2") == ["Vulpes vulpes"]
    assertContains(anns.get("/dex/?group=mammals"), "?group=mammals&amp;page=2")


def test_nobody_in_between_keeps_a_copy_of_what_is_ones_own(anns: Client) -> None:
    assert anns.get("/dex/").headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_card_and_for_three(
    anns: Client, ann: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        make.dex_entry(ann)

    with django_assert_num_queries(6):  # session, person, groups, count, cards, their photos
        anns.get("/dex/")


@pytest.mark.parametrize("count", [1, 3])
def test_a_card_costs_the_same_with_one_photo_and_with_three(
    anns: Client, ann: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    entry = make.dex_entry(ann)
    for _ in range(count - 1):
        entry.photos.create(photo=make.photo(ann))

    # session, person, card, photos, the first card of all, whether it may be seen, the cards before and after
    with django_assert_num_queries(8):
        anns.get(f"/dex/{entry.pk}/")
