"""The land of the maps is what a script makes of a published package, and nothing else."""

import importlib.util
import shutil
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def outline() -> Any:
    """The script."""
    spec = importlib.util.spec_from_file_location("outline", TOP / "scripts/outline.py")
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def test_the_drawing_says_where_it_is_from(outline: Any) -> None:
    drawing = outline.OUTLINE.read_text(encoding="utf-8")

    assert f"made simpler by scripts/outline.py from {outline.PACKAGE}." in drawing
    assert "in the public domain" in drawing


def test_another_package_is_refused(outline: Any) -> None:
    with pytest.raises(ValueError, match="This is not world-atlas"):
        outline.drawn(b"something else")


def test_land_across_the_date_line_shows_on_both_sides_and_land_around_a_pole_holds_the_pole(
    outline: Any,
) -> None:
    across = [(3500, 0), (3590, 0), (-3590, 100), (3500, 100), (3500, 0)]
    around = [(-3600, 1500), (0, 1500), (3500, 1500), (-3600, 1500)]

    assert outline.unrolled(across)[2] == (3610, 100)
    assert [min(x for x, _ in copy) for copy in outline.copies(outline.unrolled(across))] == [-3700, 3500]
    assert outline.unrolled(around)[-3:] == [(3600, 1800), (-3600, 1800), (-3600, 1500)]


@pytest.mark.ops  # fetches the package
@pytest.mark.skipif(shutil.which("npm") is None, reason="apt install npm")
def test_the_committed_drawing_is_what_the_script_makes(outline: Any) -> None:
    assert outline.drawn(outline.fetched()) == outline.OUTLINE.read_text(encoding="utf-8")
