"""scripts/prune-images.sh, with a docker that lists images, the newest first, and notes what it is asked to remove."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "prune-images.sh"
NAMES = ["biologidex", "biologidex-backup"] + [
    f"biologidex-{x}" for x in ("nginx", "pgbouncer", "redis", "postgres")
]
RELEASES = [f"0.{number}.0" for number in range(30, 0, -1)]
STATE = "SERVICES=3\nBLUE=0.30.0\nGREEN=0.4.0\nRELEASE=0.30.0\nOPEN=blue\n"


class Host:
    """A server that has seen thirty releases and four makes of what it stands on."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.removed_file = folder, folder / "removed"
        self.removed_file.touch()
        (folder / "compose.env").write_text(STATE)
        for name in NAMES:
            tags = RELEASES if name in NAMES[:2] else ["4", "3", "2", "1"]
            (folder / f"{name}.tags").write_text("\n".join([tags[0], "<none>", *tags[1:]]) + "\n")
        docker = folder / "docker"
        docker.write_text(
            f'#!/bin/sh\ncase "$1 $2" in\n"image ls") for last; do :; done; cat {folder}/$(basename "$last").tags ;;\n'
            f'"image rm") echo "$3" >> {self.removed_file} ;;\n'
            f'"image prune") echo "prune $3" >> {folder}/pruned ;;\nesac\n'
        )
        docker.chmod(0o755)

    def prune(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{self.folder}:{os.environ['PATH']}", "BIOLOGIDEX_ETC": str(self.folder)}
        command = ["sh", str(SCRIPT), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    @property
    def removed(self) -> set[str]:
        return set(self.removed_file.read_text().split())


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def test_the_last_twenty_stay_and_so_does_the_release_that_a_rollback_needs(host: Host) -> None:
    told = host.prune()

    gone = [version for version in RELEASES[20:] if version != "0.4.0"]
    assert told.returncode == 0, told.stderr
    assert host.removed == {f"localhost/{name}:{version}" for name in NAMES[:2] for version in gone}
    assert (host.folder / "pruned").read_text() == "prune -f\n"  # never -a: that takes what no container uses


def test_where_the_disk_is_full_fewer_stay_but_always_what_compose_names(host: Host) -> None:
    host.prune("1")

    stay = {"0.30.0", "0.4.0"}
    gone = {f"localhost/{name}:{version}" for name in NAMES[:2] for version in set(RELEASES) - stay}
    assert host.removed == gone | {f"localhost/{name}:{version}" for name in NAMES[2:] for version in "21"}


def test_a_rehearsal_says_it_and_removes_nothing(host: Host) -> None:
    told = host.prune("--dry-run")

    assert "would remove localhost/biologidex:0.1.0" in told.stdout
    assert host.removed == set()
    assert not (host.folder / "pruned").exists()


@pytest.mark.parametrize("state", ["", "SERVICES=3\nBLUE=0.30.0\n"])
def test_where_it_is_not_said_what_must_stay_nothing_is_removed(host: Host, state: str) -> None:
    (host.folder / "compose.env").write_text(state)

    assert host.prune("0").returncode == 1
    assert host.removed == set()


def test_whoever_calls_it_wrongly_is_told_how(host: Host) -> None:
    told = host.prune("all")

    assert told.returncode == 2
    assert "Usage" in told.stderr
    assert host.removed == set()


def test_no_page_tells_to_remove_images_by_their_age() -> None:
    pages = SCRIPT.parents[1] / "docs"

    assert [page.name for page in pages.rglob("*.md") if "image prune -a" in page.read_text()] == []


def test_the_release_of_before_stays_though_no_side_is_of_it(host: Host) -> None:
    """After `deploy.sh --again` both sides are of the release that is open."""
    (host.folder / "compose.env").write_text(STATE.replace("0.4.0", "0.30.0") + "PREVIOUS=0.3.0\n")

    host.prune()

    assert "localhost/biologidex:0.3.0" not in host.removed
    assert "localhost/biologidex:0.4.0" in host.removed
