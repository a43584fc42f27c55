"""A place that is not to be told is in nothing that anybody else is sent: not as a number, not as a name.

Ann's garden is planted on four finds: one whose place is obscured, one whose place is private, and two whose place
is open but whose animal is sensitive or, as the operator's list says, near threatened; each photo carries it in its
EXIF, too. Then others ask for everything there is.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import get_resolver
from PIL import Image

import make
import pictures
from api.operations import operations
from api.world import World, plant
from biologidex.dex import services as dex
from biologidex.dex.models import DexEntry
from biologidex.media import services as media

pytestmark = pytest.mark.django_db

NAME = "Hollerbusch hinterm Gartentor"
PLACE = {"latitude": 48.2741639, "longitude": 11.4618357, "accuracy_m": 7.25}
PLANTED = {**PLACE, "place_name": NAME}
# The cell is told as 48.3 and 11.5; a digit more would be one too many.
# Behind two digits and a colon it would be the seconds of a time.
TOLD = re.compile(rb"(?<![0-9a-f])(?<!\d\d:)(48[.,]27|11[.,]46)|Hollerbusch|Gartentor", re.IGNORECASE)
PICTURE = re.compile(rb"/photos/[\w.-]+\.(?:jpg|png)")
CASES: dict[str, dict[str, Any]] = {
    "obscured": {"geoprivacy": "obscured"},
    "private": {"geoprivacy": "private"},
    "sensitive": {"geoprivacy": "open"},
    "near threatened": {"geoprivacy": "open"},
}
OTHERS = ("friend", "stranger", "blocked", "staff", "anonymous")
QUERY = {"animal": "{id}", "user_id": "{user_id}", "q": "rarobella"}  # what some addresses cannot do without
MORE = ("mode=global", "mode=friends", "owner={user_id}", "animal={id}", "licensed_only=false")
ANSWERS = {200, 204, 286, 302, 400, 401, 403, 404, 405}
UNWELL = {503}  # with a single connection, which the test holds, health cannot be asked


def jpeg(case: str) -> bytes:
    """Return a photo of the garden, another for each case."""
    gps = pictures.place(PLACE["latitude"], PLACE["longitude"], error=PLACE["accuracy_m"])
    return pictures.jpeg(exif=pictures.exif(gps=gps), comment=f"{NAME}, {case}".encode())


@pytest.fixture(params=["private", "friends", "public"])
def world(request: Any, tmp_path: Path) -> World:
    """Ann's world, and her garden in it four times. She has told the place herself, too, through the API."""
    made = plant(visibility=request.param)
    for case, fields in CASES.items():
        photo = media.store_photo(by=made.ann, upload=pictures.upload(jpeg(case)))
        assert (photo.latitude, photo.place_source) == (pytest.approx(PLACE["latitude"]), "photo")
        animal = make.animal(make.taxon(f"Animal {case.replace(' ', '')}"))
        entry = DexEntry.objects.create(
            owner=made.ann, animal=animal, visibility=request.param, license="CC0-1.0", **fields
        )
        job = make.job(made.ann, photo=photo, candidates=[animal.taxon])
        shown = entry.photos.create(photo=photo, job=job)
        told = made.api("owner").patch(f"/api/v1/dex/entries/{entry.pk}/", PLANTED)
        assert told.status_code == 200
        made.finds[case] = {
            "id": animal.pk, "entry_id": entry.pk, "photo_id": photo.pk, "job_id": job.pk, "shown_id": shown.pk,
        }  # fmt: skip
    statuses = tmp_path / "statuses.csv"
    statuses.write_text("scientificName,redlistCategory\nAnimal nearthreatened,Near Threatened\n")
    call_command("conservation", statuses, source="a list", stdout=io.StringIO())
    call_command("sensitive", "add", "Animal", "sensitive", reason="collectors", stdout=io.StringIO())
    return made


def addresses(world: World, description: Any) -> list[str]:
    """Return every address that can be asked for: of the API, with its parameters, and of the pages."""
    asked = []
    for operation in operations(description):
        if operation.method != "get":
            continue
        known = {one["name"]: one for one in operation.said.get("parameters", []) if one["in"] == "query"}
        needed = "&".join(f"{name}={QUERY[name]}" for name, one in known.items() if one.get("required"))
        more = [one for one in MORE if one.split("=")[0] in known]
        asked += [f"{operation.path}?{needed}&{one}" for one in ("", *more)]
    asked += [f"/api/v1/dex/export/{kind}/" for kind in ("csv", "zip", "dwca")]
    pages = [str(pattern.pattern) for pattern in get_resolver("biologidex.web.urls").url_patterns]
    asked += ["/" + re.sub(r"<\w+:(\w+)>", r"{\1}", page) for page in pages if "<str:" not in page]
    filled = [world.fill(address, **find) for find in world.finds.values() for address in asked]
    return list(dict.fromkeys(filled))


