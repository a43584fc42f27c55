"""What the tree of life hands out: parts to draw, small pictures, files to keep; and what it bears."""

import gzip
import json
import re
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Animal, TaxonName
from biologidex.media import services as media
from graph.conftest import find, species
from web.forest import animals, many, rows

pytestmark = pytest.mark.django_db


# --- what the script is told ----------------------------------------------------------------------


def test_the_parts_together_are_the_whole_tree(
    anns: Client, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("biologidex.graph.browsing.PART", 7)
    many(ann, 20)

    told = rows(anns)

    assert len(told) == anns.get("/tree/data/").json()["nodes"]
    assert sum(row[5] for row in told) == len(told) - 1  # all but the root are somebody's child
    assert len(animals(anns)) == told[0][4] == 20


def test_a_part_goes_out_as_it_is_kept_and_only_once(anns: Client, ann: User, wolf: Animal) -> None:
    find(ann, wolf)

    packed = anns.get("/tree/data/", headers={"Accept-Encoding": "gzip"})
    again = anns.get("/tree/data/", headers={"If-None-Match": packed["ETag"]})

    assert packed["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.content)) == anns.get("/tree/data/").json()
    assert (again.status_code, again.content) == (304, b"")


def test_a_change_is_in_the_next_tree(anns: Client, ann: User, wolf: Animal) -> None:
    before = anns.get("/tree/data/").json()["mark"]

    make.dex_entry(ann, animal=wolf)

    assert anns.get("/tree/data/").json()["mark"] != before
    assert animals(anns) == {"Canis lupus"}


def test_animals_are_called_what_the_reader_calls_them(
    anns: Client, ann: User, wolf: Animal, cat: Animal
) -> None:
    find(ann, wolf), find(ann, cat)
    TaxonName.objects.create(taxon=wolf.taxon, name="Wolf", kind=TaxonName.Kind.VERNACULAR, language="de")
    german = {"Accept-Language": "de"}

    told = {row[2]: row[3] for row in anns.get("/tree/data/", headers=german).json()["rows"]}

    assert (told["Canis lupus"], told["Felis catus"]) == ("Wolf", "domestic cat")
    assert {row[3] for row in rows(anns)} >= {"gray wolf"}
    assertContains(anns.get("/tree/search/?q=wolf", headers=german), "<b>Wolf</b>")


def test_pictures_are_of_cards_one_may_see_ones_own_first(
    anns: Client, ann: User, bob: User, eve: User, wolf: Animal, cat: Animal, owl: Animal
) -> None:
    make.friends(ann, bob)
    make.dex_entry(bob, animal=wolf, visibility="public")
    make.dex_entry(bob, animal=cat, visibility="public")
    own = make.dex_entry(ann, animal=wolf)
    make.dex_entry(eve, animal=owl, visibility="friends")
    numbers = [animal.creation_index for animal in (wolf, cat, owl)]

    told = anns.get(f"/tree/pictures/?n={','.join(map(str, numbers))},x,99").json()

    assert set(told) == {str(number) for number in numbers[:2]}
    photo = own.photos.get().photo
    assert told[str(wolf.creation_index)] == media.address(photo, "thumb", viewer=ann)


# --- what one takes along -------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["round", "branches"])
def test_the_picture_is_a_drawing_with_a_title_and_a_date(
    anns: Client, ann: User, wolf: Animal, shape: str
) -> None:
    find(ann, wolf)

    answer = anns.get(f"/tree/picture/?mode=personal&shape={shape}")

    drawing = ET.fromstring(answer.content)
    told = " ".join(drawing.itertext())
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    assert "The tree of life of ann" in told
    assert "Gray wolf" in told
    assert re.search(r"20\d\d", told)
    assert answer["Content-Disposition"].startswith('attachment; filename="tree-of-life-20')


@pytest.mark.parametrize("query", ["", "of=bob", "mode=global", "mode=selected"])
def test_the_picture_names_neither_places_nor_anybody_else(
    anns: Client, ann: User, bob: User, wolf: Animal, query: str
) -> None:
    make.friends(ann, bob)
    find(ann, wolf, place_name="Gredos", notes="At dawn")
    find(bob, wolf, place_name="Doñana")

    told = anns.get(f"/tree/picture/?{query}&friend={bob.pk}").content.decode()

    for word in ("bob", "Gredos", "Doñana", "dawn"):
        assert word not in told


def test_the_tree_is_handed_out_as_newick(anns: Client, ann: User, wolf: Animal) -> None:
    find(ann, wolf)

    answer = anns.get("/tree/newick/")

    assert "'Canis lupus'[rank=species]" in answer.content.decode()
    assert "attachment" in answer["Content-Disposition"]


# --- whatever comes -------------------------------------------------------------------------------

EVIL = "<script>alert(1)</script>\u202e" + "🦊" * 100


def test_names_that_anybody_made_up_stay_words(anns: Client, ann: User) -> None:
    animal = species("Evilus evilus", family="Canidae", common_name=EVIL[:100])
    find(ann, animal)

    for path in ("", "?as=list", f"line/?at={animal.creation_index}", "search/?q=evilus", "picture/"):
        answer = anns.get(f"/tree/{path}")
        assert answer.status_code == 200
        assertNotContains(answer, "<script>alert")
    ET.fromstring(anns.get("/tree/picture/").content)


NONSENSE = [
    "?mode=%00",
    "?at=%00%27",
    "?start=-1",
    "?start=99999999999999999999",
    "?friend=x&mode=selected",
    "?as=1&shape=2&q=%00",
]


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_in_the_address_breaks_nothing(anns: Client, ann: User, wolf: Animal, query: str) -> None:
    find(ann, wolf)

    assert anns.get(f"/tree/{query}").status_code == 200
    assert anns.get("/tree/data/?part=-1").status_code == 404
    assert anns.get("/tree/data/?part=99").status_code == 404


@pytest.mark.parametrize(
    "path", ["", "?mode=selected", "?mode=global", "?as=list&q=genus", "line/?at=1", "pictures/?n=1,2,3"]
)
def test_the_number_of_queries_grows_neither_with_finds_nor_with_friends(
    anns: Client, ann: User, path: str
) -> None:
    def asked() -> int:
        cache.clear()  # what was not drawn yet costs the most
        with CaptureQueriesContext(connection) as queries:
            assert anns.get(f"/tree/{path}").status_code == 200
        return len(queries)

    many(ann, 3)
    make.friends(ann, make.user("friend"))
    few = asked()

    for number in range(12):
        friend = make.user(f"friend{number}")
        make.friends(ann, friend)
        for animal in Animal.objects.all()[:3]:
            find(friend, animal, "public")
    many(ann, 12, after=3)

    assert asked() == few
