"""The existing game client plays, call by call as it makes them, against a running server."""

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import pictures
from godot import GodotClient, Read, Refused
from running import Server

pytestmark = pytest.mark.slow


def _candidate(name: str, english: str, probability: float, taxid: int) -> dict[str, Any]:
    known = {"scientific_name": name, "rank": "species", "common_name": english, "ncbi_taxid": taxid}
    return {**known, "probability": probability}


FOX = _candidate("Vulpes vulpes", "red fox", 0.96, 9627)
SCRIPT = {
    "delay": 0.3,  # slow enough that the client has to poll
    "answer": {
        "verdict": "animal",
        "animal_probability": 0.99,
        "taxon": FOX,
        "candidates": [FOX, _candidate("Canis latrans", "coyote", 0.02, 9614)],
    },
}


@pytest.fixture(scope="module")
def address(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("godot") / "data"))
    (folder / "script.json").write_text(json.dumps(SCRIPT))
    scripted = {
        "BIOLOGIDEX_VISION_PROVIDERS": "scripted",
        "BIOLOGIDEX_VISION_SCRIPT": str(folder / "script.json"),
    }
    server = Server(folder, **scripted)
    try:
        yield server.start().address
    finally:
        server.stop()


@pytest.fixture
def ann(address: str) -> Iterator[GodotClient]:
    with GodotClient(address) as player:
        yield player.sign_up()


@pytest.fixture
def bob(address: str) -> Iterator[GodotClient]:
    with GodotClient(address) as player:
        yield player.sign_up()


def catch(player: GodotClient, *, rotation: int = 0, notes: str = "") -> str:
    """Photograph, identify and file a fox. Returns the card's id."""
    conversion = player.convert(pictures.encoded(pictures.scene(320, 200), "WEBP"), rotation=rotation)
    job = player.identify(conversion, rotation=rotation)
    return player.file(player.detected(job), job, notes=notes)


def befriend(ann: GodotClient, bob: GodotClient) -> None:
    ann.ask(f" {bob.friend_code.lower()} ")
    assert bob.accept_all() == [ann.name]


def size(png: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(png)).size


def no_null(value: Any, path: str = "") -> None:
    """Expect that nothing in an answer is null."""
    assert value is not None, path
    for key, inner in value.items() if isinstance(value, dict) else []:
        no_null(inner, f"{path}.{key}")
    for inner in value if isinstance(value, list) else []:
        no_null(inner, f"{path}[]")


def test_a_photo_that_the_player_turned_becomes_a_card_that_is_turned_once(ann: GodotClient) -> None:
    conversion = ann.convert(pictures.jpeg(320, 200), rotation=90)
    preview = ann.converted(conversion)
    job = ann.identify(conversion, rotation=90)
    animal = ann.detected(job)
    card = ann.file(animal, job, notes="By the compost.")
    new = ann.sync()

    assert size(preview) == (200, 320)
    assert job.value["post_conversion_transformations"] == {"rotation": 90}
    assert animal.text("scientific_name") == "Vulpes vulpes"
    assert [entry.text("id") for entry in new] == [card]
    assert ann.dex["self"][int(animal.number("creation_index"))].text("notes") == "By the compost."
    assert ann.pictures[card] == preview
    assert ann.sync() == []


def test_a_call_that_is_repeated_makes_nothing_twice(ann: GodotClient) -> None:
    photo = pictures.jpeg(300, 220)
    conversions = {ann.convert(photo) for _ in range(2)}
    jobs = [ann.identify(conversion) for conversion in [*conversions, *conversions]]
    cards = {ann.file(ann.detected(job), job) for job in jobs}

    assert len(conversions) == len({job.text("id") for job in jobs}) == len(cards) == 1
    assert len(ann.sync()) == 1


def test_the_game_can_be_started_again_with_the_first_refresh_token(ann: GodotClient) -> None:
    for _ in range(3):
        ann.start_again()

    assert ann.friends() == []


