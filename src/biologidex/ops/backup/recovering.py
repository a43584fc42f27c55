"""Restoring PostgreSQL, its photos and its secrets, and trying that out."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.utils import timezone
from psycopg import sql

from biologidex.media.models import Photo
from biologidex.ops.backup import archive, pgbackrest, places, postgres, scratch, sqlite, status
from biologidex.ops.backup.embedded import Say
from biologidex.ops.backup.errors import BackupFailed, Damaged
from biologidex.ops.backup.pgbackrest import Repositories
from biologidex.ops.backup.programs import Account

ARCHIVED_WITHIN = 180.0  # seconds: three times archive_timeout
SAMPLE = 50
Sums = dict[str, tuple[int, int]]


def restore(*, at: datetime | None, into: Path | None, identity: Path | None, say: Say) -> None:
    """Restore everything: the newest, or as it was at a time; to its own places, or below a folder."""
    with places.alone() as work:
        places.plan().here.chmod(postgres.EVERYBODY_MAY_PASS)
        try:
            _restore(at, into, identity, work, say)
        finally:
            give_back()
        say("Start PostgreSQL, then make a new backup: biologidex backup")


def _restore(at: datetime | None, into: Path | None, identity: Path | None, work: Path, say: Say) -> None:
    postgres.open_envelope(identity, say)
    _give_configuration_away(into)
    found = postgres.repositories()
    data = into / "postgres" if into else found.data
    choices = postgres.choices(found, at, say)
    postgres.empty(data, found.program.account)
    target = ["--type=time", f"--target={postgres.utc(at)}"] if at else ["--type=default"]
    _fetch_any(found, choices, data, target, say)
    with _told_of_too_late(), _recovered(found, data, work, lasting=True) as server:
        database = str(found.settings["pg1-database"])
        _bring_up_to_date(server, database)
        rows = sum(count for count, _ in _sums(server.connect(database)).values())
        say(f"PostgreSQL has recovered: {rows:,} rows, the tables of this version.")
    photos = into / "media" if into else Path(settings.MEDIA_ROOT)
    try:
        if places.has_photos() and postgres.bring_photos_back(photos, at):
            say(f"Photos are in {photos}.")
    except BackupFailed as error:
        raise BackupFailed(f"The database is in {data}, photos did not come back: {error.message}") from error


def give_back() -> None:
    """Let whoever backs up or serves here go on with what root has made meanwhile: it is whose the folder above is."""
    for folder in filter(Path.is_dir, (places.plan().here, places.plan().keys)):
        account = Account.of_owner(folder)
        if account.uid:
            account.own(
                *(one for one in folder.rglob("*") if one.lstat().st_uid == 0 and not one.is_symlink())
            )
    photos = Path(settings.MEDIA_ROOT)
    # restic knows whose each photo is, but not whose the folder.
    if photos.is_dir() and photos.stat().st_uid == 0:
        Account.of_owner(Path(settings.DATA_DIR)).own(photos)


def _give_configuration_away(into: Path | None) -> None:
    """On a bare machine the account of PostgreSQL is the owner of the folder its data goes to.

    To look at a backup, too: PostgreSQL does not run as root, to whom what came out of the envelope belongs.
    """
    keys = places.plan().keys
    file = keys / pgbackrest.CONFIGURATION
    if file.is_file() and (into is None or file.stat().st_uid == 0):
        data = Repositories(keys, Account()).data
        there = next(one for one in (data, *data.parents) if one.exists())
        account = Account.of_owner(there)
        here = places.plan().here
        for folder in (here / "postgres", here / "postgres-lock"):
            folder.mkdir(parents=True, exist_ok=True)
            account.own(folder)
        account.own(file, keys / pgbackrest.LOG_INS)


def _fetch_any(
    found: Repositories, choices: list[postgres.Choice], data: Path, target: list[str], say: Say
) -> None:
    """Bring the files of the first backup back that can be read. Those that cannot are said."""
    *others, last = choices
    for one in others:
        try:
            return _fetch(found, one, data, target, say)
        except BackupFailed as error:
            say(error.message)
    return _fetch(found, last, data, target, say)


def _fetch(found: Repositories, one: postgres.Choice, data: Path, target: list[str], say: Say) -> None:
    """Bring the files of a backup back. Half of them are removed."""
    say(f"Restoring {one.made.label} {found.places[one.repo]} into {data}.")
    told = [f"--pg1-path={data}", f"--set={one.made.label}", f"--target-timeline={one.timeline}", *target]
    action = [] if target[0] == "--type=default" else ["--target-action=promote"]
    with _removed_by_half(data):
        found.run("restore", *told, *action, repo=one.repo)


@contextmanager
def _recovered(found: Repositories, data: Path, work: Path, *, lasting: bool) -> Iterator[scratch.Recovered]:
    """Let a server recover the files that were brought back. Half a restore is removed."""
    work.chmod(postgres.EVERYBODY_MAY_PASS)
    with (
        _removed_by_half(data),
        scratch.recovered(data, work, found.program.account, lasting=lasting) as server,
    ):
        yield server


@contextmanager
def _told_of_too_late() -> Iterator[None]:
    try:
        yield
    except Damaged as error:
        if scratch.TOO_LATE not in error.message:
            raise
        raise BackupFailed(
            "What is backed up ends before that time, and nothing was restored. Up to its end: "
            "--latest in place of --at"
        ) from error


@contextmanager
def _removed_by_half(data: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        postgres.remove(data)
        raise


def _bring_up_to_date(server: scratch.Recovered, database: str) -> None:
    with server.connect(database) as connection:
        applied = {
            (str(app), str(name))
            for app, name in connection.execute("SELECT app, name FROM django_migrations")
        }
    if sqlite.is_behind(applied):
        address = server.address(database, server.owner(database))
        sqlite.run_ours("migrate", "--no-input", "-v0", DATABASE_URL=address)


def drill(say: Say) -> dict[str, Any]:
    """Restore the newest backup into a scratch server and compare it with the one that runs."""
    with places.alone() as work:
        places.plan().here.chmod(postgres.EVERYBODY_MAY_PASS)
        now = status.read()
        now.drill.tried, now.drill.failed = timezone.now().timestamp(), True
        try:
            outcome = _drill(work, say)
        except BaseException:
            status.failed(now)
            raise
        now.drill.failed, now.drill.verified = False, now.drill.tried
        now.drill.verified_backups[outcome["place"]] = outcome["backup"]
        now.drill.rpo_seconds, now.drill.rto_seconds = outcome["rpo_seconds"], outcome["rto_seconds"]
        status.write(now)
    return outcome


def _drill(work: Path, say: Say) -> dict[str, Any]:
    found = postgres.repositories()
    repo = max(found.places)  # what would be there if this machine were not
    fitting = found.to_begin_with(repo, None)
    if not fitting:
        raise BackupFailed(f"There is no backup of PostgreSQL {found.places[repo]}.")
    chosen, data = postgres.Choice(repo, *fitting[0]), work / "data"
    point = f"drill-{time.time_ns()}"
    before, after, rpo = _mark(point)
    begun = time.monotonic()
    database = str(found.settings["pg1-database"])
    work.chmod(postgres.EVERYBODY_MAY_PASS)
    postgres.empty(data, found.program.account)
    _fetch(found, chosen, data, ["--type=name", f"--target={point}"], lambda _: None)
    with _recovered(found, data, work, lasting=False) as server:
        with server.connect(database) as connection:
            _compare(before, after, _sums(connection))
            photos = _originals(connection)
        _bring_up_to_date(server, database)
    sampled = _compare_photos(photos, work / "photos") if places.has_photos() else 0
    rto = time.monotonic() - begun
    rows = sum(count for count, _ in after.values())
    say(f"{chosen.made.label} {found.places[repo]}: {rows:,} rows and {sampled} photos compared.")
    return {
        "place": found.places[repo],
        "backup": chosen.made.label,
        "rows": rows,
        "photos": sampled,
        "rpo_seconds": round(rpo, 1),
        "rto_seconds": round(rto, 1),
    }


def _mark(point: str) -> tuple[Sums, Sums, float]:
    """Mark a moment in the log of the server that runs, and wait until it is safe elsewhere. Says how long."""
    with postgres.connect() as connection:
        before = _sums(connection)
        row = connection.execute("SELECT pg_walfile_name(pg_create_restore_point(%s))", [point]).fetchone()
        begun = time.monotonic()
        after = _sums(connection)
        while time.monotonic() < begun + ARCHIVED_WITHIN:
            safe = connection.execute("SELECT last_archived_wal FROM pg_stat_archiver").fetchone()
            if row and safe and safe[0] and str(safe[0])[:24] >= str(row[0]):
                return before, after, time.monotonic() - begun
            time.sleep(0.2)
    raise BackupFailed(
        f"PostgreSQL has not archived its log for {ARCHIVED_WITHIN:.0f} s. Its own log says why."
    )


def _sums(connection: psycopg.Connection[Any]) -> Sums:
    """Return how many rows each table has, and a sum over their contents, all of one moment."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute("SET LOCAL TIME ZONE 'UTC'")
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        return {str(name): _sum(connection, str(name)) for (name,) in names}


