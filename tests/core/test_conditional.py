"""Asking again costs no bytes, and nobody is given what was kept for somebody else."""

import pytest
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User

ANIMALS, ME = "/api/v1/animals/", "/api/v1/users/me/"
pytestmark = pytest.mark.django_db


def test_an_answer_that_has_not_changed_is_not_sent_again(api: APIClient) -> None:
    make.animal()
    first = api.get(ANIMALS)

    again = api.get(ANIMALS, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == first["Cache-Control"] == "private, no-cache"


def test_an_answer_that_has_changed_is(api: APIClient) -> None:
    tag = api.get(ANIMALS)["ETag"]
    make.animal()

    again = api.get(ANIMALS, headers={"If-None-Match": tag})

    assert again.status_code == 200
    assert again.json()["count"] == 1
    assert again["ETag"] != tag


@pytest.mark.parametrize("tags", ["*", 'W/{tag}, "other"', '"other", {tag}'])
def test_the_tag_may_be_one_of_several(api: APIClient, tags: str) -> None:
    tag = api.get(ANIMALS)["ETag"]

    assert api.get(ANIMALS, headers={"If-None-Match": tags.format(tag=tag)}).status_code == 304


def test_somebody_elses_tag_brings_ones_own_answer(api: APIClient, ann: User, bob: User) -> None:
    def me(person: User, **headers: str) -> object:
        token = {"Authorization": f"Bearer {make.tokens(person)['access']}"}
        return api.get(ME, headers={**token, **headers})

    anns = me(ann)
    bobs = me(bob, **{"If-None-Match": anns["ETag"]})  # type: ignore[index]

    assert bobs.status_code == 200  # type: ignore[attr-defined]
    assert bobs.json()["username"] == "bob"  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", [ANIMALS, ME, "/api/v1/nothing-here/", "/api/v1/health/"])
def test_whatever_keeps_answers_is_told_that_they_depend_on_who_asks(api: APIClient, path: str) -> None:
    answer = api.get(path)

    assert {"accept", "authorization", "cookie"} <= {
        name.strip().lower() for name in answer["Vary"].split(",")
    }
    assert {"private", "no-cache"} <= {word.strip() for word in answer["Cache-Control"].split(",")}


def test_a_refusal_is_never_told_to_be_unchanged(api: APIClient) -> None:
    answer = api.get(ME, headers={"If-None-Match": "*"})

    assert answer.status_code == 401