def test_friends_see_each_others_finds_until_they_part(ann: GodotClient, bob: GodotClient) -> None:
    card = catch(ann)
    ann.sync()
    befriend(ann, bob)
    shown = [(friend.text("user_id"), friend.text("username")) for friend in bob.dexes()]
    row = bob.feed(bob.dexes())[0]
    friend = bob.friends()[0]

    assert shown == [(ann.id, ann.name)]
    assert (row.text("id"), row.text("owner_username")) == (card, ann.name)
    assert (friend.number("total_catches"), friend.number("unique_species")) == (1, 1)
    assert size(bob.pictures[card]) == (320, 200)
    assert bob.feed(bob.dexes()) == []
    assert bob.sync(ann.id) == []

    with pytest.raises(Refused) as refused:  # the client's DELETE leaves as GET, which must change nothing
        bob.call("DELETE", f"/social/friendships/{ann.id}/unfriend/")
    assert refused.value.status == 405
    assert len(bob.friends()) == 1

    picture = row.text("dex_compatible_url")
    bob.delete(f"/social/friendships/{ann.id}/unfriend/")
    assert (bob.friends(), ann.friends(), bob.dexes()) == ([], [], [])
    with pytest.raises(AssertionError, match="404 instead of a PNG"):
        bob.picture(picture)


def test_whoever_asks_for_several_dexes_first_gets_all_of_them(ann: GodotClient, bob: GodotClient) -> None:
    mine, others = catch(bob), catch(ann)
    befriend(ann, bob)

    rows = bob.feed(bob.dexes())

    assert [row.text("id") for row in rows] == [others, mine]
    stamps = [row.text("updated_at") for row in rows]
    assert stamps == sorted(stamps, reverse=True)


def test_a_card_is_put_right_by_hand_and_stays_the_same_card(ann: GodotClient) -> None:
    card = catch(ann)
    ann.sync()
    fox = next(iter(ann.dex["self"]))
    told = ann.call("GET", "/taxonomy/search/?limit=20&genus=Canis&species=latrans&common_name=", auth=False)
    taxon = next(one for one in told.each("results") if one.text("scientific_name") == "Canis latrans")
    names = ("kingdom", "phylum", "class_name", "order", "family", "genus")
    body = {name: taxon.text(name) for name in names}
    body |= {"scientific_name": taxon.text("scientific_name"), "common_name": "Coyote"}
    body["species"] = taxon.text("specific_epithet")
    made = ann.call("POST", "/animals/lookup_or_create/", body)
    again = ann.call("POST", "/animals/lookup_or_create/", body)
    coyote = made.inner("animal")
    mine = ann.call("GET", "/dex/entries/my_entries/").each("results")
    entry = next(one for one in mine if one.text("animal") == ann.dex["self"][fox].text("animal_id"))
    ann.call("PUT", f"/dex/entries/{entry.text('id', needed=True)}/", {"animal": coyote.text("id")})
    ann.sync()

    assert (told.number("count") >= 1, made.yes("created"), again.yes("created")) == (True, True, False)
    assert again.inner("animal").text("id") == coyote.text("id", needed=True)
    number = int(coyote.number("creation_index", -1))
    assert list(ann.dex["self"]) == [number]
    assert number != fox
    assert ann.dex["self"][number].text("id") == card


def test_the_tree_is_drawn_for_the_player(ann: GodotClient, bob: GodotClient) -> None:
    catch(ann)
    befriend(ann, bob)
    for player, mode in (
        (ann, "mode=personal"),
        (bob, "mode=friends"),
        (bob, f"mode=selected&friend_ids={ann.id}"),
    ):
        told = player.call("GET", f"/graph/tree/?{mode}&use_cache=true")
        no_null(told.value)
        nodes = {node.text("id", needed=True): node for node in told.each("nodes")}
        fox = next(
            node
            for node in nodes.values()
            if node.text("scientific_name") == "Vulpes vulpes" and node.text("type") == "animal"
        )

        assert fox.yes("captured_by_user") is (player is ann)
        assert len(fox.value["position"]) == 2
        assert nodes.keys() >= {edge.text("source") for edge in told.each("edges")}
        assert nodes.keys() >= {edge.text("target") for edge in told.each("edges")}
        assert told.inner("layout").inner("positions").value.keys() == nodes.keys()
        assert told.inner("metadata").text("mode") == told.inner("stats").text("mode")


