"""What every test stands on: a server of its own, and three people."""

import environment  # noqa: F401 -- first: it decides which settings everything below reads

# isort: split
import fcntl
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db.backends.base.operations import BaseDatabaseOperations
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from running import COMMAND, environment_of

SEAL = import_module("biologidex.core.migrations.0006_audit_trail_stays")

# A shell's background job ignores it, and so would every program that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Forget what an earlier test left: failed log-ins are counted there."""
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def emptied_after_tests_that_commit() -> Iterator[None]:
    """Let Django empty the audit trail, which nobody else can, between tests that commit what they do."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def unsealed(operations: BaseDatabaseOperations, statements: list[str]) -> None:
        with operations.connection.schema_editor() as editor:
            SEAL.unseal(apps, editor)
        try:
            flush(operations, statements)
        finally:
            with operations.connection.schema_editor() as editor:
                SEAL.seal(apps, editor)

    with mock.patch.object(BaseDatabaseOperations, "execute_sql_flush", unsealed):
        yield


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


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepare a data folder as a first start does, once for all processes of a parallel run. Copy it to use it.

    BIOLOGIDEX_TEST_PREPARED names a folder that was prepared before: then there is little left to do.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = shared / "prepared", shared / "prepared.done"
    with (shared / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            if before := os.environ.get("BIOLOGIDEX_TEST_PREPARED"):
                shutil.copytree(before, folder)
            subprocess.run([COMMAND, "prepare"], env=environment_of(folder), check=True)
            done.touch()
    return folder


@pytest.fixture
def data_folder(prepared: Path, tmp_path: Path) -> Path:
    """Give a copy of the prepared folder."""
    return Path(shutil.copytree(prepared, tmp_path / "data"))
