"""The way of PostgreSQL: pgBackRest for the database, restic for photos, an envelope for secrets."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.utils import timezone
from psycopg.conninfo import conninfo_to_dict

from biologidex.ops.backup import envelope, pgbackrest, places, restic, status
from biologidex.ops.backup.embedded import Say
from biologidex.ops.backup.errors import BackupFailed, named
from biologidex.ops.backup.pgbackrest import Repositories, Server
from biologidex.ops.backup.plan import Place
from biologidex.ops.backup.programs import Account

EVERYBODY_MAY_PASS = 0o711  # PostgreSQL's account has its files below
UPLOADS = "/uploads"  # what has not become a photo yet


def connect() -> psycopg.Connection[tuple[object, ...]]:
    """Connect to the server that is backed up, or raise BackupFailed."""
    address = places.plan().database
    if not address:
        raise BackupFailed("BIOLOGIDEX_BACKUP_DATABASE_URL does not say how backups reach PostgreSQL.")
    try:
        return psycopg.connect(address, autocommit=True, connect_timeout=5)
    except psycopg.Error:  # its words may hold the address
        raise BackupFailed("PostgreSQL cannot be reached at BIOLOGIDEX_BACKUP_DATABASE_URL.") from None


def server() -> Server:
    """Ask the server where its files are."""
    told = conninfo_to_dict(places.plan().database)
    with connect() as connection:
        asked = "SELECT current_setting('data_directory'), current_setting('unix_socket_directories')"
        row = connection.execute(asked).fetchone()
    data, sockets = map(str, row or ("", ""))
    return Server(
        data=Path(data),
        socket=Path(sockets.partition(",")[0].strip()),
        port=int(told.get("port") or 5432),
        user=str(told["user"]),
        database=str(told["dbname"]),
        password=str(told.get("password") or ""),
    )


def prepare(say: Say) -> None:
    """Make keys, configuration and repositories, as far as they are not there. The password is taken anew."""
    plan = places.plan()
    if not plan.public_keys:
        raise BackupFailed(
            "BIOLOGIDEX_BACKUP_PUBLIC_KEYS names no key: the keys of backups have to be sealed to one."
        )
    with _passable(plan.here), _passable(plan.keys), places.alone(briefly=True):
        found = server()
        account = Account.of_owner(found.data)
        _private(plan.keys / pgbackrest.LOG_INS, _log_in(found), account)  # the password may be a new one
        _configure(found, account, say)
        repositories().run("stanza-create")
        media(media_place()).make_ready()
        for place in _all_places().values():
            envelopes(place).make_ready()


def _configure(found: Server, account: Account, say: Say) -> None:
    """Write pgBackRest's configuration, or what is new in it. The one of another place stays beside it."""
    plan = places.plan()
    file = plan.keys / pgbackrest.CONFIGURATION
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    text = pgbackrest.brought_up_to_date(before, plan) if before else pgbackrest.configuration(plan, found)
    if text == before:
        return
    folders = [plan.here / "postgres", plan.here / "postgres-lock"]
    if plan.off_site and plan.off_site.kind == "folder" and Path(plan.off_site.folder).is_dir():
        folders.append(Path(plan.off_site.folder) / "postgres")
    for folder in folders:
        folder.mkdir(exist_ok=True, mode=0o750)
        account.own(folder)
    if before:
        kept = file.with_name(f"pgbackrest.before-{timezone.now():%Y%m%d%H%M%S}.conf")
        _private(kept, before, account)
        say(f"{file} was for another place or another key of it, and is kept as {kept.name}.")
    _private(file, text, account)
    say(f"Wrote {file}. PostgreSQL archives with: deploy/postgres/archive.conf")


def _log_in(found: Server) -> str:
    """Write the line of a password file of PostgreSQL."""
    words = [word.replace("\\", "\\\\").replace(":", "\\:") for word in (found.user, found.password)]
    return ":".join(["*", "*", "*", *words]) + "\n"


@contextmanager
def _passable(folder: Path) -> Iterator[None]:
    with named(folder):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(EVERYBODY_MAY_PASS)
        yield


