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
NAVIGATION = 1  # the question that every page asks: what is new


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


def test_search_finds_names_in_other_languages_and_old_names(anns: Client, ann: User) -> None:
    wolf = make.taxon("Canis lupus", synonyms=["Canis lycaon"])
    wolf.names.create(name="lobo gris", kind="vernacular", language="es")
    make.dex_entry(ann, animal=make.animal(wolf))
    card(ann, "Vulpes vulpes")

    assert names(anns, "?q=Lobo") == names(anns, "?q=lycaon") == ["Canis lupus"]


@pytest.mark.parametrize("text", ["L%C3%B6we", "lowe", "Loewe", "leon"])
def test_search_finds_names_with_and_without_their_signs(anns: Client, ann: User, text: str) -> None:
    lion = make.taxon("Panthera leo", foreign={"de": "Löwe", "es": "león"})
    make.dex_entry(ann, animal=make.animal(lion))
    card(ann, "Vulpes vulpes")

    assert names(anns, f"?q={text}") == ["Panthera leo"]


def test_what_friends_have_stands_between_ones_own_as_a_silhouette_by_number(
    anns: Client, ann: User, bob: User
) -> None:
    make.friends(ann, bob)
    animals = [make.animal(make.taxon(f"Animal no{n}", class_name="Aves")) for n in range(3)]
    make.dex_entry(ann, animal=animals[0])
    theirs = make.dex_entry(bob, animal=animals[1])
    make.dex_entry(ann, animal=animals[2])
    make.dex_entry(bob, animal=animals[2])

    page = anns.get("/dex/")

    slots = page.context["page"].object_list
    assert [(slot.animal.creation_index, slot.entry is None) for slot in slots] == [
        (1, False),
        (2, True),
        (3, False),
    ]
    assertContains(page, "bob has it", count=1)
    assertContains(page, "silhouettes.svg#birds", html=False)
    assertNotContains(page, str(theirs.pk))
    assert names(anns, "?show=missing") == ["Animal no1"]
    assert names(anns, "?show=mine") == ["Animal no0", "Animal no2"]
    assert names(anns, "?q=no1") == ["Animal no1"]
    assert names(anns, "?show=missing&group=mammals") == []


def test_several_friends_with_the_same_animal_are_counted(anns: Client, ann: User, bob: User) -> None:
    wolf = make.animal(make.taxon("Canis lupus"))
    for friend in (bob, make.user("cleo"), make.user("dan")):
        make.friends(ann, friend)
        make.dex_entry(friend, animal=wolf)

    assertContains(anns.get("/dex/"), "bob and 2 others have it")


@pytest.mark.parametrize("visibility", ["private", "friends", "public"])
def test_nothing_is_missing_but_what_friends_show(
    anns: Client, ann: User, bob: User, eve: User, visibility: str
) -> None:
    make.friends(ann, bob)
    card(bob, "Canis lupus", visibility=visibility)
    card(eve, "Vulpes vulpes", visibility="public")
    blocked = make.user("mia")
    make.friends(ann, blocked)
    card(blocked, "Pica pica", visibility="public")
    make.block(ann, blocked)

    assert names(anns) == ([] if visibility == "private" else ["Canis lupus"])


def test_what_only_a_card_tells_is_asked_of_cards_alone(anns: Client, ann: User, bob: User) -> None:
    make.friends(ann, bob)
    card(bob, "Pica pica")
    card(ann, "Canis lupus", establishment="wild", catch_date="2024-05-18", visibility="private", latitude=1,
         longitude=2, place_source="person")  # fmt: skip
    card(ann, "Felis catus", establishment="captive", catch_date="2023-05-18", place_name="Home")
    card(ann, "Vulpes vulpes", visibility="public")

    for query, told in {
        "kind=wild": ["Canis lupus"],
        "kind=captive": ["Felis catus"],
        "kind=unknown": ["Vulpes vulpes"],
        "year=2024": ["Canis lupus"],
        "visibility=public": ["Vulpes vulpes"],
        "visibility=private&kind=wild": ["Canis lupus"],
        "place=known": ["Canis lupus", "Felis catus"],
        "place=unknown": ["Vulpes vulpes"],
        "sort=newest": ["Vulpes vulpes", "Felis catus", "Canis lupus"],
        "kind=wild&show=missing": [],
    }.items():
        assert names(anns, f"?{query}") == told, query


