"""Photos and secrets by restic: versions, each a whole, of which equal parts are stored once."""

import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from biologidex.ops.backup.errors import BackupFailed
from biologidex.ops.backup.plan import Place
from biologidex.ops.backup.programs import Program

MEDIA, ENVELOPES = "media", "envelopes"
KEY_FILE = "restic_password"  # in the folder of keys
# What is in the repository of envelopes is sealed already; whoever restores on a bare machine has no password yet.
KNOWN_TO_ALL = "sealed-by-age"
# Who only reads heeds no lock: that of a machine that is lost would keep its backups from being brought back.
READING = {"cat", "check", "dump", "restore", "snapshots"}


class Repository:
    """One repository."""

    def __init__(self, place: Place, name: str, *, password: str, cache: Path) -> None:
        told, environment = _ADDRESSES[place.kind](place, name)
        authority = place.options.get("authority")
        self.title = f"restic at {place.folder or place.bucket}"
        environment |= {"RESTIC_PASSWORD": password, "RESTIC_CACHE_DIR": str(cache), "TMPDIR": str(cache)}
        self._folder = Path(place.folder) if place.kind == "folder" else None
        self._program = Program("restic", environment | {"RESTIC_REPOSITORY": told})
        self._options = ["--quiet", *([f"--cacert={authority}"] if authority else [])]

    def run(self, command: str, *words: str | Path, **how: Any) -> str:
        """Run a command of restic."""
        if self._folder is not None and not self._folder.is_dir():
            raise BackupFailed(f"{self._folder} is not there. Is it mounted?")
        return self._program.run(*self._words(command), *words, **how)

    def _words(self, command: str) -> list[str]:
        return [command, *self._options, *(["--no-lock"] if command in READING else [])]

    def make_ready(self) -> None:
        """Make the repository, unless it is there."""
        if not self._program.succeeds(*self._words("cat"), "config"):
            self.run("init")

    def keep(self, folder: Path, *, leaving_out: str = "") -> int:
        """Make a version of a folder. Returns its bytes."""
        without = [f"--exclude={leaving_out}"] if leaving_out else []
        said = self.run("backup", "--json", *without, ".", folder=folder)
        summary = json.loads(said.strip().splitlines()[-1])
        return int(summary["total_bytes_processed"])

    def keep_file(self, name: str, content: bytes) -> int:
        """Make a version of one file that is on no disk."""
        self.run("backup", "--stdin", f"--stdin-filename={name}", given=content)
        return len(content)

    def versions(self) -> list[tuple[datetime, str]]:
        """Return when each version was made and its id, the newest first; last those that a wrong clock has made."""
        told = json.loads(self.run("snapshots", "--json")) or []
        # Written as the clock on this machine's wall shows it.
        found = [(datetime.fromisoformat(one["time"]).astimezone(UTC), one["id"]) for one in told]
        return sorted(found, key=lambda one: (not _is_of_the_future(one[0]), one[0]), reverse=True)

    def forget(self, *, days: int) -> None:
        """Remove versions that are older than so many days before the newest, and what only they had.

        Of each day but the newest two the last one stays. Raises BackupFailed if a clock was wrong: beside a version of
        the future all others are old.
        """
        if wrong := [one for one in self.versions() if _is_of_the_future(one[0])]:
            raise BackupFailed(
                f"{self.title} has a version of {wrong[0][0]:%Y-%m-%d %H:%M:%S} UTC. If no clock is wrong now, remove "
                f"it: restic forget {wrong[0][1][:8]}. Nothing else is removed until then."
            )
        kept = ("--keep-within=2d", f"--keep-within-daily={days}d", "--keep-last=1")
        self.run("forget", "--group-by=", *kept, "--prune")

    def bring_back(self, version: str, to: Path, *only: str) -> None:
        """Write a version, or some files of it, to a folder."""
        self.run("restore", version, f"--target={to}", *(f"--include=/{name}" for name in only))

    def file(self, version: str, name: str) -> bytes:
        """Return one file of a version."""
        return self._program.fetch(*self._words("dump"), version, f"/{name}")

    def verify(self) -> None:
        """Read everything again, or raise BackupFailed."""
        self.run("check", "--read-data")

    def unlock(self) -> None:
        """Forget locks of those who were killed, before something is written. Nobody else writes by now."""
        self.run("unlock")


def _is_of_the_future(moment: datetime) -> bool:
    return moment > datetime.now(UTC) + timedelta(days=1)


def new_password(keys: Path) -> str:
    """Return the password of the repository with photos, made once."""
    file = keys / KEY_FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return file.read_text(encoding="ascii").strip()


def _of_folder(place: Place, name: str) -> tuple[str, dict[str, str]]:
    return f"{place.folder}/{name}", {}


def _of_s3(place: Place, name: str) -> tuple[str, dict[str, str]]:
    scheme = "http" if place.options.get("secure") == "false" else "https"
    path = "/".join(filter(None, [place.bucket, place.folder, name]))
    region = place.options.get("region", "us-east-1")
    who = {
        "AWS_ACCESS_KEY_ID": place.key,
        "AWS_SECRET_ACCESS_KEY": place.secret,
        "AWS_DEFAULT_REGION": region,
    }
    return f"s3:{scheme}://{place.host}/{path}", who


def _of_google(place: Place, name: str) -> tuple[str, dict[str, str]]:
    path = "/".join(filter(None, [place.folder, name]))
    key = {"GOOGLE_APPLICATION_CREDENTIALS": place.options["key"]} if "key" in place.options else {}
    return f"gs:{place.bucket}:/{path}", key


_ADDRESSES = {"folder": _of_folder, "s3": _of_s3, "gs": _of_google}
