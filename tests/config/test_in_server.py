"""scripts/in-server.sh finds the server, wherever it is, and lets it do a command. Its docker says what is asked."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "in-server.sh"
HERE = '#!/bin/sh\necho "here $* in ${BIOLOGIDEX_DATA_DIR:-nothing}"\n'
WORDS = ("staff", "YOUR-NAME", "--everything")


def program(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_text(text)
    file.chmod(0o755)


def ask(
    folder: Path,
    container: str = "",
    backing_up: str = "",
    words: tuple[str, ...] = WORDS,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Call it, from elsewhere, on a machine where docker knows this container."""
    program(
        folder / "bin" / "docker",
        f'#!/bin/sh\ncase "$*" in ps*name=web*) echo "{container}" ;; ps*name=backup*) echo "{backing_up}" ;;\n'
        '*) echo "docker $*" ;; esac\n',
    )
    program(folder / "bin" / "biologidex", HERE)
    program(folder / "scripts" / "in-server.sh", SCRIPT.read_text())
    return subprocess.run(
        ["sh", str(folder / "scripts" / "in-server.sh"), *words],
        env={
            "PATH": f"{folder}/bin:{os.environ['PATH']}",
            "BIOLOGIDEX_ETC": str(folder / "etc"),
            **environment,
        },
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_server_in_a_container_is_found_and_asked(tmp_path: Path) -> None:
    told = ask(tmp_path, "c0ffee")

    assert told.stdout.strip() == "docker exec -i c0ffee biologidex staff YOUR-NAME --everything"


def test_without_a_container_what_is_installed_is_asked(tmp_path: Path) -> None:
    assert ask(tmp_path).stdout.strip() == "here staff YOUR-NAME --everything in nothing"


def test_from_anywhere_the_folders_own_environment_keeps_to_the_data_of_that_folder(tmp_path: Path) -> None:
    program(tmp_path / ".venv" / "bin" / "biologidex", HERE)

    ours, named = ask(tmp_path), ask(tmp_path, BIOLOGIDEX_DATA_DIR="/srv/dex")

    assert ours.stdout.strip().endswith(f" in {tmp_path}/var")
    assert named.stdout.strip().endswith(" in /srv/dex")


def test_a_server_in_containers_that_do_not_run_is_taken_for_no_other(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "compose.env").touch()

    told = ask(tmp_path)

    assert told.returncode == 2
    assert "scripts/compose.sh ps" in told.stderr
    assert told.stdout == ""


@pytest.mark.parametrize("words", [("backup",), ("backup", "--verify"), ("drill",)])
def test_backups_are_made_and_tried_by_the_container_that_backs_up(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    """The server's own sees neither the database's files nor the place."""
    told = ask(tmp_path, "c0ffee", "cafe", words=words)

    assert told.stdout.strip() == f"docker exec -i cafe biologidex {' '.join(words)}"


def test_where_nothing_backs_up_the_server_s_container_is_not_asked_to(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "compose.env").touch()

    told = ask(tmp_path, "c0ffee", words=("backup",))

    assert (told.returncode, told.stdout) == (2, "")
    assert "none that could do it runs" in told.stderr
