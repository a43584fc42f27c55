"""What a tree of finds looks like to a program."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.dex import services as dex
from biologidex.dex.details import Details
from biologidex.dex.models import DexEntry
from biologidex.social import services as social
from graph.conftest import MAMMALS, Tree, find, names, species

pytestmark = pytest.mark.django_db
API = "/api/v1/graph/"


def everything(told: Any) -> Iterator[Any]:
    """Every value in an answer, however deep."""
    yield told
    for below in told.values() if isinstance(told, dict) else told if isinstance(told, list) else []:
        yield from everything(below)


def test_the_groups_of_an_animal_stand_above_it_from_the_kingdom_down(
    ann: User, wolf: Animal, tree: Tree
) -> None:
    find(ann, wolf)

    told = tree(ann, mode="personal")

    above = {edge["target"]: edge["source"] for edge in told["edges"]}
    by_id = {node["id"]: node for node in told["nodes"]}
    line, node = [], str(wolf.pk)
    while node in above:
        node = above[node]
        line.append(by_id[node]["rank"])
    assert line == ["species", "genus", "family", "order", "class", "phylum", "kingdom"]


def test_a_rank_that_a_line_leaves_out_is_left_out_and_a_find_of_a_family_hangs_below_it(
    ann: User, tree: Tree
) -> None:
    find(ann, make.animal(make.taxon("Canidae", rank="family", **MAMMALS, family="Canidae")))
    find(ann, species("Homoeus simplex", family="", order="", genus=""))

    told = tree(ann, mode="personal")

    by_id = {node["id"]: node["scientific_name"] for node in told["nodes"]}
    edges = {(by_id[edge["source"]], by_id[edge["target"]]) for edge in told["edges"]}
    assert {("Canidae", "Canidae"), ("Mammalia", "Homoeus simplex")} <= edges


def test_two_genera_of_one_name_are_two(ann: User, tree: Tree) -> None:
    for name, family in (("Morus bassanus", "Sulidae"), ("Morus alba", "Moraceae")):
        find(ann, species(name, family=family))

    assert [node["name"] for node in tree(ann, mode="personal")["nodes"]].count("Morus") == 2


def test_every_edge_joins_two_nodes_that_are_there_and_nothing_is_null(
    ann: User, bob: User, wolf: Animal, cat: Animal, tree: Tree
) -> None:
    make.friends(ann, bob)
    find(ann, wolf), find(bob, cat), find(bob, wolf)

    told = tree(ann, mode="friends")

    ids = [node["id"] for node in told["nodes"]]
    assert len(set(ids)) == len(ids)
    assert all({edge["source"], edge["target"]} <= set(ids) for edge in told["edges"])
    assert set(told["layout"]["positions"]) == set(ids)
    assert all(value is not None for value in everything(told))


def test_what_it_adds_up_to(ann: User, bob: User, wolf: Animal, cat: Animal, tree: Tree) -> None:
    make.friends(ann, bob)
    find(ann, wolf), find(bob, cat), find(bob, wolf)

    told = tree(ann, mode="friends")

    expected = {
        "total_animals": 2, "user_captures": 1, "friend_captures": 2, "unique_to_user": 0, "shared_with_friends": 1,
        "unique_kingdom": 1, "unique_family": 2, "unique_genus": 2, "mode": "friends",
    }  # fmt: skip
    assert told["stats"].items() >= expected.items()
    assert told["metadata"]["scoped_users"] == 2
    animal = next(node for node in told["nodes"] if node["id"] == str(wolf.pk))
    assert (animal["capture_count"], animal["captured_by_user"]) == (2, True)
    assert [one["username"] for one in animal["captured_by_friends"]] == ["bob"]


def test_nobody_s_finds_make_an_empty_tree(ann: User, tree: Tree) -> None:
    told = tree(ann, mode="personal")

    assert (told["nodes"], told["edges"], told["stats"]["total_animals"]) == ([], [], 0)


def test_the_audit_s_address_answers_the_same(api: APIClient, ann: User, wolf: Animal) -> None:
    find(ann, wolf)
    api.force_authenticate(ann)

    assert api.get(f"{API}tree/").content == api.get(f"{API}evolutionary-tree/").content


BAD = [
    ("tree/?mode=everything", "mode"),
    ("tree/?mode=selected&friend_ids=bob", "friend_ids"),
    ("tree/?use_cache=perhaps", "use_cache"),
    ("tree/search/", "q"),
    ("tree/search/?q=wolf&limit=0", "limit"),
    ("tree/search/?q=wolf&limit=" + "9" * 30, "limit"),
    ("tree/search/?q=" + "w" * 300, "q"),
]


@pytest.mark.parametrize(("address", "field"), BAD)
def test_a_tree_that_cannot_be_is_refused_by_name(
    api: APIClient, ann: User, address: str, field: str
) -> None:
    api.force_authenticate(ann)

    answer = api.get(API + address)

    assert (answer.status_code, list(answer.json())) == (400, [field])


# --- who sees what --------------------------------------------------------------------------------

SEES = {
    # the visibility of Ann's find: who sees it, in which mode
    "private": {"ann": "personal friends selected global"},
    "friends": {"ann": "personal friends selected global", "bob": "friends selected global"},
    "public": {
        "ann": "personal friends selected global",
        "bob": "friends selected global",
        "eve": "global",
        "staff": "global",
    },
}
SURFACES = ("tree/", "tree/search/", "tree/newick/", "tree/chunk/0/0/")


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("visibility", SEES)
def test_who_sees_a_find_in_which_tree(
    api: APIClient, ann: User, bob: User, eve: User, wolf: Animal, visibility: str, surface: str
) -> None:
    make.friends(ann, bob)
    blocked, staff = make.user("blocked"), make.user("staff", is_staff=True)
    make.block(ann, blocked)
    find(ann, wolf, visibility)

    seen: dict[str, str] = {}
    for person in (ann, bob, eve, blocked, staff):
        api.force_authenticate(person)
        for mode in ("personal", "friends", "selected", "global"):
            query = {
                "mode": mode,
                "friend_ids": str(ann.pk),
                "q": "lupus",
            }  # not the name itself: search repeats the question
            if "Canis lupus" in api.get(API + surface, query).content.decode():
                seen[person.username] = f"{seen.get(person.username, '')} {mode}".strip()

    assert seen == SEES[visibility]


def test_who_found_it_first_is_told_only_where_that_find_may_be_seen(
    ann: User, bob: User, wolf: Animal, tree: Tree
) -> None:
    make.friends(ann, bob)
    Animal.objects.filter(pk=wolf.pk).update(created_by=bob)
    find(ann, wolf), find(bob, wolf, "private")

    (leaf,) = (node for node in tree(ann, mode="friends")["nodes"] if node["node_type"] == "animal")

    assert "discoverer" not in leaf
    assert leaf["capture_count"] == 1


HIDDEN: dict[str, Callable[[User, User, User], object]] = {
    "a friend files a private card": lambda _, bob, __: file(bob, visibility="private"),
    "a stranger files a private card": lambda _, __, eve: file(eve, visibility="private"),
    "a stranger shows a card to friends": lambda _, __, eve: file(eve, visibility="friends"),
    "a stranger without finds blocks the viewer": lambda ann, _, __: make.block(make.user("dora"), ann),
}


def file(owner: User, **said: Any) -> DexEntry:
    return dex.record_find(by=owner, job=make.job(owner), taxon=make.taxon(), details=Details(**said))[0]


@pytest.mark.parametrize("address", ["tree/", "tree/chunk/0/0/"])
@pytest.mark.parametrize("mode", ["friends", "global"])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_one_may_not_see_leaves_no_trace_in_the_version_of_a_tree(
    api: APIClient, ann: User, bob: User, eve: User, hidden: str, mode: str, address: str
) -> None:
    make.friends(ann, bob)
    for person in (ann, bob, eve):
        file(person, visibility="public")
    api.force_authenticate(ann)
    before = api.get(API + address, {"mode": mode})

    HIDDEN[hidden](ann, bob, eve)

    after = api.get(API + address, {"mode": mode})
    assert (after.content, after["ETag"]) == (before.content, before["ETag"])
    file(bob, visibility="public")
    assert api.get(API + address, {"mode": mode})["ETag"] != before["ETag"]


# --- never stale ----------------------------------------------------------------------------------


def test_every_change_is_in_the_next_tree(
    ann: User, bob: User, wolf: Animal, cat: Animal, tree: Tree
) -> None:
    make.friends(ann, bob)
    entry, _ = dex.record_find(
        by=ann, job=make.job(ann), taxon=wolf.taxon, details=Details(visibility="friends")
    )

    def seen() -> set[str]:
        return names(tree(bob, mode="friends"))

    assert seen() == {"Canis lupus"}
    dex.identify_anew(by=ann, entry=entry, animal=cat)
    assert seen() == {"Felis catus"}
    dex.edit(by=ann, entry=entry, details=Details(visibility="private"))
    assert seen() == set()
    dex.edit(by=ann, entry=entry, details=Details(visibility="friends"))
    assert seen() == {"Felis catus"}
    social.unfriend(by=bob, which=ann.pk)
    assert seen() == set()
    make.friends(bob, ann)
    assert seen() == {"Felis catus"}
    dex.delete(by=ann, entry=entry)
    assert seen() == set()


def test_a_block_takes_public_finds_out_of_both_trees(ann: User, eve: User, wolf: Animal, tree: Tree) -> None:
    find(ann, wolf, "public"), find(eve, wolf, "public")
    assert tree(eve, mode="global")["nodes"][-1]["capture_count"] == 2

    make.block(ann, eve)

    for person in (ann, eve):
        leaf = next(node for node in tree(person, mode="global")["nodes"] if node["node_type"] == "animal")
        assert leaf["capture_count"] == 1


def test_what_did_not_change_is_neither_read_nor_drawn_nor_sent_again(
    api: APIClient, ann: User, wolf: Animal
) -> None:
    find(ann, wolf)
    api.force_authenticate(ann)
    first = api.get(f"{API}tree/")

    with CaptureQueriesContext(connection) as queries:
        again = api.get(f"{API}tree/", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert not [query for query in queries if "dex_entries" in query["sql"]]


@pytest.mark.parametrize("friends", [1, 30])
def test_the_number_of_queries_does_not_grow_with_friends_and_finds(
    api: APIClient, ann: User, wolf: Animal, cat: Animal, friends: int
) -> None:
    for number in range(friends):
        friend = make.user(f"friend{number}")
        make.friends(ann, friend)
        find(friend, wolf), find(friend, cat)
    api.force_authenticate(ann)

    with CaptureQueriesContext(connection) as queries:
        api.get(f"{API}tree/", {"mode": "friends"})

    assert len(queries) <= 6, [query["sql"][:100] for query in queries]


def test_forgetting_one_s_trees_draws_them_anew(api: APIClient, ann: User, wolf: Animal) -> None:
    find(ann, wolf)
    api.force_authenticate(ann)
    before = api.get(f"{API}tree/").json()["metadata"]["cache_key"]

    forgotten = api.post(f"{API}tree/invalidate/", {"scope": "user"})

    assert (forgotten.status_code, forgotten.json()["scope"]) == (200, "user")
    assert api.get(f"{API}tree/").json()["metadata"]["cache_key"] != before
    assert api.post(f"{API}tree/invalidate/", {"scope": "all"}).status_code == 400


# --- parts ----------------------------------------------------------------------------------------


def test_the_chunks_together_are_the_whole_drawing(api: APIClient, ann: User, tree: Tree) -> None:
    for number in range(40):
        find(ann, species(f"Genus{number} alba", family=f"Family{number % 7}idae"))
    whole = tree(ann, mode="personal")

    told = [
        api.get(f"{API}tree/chunk/{cell['x']}/{cell['y']}/", {"mode": "personal"}).json()
        for cell in whole["layout"]["chunk_metadata"]["chunks"]
    ]

    assert len(told) > 1
    nodes = [node["id"] for part in told for node in part["nodes"]]
    assert sorted(nodes) == sorted(node["id"] for node in whole["nodes"])
    edges = {(edge["source"], edge["target"]) for part in told for edge in part["edges"]}
    assert edges == {(edge["source"], edge["target"]) for edge in whole["edges"]}


def test_where_nothing_is_drawn_a_chunk_is_empty(api: APIClient, ann: User) -> None:
    api.force_authenticate(ann)

    told = api.get(f"{API}tree/chunk/-3/-7/").json()

    assert (told["x"], told["y"], told["nodes"], told["edges"]) == (-3, -7, [], [])


def test_search_finds_animals_and_groups_where_they_are_drawn(
    api: APIClient, ann: User, wolf: Animal, cat: Animal, tree: Tree
) -> None:
    find(ann, wolf), find(ann, cat)
    positions = tree(ann, mode="personal")["layout"]["positions"]

    def search(text: str) -> list[dict[str, Any]]:
        return api.get(f"{API}tree/search/", {"q": text, "mode": "personal"}).json()["results"]

    assert search("gray wolf")[0]["position"] == positions[str(wolf.pk)]
    assert [one["scientific_name"] for one in search("felidae")] == ["Felidae"]
    assert search("unicorn") == []


def test_friends_to_choose_are_listed_with_what_one_may_see_of_them(
    api: APIClient, ann: User, bob: User, wolf: Animal, cat: Animal
) -> None:
    make.friends(ann, bob)
    find(bob, wolf, "friends"), find(bob, cat, "private")
    api.force_authenticate(ann)

    (friend,) = api.get(f"{API}tree/friends/").json()["friends"]

    assert (friend["username"], friend["animal_count"]) == ("bob", 1)
    assert DexEntry.objects.filter(owner=bob).count() == 2
