"""Whoever leaves takes everything along: nothing of theirs stays on the disk, whatever was under way."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from rest_framework.test import APIClient

import make
from biologidex.accounts.errors import AccountClosed
from biologidex.accounts.models import User
from biologidex.core import jobs
from biologidex.core.jobs import runner
from biologidex.dex.exchange import services as exchange
from biologidex.media import services as media
from biologidex.media import storage
from biologidex.media.framing import Framing
from biologidex.media.models import UploadSession

ME, UPLOADS, IMPORTS = "/api/v1/users/me/", "/api/v1/uploads/", "/api/v1/dex/import/"


@pytest.fixture
def anns(ann: User) -> APIClient:
    """Ann's program."""
    program = APIClient()
    program.force_authenticate(ann)
    return program


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do background work when it is enqueued: these tests never commit."""
    monkeypatch.setattr(transaction, "on_commit", lambda work, **_: work())


def leave(program: APIClient) -> None:
    assert program.delete(ME, {"password": make.PASSWORD}).status_code == 204


def kept_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def begun(program: APIClient) -> UploadSession:
    return UploadSession.objects.get(pk=program.post(UPLOADS, {"size": 1000}).json()["id"])


def test_no_file_of_theirs_stays(anns: APIClient, ann: User, media_folder: Path) -> None:
    photo = make.photo(ann)
    media.frame(by=ann, photo=photo, framing=Framing(90))
    media.open_picture(photo.pk, "dex").close()
    media.append(by=ann, session=begun(anns), offset=0, content=io.BytesIO(b"x" * 500), length=500)
    finds = SimpleUploadedFile("finds.csv", b"scientific_name,catch_date\nCanis lupus,2024-01-01\n")
    assert anns.post(IMPORTS, {"file": finds}, format="multipart").status_code == 202
    assert len(kept_in(media_folder)) > 8

    leave(anns)
    runner.run_due()

    assert not User.objects.exists()
    assert kept_in(media_folder) == []


@pytest.mark.usefixtures("at_once")
class TestMeanwhile:
    """Something was under way when the account was closed and erased."""

    @pytest.fixture(autouse=True)
    def _nothing_stays(self, db: None, media_folder: Path) -> Iterator[None]:
        yield
        assert not User.objects.exists()
        assert kept_in(media_folder) == []

    def before(self, monkeypatch: pytest.MonkeyPatch, place: Any, step: str, program: APIClient) -> None:
        """Have Ann leave just before this step."""
        carry_on = getattr(place, step)

        def leaving_first(*args: Any, **kwargs: Any) -> Any:
            monkeypatch.setattr(place, step, carry_on)
            leave(program)
            return carry_on(*args, **kwargs)

        monkeypatch.setattr(place, step, leaving_first)

    def test_a_photo_was_in_the_darkroom(
        self, anns: APIClient, ann: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.before(monkeypatch, storage, "keep", anns)

        with pytest.raises(AccountClosed):
            make.photo(ann)

    def test_a_photo_was_being_turned(
        self, anns: APIClient, ann: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        photo = make.photo(ann)
        self.before(monkeypatch, storage, "keep_variants", anns)

        with pytest.raises(AccountClosed):
            media.frame(by=ann, photo=photo, framing=Framing(90))

    def test_a_picture_was_being_made(
        self, anns: APIClient, ann: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        photo = make.photo(ann)
        self.before(monkeypatch, storage, "keep_late", anns)

        media.open_picture(photo.pk, "dex").close()

    def test_the_pictures_of_a_photo_that_was_to_be_identified_were_being_made(
        self, anns: APIClient, ann: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upload = SimpleUploadedFile("photo.jpg", make.jpeg_bytes())
        photo = media.store_photo(by=ann, upload=upload, pictures_later=True)
        self.before(monkeypatch, storage, "keep_late", anns)

        media.open_picture(photo.pk, "full").close()

    def test_a_piece_was_coming(self, anns: APIClient, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
        session = begun(anns)
        self.before(monkeypatch, storage, "keep_piece", anns)

        with pytest.raises(AccountClosed):
            media.append(by=ann, session=session, offset=0, content=io.BytesIO(b"x" * 500), length=500)

    def test_a_file_of_finds_was_coming(
        self, anns: APIClient, ann: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.before(monkeypatch, exchange.files, "keep", anns)

        with pytest.raises(AccountClosed):
            exchange.begin(by=ann, pieces=[b"scientific_name,catch_date\nCanis lupus,2024-01-01\n"])


def test_an_account_that_is_not_closed_is_not_erased(ann: User, media_folder: Path) -> None:
    make.photo(ann)

    jobs.enqueue("ops.erase_account", user_id=str(ann.pk))
    runner.run_due()

    assert User.objects.get() == ann
    assert kept_in(media_folder)


def test_an_operator_gives_somebody_all_that_is_kept_of_them(
    ann: User, media_folder: Path, tmp_path: Path
) -> None:
    make.photo(ann)
    file = tmp_path / "ann.zip"

    call_command("export_account", "ann", to=file, stdout=io.StringIO())

    assert any(name.endswith(".jpg") for name in zipfile.ZipFile(file).namelist())
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_account", "ann", to=file)


def test_an_operator_erases_somebody_who_asks(
    ann: User, bob: User, media_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.photo(ann)
    monkeypatch.setattr("builtins.input", lambda _: "bob")
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_account", "ann")

    call_command("erase_account", "ann", yes=True, stdout=io.StringIO())

    assert list(User.objects.all()) == [bob]
    assert kept_in(media_folder) == []
