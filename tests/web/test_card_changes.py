"""What its owner does to a card on its page, and what the page tells of that."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

import make
from biologidex.accounts.models import User
from biologidex.dex import services
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import export_for
from biologidex.media.models import Photo

pytestmark = pytest.mark.django_db
KEPT = {"visibility": "friends", "geoprivacy": "obscured"}


def test_a_correction_gives_the_card_the_other_number_and_is_remembered(anns: Client, ann: User) -> None:
    entry = make.dex_entry(ann, animal=make.animal(make.taxon("Canis lupus", common_name="gray wolf")))
    fox = make.taxon("Vulpes vulpes", common_name="red fox")

    page = anns.get(f"/dex/{entry.pk}/animal/?q=red+fox")
    assertContains(page, f'name="taxon" form="confirm" value="{fox.pk}"')
    answer = anns.post(f"/dex/{entry.pk}/animal/", {"taxon": fox.pk}, follow=True)

    assertContains(answer, "It is No. 0002 now, Red fox.")
    assertContains(answer, "You corrected it from Canis lupus to Vulpes vulpes.")
    entry.refresh_from_db()
    assert entry.animal.taxon == fox


def test_a_correction_to_an_animal_one_has_joins_the_two_cards(anns: Client, ann: User) -> None:
    wolf, fox = (make.animal(make.taxon(name)) for name in ("Canis lupus", "Vulpes vulpes"))
    entry = make.dex_entry(ann, animal=wolf)
    make.dex_entry(ann, animal=fox)

    answer = anns.post(f"/dex/{entry.pk}/animal/", {"taxon": fox.taxon_id, "join": "1"}, follow=True)

    assertContains(answer, "Your other card of this animal became one with it.")
    assert DexEntry.objects.get(owner=ann).photos.count() == 2


@pytest.mark.parametrize("sent", [{}, {"taxon": "0"}, {"taxon": "fox"}])
def test_without_an_animal_nothing_is_corrected(anns: Client, ann: User, sent: dict[str, str]) -> None:
    entry = make.dex_entry(ann)

    assert anns.post(f"/dex/{entry.pk}/animal/", sent).status_code == 400


def test_nothing_is_found_for_a_name_that_means_nothing(anns: Client, ann: User) -> None:
    assertContains(anns.get(f"/dex/{make.dex_entry(ann).pk}/animal/?q=gryphon"), "No animal called “gryphon”")


def test_deleting_asks_first_and_tells_what_goes(anns: Client, ann: User) -> None:
    entry = make.dex_entry(ann, animal=make.animal(make.taxon("Canis lupus", common_name="gray wolf")))
    services.share(by=ann, entry=entry)

    question = anns.get(f"/dex/{entry.pk}/delete/")

    assertContains(question, "Delete the card of Gray wolf?")
    assertContains(question, "with its 1 photo")
    assertContains(question, "1 link to it leads nowhere then.")
    assert DexEntry.objects.filter(pk=entry.pk).exists()
    assertContains(anns.post(f"/dex/{entry.pk}/delete/", follow=True), "Gray wolf is no longer in your dex.")
    assert not DexEntry.objects.exists()
    assert not Photo.objects.exists()


def test_what_it_says_and_how_it_looks_is_edited_together(anns: Client, ann: User) -> None:
    entry = make.dex_entry(ann)
    sent = {**KEPT, "notes": "At dawn.", "establishment": "captive", "style": "lantern"}

    page = anns.post(f"/dex/{entry.pk}/edit/", sent, follow=True)

    assertContains(page, "Captive or kept")
    assertContains(page, "style-lantern")
    assertContains(page, "You changed wild or captive, the notes.")


@pytest.mark.parametrize("sent", [{"style": "neon"}, {"establishment": "feral"}])
def test_a_look_or_a_word_that_is_not_offered_is_refused(
    anns: Client, ann: User, sent: dict[str, str]
) -> None:
    entry = make.dex_entry(ann)

    assert anns.post(f"/dex/{entry.pk}/edit/", {**KEPT, **sent}).status_code == 400


def test_the_edit_says_who_will_see_it(anns: Client, ann: User, bob: User) -> None:
    make.friends(ann, bob)
    entry = make.dex_entry(ann)
    services.share(by=ann, entry=entry)

    page = anns.get(f"/dex/{entry.pk}/edit/")

    assertContains(page, "You have 1 friend here; whoever becomes one sees it too.")
    assertContains(page, "1 open link shows this card")


def test_the_history_tells_what_people_and_machines_said(anns: Client, ann: User) -> None:
    wolf = make.taxon("Canis lupus", common_name="gray wolf")
    job = make.job(ann, candidates=[wolf])
    anns.post(f"/capture/{job.pk}/", {"taxon": wolf.pk, "quick": "1"})
    entry = DexEntry.objects.get()

    page = anns.get(f"/dex/{entry.pk}/")

    assertContains(page, "You filed it as Canis lupus.")
    assertContains(page, "This server was sure of Gray wolf")
    assertContains(page, "A photo was put on it.")


def test_the_history_keeps_neither_old_notes_nor_old_places(anns: Client, ann: User) -> None:
    entry = make.dex_entry(
        ann, notes="Under the stone.", latitude=48.27, longitude=11.46, place_source="person"
    )

    anns.post(f"/dex/{entry.pk}/edit/", {**KEPT, "notes": ""})

    assert "stone" not in repr(export_for(ann)["changes"])
    assert "48.27" not in repr(export_for(ann)["changes"])
    assert export_for(ann)["changes"][0]["fields"] == "place,notes"


def test_others_learn_nothing_of_the_history_and_change_nothing(eves: Client, ann: User) -> None:
    entry = make.dex_entry(ann, visibility="public")
    services.identify_anew(by=ann, entry=entry, animal=make.animal(make.taxon("Vulpes vulpes")))

    assertNotContains(eves.get(f"/dex/{entry.pk}/"), "You corrected it")
    for page in ("animal", "delete"):
        assert eves.get(f"/dex/{entry.pk}/{page}/").status_code == 403
        assert eves.post(f"/dex/{entry.pk}/{page}/", {"taxon": "1"}).status_code == 403
    assert DexEntry.objects.filter(pk=entry.pk).exists()


@pytest.mark.parametrize(
    ("query", "chosen"), [("", 1), ("?photo=2", 2), ("?photo=99", 2), ("?photo=x", 1), ("?photo=0", 1)]
)
def test_any_photo_of_a_card_is_shown_large_without_a_script(
    anns: Client, ann: User, query: str, chosen: int
) -> None:
    entry = make.dex_entry(ann)
    entry.photos.create(photo=make.photo(ann))

    page = anns.get(f"/dex/{entry.pk}/{query}")

    assertContains(page, f'Photo {chosen} of 2" aria-current="true"')


def test_the_place_is_on_a_map_of_our_own_in_every_language(anns: Client, ann: User) -> None:
    entry = make.dex_entry(ann, latitude=48.25, longitude=11.5, accuracy_m=8, place_source="photo")

    page = anns.get(f"/dex/{entry.pk}/", headers={"Accept-Language": "de"}).content.decode()

    (drawn,) = [part for part in page.split("<svg") if 'class="locator"' in part]
    assert 'cy="-48.25"' in drawn
    assert "world" in drawn
    assert "tile-grid" not in page


def test_others_see_the_cell_on_the_map_and_why(eves: Client, ann: User) -> None:
    entry = make.dex_entry(
        ann,
        visibility="public",
        latitude=48.2741,
        longitude=11.4618,
        place_source="photo",
        geoprivacy="obscured",
    )

    page = eves.get(f"/dex/{entry.pk}/")

    assertContains(page, "Only the cell of a grid is told, 20 km wide: its owner wants it so.")
    assertContains(page, 'class="mark cell"')
    assertNotContains(page, "48.27")


def test_with_the_operators_tiles_there_is_a_closer_look_and_no_other_host(
    anns: Client, ann: User, settings: Any
) -> None:
    settings.TILES_URL, settings.TILES_ATTRIBUTION = "/tiles/{z}/{x}/{y}.png", "© the mappers"
    entry = make.dex_entry(ann, latitude=48.25, longitude=11.5, place_source="photo")

    page = anns.get(f"/dex/{entry.pk}/")

    assertContains(page, 'src="/tiles/14/', count=9)
    assertContains(page, "© the mappers")
