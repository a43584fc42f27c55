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
