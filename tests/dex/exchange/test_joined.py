"""Finds of a file that join a card there is already: nothing of them is shown to more people than the line says."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest

import make
from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry, DexTombstone
from dex.exchange.conftest import Download, Send, example, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def card(eve: User, fox: DexEntry) -> DexEntry:
    """Eve's own card of the fox, which everybody sees."""
    return make.dex_entry(
        eve, animal=fox.animal, visibility="public", license="CC0-1.0", notes="By day.", geoprivacy="open"
    )


def table(**said: str) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["scientific_name", "catch_date", *said])
    writer.writeheader()
    writer.writerow({"scientific_name": "Vulpes vulpes", "catch_date": "2024-05-17", **said})
    return text.getvalue().encode()


def changed(archive: bytes, **said: Any) -> bytes:
    """Return the archive of finds with this said of each, and None not said at all."""
    whole, written = zipfile.ZipFile(opened(archive)), opened(b"")
    listing = json.loads(whole.read("entries.json"))
    listing["entries"] = [
        {name: value for name, value in {**entry, **said}.items() if name not in said or value is not None}
        for entry in listing["entries"]
    ]
    with zipfile.ZipFile(written, "w") as copy:
        for name in whole.namelist():
            copy.writestr(name, json.dumps(listing) if name == "entries.json" else whole.read(name))
    return written.getvalue()


def test_a_line_that_says_private_makes_the_card_private_and_leaves_word(
    eve: User, card: DexEntry, send: Send
) -> None:
    run = send(eve, table(visibility="private", notes="Where I live."))

    card.refresh_from_db()
    assert (run["joined"], card.visibility, card.notes) == (1, "private", "By day.\nWhere I live.")
    assert DexTombstone.objects.get(entry_id=card.pk).audience == "public"


def test_a_line_that_says_more_people_may_see_it_widens_nothing(
    eve: User, card: DexEntry, send: Send
) -> None:
    DexEntry.objects.filter(pk=card.pk).update(visibility="private")

    send(eve, table(visibility="public"))

    card.refresh_from_db()
    assert card.visibility == "private"


def test_the_photos_of_an_archive_are_shown_to_whom_its_line_says(
    eve: User, card: DexEntry, download: Download, send: Send
) -> None:
    send(eve, changed(download("zip"), visibility="friends", license="CC-BY-NC-4.0"))

    card.refresh_from_db()
    assert (card.visibility, card.license, card.photos.count()) == ("friends", "CC-BY-NC-4.0", 2)


def test_a_line_that_does_not_say_for_whom_adds_nothing_to_what_others_see_and_the_report_says_so(
    eve: User, card: DexEntry, download: Download, send: Send, rows: Any
) -> None:
    before = DexEntry.objects.values().get(pk=card.pk)

    run = send(eve, changed(download("zip"), visibility=None))

    (row,) = rows(run)
    assert (row["outcome"], "Others see your card" in row["message"]) == ("joined", True)
    after = DexEntry.objects.values().get(pk=card.pk)
    assert after | {"touched_at": None} == before | {"touched_at": None}
    assert card.photos.count() == 1


def test_an_observation_of_another_site_tells_nothing_on_a_public_card(
    eve: User, fox: DexEntry, send: Send
) -> None:
    card = DexEntry.objects.create(owner=eve, animal=fox.animal, visibility="public", geoprivacy="open")

    send(eve, example("inaturalist_export.csv"))

    card.refresh_from_db()
    assert (card.visibility, card.notes, card.latitude, card.place_name) == ("public", "", None, "")


def test_on_a_private_card_the_notes_of_every_line_are_kept(eve: User, fox: DexEntry, send: Send) -> None:
    card = DexEntry.objects.create(owner=eve, animal=fox.animal, visibility="private", notes="By day.")

    send(eve, example("inaturalist_export.csv"))

    card.refresh_from_db()
    assert card.notes == "By day.\nCrossed the path, looked back.\nGone."


def test_notes_without_room_are_left_out_and_the_report_says_so(
    eve: User, card: DexEntry, send: Send, rows: Any
) -> None:
    DexEntry.objects.filter(pk=card.pk).update(notes="a" * 1500)

    run = send(eve, table(visibility="public", notes="b" * 1500))

    card.refresh_from_db()
    assert card.notes == "a" * 1500
    assert "no room" in rows(run)[0]["message"]
