"""Putting a card right: another animal, with all that follows, and never two cards made one unasked."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Taxon
from biologidex.dex.models import DexEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def fox() -> Taxon:
    return make.taxon("Vulpes vulpes", common_name="red fox", class_name="Mammalia")


@pytest.fixture
def wolf_card(ann: User) -> DexEntry:
    wolf = make.taxon("Canis lupus", common_name="gray wolf", class_name="Mammalia")
    return make.dex_entry(ann, animal=make.animal(wolf), notes="Alone, at dawn.")


def test_the_card_leads_to_the_page_that_corrects_it(anns: Client, wolf_card: DexEntry) -> None:
    assertContains(anns.get(f"/dex/{wolf_card.pk}/"), f'href="/dex/{wolf_card.pk}/animal/"')
    assertContains(anns.get(f"/dex/{wolf_card.pk}/animal/"), "Not Gray wolf?")


def test_what_the_photo_was_thought_to_show_is_offered(anns: Client, ann: User, fox: Taxon) -> None:
    job = make.job(ann, candidates=[make.taxon("Canidae", rank="family"), fox])
    anns.post(f"/capture/{job.pk}/", {"taxon": job.answer["taxon"]["taxon_id"], "visibility": "friends"})
    card = DexEntry.objects.get(owner=ann)

    assertContains(anns.get(f"/dex/{card.pk}/animal/"), f'value="{fox.pk}"')


def test_the_card_keeps_what_it_says_under_another_number(
    anns: Client, wolf_card: DexEntry, fox: Taxon
) -> None:
    answer = anns.post(f"/dex/{wolf_card.pk}/animal/", {"taxon": fox.pk})

    assertRedirects(answer, f"/dex/{wolf_card.pk}/")
    card = DexEntry.objects.get(pk=wolf_card.pk)
    assert (card.animal.taxon, card.notes, card.photos.count()) == (fox, "Alone, at dawn.", 1)


def test_that_two_cards_become_one_is_asked_first(
    anns: Client, ann: User, wolf_card: DexEntry, fox: Taxon
) -> None:
    twin = make.dex_entry(ann, animal=make.animal(fox), notes="By the mill.")

    asked = anns.post(f"/dex/{wolf_card.pk}/animal/", {"taxon": fox.pk})
    assertContains(asked, "Two cards become one")
    assert DexEntry.objects.filter(owner=ann).count() == 2
    anns.post(f"/dex/{wolf_card.pk}/animal/", {"taxon": fox.pk, "join": "1"})

    card = DexEntry.objects.get(owner=ann)
    assert card.pk == wolf_card.pk != twin.pk
    assert (card.photos.count(), "By the mill." in card.notes) == (2, True)


def test_nothing_chosen_is_said_beside_the_choice(anns: Client, wolf_card: DexEntry) -> None:
    answer = anns.post(f"/dex/{wolf_card.pk}/animal/", {})

    assertContains(answer, "Choose which animal it is", status_code=400)


@pytest.mark.parametrize(("visibility", "status"), [("private", 404), ("public", 403)])
def test_nobody_corrects_somebody_elses_card(
    eves: Client, ann: User, fox: Taxon, visibility: str, status: int
) -> None:
    card = make.dex_entry(ann, animal=make.animal(), visibility=visibility)

    assert eves.get(f"/dex/{card.pk}/animal/").status_code == status
    assert eves.post(f"/dex/{card.pk}/animal/", {"taxon": fox.pk}).status_code == status


def test_a_search_without_scripts_lists_what_it_found(anns: Client, wolf_card: DexEntry, fox: Taxon) -> None:
    assertContains(anns.get(f"/dex/{wolf_card.pk}/animal/", {"q": "fox"}), f'value="{fox.pk}"')
