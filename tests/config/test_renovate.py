"""renovate.json looks at every file that pins something."""

import json
import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
ASKED = json.loads((TOP / "renovate.json").read_text(encoding="utf-8"))
PINS = {
    "pip_requirements": {str(file.relative_to(TOP)) for file in TOP.glob("requirements/*.txt")},
    "dockerfile": {"Dockerfile", "deploy/images/Dockerfile", "deploy/images/Dockerfile.backup"},
    "docker-compose": {"deploy/compose.production.yaml"},
}
FILES = [
    str(file.relative_to(TOP))
    for pattern in ("*", "requirements/*", "deploy/**/*")
    for file in TOP.glob(pattern)
    if file.is_file()
]


@pytest.mark.parametrize("manager", PINS)
def test_every_file_that_pins_something_is_looked_at_and_no_other(manager: str) -> None:
    patterns = [re.compile(pattern.strip("/")) for pattern in ASKED[manager]["managerFilePatterns"]]

    found = {name for name in FILES if any(pattern.search(name) for pattern in patterns)}

    assert found == PINS[manager]
