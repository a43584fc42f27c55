"""scripts/in-server.sh finds the server, wherever it is, and lets it do a command. Its docker says what is asked."""

import os
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "in-server.sh"


def ask(folder: Path, container: str) -> str:
    """Call it on a machine where docker knows this container, and return what was done."""
    for name, text in (
        ("docker", f'[ "$1" = ps ] && echo "{container}" || echo "docker $*"'),
        ("biologidex", 'echo "here $*"'),
    ):
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    (folder / "scripts").mkdir()
    script = folder / "scripts" / "in-server.sh"
    script.write_text(SCRIPT.read_text())
    done = subprocess.run(
        ["sh", str(script), "staff", "YOUR-NAME", "--everything"],
        env={"PATH": f"{folder}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_server_in_a_container_is_found_and_asked(tmp_path: Path) -> None:
    assert ask(tmp_path, "c0ffee") == "docker exec -i c0ffee biologidex staff YOUR-NAME --everything"


def test_without_a_container_what_is_installed_is_asked(tmp_path: Path) -> None:
    assert ask(tmp_path, "") == "here staff YOUR-NAME --everything"
