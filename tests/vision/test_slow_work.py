"""What takes long holds no connection of the pool: neither reading a photo, nor keeping it, nor identifying it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import Storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.media.darkroom import Darkroom
from biologidex.vision import services

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_transaction_is_open_meanwhile(
    api: APIClient, ann: User, script: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pool gives a connection away for as long as a transaction lasts, and takes it back with its end."""
    seen: dict[str, bool] = {}

    def watch(owner: Any, name: str) -> None:
        work: Callable[..., Any] = getattr(owner, name)

        def watched(*given: Any, **named: Any) -> Any:
            seen[name] = seen.get(name, False) or connection.in_atomic_block
            return work(*given, **named)

        monkeypatch.setattr(owner, name, watched)

    watch(Darkroom, "_asked")
    watch(Storage, "save")
    watch(services.providers()[0], "identify")
    script["answer"] = {"candidates": [make.candidate("Canis lupus", 0.9)]}
    api.force_authenticate(ann)

    photo = SimpleUploadedFile("image.jpg", make.jpeg_bytes(), "image/jpeg")
    sent = api.post("/api/v1/vision/jobs/", {"image": photo}, format="multipart")

    assert api.get(f"/api/v1/vision/jobs/{sent.json()['id']}/").json()["status"] == "completed"
    assert seen == {"_asked": False, "save": False, "identify": False}
