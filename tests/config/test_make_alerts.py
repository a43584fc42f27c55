"""scripts/make-alerts.sh: who is told of alerts, from the operator's folder."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

SCRIPT = Path(__file__).parents[2] / "scripts" / "make-alerts.sh"
WEBHOOK = "https://pager.example.org/?key=a&kind=b|c"
GIVEN = {
    "ALERT_EMAIL": "you@example.org",
    "ALERT_FROM": "dex@example.org",
    "SMTP_HOST": "mail.example.org:587",
    "ALERT_WEBHOOK_URL": WEBHOOK,
    "SIGN_OF_LIFE_URL": "https://elsewhere.example.org/",
}
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="It gives files to the containers' group: as root.")


def made(
    etc: Path, *, first: str = "", script: Path = SCRIPT, **given: str
) -> subprocess.CompletedProcess[str]:
    if given:
        (etc / "alerts.env").write_text("".join(f"{name}={value}\n" for name, value in given.items()))
    path = {"PATH": f"{first}{os.environ['PATH']}"}
    return subprocess.run(
        ["sh", str(script), str(etc)], env=path, capture_output=True, text=True, check=False
    )


def test_what_is_given_is_filled_in_and_alertmanager_takes_it(tmp_path: Path) -> None:
    assert made(tmp_path, **GIVEN).returncode == 0

    file = tmp_path / "alertmanager" / "alertmanager.yml"
    receivers = {one["name"]: one for one in yaml.safe_load(file.read_text())["receivers"]}
    assert receivers["pager"]["webhook_configs"][0]["url"] == WEBHOOK
    assert receivers["operator"]["email_configs"][0]["to"] == "you@example.org"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert file.stat().st_gid == 10001
    if shutil.which("amtool"):
        subprocess.run(["amtool", "check-config", str(file)], check=True, capture_output=True)


def test_the_same_again_changes_nothing_and_says_nothing(tmp_path: Path) -> None:
    made(tmp_path, **GIVEN)
    before = (tmp_path / "alertmanager" / "alertmanager.yml").stat().st_ino

    told = made(tmp_path)

    assert told.stdout == ""
    assert (tmp_path / "alertmanager" / "alertmanager.yml").stat().st_ino == before
    assert sorted(one.name for one in tmp_path.rglob("*")) == [
        "alertmanager",
        "alertmanager.yml",
        "alerts.env",
    ]


def test_where_nobody_is_named_that_is_said_and_what_was_made_by_hand_stays(tmp_path: Path) -> None:
    nowhere = made(tmp_path)
    (tmp_path / "alertmanager").mkdir()
    (tmp_path / "alertmanager" / "alertmanager.yml").write_text("mine")

    by_hand = made(tmp_path)

    assert nowhere.returncode == by_hand.returncode == 0
    assert "Nobody is told of alerts yet" in nowhere.stdout
    assert "stays: whom it names is told" in by_hand.stdout
    assert (tmp_path / "alertmanager" / "alertmanager.yml").read_text() == "mine"


@pytest.mark.parametrize(
    ("gone", "kinds"),
    [
        ("ALERT_WEBHOOK_URL", {"operator": 1, "pager": 1, "sign-of-life": 1}),
        ("SIGN_OF_LIFE_URL", {"operator": 1, "pager": 2, "sign-of-life": 0}),
        ("ALERT_FROM", {"operator": 0, "pager": 1, "sign-of-life": 1}),
    ],
)
def test_whoever_is_taken_out_is_told_no_longer_and_the_others_are(
    tmp_path: Path, gone: str, kinds: dict[str, int]
) -> None:
    made(tmp_path, **GIVEN)

    told = made(tmp_path, **(GIVEN | {gone: ""}))

    file = tmp_path / "alertmanager" / "alertmanager.yml"
    receivers = yaml.safe_load(file.read_text())["receivers"]
    assert {one["name"]: len(one) - 1 for one in receivers} == kinds
    assert told.returncode == 0
    assert told.stdout.strip().endswith(f"wants {gone}.")
    if shutil.which("amtool"):
        subprocess.run(["amtool", "check-config", str(file)], check=True, capture_output=True)


def test_no_address_stands_in_a_command_line(tmp_path: Path) -> None:
    for name in ("sed", "grep", "printf"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho "$*" >> {tmp_path}/asked\nexec /usr/bin/{name} "$@"\n')
        (tmp_path / name).chmod(0o755)

    made(tmp_path, first=f"{tmp_path}:", **GIVEN)

    asked = (tmp_path / "asked").read_text()
    assert "example.org" not in asked


def test_a_value_that_would_end_its_line_early_is_refused(tmp_path: Path) -> None:
    told = made(tmp_path, **(GIVEN | {"ALERT_EMAIL": 'a"b'}))

    assert told.returncode == 2
    assert "ALERT_EMAIL must hold no quotation mark" in told.stderr


def test_who_watches_can_read_rules_and_dashboards_of_a_clone_that_was_made_for_root_alone(
    tmp_path: Path,
) -> None:
    """With root's umask of 027 or 077; they read them where they are, as somebody without rights."""
    (tmp_path / "scripts").mkdir()
    script = Path(shutil.copy(SCRIPT, tmp_path / "scripts"))
    shutil.copytree(SCRIPT.parents[1] / "deploy", tmp_path / "deploy")
    watched = [tmp_path / "deploy" / "prometheus", tmp_path / "deploy" / "grafana"]
    files = [file for folder in watched for file in (folder, *folder.rglob("*"))]
    for file in files:
        file.chmod(0o700 if file.is_dir() else 0o600)
    (tmp_path / "etc").mkdir()

    told = made(tmp_path / "etc", script=script)

    assert told.returncode == 0, told.stderr
    assert {stat.S_IMODE(file.stat().st_mode) & 0o007 for file in files} == {0o4, 0o5}
