"""Lists in pages: numbered in v1, by cursor in v2 and in feeds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from biologidex.core.models import Job

pytestmark = [pytest.mark.urls("core.probe"), pytest.mark.django_db]
NUMBERS, FEED, NAMES = "/api/v1/numbers/", "/api/v1/feed/", "/api/v1/names/"
V2 = {"Accept": "application/json; version=v2"}


def add(*numbers: int) -> None:
    """Make rows that come in fours at the same time: the second column has to tell them apart."""
    start = datetime(2026, 5, 1, tzinfo=UTC)
    Job.objects.bulk_create(
        Job(name="", attempts=number, run_after=start + timedelta(microseconds=number // 4))
        for number in numbers
    )


def pages(api: APIClient, path: str, **headers: Any) -> Iterator[list[int]]:
    """Go from page to page as a program does: by the address that the last one names."""
    following: str | None = path
    while following:
        page = api.get(following, headers=headers).json()
        following = page["next"]
        yield page["results"]


def test_a_numbered_page_says_how_many_there_are_and_where_the_others_are(api: APIClient) -> None:
    add(*range(1, 6))

    page = api.get(f"{NUMBERS}?page=2&page_size=2").json()

    assert page["count"] == 5
    assert page["results"] == [3, 2]
    assert page["next"].endswith("/numbers/?page=3&page_size=2")
    assert page["previous"].endswith("/numbers/?page_size=2")


@pytest.mark.parametrize(("path", "headers"), [(NUMBERS, V2), (FEED, {}), (FEED, V2)])
def test_whatever_is_added_or_removed_between_two_pages_by_cursor_nothing_is_skipped_or_told_twice(
    api: APIClient, path: str, headers: dict[str, str]
) -> None:
    add(*range(1, 11))
    told: list[int] = []

    for step, results in enumerate(pages(api, f"{path}?page_size=3", **headers)):
        told += results
        add(100 + step, 200 + step)
        Job.objects.filter(attempts=results[0]).delete()

    assert told == list(range(10, 0, -1))


def test_numbered_pages_shift_which_is_why_there_are_cursors(api: APIClient) -> None:
    add(*range(1, 7))

    walk = pages(api, f"{NUMBERS}?page_size=3")
    first = next(walk)
    add(100)

    assert (first, next(walk)) == ([6, 5, 4], [4, 3, 2])


def test_a_page_by_cursor_leads_back(api: APIClient) -> None:
    add(*range(1, 7))
    first = api.get(f"{NUMBERS}?page_size=3", headers=V2).json()

    second = api.get(first["next"], headers=V2).json()
    again = api.get(second["previous"], headers=V2).json()

    assert set(first) == {"next", "previous", "results"}
    assert again["results"] == first["results"]


SIZES = [("", 50), ("1000", 200), ("0", 50), ("-1", 50), ("many", 50), ("9" * 30, 200)]


@pytest.mark.parametrize("headers", [{}, V2], ids=["v1", "v2"])
@pytest.mark.parametrize(("asked", "given"), SIZES)
def test_a_page_is_never_longer_than_this_server_likes(
    api: APIClient, headers: dict[str, str], asked: str, given: int
) -> None:
    add(*range(1, 251))

    assert len(api.get(f"{NUMBERS}?page_size={asked}", headers=headers).json()["results"]) == given


@pytest.mark.parametrize("headers", [{}, V2], ids=["v1", "v2"])
def test_an_empty_list_is_an_empty_page(api: APIClient, headers: dict[str, str]) -> None:
    page = api.get(NUMBERS, headers=headers).json()

    assert (page["results"], page["next"], page["previous"]) == ([], None, None)


# The last three are what DRF's own cursors would take: an offset, a position that is no time, one that is no text.
CURSORS = ["x", "%00", ":", "a:b:c", "W10:x:y", "bz05OTk=", "cD14", "cD0lMDA="]


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_that_somebody_made_up_leads_nowhere(api: APIClient, cursor: str) -> None:
    add(1)

    assert api.get(f"{FEED}?cursor={cursor}").status_code == 404


def test_a_cursor_of_another_list_leads_nowhere(api: APIClient) -> None:
    add(*range(1, 4))
    cursors = {}
    for path in (FEED, NUMBERS, NAMES):
        following = api.get(f"{path}?page_size=1", headers=V2).json()["next"]
        cursors[path] = following.partition("?")[2]

    answered = {
        (path, of): api.get(f"{path}?{query}", headers=V2).status_code
        for path in cursors
        for of, query in cursors.items()
    }

    assert answered == {(path, of): 200 if path == of else 404 for path in cursors for of in cursors}


def test_a_cursor_whose_rows_are_gone_leads_to_an_empty_page_and_back(api: APIClient) -> None:
    add(*range(1, 7))
    following = api.get(f"{FEED}?page_size=3").json()["next"]
    Job.objects.filter(attempts__lte=3).delete()

    page = api.get(following).json()

    assert (page["results"], page["next"]) == ([], None)
    assert api.get(page["previous"]).json()["results"] == [6, 5, 4]


@pytest.mark.parametrize(("headers", "queries"), [({}, 2), (V2, 1)], ids=["v1", "v2"])
@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_takes_the_same_queries_however_long_it_is(
    api: APIClient, django_assert_num_queries: Any, headers: dict[str, str], queries: int, rows: int
) -> None:
    add(*range(1, rows + 1))

    with django_assert_num_queries(queries):
        api.get(NUMBERS, headers=headers)
