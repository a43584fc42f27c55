"""The archive that is made to be published: readable by others, and telling no more than anybody may know."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from dwca.darwincore.terms import TERMS
from dwca.darwincore.utils import qualname as term
from dwca.read import DwCAReader
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.dex.models import DexEntry
from biologidex.media.models import Photo
from dex.exchange.conftest import Download, opened

pytestmark = pytest.mark.django_db
PURL = "http://purl.org/dc/terms/"
# Where the planted find was: none of these digits may be anywhere in an archive that hides the place.
LATITUDE, LONGITUDE, ACCURACY, VILLAGE = 46.123456, 8.654321, 7.25, "Hinterunterbach"
DUBLIN_CORE = {
    PURL + name
    for name in (
        *("accessRights", "created", "creator", "format", "identifier", "license", "modified"),
        *("publisher", "references", "rightsHolder", "type"),
    )
}
# Ratified in 2020 and 2021, after the reader's list was written.
NEWER = {
    f"http://rs.tdwg.org/dwc/terms/{name}" for name in ("degreeOfEstablishment", "verbatimIdentification")
}
MULTIMEDIA = "http://rs.gbif.org/terms/1.0/Multimedia"


@contextmanager
def _reader(content: bytes, folder: Path) -> Iterator[DwCAReader]:
    file = folder / "archive.zip"
    file.write_bytes(content)
    with DwCAReader(str(file)) as reader:
        yield reader


def _rows(content: bytes, folder: Path) -> list[dict[str, str]]:
    with _reader(content, folder) as reader:
        return [dict(row.data) for row in reader]


def test_others_read_the_archive_and_know_every_term(
    fox: DexEntry, download: Download, tmp_path: Path
) -> None:
    with _reader(download("dwca"), tmp_path) as reader:
        core, (extension,) = reader.descriptor.core, reader.descriptor.extensions

        assert core.type == term("Occurrence")
        assert extension.type == MULTIMEDIA
        assert core.terms | extension.terms <= set(TERMS) | DUBLIN_CORE | NEWER
        assert len(core.headers) == len(set(core.headers)) == len(core.terms) + 1


def test_a_find_is_told_in_the_words_of_museums(
    fox: DexEntry, ann: User, download: Download, tmp_path: Path
) -> None:
    ann.profile.display_name = "Ann Example"
    ann.profile.save()

    (row,) = _rows(download("dwca"), tmp_path)

    told = {name.rpartition("/")[2]: value for name, value in row.items() if value}
    assert told.pop("modified") == f"{fox.updated_at:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert told.pop("dateIdentified") == f"{fox.identified_at:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert told == {
        "occurrenceID": f"urn:uuid:{fox.pk}",
        "basisOfRecord": "HumanObservation",
        "occurrenceStatus": "present",
        "datasetName": "Animals found by Ann Example",
        "catalogNumber": str(fox.animal.creation_index),
        "references": f"http://localhost:8000/api/v1/dex/entries/{fox.pk}/",
        "license": "http://creativecommons.org/licenses/by/4.0/legalcode",
        "rightsHolder": "Ann Example",
        "recordedBy": "Ann Example",
        "occurrenceRemarks": '=SUM(1;2) "quoted", and tabbed',
        "eventDate": "2024-05-17",
        "verbatimLocality": "Observatory Hill",
        "decimalLatitude": "-33.859972",
        "decimalLongitude": "151.211111",
        "coordinateUncertaintyInMeters": "13",
        "geodeticDatum": "EPSG:4326",
        "identifiedBy": "Ann Example",
        "identificationVerificationStatus": "confirmed by the observer",
        "verbatimIdentification": "Vulpes vulpes",
        "taxonID": "https://www.ncbi.nlm.nih.gov/taxonomy/9627",
        "scientificName": "Vulpes vulpes",
        "taxonRank": "species",
        "vernacularName": "Red fox",
        "nameAccordingTo": "NCBI Taxonomy",
        "nomenclaturalCode": "ICZN",
        "kingdom": "Animalia",
        "phylum": "Chordata",
        "class": "Mammalia",
        "order": "Carnivora",
        "family": "Canidae",
        "genus": "Vulpes",
    }


@pytest.mark.parametrize(
    "hidden",
    [
        {"geoprivacy": "obscured"},
        {"geoprivacy": "private"},
        {"visibility": "private"},
        {"visibility": "friends", "geoprivacy": "obscured"},
        {"sensitive": True},
    ],
)
def test_a_place_that_is_not_to_be_told_is_nowhere_in_the_archive(
    ann: User, download: Download, hidden: dict[str, Any]
) -> None:
    animal = make.animal()
    Animal.objects.filter(pk=animal.pk).update(is_sensitive=hidden.pop("sensitive", False))
    entry = make.dex_entry(
        ann,
        animal=animal,
        license="CC0-1.0",
        place_source="device",
        latitude=LATITUDE,
        longitude=LONGITUDE,
        accuracy_m=ACCURACY,
        place_name=VILLAGE,
        **{"visibility": "public", "geoprivacy": "open"} | hidden,
    )
    Photo.objects.filter(shown_on__entry=entry).update(
        latitude=LATITUDE, longitude=LONGITUDE, accuracy_m=ACCURACY, place_source="device"
    )

    archive = zipfile.ZipFile(opened(download("dwca", licensed_only="false")))

    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert str(entry.pk) in everything
    without_times = re.sub(r"T\d\d:\d\d:\d\d\.\d+", "", everything)  # seconds may hold any digits
    for secret in ("46.12", "8.65", "46,12", "7.25", VILLAGE):
        assert secret not in without_times


def test_a_generalised_place_says_so_and_covers_the_truth(
    ann: User, download: Download, tmp_path: Path
) -> None:
    where = {"latitude": LATITUDE, "longitude": LONGITUDE, "place_source": "person", "place_name": VILLAGE}
    make.dex_entry(ann, visibility="public", geoprivacy="obscured", license="CC0-1.0", **where)

    (row,) = _rows(download("dwca"), tmp_path)

    assert (row[term("decimalLatitude")], row[term("decimalLongitude")]) == ("46.1", "8.7")
    assert int(row[term("coordinateUncertaintyInMeters")]) > 13_000
    assert "0.2 by 0.2 degrees" in row[term("dataGeneralizations")]
    assert row[term("informationWithheld")] == "The exact place is withheld at the observer's wish."
    assert row[term("verbatimLocality")] == ""


def test_the_time_of_day_goes_with_an_exact_place_only(ann: User, download: Download, tmp_path: Path) -> None:
    where = {"latitude": LATITUDE, "longitude": LONGITUDE, "place_source": "photo", "license": "CC0-1.0"}
    for geoprivacy in ("open", "obscured"):
        entry = make.dex_entry(
            ann, visibility="public", geoprivacy=geoprivacy, catch_date=date(2026, 5, 1), **where
        )
        photo = entry.photos.get().photo
        photo.taken_local, photo.utc_offset_minutes = "2026-05-01T09:30:00", -150
        photo.taken_at = datetime(2026, 5, 1, 12, tzinfo=UTC)
        photo.save()

    assert [row[term("eventTime")] for row in _rows(download("dwca"), tmp_path)] == ["09:30:00-02:30", ""]


LICENSES = ["", "CC0-1.0", "CC-BY-4.0", "CC-BY-NC-4.0", "CC-BY-SA-4.0", "CC-BY-ND-4.0", "CC-BY-NC-SA-4.0"]


def test_only_what_may_be_passed_on_is_in_it_unless_all_is_asked_for(
    ann: User, download: Download, tmp_path: Path
) -> None:
    for license_ in LICENSES:
        make.dex_entry(ann, visibility="public", license=license_)
    make.dex_entry(ann, visibility="private", license="CC0-1.0")
    licensed, everything = download("dwca"), download("dwca", licensed_only="false")

    addresses = [row[f"{PURL}license"] for row in _rows(licensed, tmp_path)]

    assert [address.split("/")[4] for address in addresses] == ["zero", "by", "by-nc"]
    rows = _rows(everything, tmp_path)
    assert len(rows) == len(LICENSES) + 1
    assert [row[f"{PURL}accessRights"] for row in rows][:2] == ["All rights reserved.", ""]
    about = zipfile.ZipFile(opened(licensed)).read("eml.xml").decode()
    assert "licenses/by-nc/4.0" in about
    assert "No one licence" in zipfile.ZipFile(opened(everything)).read("eml.xml").decode()


@pytest.mark.parametrize("visibility", ["public", "friends"])
def test_pictures_and_notes_are_in_it_only_where_anybody_sees_them(
    ann: User, download: Download, tmp_path: Path, api: APIClient, visibility: str
) -> None:
    entry = make.dex_entry(ann, visibility=visibility, license="CC-BY-4.0", notes="under the bridge")

    with _reader(download("dwca"), tmp_path) as reader:
        (row,) = list(reader)
        pictures = [extension.data for extension in row.extensions]

    is_public = visibility == "public"
    assert len(pictures) == int(is_public)
    assert (row.data[term("occurrenceRemarks")] == "under the bridge") is is_public
    assert ("Notes and photos are not public." in row.data[term("informationWithheld")]) is not is_public
    if is_public:
        assert row.extensions[0].core_id == row.id == f"urn:uuid:{entry.pk}"
        assert pictures[0][f"{PURL}type"] == "StillImage"


def test_the_address_of_a_picture_works_for_anybody_until_the_card_is_hidden(
    fox: DexEntry, download: Download, tmp_path: Path, api: APIClient
) -> None:
    with _reader(download("dwca"), tmp_path) as reader:
        (shown,) = next(iter(reader)).extensions
    address = shown.data[f"{PURL}identifier"].removeprefix("http://localhost:8000")
    api.force_authenticate(None)

    seen = api.get(address, follow=True)
    picture = b"".join(seen.streaming_content)
    DexEntry.objects.filter(pk=fox.pk).update(visibility="friends")

    assert (seen.status_code, seen["Content-Type"]) == (200, "image/jpeg")
    assert picture.startswith(b"\xff\xd8")
    assert api.get(address).status_code == 404


def test_the_program_that_suggested_the_animal_is_named_with_how_sure_it_was(
    ann: User, download: Download, tmp_path: Path
) -> None:
    wolf, fox = make.taxon("Canis lupus"), make.taxon("Vulpes vulpes")
    for name in (wolf, fox):
        entry = make.dex_entry(ann, animal=make.animal(name), license="CC0-1.0")
        shown = entry.photos.get()
        shown.job = make.job(ann, candidates=[wolf], photo=shown.photo, engine_version="local 3 (lite2)")
        shown.save()

    agreed, corrected = (row[term("identificationRemarks")] for row in _rows(download("dwca"), tmp_path))

    assert agreed == "Suggested by local 3 (lite2) with probability 0.60, confirmed by the observer."
    assert corrected == (
        "Named by the observer; local 3 (lite2) had suggested Canis lupus with probability 0.60."
    )


def test_the_description_is_whole_and_knows_no_address_of_the_person(
    fox: DexEntry, ann: User, download: Download
) -> None:
    ann.profile.display_name = 'Ann <& "Co">'
    ann.profile.save()
    archive = zipfile.ZipFile(opened(download("dwca")))

    about = archive.read("eml.xml").decode()

    root = ET.fromstring(about)
    dataset = root.find("dataset")
    assert dataset is not None
    assert root.tag == "{https://eml.ecoinformatics.org/eml-2.2.0}eml"
    # In the order in which EML 2.2 has them.
    assert [part.tag for part in dataset] == [
        *("title", "creator", "metadataProvider", "pubDate", "language", "abstract"),
        *("intellectualRights", "distribution", "contact"),
    ]
    assert dataset.findtext("creator/individualName/surName") == 'Ann <& "Co">'
    assert "example.org" not in about


def test_an_empty_dex_is_an_archive_too(ann: User, download: Download, tmp_path: Path) -> None:
    assert _rows(download("dwca"), tmp_path) == []
