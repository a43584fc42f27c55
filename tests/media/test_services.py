"""Photos are kept once, whole or not at all, and nobody else's."""

import hashlib
import os
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, connections, transaction

import make
import pictures
from biologidex.accounts.models import User
from biologidex.core.errors import Forbidden
from biologidex.media import services, storage
from biologidex.media.errors import ImpossiblePlace, NoSuchPicture, PhotoEmpty, PhotoTooLarge
from biologidex.media.models import Photo
from biologidex.media.places import Place
from media.sending import loses_the_connection_after_a_commit

Files = Callable[[], list[Path]]
FILES = ["card.jpg", "full.jpg", "original.jpg", "thumb.jpg"]


def store(by: User, content: bytes | None = None, **options: Any) -> Photo:
    return services.store_photo(by=by, upload=pictures.upload(content or pictures.jpeg()), **options)


def names(files: Files) -> list[str]:
    return [path.name for path in files() if path.is_file()]


def test_a_photo_is_kept_as_it_came_with_what_it_says(ann: User, files: Files) -> None:
    gps = pictures.place(52.5162, 13.3777, error=8.0)
    tags = {0x9003: "2024:05:01 23:30:00", 0x9011: "-07:00"}
    content = pictures.heic(exif=pictures.exif(orientation=6, tags=tags, gps=gps))

    photo = store(ann, content)

    photo.refresh_from_db()
    assert photo.original.read() == content
    photo.original.close()
    assert (photo.format, photo.width, photo.height, photo.size) == ("HEIF", 64, 96, len(content))
    assert photo.sha256 == hashlib.sha256(content).hexdigest()
    assert (photo.taken_on, photo.taken_at_local) == (
        date(2024, 5, 1),
        datetime.fromisoformat("2024-05-01T23:30"),
    )
    assert (photo.taken_at, photo.utc_offset_minutes) == (datetime(2024, 5, 2, 6, 30, tzinfo=UTC), -420)
    assert (photo.time_source, photo.place_source, photo.accuracy_m) == ("photo", "photo", 8.0)
    assert (round(photo.latitude, 4), round(photo.longitude, 4)) == (52.5162, 13.3777)


def test_what_a_photo_does_not_say_stays_blank(ann: User) -> None:
    photo = store(ann)

    assert (photo.taken_local, photo.taken_on, photo.taken_at_local, photo.taken_at) == ("", None, None, None)
    assert (photo.time_source, photo.place_source, photo.latitude, photo.longitude) == ("", "", None, None)


def test_files_lie_where_nobody_can_guess_and_only_the_server_reads(
    ann: User, files: Files, media_root: Path
) -> None:
    photo = store(ann)

    assert names(files) == FILES
    assert photo.original.name == f"photos/{photo.pk.hex[:2]}/{photo.pk}/original.jpg"
    modes = {oct(path.stat().st_mode & 0o777) for path in files() if path.is_file()}
    assert modes == {"0o640"}
    assert {oct(path.stat().st_mode & 0o777) for path in files() if path.is_dir()} == {"0o750"}


# --- the same photo again -----------------------------------------------------------------------


def test_the_same_photo_again_is_the_same_photo(ann: User, files: Files) -> None:
    first = store(ann)

    assert store(ann) == first
    assert Photo.objects.count() == 1
    assert names(files) == FILES


