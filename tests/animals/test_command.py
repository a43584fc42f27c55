"""`biologidex taxonomy`."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from biologidex.animals.importers import ncbi
from biologidex.animals.models import Taxon

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    """A stream that people look at."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, write_package: Callable[..., Path]) -> None:
    """Stand the small world in for the installed package."""
    folder = write_package()
    monkeypatch.setattr(ncbi, "installed", lambda: (folder, "2024.1"))


def run(*words: str, out: io.StringIO | None = None) -> str:
    out = out or io.StringIO()
    call_command("taxonomy", *words, stdout=out)
    return out.getvalue()


def test_fills_and_says_what_there_is(small: None) -> None:
    said = run()

    assert f"{Taxon.objects.count():,} animals and groups" in said
    assert "Writing names: 100%\n" in said
    assert "\r" not in said


def test_shows_a_moving_bar_to_somebody_who_looks(small: None) -> None:
    said = run(out=Terminal())

    assert "\r  Writing names" in said
    assert "[##############################] 100%\n" in said


def test_a_second_time_there_is_nothing_to_do(small: None) -> None:
    run()

    assert run().startswith("Animal names are current")


def test_check_says_what_there_is(small: None) -> None:
    run()

    assert "version 2024.1+" in run("--check")


def test_check_fails_as_long_as_there_is_nothing(small: None) -> None:
    with pytest.raises(CommandError, match="no animal names yet"):
        run("--check")


def test_check_fails_when_another_version_is_installed(small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    run()
    folder, _ = ncbi.installed()
    monkeypatch.setattr(ncbi, "installed", lambda: (folder, "2025.1"))

    with pytest.raises(CommandError, match="not current"):
        run("--check")
