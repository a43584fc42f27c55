"""A backup every night, and the proof that it can be restored; photos by day as well. For as long as this runs."""

import logging
import threading
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from biologidex.core.errors import DomainError
from biologidex.ops.backup import places, postgres, status
from biologidex.ops.backup.embedded import Say
from biologidex.ops.backup.ways import Postgres, way

log = logging.getLogger(__name__)
LOOK_EVERY = 60.0  # seconds
AGAIN_AFTER = timedelta(hours=1)


def due(now: datetime, *, tried: float, failed: bool, hour: int) -> bool:
    """Whether it is time: no try since the last night's hour, or one that failed an hour ago.

    A night that was slept through is made up for at once. `tried` is a Unix time, 0 for never; one that has not come
    yet is of a clock that was wrong, and counts for nothing.
    """
    night = now.astimezone(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    if night > now:
        night -= timedelta(days=1)
    last = datetime.fromtimestamp(tried, UTC)
    return last < night or (abs(now - last) >= AGAIN_AFTER and (failed or last > now))


def photos_due(now: datetime, *, made: float, tried: float, minutes: int) -> bool:
    """Whether it is time for a version of the photos by day, after the first night. Times as for `due`."""
    before = (now - timedelta(minutes=minutes)).timestamp()
    return bool(minutes and made) and made <= before and tried <= before


def run(say: Say, over: threading.Event) -> None:
    """Back up and try that out whenever it is due, until it is over. What goes wrong is said and tried again."""
    # By us: the status may be where none can be kept.
    tried, failed, photos_tried, settled = 0.0, False, 0.0, False
    while True:
        settled = settled or _begin(say)
        now = status.read()
        latest = max(now.tried, now.drill.tried, tried)
        is_bad = now.failed or now.drill.failed or failed
        if due(timezone.now(), tried=latest, failed=is_bad, hour=places.plan().hour):
            tried = timezone.now().timestamp()
            failed = not _once(say)
        elif photos_due(
            timezone.now(),
            made=now.parts.get("media", status.Part()).succeeded,
            tried=photos_tried,
            minutes=places.plan().photos_every,
        ):
            photos_tried = timezone.now().timestamp()
            _photos(say)
        if over.wait(LOOK_EVERY):
            return


def _begin(say: Say) -> bool:
    """Make the places of backups ready; one that has none yet gets its first. Says whether they could be looked at."""
    if not isinstance(way(), Postgres):
        return True
    try:
        postgres.prepare(say)
        found = postgres.repositories()
        is_new = not all(found.made(repo) for repo in found.places)
    except DomainError as error:
        say(f"FAILED: {error.message}")
        return False
    if is_new:
        _once(say)
    return True


def _photos(say: Say) -> None:
    if not isinstance(way(), Postgres):
        return  # the one file of the night has everything
    try:
        way().photos(say)
    except DomainError as error:
        say(f"FAILED: {error.message}")
    except Exception:
        log.exception("photos could not be backed up for a fault of ours")


def _once(say: Say) -> bool:
    """Back up and try it out. Returns whether all went well; whatever goes wrong, the next night comes."""
    chosen = way()
    try:
        if isinstance(chosen, Postgres):
            _prepare(say)
        chosen.make(say)
        outcome = chosen.drill(say, identity=None)
    except DomainError as error:
        say(f"FAILED: {error.message}")
    except Exception as error:
        log.exception("a backup ended in a fault of ours")
        say(f"FAILED: {type(error).__name__}. The log has more.")
    else:
        say(f"Restorable. {outcome['rpo_seconds']} s of changes would have been lost.")
        return True
    status.failed()
    return False


def _prepare(say: Say) -> None:
    """Make the places ready. One that is away keeps no other from its backup; the backup fails for it and goes on."""
    try:
        postgres.prepare(say)
    except DomainError as error:
        say(f"FAILED: {error.message}")
