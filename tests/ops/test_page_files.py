"""Page files are collected once, and again when there is something else to collect."""

import os
import time
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


def test_a_release_is_put_to_the_files_of_the_one_before(settings: Any, tmp_path: Path) -> None:
    public = tmp_path / "public"
    for release in ("old", "new"):
        settings.STATIC_ROOT = tmp_path / release
        (settings.STATIC_ROOT / "web").mkdir(parents=True)
        (settings.STATIC_ROOT / "web" / f"page.{release}.css").write_text(release)
        (settings.STATIC_ROOT / "web" / "same.css").write_text("same")
        (settings.STATIC_ROOT / "staticfiles.json").write_text("{}")

        assert page_files.publish(public) == (2 if release == "old" else 1)

    assert sorted(str(file.relative_to(public)) for file in public.rglob("*.*")) == [
        "web/page.new.css",
        "web/page.old.css",
        "web/same.css",
    ]


def test_what_no_release_has_brought_for_long_goes(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "root"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / "still.css").write_text("a {}")
    page_files.publish(tmp_path / "public")
    (tmp_path / "public" / "gone.css").write_text("b {}")
    long_ago = time.time() - (page_files.KEPT_DAYS + 1) * 24 * 3600
    for file in (tmp_path / "public").iterdir():
        os.utime(file, (long_ago, long_ago))

    page_files.publish(tmp_path / "public")

    assert [file.name for file in (tmp_path / "public").iterdir()] == ["still.css"]