def test_each_filter_is_named_and_can_be_taken_back_alone(anns: Client, ann: User) -> None:
    card(ann, "Canis lupus", establishment="wild", catch_date="2024-05-18")

    page = anns.get("/dex/?kind=wild&year=2024&group=mammals")

    assertContains(page, 'href="?group=mammals&amp;year=2024"')
    assertContains(page, 'href="?group=mammals&amp;kind=wild"')
    assertContains(page, '<option value="2024" selected>')


def test_the_address_that_a_script_leaves_behind_names_only_what_was_asked_for(
    anns: Client, ann: User
) -> None:
    card(ann, "Canis lupus")

    sent = "?q=wolf&sort=&kind=&year=&visibility=&place="
    assert anns.get(f"/dex/{sent}", headers={"HX-Request": "true"})["HX-Push-Url"] == "/dex/?q=wolf"


def test_more_cards_come_alone_and_lead_on(anns: Client, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("biologidex.web.views.dex.CARDS", 1)
    for name in ("Canis lupus", "Vulpes vulpes", "Felis catus"):
        card(ann, name)

    piece = anns.get("/dex/?page=2&piece=more", headers={"HX-Request": "true"})

    assertContains(piece, "Vulpes vulpes")
    assertContains(piece, 'hx-get="?page=3&amp;piece=more"')
    assertNotContains(piece, 'id="cards"')
    assertNotContains(piece, "The cards before these")
    assertContains(anns.get("/dex/?page=2"), "The cards before these")


def test_a_favourite_is_marked_in_the_grid_with_and_without_a_script(anns: Client, ann: User) -> None:
    entry = card(ann, "Canis lupus")

    plain = anns.post(f"/dex/{entry.pk}/favorite/", {"is_favorite": "1", "from": "dex"})
    piece = anns.post(
        f"/dex/{entry.pk}/favorite/", {"is_favorite": "0", "from": "dex"}, headers={"HX-Request": "true"}
    )

    assert plain["Location"] == "/dex/"
    assertContains(piece, 'aria-pressed="false"')
    assertContains(piece, 'aria-label="Favourite: Canis lupus"')


def test_names_and_notes_are_text_in_the_grid(anns: Client, ann: User) -> None:
    card(ann, "Canis lupus", english="<script>alert(1)</script>")

    page = anns.get("/dex/?q=%3Cscript%3Ealert")

    assertContains(page, "&lt;script&gt;alert(1)&lt;/script&gt;")
    assertNotContains(page, "<script>alert(1)")


def test_a_search_without_a_match_says_so_and_leads_back(anns: Client, ann: User) -> None:
    card(ann, "Canis lupus")

    assertContains(anns.get("/dex/?q=griffin"), "No card of yours fits that.")


def test_htmx_gets_the_cards_without_the_page(anns: Client, ann: User) -> None:
    card(ann, "Canis lupus")

    piece = anns.get("/dex/?q=canis", headers={"HX-Request": "true"})

    assertContains(piece, 'id="cards"')
    assertNotContains(piece, "<html")


@pytest.mark.parametrize(
    "query",
    [
        "?page=99",
        "?page=x",
        "?q=%00",
        "?sort=%27&group=%3Cb%3E",
        "?year=99999999999999999999",
        "?year=%C2%B2",
        "?year=-1",
    ],
)
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

    # session, person, count, animals, cards, their photos, what there is to choose from: cards, and gaps
    with django_assert_num_queries(8 + NAVIGATION):
        anns.get("/dex/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_gap_and_for_three(
    anns: Client, ann: User, bob: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make.friends(ann, bob)
    make.dex_entry(ann)
    for _ in range(count):
        make.dex_entry(bob)

    with django_assert_num_queries(9 + NAVIGATION):  # and who has what is missing
        anns.get("/dex/")


@pytest.mark.parametrize("count", [1, 3])
def test_a_card_costs_the_same_with_one_photo_and_with_three(
    anns: Client, ann: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    entry = make.dex_entry(ann)
    for _ in range(count - 1):
        entry.photos.create(photo=make.photo(ann))

    # session, person, card, photos, line of descent, the first card of all, whether it may be seen, the cards before
    # and after, its history, what was said of its photos, words of friends
    with django_assert_num_queries(12 + NAVIGATION):
        anns.get(f"/dex/{entry.pk}/")
