"""The databases, read from the addresses that variables name."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import dj_database_url

from biologidex.config.beginning import Beginning
from biologidex.config.env import BadValue

SQLITE_OPTIONS = {
    # Without IMMEDIATE two writers that read first fail with "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=16000000;",
}
PROTECTED = (  # those on which dex/migrations puts policies
    "dex_entries",
    "dex_entry_changes",
    "dex_entry_photos",
    "dex_tombstones",
    "dex_import_runs",
    "dex_import_rows",
    "dex_share_links",
    "media_photo",
    "vision_analysisjob",
    "dex_reactions",
    "notifications",
    "reports",
)
CONNECT_SECONDS = {"default": 5, "replica": 2}


def first_of(*addresses: str) -> str:
    """Return the first that is given. All have been read by then: what they mean is told in the docs, used or not."""
    return next(filter(None, addresses))


def file(path: Path) -> str:
    """Return the address of a SQLite database, whatever its folders are called."""
    return f"sqlite:///{quote(str(path))}"


def address(*, host: str, port: int, name: str, user: str, password: str) -> str:
    """Return the address of a PostgreSQL that is named piece by piece; nothing if its host is not named."""
    if not host:
        return ""
    pieces = {"host": host, "name": name, "user": user, "password": password}
    quoted = {piece: quote(value, safe="") for piece, value in pieces.items()}
    return f"postgres://{quoted['user']}:{quoted['password']}@{quoted['host']}:{port}/{quoted['name']}"


def of(address: str, *, replica: str) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES, or raise BadValue without repeating a password."""
    found = {
        "default": _one(
            "default", "BIOLOGIDEX_DATABASE_URL", address, kinds="sqlite:///FILE or postgres://..."
        )
    }
    if replica:
        found["replica"] = _one("replica", "BIOLOGIDEX_REPLICA_URL", replica, kinds="postgres://...")
        found["replica"]["TEST"] = {"MIRROR": "default"}
    return found


def _one(alias: str, variable: str, address: str, *, kinds: str) -> dict[str, Any]:
    bad = BadValue(f"{variable} must be {kinds}")
    if not address.startswith(("postgres:", "postgresql:", *(["sqlite:"] if "sqlite" in kinds else []))):
        raise bad
    try:
        database: dict[str, Any] = {
            **dj_database_url.parse(address, conn_max_age=600, conn_health_checks=True)
        }
    except ValueError:  # its own words may hold the password
        raise bad from None
    if address.startswith("sqlite:"):
        return {**database, "OPTIONS": SQLITE_OPTIONS | _of_one_that_is_there(database["NAME"])}
    return {
        **database,
        "ENGINE": "biologidex.core.postgres",
        "OPTIONS": {**database.get("OPTIONS", {}), "connect_timeout": CONNECT_SECONDS[alias]},
        # A cursor on the server lives on one connection; a pool gives each transaction another one.
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


def _of_one_that_is_there(file: str) -> dict[str, str]:
    """Return what keeps SQLite from making a file, for whoever may begin no server."""
    return {} if Beginning.allowed else {"database": f"file:{quote(file)}?mode=rw"}
