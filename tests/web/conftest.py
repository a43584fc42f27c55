"""Browsers that are signed in."""

import pytest
from django.test import Client

from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from graph.conftest import species


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


@pytest.fixture
def wolf(db: None) -> Animal:
    return species("Canis lupus", family="Canidae", common_name="gray wolf")


@pytest.fixture
def cat(db: None) -> Animal:
    return species("Felis catus", family="Felidae", common_name="domestic cat")


@pytest.fixture
def owl(db: None) -> Animal:
    return species(
        "Bubo bubo", family="Strigidae", common_name="eagle owl", class_name="Aves", order="Strigiformes"
    )
