"""The page of the tree of life: what it shows, to whom, and what it hands out."""

import re

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.web import trees
from graph.conftest import find
from web.forest import animals, many, rows

pytestmark = pytest.mark.django_db


# --- whose finds ----------------------------------------------------------------------------------


def test_a_tree_of_nothing_invites_to_photograph(anns: Client) -> None:
    page = anns.get("/tree/")

    assertContains(page, "A seed, so far")
    assertContains(page, 'href="/capture/"')


def test_somebody_who_is_not_signed_in_is_asked_to(browser: Client) -> None:
    for path in ("", "data/", "branch/", "line/", "search/", "pictures/", "picture/", "newick/"):
        assert browser.get(f"/tree/{path}").headers["Location"].startswith("/sign-in/")


MODES = [
    ("", {"Canis lupus", "Felis catus"}),
    ("mode=personal", {"Canis lupus"}),
    ("mode=selected", {"Canis lupus"}),
    ("mode=global", {"Canis lupus", "Felis catus", "Bubo bubo"}),
]


@pytest.fixture
def everybodys(ann: User, bob: User, eve: User, wolf: Animal, cat: Animal, owl: Animal) -> None:
    """Ann has found a wolf, her friend Bob a cat, Eve, a stranger, an owl that she shows to everybody."""
    make.friends(ann, bob)
    find(ann, wolf), find(bob, cat), find(eve, owl, "public")


@pytest.mark.usefixtures("everybodys")
@pytest.mark.parametrize(("query", "seen"), MODES)
def test_each_tree_shows_the_finds_of_those_whom_it_is_about(
    anns: Client, query: str, seen: set[str]
) -> None:
    page = anns.get(f"/tree/?{query}").content.decode()

    assert animals(anns, query) == seen
    listed = {latin for latin in ("Canis lupus", "Felis catus", "Bubo bubo") if f"{latin}</i>" in page}
    assert listed == seen


def test_nobody_sees_what_is_not_shown_to_them(
    anns: Client, ann: User, bob: User, eve: User, wolf: Animal, cat: Animal, owl: Animal
) -> None:
    make.friends(ann, bob)
    find(bob, wolf, "private"), find(eve, cat, "friends"), find(eve, owl, "private"), find(ann, owl)

    for mode in trees.MODES:
        assert animals(anns, f"mode={mode}&friend={bob.pk}&friend={eve.pk}") == {"Bubo bubo"}


def test_of_the_chosen_only_friends_count(
    anns: Client, ann: User, bob: User, eve: User, wolf: Animal, cat: Animal, owl: Animal
) -> None:
    make.friends(ann, bob)
    find(ann, wolf), find(bob, cat), find(eve, owl, "public")
    chosen = f"mode=selected&friend={bob.pk}&friend={eve.pk}&friend=nonsense"

    assert animals(anns, chosen) == {"Canis lupus", "Felis catus"}
    page = anns.get(f"/tree/?{chosen}")
    assertContains(page, f'value="{bob.pk}" checked')
    assert page.context["choice"].friends == (bob.pk,)


def test_the_tree_of_one_friend_holds_theirs_alone_and_tells_which_one_has_as_well(
    anns: Client, ann: User, bob: User, wolf: Animal, cat: Animal, owl: Animal
) -> None:
    make.friends(ann, bob)
    find(ann, wolf), find(bob, wolf), find(bob, cat), find(ann, owl)

    told = {row[2]: (row[6], row[7]) for row in rows(anns, "of=BOB") if row[0] and not row[5]}

    assert told == {"Canis lupus": (1, 1), "Felis catus": (0, 1)}
    assertContains(anns.get("/tree/?of=BOB"), "What bob has found")


@pytest.mark.parametrize("path", ["", "data/", "search/", "pictures/", "picture/", "newick/"])
def test_the_tree_of_somebody_who_is_no_friend_is_not_found(
    anns: Client, eve: User, owl: Animal, path: str
) -> None:
    find(eve, owl, "public")

    assert anns.get(f"/tree/{path}?of=eve").status_code == 404
    assert anns.get(f"/tree/{path}?of=nobody").status_code == 404


def test_of_oneself_is_ones_own_tree(anns: Client, ann: User, wolf: Animal) -> None:
    find(ann, wolf)

    assert animals(anns, "of=ann") == {"Canis lupus"}
    assertContains(anns.get("/tree/?of=ann"), '<a class="chip" href="?mode=personal" aria-current="true">')


# --- the list -------------------------------------------------------------------------------------


def test_the_list_holds_the_whole_tree_without_any_script(
    anns: Client, ann: User, wolf: Animal, cat: Animal, owl: Animal
) -> None:
    for animal in (wolf, cat, owl):
        find(ann, animal)

    page = anns.get("/tree/").content.decode()

    for name in ("Animalia", "Chordata", "Mammalia", "Aves", "Carnivora", "Canidae", "Canis", "Canis lupus"):
        assert f'<i lang="la">{name}</i>' in page
    # A species that was found as itself is told once: as what was found.
    assert page.count('<i lang="la">Canis lupus</i>') == 1


