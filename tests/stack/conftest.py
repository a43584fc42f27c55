"""What several tests of real servers share."""

from collections.abc import Iterator

import pytest

from stack.workplace import Workplace, workplace


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    with workplace(tmp_path_factory.mktemp("work")) as place:
        yield place


@pytest.fixture
def place(opened: Workplace) -> Iterator[Workplace]:
    """Give a place where nobody works yet and nothing is to be done."""
    yield opened
    opened.begin_anew()
