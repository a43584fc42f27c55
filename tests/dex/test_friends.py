"""The list of friends, with what one may see of their dexes."""

from typing import Any

import pytest
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User

pytestmark = pytest.mark.django_db
FRIENDS = "/api/v1/social/friendships/friends/"


def test_a_friend_is_told_with_what_one_may_see(api: APIClient, ann: User, bob: User) -> None:
    make.friends(ann, bob)
    wolf = {"genus": "Canis", "species": "Canis lupus"}
    make.dex_entry(bob, animal=make.animal(make.taxon("Canis lupus", **wolf)))
    dog = make.taxon("Canis lupus familiaris", rank="subspecies", **wolf)
    make.dex_entry(bob, animal=make.animal(dog), visibility="public")
    make.dex_entry(bob, animal=make.animal(make.taxon("Canidae", rank="family")))
    make.dex_entry(bob, animal=make.animal(make.taxon(species="Secret animal")), visibility="private")
    api.force_authenticate(ann)

    assert api.get(FRIENDS).json() == {
        "friends": [
            {
                "id": str(bob.pk),
                "username": "bob",
                "friend_code": bob.friend_code,
                "avatar": "",
                "total_catches": 3,
                "unique_species": 1,
            }
        ]
    }


def test_a_friend_without_finds_has_none(api: APIClient, ann: User, bob: User) -> None:
    make.friends(ann, bob)
    api.force_authenticate(ann)

    (friend,) = api.get(FRIENDS).json()["friends"]

    assert (friend["total_catches"], friend["unique_species"]) == (0, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_three_queries(
    api: APIClient, ann: User, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        friend = make.user(f"friend{number}")
        make.friends(friend, ann)
        make.dex_entry(friend)
    api.force_authenticate(ann)

    with django_assert_num_queries(3):
        assert len(api.get(FRIENDS).json()["friends"]) == count