def contents(body: bytes) -> Iterator[bytes]:
    """Return what is in an answer: the answer itself, or the files in an archive."""
    if body.startswith(b"PK\x03\x04"):
        archive = zipfile.ZipFile(io.BytesIO(body))
        for name in archive.namelist():
            yield from contents(archive.read(name))
    else:
        yield body


def leaks(body: bytes) -> bool:
    """Return whether an answer tells the place. A picture may tell nothing at all beside its pixels."""
    return any(
        bool(Image.open(io.BytesIO(content)).getexif()) or b"Exif" in content or NAME.encode() in content
        if content.startswith((b"\xff\xd8", b"\x89PNG"))
        else bool(TOLD.search(content))
        for content in contents(body)
    )


def asked(world: World, viewer: str, address: str) -> bytes:
    """Ask as a program below /api/, as a browser elsewhere. Returns the whole answer."""
    client = world.api(viewer) if address.startswith("/api/") else world.browser(viewer)
    answer = client.get(address)
    allowed = ANSWERS | UNWELL if re.search("/(health|ready)/", address) else ANSWERS
    assert answer.status_code in allowed, f"{address} answers {answer.status_code}"
    head = repr(sorted(answer.items())).encode()
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content) or head


@pytest.mark.parametrize("viewer", OTHERS)
def test_nobody_else_is_told_the_place(
    world: World, viewer: str, description: Any, caplog: pytest.LogCaptureFixture
) -> None:
    told = {address: asked(world, viewer, address) for address in addresses(world, description)}
    shown = {found.decode() for body in told.values() for found in PICTURE.findall(body)}
    told |= {address: asked(world, "anonymous", address) for address in shown}
    batch = {"sync_requests": [{"user_id": str(world.ann.pk), "last_sync": ""}]}
    told["batch_sync"] = world.api(viewer).post("/api/v1/dex/entries/batch_sync/", batch).content

    assert [address for address, body in told.items() if leaks(body)] == []
    assert not TOLD.search(caplog.text.encode())


def test_whoever_has_a_link_is_told_no_more_than_the_cell(world: World) -> None:
    for find in world.finds.values():
        entry = DexEntry.objects.get(pk=find["entry_id"])
        _, token = dex.share(by=world.ann, entry=entry, tells_place=True, tells_notes=True)
        for address in (
            f"/shared/{token}/",
            *(f"/shared/{token}/1-{size}.jpg" for size in ("full", "thumb")),
        ):
            assert not leaks(asked(world, "anonymous", address)), address


def test_ann_herself_is_told(world: World) -> None:
    for case, find in world.finds.items():
        told = world.api("owner").get(world.fill("/api/v1/dex/entries/{entry_id}/", **find)).json()
        assert {name: told[name] for name in PLANTED} == PLANTED, case
        assert leaks(asked(world, "owner", world.fill("/dex/{entry_id}/", **find)))
        assert leaks(asked(world, "owner", world.fill("/api/v1/photos/{photo_id}/original/", **find)))
    for address in ("dex/entries/my_entries/", "dex/export/csv/", "dex/export/zip/", "users/me/export/"):
        assert leaks(asked(world, "owner", f"/api/v1/{address}")), address


def test_others_who_may_see_a_find_are_told_no_more_than_the_cell(world: World) -> None:
    entries = world.api("friend").get(f"/api/v1/dex/entries/?owner={world.ann.pk}").json()["results"]
    told = {entry["id"]: entry.get("latitude") for entry in entries}
    cells = {str(find["entry_id"]): None if case == "private" else 48.3 for case, find in world.finds.items()}

    assert told.items() <= {str(world.entry.pk): None, **cells}.items()
    assert bool(told) is (world.entry.visibility != "private")


@pytest.mark.parametrize(
    "text", ["48.27", "at 48.2742, 11", '{"latitude":48.274}', "48,27;11", "HOLLERBUSCH", "x=11.4618"]
)
def test_the_search_for_the_place_finds_it(text: str) -> None:
    assert leaks(text.encode())
    assert leaks(jpeg("found"))


@pytest.mark.parametrize("text", ["48.3", "11.5", "2024-01-01T10:11:48.274100Z", "a48.27", "48"])
def test_the_search_for_the_place_finds_nothing_else(text: str) -> None:
    assert not leaks(text.encode())
    assert not leaks(pictures.jpeg())