def test_an_animal_is_found_in_the_tree(ann: GodotClient) -> None:
    catch(ann)

    first = ann.call("GET", "/graph/tree/search/?q=red%20fox&mode=personal&limit=50").each("results")[0]

    assert first.text("scientific_name") == "Vulpes vulpes"
    assert [type(place) for place in first.value["position"]] == [float, float]
    assert ann.call("POST", "/graph/tree/invalidate/", {"scope": "user"})
    assert isinstance(ann.call("GET", "/graph/tree/friends/"), Read)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/social/friendships/send_request/", {"friend_code": "ZZZZZZZZ"}, 404),
        ("/dex/entries/", {"animal": "no", "source_vision_job": "no"}, 400),
        ("/vision/jobs/", {"conversion_id": "6a1f9f0e-95a7-4c3b-a9cf-0a3b5f6f0f4f"}, 404),
        ("/nothing/at/all/", {}, 404),
    ],
)
def test_the_player_is_told_what_went_wrong(
    ann: GodotClient, path: str, body: dict[str, str], status: int
) -> None:
    with pytest.raises(Refused) as refused:
        ann.call("POST", path, body)

    assert refused.value.status == status
    assert len(refused.value.shown) > 10


def test_wrong_passwords_and_taken_names_are_told_in_words(ann: GodotClient, address: str) -> None:
    account = {"username": ann.name, "email": "another@example.org", "password": "another-long-one-5"}
    with pytest.raises(Refused, match="name"):
        ann.call("POST", "/users/", {**account, "password_confirm": account["password"]}, auth=False)
    with pytest.raises(Refused) as refused:
        ann.call("POST", "/auth/login/", {"username": ann.name, "password": "wrong"}, auth=False)

    assert refused.value.status == 401


# --- all of it, in the order in which people come to it ----------------------------------------------


def test_two_players_go_through_the_whole_game_in_one_go(address: str) -> None:
    with GodotClient(address) as ann, GodotClient(address) as bob:
        for player in (ann, bob):
            _arrive(player)
        card = _find(ann)
        _look_after(ann, card)
        _meet(ann, bob)
        _see_each_others_finds(ann, bob, card)
        _draw_the_tree(ann, bob)
        _put_right(ann, card)
        _see_what_has_changed(ann, bob, card)
        _part(ann, bob)


def _arrive(player: GodotClient) -> None:
    """Sign up, close the game and start it again: the same person with the same code, and nothing there yet."""
    player.sign_up()
    player.start_again()

    me = player.call("GET", "/users/me/")
    found = player.call("POST", "/users/lookup_friend_code/", {"friend_code": player.friend_code})
    assert (me.text("id"), found.text("id"), found.text("username")) == (player.id, player.id, player.name)
    assert found.text("avatar") == ""
    assert (player.sync(), player.friends(), player.dexes()) == ([], [], [])
    no_null(player.call("GET", "/version/").value)


def _find(player: GodotClient) -> str:
    """Photograph, turn, look at the preview, have it identified, choose, file it with a note."""
    conversion = player.convert(pictures.jpeg(340, 200), rotation=90)
    assert size(player.converted(conversion)) == (200, 340)
    assert player.call("GET", f"/images/convert/{conversion}/").text("id") == conversion

    job = player.identify(conversion, rotation=90)
    animal = player.detected(job)
    player.call("POST", f"/vision/jobs/{job.text('id')}/select_animal/", {"animal_index": 0})
    with pytest.raises(Refused):  # what has not failed cannot be tried again
        player.call("POST", f"/vision/jobs/{job.text('id')}/retry/", {"transformations": {"rotation": 90}})
    done = player.call("GET", "/vision/jobs/completed/").each("results")
    assert [one.text("id") for one in done] == [job.text("id")]
    return player.file(animal, job, notes="Behind the shed.")


def _look_after(player: GodotClient, card: str) -> None:
    """Sync it onto the device, make it a favourite."""
    assert [entry.text("id") for entry in player.sync()] == [card]
    assert player.call("POST", f"/dex/entries/{card}/toggle_favorite/", {}).yes("is_favorite")
    favourites = player.call("GET", "/dex/entries/favorites/").each("results")
    assert [entry.text("id") for entry in favourites] == [card]
    player.sync()
    assert next(iter(player.dex["self"].values())).text("notes") == "Behind the shed."


