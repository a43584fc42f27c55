"""A server that is killed in the middle of its work loses nothing and does nothing twice."""

import json
import os
import random
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import make
from client import Person
from running import Server

pytestmark = pytest.mark.slow
KILLS = int(
    os.environ.get("KILLS", "3")
)  # `KILLS=20 make test ARGS=tests/flows/test_killed_server.py` for a drill
ANSWER_TAKES = 0.4  # seconds: long enough to be hit


@pytest.fixture
def server(data_folder: Path) -> Iterator[Server]:
    script = data_folder / "script.json"
    candidates = [
        {"scientific_name": "Canis lupus", "rank": "species", "common_name": "", "probability": 0.9}
    ]
    script.write_text(json.dumps({"delay": ANSWER_TAKES, "answer": {"candidates": candidates}}))
    running = Server(
        data_folder, BIOLOGIDEX_VISION_PROVIDERS="scripted", BIOLOGIDEX_VISION_SCRIPT=str(script)
    ).start()
    yield running
    running.stop()


def test_every_photo_that_was_taken_in_is_identified_exactly_once(server: Server) -> None:
    dice = random.Random(KILLS)
    sent: list[str] = []

    with Person(server.address) as ann:
        ann.sign_up()
        for _ in range(KILLS):
            sent += [ann.send_photo(make.jpeg_bytes())["id"] for _ in range(3)]
            threading.Event().wait(dice.uniform(0.0, 2.5 * ANSWER_TAKES))
            server.kill()
            server.start()
        assert {ann.outcome(job)["status"] for job in sent} == {"completed"}

    with sqlite3.connect(server.folder / "biologidex.sqlite3") as database:
        identified = database.execute("SELECT count(*) FROM vision_analysisjob").fetchone()
        work = database.execute(
            "SELECT count(*), count(DISTINCT arguments), min(state), max(state) FROM core_job"
            " WHERE name = 'vision.identify_photo'"
        )
        assert identified == (3 * KILLS,)
        assert work.fetchone() == (3 * KILLS, 3 * KILLS, "done", "done")
    database.close()


def test_a_second_server_on_the_same_folder_is_refused_in_words(server: Server) -> None:
    second = Server(server.folder)

    with pytest.raises(RuntimeError, match="Another server is running on"):
        second.start()
