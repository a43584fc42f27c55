"""Names of static files: a module that was changed is never taken from a browser's memory."""

from pathlib import Path

import pytest

from biologidex.core.static_files import StaticFiles

FILES = {
    "web/js/page.js": 'import { draw } from "./tree/draw.js";\ndraw();\n',
    "web/js/tree/draw.js": 'import { far } from "./far.js";\nexport const draw = () => far;\n',
    "web/js/tree/far.js": "export const far = 1;\n",
    "package/says.js": '// import { nothing } from "./nothing.js";\n',
}


def collected(storage: StaticFiles, files: dict[str, str]) -> dict[str, str]:
    """Write files and collect them. Gives the names that are kept by the names that were written."""
    for name, content in files.items():
        Path(storage.path(name)).parent.mkdir(parents=True, exist_ok=True)
        Path(storage.path(name)).write_text(content)
    done = storage.post_process({name: (storage, name) for name in files})
    return {name: kept for name, kept, processed in done if processed}


@pytest.fixture
def storage(tmp_path: Path) -> StaticFiles:
    """An empty folder to collect in."""
    return StaticFiles(location=tmp_path, base_url="/static/")


def test_modules_import_each_other_by_the_names_that_are_kept(storage: StaticFiles) -> None:
    kept = collected(storage, FILES)

    page = Path(storage.path(kept["web/js/page.js"])).read_text()
    draw = Path(storage.path(kept["web/js/tree/draw.js"])).read_text()

    assert Path(kept["web/js/tree/draw.js"]).name in page
    assert Path(kept["web/js/tree/far.js"]).name in draw


def test_a_change_far_down_changes_the_name_of_the_module_of_the_page(storage: StaticFiles) -> None:
    before = collected(storage, FILES)["web/js/page.js"]

    after = collected(storage, FILES | {"web/js/tree/far.js": "export const far = 2;\n"})["web/js/page.js"]

    assert after != before
