"""No address of the server shows anybody an e-mail address that is not theirs. Every route there is, asked."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User, UserProfile

pytestmark = pytest.mark.django_db
SECRET = "annas-hidden-address"
PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


def routes(resolver: Any = None, before: str = "") -> Iterator[str]:
    """Every route of the server as a path with its parameters, those of the framework's own files left out."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = before + str(pattern.pattern).removeprefix("^").replace("/?$", "/").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield f"/{path}"


def things_of(ann: User) -> dict[str, list[str]]:
    """What stands for the parameters of routes: ids of things that are Ann's and public."""
    entry = make.dex_entry(ann, visibility="public")
    job = make.job(ann)
    photo = entry.photos.get().photo_id
    uuids = [str(one) for one in (ann.pk, entry.pk, job.pk, photo, entry.animal_id)]
    return {"uuid": uuids, "int": ["0", str(entry.animal.taxon_id)], "str": [make.uid(ann)]}


def filled(path: str, things: dict[str, list[str]]) -> Iterator[str]:
    """The path with everything that may stand for its parameters."""
    kinds = [match["kind"] or "str" for match in PARAMETER.finditer(path)]
    for values in itertools.product(*(things.get(kind, things["str"]) for kind in kinds)):
        rest = iter(values)
        yield PARAMETER.sub(lambda _: next(rest), path)  # noqa: B023 -- used at once


BODIES: list[dict[str, Any]] = [
    {},
    {"q": SECRET, "friend_code": "ANNSCODE", "email": f"{SECRET}@example.org"},
]


@pytest.mark.parametrize("viewer", ["friend", "stranger", "staff", "nobody"])
def test_no_route_shows_the_address_of_somebody_else(ann: User, bob: User, eve: User, viewer: str) -> None:
    User.objects.filter(pk=ann.pk).update(email=f"{SECRET}@example.org", friend_code="ANNSCODE")
    UserProfile.objects.filter(user=ann).update(default_visibility="public")
    make.friends(ann, bob)
    staff = make.user("root", is_staff=True, is_superuser=True)
    who = {"friend": bob, "stranger": eve, "staff": staff, "nobody": None}[viewer]
    things = things_of(ann)
    asked, seen = 0, []
    for path in [path for route in routes() for path in filled(route, things)]:
        api, browser = APIClient(raise_request_exception=True), Client()
        if who:
            api.force_authenticate(who)
            browser.force_login(who)
        api_only = path.startswith("/api/")
        answers = [browser.get(path)] + [api.get(path, query) for query in BODIES]
        answers += [api.post(path, body) for body in BODIES if api_only]
        for answer in answers:
            asked += 1
            content = answer.getvalue() if answer.streaming else answer.content
            if (
                SECRET.encode() in content.replace(f'"q":"{SECRET}"'.encode(), b"") and who
            ):  # a search repeats its question
                seen.append(f"{answer.request['REQUEST_METHOD']} {path}")

    assert asked > 100
    assert seen == []


def test_the_search_would_find_it(ann: User) -> None:
    """The check above is worth something: one's own address is found, by the same search."""
    api = APIClient()
    api.force_authenticate(ann)

    assert "/api/v1/users/me/" in list(routes())
    assert b"ann@example.org" in api.get("/api/v1/users/me/").content
