"""A dex worth giving out, and the doors through which it goes."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry

EXAMPLES = Path(__file__).parent
Download = Callable[..., bytes]
Send = Callable[..., dict[str, Any]]


def listed(animal: Any, owner: User, **fields: Any) -> DexEntry:
    """Make a card without a photo."""
    return DexEntry.objects.create(owner=owner, animal=animal, **fields)


@pytest.fixture
def fox(ann: User) -> DexEntry:
    """A public card with everything on it, and notes that a spreadsheet would compute."""
    taxon = make.taxon(
        "Vulpes vulpes",
        common_name="Red fox",
        source="ncbi",
        source_id="9627",
        kingdom="Metazoa",
        phylum="Chordata",
        class_name="Mammalia",
        order="Carnivora",
        family="Canidae",
        genus="Vulpes",
        species="Vulpes vulpes",
    )
    return make.dex_entry(
        ann,
        animal=make.animal(taxon),
        visibility="public",
        geoprivacy="open",
        license="CC-BY-4.0",
        establishment="wild",
        catch_date=date(2024, 5, 17),
        latitude=-33.859972,
        longitude=151.211111,
        accuracy_m=12.5,
        place_source="person",
        place_name="Observatory Hill",
        notes='=SUM(1;2)\n"quoted", and\ttabbed',
        is_favorite=True,
        verbatim_identification="Vulpes vulpes",
    )


@pytest.fixture
def download(api: APIClient, ann: User) -> Download:
    """Return what Ann gets when she asks for her finds."""

    def get(kind: str, **query: str) -> bytes:
        api.force_authenticate(ann)
        answer = api.get(f"/api/v1/dex/export/{kind}/", query)
        assert answer.status_code == 200, answer.content
        return b"".join(answer.streaming_content)

    return get


@pytest.fixture
def send(api: APIClient, django_capture_on_commit_callbacks: Any) -> Send:
    """Send a file as somebody, have it read, and return what the import tells then."""

    def post(person: User, content: bytes, name: str = "finds.csv", **fields: str) -> dict[str, Any]:
        api.force_authenticate(person)
        with django_capture_on_commit_callbacks(execute=True):
            answer = api.post(
                "/api/v1/dex/import/",
                {"file": SimpleUploadedFile(name, content), **fields},
                format="multipart",
            )
        assert answer.status_code in {200, 202}, answer.content
        run: dict[str, Any] = api.get(f"/api/v1/dex/import/{answer.json()['id']}/").json()
        assert run["state"] == "done", run
        return run

    return post


@pytest.fixture
def rows(api: APIClient) -> Callable[..., list[dict[str, Any]]]:
    """Return what became of the lines of an import, as the person who sent it is told."""

    def get(run: dict[str, Any], **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = api.get(f"/api/v1/dex/import/{run['id']}/rows/", query).json()[
            "results"
        ]
        return found

    return get


def example(name: str) -> bytes:
    """Return one of the files beside this one: written for these tests, nobody's observations."""
    return (EXAMPLES / name).read_bytes()


def opened(content: bytes) -> io.BytesIO:
    """Return the bytes as a file."""
    return io.BytesIO(content)
