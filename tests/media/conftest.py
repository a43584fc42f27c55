"""An empty media folder for every test, and a look at what lies in it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pictures
from biologidex.media import services


@pytest.fixture(scope="session", autouse=True)
def warm_darkroom() -> None:
    """Start the helper before the first test, so that no test is charged for it."""
    services.darkroom().develop(pictures.jpeg())


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> Path:
    """Keep each test's files apart."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def files(media_root: Path) -> Callable[[], list[Path]]:
    """List every file and folder that is kept."""
    return lambda: sorted(media_root.rglob("*"))
