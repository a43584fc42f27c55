"""What many do at once, between connections of their own: a pool of one would let them wait for each other anyway."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
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


def test_what_is_done_at_once_ends_well_between_real_connections_of_postgresql(tmp_path: Path) -> None:
    server = [sys.executable, str(TESTS / "stack/postgres.py"), "--no-pool", "--"]
    suite = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--timeout=60",
        "-k",
        "at_once or during",
    ]
    foreign = ("PYTEST_", "DJANGO_SETTINGS_MODULE")  # what the tests around this one have set
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}

    output = tmp_path / "output"
    with output.open("wb") as told:
        # In a group of its own, and with a file to write to: what its servers hold open cannot keep this test waiting.
        run = subprocess.Popen(
            [*server, *suite, *(str(TESTS / file) for file in AT_ONCE)],
            cwd=TESTS.parent,
            env=environment,
            stdout=told,
            stderr=told,
            start_new_session=True,
        )
        try:
            status = run.wait(150)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(run.pid, signal.SIGKILL)

    said = output.read_text(errors="replace")
    assert status == 0, said[-3000:]
    assert " passed" in said
