"""Cards that their owners should look at again, because a newer taxonomy says other things about the animal."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.animals.models import TaxonChange
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import needing_a_look

pytestmark = pytest.mark.django_db
ENTRIES = "/api/v1/dex/entries/"


def changed(entry: DexEntry, kind: str = "split", **later: int) -> None:
    """Let a backbone say something about a card's animal, some time after its owner said what it is."""
    moment = entry.identified_at + timedelta(**(later or {"minutes": 1}))
    TaxonChange.objects.create(
        taxon=entry.animal.taxon, kind=kind, source="list", version="2", made_at=moment
    )


@pytest.fixture
def card(ann: User) -> DexEntry:
    return make.dex_entry(ann, visibility="public", identified_at=timezone.now() - timedelta(days=1))


def told(api: APIClient, viewer: User, entry: DexEntry) -> dict[str, Any]:
    api.force_authenticate(viewer)
    answer: dict[str, Any] = api.get(f"{ENTRIES}{entry.pk}/").json()
    return answer


@pytest.mark.parametrize("kind", ["split", "synonym", "merged"])
def test_a_card_whose_animal_means_something_else_now_asks_for_a_look(
    api: APIClient, ann: User, card: DexEntry, kind: str
) -> None:
    before = told(api, ann, card)["needs_review"]

    changed(card, kind)

    assert (before, told(api, ann, card)["needs_review"]) == (False, True)


@pytest.mark.parametrize("kind", ["new", "renamed", "moved", "vanished"])
def test_what_leaves_the_animal_the_same_asks_for_nothing(
    api: APIClient, ann: User, card: DexEntry, kind: str
) -> None:
    changed(card, kind)

    assert told(api, ann, card)["needs_review"] is False


def test_whoever_said_it_after_the_change_knew_of_it(api: APIClient, ann: User, card: DexEntry) -> None:
    changed(card, hours=-1)

    assert told(api, ann, card)["needs_review"] is False


def test_to_confirm_the_animal_is_to_have_looked(api: APIClient, ann: User, card: DexEntry) -> None:
    changed(card)
    api.force_authenticate(ann)

    answer = api.put(f"{ENTRIES}{card.pk}/", {"animal": str(card.animal_id)}).json()

    assert (answer["needs_review"], answer["id"]) == (False, str(card.pk))


def test_it_is_nobody_else_s_business(api: APIClient, eve: User, card: DexEntry) -> None:
    changed(card)

    assert "needs_review" not in told(api, eve, card)


def test_only_the_cards_asked_about_are_told(ann: User, card: DexEntry) -> None:
    other = make.dex_entry(ann)
    changed(card)
    changed(other)

    assert needing_a_look([card.pk]) == {card.pk}
    assert needing_a_look([]) == set()
