"""scripts/audit.sh gives all that the image carries to its tools. These only note what they are given."""

import os
import re
import subprocess
from pathlib import Path

TOP = Path(__file__).parents[2]
DOCKERFILE = (TOP / "Dockerfile").read_text(encoding="utf-8")


def given(folder: Path, tool: str, *words: str) -> tuple[str, str]:
    """Return the words that a tool is called with, and the packages that it is given."""
    (folder / tool).write_text(
        f'#!/bin/sh\necho "$*" > {folder}/words\n'
        f'for word; do case $word in /*) [ -e "$word" ] && cp "$word" {folder}/packages ;; esac; done\n'
    )
    (folder / tool).chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    subprocess.run(["sh", TOP / "scripts/audit.sh", *words], env={"PATH": path}, check=False)
    return (folder / "words").read_text(), (folder / "packages").read_text()


def test_the_list_has_every_package_of_the_image_once_with_its_hashes(tmp_path: Path) -> None:
    words, packages = given(tmp_path, "cyclonedx-py", "--list", "sbom.json")

    image = DOCKERFILE.partition(" AS build\n")[2].partition("\nFROM ")[0]
    files = set(re.findall(r"-r (requirements/\w+\.txt)", image))
    shipped = {name for file in files for name in re.findall(r"(?m)^[\w.-]+==\S+", (TOP / file).read_text())}
    listed = re.findall(r"(?m)^[\w.-]+==\S+", packages)
    assert len(files) == 4
    assert sorted(listed) == sorted(shipped)
    assert len(re.findall(r"(?m)^\S+==.*\\\n +--hash=sha256:", packages)) == len(listed)
    assert words.endswith("-o sbom.json\n")


def test_an_advisory_database_is_asked_strictly(tmp_path: Path) -> None:
    words, packages = given(tmp_path, "pip-audit")

    assert {"--strict", "--require-hashes"} <= set(words.split())
    assert "django==" in packages