def _private(file: Path, content: str, account: Account) -> None:
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(content, encoding="utf-8")
    account.own(draft)
    draft.replace(file)


def repositories() -> Repositories:
    """Return pgBackRest's repositories as they were set up, or raise BackupFailed."""
    keys = places.plan().keys
    if not (keys / pgbackrest.CONFIGURATION).is_file():
        raise BackupFailed("Backups are not set up yet: biologidex backup --setup")
    owner = (keys / pgbackrest.CONFIGURATION).stat()
    return Repositories(keys, Account(owner.st_uid, owner.st_gid) if os.geteuid() == 0 else Account())


def _here() -> Place:
    return Place("folder", folder=str(places.plan().here))


def media_place() -> Place:
    """Return where photos are backed up: off site if there is such a place, as they are on this machine anyway."""
    return places.plan().off_site or _here()


def _all_places() -> dict[str, Place]:
    off_site = places.plan().off_site
    return {places.HERE: _here()} | ({places.OFF_SITE: off_site} if off_site else {})


def media(place: Place) -> restic.Repository:
    """Return the repository of photos."""
    password = restic.new_password(places.plan().keys)
    return restic.Repository(place, restic.MEDIA, password=password, cache=_cache())


def envelopes(place: Place) -> restic.Repository:
    """Return the repository of envelopes."""
    return restic.Repository(place, restic.ENVELOPES, password=restic.KNOWN_TO_ALL, cache=_cache())


def _cache() -> Path:
    cache = places.plan().here / "cache"
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    return cache


def make(say: Say) -> dict[str, object]:
    """Back every part up. One that fails keeps no other from being made; then all failures are told."""
    with places.alone():
        places.plan().here.chmod(EVERYBODY_MAY_PASS)
        now, failures, told = status.read(), list[str](), dict[str, object]()
        parts: dict[str, Callable[[], int]] = {
            "database": lambda: _database(now, told, say),
            "media": lambda: _photos(now),
            "secrets": _secrets,
        }
        for name, work in parts.items():
            try:
                size = work()
            except BackupFailed as error:
                failures.append(f"{name}: {error.message}")
                continue
            now.parts[name] = status.Part(timezone.now().timestamp(), size)
            say(f"Backed up {name}: {size:,} bytes.")
        now.tried, now.failed = timezone.now().timestamp(), bool(failures)
        status.write(now)
        if failures:
            raise BackupFailed("\n".join(failures))
        return told


def _database(now: status.Status, told: dict[str, object], say: Say) -> int:
    found, size = repositories(), 0
    failures = []
    for repo, place in found.places.items():
        keep = places.plan().keep_here if place == places.HERE else places.plan().keep
        try:
            one = found.make(repo)
            found.prune(repo, keep=keep, verified=now.drill.verified_backups.get(place, ""))
            now.kept[place] = len(found.made(repo))
        except BackupFailed as error:
            failures.append(f"{place}: {error.message}")
            continue
        told[place], size = one.label, one.bytes
        say(f"Made {one.label} {place}.")
    if failures:
        raise BackupFailed("; ".join(failures))
    return size


def _photos(now: status.Status) -> int:
    size = _version_of_photos()
    if size:
        oldest = now.drill.verified or timezone.now().timestamp()
        days = max(places.plan().keep, int((timezone.now().timestamp() - oldest) / 86_400) + 1)
        media(media_place()).forget(days=days)
    return size


def _version_of_photos() -> int:
    if not places.has_photos():
        return 0
    repository = media(media_place())
    repository.unlock()
    if not Path(settings.MEDIA_ROOT).is_dir() or not any(Path(settings.MEDIA_ROOT).iterdir()):
        return 0  # nobody has given a photo yet: restic makes no version of nothing
    return repository.keep(settings.MEDIA_ROOT, leaving_out=UPLOADS)


def make_photos(say: Say) -> dict[str, object]:
    """Make a version of the photos alone, by day: so those of today are not lost with the disk."""
    with places.alone(briefly=True):
        size = _version_of_photos()
        now = status.read()
        now.parts["media"] = status.Part(timezone.now().timestamp(), size)
        status.write(now)
    say(f"Backed up media: {size:,} bytes.")
    return {"media": size}


