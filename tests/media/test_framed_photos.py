"""A framed photo is a photo of its own: made once, from the original, and never in the way of the others."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import RestrictedError
from django.utils import timezone

import make
import pictures
from biologidex.accounts.models import User
from biologidex.core.errors import Forbidden
from biologidex.media import services, storage
from biologidex.media.errors import NoSuchPicture
from biologidex.media.framing import AS_IT_IS, Crop, Framing
from biologidex.media.models import Photo

Files = Callable[[], list[Path]]
SIDEWAYS = Framing(90)
PART = Framing(None, Crop(0, 0, 0.5, 0.5))


def stored(by: User, content: bytes | None = None) -> Photo:
    return services.store_photo(by=by, upload=pictures.upload(content or pictures.jpeg()))


def test_it_has_pictures_of_its_own_and_the_facts_of_the_whole(ann: User) -> None:
    gps = pictures.place(52.5162, 13.3777)
    content = pictures.jpeg(exif=pictures.exif(tags={0x9003: "2024:05:01 23:30:00"}, gps=gps))
    whole = stored(ann, content)

    framed = services.frame(by=ann, photo=whole, framing=SIDEWAYS)

    framed.refresh_from_db()
    assert (framed.parent, framed.framing, framed.owner) == (whole, "rotation=90", ann)
    assert (framed.width, framed.height, framed.format) == (64, 96, "JPEG")
    for fact in ("sha256", "taken_local", "latitude", "longitude", "place_source", "time_source"):
        assert getattr(framed, fact) == getattr(whole, fact)
    with services.open_variant(framed, "card") as one, services.open_variant(whole, "card") as other:
        assert one.read() != other.read()
    with services.open_original(framed) as original:
        assert original.read() == content


def test_asking_twice_changes_nothing(ann: User) -> None:
    framed = services.frame(by=ann, photo=stored(ann), framing=SIDEWAYS)

    assert services.frame(by=ann, photo=framed, framing=SIDEWAYS) == framed
    assert Photo.objects.count() == 2


def test_another_framing_replaces_the_first_and_none_leads_back(ann: User) -> None:
    whole = stored(ann)
    framed = services.frame(by=ann, photo=whole, framing=SIDEWAYS)

    part = services.frame(by=ann, photo=framed, framing=PART)

    assert (part.parent, part.framing) == (whole, str(PART))
    assert services.frame(by=ann, photo=part, framing=AS_IT_IS) == whole


def test_nobody_frames_the_photo_of_another(ann: User, eve: User) -> None:
    with pytest.raises(Forbidden):
        services.frame(by=eve, photo=stored(ann), framing=SIDEWAYS)


def test_the_same_photo_again_is_the_whole_and_not_a_part_of_it(ann: User) -> None:
    whole = stored(ann)
    services.frame(by=ann, photo=whole, framing=PART)

    assert stored(ann) == whole


def test_the_checksum_tells_pictures_apart(ann: User) -> None:
    whole = stored(ann)
    photos = [whole, *(services.frame(by=ann, photo=whole, framing=one) for one in (SIDEWAYS, PART))]

    checksums = [services.picture_checksum(photo.pk) for photo in photos]

    assert len(set(checksums)) == 3
    assert checksums[0] == services.picture_checksum(stored(ann).pk)


def test_the_checksum_does_not_tell_which_original_it_is(ann: User, bob: User) -> None:
    """Whoever has a file must not learn that somebody's card shows it."""
    assert services.picture_checksum(stored(ann).pk) != services.picture_checksum(stored(bob).pk)


def test_the_whole_stays_as_long_as_a_part_does(ann: User, files: Files) -> None:
    whole = stored(ann)
    framed = services.frame(by=ann, photo=whole, framing=PART)

    with pytest.raises(RestrictedError), transaction.atomic():
        services.delete_photo(by=ann, photo=whole)
    services.delete_photo(by=ann, photo=framed)

    assert list(Photo.objects.all()) == [whole]
    with services.open_variant(whole, "full") as kept:
        assert kept.read()


def test_a_person_who_goes_takes_wholes_and_parts_along(ann: User) -> None:
    services.frame(by=ann, photo=stored(ann), framing=PART)

    ann.delete()

    assert not Photo.objects.exists()


