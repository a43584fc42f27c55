"""scripts/images.sh, with a docker that only notes what it is asked and has PostgreSQL's image of 202612 alone."""

import os
import re
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "images.sh"


def build(folder: Path, *words: str, **more: str) -> tuple[int, str, str]:
    """Run it. Returns its exit status, what it says, and what was built."""
    docker, asked = folder / "docker", folder / "asked"
    asked.touch()
    docker.write_text(
        f'#!/bin/sh\n[ "$1" != build ] || echo "$*${{DOCKER_BUILDKIT:+ by BuildKit}}" >> {asked}\n'
        '[ "$1" != version ] || echo "${ENGINE:-}"\n'
        'case "$*" in "image inspect"*) [ "$3" = localhost/biologidex-postgres:202612 ] ;; esac\n'
    )
    docker.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "BIOLOGIDEX_ETC": str(folder), **more}
    done = subprocess.run(
        ["sh", str(SCRIPT), *words], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr, asked.read_text()


def test_what_backs_up_stands_on_the_postgresql_of_this_server(tmp_path: Path) -> None:
    (tmp_path / "compose.env").write_text("SERVICES=202612\n")

    status, _, built = build(tmp_path, "0.2.0")

    assert status == 0
    assert "POSTGRES_IMAGE=localhost/biologidex-postgres:202612 -t localhost/biologidex-backup:0.2.0" in built


@pytest.mark.parametrize("more", [{}, {"SERVICES": "202611"}])
def test_without_that_nothing_is_built_and_it_says_how_to_get_it(
    tmp_path: Path, more: dict[str, str]
) -> None:
    status, said, built = build(tmp_path, "0.2.0", **more)

    assert status == 1
    assert f"scripts/images.sh --services {more.get('SERVICES', '1')}" in said
    assert built == ""


def test_the_one_with_the_tests_needs_none(tmp_path: Path) -> None:
    assert build(tmp_path, "suite", TARGET="test")[0] == 0


@pytest.mark.parametrize(
    ("words", "base"),
    [
        (["0.2.0"], r"PYTHON_IMAGE=docker\.io/library/python:3\.13-slim-trixie@sha256:[0-9a-f]{64}"),
        (["--fresh", "0.2.0"], r"PYTHON_IMAGE=docker\.io/library/python:3\.13-slim-trixie"),
        (["--services", "2"], r"DEBIAN_IMAGE=docker\.io/library/debian:bookworm-slim@sha256:[0-9a-f]{64}"),
        (["--fresh", "--services", "2"], r"DEBIAN_IMAGE=docker\.io/library/debian:bookworm-slim"),
    ],
)
def test_bases_are_those_that_are_pinned_or_the_newest_of_that_release(
    tmp_path: Path, words: list[str], base: str
) -> None:
    status, _, built = build(tmp_path, *words, SERVICES="202612")

    assert status == 0
    assert re.search(rf" --build-arg {base} ", built)
    assert ("--pull" in built) == ("--fresh" in words)


def test_another_base_can_be_named(tmp_path: Path) -> None:
    _, _, built = build(tmp_path, "--services", "2", DEBIAN_IMAGE="registry.example.org/debian:bookworm-slim")

    assert built.count("DEBIAN_IMAGE=registry.example.org/debian:bookworm-slim ") == built.count("\n") == 5


@pytest.mark.parametrize("more", [{}, {"IMAGES": "mine.example.org"}])
def test_they_are_named_as_the_operators_folder_says_unless_somebody_says_otherwise(
    tmp_path: Path, more: dict[str, str]
) -> None:
    (tmp_path / "compose.env").write_text("IMAGES=registry.example.org/dex\n")

    _, _, built = build(tmp_path, "--services", "2", **more)

    name = f"{more.get('IMAGES', 'registry.example.org/dex')}/biologidex-nginx:2"
    assert f" -t {name} " in built


@pytest.mark.parametrize(
    ("engine", "by_name"), [("20.10.24+dfsg1", True), ("26.1.5", False), ("4.3.1", False)]
)
def test_what_nobody_asked_for_is_not_built_where_docker_can_leave_it_out(
    tmp_path: Path, engine: str, by_name: bool
) -> None:
    """Docker 20 must be told; later ones know, and without buildx they refuse to be told."""
    _, _, built = build(tmp_path, "--services", "2", ENGINE=engine)

    assert ("by BuildKit" in built) == by_name
