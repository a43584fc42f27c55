"""Browsers that are signed in."""

import pytest
from django.test import Client

from biologidex.accounts.models import User


@pytest.fixture
def browser() -> Client:
    """Somebody's browser, signed in as nobody."""
    return Client()


@pytest.fixture
def anns(ann: User) -> Client:
    """Ann's browser."""
    client = Client()
    client.force_login(ann)
    return client


@pytest.fixture
def eves(eve: User) -> Client:
    """The browser of a stranger."""
    client = Client()
    client.force_login(eve)
    return client
