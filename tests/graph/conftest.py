"""Animals with their lines of descent, cards without photos, and a client that reads trees."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.dex.models import DexEntry

MAMMALS = {"kingdom": "Animalia", "phylum": "Chordata", "class_name": "Mammalia", "order": "Carnivora"}
Tree = Callable[..., dict[str, Any]]


def species(name: str, *, family: str, common_name: str = "", **line: str) -> Animal:
    """A found animal at the rank of species, a beast of prey unless told otherwise."""
    above = MAMMALS | {"family": family, "genus": name.split(maxsplit=1)[0], "species": name} | line
    return make.animal(make.taxon(name, common_name=common_name, source_id=f"{name} {family}", **above))


def find(owner: User, animal: Animal, visibility: str = "friends", **fields: Any) -> DexEntry:
    """A card without a photo: trees show none."""
    return DexEntry.objects.create(owner=owner, animal=animal, visibility=visibility, **fields)


def names(tree: dict[str, Any]) -> set[str]:
    """The scientific names of the animals in a tree."""
    return {node["scientific_name"] for node in tree["nodes"] if node["node_type"] == "animal"}


@pytest.fixture
def wolf(db: None) -> Animal:
    return species("Canis lupus", family="Canidae", common_name="gray wolf")


@pytest.fixture
def cat(db: None) -> Animal:
    return species("Felis catus", family="Felidae", common_name="domestic cat")


@pytest.fixture
def tree(api: APIClient) -> Tree:
    """Read a person's tree as a program does: `tree(ann, mode="friends")`."""

    def read(person: User, **query: Any) -> dict[str, Any]:
        api.force_authenticate(person)
        answer = api.get("/api/v1/graph/tree/", query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return read
