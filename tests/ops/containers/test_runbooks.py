"""Where a runbook says to look, there is something to see: its commands, as they stand, on a server that runs."""

import re
from collections.abc import Iterator

import pytest

from ops.containers.installation import PODMAN, TOP, Installation

pytestmark = pytest.mark.ops
ELSEWHERE = re.compile(
    r"replica|prometheus|alertmanager|cloudflared|exporter"
)  # of profiles that are not up here


def commands() -> Iterator[str]:
    """Yield what the pages say to run, but for what changes something."""
    for page in sorted((TOP / "docs" / "runbooks").glob("*.md")):
        for command in re.findall(r"`(scripts/compose\.sh [^`]+)`", page.read_text(encoding="utf-8")):
            if re.match(r"scripts/compose\.sh (ps|logs|exec)", command) and "reload" not in command:
                yield command


LOOKS = sorted({command for command in commands() if not ELSEWHERE.search(command)})


@pytest.mark.parametrize("command", LOOKS)
def test_it_can_be_run_as_it_stands(installation: Installation, command: str) -> None:
    where = {"BIOLOGIDEX_ETC": str(installation.etc), "COMPOSE_MORE": str(PODMAN)}

    done = installation.engine.run("sh", "-c", f"cd {TOP} && {command}", check=False, **where)

    finds_nothing = (
        done.returncode == 1 and "| grep" in command
    )  # all is well here: no line says that it is not
    assert done.returncode == 0 or finds_nothing, done.stderr
    assert "rror" not in done.stderr, done.stderr


def test_there_are_such_commands() -> None:
    assert len(LOOKS) > 20
