"""The product in one test: a photo from a phone, identified offline, confirmed, filed, found again."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from client import Person
from running import Server

pytestmark = pytest.mark.slow
PHOTOS = Path(os.environ.get("BIOLOGIDEX_TEST_PHOTOS", Path(__file__).parents[2] / "var" / "photos"))


@pytest.fixture
def server(data_folder: Path) -> Iterator[Server]:
    running = Server(data_folder).start()
    yield running
    running.stop()


def test_a_photo_is_identified_confirmed_and_filed_under_a_number(server: Server) -> None:
    with Person(server.address) as ann:
        ann.sign_up()
        sent = ann.send_photo((PHOTOS / "skimage/data/chelsea.png").read_bytes())
        job = ann.outcome(sent["id"])
        entry = ann.post(
            "dex/entries/", json={"source_vision_job": job["id"], "choice": -1, "notes": "On the sofa."}
        )
        mine = ann.get("dex/entries/my_entries/")["results"]
        animal = ann.get(f"animals/{entry['animal']}/")

    assert (job["sure"]["scientific_name"], job["sure"]["rank"]) == ("Felis catus", "species")
    assert job["detected_animals"][0]["common_name"]
    assert (entry["creation_index"], entry["notes"]) == (1, "On the sofa.")
    assert [card["id"] for card in mine] == [entry["id"]]
    assert animal["scientific_name"] == "Felis catus"
    picture = httpx.get(entry["images"][0]["card"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")


def test_what_is_no_animal_is_said_so_and_can_still_be_filed_by_name(server: Server) -> None:
    with Person(server.address) as ann:
        ann.sign_up()
        job = ann.outcome(ann.send_photo((PHOTOS / "skimage/data/coffee.png").read_bytes())["id"])
        found = ann.get("taxonomy/search/?q=house%20cricket")["results"][0]
        entry = ann.post("dex/entries/", json={"source_vision_job": job["id"], "taxon": found["id"]})

    assert (job["status"], job["verdict"], job.get("sure")) == ("completed", "no_animal", None)
    assert entry["scientific_name"] == "Acheta domesticus"
