"""What was given out can be had again, in an empty account, exactly."""

import json
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.django import TestCase

import make
from biologidex.accounts.models import User
from biologidex.dex.exchange import services
from biologidex.dex.exchange.cells import COMPUTED, harmless, restored
from biologidex.dex.models import DexEntry
from biologidex.media import services as media
from biologidex.media.framing import Crop, Framing
from dex.exchange.conftest import Download, Send, opened

pytestmark = pytest.mark.django_db
# All of a card but whose it is and when it came to this server.
SAME = [
    field.attname
    for field in DexEntry._meta.concrete_fields
    if field.attname not in {"id", "owner_id", "filed_at", "updated_at", "touched_at"}
]


def _said(owner: User) -> list[dict[str, Any]]:
    return list(DexEntry.objects.filter(owner=owner).order_by("animal__creation_index").values(*SAME))


def _sent(owner: User, kind: str) -> bytes:
    return b"".join(services.export(by=owner, kind=kind).chunks)


def test_an_archive_restores_cards_with_their_photos(
    fox: DexEntry, ann: User, eve: User, download: Download, send: Send
) -> None:
    make.dex_entry(ann, visibility="friends", notes="plain", created_at=datetime(2025, 1, 2, 3, tzinfo=UTC))
    second = make.photo(ann)
    fox.photos.create(photo=second)
    archive = download("zip")

    run = send(eve, archive, "mine.zip")

    assert (run["kind"], run["imported"], run["total"]) == ("biologidex-zip", 2, 2)
    assert _said(eve) == _said(ann)
    had, has = (
        [
            [(shown.photo.sha256, shown.added_at) for shown in card.photos.all()]
            for card in DexEntry.objects.filter(owner=owner).order_by("animal__creation_index")
        ]
        for owner in (ann, eve)
    )
    assert has == had


def test_a_place_that_somebody_added_to_a_photo_comes_back_with_it(
    fox: DexEntry, ann: User, eve: User, download: Download, send: Send
) -> None:
    photo = fox.photos.get().photo
    photo.latitude, photo.longitude, photo.accuracy_m, photo.place_source = 1.5, 2.5, 30.0, "device"
    photo.save()

    send(eve, download("zip"))

    again = DexEntry.objects.get(owner=eve).photos.get().photo
    assert (again.latitude, again.longitude, again.accuracy_m, again.place_source) == (
        1.5,
        2.5,
        30.0,
        "device",
    )


def test_a_photo_that_was_cropped_by_hand_comes_back_cropped(
    fox: DexEntry, ann: User, eve: User, download: Download, send: Send
) -> None:
    framing = Framing(rotation=90, crop=Crop(0.1, 0.2, 0.5, 0.5))
    fox.photos.create(photo=media.frame(by=ann, photo=fox.photos.get().photo, framing=framing))
    archive = download("zip")

    send(eve, archive)

    whole, part = [shown.photo for shown in DexEntry.objects.get(owner=eve).photos.all()]
    assert (part.parent, part.framing) == (whole, str(framing))
    assert len([name for name in zipfile.ZipFile(opened(archive)).namelist() if "photos/" in name]) == 1


@pytest.mark.parametrize("kind", ["csv", "json", "zip"])
def test_ones_own_finds_sent_to_oneself_change_nothing(
    fox: DexEntry, ann: User, download: Download, send: Send, kind: str
) -> None:
    before = DexEntry.objects.filter(owner=ann).values().get()

    run = send(ann, download(kind))

    assert (run["known"], run["total"]) == (1, 1)
    assert DexEntry.objects.filter(owner=ann).values().get() == before


def test_an_archive_that_comes_twice_adds_nothing(
    fox: DexEntry, eve: User, download: Download, send: Send
) -> None:
    archive = download("zip")

    first, second = send(eve, archive), send(eve, archive)

    assert (first["imported"], second["known"]) == (1, 1)
    assert DexEntry.objects.get(owner=eve).photos.count() == 1


def test_a_photo_that_is_damaged_or_missing_leaves_the_card_whole(
    fox: DexEntry, ann: User, eve: User, download: Download, send: Send, rows: Any
) -> None:
    whole = zipfile.ZipFile(opened(download("zip")))
    entries = json.loads(whole.read("entries.json"))
    entries["entries"][0]["photos"].append({"file": "../../etc/passwd", "sha256": "0" * 64})
    damaged = opened(b"")
    with zipfile.ZipFile(damaged, "w") as archive:
        archive.writestr("entries.json", json.dumps(entries))
        archive.writestr(entries["entries"][0]["photos"][0]["file"], b"\xff\xd8\xff changed")

    run = send(eve, damaged.getvalue())

    (row,) = rows(run)
    assert row["outcome"] == "imported"
    assert row["message"].count("missing, too large or damaged") == 2
    assert DexEntry.objects.get(owner=eve).photos.count() == 0


# Text as a database keeps it: no NUL, no halves of characters.
TEXT = some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)
MOMENT = some.integers(10**9, 17 * 10**8).map(lambda seconds: datetime.fromtimestamp(seconds + 0.25, UTC))
SPREADSHEET = some.text(some.sampled_from("=+-@'\t\r\n \";,a1\uff1d\u2028\x85\x1c"), max_size=12)


@given(TEXT | SPREADSHEET)
def test_a_cell_is_harmless_and_comes_back_as_it_was(text: str) -> None:
    cell = harmless(text)

    assert restored(cell) == text
    assert not COMPUTED.match(cell) or cell.startswith("'")


class EveryField(TestCase):
    """Whatever a card may say, it says after the journey."""

    @given(
        kind=some.sampled_from(["csv", "json"]),
        said=some.fixed_dictionaries(
            {
                "notes": TEXT | SPREADSHEET,
                "place_name": TEXT | SPREADSHEET,
                "verbatim_identification": TEXT | SPREADSHEET,
                "visibility": some.sampled_from(DexEntry.Visibility.values),
                "geoprivacy": some.sampled_from(DexEntry.Geoprivacy.values),
                "establishment": some.sampled_from(["", *DexEntry.Establishment.values]),
                "license": some.sampled_from(["", *DexEntry.License.values]),
                "is_favorite": some.booleans(),
                "catch_date": some.none() | some.dates(date(1826, 1, 1), date(2026, 1, 1)),
                "created_at": MOMENT,
                "identified_at": MOMENT,
            }
        ),
        place=some.none()
        | some.tuples(
            some.floats(-90, 90),
            some.floats(-180, 180),
            some.none() | some.floats(0, 1e7),
            some.sampled_from(DexEntry.PlaceSource.values),
        ),
    )
    def test_comes_back(self, kind: str, said: dict[str, Any], place: Any) -> None:
        if place:
            said |= dict(zip(("latitude", "longitude", "accuracy_m", "place_source"), place, strict=True))
        ann, eve = make.user("ann"), make.user("eve")
        DexEntry.objects.create(owner=ann, animal=make.animal(make.taxon("Vulpes vulpes")), **said)

        run, _ = services.begin(by=eve, pieces=[_sent(ann, kind)], at_hand=True)
        services.carry_out(run_id=run.pk)

        assert _said(eve) == _said(ann), list(run.rows.values())
