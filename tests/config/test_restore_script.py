"""scripts/restore.sh as an operator calls it, with a docker that only notes what it is asked."""

import fcntl
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
SCRIPT, ROLES = TOP / "scripts" / "restore.sh", TOP / "deploy" / "postgres" / "roles.sql"
NEW_MACHINE = "SERVER_NAMES=localhost\nSERVICES=1\nPROFILES=backup\n"  # pragma: allowlist secret
SERVING = f"{NEW_MACHINE}BLUE=0.1.0\nGREEN=0.1.0\nRELEASE=0.1.0\nOPEN=blue\n"
FAILS = "exit 1"
CUT_OFF = 'kill -KILL $(cat "$BIOLOGIDEX_ETC/../script")'
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="the operator is root")


def prepared(folder: Path, state: str | None, *, does: str = "", on_any: str = "") -> dict[str, str]:
    """Make the operator's folder and docker. Returns the environment. What they do is told as a shell reads it."""
    etc, docker = folder / "etc", folder / "docker"
    (etc / "secrets").mkdir(parents=True, exist_ok=True)
    if state is not None:
        (etc / "compose.env").write_text(state)
    refusal = f'case "$*" in *"biologidex restore"*) {does or ":"} ;; esac'
    given = f'case "$*" in *make-roles*) cat > {folder}/given ;; esac'
    docker.write_text(f'#!/bin/sh\necho "$*" >> {folder}/asked\n{given}\n{on_any}\n{refusal}\n')
    docker.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}", "BIOLOGIDEX_ETC": str(etc)}


def restore(folder: Path, state: str | None, *words: str, **how: str) -> tuple[int, str]:
    """Run it. Returns its exit status and what docker was asked."""
    done = subprocess.run(
        ["sh", "-c", f'echo $$ > {folder}/script; exec sh "$@"', "sh", str(SCRIPT), *words],
        env=prepared(folder, state, **how),
        capture_output=True,
        text=True,
        check=False,
    )
    (folder / "said").write_text(done.stdout + done.stderr)
    return done.returncode, (folder / "asked").read_text()