def test_the_sweep_misses_no_original_of_a_part(ann: User) -> None:
    framed = services.frame(by=ann, photo=stored(ann), framing=PART)

    assert services.sweep_orphans() == services.Sweep((), ())
    storage.default_storage.delete(storage.variant_name(framed.pk, "full"))
    assert services.sweep_orphans().incomplete == (framed.pk,)


def test_a_photo_that_goes_at_that_moment_leaves_no_part_behind(
    ann: User, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = stored(ann)
    before = files()
    room = services.darkroom()

    class Meanwhile:
        def develop(self, *args: Any, **kwargs: Any) -> Any:
            Photo.objects.create(
                owner=ann, parent=whole, framing="rotation=90", sha256=whole.sha256, format="JPEG", width=1,
                height=1, size=1,
            )  # fmt: skip
            return room.develop(*args, **kwargs)

    monkeypatch.setattr("biologidex.media.services.framed.darkroom", Meanwhile)
    twin = services.frame(by=ann, photo=whole, framing=SIDEWAYS)

    assert twin.width == 1  # the one that was first
    assert [path for path in files() if path.is_file()] == [path for path in before if path.is_file()]


# --- unused ones go -------------------------------------------------------------------------------


def aged(*photos: Photo, hours: float = 25) -> None:
    Photo.objects.filter(pk__in=[photo.pk for photo in photos]).update(
        came_at=timezone.now() - timedelta(hours=hours)
    )


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks: Any) -> Any:
    return django_capture_on_commit_callbacks


def test_what_nobody_uses_for_a_day_goes_with_its_files(ann: User, files: Files, after_commit: Any) -> None:
    whole = stored(ann)
    framed = services.frame(by=ann, photo=whole, framing=PART)
    services.open_variant(framed, "dex").close()
    aged(whole, framed)

    with after_commit(execute=True):
        assert services.sweep_unused() == (framed.pk, whole.pk)

    assert not Photo.objects.exists()
    assert [path for path in files() if path.is_file()] == []


def test_within_the_day_it_stays(ann: User) -> None:
    aged(stored(ann), hours=23)

    assert services.sweep_unused() == ()


def test_a_photo_that_comes_again_stays_for_another_day(ann: User) -> None:
    whole = stored(ann)
    framed = services.frame(by=ann, photo=whole, framing=PART)
    aged(whole, framed)

    services.frame(by=ann, photo=stored(ann), framing=PART)

    assert services.sweep_unused() == ()


def test_no_card_ever_loses_its_picture(ann: User, files: Files, after_commit: Any) -> None:
    """The earlier server's clean-up did that: conversion and card shared one file."""
    entry = make.dex_entry(ann)
    shown = entry.photos.get().photo
    framed = services.frame(by=ann, photo=stored(ann), framing=PART)
    entry.photos.create(photo=framed)
    unused = services.frame(by=ann, photo=framed, framing=SIDEWAYS)
    for photo in (shown, framed, unused):
        services.open_variant(photo, "dex").close()
    aged(*Photo.objects.all(), hours=9999)

    with after_commit(execute=True):
        assert services.sweep_unused() == (unused.pk,)

    for photo in (shown, framed):
        for variant in ("full", "card", "thumb", "dex"):
            services.open_variant(photo, variant).close()
        services.open_original(photo).close()
    with pytest.raises(NoSuchPicture):
        services.open_variant(unused, "card")


def test_no_identification_loses_its_photo(ann: User) -> None:
    job = make.job(ann)
    aged(job.photo, hours=9999)

    assert services.sweep_unused() == ()


def test_a_photo_put_to_use_between_the_look_and_the_removal_stays(
    ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = stored(ann)
    aged(photo)
    select = Photo.objects.select_for_update

    def just_now(*args: Any, **kwargs: Any) -> Any:
        make.job(ann, photo=photo)
        return select(*args, **kwargs)

    monkeypatch.setattr(Photo.objects, "select_for_update", just_now)

    assert services.sweep_unused() == ()
    assert Photo.objects.get() == photo
