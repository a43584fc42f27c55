"""Where the docs say to look, there is something to see: their commands, as they stand, on a server that runs.

Those that need a profile are typed where it is up: test_backup.py, test_monitoring.py, test_replica.py.
"""

import pytest

from ops.containers.installation import Installation
from ops.containers.looks import looks

pytestmark = pytest.mark.ops


@pytest.mark.parametrize("command", looks())
def test_it_can_be_run_as_it_stands(installation: Installation, command: str) -> None:
    installation.look(command)


def test_there_are_such_commands() -> None:
    assert len(looks()) > 20
