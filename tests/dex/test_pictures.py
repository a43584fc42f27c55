"""What an animal looks like, by photos that somebody may see: their own first, nobody's secretly."""

from typing import Any

import pytest

import make
from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import pictures_of

pytestmark = pytest.mark.django_db


def photo_on(entry: DexEntry) -> Any:
    return entry.photos.get().photo


def test_a_picture_is_one_s_own_before_a_friend_s_before_the_public_s(
    ann: User, bob: User, eve: User
) -> None:
    make.friends(ann, bob)
    wolf = make.animal()
    of_ann = make.dex_entry(ann, animal=wolf, visibility="private")
    of_bob = make.dex_entry(bob, animal=wolf, visibility="friends")
    shown = {person: pictures_of({wolf.taxon_id}, viewer=person) for person in (ann, bob, eve)}

    assert shown == {
        ann: {wolf.taxon_id: photo_on(of_ann)},
        bob: {wolf.taxon_id: photo_on(of_bob)},
        eve: {},
    }


def test_a_closed_account_shows_nothing(ann: User, eve: User) -> None:
    wolf = make.animal()
    make.dex_entry(ann, animal=wolf, visibility="public")
    before = pictures_of({wolf.taxon_id}, viewer=eve)
    ann.is_active = False
    ann.save()

    assert (len(before), pictures_of({wolf.taxon_id}, viewer=eve)) == (1, {})


@pytest.mark.parametrize("animals", [1, 4])
def test_many_animals_take_no_more_questions_than_one(
    ann: User, animals: int, django_assert_num_queries: Any
) -> None:
    found = [make.dex_entry(ann).animal.taxon_id for _ in range(animals)]

    with django_assert_num_queries(2):
        assert set(pictures_of(found, viewer=ann)) == set(found)
