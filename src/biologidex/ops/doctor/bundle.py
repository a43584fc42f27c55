"""Everything that whoever is asked for help needs, in one file that may be sent: no secret and nobody's data."""

import io
import json
import os
import platform
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import distributions
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from biologidex.core.models import Job
from biologidex.ops.doctor import report
from biologidex.ops.doctor.redaction import redacted, without_secrets
from biologidex.ops.monitor import door
from biologidex.ops.monitor.readings import Reading

FOLDER = "biologidex-diagnosis"
MOST_FILES, MOST_BYTES = 60, 2_000_000  # of what is put in besides, and of one file of that
MOST_ERRORS = 50
ABOUT = """What `biologidex doctor --bundle` has gathered on {when}.

doctor.txt, doctor.json   every part of the machine and the installation, and what to do
versions.txt              the system, Python, every package
configuration.txt         every variable: its value only if it is a number, yes or no, or one of a few words
schema.txt                the newest migration of every part, and what is still to do
metrics.txt               the numbers that Prometheus reads
errors.txt                work that was given up
host/                     what scripts/diagnose.sh has seen outside: containers, disks, ends of logs

Secrets, names, addresses and places are left out or taken out. Look through it before you send it: docs/diagnosis.md
"""


def write(to: BinaryIO, found: Sequence[Reading], *, where: str, besides: BinaryIO | None = None) -> None:
    """Write the bundle; `besides` is a tar of texts, which are put in as far as they may be told."""
    with tarfile.open(fileobj=to, mode="w|gz") as bundle:
        for name, text in _own(found, where):
            _put(bundle, name, text)
        for name, text in _besides(besides) if besides else ():
            _put(bundle, f"host/{name}", redacted(text))


def keep(file: Path, content: bytes) -> None:
    """Put it into a file that only its owner may read: whole, or not at all."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _put(bundle: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode("utf-8", "replace")
    member = tarfile.TarInfo(f"{FOLDER}/{name}")
    member.size, member.mode, member.mtime = len(content), 0o600, int(time.time())
    bundle.addfile(member, io.BytesIO(content))


def _own(found: Sequence[Reading], where: str) -> Iterator[tuple[str, str]]:
    yield "README.txt", ABOUT.format(when=time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()))
    yield "doctor.txt", redacted("\n".join(report.lines(found)))
    yield "doctor.json", json.dumps(_discreet(json.loads(report.as_json(found))), indent=1)
    yield "versions.txt", _versions()
    yield "configuration.txt", _configuration()
    yield "schema.txt", _asked(_schema)
    yield "errors.txt", redacted(_asked(_errors))
    yield "metrics.txt", without_secrets(_asked(lambda: door.exposition(where)))


def _discreet(told: dict[str, object]) -> dict[str, object]:
    """Take out of every text in it what may not be told."""
    return {
        key: _discreet(value)
        if isinstance(value, dict)
        else redacted(value)
        if isinstance(value, str)
        else value
        for key, value in told.items()
    }


def _versions() -> str:
    packages = sorted({f"{one.name}=={one.version}" for one in distributions()}, key=str.lower)
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return "\n".join([system, f"Python {platform.python_version()}", *packages])


def _configuration() -> str:
    return "\n".join(f"{name}={value}" for name, value in settings.CONFIGURATION_SHOWN.items())


def _asked(ask: Callable[[], str]) -> str:
    """Return the answer, or that there is none: a bundle is made when something is broken."""
    try:
        return ask()
    except (DatabaseError, door.NoServer, OSError) as error:
        return f"cannot be told: {type(error).__name__}"


def _schema() -> str:
    executor = MigrationExecutor(connection)
    applied = sorted(executor.loader.applied_migrations)
    newest = dict(applied)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    told = [f"{app} {name}" for app, name in newest.items()]
    return "\n".join([*told, "", f"to do: {len(pending)}", *(str(migration) for migration, _ in pending)])


def _errors() -> str:
    dead = Job.objects.filter(state=Job.State.DEAD).order_by("-finished_at")
    rows = dead.values_list("finished_at", "name", "attempts", "error")[:MOST_ERRORS]
    return "\n".join(
        f"{at:%Y-%m-%d %H:%M:%S} {name} after {count}: {error}" for at, name, count, error in rows
    )


def _besides(source: BinaryIO) -> Iterator[tuple[str, str]]:
    with tarfile.open(fileobj=source, mode="r|*") as given:
        for count, member in enumerate(given):
            if count >= MOST_FILES:
                return
            content = given.extractfile(member) if member.isfile() else None
            if content is not None:
                yield PurePosixPath(member.name).name, content.read(MOST_BYTES).decode("utf-8", "replace")
