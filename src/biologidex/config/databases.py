"""The databases, read from the addresses that variables name."""

from typing import Any

import dj_database_url

from biologidex.config.env import BadValue

SQLITE_OPTIONS = {
    # Without IMMEDIATE two writers that read first fail with "database is locked".
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=16000000;",
}
BAD = BadValue("BIOLOGIDEX_DATABASE_URL must be sqlite:///FILE or postgres://...")


def of(address: str) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES, or raise BadValue without repeating a password."""
    if not address.startswith(("sqlite:", "postgres:", "postgresql:")):
        raise BAD
    try:
        default = dict(dj_database_url.parse(address, conn_max_age=600, conn_health_checks=True))
    except ValueError:  # its own words may hold the password
        raise BAD from None
    if address.startswith("sqlite:"):
        default["OPTIONS"] = SQLITE_OPTIONS
    else:
        # A cursor on the server lives on one connection; a pool gives each transaction another one.
        default |= {"ENGINE": "biologidex.core.postgres", "DISABLE_SERVER_SIDE_CURSORS": True}
    return {"default": default}
