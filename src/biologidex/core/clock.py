"""What time it is, asked of the one clock that all writers share."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

SIX_DECIMALS = len("2026-05-01T00:00:00.000000")


def now() -> datetime:
    """Return the time in UTC, on PostgreSQL by the database's clock.

    Several hosts' clocks differ by milliseconds. Times that are compared with each other to tell what came first,
    as a sync does, must come from here.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        told: datetime = cursor.fetchone()[0]
    return told


def stamp(moment: datetime) -> str:
    """Write a time so that the order of texts is the order of times: UTC, always with six decimals.

    >>> from datetime import UTC
    >>> stamp(datetime(2026, 5, 1, tzinfo=UTC))
    '2026-05-01T00:00:00.000000Z'
    """
    return f"{moment.isoformat(timespec='microseconds')[:SIX_DECIMALS]}Z"