def test_two_people_may_have_the_same_photo(ann: User, bob: User) -> None:
    assert store(ann) != store(bob)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_same_photo_from_two_phones_at_once_is_one_photo(files: Files) -> None:
    ann = make.user("ann")
    content, kept, start = pictures.jpeg(400, 300), [], threading.Barrier(4)

    def send() -> None:
        start.wait()
        try:
            kept.append(store(ann, content).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(kept) == 4
    assert set(kept) == {Photo.objects.get().pk}
    assert names(files) == FILES


# --- places that come with a photo --------------------------------------------------------------

BERLIN = Place(52.5162, 13.3777, 12.0, "device")
LISBON = Place(38.7, -9.1, None, "person")
TOLD = pictures.exif(gps=pictures.place(48.8584, 2.2945))


def test_the_place_of_the_device_counts_where_the_photo_says_none(ann: User) -> None:
    photo = store(ann, place=BERLIN)

    assert (photo.latitude, photo.longitude, photo.accuracy_m, photo.place_source) == (
        52.5162,
        13.3777,
        12.0,
        "device",
    )


def test_the_place_in_the_photo_counts_more_than_that_of_the_device(ann: User) -> None:
    photo = store(ann, pictures.jpeg(exif=TOLD), place=BERLIN)

    assert (round(photo.latitude, 4), photo.place_source) == (48.8584, "photo")


def test_what_the_person_says_counts_most(ann: User) -> None:
    photo = store(ann, pictures.jpeg(exif=TOLD), place=LISBON)

    assert (photo.latitude, photo.accuracy_m, photo.place_source) == (38.7, None, "person")


def test_a_photo_without_a_place_learns_it_when_it_comes_again(ann: User) -> None:
    first = store(ann)

    assert store(ann, place=BERLIN).place_source == "device"
    assert store(ann, place=LISBON).place_source == "person"
    assert store(ann, place=BERLIN).place_source == "person"
    first.refresh_from_db()
    assert (first.latitude, first.place_source) == (38.7, "person")


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (Place(90.1, 0.0), "latitude"),
        (Place(float("nan"), 0.0), "latitude"),
        (Place(0.0, -180.5), "longitude"),
        (Place(0.0, float("inf")), "longitude"),
        (Place(1.0, 1.0, -1.0), "accuracy_m"),
    ],
)
def test_a_place_that_is_nowhere_is_refused(ann: User, files: Files, place: Place, field: str) -> None:
    with pytest.raises(ImpossiblePlace) as refusal:
        store(ann, place=place)

    assert refusal.value.field == field
    assert files() == []


# --- nothing is left behind ---------------------------------------------------------------------


def nothing_is_left(files: Files) -> bool:
    return not Photo.objects.exists() and names(files) == []


