"""What every test stands on: a server of its own, and three people."""

import environment  # noqa: F401 -- first: it decides which settings everything below reads

# isort: split
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Forget what an earlier test left: failed log-ins are counted there."""
    cache.clear()


@pytest.fixture
def ann(db: None) -> User:
    """Whose things the test is about."""
    return make.user("ann")


@pytest.fixture
def bob(db: None) -> User:
    """Ann's friend, as soon as there are friends."""
    return make.user("bob")


@pytest.fixture
def eve(db: None) -> User:
    """A stranger to both: what is not public is none of her business."""
    return make.user("eve")


@pytest.fixture
def api() -> APIClient:
    """A program that talks to the API, signed in as nobody. `api.force_authenticate(ann)` makes it Ann's."""
    return APIClient()


@pytest.fixture
def media_folder(settings: Any, tmp_path: Path) -> Path:
    """Give a folder for photos that is empty at first, so that a test can say what is left in it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    return settings.MEDIA_ROOT