def state_of(folder: Path) -> dict[str, str]:
    lines = (folder / "etc" / "compose.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize(("state", "words"), [(SERVING, []), (NEW_MACHINE, ["--version", "0.1.0"])])
def test_the_roles_get_the_passwords_of_now_before_anybody_asks(
    tmp_path: Path, state: str, words: list[str]
) -> None:
    status, asked = restore(tmp_path, state, *words)

    then = "pgbouncer web-blue-1" if state == SERVING else "stop db"
    steps = ["biologidex restore --latest", "--wait db", "db make-roles", then]
    places = [asked.rindex(step) for step in steps]
    assert status == 0
    assert places == sorted(places)
    assert (tmp_path / "given").read_text() == ROLES.read_text(), "those of this release"


def test_on_a_new_machine_nothing_starts_if_nothing_was_restored(tmp_path: Path) -> None:
    status, asked = restore(tmp_path, NEW_MACHINE, "--version", "0.1.0", does=FAILS)

    assert status == 1
    assert "up -d" not in asked


def test_what_was_there_serves_again_if_nothing_was_restored(tmp_path: Path) -> None:
    status, asked = restore(tmp_path, SERVING, does=FAILS)

    assert status == 1
    assert not {"POSTGRES_VOLUME", "PRIMARY_VOLUME", "RESTORE_BEFORE"} & set(state_of(tmp_path)), "as shipped"
    assert "pgbouncer web-blue-1 web-blue-2 live-blue worker-blue beat-blue backup" in asked


def test_what_was_there_is_not_said_to_serve_if_it_does_not_start(tmp_path: Path) -> None:
    restore(tmp_path, SERVING, does=FAILS, on_any='case "$*" in *"--wait db"*) exit 1 ;; esac')

    said = (tmp_path / "said").read_text()
    assert "does not start" in said
    assert "serves again" not in said


def test_on_a_new_machine_nothing_is_said_to_serve_again(tmp_path: Path) -> None:
    restore(tmp_path, NEW_MACHINE, "--version", "0.1.0", does=FAILS)

    assert (tmp_path / "said").read_text().endswith("Nothing was restored.\n")


def test_half_a_restore_does_not_stay_on_the_disk_and_nothing_else_goes(tmp_path: Path) -> None:
    _, asked = restore(tmp_path, f"{SERVING}POSTGRES_VOLUME=postgres-1\n", does=FAILS)

    gone = [line.split()[-1] for line in asked.splitlines() if line.startswith("volume rm ")]
    assert len(gone) == 1
    assert gone[0].startswith("biologidex_postgres-2")


def test_one_that_was_killed_is_forgotten_when_the_next_one_fails(tmp_path: Path) -> None:
    restore(tmp_path, f"{SERVING}POSTGRES_VOLUME=postgres-1\n", does=CUT_OFF)
    half = state_of(tmp_path)["POSTGRES_VOLUME"]

    status, _ = restore(tmp_path, None, does=FAILS)

    assert half != "postgres-1"
    assert status == 1
    assert state_of(tmp_path)["POSTGRES_VOLUME"] == "postgres-1"


def test_one_that_was_killed_is_not_taken_for_the_database_of_before(tmp_path: Path) -> None:
    restore(tmp_path, f"{SERVING}POSTGRES_VOLUME=postgres-1\n", does=CUT_OFF)

    restore(tmp_path, None)

    assert "The database of before is in the volume postgres-1." in (tmp_path / "said").read_text()
    assert "RESTORE_BEFORE" not in state_of(tmp_path)


def test_one_that_was_killed_when_it_had_restored_is_never_taken_back(tmp_path: Path) -> None:
    starts_then_dies = (
        'case "$*" in *" up "*pgbouncer*) kill -KILL $(cat "$BIOLOGIDEX_ETC/../script") ;; esac'
    )
    restore(tmp_path, f"{SERVING}POSTGRES_VOLUME=postgres-1\n", on_any=starts_then_dies)
    restored = state_of(tmp_path)["POSTGRES_VOLUME"]

    restore(tmp_path, None, does=FAILS)

    assert restored != "postgres-1"
    assert state_of(tmp_path)["POSTGRES_VOLUME"] == restored


def test_whose_terminal_is_closed_still_lets_what_was_there_serve_again(tmp_path: Path) -> None:
    environment = prepared(tmp_path, SERVING, does=f"touch {tmp_path}/restoring; sleep 1")
    ours, theirs = os.openpty()
    with subprocess.Popen(["sh", str(SCRIPT)], env=environment, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        while not (tmp_path / "restoring").exists():
            time.sleep(0.05)
        os.close(ours)
        running.send_signal(signal.SIGHUP)

    assert "POSTGRES_VOLUME" not in state_of(tmp_path)
    assert "pgbouncer web-blue-1" in (tmp_path / "asked").read_text()


@pytest.mark.parametrize("by", ["HUP", "INT", "TERM"])
@pytest.mark.parametrize("during", [" stop ", "biologidex restore"])
def test_interrupted_it_lets_what_was_there_serve_again(tmp_path: Path, by: str, during: str) -> None:
    cut_off = CUT_OFF.replace("KILL", by)

    status, asked = restore(tmp_path, SERVING, on_any=f'case "$*" in *"{during}"*) {cut_off} ;; esac')

    assert status == 1
    assert not {"POSTGRES_VOLUME", "RESTORE_BEFORE"} & set(state_of(tmp_path))
    assert "pgbouncer web-blue-1" in asked


RESTORED = "$BIOLOGIDEX_ETC/secrets/restored"
UNSEALED = f'mkdir -p "{RESTORED}"; echo old > "{RESTORED}/biologidex_secret_key"'


def test_secrets_that_were_unsealed_are_gone_when_nothing_was_restored(tmp_path: Path) -> None:
    (tmp_path / "key").touch()

    restore(tmp_path, SERVING, "--identity", str(tmp_path / "key"), does=f"{UNSEALED}; exit 1")

    assert list((tmp_path / "etc" / "secrets").iterdir()) == []


def test_secrets_that_a_killed_one_has_unsealed_are_put_to_use_by_none_after_it(tmp_path: Path) -> None:
    secret = tmp_path / "etc" / "secrets" / "biologidex_secret_key"
    (secret.parent / "restored").mkdir(parents=True)
    secret.write_text("now")
    (secret.parent / "restored" / secret.name).write_text("old")

    restore(tmp_path, SERVING)

    assert secret.read_text() == "now"
    assert [file.name for file in secret.parent.iterdir()] == [secret.name]


def test_secrets_of_before_are_put_to_use_by_redis_too(tmp_path: Path) -> None:
    (tmp_path / "key").touch()

    status, asked = restore(tmp_path, SERVING, "--identity", str(tmp_path / "key"), does=UNSEALED)

    assert status == 0
    assert (tmp_path / "etc" / "secrets" / "biologidex_secret_key").read_text() == "old\n"
    assert "--force-recreate redis-broker redis-cache" in asked


def test_secrets_of_before_are_put_to_use_by_what_watches_and_hinder_no_start(tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    watched = SERVING.replace("backup", "backup monitoring")
    broken = 'case "$*" in *--force-recreate*) exit 1 ;; esac'

    status, asked = restore(
        tmp_path, watched, "--identity", str(tmp_path / "key"), does=UNSEALED, on_any=broken
    )

    assert status == 0
    assert "pgbouncer web-blue-1" in asked
    recreated = [line for line in asked.splitlines() if "--force-recreate" in line]
    assert {"prometheus", "postgres-exporter", "redis-exporter"} <= set(recreated[-1].split())
    assert "--force-recreate redis-broker redis-cache" in (tmp_path / "said").read_text()


def test_a_replica_is_stopped_first_and_copies_what_was_restored_anew(tmp_path: Path) -> None:
    """After a promotion the two volumes have changed their places."""
    promoted = (
        f"{SERVING.replace('backup', 'backup replica')}PRIMARY_VOLUME=replica\nREPLICA_VOLUME=postgres\n"
    )

    status, asked = restore(tmp_path, promoted)

    state = state_of(tmp_path)
    stopped, started = (
        "backup replica pgbouncer-replica pgbouncer db",
        "beat-blue backup replica pgbouncer-replica",
    )
    assert status == 0
    assert asked.index(stopped) < asked.index("biologidex restore") < asked.rindex(started)
    assert (state["PRIMARY_VOLUME"], state["REPLICA_VOLUME"]) == ("postgres", "replica")
    assert state["REPLICA_STORE"].startswith("replica-2")


def backs_up_to(folder: Path) -> str:
    return (folder / "etc" / "secrets" / "biologidex_backup_url").read_text().strip()


def test_what_was_restored_from_a_place_is_backed_up_there(tmp_path: Path) -> None:
    status, _ = restore(tmp_path, SERVING, "--from", "/srv/away")

    assert status == 0
    assert backs_up_to(tmp_path) == "/srv/away"


@pytest.mark.parametrize(
    "how", [{"does": FAILS}, {"on_any": 'case "$*" in *" stop "*) kill -TERM $PPID ;; esac'}]
)
def test_where_nothing_was_restored_from_backups_do_not_go(tmp_path: Path, how: dict[str, str]) -> None:
    (tmp_path / "etc" / "secrets").mkdir(parents=True)
    (tmp_path / "etc" / "secrets" / "biologidex_backup_url").write_text("/srv/before\n")

    status, _ = restore(tmp_path, SERVING, "--from", "/mnt/typo", **how)

    assert status != 0
    assert backs_up_to(tmp_path) == "/srv/before"
    assert [file.name for file in (tmp_path / "etc" / "secrets").iterdir()] == ["biologidex_backup_url"]


def test_one_that_was_killed_leaves_the_next_one_the_place_of_before(tmp_path: Path) -> None:
    (tmp_path / "etc" / "secrets").mkdir(parents=True)
    (tmp_path / "etc" / "secrets" / "biologidex_backup_url").write_text("/srv/before\n")

    restore(tmp_path, SERVING, "--from", "/mnt/typo", does=CUT_OFF)
    restore(tmp_path, None, "--from", "/mnt/other", does=FAILS)

    assert backs_up_to(tmp_path) == "/srv/before"


def test_beside_a_deployment_nothing_is_changed(tmp_path: Path) -> None:
    environment = prepared(tmp_path, NEW_MACHINE)
    words = ["--from", "/mnt/typo", "--version", "0.1.0"]
    with (tmp_path / "etc" / "deploy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(["sh", str(SCRIPT), *words], env=environment, capture_output=True, check=False)

    assert done.returncode == 4
    assert list((tmp_path / "etc" / "secrets").iterdir()) == []
    assert (tmp_path / "etc" / "compose.env").read_text() == NEW_MACHINE


def test_a_secret_is_not_taken_from_a_command_line(tmp_path: Path) -> None:
    environment = prepared(tmp_path, SERVING)
    words = ["--from", "s3://key:hush@bucket.example.org/dex"]  # pragma: allowlist secret
    done = subprocess.run(["sh", str(SCRIPT), *words], env=environment, capture_output=True, check=False)

    assert done.returncode == 2
    assert b"say -" in done.stderr
    assert not (tmp_path / "asked").exists()