def test_a_file_over_the_limit_is_refused_while_it_is_read(ann: User, files: Files, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 1
    upload = pictures.upload(pictures.jpeg() + bytes(1_000_001))
    upload.size = 10  # what a form says of itself is not believed

    with pytest.raises(PhotoTooLarge, match="larger than 1 MB") as refusal:
        services.store_photo(by=ann, upload=upload)

    assert (refusal.value.field, nothing_is_left(files)) == ("image", True)


def test_a_file_at_the_limit_is_taken(ann: User, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 1
    content = pictures.jpeg()

    assert store(ann, content + bytes(1_000_000 - len(content))).size == 1_000_000


def test_a_file_without_bytes_is_refused(ann: User, files: Files) -> None:
    with pytest.raises(PhotoEmpty, match="empty"):
        services.store_photo(by=ann, upload=pictures.upload(b""))

    assert nothing_is_left(files)


def test_a_full_disk_leaves_neither_row_nor_file(
    ann: User, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, calls = default_storage.save, []

    def until_full(name: str, content: Any) -> str:
        calls.append(name)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        return save(name, content)

    monkeypatch.setattr(default_storage, "save", until_full)

    with pytest.raises(OSError, match="No space"):
        store(ann)

    assert nothing_is_left(files)


def test_a_database_that_says_no_leaves_no_file(
    ann: User, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the database is gone")

    monkeypatch.setattr(Photo, "save", no)

    with pytest.raises(RuntimeError):
        store(ann)

    assert nothing_is_left(files)


@pytest.mark.django_db(transaction=True)
def test_a_photo_whose_commit_nobody_answered_for_is_whole_when_it_comes_again(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = make.user("ann")
    with monkeypatch.context() as patched:
        loses_the_connection_after_a_commit(patched)
        with pytest.raises(OperationalError):
            store(ann)
    connection.close()

    photo = store(ann)

    assert Photo.objects.get() == photo
    assert names(files) == FILES


# --- pictures out, photos away ------------------------------------------------------------------


def test_every_variant_opens_and_only_those(ann: User) -> None:
    photo = store(ann)

    for variant in ("full", "card", "thumb"):
        with services.open_variant(photo, variant) as picture:
            assert picture.read(3) == b"\xff\xd8\xff"
    with pytest.raises(NoSuchPicture):
        services.open_variant(photo, "original")


def test_a_deleted_photo_is_gone_with_its_files(
    ann: User, files: Files, django_capture_on_commit_callbacks: Any
) -> None:
    photo = store(ann)

    with django_capture_on_commit_callbacks(execute=True):
        services.delete_photo(by=ann, photo=photo)

    assert nothing_is_left(files)


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_is_taken_back_keeps_the_files(files: Files) -> None:
    ann = make.user("ann")
    photo = store(ann)

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.delete_photo(by=ann, photo=photo)
        raise ZeroDivisionError

    assert Photo.objects.count() == 1
    assert names(files) == FILES


def test_nobody_deletes_the_photo_of_another(ann: User, eve: User) -> None:
    photo = store(ann)

    with pytest.raises(Forbidden):
        services.delete_photo(by=eve, photo=photo)

    assert Photo.objects.get() == photo


def test_photos_are_visible_to_their_owner_alone(ann: User, bob: User) -> None:
    photo = store(ann)

    assert list(Photo.objects.visible_to(ann)) == [photo]
    assert list(Photo.objects.visible_to(bob)) == []
    assert list(Photo.objects.visible_to(make.nobody())) == []


# --- the sweep ------------------------------------------------------------------------------------


def aged(files: Files, hours: int = 2) -> None:
    """Let the files look as if they had been written some hours ago."""
    then = (datetime.now(UTC) - timedelta(hours=hours)).timestamp()
    for path in files():
        os.utime(path, (then, then))


def test_the_sweep_removes_what_no_row_names(ann: User, bob: User, files: Files) -> None:
    kept, orphan = store(ann), store(bob)
    Photo.objects.filter(pk=orphan.pk).delete()
    aged(files)

    swept = services.sweep_orphans()

    assert (swept.removed, swept.incomplete) == ((orphan.pk,), ())
    assert names(files) == FILES
    assert kept.original.storage.exists(kept.original.name)


def test_the_sweep_removes_empty_folders(db: None, media_root: Path, files: Files) -> None:
    photo_id = uuid4()
    (media_root / storage.folder_of(photo_id)).mkdir(parents=True)
    assert services.sweep_orphans().removed == ()
    aged(files)

    assert services.sweep_orphans().removed == (photo_id,)
    assert not (media_root / storage.folder_of(photo_id)).exists()


def test_the_sweep_leaves_uploads_in_progress_alone(ann: User, files: Files) -> None:
    Photo.objects.filter(pk=store(ann).pk).delete()

    assert services.sweep_orphans().removed == ()
    assert names(files) == FILES


def test_the_sweep_reports_photos_that_lack_files(
    ann: User, files: Files, caplog: pytest.LogCaptureFixture
) -> None:
    photo = store(ann)
    default_storage.delete(storage.variant_name(photo.pk, "card"))

    assert services.sweep_orphans().incomplete == (photo.pk,)
    assert str(photo.pk) in caplog.text


def test_the_sweep_passes_over_what_is_not_ours(ann: User, media_root: Path) -> None:
    (media_root / "photos" / "ab" / "holiday").mkdir(parents=True)

    assert services.sweep_orphans() == services.Sweep((), ())
    assert (media_root / "photos" / "ab" / "holiday").is_dir()


def test_an_empty_server_has_nothing_to_sweep(db: None) -> None:
    assert services.sweep_orphans() == services.Sweep((), ())
