"""The drill of the embedded mode: the newest backup is restored into a folder of its own and looked at."""

import random
import time
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from biologidex.ops.backup import archive, places, restoring, sqlite, status
from biologidex.ops.backup.embedded import DATABASE, MEDIA, Say
from biologidex.ops.backup.errors import BackupFailed
from biologidex.ops.backup.shelf import Entry, Shelf

SAMPLE = 50  # photos whose digests are compared with what the database says of them
Outcome = dict[str, object]


def drill(say: Say, *, identity: Path | None = None) -> Outcome:
    """Restore the newest backup of each place into a scratch folder and compare. Leaves the outcome for monitoring."""
    if not settings.DATA_DIR.is_dir():
        raise BackupFailed(f"There is no server in {settings.DATA_DIR}.")
    with places.alone() as work:
        now = status.read()
        now.drill.tried, now.drill.failed = timezone.now().timestamp(), True
        try:
            found = [_try(shelf, work / shelf.place, identity, say) for shelf in places.shelves()]
        except BaseException:
            status.failed(now)
            raise
        outcome = found[-1]  # what would be there if this machine were not
        now.drill.failed, now.drill.verified = False, now.drill.tried
        now.drill.verified_backups = {str(one["place"]): str(one["backup"]) for one in found}
        now.drill.rpo_seconds = float(str(outcome["rpo_seconds"]))
        now.drill.rto_seconds = float(str(outcome["rto_seconds"]))
        status.write(now)
    return outcome


def _try(shelf: Shelf, folder: Path, identity: Path | None, say: Say) -> Outcome:
    begun = time.monotonic()
    entries = shelf.entries()
    if not entries:
        raise BackupFailed(f"There is no backup at {shelf.store.title}.")
    entry: Entry = entries[0]
    folder.mkdir()
    told = restoring.unpack(shelf, entry, folder, identity=identity)
    sampled = _compare_photos(folder)
    sqlite.bring_up_to_date(folder, folder / DATABASE)
    seconds = time.monotonic() - begun
    rows = sum(told["tables"].values())
    say(
        f"{entry.name} at {shelf.store.title}: {rows:,} rows and {sampled} photos compared in {seconds:.1f} s."
    )
    return {
        "place": shelf.place,
        "backup": entry.name,
        "rows": rows,
        "photos": sampled,
        "rpo_seconds": round(timezone.now().timestamp() - entry.made_at, 3),
        "rto_seconds": round(seconds, 3),
    }


def _compare_photos(folder: Path) -> int:
    """Compare a sample of originals with what their rows say. Returns how many."""
    known = sqlite.photos(folder / DATABASE) if places.has_photos() else []
    return archive.compare_photos(folder / MEDIA, dict(random.sample(known, min(SAMPLE, len(known)))))
