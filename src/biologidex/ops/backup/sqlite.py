"""A database of the embedded mode as a file: copied while it is used, looked at, brought up to date."""

import errno
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from django.db.migrations.loader import MigrationLoader

from biologidex.media.models import Photo
from biologidex.ops.backup.errors import BackupFailed, Damaged

OTHERS = ("DATABASE_URL_FILE", "REPLICA_URL", "REPLICA_URL_FILE", "SECRET_KEY", "SECRET_KEY_FILE")


def copy(database: Path, to: Path) -> None:
    """Copy a database as it is at one moment, while others write to it. OSError if there is no room."""
    try:
        with _reading(database) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, f"There is no room for {to}") from error
        raise BackupFailed(
            f"{database} cannot be read: {error}. Backups of before: biologidex backup --list"
        ) from error


@contextmanager
def _reading(database: Path) -> Iterator[sqlite3.Connection]:
    # Django converts values for the module as a whole; what is asked here needs none of it.
    with closing(sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True, timeout=20)) as connection:
        yield connection


def counts(database: Path) -> dict[str, int]:
    """Return how many rows each table has."""
    with _reading(database) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
            if not name.startswith("sqlite_")
        ]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 -- names of tables


def check(database: Path) -> None:
    """Raise Damaged unless the database is sound."""
    try:
        with _reading(database) as connection:
            (said,) = connection.execute("PRAGMA integrity_check").fetchone()
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise Damaged(f"The database in this backup is damaged: {error}.") from error
    if said != "ok" or broken:
        raise Damaged(f"The database in this backup is damaged: {said if said != 'ok' else broken}.")


def photos(database: Path) -> list[tuple[str, str]]:
    """Return the name and the SHA-256 of every original."""
    with _reading(database) as connection:
        asked = f"SELECT original, sha256 FROM {Photo._meta.db_table} WHERE original <> ''"  # noqa: S608 -- our own name
        return [(str(name), str(sha256)) for name, sha256 in connection.execute(asked)]


def bring_up_to_date(data: Path, database: Path) -> None:
    """Let a restored database have the tables of this version, or raise BackupFailed if it has those of a newer one."""
    with _reading(database) as connection:
        applied = set(connection.execute("SELECT app, name FROM django_migrations"))
    if is_behind(applied):
        run_ours(
            "migrate",
            "--no-input",
            "-v0",
            DATA_DIR=str(data),
            DATABASE_URL=f"sqlite:///{quote(str(database))}",
        )


def is_behind(applied: set[tuple[str, str]]) -> bool:
    """Whether this version has migrations besides those applied; BackupFailed if some of those are none of its own."""
    known = MigrationLoader(None).disk_migrations
    ours = {app for app, _ in known}
    newer = sorted(f"{app}.{name}" for app, name in applied if app in ours and (app, name) not in known)
    if newer:
        raise BackupFailed(
            f"A newer version of BiologiDex made this backup (it knows {newer[0]}). Install that version first."
        )
    return not set(known) <= applied


def run_ours(*words: str, **variables: str) -> None:
    """Run a command of ours with other settings, none of them secret. Raises BackupFailed with what it said last."""
    told = [f"BIOLOGIDEX_{name}={value}" for name, value in variables.items()]
    unset = [word for name in OTHERS for word in ("-u", f"BIOLOGIDEX_{name}")]
    program = [sys.executable, "-c", "from biologidex.config.cli import main; main()"]
    done = subprocess.run(  # noqa: S603 -- our own program
        ["/usr/bin/env", *unset, *told, *program, *words], check=False, capture_output=True, text=True
    )
    if done.returncode:
        last = (done.stderr.strip() or "nothing").splitlines()[-1]
        raise BackupFailed(f"`biologidex {words[0]}` failed on what was restored: {last}")
