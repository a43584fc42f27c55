"""The suite inside an image, on the very packages that ship."""

import pytest

from ops.containers import report
from ops.containers.installation import TOP, Installation

pytestmark = [pytest.mark.ops, pytest.mark.timeout(1200)]
IMAGE = "localhost/biologidex:suite"
# What needs no browser, no other server and no photographs.
PARTS = ("core", "accounts", "dex", "social")


def test_it_passes_on_the_packages_that_ship(installation: Installation) -> None:
    engine = installation.engine
    engine.run("sh", str(TOP / "scripts/images.sh"), "suite", TARGET="test", DOCKER="podman")
    how = ("-q", "-p", "no:cacheprovider", "-n", "2", "--timeout", "60")
    words = ("python", "-m", "pytest", *how, *(f"tests/{part}" for part in PARTS))
    try:
        done = engine.run("podman", "run", "--rm", "--network", "none", IMAGE, *words, check=False)
    finally:
        engine.ask("rmi", IMAGE)

    last = done.stdout.strip().splitlines()[-1]
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    report.note("up", "The suite in the image of its own", last.strip("= "))
