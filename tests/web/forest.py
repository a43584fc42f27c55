"""Trees as the script of their page is told of them."""

from typing import Any

from django.test import Client

from biologidex.accounts.models import User
from graph.conftest import find, species


def rows(browser: Client, query: str = "") -> list[list[Any]]:
    """Give every node that the script of the page is told of."""
    told: list[list[Any]] = []
    part = 0
    while True:
        answer = browser.get(f"/tree/data/?{query}&part={part}")
        if answer.status_code != 200:
            return told
        told += answer.json()["rows"]
        part += 1


def animals(browser: Client, query: str = "") -> set[str]:
    return {row[2] for row in rows(browser, query) if row[0] and not row[5]}


def many(owner: User, count: int, *, after: int = 0) -> None:
    for number in range(after, after + count):
        genus = f"Genus{number % 3}"
        find(owner, species(f"{genus} s{number:03}", family="Felidae"))
