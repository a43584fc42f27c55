"""Files that are wrong as a whole, or made to do harm: refused with the place and the reason, nothing half-done."""

import io
import json
import tracemalloc
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.core.models import Job
from biologidex.dex.exchange.incoming import sources
from biologidex.dex.models import DexEntry, ImportRun
from dex.exchange.conftest import Send, example

pytestmark = pytest.mark.django_db
HEAD = b'{"format": "biologidex-finds", "version": 1, "entries": ['
ENTRY = b'{"scientific_name": "Canis lupus"}'


def _archive(**members: bytes | str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return made.getvalue()


def _refused(api: APIClient, person: User, content: bytes, **fields: str) -> tuple[int, str]:
    api.force_authenticate(person)
    file = SimpleUploadedFile("finds.dat", content)
    answer = api.post("/api/v1/dex/import/", {"file": file, **fields}, format="multipart")
    body: dict[str, Any] = answer.json()
    return answer.status_code, " ".join(next(iter(body.values())))


BAD = {
    "empty": (b"", "empty"),
    "prose": (b"Dear reader,\nthis is no table.\n", "not known here"),
    "picture": (make.jpeg_bytes(), "UTF-8"),
    "other table": (b"a,b,c\n1,2,3\n", "not known here"),
    "latin-1": (b"scientific_name,catch_date\nCanis lupus,\nK\xfchl,\n", "UTF-8"),
    "lost quote": (b'scientific_name,catch_date\nCanis lupus,"2024\n', "Line 2"),
    "stray quote": (b'scientific_name,catch_date\nCanis lupus,\n"a"b,\n', "Line 3"),
    "huge cell": (b"scientific_name,catch_date\n" + b"x" * 200_000 + b",\n", "Line 2"),
    "other JSON": (b'{"entries": [1, 2]}', "not an export of BiologiDex"),
    "JSON list": (b"[" * 2000, "not an export of BiologiDex"),
    "later version": (b'{"format": "biologidex-finds", "version": 2, "entries": []}', "version 2"),
    "JSON cut short": (HEAD + b"\n" + ENTRY + b',\n{"scientific_name": "Ca', "line 3"),
    "JSON without end": (HEAD + ENTRY, "ends in the middle"),
    "JSON not valid": (HEAD + b"\n" + ENTRY + b',\n  {"scientific_name": Canis}]}', "line 3, column 23"),
    "JSON infinity": (HEAD + b'{"latitude": 1e400}]}', "infinity when parsed as double): line 1"),
    "JSON stray text": (HEAD + b'"Canis lupus"]}', "An entry should begin here: line 1, column 58"),
    "JSON deep": (HEAD + b"{" + b'"a":[' * 5000 + b"]" * 5000 + b"}]}", "line 1"),
    "JSON long": (HEAD + b'{"notes": "' + b"x" * 300_000 + b'"}]}', "longer than 200000"),
    "JSON quotes": (
        HEAD + b'{"notes": "' + b'\\"' * 90_000,
        "A text begins here and never ends: line 1, column 68",
    ),
    "JSON long quotes": (HEAD + b'{"notes": "' + b'\\"' * 300_000, "longer than 200000"),
    "JSON number": (HEAD + b'{"latitude": ' + b"1" * 100_000 + b"}]}", "not valid JSON"),
    "JSON far on": (
        HEAD + (ENTRY + b",\n") * 20_000 + b"  ?]}",
        "An entry should begin here: line 20001, column 3",
    ),
    "JSON brackets": (HEAD + (b'{"a": [' + b"[]," * 60_000 + b"1]},") * 20, "more than 1000000 lists"),
    "CSV without end": (
        b"scientific_name,catch_date\n" + b"," * 300_000,
        "Line 2 begins a row that is longer",
    ),
    "CSV of blanks": (b"scientific_name,catch_date\n" + b"\n" * 1_000_001, "comes after 1000000 lines"),
    "ZIP damaged": (b"PK\x03\x04" + b"\0" * 100, "damaged"),
    "ZIP of others": (_archive(readme__txt="Hello"), "neither an export"),
    "ZIP of two": (_archive(a__csv="a", b__csv="b"), "one single CSV"),
    "ZIP bomb": (_archive(entries__json=b"0" * 120_000_000), "far more than it is"),
    "small ZIP bomb": (_archive(entries__json=b"0" * 11_000_000), "far more than it is"),
    "ZIP of nothings": (_archive(**{f"{number}": b"" for number in range(2000)}), "far more than it is"),
    "ZIP, wrong sum": (
        _archive(entries__json=HEAD + ENTRY + b"]}").replace(b"PK\x01\x02", b"PK\x01\x02")[:-30],
        "damaged",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_is_refused_with_the_place(
    api: APIClient, ann: User, media_folder: Any, name: str
) -> None:
    content, sentence = BAD[name]

    status, told = _refused(api, ann, content)

    assert (status, sentence in told) == (400, True), told
    assert not ImportRun.objects.exists()
    assert not Job.objects.exists()
    assert not DexEntry.objects.exists()
    assert [file for file in media_folder.rglob("*") if file.is_file()] == []


def test_a_long_list_takes_no_more_memory_than_a_short_one(api: APIClient, ann: User) -> None:
    widest = "\U0001f98a".encode()  # makes Python keep four bytes for each sign of a text
    content = _archive(
        entries__json=HEAD + b'{"notes": "' + widest + b'"},' + b"," * 9_900_000 + ENTRY + b"]}"
    )
    assert len(content) < 20_000

    tracemalloc.start()
    status, _ = _refused(api, ann, content)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert status == 202
    assert most < 5_000_000


def test_a_list_whose_checksum_is_wrong_is_refused(api: APIClient, ann: User) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("entries.json", HEAD + ENTRY + b"]}")
    damaged = made.getvalue().replace(b"Canis lupus", b"Canis lupuz")

    assert _refused(api, ann, damaged) == (
        400,
        "This ZIP archive is damaged. Please make or fetch it again.",
    )


def test_a_file_beyond_the_limit_is_refused_as_too_large(api: APIClient, ann: User, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 1

    status, told = _refused(api, ann, b"scientific_name,catch_date\n" + b"Canis lupus,\n" * 100_000)

    assert (status, told) == (413, "This file is larger than 1 MB.")


def test_a_list_of_too_many_finds_is_refused(
    api: APIClient, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MOST_ROWS", 2)

    status, told = _refused(api, ann, b"scientific_name,catch_date\n" + b"Canis lupus,\n" * 3)

    assert (status, "more than 2 finds" in told) == (413, True)


def test_a_file_of_another_kind_than_said_is_refused(api: APIClient, ann: User) -> None:
    assert _refused(api, ann, example("ebird_life_list.csv"), kind="inaturalist") == (
        400,
        "This file is of the kind ebird, not inaturalist.",
    )
    assert _refused(api, ann, example("ebird_life_list.csv"), kind="excel")[0] == 400


def test_nothing_of_a_path_in_an_archive_reaches_the_disk(ann: User, send: Send, tmp_path: Any) -> None:
    make.taxon("Canis lupus")
    entry = {"scientific_name": "Canis lupus", "photos": [{"file": "../../evil.jpg", "sha256": "0" * 64}]}
    members = {"../../evil.jpg": b"\xff\xd8\xff", "/etc/evil": b"x"}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("entries.json", HEAD + json.dumps(entry).encode() + b"]}")
        for name, content in members.items():
            archive.writestr(name, content)

    run = send(ann, made.getvalue())

    assert run["imported"] == 1
    assert DexEntry.objects.get().photos.count() == 0


ODD = [
    {"photos": 5},
    {"photos": [5]},
    {"photos": [{"file": 1, "sha256": 2}]},
    {"notes": 12},
    {"notes": {"a": 1}},
    {"latitude": True, "longitude": 1},
    {"latitude": [1], "longitude": 1},
    {"is_favorite": "perhaps"},
    {"visibility": "everybody"},
    {"geoprivacy": "none"},
    {"license": "GPL"},
    {"place_source": "rumour", "latitude": 1, "longitude": 1},
    {"created_at": "2999-01-01T00:00:00Z"},
    {"created_at": "yesterday"},
    {"identified_at": "0001-01-01T00:00:00+14:00"},
    {"catch_date": 20240101},
    {"notes": "x" * 5000},
    {"scientific_name": "a\x00b"},
    {"taxon": "ncbi:\x00"},
    {"visibility": "\x00"},
    {"\x00": "", "photos": [{"file": "\x00", "sha256": 1}]},
]


@pytest.mark.parametrize("said", ODD, ids=str)
def test_an_odd_entry_is_refused_alone(ann: User, send: Send, rows: Any, said: dict[str, Any]) -> None:
    make.taxon("Canis lupus")
    entry = json.dumps({"scientific_name": "Canis lupus", **said})

    run = send(ann, HEAD + entry.encode() + b",\n" + ENTRY + b"]}")

    assert (run["imported"], run["refused"]) == (1, 1), rows(run)
    assert rows(run, outcome="refused")[0]["message"]


def test_odd_signs_in_headings_and_names_of_files_end_up_as_words(ann: User, send: Send, rows: Any) -> None:
    make.taxon("Canis lupus")
    entry = {"scientific_name": "Canis lupus", "photos": [{"file": "a\0b", "sha256": "c"}]}
    table = "scientific_name,catch_date,not\0ice\nCanis lupus,tomorrow,x\n"

    photo = rows(send(ann, _archive(entries__json=HEAD + json.dumps(entry).encode() + b"]}")))
    heading = rows(send(ann, table.encode()))

    assert (photo[0]["outcome"], "missing" in photo[0]["message"]) == ("imported", True)
    assert (heading[0]["outcome"], heading[0]["column"]) == ("refused", "catch_date")


def test_an_archive_with_one_table_of_another_site_is_read_as_that(ann: User, send: Send) -> None:
    make.taxon("Anas platyrhynchos", common_name="Mallard")

    run = send(ann, _archive(MyEBirdData__csv=example("ebird_all_data.csv")), "ebird.zip")

    assert (run["kind"], run["imported"], run["joined"]) == ("ebird", 1, 1)
