"""`biologidex nightly`: when it is time for a backup."""

import os
import subprocess
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from biologidex.ops.backup import nightly, places, postgres, status
from biologidex.ops.backup.errors import BackupFailed
from biologidex.ops.backup.nightly import due, photos_due
from biologidex.ops.backup.ways import Postgres
from ops.small import use
from running import COMMAND

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


def is_due(*, tried: timedelta | None, failed: bool = False, now: datetime = NOON) -> bool:
    """Whether it is time at noon, or then, when the last try was so long before."""
    return due(now, tried=(now - tried).timestamp() if tried else 0.0, failed=failed, hour=2)


def test_the_first_one_is_made_at_once() -> None:
    assert is_due(tried=None)


def test_once_after_the_hour_of_each_night() -> None:
    assert not is_due(tried=timedelta(hours=9))
    assert is_due(tried=timedelta(hours=11))


def test_not_before_that_hour_has_come() -> None:
    one = NOON.replace(hour=1)

    assert not is_due(tried=timedelta(hours=22), now=one)
    assert is_due(tried=timedelta(hours=24), now=one)


def test_a_night_that_was_slept_through_is_made_up_for() -> None:
    assert is_due(tried=timedelta(days=3))


@pytest.mark.parametrize(("ago", "again"), [(timedelta(minutes=59), False), (timedelta(hours=1), True)])
def test_one_that_failed_is_tried_again_an_hour_later(ago: timedelta, again: bool) -> None:
    assert is_due(tried=ago, failed=True) is again


@pytest.mark.parametrize("failed", [False, True])
def test_a_try_that_a_wrong_clock_has_put_into_the_future_keeps_no_night_from_coming(failed: bool) -> None:
    assert is_due(tried=-timedelta(days=900), failed=failed)


def photos_are_due(*, made: timedelta | None, tried: timedelta | None = None, minutes: int = 5) -> bool:
    """Whether it is time at noon, when the last version of the photos and the last try were so long before."""
    since = [(NOON - ago).timestamp() if ago else 0.0 for ago in (made, tried)]
    return photos_due(NOON, made=since[0], tried=since[1], minutes=minutes)


def test_photos_are_backed_up_by_day_every_few_minutes() -> None:
    assert not photos_are_due(made=timedelta(minutes=4))
    assert photos_are_due(made=timedelta(minutes=5))


def test_photos_wait_for_the_first_night_which_makes_the_place_ready() -> None:
    assert not photos_are_due(made=None)


def test_photos_that_could_not_be_backed_up_are_not_tried_at_every_look() -> None:
    assert not photos_are_due(made=timedelta(hours=3), tried=timedelta(minutes=1))
    assert photos_are_due(made=timedelta(hours=3), tried=timedelta(minutes=5))


def test_whoever_wants_them_at_night_only_gets_that() -> None:
    assert not photos_are_due(made=timedelta(hours=3), minutes=0)


def test_a_place_that_is_away_by_day_is_told_and_does_not_count_as_the_night(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    def away(self: Postgres, say: Any) -> None:
        raise BackupFailed("/mnt/nas is not there. Is it mounted?")

    settings.DATA_DIR, now = tmp_path, timezone.now().timestamp()
    made = {"media": status.Part(now - 600, 9)}
    night = status.Status(tried=now, parts=made, drill=status.Drill(tried=now))  # whatever the hour
    status.write(night)
    monkeypatch.setattr(nightly, "way", Postgres)
    monkeypatch.setattr(Postgres, "photos", away)
    monkeypatch.setattr(nightly, "_begin", lambda _: True)
    said, over = list[str](), threading.Event()
    over.set()

    nightly.run(said.append, over)

    assert said == ["FAILED: /mnt/nas is not there. Is it mounted?"]
    assert status.read() == night


class Repositories:
    """Two places, as pgBackRest would tell of them."""

    def __init__(self, *places_with_a_backup: int) -> None:
        self.places, self._full = {1: places.HERE, 2: places.OFF_SITE}, places_with_a_backup

    def made(self, repo: int) -> list[str]:
        return ["a backup"] if repo in self._full else []


@pytest.mark.parametrize(("has_some", "begins"), [((1,), True), ((1, 2), False)])
def test_a_place_that_has_none_yet_gets_its_first_whatever_the_hour(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path, has_some: tuple[int, ...], begins: bool
) -> None:
    settings.DATA_DIR, now = tmp_path, timezone.now().timestamp()
    status.write(status.Status(tried=now, drill=status.Drill(tried=now)))
    began, over = list[str](), threading.Event()
    over.set()
    monkeypatch.setattr(nightly, "way", Postgres)
    monkeypatch.setattr(postgres, "prepare", lambda _: None)
    monkeypatch.setattr(postgres, "repositories", lambda: Repositories(*has_some))
    monkeypatch.setattr(nightly, "_once", lambda _: began.append("a backup"))

    nightly.run(lambda _: None, over)

    assert bool(began) is begins


def test_what_is_here_is_backed_up_at_night_although_another_place_cannot_be_made_ready(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR, said, over = tmp_path, list[str](), threading.Event()
    over.set()

    def away(_: object) -> None:
        raise BackupFailed("/mnt/nas is not there. Is it mounted?")

    def make(self: Postgres, say: Any) -> None:
        say("Made one here.")
        raise BackupFailed("off_site: /mnt/nas is not there. Is it mounted?")

    monkeypatch.setattr(nightly, "way", Postgres)
    monkeypatch.setattr(nightly, "_begin", lambda _: True)
    monkeypatch.setattr(postgres, "prepare", away)
    monkeypatch.setattr(Postgres, "make", make)

    nightly.run(said.append, over)

    assert said == [
        "FAILED: /mnt/nas is not there. Is it mounted?",
        "Made one here.",
        "FAILED: off_site: /mnt/nas is not there. Is it mounted?",
    ]
    assert status.read().failed


@pytest.mark.parametrize(("briefly", "waits"), [(True, True), (False, False)])
def test_who_backs_up_photos_by_day_is_waited_for_and_nobody_else(
    settings: Any, tmp_path: Path, briefly: bool, waits: bool
) -> None:
    settings.BACKUP = replace(settings.BACKUP, here=tmp_path)
    begun, over = threading.Event(), threading.Event()

    def hold() -> None:
        with places.alone(briefly=briefly):
            begun.set()
            over.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    begun.wait(10)
    threading.Timer(0.5, over.set).start()
    try:
        with places.alone():
            was_waited_for = over.is_set()
    except BackupFailed:
        was_waited_for = False
    holder.join(10)

    assert was_waited_for is waits


def test_a_fault_of_ours_ends_no_nights(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    """It is tried again after an hour, also where no note of it can be made."""
    use(settings, status=tmp_path / "away")
    over, tries = threading.Event(), []

    def breaks(*_: object) -> None:
        tries.append(1)
        raise OSError

    looks = iter([False, False, True])
    monkeypatch.setattr(over, "wait", lambda _: next(looks))
    monkeypatch.setattr(nightly, "way", lambda: SimpleNamespace(make=breaks))
    told: list[str] = []

    nightly.run(told.append, over)

    assert tries == [1]
    assert told == ["FAILED: OSError. The log has more."]


def test_there_is_no_hour_24() -> None:
    told = subprocess.run(
        [COMMAND, "check"],
        env=os.environ | {"BIOLOGIDEX_BACKUP_HOUR": "24"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 1
    assert "BIOLOGIDEX_BACKUP_HOUR" in told.stderr
    assert "Traceback" not in told.stderr