def _secrets() -> int:
    plan = places.plan()
    sealed = envelope.seal(plan.public_keys, plan.keys, plan.secrets)
    failures = []
    for name, place in _all_places().items():
        repository = envelopes(place)
        try:
            repository.unlock()
            repository.keep_file(envelope.NAME, sealed)
            repository.forget(days=plan.keep)
        except BackupFailed as error:
            failures.append(f"{name}: {error.message}")
    if failures:
        raise BackupFailed("; ".join(failures))
    return len(sealed)


def open_envelope(identity: Path | None, say: Say) -> None:
    """Bring back the keys of backups and the secrets, where they are not there."""
    plan = places.plan()
    if identity is None:
        if (plan.keys / pgbackrest.CONFIGURATION).is_file():
            return
        raise BackupFailed(
            "This machine has no keys of backups. Which private key opens them? --identity FILE"
        )
    place = plan.off_site or _here()
    repository = envelopes(place)
    versions = repository.versions()
    if not versions:
        raise BackupFailed(f"There is no envelope at {repository.title}.")
    content = repository.file(versions[0][1], envelope.NAME)
    written, others = envelope.open_into(content, identity, keys=plan.keys, secrets=plan.secrets)
    plan.keys.chmod(EVERYBODY_MAY_PASS)
    say(
        f"Opened the envelope of {versions[0][0]:%Y-%m-%d %H:%M:%S} UTC: {len(written)} files were missing here."
    )
    if others:
        say(
            f"Other ones are here and stay: {', '.join(map(str, others))}. If they do not open the backups, move them "
            "away and restore again."
        )


def bring_photos_back(to: Path, at: datetime | None) -> int:
    """Write the photos of a time to a folder, with all that came until the next version. Returns how many versions."""
    versions = media(media_place()).versions()
    before = [one for one in versions if at is None or one[0] <= at][:1]
    after = [one for one in versions if at is not None and one[0] > at][-1:]
    for _, version in (*before, *after):
        media(media_place()).bring_back(version, to)
    return len(before) + len(after)


@dataclass(frozen=True)
class Choice:
    """A backup to restore, and what PostgreSQL follows from there on."""

    repo: int
    made: pgbackrest.Made
    timeline: str


def choices(found: Repositories, at: datetime | None, say: Say) -> list[Choice]:
    """Return the backups to restore, the best first: the newest of each place, this machine's before.

    With the log each leads to the same. So does an older one that shares nothing with the newest, which may be damaged.
    """
    newest, older, missed = list[Choice](), list[Choice](), list[str]()
    for repo, place in found.places.items():
        try:
            fitting = [Choice(repo, *one) for one in found.to_begin_with(repo, at)]
        except BackupFailed as error:
            missed.append(f"Left out: {place}: {error.message}")
            continue
        newest += fitting[:1]
        older += [one for one in fitting if one.made.root != fitting[0].made.root][:1]
    if not newest:
        told = "There is no backup of PostgreSQL of that time." if at else "There is no backup of PostgreSQL."
        raise BackupFailed("\n".join([told, *missed]))
    for one in missed:
        say(one)
    return newest + older


def empty(folder: Path, account: Account) -> None:
    """Make a folder for PostgreSQL's data, or raise BackupFailed if there is something in it."""
    with named(folder):
        if folder.exists() and any(folder.iterdir()):
            raise BackupFailed(
                f"{folder} is not empty. Move it away first: nothing is restored over a database."
            )
        if not folder.parent.exists():  # of `--into`: PostgreSQL's account has to get through
            folder.parent.mkdir(parents=True)
            folder.parent.chmod(EVERYBODY_MAY_PASS)
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
        account.own(folder)


def remove(folder: Path) -> None:
    """Remove half of a restore, so that nobody takes it for a whole."""
    for one in folder.iterdir():
        shutil.rmtree(one) if one.is_dir() and not one.is_symlink() else one.unlink()


def utc(moment: datetime) -> str:
    """Write a time as PostgreSQL reads it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00"
