"""What an operator may write into the environment, and what is said when it cannot be used."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from biologidex.config import env
from running import COMMAND, environment_of


@pytest.fixture(autouse=True)
def _declared_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "DECLARED", {})


@pytest.mark.parametrize("wrong", ["abc", "--5", "1.5", "0", "-1", "\u00b2", "9" * 30, " 8"])
def test_a_number_is_whole_and_large_enough(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("PORT", wrong)

    with pytest.raises(env.BadValue, match="PORT must be a whole number of at least 1"):
        env.number("PORT", 8000, "", least=1)


def test_a_number_is_not_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "65536")

    with pytest.raises(env.BadValue, match="PORT must be a whole number of at most 65535"):
        env.number("PORT", 8000, "", most=65_535)


@pytest.mark.parametrize(
    ("read", "wrong"),
    [
        (lambda: env.flag("X", "", default=False), "yes"),
        (lambda: env.choice("X", "a", "", among=("a", "b")), "c"),
        (lambda: env.shares("X", "", ""), "animal:0.5"),
        (lambda: env.shares("X", "", ""), "animal=much"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], object], wrong: str
) -> None:
    monkeypatch.setenv("X", wrong)

    with pytest.raises(env.BadValue, match=r"^X "):
        read()


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")

    assert env.number("PORT", 8000, "", least=1) == 8000


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush\n")
    monkeypatch.setenv("KEY_FILE", str(tmp_path / "key"))

    assert env.secret("KEY", "", "") == "hush"

    monkeypatch.setenv("KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(env.BadValue, match="KEY_FILE names a file that cannot be read"):
        env.secret("KEY", "", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "abc", "must be a whole number"),
        ("PORT", "70000", "must be a whole number of at most 65535"),
        ("BIOLOGIDEX_HOST", "192.0.2.1", "Cannot listen on 192.0.2.1"),
        ("BIOLOGIDEX_HOST", "no host at all", "Set BIOLOGIDEX_HOST to an address"),
        ("BIOLOGIDEX_DATA_DIR", "/dev/null", "names a folder that cannot be used"),
        ("BIOLOGIDEX_DATABASE_URL", "mysql://ann:hush@here/x", "must be sqlite:///FILE or postgres://"),
        ("BIOLOGIDEX_DATABASE_URL", "mongo://ann:hush@here/x", "must be sqlite:///FILE or postgres://"),
        ("BIOLOGIDEX_VISION_PROVIDERS", "nobody", "Choose among local, openai, scripted"),
        ("BIOLOGIDEX_VISION_THRESHOLDS", "clas=0.5", "Choose among temperature, unsure, animal"),
        ("BIOLOGIDEX_VISION_THRESHOLDS", "class=5", "class must lie between 0 and 1"),
    ],
)
def test_a_server_that_cannot_start_says_why_in_one_sentence(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    done = subprocess.run(
        [COMMAND, "serve"],
        env=environment_of(tmp_path, **{name: value}),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert said in done.stderr
    assert name in done.stderr
    assert "hush" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_database_that_cannot_be_reached_is_told_without_the_inside(tmp_path: Path) -> None:
    address = "postgres://ann:hush@127.0.0.1:1/x"
    done = subprocess.run(
        [COMMAND, "prepare"],
        env=environment_of(tmp_path, BIOLOGIDEX_DATABASE_URL=address),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert done.stderr.startswith("biologidex: The database cannot be used: ")
    assert "Traceback" not in done.stderr
    assert "hush" not in done.stderr


@pytest.mark.slow
def test_what_is_written_is_not_for_everybody_on_the_machine(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    subprocess.run([COMMAND, "migrate"], env=environment_of(tmp_path), capture_output=True, check=True)

    assert (tmp_path / "biologidex.sqlite3").stat().st_mode & 0o007 == 0
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
