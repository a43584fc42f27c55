"""`biologidex nightly`: when it is time for a backup."""

from datetime import UTC, datetime, timedelta

import pytest

from biologidex.ops.backup.nightly import due

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
