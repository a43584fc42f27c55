"""How an operator sets limits, and what docs/api/limits.md says about them."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from biologidex.config import env

LIMITS = Path(__file__).parents[2] / "docs" / "api" / "limits.md"
DEFAULTS = {"upload": "240/hour", "log_in": "60/hour", "name": "120/hour"}


@pytest.fixture(autouse=True)
def _declared_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "DECLARED", {})


def rates(told: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, int]]:
    monkeypatch.setenv("RATES", told)
    return env.rates("RATES", DEFAULTS, "")


@pytest.mark.parametrize(
    ("told", "allowed"),
    [
        ("", {"upload": (240, 3600), "log_in": (60, 3600), "name": (120, 3600)}),
        ("upload=5/minute", {"upload": (5, 60), "log_in": (60, 3600), "name": (120, 3600)}),
        ("all=0/hour", {"upload": (0, 3600), "log_in": (0, 3600), "name": (0, 3600)}),
        ("log_in=7/day, all=0/hour", {"upload": (0, 3600), "log_in": (7, 86_400), "name": (0, 3600)}),
    ],
)
def test_what_is_named_differs_from_the_default(
    monkeypatch: pytest.MonkeyPatch, told: str, allowed: dict[str, tuple[int, int]]
) -> None:
    assert rates(told, monkeypatch) == allowed


@pytest.mark.parametrize("told", ["uploads=5/hour", "upload=5", "upload=-1/hour", "upload=5/year", "upload"])
def test_a_rate_that_cannot_be_is_told_by_the_name_of_the_variable(
    monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    with pytest.raises(env.BadValue, match="RATES"):
        rates(told, monkeypatch)


def test_the_document_lists_every_kind_with_its_default() -> None:
    listed = dict(
        re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", LIMITS.read_text(encoding="utf-8"), re.MULTILINE)
    )
    period = {seconds: name for name, seconds in env.PERIODS.items()}

    assert listed == {kind: f"{count}/{period[window]}" for kind, (count, window) in settings.RATES.items()}
