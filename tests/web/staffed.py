"""Browsers for the tests of the staff pages."""

from django.test import Client

import make
from biologidex.accounts.models import User


def staff(name: str = "sam", **fields: bool) -> User:
    """Make somebody who runs this server."""
    return make.user(name, is_staff=True, **fields)


def browser_of(person: User) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(person)
    return client
