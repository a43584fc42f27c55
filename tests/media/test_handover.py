"""Files that nginx sends for us: we say which, and only that."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import pictures
from biologidex.accounts.models import User
from biologidex.media import services

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed(settings: Any) -> None:
    """Let nginx be there."""
    settings.HANDOVER_PATH = "/protected/"


def original(user: User, photo: Any) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(f"/api/v1/photos/{photo.pk}/original/")


@pytest.mark.usefixtures("handed")
def test_a_file_is_named_and_not_sent(ann: User, media_folder: Path) -> None:
    photo = services.store_photo(by=ann, upload=pictures.upload(pictures.jpeg()))

    answer = original(ann, photo)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["X-Accel-Redirect"] == f"/protected/{photo.original.name}"
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.usefixtures("handed")
def test_whoever_may_not_see_it_is_told_no_name(ann: User, eve: User, media_folder: Path) -> None:
    answer = original(eve, services.store_photo(by=ann, upload=pictures.upload(pictures.jpeg())))

    assert answer.status_code == 404
    assert "X-Accel-Redirect" not in answer


def test_without_nginx_the_file_is_sent(ann: User, media_folder: Path) -> None:
    answer = original(ann, services.store_photo(by=ann, upload=pictures.upload(pictures.jpeg())))

    assert "X-Accel-Redirect" not in answer
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
