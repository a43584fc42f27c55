"""The drill of a disaster with more than 1 GB, measured. Its words go to docs/drills/restore.md."""

import os
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # pytest does this for the tests

from ops.site import Site, site

ROWS = 3_000_000  # 1.1 GB
PHOTOS, BYTES = 200, 1_000_000
SECONDS = 100  # of marker rows, one each second: longer than the log waits
ALLOWED, MAY_BE_LOST = 1800, 60  # seconds


class Stopwatch:
    """Tells how long each step took."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def say(self, what: str) -> float:
        """Say what was done since the last time. Returns the seconds that it took."""
        took, self._begun = time.monotonic() - self._begun, time.monotonic()
        sys.stdout.write(f"{took:7.1f} s  {what}\n")
        sys.stdout.flush()
        return took


def fill(one: Site) -> str:
    """Make a large site. Returns how large its database is."""
    one.ask("ALTER SYSTEM RESET archive_timeout")
    one.ask("SELECT pg_reload_conf()")
    one.ask("CREATE TABLE markers (at timestamptz PRIMARY KEY)")
    one.ask(
        "CREATE TABLE ballast AS SELECT g id, md5(g::text) || md5((g+1)::text) a, repeat(md5(g::text), 8) notes "
        f"FROM generate_series(1, {ROWS}) g"
    )
    one.ask("ALTER TABLE ballast ADD PRIMARY KEY (id)")
    for number in range(PHOTOS):
        (one.media / f"{number}.jpg").write_bytes(os.urandom(BYTES))
    return one.ask("SELECT pg_size_pretty(pg_database_size(current_database()))")


def mark(one: Site) -> float:
    """Write marker rows. Returns when the last one was."""
    last = 0.0
    for _ in range(SECONDS):
        one.ask("INSERT INTO markers VALUES (clock_timestamp())")
        last = time.time()
        time.sleep(1)
    return last


def measure(one: Site) -> None:
    watch = Stopwatch()
    size = fill(one)
    watch.say(f"database filled: {size}, and {PHOTOS} photos of {BYTES // 1000:,} kB")
    one.do("backup")
    watch.say("backup to two places")
    last = mark(one)
    watch.say(f"{SECONDS} marker rows, one each second")
    one.lose_everything()
    shutil.rmtree(one.media)
    watch.say("kill -9 of PostgreSQL; its data folder and the photos deleted")
    one.do("restore", "--latest")
    one.cluster.program.start()
    rows = int(one.ask("SELECT count(*) FROM ballast"))
    photos = sum(file.stat().st_size == BYTES for file in one.media.iterdir())
    took = watch.say(f"restored and serving: {rows:,} rows, {photos} photos (allowed: {ALLOWED:,} s)")
    lost = last - float(one.ask("SELECT extract(epoch FROM max(at)) FROM markers"))
    watch.say(f"looked for the last marker row: {lost:.1f} s are lost (allowed: {MAY_BE_LOST} s)")
    if (
        (rows, photos) != (ROWS, PHOTOS) or took > ALLOWED or lost > MAY_BE_LOST + 1
    ):  # markers are a second apart
        sys.exit("The drill is red.")
    one.do("backup")
    watch.say("the backup after it")
    sys.stdout.write(one.do("drill"))
    watch.say("biologidex drill")


if __name__ == "__main__":
    with site() as running:
        measure(running)
