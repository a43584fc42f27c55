"""A data folder that is prepared once and copied for each test that runs a server."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from running import COMMAND


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepare a data folder as a first start does, names of animals and all."""
    folder = tmp_path_factory.mktemp("prepared")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BIOLOGIDEX_")}
    subprocess.run([COMMAND, "prepare"], env={**kept, "BIOLOGIDEX_DATA_DIR": str(folder)}, check=True)
    return folder


@pytest.fixture
def data_folder(prepared: Path, tmp_path: Path) -> Path:
    """Give a copy of the prepared folder."""
    return Path(shutil.copytree(prepared, tmp_path / "data"))
