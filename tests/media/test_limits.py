"""A file that is too large is dropped while it arrives, and the person is told."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from rest_framework.test import APIClient

import pictures
from biologidex.accounts.models import User
from biologidex.media import services
from biologidex.media.errors import PhotoTooLarge
from biologidex.media.limits import BoundedUpload
from biologidex.media.models import Photo


@pytest.fixture
def temporary(settings: Any, tmp_path: Path) -> Path:
    """The folder where uploads wait."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    settings.MAX_UPLOAD_MB = 1
    return tmp_path


def form(**files: bytes) -> WSGIRequest:
    """Return a request with a form of files, read through the bounded handler."""
    request = RequestFactory().post("/", {name: pictures.upload(content) for name, content in files.items()})
    request.upload_handlers = [
        BoundedUpload(request),
        MemoryFileUploadHandler(request),
        TemporaryFileUploadHandler(request),
    ]
    return request


def test_a_file_within_the_limit_arrives_whole(temporary: Path) -> None:
    content = pictures.jpeg() + bytes(900_000)
    request = form(image=content)

    assert request.FILES["image"].read() == content
    request.close()


def test_a_file_over_the_limit_is_dropped_and_refused(temporary: Path, ann: User) -> None:
    request = form(image=bytes(3_000_000))

    upload = request.FILES["image"]

    assert (upload.size, upload.read()) == (3_000_000, b"")
    assert list(temporary.iterdir()) == []
    with pytest.raises(PhotoTooLarge, match="1 MB"):
        services.store_photo(by=ann, upload=upload)


def test_the_files_beside_it_arrive(temporary: Path) -> None:
    request = form(first=pictures.jpeg(), second=bytes(3_000_000), third=pictures.heic())

    assert request.FILES["first"].read() == pictures.jpeg()
    assert request.FILES["third"].read() == pictures.heic()
    assert request.FILES["second"].read() == b""
    request.close()
    assert list(temporary.iterdir()) == []


def test_a_file_over_the_limit_by_one_byte_is_dropped(temporary: Path) -> None:
    assert form(image=bytes(1_000_001)).FILES["image"].read() == b""
    request = form(image=bytes(1_000_000))
    assert request.FILES["image"].size == len(request.FILES["image"].read()) == 1_000_000
    request.close()


def test_a_program_that_sends_too_much_is_told(api: APIClient, ann: User, temporary: Path) -> None:
    api.force_authenticate(ann)

    answer = api.post(
        "/api/v1/vision/jobs/", {"image": pictures.upload(bytes(3_000_000))}, format="multipart"
    )

    assert answer.status_code == 413
    assert answer.json() == {
        "image": ["This file is larger than 1 MB. Please send a smaller one."],
        "code": "photo_too_large",
    }
    assert list(temporary.iterdir()) == []
    assert not Photo.objects.exists()
