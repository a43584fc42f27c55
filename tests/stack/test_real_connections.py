"""What many do at once, between connections of their own: a pool of one would let them wait for each other anyway."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from stack.postgres import binaries

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(binaries() is None, reason="apt install postgresql"),
    pytest.mark.skipif(connection.vendor == "postgresql", reason="done once, with the suite on SQLite"),
]
TESTS = Path(__file__).parents[1]
AT_ONCE = (
    "animals/test_naming.py",
    "dex/exchange/test_runs.py",
    "dex/test_concurrency.py",
    "media/test_uploads.py",
    "social/test_at_once.py",
    "vision/test_spending.py",
)


def test_what_is_done_at_once_ends_well_between_real_connections_of_postgresql() -> None:
    server = [sys.executable, str(TESTS / "stack/postgres.py"), "--no-pool", "--"]
    suite = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "at_once or during"]
    foreign = ("PYTEST_", "DJANGO_SETTINGS_MODULE")  # what the tests around this one have set
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}

    run = subprocess.run(
        [*server, *suite, *(str(TESTS / file) for file in AT_ONCE)],
        cwd=TESTS.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert run.returncode == 0, run.stdout[-3000:]
    assert " passed" in run.stdout
