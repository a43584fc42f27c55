"""A site with PostgreSQL from deploy/, that archives its log and is backed up to a folder that plays another place."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyrage

from running import COMMAND, environment_of
from stack.cluster import Cluster
from stack.programs import rendered

SOON = 3  # seconds: what takes 60 as it ships


class Site:
    """One machine: its PostgreSQL, its photos, its secrets; and the place of its backups, which is not on it."""

    def __init__(self, folder: Path, away: Path, key: Path, public_key: str, **told: str) -> None:
        self.folder, self.away, self.key = folder, away, key
        self.cluster = Cluster(folder / "pg")
        self.data, self.media = folder / "data", folder / "data" / "media"
        self.keys, self.secrets = folder / "keys", folder / "secrets"
        self.public_key = public_key
        self.told = told  # settings that are not the usual ones
        for one in (folder, folder / "data", self.media, self.secrets):
            one.mkdir(parents=True, exist_ok=True)
            one.chmod(0o711)

    def environment(self, **more: str) -> dict[str, str]:
        """Return what the commands of this machine are told."""
        database = self.secrets / "backup_database_url"
        if not database.exists():
            database.write_text(self.cluster.address("backup"))
        told = {
            "DATABASE_URL": self.cluster.address("owner"),
            "BACKUP_DATABASE_URL_FILE": str(database),
            "BACKUP_DIR": str(self.folder / "backups"),
            "BACKUP_KEYS_DIR": str(self.keys),
            "BACKUP_SECRETS_DIR": str(self.secrets),
            "BACKUP_URL": str(self.away),
            "BACKUP_PUBLIC_KEYS": self.public_key,
        }
        return environment_of(
            self.data, **{f"BIOLOGIDEX_{name}": value for name, value in told.items()} | self.told | more
        )

    def start(self, *migrations: str) -> None:
        """Set everything up as docs/backup.md says."""
        self.cluster.initialise()
        self.archive()
        self.cluster.program.start()
        self.cluster.make_roles().check_returncode()
        self.ask(f"ALTER SYSTEM SET archive_timeout = {SOON}")
        self.ask("SELECT pg_reload_conf()")
        self.do("migrate", "-v0", *migrations)
        (self.secrets / "biologidex_metrics_token").write_text("token-of-the-operator")
        self.do("backup", "--setup")

    def archive(self) -> None:
        """Install deploy/postgres/archive.conf."""
        conf = self.cluster.folder / "conf.d"
        conf.mkdir(exist_ok=True)
        text = rendered("postgres/archive.conf", {"PGBACKREST_CONFIG": self.keys / "pgbackrest.conf"})
        (conf / "archive.conf").write_text(text)

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the product."""
        environment = self.environment(**more)
        return subprocess.run([COMMAND, *words], env=environment, check=False, capture_output=True, text=True)

    def do(self, *words: str, **more: str) -> str:
        """Run a command that has to go well. Returns what it says."""
        done = self.run(*words, **more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fails(self, *words: str, **more: str) -> str:
        """Run a command that has to go wrong. Returns its sentence."""
        done = self.run(*words, **more)
        assert done.returncode != 0, done.stdout
        assert "Traceback" not in done.stderr, done.stderr
        return done.stderr

    def ask(self, statement: str) -> str:
        """Ask PostgreSQL as its administrator."""
        return self.cluster.administrate(statement)

    def lose_everything(self) -> None:
        """Kill PostgreSQL and delete its data."""
        self.cluster.program.kill()
        shutil.rmtree(self.cluster.data)

    def stop(self) -> None:
        self.cluster.program.stop()


@contextmanager
def site(*migrations: str, **told: str) -> Iterator[Site]:
    """Run one for the length of a block."""
    top = Path(tempfile.mkdtemp(prefix="biologidex-site-"))  # pytest's own let in only whoever runs it
    top.chmod(0o711)
    away = top / "away"
    away.mkdir()
    away.chmod(0o711)
    identity = pyrage.x25519.Identity.generate()
    key = top / "operator.key"
    key.write_text(f"{identity}\n")
    one = Site(top / "machine", away, key, str(identity.to_public()), **told)
    try:
        one.start(*migrations)
        yield one
    finally:
        one.stop()
        shutil.rmtree(top, ignore_errors=True)
