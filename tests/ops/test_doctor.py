"""`biologidex doctor` and `scripts/diagnose.sh`: what is wrong, what to do, and what may be sent to others."""

import io
import json
import re
import shutil
import stat
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from biologidex.ops.doctor import bundle, redaction, report
from biologidex.ops.monitor.readings import State, reading
from running import COMMAND, Server, environment_of, free_port

TOP = Path(__file__).parents[2]
SECRETS = re.findall(r"(?m)^- `(\w+)_FILE`$", (TOP / "docs" / "configuration.md").read_text(encoding="utf-8"))
PERSON = {
    "name": "wilhelmina-kestrel",
    "mail": "wilhelmina@kestrel.example",
    "place": "47.37689",
    "longitude": "8.54169",
    "photo": "wilhelmina-garden.jpg",
    "home": "203.0.113.77",
    "home of six": "2001:db8:1:2:3:4:5:6",
}


def planted(name: str) -> str:
    return f"planted-{name.lower().replace('_', '-')}-Q7w"


def address_of(name: str) -> str:
    """Return what a variable wants, with the planted secret in it, at a port where nobody answers."""
    addresses = {
        "BIOLOGIDEX_DATABASE_URL": "postgres://biologidex_app:{}@127.0.0.1:9/biologidex",
        "BIOLOGIDEX_REPLICA_URL": "postgres://biologidex_app:{}@127.0.0.1:9/biologidex",
        "BIOLOGIDEX_BACKUP_DATABASE_URL": "postgres://biologidex_backup:{}@127.0.0.1:9/biologidex",
        "BIOLOGIDEX_CACHE_URL": "redis://cache:{}@127.0.0.1:9/0",
        "BIOLOGIDEX_BROKER_URL": "redis://broker:{}@127.0.0.1:9/0",
        "BIOLOGIDEX_EMAIL_URL": "smtp://mailer:{}@127.0.0.1:9",
        "BIOLOGIDEX_EMAIL_FROM": "{}@kestrel.example",
        "BIOLOGIDEX_STORAGE_URL": "s3://planted-storage-key:{}@127.0.0.1:9/photos?secure=false",
        "BIOLOGIDEX_BACKUP_URL": "s3://planted-backup-key:{}@127.0.0.1:9/backups/here?secure=false",
        "BIOLOGIDEX_SECRET_KEY": "{}-and-forty-letters-more-of-a-signing-key",
        "BIOLOGIDEX_SECRET_KEY_FALLBACKS": "{}-and-forty-letters-more-of-an-older-one",
    }
    return addresses.get(name, "{}").format(planted(name))


@pytest.fixture(scope="module")
def running(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("doctor") / "data"))
    server = Server(folder).start()
    yield server
    server.stop()


def doctor(
    environment: dict[str, str], *words: str, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [COMMAND, "doctor", *words], env=environment, input=given, capture_output=True, check=False
    )


def texts(file: Path) -> dict[str, str]:
    with tarfile.open(file) as opened:
        return {
            member.name.partition("/")[2]: content.read().decode()
            for member in opened
            if (content := opened.extractfile(member))
        }


def tar_of(**files: str) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as made:
        for name, text in files.items():
            member = tarfile.TarInfo(f"./{name}.txt")
            member.size = len(text.encode())
            made.addfile(member, io.BytesIO(text.encode()))
    return whole.getvalue()


def test_a_server_that_runs_is_told_line_by_line_with_requirement_beside_what_is_there(
    running: Server,
) -> None:
    told = doctor(environment_of(running.folder, PORT=str(running.port)), "--json")

    seen = json.loads(told.stdout)["readings"]
    assert told.returncode == 0, told.stdout
    assert {
        "python",
        "mode",
        "settings",
        "taxonomy",
        "networks",
        "page files",
        "backups",
        "server",
    } <= seen.keys()
    assert {one["state"] for one in seen.values()} <= {"ok", "--", "warn"}
    for name in ("processors", "memory size", "disk size"):
        assert re.search(r"^[\d.]+( GB)?; \d+( GB)? required, \d+( GB)? advised$", seen[name]["says"])
    assert seen["backups"]["do"].startswith("`biologidex backup`")


def test_what_is_bad_is_said_with_what_to_do_and_it_fails(data_folder: Path) -> None:
    (data_folder / "secret_key").chmod(0o644)

    told = doctor(environment_of(data_folder, PORT=str(free_port())))

    lines = told.stdout.decode().splitlines()
    open_file = next(at for at, line in enumerate(lines) if line.startswith("BAD   secret files"))
    assert told.returncode == 1
    assert "secret_key" in lines[open_file]
    assert "chmod o= FILE" in lines[open_file + 1]
    assert any(line.startswith("BAD   server") for line in lines)


def test_every_page_that_an_advice_names_exists() -> None:
    named = {page for advice in report.ADVICE.values() for page in re.findall(r"docs/[\w/.-]+\w", advice)}

    assert len(named) > 8
    assert [page for page in named if not (TOP / page).exists()] == []


def test_what_is_well_gets_no_advice() -> None:
    lines = report.lines([reading("mail", State.GREEN, "there"), reading("mail", State.YELLOW, "printed")])

    assert sum("->" in line for line in lines) == 1


