"""The product's own work, done by a worker: a photo sent to one process is identified in another."""

import os
from pathlib import Path

import pytest

from client import Person
from stack import redis_servers
from stack.workplace import Workplace

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(redis_servers.program() is None, reason="apt install redis-tools"),
]
PHOTOS = Path(os.environ.get("BIOLOGIDEX_TEST_PHOTOS", Path(__file__).parents[2] / "var" / "photos"))


def test_a_photo_is_identified_by_a_worker_for_people_only(data_folder: Path, tmp_path: Path) -> None:
    with (
        redis_servers.broker() as broker,
        redis_servers.cache() as cache,
    ):
        place = Workplace(data_folder, f"sqlite:///{data_folder / 'biologidex.sqlite3'}", broker, cache)
        try:
            address = place.web()
            place.worker("--lane", "interactive", "--concurrency", "1")
            with Person(address) as ann:
                ann.sign_up()
                sent = ann.send_photo((PHOTOS / "skimage/data/chelsea.png").read_bytes())
                job = ann.outcome(sent["id"])
        finally:
            place.close()

    assert job["sure"]["scientific_name"] == "Felis catus"
