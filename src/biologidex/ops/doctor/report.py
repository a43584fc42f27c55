"""Writes what was found: for people a line each, with what to do below it; for programs JSON."""

import json
from collections.abc import Sequence

from biologidex.ops.monitor.readings import Reading, State, overall

WORDS = {State.GREEN: "OK", State.GREY: "--", State.YELLOW: "WARN", State.RED: "BAD"}
ADVICE = {
    "python": "Install Python 3.11, 3.12 or 3.13 and install BiologiDex anew.",
    "processors": "Give the machine or the container more processors; `biologidex tune` fits the settings to them.",
    "memory size": "Give the machine or the container more memory; `biologidex tune` fits the settings to it.",
    "disk size": "Use a larger disk, or keep photos in a bucket (BIOLOGIDEX_STORAGE_URL).",
    "settings": "`biologidex check --deploy` tells all of them, and what to write instead: docs/configuration.md.",
    "secret files": "Take the rights of others away: chmod o= FILE. If others use this machine, replace the secrets.",
    "database version": "Upgrade PostgreSQL: docs/deploy.md.",
    "taxonomy": "`biologidex prepare` fills them in.",
    "networks": "Install BiologiDex anew with all of requirements/, or name another in BIOLOGIDEX_VISION_PROVIDERS.",
    "mail": "Name a mail server in BIOLOGIDEX_EMAIL_URL, or whoever forgets a password stays out.",
    "page files": "`biologidex page-files` collects them.",
    "daily work": "The server, or `beat` and a worker, must run: docs/runbooks/DailyWorkMissed.md.",
    "server": "Start it, or read the end of its log: docs/runbooks/FrontDoorDown.md.",
    "database": "Is PostgreSQL running, may we in, is the disk full? docs/runbooks/DatabaseDown.md.",
    "migrations": "`biologidex migrate`, or `scripts/deploy.sh`, which does it: docs/runbooks/MigrationsPending.md.",
    "redis": "Without the cache it works, slowly. Start it: docs/runbooks/CacheDown.md.",
    "broker": "Without it photos wait. Start it: docs/runbooks/BrokerDown.md.",
    "celery": "Start a worker and the scheduler: docs/runbooks/WorkersGone.md.",
    "storage": "May we write into the media folder, does the bucket answer? docs/runbooks/StorageFails.md.",
    "disk": "Make room: old logs and images first, never photos: docs/runbooks/DataDiskLow.md.",
    "clock": "Set the clock by NTP, `timedatectl set-ntp true`: docs/runbooks/ClockWrong.md.",
    "queue": "Are there enough workers? docs/runbooks/WorkWaits.md.",
    "given up": "/staff/jobs/ says why, and tries again: docs/runbooks/WorkGivenUp.md.",
    "backups": "`biologidex backup`, then `biologidex drill`: docs/backup.md.",
    "certificate": "Renew it: docs/runbooks/CertificateExpires.md.",
    "memory": "What takes it? `docker stats`, or `top`. Fewer BIOLOGIDEX_WEB_WORKERS take less.",
    "load": "What takes it? `top`. Imports and load tests are done at night.",
}


def lines(found: Sequence[Reading]) -> list[str]:
    """Write it for people."""
    written = []
    for one in found:
        written.append(f"{WORDS[one.state]:<5} {one.name:<17} {one.says}")
        if one.state >= State.YELLOW and one.name in ADVICE:
            written.append(f"      {'':<17} -> {ADVICE[one.name]}")
    bad, warned = (sum(one.state == state for one in found) for state in (State.RED, State.YELLOW))
    return [*written, "", f"{bad} bad, {warned} warnings, {len(found) - bad - warned} well or not used."]


def as_json(found: Sequence[Reading]) -> str:
    """Write it for programs."""
    told = {
        one.name: {**one.as_json(), "state": WORDS[one.state].lower(), "do": _advice(one)} for one in found
    }
    return json.dumps({"status": WORDS[overall(found)].lower(), "readings": told}, indent=1)


def _advice(one: Reading) -> str:
    return ADVICE.get(one.name, "") if one.state >= State.YELLOW else ""
