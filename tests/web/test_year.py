"""A year on one plate: a page for oneself, and a picture to give to others."""

import io

import pytest
from django.test import Client
from PIL import Image
from pytest_django.asserts import assertContains, assertNotContains

import make
from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry
from biologidex.web.year_card import HEIGHT, WIDTH, Year, year_card

pytestmark = pytest.mark.django_db


def card(owner: User, name: str, day: str | None, **fields: object) -> DexEntry:
    return make.dex_entry(owner, animal=make.animal(make.taxon(name)), catch_date=day, **fields)


def test_a_year_counts_what_is_known_to_be_of_it(anns: Client, ann: User) -> None:
    card(ann, "Canis lupus", "2025-05-04")
    card(ann, "Vulpes vulpes", "2025-05-04", visibility="private")
    card(ann, "Pica pica", "2024-12-31")
    card(ann, "Lynx lynx", None)

    page = anns.get("/progress/2025/")

    assert page.context["told"].animals == 2
    assert page.context["told"].days == 1
    assert (page.context["previous"], page.context["next"]) == (2024, None)
    assertContains(anns.get("/progress/"), 'href="/progress/2024/"')


def test_the_picture_is_made_of_what_others_may_see(
    anns: Client, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Year] = []
    monkeypatch.setattr("biologidex.web.views.year.year_card", lambda year: drawn.append(year) or b"")
    card(ann, "Canis lupus", "2025-05-04", place_name="Behind the mill")
    card(ann, "Vulpes vulpes", "2025-06-04", visibility="private")

    anns.get("/progress/2025/card.png")

    assert drawn[0].animals == 1
    assert [name for _, name in drawn[0].photos] == ["Canis lupus"]


def test_it_is_a_picture_without_metadata_to_look_at_or_to_keep(anns: Client, ann: User) -> None:
    for number in range(7):
        card(ann, f"Animal {number}", "2025-05-04")

    answer = anns.get("/progress/2025/card.png?download")

    assert answer["Content-Disposition"] == 'attachment; filename="biologidex-2025.png"'
    picture = Image.open(io.BytesIO(answer.content))
    assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
    assert picture.info == {}
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/progress/2023/", "/progress/2023/card.png", "/progress/0/", "/progress/99999/"]
)
def test_a_year_of_which_nothing_is_known_does_not_exist(anns: Client, ann: User, path: str) -> None:
    card(ann, "Canis lupus", "2025-05-04")

    assert anns.get(path).status_code == 404


def test_a_year_that_is_only_ones_own_has_no_picture(anns: Client, ann: User) -> None:
    card(ann, "Canis lupus", "2025-05-04", visibility="private")

    assertNotContains(anns.get("/progress/2025/"), "card.png")
    assert anns.get("/progress/2025/card.png").status_code == 404


def test_it_is_ones_own(eves: Client, browser: Client, ann: User) -> None:
    card(ann, "Canis lupus", "2025-05-04", visibility="public")

    assert eves.get("/progress/2025/card.png").status_code == 404
    assert browser.get("/progress/2025/card.png").status_code == 302


def test_without_the_game_no_firsts_and_no_streaks_are_in_it(anns: Client, ann: User) -> None:
    for day in (4, 5, 6):
        card(ann, f"Animal {day}", f"2025-05-0{day}")
    assert anns.get("/progress/2025/").context["told"].streak == 3

    ann.profile.badges_enabled = False
    ann.profile.save()

    told = anns.get("/progress/2025/").context["told"]
    assert (told.streak, told.first_finds) == (0, 0)


@pytest.mark.parametrize("count", range(7))
def test_any_number_of_photos_and_any_words_fit(count: int) -> None:
    photos = [(make.jpeg_bytes(), "Grünfüßige Teichralle mit sehr langem Namen " * 3)] * count

    drawn = year_card(Year(2025, "a" * 30, 12_345, [("Säugetiere", 9)] * 5, 365, 12, 40, photos))

    assert Image.open(io.BytesIO(drawn)).size == (WIDTH, HEIGHT)