def test_a_large_list_is_opened_branch_by_branch_until_all_is_told(
    anns: Client, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(ann, 40)
    for limit, value in {"WHOLE": 10, "AT_A_GLANCE": 5, "SIDE_BY_SIDE": 6}.items():
        monkeypatch.setattr(trees, limit, value)
    told: set[str] = set()
    waiting, seen = ["/tree/"], set()

    while waiting:
        address = waiting.pop()
        page = anns.get(address).content.decode()
        told |= set(re.findall(r'<i lang="la">(Genus\d s\d+)</i>', page))
        fresh = set(re.findall(r'hx-get="(/tree/branch/[^"]+)"', page)) - seen
        seen |= fresh
        waiting += [one.replace("&amp;", "&") for one in fresh]

    assert len(told) == 40
    assert len(seen) > 5


def test_without_scripts_a_large_list_is_opened_by_asking_for_a_place_in_it(
    anns: Client, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(ann, 40)
    monkeypatch.setattr(trees, "WHOLE", 10)
    monkeypatch.setattr(trees, "SIDE_BY_SIDE", 6)
    genus = next(row[0] for row in rows(anns) if row[2] == "Genus1")

    first, later = anns.get(f"/tree/?at={genus}"), anns.get(f"/tree/?at={genus}&start=6")

    assertContains(first, '<i lang="la">Genus1 s001</i>')
    assertContains(first, f"?at={genus}&amp;start=6#at")
    assertContains(later, '<i lang="la">Genus1 s019</i>')


def test_a_place_in_the_list_is_opened_and_marked(anns: Client, ann: User, wolf: Animal) -> None:
    find(ann, wolf)

    page = anns.get(f"/tree/?at={wolf.creation_index}&as=list")

    assertContains(page, '<li id="at" aria-current="true">', count=1)


# --- search and lines of descent ------------------------------------------------------------------


def test_search_finds_what_people_may_mean(anns: Client, ann: User, wolf: Animal, cat: Animal) -> None:
    find(ann, wolf), find(ann, cat)

    assertContains(anns.get("/tree/search/?q=WOLF"), f'data-at="{wolf.creation_index}"')
    assertContains(anns.get("/tree/search/?q=cani"), "Canidae")
    assertContains(anns.get("/tree/search/?q=griffin"), "Nothing in this tree is called that.")
    assertContains(anns.get("/tree/?q=wolf"), 'class="tree-found"')


def test_search_finds_nothing_that_is_not_in_the_tree(anns: Client, eve: User, owl: Animal) -> None:
    find(eve, owl, "private")

    assertNotContains(anns.get("/tree/search/?q=owl&mode=global"), "Bubo")


def test_a_line_of_descent_goes_from_the_root_to_the_animal_and_counts(
    anns: Client, ann: User, bob: User, wolf: Animal, cat: Animal
) -> None:
    make.friends(ann, bob)
    find(ann, wolf), find(bob, cat)

    page = anns.get(f"/tree/line/?at={wolf.creation_index}").content.decode()

    steps = re.findall(r'<i lang="la">([^<]+)</i></a><b>(\d)</b>', page)
    assert steps == [
        ("Animalia", "2"),
        ("Chordata", "2"),
        ("Mammalia", "2"),
        ("Carnivora", "2"),
        ("Canidae", "1"),
        ("Canis", "1"),
        ("Canis lupus", "1"),
    ]
    assert "Found by you" in page
    assert "Found by friends" not in page


def test_beside_a_line_are_the_cards_below_it_that_one_may_see(
    anns: Client, ann: User, bob: User, eve: User, wolf: Animal, cat: Animal, owl: Animal
) -> None:
    make.friends(ann, bob)
    shown = {find(ann, wolf), find(bob, wolf), find(bob, cat)}
    hidden = {find(eve, wolf, "friends"), find(ann, owl)}
    group = next(row[0] for row in rows(anns) if row[2] == "Carnivora")

    page = anns.get(f"/tree/line/?at={group}").content.decode()

    assert {entry for entry in shown | hidden if f"/dex/{entry.pk}/" in page} == shown


def test_what_is_not_in_the_tree_has_no_line(anns: Client, ann: User, wolf: Animal, owl: Animal) -> None:
    find(ann, wolf)

    assert anns.get(f"/tree/line/?at={owl.creation_index}").status_code == 404
    assert anns.get("/tree/branch/?at=family_Nothing_00000000").status_code == 404
    assert anns.get(f"/tree/?at={owl.creation_index}").status_code == 200