def _meet(ann: GodotClient, bob: GodotClient) -> None:
    befriend(ann, bob)

    assert [friend.text("id") for friend in ann.friends()] == [bob.id]
    assert [friend.text("id") for friend in bob.friends()] == [ann.id]


def _see_each_others_finds(ann: GodotClient, bob: GodotClient, card: str) -> None:
    own = catch(bob)
    rows = bob.feed(bob.dexes())

    assert [row.text("id") for row in rows] == [own, card]
    assert size(bob.pictures[card]) == (200, 340)
    assert list(bob.dex[ann.id]) == list(ann.dex["self"])
    assert bob.sync(ann.id) == []


def _draw_the_tree(ann: GodotClient, bob: GodotClient) -> None:
    for mode in ("mode=personal", "mode=friends", f"mode=selected&friend_ids={ann.id}"):
        tree = bob.call("GET", f"/graph/tree/?{mode}&use_cache=true")
        no_null(tree.value)
        assert "Vulpes vulpes" in {node.text("scientific_name") for node in tree.each("nodes")}
    found = bob.call("GET", "/graph/tree/search/?q=fox&mode=friends&limit=50").each("results")
    assert found[0].text("scientific_name") == "Vulpes vulpes"
    no_null(bob.call("GET", "/graph/tree/chunk/0/0/").value)
    bob.call("POST", "/graph/tree/invalidate/", {"scope": "user"})
    assert [
        friend.text("username") for friend in bob.call("GET", "/graph/tree/friends/").each("friends")
    ] == [ann.name]


def _put_right(player: GodotClient, card: str) -> None:
    """Say that it was another animal: search for it, look at it, have it numbered, change the card."""
    told = player.call(
        "GET", "/taxonomy/search/?limit=20&genus=Canis&species=aureus&common_name=", auth=False
    )
    taxon = next(one for one in told.each("results") if one.text("scientific_name") == "Canis aureus")
    for path in (f"/taxonomy/{int(taxon.number('id'))}/", f"/taxonomy/{int(taxon.number('id'))}/lineage/"):
        no_null({**player.call("GET", path, auth=False).value, "next": "", "previous": ""})
    verdict = player.call("POST", "/taxonomy/validate/", {"scientific_name": "Canis aureus"}, auth=False)
    assert verdict.yes("valid")
    body = {
        name: taxon.text(name) for name in ("kingdom", "phylum", "class_name", "order", "family", "genus")
    }
    body |= {"scientific_name": "Canis aureus", "common_name": "", "species": taxon.text("specific_epithet")}
    jackal = player.call("POST", "/animals/lookup_or_create/", body).inner("animal")
    mine = player.call("GET", "/dex/entries/my_entries/").each("results")
    assert [entry.text("id") for entry in mine] == [card]

    player.call("PUT", f"/dex/entries/{card}/", {"animal": jackal.text("id", needed=True)})

    for path in (f"/animals/{jackal.text('id')}/", f"/animals/{jackal.text('id')}/taxonomy/"):
        no_null(player.call("GET", path, auth=False).value)
    for path in ("/animals/?search=jackal", "/animals/recent/", "/animals/popular/"):
        player.call("GET", path, auth=False).each("results")


def _see_what_has_changed(ann: GodotClient, bob: GodotClient, card: str) -> None:
    """The same card under another number, on both devices."""
    ann.sync()
    bob.sync(ann.id)

    for cards in (ann.dex["self"], bob.dex[ann.id]):
        assert [(entry.text("id"), entry.text("scientific_name")) for entry in cards.values()] == [
            (card, "Canis aureus")
        ]


def _part(ann: GodotClient, bob: GodotClient) -> None:
    address = next(iter(bob.dex[ann.id].values())).text("dex_compatible_url")
    bob.delete(f"/social/friendships/{ann.id}/unfriend/")

    assert (ann.friends(), bob.friends(), bob.dexes(), bob.sync(ann.id)) == ([], [], [], [])
    with pytest.raises(AssertionError, match="404 instead of a PNG"):
        bob.picture(address)