def test_no_secret_that_there_is_gets_into_a_bundle_and_nothing_of_a_person(
    data_folder: Path, tmp_path: Path
) -> None:
    files = {}
    for name in SECRETS:
        file = tmp_path / f"{name}.secret"
        file.write_text(address_of(name))
        file.chmod(0o600)
        files[f"{name}_FILE"] = str(file)
    every_fact = (
        [planted(name) for name in SECRETS] + [address_of(name) for name in SECRETS] + [*PERSON.values()]
    )
    written = "\n".join(
        f"2026-11-26 18:00:01 ERROR it said {fact} and ended" for fact in every_fact if fact != PERSON["name"]
    )
    environment = environment_of(
        data_folder,
        PORT=str(free_port()),
        BIOLOGIDEX_JOBS_BACKEND="celery",
        BIOLOGIDEX_LOG_FORMAT="json",
        **files,
    )

    out = tmp_path / "bundle.tgz"
    told = doctor(environment, "--bundle", str(out), "--stdin", given=tar_of(log=written))

    assert told.returncode == 0, told.stderr
    found = texts(out)
    everything = "\n".join([*found, *found.values()])
    assert len(SECRETS) > 12
    assert [fact for fact in every_fact if fact in everything] == []
    assert [key for key in ("planted-storage-key", "planted-backup-key") if key in everything] == []
    assert "18:00:01 ERROR it said" in found["host/log.txt"], "what may be told is"
    assert "DB_PASSWORD=(set, in a file)" in found["configuration.txt"]
    assert "BIOLOGIDEX_JOBS_BACKEND=celery" in found["configuration.txt"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_people_and_their_animals_stay_out_of_a_bundle(running: Server, tmp_path: Path) -> None:
    running.run(
        "shell", "-v0", "-c",
        "from biologidex.accounts.models import User; from biologidex.core.models import Job;"
        "from django.utils import timezone;"
        f"User.objects.create_user(username={PERSON['name']!r}, email={PERSON['mail']!r}, password='x');"
        "Job.objects.create(name='vision.identify_photo', state='dead', run_after=timezone.now(),"
        f" finished_at=timezone.now(), arguments={{'of': {PERSON['name']!r}}},"
        f" error='no answer about {PERSON['photo']} of {PERSON['mail']} at {PERSON['place']}')",
    )  # fmt: skip
    out = tmp_path / "bundle.tgz"
    told = doctor(environment_of(running.folder, PORT=str(running.port)), "--bundle", str(out))

    found = texts(out)
    everything = "\n".join(found.values())
    assert told.returncode == 0, told.stderr
    assert [fact for fact in PERSON.values() if fact in everything] == []
    assert "vision.identify_photo" in found["errors.txt"]
    assert "biologidex==" in found["versions.txt"].lower()
    assert "to do: 0" in found["schema.txt"]
    assert "biologidex_build_info{" in found["metrics.txt"]


def test_a_bundle_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "bundle.tgz"
    file.write_bytes(b"of yesterday")
    bundle.keep(file, b"of today")

    assert file.read_bytes() == b"of today"
    with pytest.raises(FileNotFoundError):
        bundle.keep(tmp_path / "nowhere" / "bundle.tgz", b"")
    assert [one.name for one in tmp_path.iterdir()] == ["bundle.tgz"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("at 18:00:01 the pool was empty", "at 18:00:01 the pool was empty"),
        ("from 203.0.113.77 and 2001:db8::7", "from … and …"),
        ("release 0.2.0 took 12.5 s", "release 0.2.0 took 12.5 s"),
    ],
)
def test_machines_addresses_go_and_times_and_versions_stay(line: str, told: str) -> None:
    assert redaction.redacted(line) == told


ENGINE = """#!/bin/sh
case "$1 $*" in
    exec*) shift 3; exec "$@" ;;
    *--quiet*) echo 0123456789ab ;;
    ps*Names}}) echo biologidex-web-blue-1; echo biologidex-db-1 ;;
    logs*) echo "18:00:01 the log of $4, asked by wilhelmina@kestrel.example" ;;
esac
"""


def test_the_operator_s_script_gathers_containers_and_machine_too_and_keeps_it_to_its_owner(
    data_folder: Path, tmp_path: Path
) -> None:
    engine, out = tmp_path / "docker", tmp_path / "help.tgz"
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    path = f"{tmp_path}:{Path(COMMAND).parent}:/usr/bin:/bin"
    environment = environment_of(data_folder, PORT=str(free_port()), PATH=path)

    command = [TOP / "scripts" / "diagnose.sh", "--bundle", str(out)]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    found = texts(out)
    assert told.returncode == 0, told.stderr
    assert {"doctor.txt", "host/disks.txt", "host/system.txt", "host/usage.txt"} <= found.keys()
    assert (
        found["host/log-biologidex-web-blue-1.txt"]
        == "18:00:01 the log of biologidex-web-blue-1, asked by …@…"
    )
    assert "host/log-biologidex-db-1.txt" not in found, "the database's log may quote what people wrote"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["data", "docker", "help.tgz"]


def test_where_no_server_can_be_asked_the_machine_is_gathered_and_no_log(tmp_path: Path) -> None:
    engine, out = tmp_path / "docker", tmp_path / "help.tgz"
    engine.write_text(ENGINE.replace('shift 3; exec "$@"', "exit 1"))
    engine.chmod(0o755)

    command = [TOP / "scripts" / "diagnose.sh", "--bundle", str(out)]
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    with tarfile.open(out) as opened:
        names = opened.getnames()
    assert told.returncode == 0, told.stderr
    assert "No server can be asked" in told.stderr
    assert "./disks.txt" in names
    assert [name for name in names if "log" in name or "journal" in name] == []
