"""A running server with an identifier that plays a script, and the system's Chromium to open its pages with."""

import json
import shutil
from collections.abc import Iterator
from ctypes.util import find_library
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from running import Server
from visitor import DESKTOP, Identifier, Visit, Visitor

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=20_000)  # milliseconds: much is tested at the same time


def _candidate(name: str, rank: str, english: str, probability: float) -> dict[str, Any]:
    return {"scientific_name": name, "rank": rank, "common_name": english, "probability": probability}


# Sure of the family, not of the species; slow enough that its progress can be watched.
ANSWER = {
    "delay": 0.8,
    "answer": {
        "verdict": "animal",
        "animal_probability": 0.98,
        "taxon": _candidate("Canidae", "family", "dog family", 0.97) | {"ncbi_taxid": 9608},
        "candidates": [
            _candidate("Canis latrans", "species", "coyote", 0.24) | {"ncbi_taxid": 9614},
            _candidate("Canis lupus", "species", "gray wolf", 0.08) | {"ncbi_taxid": 9612},
            _candidate("Cuon alpinus", "species", "dhole", 0.004) | {"ncbi_taxid": 68732},
        ],
    },
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell the browser's tests by a marker."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of the script that the server's identifier plays."""
    file = tmp_path_factory.mktemp("script") / "script.json"
    file.write_text(json.dumps(ANSWER))
    return file


@pytest.fixture
def identifier(script: Path) -> Iterator[Identifier]:
    """Hold what identifies back, and let it answer: so a test sees what is shown in between, however slow all is."""
    held = Identifier(script)
    yield held
    held.answers()


@pytest.fixture(scope="module")
def settings_of_its_own() -> dict[str, str]:
    """Give the variables that a file's server has besides; a file that needs some says so."""
    return {}


@pytest.fixture(scope="module")
def server(
    prepared: Path,
    tmp_path_factory: pytest.TempPathFactory,
    chromium: Browser,
    script: Path,
    settings_of_its_own: dict[str, str],
) -> Iterator[Server]:
    """Run a server for all these tests."""
    folder = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("browser") / "data"))
    scripted = {"BIOLOGIDEX_VISION_PROVIDERS": "scripted", "BIOLOGIDEX_VISION_SCRIPT": str(script)}
    server = Server(folder, **scripted, **settings_of_its_own)
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="module")
def address(server: Server) -> str:
    """Give its address."""
    return server.address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start the system's browser; its own one is never fetched.

    For one file only: as long as it runs, its loop makes Django refuse the database to other tests.
    """
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None or find_library("atomic") is None:  # Playwright's driver needs the second
        pytest.skip("Chromium is not installed. As root: apt install chromium libatomic1")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Visit]:
    """Open a browser of one's own: `visit()`, `visit(viewport=PHONE)`, `visit(java_script_enabled=False)`."""
    contexts: list[BrowserContext] = []

    def opened(**options: Any) -> Visitor:
        context = chromium.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Visitor(context, address)

    yield opened
    for context in contexts:
        context.close()
