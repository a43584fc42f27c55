"""How long backups of PostgreSQL stay, with pgBackRest itself: what goes, what never goes, and its log with it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from biologidex.ops.backup.pgbackrest import Repositories
from biologidex.ops.backup.programs import Account
from ops.site import Site, site

pytestmark = [pytest.mark.ops, pytest.mark.timeout(600)]
AWAY = 2  # the repository off site
ONE = {"BIOLOGIDEX_BACKUP_KEEP": "1", "BIOLOGIDEX_BACKUP_KEEP_LOCAL": "1"}


def repositories(one: Site) -> Repositories:
    owner = (one.keys / "pgbackrest.conf").stat()
    return Repositories(one.keys, Account(owner.st_uid, owner.st_gid) if os.geteuid() == 0 else Account())


def kept_away(one: Site) -> list[str]:
    told: list[dict[str, Any]] = json.loads(one.do("backup", "--list", "--json"))
    return [str(entry["backup"]) for entry in told if entry["place"] == "off_site"]


def oldest_log(one: Site) -> str:
    """Return the name of the first segment of the log that is there."""
    archive: Path = one.away / "postgres" / "archive"
    return min(file.name[:24] for file in archive.glob("*/*/*/*") if ".backup" not in file.name)


def begins(found: Repositories, label: str) -> str:
    """Return the segment of the log with which restoring a backup begins."""
    [told] = json.loads(found.run("info", "--output=json", repo=AWAY))
    return next(str(made["archive"]["start"]) for made in told["backup"] if made["label"] == label)


def test_what_is_more_than_enough_goes_with_its_log_but_never_the_last_verified() -> None:
    with site() as one:
        found = repositories(one)
        one.do("backup")
        one.do("drill")
        [verified] = kept_away(one)
        for _ in range(2):
            found.run("backup", "--type=full", repo=AWAY)
        newest_full, between, _ = kept_away(one)
        assert oldest_log(one) < begins(found, verified)  # what no backup needs

        one.do("backup", **ONE)  # what has changed since the newest full one

        changes, *others = kept_away(one)
        assert changes.startswith(f"{newest_full}_")
        assert others == [newest_full, verified]  # what the newest needs, and what a drill has restored
        assert between not in others
        assert oldest_log(one) == begins(found, verified)  # it is worth as much as its log

        one.do("drill")
        one.do("backup", **ONE)

        assert verified not in kept_away(one)  # a newer one is verified by now
        assert {changes, newest_full} < set(kept_away(one))
        assert oldest_log(one) == begins(found, newest_full)
        one.do("drill")
        one.do("backup", "--verify")
