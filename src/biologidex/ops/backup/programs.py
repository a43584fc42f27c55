"""Programs that do the work: started with no more of an environment than they need, never with a secret as a word."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from biologidex.ops.backup.errors import BackupFailed

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
FULL, NO_ROOM = "The place for backups is full.", "There is no room for what is restored."
# Of what the programs say: the first that fits becomes our sentence, in front of their own.
PLAINLY = {
    "No space left on device": FULL,
    "no space left on device": FULL,  # restic's way of writing it
    "Disk quota exceeded": FULL,
    "wrong password or no key": "The key of the repository is wrong.",
    "config file already exists": "The key of the repository is wrong, or it is damaged.",  # made ready once before
    "unable to flush": "The key of the repository is wrong, or it is damaged.",
    "cipher header invalid": "The key of the repository is wrong, or it is damaged.",
    "Connection refused": "The place for backups cannot be reached.",
    "timeout": "The place for backups cannot be reached.",
    "unable to get address": "The place for backups cannot be reached.",
    "no such host": "The place for backups cannot be reached.",
}


@dataclass(frozen=True)
class Account:
    """Whom a program runs as. None: whoever started us."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def of_owner(cls, folder: Path) -> "Account":
        """Return the owner of a folder, if we are root and may become that."""
        if os.geteuid() != 0:
            return cls()
        found = folder.stat()
        return cls(found.st_uid, found.st_gid)

    def own(self, *places: Path) -> None:
        """Give these to it."""
        if self.uid is not None and self.gid is not None:
            for place in places:
                os.chown(place, self.uid, self.gid)


@dataclass(frozen=True)
class Program:
    """A program, with the environment that it needs and whom it runs as."""

    name: str
    environment: dict[str, str] = field(default_factory=dict, repr=False)
    account: Account = field(default_factory=Account)

    def command(self) -> str:
        """Return where it is, or raise BackupFailed."""
        found = shutil.which(self.name, path=PATH)
        if found is None:
            raise BackupFailed(f"{Path(self.name).name} is not installed: apt install {Path(self.name).name}")
        return found

    def run(self, *words: str | Path, folder: Path | None = None, given: bytes | None = None) -> str:
        """Run it. Returns what it wrote, or raises BackupFailed with what it said last."""
        done = self._run(words, folder, given)
        if done.returncode:
            raise BackupFailed(self._plainly(str(words[0]), done.stderr.decode(errors="replace")))
        return done.stdout.decode(errors="replace")

    def fetch(self, *words: str | Path) -> bytes:
        """Run it. Returns the bytes that it wrote."""
        done = self._run(words, None, None)
        if done.returncode:
            raise BackupFailed(self._plainly(str(words[0]), done.stderr.decode(errors="replace")))
        return done.stdout

    def succeeds(self, *words: str | Path) -> bool:
        """Run it, and tell whether it had nothing to object."""
        return self._run(words, None, None).returncode == 0

    def _run(
        self, words: Sequence[str | Path], folder: Path | None, given: bytes | None
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(  # noqa: S603 -- programs that this file names, words that are ours
            [self.command(), *map(str, words)],
            check=False,
            capture_output=True,
            input=given,
            cwd=folder or "/",
            env={"PATH": PATH, "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", **self.environment},
            user=self.account.uid,
            group=self.account.gid,
            extra_groups=[] if self.account.uid is not None else None,
        )

    def _plainly(self, what: str, said: str) -> str:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        told = next(
            (line for line in lines if "ERROR" in line or "Fatal" in line), lines[-1] if lines else ""
        )
        sentence = next((plain for words, plain in PLAINLY.items() if words in said), "")
        if what == "restore" and sentence == FULL:
            sentence = NO_ROOM
        return " ".join(filter(None, [sentence, f"{self.name} {what}: {told}"]))
