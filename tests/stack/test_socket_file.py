"""gunicorn behind a socket file, with the configuration that ships: its other end is believed if that was said."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2 as httpx
import pytest

from running import COMMAND, environment_of

pytestmark = pytest.mark.slow
CONFIG = Path(__file__).parents[2] / "deploy" / "gunicorn.conf.py"
SITE = "https://dex.example.org"
SAID = {"Host": "dex.example.org", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
Start = Callable[[str], httpx.Client]


@pytest.fixture
def start(data_folder: Path) -> Iterator[Start]:
    """Start gunicorn with the proxies it is to believe, and give a client at the other end of its socket file."""
    with ExitStack() as running:

        def started(proxies: str) -> httpx.Client:
            # The path of a socket file may be a hundred characters long, which a test's folder exceeds.
            socket = Path(running.enter_context(tempfile.TemporaryDirectory())) / "web"
            command = [str(Path(COMMAND).parent / "gunicorn"), "-c", str(CONFIG), f"--bind=unix:{socket}"]
            environment = environment_of(
                data_folder,
                BIOLOGIDEX_SITE_URL=SITE,
                BIOLOGIDEX_TRUSTED_PROXIES=proxies,
                BIOLOGIDEX_WEB_WORKERS="1",
                BIOLOGIDEX_RATES="all=0/hour,anonymous=3/hour",
            )
            process = subprocess.Popen([*command, "biologidex.config.wsgi"], env=environment)
            running.callback(process.wait, 30)
            running.callback(process.terminate)
            end = time.monotonic() + 60
            while not socket.exists() and time.monotonic() < end:
                time.sleep(0.05)
            transport = httpx.HTTPTransport(uds=str(socket))
            return running.enter_context(
                httpx.Client(transport=transport, base_url="http://dex.example.org", timeout=30)
            )

        yield started


def test_who_was_said_to_have_sent_a_request_and_how_counts(start: Start) -> None:
    client = start("unix")

    page = client.get("/", headers=SAID)
    asked = [client.get("/api/v1/animals/", headers=SAID).status_code for _ in range(4)]
    other = client.get("/api/v1/animals/", headers={**SAID, "X-Forwarded-For": "203.0.113.10"})

    assert page.status_code == 200
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert asked == [200, 200, 200, 429]
    assert other.status_code == 200


def test_by_default_nothing_of_it_counts(start: Start) -> None:
    page = start("10.0.0.1").get("/", headers=SAID)

    assert page.status_code == 301
    assert "Strict-Transport-Security" not in page.headers
