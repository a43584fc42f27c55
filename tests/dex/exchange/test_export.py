"""Finds as CSV, JSON and ZIP: everything, for their owner alone."""

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.dex.exchange.outgoing import batches
from biologidex.dex.models import DexEntry
from biologidex.media import services as media
from biologidex.media import storage
from dex.exchange.conftest import Download, opened

pytestmark = pytest.mark.django_db


def _table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_table_has_a_line_for_each_card_with_the_exact_place(fox: DexEntry, download: Download) -> None:
    (line,) = _table(download("csv"))

    assert line["id"] == str(fox.pk)
    assert (line["latitude"], line["longitude"]) == ("-33.859972", "151.211111")
    assert (line["taxon"], line["family"]) == ("ncbi:9627", "Canidae")
    assert (line["is_favorite"], line["visibility"], line["license"]) == ("true", "public", "CC-BY-4.0")


def test_no_cell_of_text_is_computed_by_a_spreadsheet(fox: DexEntry, ann: User, download: Download) -> None:
    DexEntry.objects.filter(pk=fox.pk).update(place_name="@SUM(A1)", verbatim_identification=" +1")

    (line,) = _table(download("csv"))

    assert line["notes"].startswith("'=SUM(1;2)\n")
    assert line["place_name"] == "'@SUM(A1)"
    assert line["verbatim_identification"] == "' +1"


def test_a_document_says_the_same_in_its_own_types(fox: DexEntry, download: Download) -> None:
    document = json.loads(download("json"))

    (entry,) = document["entries"]
    assert (document["format"], document["version"], document["owner"]) == ("biologidex-finds", 1, "ann")
    assert (entry["latitude"], entry["is_favorite"]) == (-33.859972, True)
    assert entry["notes"] == fox.notes
    assert len(entry["photos"]) == 1


def test_an_archive_has_each_original_as_it_came_and_the_digest_of_every_file(
    fox: DexEntry, download: Download
) -> None:
    archive = zipfile.ZipFile(opened(download("zip")))

    manifest = json.loads(archive.read("manifest.json"))
    photo = fox.photos.get().photo
    with media.open_original(photo) as original:
        assert archive.read(f"photos/{photo.pk}.jpg") == original.read()
    assert archive.testzip() is None
    assert manifest["missing"] == []
    assert {name: told["sha256"] for name, told in manifest["files"].items()} == {
        name: hashlib.sha256(archive.read(name)).hexdigest()
        for name in archive.namelist()
        if name != "manifest.json"
    }


def test_a_photo_whose_file_is_gone_is_named_and_keeps_nothing_else_back(
    fox: DexEntry, ann: User, download: Download
) -> None:
    make.dex_entry(ann)
    photo = fox.photos.get().photo
    storage.remove(photo.pk)

    archive = zipfile.ZipFile(opened(download("zip")))

    assert json.loads(archive.read("manifest.json"))["missing"] == [f"photos/{photo.pk}.jpg"]
    assert sum(name.startswith("photos/") for name in archive.namelist()) == 1


def test_only_ones_own_finds_are_in_it(fox: DexEntry, eve: User, api: APIClient) -> None:
    api.force_authenticate(eve)

    answer = api.get("/api/v1/dex/export/json/")

    assert json.loads(b"".join(answer.streaming_content))["entries"] == []


def test_the_file_is_for_saving_and_for_nobody_elses_cache(fox: DexEntry, ann: User, api: APIClient) -> None:
    api.force_authenticate(ann)

    answer = api.get("/api/v1/dex/export/zip/", headers={"Accept": "text/html"})

    b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="biologidex-20')
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/zip", "private, no-store")


@pytest.mark.parametrize(
    ("path", "status"), [("dex/export/exe/", 404), ("dex/export/dwca/?licensed_only=perhaps", 400)]
)
def test_what_is_not_known_is_refused_in_words(api: APIClient, ann: User, path: str, status: int) -> None:
    api.force_authenticate(ann)

    answer = api.get(f"/api/v1/{path}")

    assert answer.status_code == status
    assert answer.json()


def test_nobody_exports_without_signing_in(api: APIClient) -> None:
    assert api.get("/api/v1/dex/export/json/").status_code == 401


@pytest.mark.parametrize("kind", ["csv", "json", "dwca", "zip"])
@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_dex(
    ann: User, download: Download, kind: str, count: int
) -> None:
    for _ in range(count):
        make.dex_entry(ann, visibility="public", license="CC0-1.0")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        download(kind)

    # On PostgreSQL what time it is, is asked of the database.
    asked = [query for query in queries if "clock_timestamp" not in query["sql"]]
    assert len(asked) == batches.QUERIES + 1  # and the line in the audit trail


def test_a_dex_of_several_batches_is_whole(
    ann: User, monkeypatch: pytest.MonkeyPatch, download: Download
) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    cards = {str(make.dex_entry(ann).pk) for _ in range(5)}

    assert {line["id"] for line in _table(download("csv"))} == cards


def test_the_command_writes_a_whole_file_or_none(fox: DexEntry, tmp_path: Path, capsys: Any) -> None:
    call_command("export", "ann", kind="json", to=tmp_path / "mine.json")

    assert len(json.loads((tmp_path / "mine.json").read_text())["entries"]) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["mine.json"]
    with pytest.raises(CommandError, match="nobody called"):
        call_command("export", "zoe", to=tmp_path / "none.zip")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export", "ann", to=tmp_path / "no" / "folder.zip")