def _sum(connection: psycopg.Connection[Any], table: str) -> tuple[int, int]:
    asked = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM public.{} t"
    row = connection.execute(sql.SQL(asked).format(sql.Identifier(table))).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _compare(before: Sums, after: Sums, found: Sums) -> None:
    """Raise Damaged where a table is not what it was. One that changed meanwhile must lie in between."""
    if set(found) != set(after):
        raise Damaged(f"The restored database has other tables: {sorted(set(found) ^ set(after))}.")
    for name, (count, total) in found.items():
        stood_still = before.get(name) == after[name]
        least, most = sorted((before.get(name, (0, 0))[0], after[name][0]))
        if (count, total) != after[name] if stood_still else not least <= count <= most:
            raise Damaged(f"The restored table {name} has {count:,} rows that are not those it had.")


def _originals(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    asked = "SELECT original, sha256 FROM {} WHERE original <> '' AND created_at < %s"
    versions = postgres.media(postgres.media_place()).versions()
    newest = versions[0][0] if versions else timezone.now()
    rows = connection.execute(
        sql.SQL(asked).format(sql.Identifier(Photo._meta.db_table)), [newest]
    ).fetchall()
    return [(str(name), str(sha256)) for name, sha256 in rows]


def _compare_photos(known: list[tuple[str, str]], folder: Path) -> int:
    sample = dict(random.sample(known, min(SAMPLE, len(known))))
    repository = postgres.media(postgres.media_place())
    versions = repository.versions()
    if sample and not versions:
        raise BackupFailed(f"There is no backup of photos at {repository.title}.")
    if sample:
        repository.bring_back(versions[0][1], folder, *sample)
    return archive.compare_photos(folder, sample)
