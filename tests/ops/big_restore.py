"""The drill of a disaster with about 1 GB, measured: `python tests/ops/big_restore.py`. Its words go to docs/drills."""

import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # pytest does this for the tests

from ops.site import Site, site

ROWS = 2_200_000  # 873 MB
SECONDS = 100  # of marker rows, one each second: longer than the log waits


def fill(one: Site) -> None:
    one.ask("ALTER SYSTEM RESET archive_timeout")
    one.ask("SELECT pg_reload_conf()")
    one.ask("CREATE TABLE markers (at timestamptz PRIMARY KEY)")
    one.ask(
        "CREATE TABLE ballast AS SELECT g id, md5(g::text) || md5((g+1)::text) a, repeat(md5(g::text), 8) notes "
        f"FROM generate_series(1, {ROWS}) g"
    )
    one.ask("ALTER TABLE ballast ADD PRIMARY KEY (id)")


def measure(one: Site) -> None:
    begun = time.monotonic()

    def say(what: str) -> None:
        nonlocal begun
        sys.stdout.write(f"{time.monotonic() - begun:7.1f} s  {what}\n")
        sys.stdout.flush()
        begun = time.monotonic()

    fill(one)
    say(f"database filled: {one.ask('SELECT pg_size_pretty(pg_database_size(current_database()))')}")
    one.do("backup")
    say("backup to two places")
    last = 0.0
    for _ in range(SECONDS):
        one.ask("INSERT INTO markers VALUES (clock_timestamp())")
        last = time.time()
        threading.Event().wait(1)
    say(f"{SECONDS} marker rows, one each second")
    one.lose_everything()
    say("kill -9 of PostgreSQL, its data folder deleted")
    restore = time.monotonic()
    one.do("restore", "--latest")
    one.cluster.program.start()
    rows = one.ask("SELECT count(*) FROM ballast")
    took = time.monotonic() - restore
    lost = last - float(one.ask("SELECT extract(epoch FROM max(at)) FROM markers"))
    say(
        f"serving again: {int(rows):,} rows; {took:.1f} s in all (allowed: 1800), {lost:.1f} s lost (allowed: 60)"
    )
    if int(rows) != ROWS or took > 1800 or lost > 61:
        sys.exit("The drill is red.")
    one.do("backup")
    say("the backup after it")
    sys.stdout.write(one.do("drill"))
    say("biologidex drill")


if __name__ == "__main__":
    with site() as running:
        measure(running)
