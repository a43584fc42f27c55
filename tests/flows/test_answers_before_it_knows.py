"""An identification takes as long as it takes; nobody waits for it with a connection open."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import make
from client import Person
from running import Server

pytestmark = pytest.mark.slow
SECONDS = 10.0  # that the identifier looks at each photo
PHOTOS = 4  # more than there are threads to look at them


@pytest.fixture
def server(data_folder: Path, tmp_path: Path) -> Iterator[Server]:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"delay": SECONDS, "answer": {"verdict": "no_animal", "candidates": []}}))
    scripted = {"BIOLOGIDEX_VISION_PROVIDERS": "scripted", "BIOLOGIDEX_VISION_SCRIPT": str(script)}
    running = Server(data_folder, BIOLOGIDEX_JOBS_THREADS="2", **scripted)
    try:
        yield running.start()
    finally:
        running.stop()


def test_every_photo_is_taken_before_the_first_has_been_identified(server: Server) -> None:
    with Person(server.address) as ann:
        ann.sign_up()

        sent = [ann.send_photo(make.jpeg_bytes()) for _ in range(PHOTOS)]
        meanwhile = [ann.get(f"vision/jobs/{job['id']}/")["status"] for job in sent]
        first = ann.outcome(sent[0]["id"])

    assert {job["status"] for job in sent} <= {"pending", "processing"}
    assert set(meanwhile) <= {"pending", "processing"}
    assert all(job["created_at"] < first["completed_at"] for job in sent)
    assert first["status"] == "completed"
