"""What the embedded server does with what no application ever sees, or sees too much of."""

import http.client
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
from PIL import Image

import pictures
from client import Person
from running import Server

pytestmark = pytest.mark.slow
PEOPLE = 20


@pytest.fixture
def server(data_folder: Path) -> Iterator[Server]:
    running = Server(
        data_folder, BIOLOGIDEX_VISION_PROVIDERS="scripted", BIOLOGIDEX_MAX_UPLOAD_MB="1"
    ).start()
    yield running
    running.stop()


def test_a_connection_goes_on_after_head(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for path in ("/", "/api/v1/animals/", "/nothing/", "/health/"):
        connection.request("HEAD", path)
        assert connection.getresponse().read() == b""
    connection.request("GET", "/health/")

    assert json.loads(connection.getresponse().read()) == {"status": "ok"}
    connection.close()


def test_what_is_far_too_large_is_refused_with_a_sentence(server: Server) -> None:
    program = httpx.post(f"{server.address}/api/v1/vision/jobs/", content=bytes(5 * 1024 * 1024))
    page = httpx.post(f"{server.address}/capture/", content=bytes(5 * 1024 * 1024))

    assert (program.status_code, page.status_code) == (413, 413)
    assert "Please send a smaller file." in program.json()["detail"]
    assert page.text.endswith("Please send a smaller file.")


def test_others_are_answered_while_many_photos_wait(server: Server) -> None:
    slow = pictures.encoded(Image.new("RGBA", (7_000, 7_000)), "PNG")
    with Person(server.address) as ann:
        ann.sign_up()
        statuses: list[int] = []

        def send(number: int) -> None:
            own = slow + os.urandom(8) + bytes([number])  # another photo to the server, the same to look at
            statuses.append(ann.try_photo(own))

        threads = [threading.Thread(target=send, args=(number,)) for number in range(PEOPLE)]
        for thread in threads:
            thread.start()
        answered = 0
        while any(thread.is_alive() for thread in threads):
            answered += httpx.get(f"{server.address}/api/v1/animals/").status_code == 200
            time.sleep(0.05)

    # One who had to wait behind the photos would have been answered once or twice before they were done.
    assert answered > PEOPLE / 2
    assert set(statuses) <= {201, 503}
    assert 201 in statuses
