"""What the programs of backups are told: where the repositories are, and nothing secret as a word."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from biologidex.ops.backup import pgbackrest, plan, restic
from biologidex.ops.backup.errors import BackupFailed
from biologidex.ops.backup.pgbackrest import Course, Made, Server, followed, removable
from biologidex.ops.backup.programs import Account, Program

DEPLOY = Path(__file__).parents[2] / "deploy" / "postgres"
SERVER = Server(Path("/var/lib/pg"), Path("/run/pg"), 5432, "biologidex_backup", "biologidex", "hidden")
S3 = "s3://KEY:hidden@s3.example.org/bucket/deep?region=eu&addressing=path"  # pragma: allowlist secret


def told(address: str) -> dict[str, str]:
    settled = plan.Plan(
        here=Path("/backups"),
        off_site=plan.place(address),
        public_keys=(),
        keep_here=7,
        keep=30,
        keys=Path("/keys"),
        secrets=None,
        database="",
    )
    lines = pgbackrest.configuration(settled, SERVER).splitlines()
    return {name: value for name, equals, value in (line.partition("=") for line in lines) if equals}


def test_both_repositories_are_encrypted_with_keys_of_their_own() -> None:
    settings = told("/mnt/away")

    assert settings["repo1-path"] == "/backups/postgres"
    assert settings["repo2-path"] == "/mnt/away/postgres"
    assert settings["repo1-cipher-type"] == settings["repo2-cipher-type"] == "aes-256-cbc"
    assert len(settings["repo1-cipher-pass"]) >= 48
    assert settings["repo1-cipher-pass"] != settings["repo2-cipher-pass"]


def test_a_bucket_that_speaks_s3_is_told_to_both_programs() -> None:
    settings = told(S3)
    place = plan.place(S3)
    assert place is not None
    repository = restic.Repository(place, "media", password="password", cache=Path("/cache"))

    assert (settings["repo2-type"], settings["repo2-path"]) == ("s3", "/deep/postgres")
    assert (settings["repo2-s3-endpoint"], settings["repo2-s3-bucket"]) == ("s3.example.org", "bucket")
    assert (settings["repo2-s3-region"], settings["repo2-s3-uri-style"]) == ("eu", "path")
    environment = repository._program.environment
    assert environment["RESTIC_REPOSITORY"] == "s3:https://s3.example.org/bucket/deep/media"
    assert environment["AWS_SECRET_ACCESS_KEY"] == place.secret
    assert "hidden" not in repr(repository._program)


def test_googles_storage_is_told_to_both_programs() -> None:
    address = "gs://bucket/deep?key=/run/secrets/google.json"
    settings = told(address)
    place = plan.place(address)
    assert place is not None
    environment = restic.Repository(place, "media", password="p", cache=Path("/c"))._program.environment

    assert (settings["repo2-type"], settings["repo2-gcs-bucket"]) == ("gcs", "bucket")
    assert (settings["repo2-gcs-key"], settings["repo2-path"]) == (
        "/run/secrets/google.json",
        "/deep/postgres",
    )
    assert environment["RESTIC_REPOSITORY"] == "gs:bucket:/deep/media"
    assert environment["GOOGLE_APPLICATION_CREDENTIALS"] == "/run/secrets/google.json"


def test_what_another_backup_needs_stays_and_so_does_the_last_verified() -> None:
    labels = ["c-F_e-D", "c-F", "b-F_d-D", "b-F", "a-F"]
    made = [Made(label, 100 - place, 1) for place, label in enumerate(labels)]

    assert removable(made, keep=1, verified="") == ["b-F_d-D", "b-F", "a-F"]
    assert removable(made, keep=1, verified="a-F") == ["b-F_d-D", "b-F"]
    assert removable(made, keep=1, verified="b-F_d-D") == ["a-F"]


def utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_a_time_is_followed_on_the_timeline_that_was_written_then() -> None:
    """Restored at 200, when the second began, and at 400; a backup was made after the first of these."""
    made, begun = [Made("b-F", 300, 1, timeline=2), Made("a-F", 100, 1)], {2: 200.0, 3: 400.0}

    assert [followed(made, begun, utc(at)) for at in (150, 250, 350, 450)] == [1, 2, 2, 3]
    assert followed(made, begun, None) == 3


def test_in_a_copy_of_the_place_the_highest_timeline_is_the_newest() -> None:
    assert followed([Made("a-F", 100, 1)], {2: 902.0, 3: 901.0}, None) == 3


def test_a_timeline_that_somebody_went_back_to_is_the_one_that_is_backed_up() -> None:
    assert followed([Made("b-F", 300, 1), Made("a-F", 100, 1)], {2: 200.0}, None) == 1


def test_nothing_begins_with_a_backup_of_what_was_undone() -> None:
    course = Course(2, {1: 1000})
    before, undone, after = (
        Made("a-F", 1, 1, timeline=1, ended=1000),
        Made("b-F", 2, 1, timeline=1, ended=1001),
        Made("c-F", 3, 1, timeline=2, ended=1001),
    )

    assert [course.has(one) for one in (before, undone, after)] == [True, False, True]
    assert (course.from_(before), course.from_(after)) == ("2", "current")


def test_a_minute_is_lost_at_most_as_it_ships() -> None:
    lines = (DEPLOY / "archive.conf").read_text(encoding="utf-8").splitlines()

    assert "archive_mode = on" in lines
    assert "archive_timeout = 60" in lines
    assert "include_if_exists = 'conf.d/archive.conf'" in (DEPLOY / "postgresql.conf").read_text(
        encoding="utf-8"
    )


def test_a_program_that_is_not_installed_is_named() -> None:
    with pytest.raises(BackupFailed, match="no-such-program is not installed: apt install no-such-program"):
        Program("no-such-program").run("backup")


def test_a_full_place_is_called_by_its_name() -> None:
    said = Program("sh").run
    with pytest.raises(BackupFailed, match="The place for backups is full"):
        said("-c", "echo 'Fatal: write: No space left on device' >&2; exit 1")


def test_a_disk_that_has_no_room_for_a_restore_is_not_taken_for_the_place_of_backups(tmp_path: Path) -> None:
    program = tmp_path / "restic"
    program.write_text("#!/bin/sh\necho 'Fatal: write heron.jpg: no space left on device' >&2\nexit 1\n")
    program.chmod(0o755)

    with pytest.raises(BackupFailed, match=r"^There is no room for what is restored\."):
        Program(str(program)).run("restore", "1234")


def test_what_cannot_be_opened_with_our_keys_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As pgBackRest writes it: what it has deciphered with another key stands in it as it is."""
    (tmp_path / "pgbackrest.conf").write_text("repo2-path=/mnt/nas/postgres\nrepo2-cipher-pass=other\n")
    message = (
        r"[FormatError] unable to load info file 'backup.info':\nFormatError: key/value: " + "\x03.\x1b\x13"
    )
    told = f'[{{"repo":[{{"key":2,"status":{{"code":99,"message":"{message}"}}}}]}}]'
    monkeypatch.setattr(Program, "run", lambda *_: told)

    with pytest.raises(BackupFailed) as failed:
        pgbackrest.Repositories(tmp_path, Account()).made(2)

    assert "The key of /mnt/nas/postgres is wrong, or it is damaged." in failed.value.message
    assert failed.value.message.isprintable()


def test_a_program_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOLOGIDEX_SECRET_KEY", "hidden")

    assert "hidden" not in Program("env", {"GIVEN": "1"}).run("-u", "NOTHING")
