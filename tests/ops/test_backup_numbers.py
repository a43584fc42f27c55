"""What monitoring reads of backups, and what the settings say of them."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from biologidex.config import backup
from biologidex.config.env import BadValue
from biologidex.ops.backup import plan, status
from environment import DATA_DIR
from metering import value

DOCUMENT = Path(__file__).parents[2] / "docs" / "backup.md"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _data_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def test_before_the_first_backup_every_time_is_long_ago(client: Client) -> None:
    text = client.get("/metrics").content.decode()

    assert value(text, "backup_last_attempt_timestamp_seconds") == 0
    assert value(text, "backup_last_verified_timestamp_seconds") == 0


def test_it_tells_what_the_commands_have_left(client: Client) -> None:
    status.write(
        status.Status(
            tried=1_700_000_100,
            failed=True,
            parts={"database": status.Part(1_700_000_000, 86_000_000)},
            drill=status.Drill(tried=1_700_000_050, verified=1_700_000_050, rpo_seconds=12.5, rto_seconds=35),
            kept={"here": 7, "off_site": 30},
        )
    )

    text = client.get("/metrics").content.decode()

    assert value(text, "backup_last_success_timestamp_seconds", part="database") == 1_700_000_000
    assert value(text, "backup_size_bytes", part="database") == 86_000_000
    assert value(text, "backup_last_attempt_failed") == 1
    assert value(text, "backup_kept", place="off_site") == 30
    assert value(text, "backup_last_verified_timestamp_seconds") == 1_700_000_050
    assert (value(text, "backup_rpo_seconds"), value(text, "backup_rto_seconds")) == (12.5, 35)


def test_a_failed_try_leaves_the_last_success_as_it_was(client: Client) -> None:
    status.write(status.Status(parts={"database": status.Part(1_700_000_000, 1)}))

    status.failed()

    text = client.get("/metrics").content.decode()
    assert value(text, "backup_last_success_timestamp_seconds", part="database") == 1_700_000_000
    assert value(text, "backup_last_attempt_timestamp_seconds") > 1_700_000_000
    assert value(text, "backup_last_attempt_failed") == 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"parts": 3}', '{"unknown": 1}'])
def test_a_file_that_is_no_such_thing_counts_as_none(client: Client, tmp_path: Path, content: str) -> None:
    (tmp_path / status.FILE).write_text(content)

    assert value(client.get("/metrics").content.decode(), "backup_last_attempt_timestamp_seconds") == 0


def test_every_number_of_backups_is_documented_and_no_other(client: Client) -> None:
    status.write(status.Status(parts={"database": status.Part(1, 1)}, kept={"here": 1}))

    told = set(re.findall(r"(?m)^# TYPE (backup_\w+) ", client.get("/metrics").content.decode()))

    assert told == set(re.findall(r"(?m)^\| `(backup_\w+)`", DOCUMENT.read_text(encoding="utf-8")))


def test_a_place_is_a_folder_or_a_bucket() -> None:
    s3 = plan.place("s3://KEY:se%2Fcret@s3.example.org:9000/bucket/deep/folder?region=eu&addressing=path")

    assert plan.place("") is None
    assert plan.place("/mnt/backups/") == plan.Place("folder", folder="/mnt/backups")
    assert s3 is not None
    assert (s3.kind, s3.host, s3.bucket, s3.folder) == ("s3", "s3.example.org:9000", "bucket", "deep/folder")
    assert (s3.key, s3.secret) == ("KEY", "se/cret")
    assert plan.place("gs://My_bucket/dex?key=/run/secrets/google.json") == plan.Place(
        "gs", bucket="My_bucket", folder="dex", options={"key": "/run/secrets/google.json"}
    )
    assert "cret" not in repr(s3)


@pytest.mark.parametrize(
    "address",
    [
        "backups",
        "ftp://host/x",
        "s3://host/bucket",
        "s3://KEY:hidden@host/",  # pragma: allowlist secret
        "s3://K:hidden@h:x/b",  # pragma: allowlist secret
        "gs://",
        "s3://KEY:hidden@host/bucket?colour=red",  # pragma: allowlist secret
        "gs://bucket/x?key=/a&secret=hidden",
    ],
)
def test_a_place_that_cannot_be_is_refused_without_repeating_its_secret(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("BIOLOGIDEX_BACKUP_URL", address)

    with pytest.raises(BadValue, match="BIOLOGIDEX_BACKUP_URL must be /FOLDER") as refused:
        backup.read(DATA_DIR)

    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("key", "sentence"),
    [("AGE-SECRET-KEY-1QQ", "It belongs on no server"), ("ssh-rsa AAAA", "as `age-keygen` prints them")],
)
def test_only_public_keys_are_taken_and_none_is_repeated(
    monkeypatch: pytest.MonkeyPatch, key: str, sentence: str
) -> None:
    monkeypatch.setenv("BIOLOGIDEX_BACKUP_PUBLIC_KEYS", key)

    with pytest.raises(BadValue, match=sentence) as refused:
        backup.read(DATA_DIR)

    assert key not in str(refused.value)
