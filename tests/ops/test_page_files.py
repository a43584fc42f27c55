"""Page files are collected once, and again when there is something else to collect."""

from pathlib import Path
from typing import Any

import pytest

from biologidex.ops import page_files


@pytest.fixture
def collected(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each time that files are collected, of a folder with one file."""
    settings.STATIC_ROOT = tmp_path / "root"
    settings.STATIC_ROOT.mkdir()
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "page.css").write_text("a {}")
    settings.STATICFILES_DIRS = [tmp_path / "own"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    calls: list[str] = []
    monkeypatch.setattr(page_files, "call_command", lambda name, **_: calls.append(name))
    return calls


def test_nothing_is_collected_twice(collected: list[str]) -> None:
    page_files.collect()
    page_files.collect()

    assert collected == ["collectstatic"]


def test_a_changed_file_is_collected(collected: list[str], tmp_path: Path) -> None:
    page_files.collect()
    (tmp_path / "own" / "page.css").write_text("b {}")
    page_files.collect()

    assert len(collected) == 2


def test_what_was_interrupted_is_done_again(collected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    page_files.collect()
    with monkeypatch.context() as patch:
        patch.setattr(page_files, "_digest", lambda: "another")
        patch.setattr(page_files, "call_command", interrupted)
        with pytest.raises(KeyboardInterrupt):
            page_files.collect()
    page_files.collect()

    assert len(collected) == 2
