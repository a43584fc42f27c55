"""One card's page."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import make
from biologidex.accounts.models import User
from biologidex.dex.models import EntryPhoto
from biologidex.vision.models import AnalysisJob

pytestmark = pytest.mark.django_db


def test_the_plate_tells_everything_to_its_owner(anns: Client, ann: User) -> None:
    animal = make.animal(
        make.taxon(
            "Canis lupus", common_name="gray wolf", kingdom="Animalia", family="Canidae", genus="Canis"
        ),
        created_by=ann,
    )
    entry = make.dex_entry(
        ann,
        animal=animal,
        catch_date="2024-05-18",
        place_name="Gredos",
        latitude=40.25,
        longitude=-5.3,
        accuracy_m=8,
        place_source="device",
        notes="Alone, at dawn.",
        visibility="private",
    )

    page = anns.get(f"/dex/{entry.pk}/")

    for words in (
        "No. 0001",
        "Gray wolf",
        "Canidae",
        "18 May 2024",
        "Gredos",
        "40.25000° N, 5.30000° W ± 8 m, from this device",
        "Alone, at dawn.",
        "You alone.",
        "You were the first here to find this animal.",
    ):
        assertContains(page, words)


def test_what_is_not_known_is_called_unknown(anns: Client, ann: User) -> None:
    assertContains(anns.get(f"/dex/{make.dex_entry(ann).pk}/"), "Unknown", count=2)


@pytest.mark.parametrize(
    ("told", "words"),
    [("2024-05-18T06:00:00", "From the photo"), ("", "Set by you"), ("2023-01-01", "Set by you")],
)
def test_the_date_says_where_it_comes_from(anns: Client, ann: User, told: str, words: str) -> None:
    entry = make.dex_entry(ann, catch_date="2024-05-18")
    EntryPhoto.objects.create(entry=entry, photo=make.photo(ann, taken_local=told))

    assertContains(anns.get(f"/dex/{entry.pk}/"), words)


def test_a_new_card_leads_to_the_next_photo_that_waits(anns: Client, ann: User) -> None:
    jobs = [make.job(ann, candidates=[make.taxon()]) for _ in range(2)]

    def filed(job: AnalysisJob) -> Any:
        chosen = {"taxon": job.answer["taxon"]["taxon_id"], "quick": "1"}
        return anns.post(f"/capture/{job.pk}/", chosen, follow=True)

    first, last = filed(jobs[0]), filed(jobs[1])

    assertContains(first, f'href="/capture/{jobs[1].pk}/"')
    assertContains(first, "1 waiting")
    assertContains(last, "Photograph another")


def test_an_animal_known_only_to_its_family_says_so(anns: Client, ann: User) -> None:
    entry = make.dex_entry(ann, animal=make.animal(make.taxon("Canidae", rank="family")))

    assertContains(anns.get(f"/dex/{entry.pk}/"), "Only the family is settled")


@pytest.mark.parametrize(("visibility", "status"), [("private", 404), ("friends", 404), ("public", 200)])
def test_a_stranger_sees_public_cards_only(eves: Client, ann: User, visibility: str, status: int) -> None:
    entry = make.dex_entry(ann, visibility=visibility)

    assert eves.get(f"/dex/{entry.pk}/").status_code == status


@pytest.mark.parametrize(
    ("geoprivacy", "told"),
    [("open", "40.25000° N, 5.30000° W"), ("obscured", "40.3° N, 5.3° W ± 14 km"), ("private", "")],
)
def test_others_are_told_the_place_as_exactly_as_its_owner_chose(
    eves: Client, ann: User, geoprivacy: str, told: str
) -> None:
    entry = make.dex_entry(
        ann, visibility="public", geoprivacy=geoprivacy, place_name="Gredos", latitude=40.25, longitude=-5.3,
        place_source="person",
    )  # fmt: skip

    page = eves.get(f"/dex/{entry.pk}/").content.decode()

    assert (" ".join(page.split()).count("°") > 0) == bool(told)
    assert told in page.replace("</span>", "")
    assert ("Gredos" in page) == (geoprivacy == "open")


def test_notes_are_text_whatever_they_hold(anns: Client, ann: User) -> None:
    entry = make.dex_entry(ann, notes="<img src=x onerror=alert(1)>")

    page = anns.get(f"/dex/{entry.pk}/")

    assertContains(page, "&lt;img src=x onerror=alert(1)&gt;")
    assertNotContains(page, "<img src=x")


def test_the_neighbours_are_those_of_ones_own_dex(anns: Client, ann: User, eve: User) -> None:
    first, hers, middle, last = (make.dex_entry(owner) for owner in (ann, eve, ann, ann))

    page = anns.get(f"/dex/{middle.pk}/")

    assertContains(page, f'href="/dex/{first.pk}/" rel="prev"')
    assertContains(page, f'href="/dex/{last.pk}/" rel="next"')
    assertNotContains(page, str(hers.pk))


def test_a_favourite_is_marked_and_unmarked(anns: Client, ann: User) -> None:
    entry = make.dex_entry(ann)

    assertRedirects(anns.post(f"/dex/{entry.pk}/favorite/", {"is_favorite": "1"}), f"/dex/{entry.pk}/")
    entry.refresh_from_db()
    assert entry.is_favorite

    piece = anns.post(f"/dex/{entry.pk}/favorite/", {"is_favorite": "0"}, headers={"HX-Request": "true"})
    assertContains(piece, 'aria-pressed="false"')
    assertNotContains(piece, "<html")


def test_editing_changes_what_the_card_says(anns: Client, ann: User) -> None:
    entry = make.dex_entry(ann, notes="Alone.", latitude=1.0, longitude=2.0, place_source="photo")
    form = anns.get(f"/dex/{entry.pk}/edit/")
    assertContains(form, "Alone.")

    sent = {"visibility": "public", "notes": "Two of them.", "latitude": "1", "longitude": "2"}
    assertRedirects(anns.post(f"/dex/{entry.pk}/edit/", sent), f"/dex/{entry.pk}/")

    entry.refresh_from_db()
    assert (entry.visibility, entry.notes, entry.place_source) == ("public", "Two of them.", "photo")


def test_an_edit_that_cannot_be_true_is_refused(anns: Client, ann: User) -> None:
    entry = make.dex_entry(ann)

    answer = anns.post(f"/dex/{entry.pk}/edit/", {"visibility": "public", "catch_date": "2999-01-01"})

    assertContains(answer, "The date of a find lies between 1826 and today.", status_code=400)
    entry.refresh_from_db()
    assert entry.catch_date is None


def test_a_stranger_changes_nothing(eves: Client, ann: User) -> None:
    entry = make.dex_entry(ann, visibility="public")

    assert eves.get(f"/dex/{entry.pk}/edit/").status_code == 403
    assert eves.post(f"/dex/{entry.pk}/edit/", {"visibility": "private"}).status_code == 403
    assertContains(
        eves.post(f"/dex/{entry.pk}/favorite/", {"is_favorite": "1"}),
        "Only its owner can change a card.",
        status_code=403,
    )


class TestWhoWasFirst:
    WORDS = "You were the first here to find this animal."

    def test_whoever_has_turned_the_game_off_is_told_nothing_of_it_and_neither_are_their_friends(
        self, anns: Client, ann: User, bob: User
    ) -> None:
        make.friends(ann, bob)
        page = f"/dex/{make.dex_entry(ann, visibility='public').pk}/"
        bobs = Client()
        bobs.force_login(bob)
        assertContains(anns.get(page), self.WORDS)
        assertContains(bobs.get(page), "ann was the first here")

        ann.profile.badges_enabled = False
        ann.profile.save()

        assertNotContains(anns.get(page), self.WORDS)
        assertNotContains(bobs.get(page), "was the first here")

    def test_some_insect_is_nobodys_first_find(self, anns: Client, ann: User) -> None:
        insects = make.taxon("Insecta", rank="class", class_name="Insecta", genus="")
        page = f"/dex/{make.dex_entry(ann, animal=make.animal(insects, created_by=ann)).pk}/"

        assertNotContains(anns.get(page), self.WORDS)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ({"place_name": "Our garden", "geoprivacy": "obscured"}, "Told to nobody else"),
        ({"place_name": "Our garden", "geoprivacy": "open"}, "Others are told it exactly"),
        ({"latitude": 48.1, "longitude": 11.5, "geoprivacy": "obscured"}, "Others are told it within 20 km"),
        ({"latitude": 48.1, "longitude": 11.5, "geoprivacy": "private"}, "Told to nobody else"),
    ],
)
def test_its_owner_reads_what_others_are_really_told_of_the_place(
    anns: Client, ann: User, where: dict[str, Any], told: str
) -> None:
    assertContains(anns.get(f"/dex/{make.dex_entry(ann, **where).pk}/"), told)
