"""scripts/state.sh: what compose.env remembers is changed by one at a time."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "state.sh"
BEFORE = "SERVER_NAMES=localhost\nSERVICES=1\nOPEN=blue\nPROFILES=tunnel\n"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    file = tmp_path / "compose.env"
    file.write_text(BEFORE)
    return file


def process(state: Path, commands: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sh", "-c", f"state={state}; . {SCRIPT}; {commands}"])


def changed(state: Path, *commands: str) -> list[str]:
    """Let several do this at the same time. Returns the lines then."""
    running = [process(state, f"set -eu; for i in 1 2 3 4 5 6 7 8 9; do {one}; done") for one in commands]
    assert [one.wait() for one in running] == [0] * len(commands)
    return sorted(state.read_text().splitlines())


def test_of_what_several_write_at_once_nothing_is_lost(state: Path) -> None:
    lines = changed(state, *(f'set_state {name} "$i"' for name in ("BLUE", "GREEN", "POOL", "RELEASE")))

    assert lines == sorted([*BEFORE.splitlines(), "BLUE=9", "GREEN=9", "POOL=9", "RELEASE=9"])


def test_words_that_several_add_at_once_are_all_there(state: Path) -> None:
    lines = changed(state, *(f'add_word PROFILES "{name}$i"' for name in "abc"))

    profiles = next(line for line in lines if line.startswith("PROFILES="))
    assert set(profiles.removeprefix("PROFILES=").split()) == {
        "tunnel",
        *(f"{name}{number}" for name in "abc" for number in range(1, 10)),
    }


def test_what_one_that_was_killed_had_begun_is_not_taken_over(state: Path) -> None:
    (state.parent / "compose.env.new").write_text("half")

    assert changed(state, "set_state BLUE 1") == sorted([*BEFORE.splitlines(), "BLUE=1"])
    assert [file.name for file in state.parent.iterdir()] == ["compose.env"]


def test_who_is_interrupted_while_changing_it_can_change_it_back(state: Path) -> None:
    """As a deployment does that is ended by Ctrl-C."""
    interrupted = 'cp() { command cp "$@"; kill -TERM $$; }'
    going_back = "trap 'trap \"\" TERM; set_state BLUE old; exit 3' TERM"

    running = process(state, f"{interrupted}; {going_back}; set_state BLUE new")

    assert running.wait(timeout=10) == 3
    assert "BLUE=old" in state.read_text().splitlines()


def test_where_the_disk_is_full_the_file_stays_as_it_was_also_for_who_is_interrupted(state: Path) -> None:
    """A deployment that Ctrl-C ends goes back whatever fails on the way: half a file would cost it everything."""
    full = 'cp() { : > "$3"; return 1; }'

    running = process(
        state, f"set -eu; {full}; trap 'set +e; set_state BLUE old; exit 3' TERM; kill -TERM $$"
    )

    assert running.wait(timeout=10) == 3
    assert state.read_text() == BEFORE
