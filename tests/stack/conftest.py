"""What tests of real servers share: the whole stack, started once for those marked `stack`, or a place to work at."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.whole import Stack, whole_stack
from stack.workplace import Workplace, workplace


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Run the whole stack. It is one server for all tests: each makes people of its own."""
    folder = Path(tempfile.mkdtemp(prefix="biologidex-stack-"))  # pytest's own let in only whoever runs it
    try:
        with whole_stack(folder) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    with workplace(tmp_path_factory.mktemp("work")) as place:
        yield place


@pytest.fixture
def place(opened: Workplace) -> Iterator[Workplace]:
    """Give a place where nobody works yet and nothing is to be done."""
    yield opened
    opened.begin_anew()
