"""The addresses of pages: each leads to one page, whatever people are called."""

import re
import uuid
from collections import Counter

import pytest
from django.test import Client
from django.urls import resolve
from pytest_django.asserts import assertContains

import make
from biologidex.accounts.models import User
from biologidex.web.urls import urlpatterns

ROUTES = {str(route.pattern): str(route.name) for route in urlpatterns}
WORDS = {word for route in ROUTES for word in route.split("/") if re.fullmatch(r"[a-z-]+", word)}
SAMPLES = {"uuid": str(uuid.UUID(int=1)), "int": "1", "slug": "word"}


def address(route: str, text: str) -> str:
    """Fill an address: with `text` where anything may stand."""
    return "/" + re.sub(r"<(\w+):\w+>", lambda kind: SAMPLES.get(kind[1], text), route)


def test_no_two_pages_have_the_same_name() -> None:
    assert [name for name, count in Counter(ROUTES.values()).items() if count > 1] == []


def test_no_word_that_people_choose_leads_to_another_page() -> None:
    assert {"add", "requests", "blocks", "settings"} <= WORDS
    led = {
        (path, resolve(path).url_name, name)
        for route, name in ROUTES.items()
        for word in WORDS
        for path in [address(route, word)]
    }

    assert {one for one in led if one[1] != one[2]} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["add", "requests", "blocks"])
def test_a_friend_may_be_called_like_a_page(anns: Client, ann: User, name: str) -> None:
    make.friends(ann, make.user(name))

    page = anns.get("/friends/")
    assertContains(page, f'href="/friends/@{name}/"')
    assertContains(anns.get(f"/friends/@{name}/"), f"<h1>{name}</h1>")
    assertContains(anns.get(f"/friends/@{name}/remove/"), name)
