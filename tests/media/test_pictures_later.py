"""A photo that is about to be identified is only looked at when it comes. Its pictures are made when needed."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

import pictures
from biologidex.accounts.models import User
from biologidex.media import services, storage
from biologidex.media.darkroom import Darkroom
from biologidex.media.errors import NoSuchPicture
from biologidex.media.framing import Framing
from biologidex.media.models import Photo
from biologidex.media.services import sweep_orphans
from biologidex.media.services.photos import stored_bytes

Files = Callable[[], list[Path]]
PORTRAIT = pictures.jpeg(exif=pictures.exif(orientation=6, tags={0x9003: "2024:05:01 23:30:00"}))
FACTS = ("format", "width", "height", "size", "sha256", "taken_local", "time_source")


def looked_at(by: User, content: bytes = PORTRAIT) -> Photo:
    return services.store_photo(by=by, upload=pictures.upload(content), pictures_later=True)


def names(files: Files) -> list[str]:
    return [path.name for path in files() if path.is_file()]


def test_it_is_kept_with_all_that_it_says_and_nothing_is_made_of_it(
    ann: User, bob: User, files: Files
) -> None:
    photo = looked_at(ann)

    assert names(files) == ["original.jpg"]
    developed = services.store_photo(by=bob, upload=pictures.upload(PORTRAIT))
    assert [getattr(photo, fact) for fact in FACTS] == [getattr(developed, fact) for fact in FACTS]
    assert (photo.width, photo.height) == (64, 96)


def test_whoever_opens_a_picture_first_has_all_of_them_made_and_they_count(
    ann: User, bob: User, files: Files
) -> None:
    photo = looked_at(ann)
    before = stored_bytes(ann)

    with services.open_picture(photo.pk, "thumb") as thumb:
        content = thumb.read()

    assert names(files) == ["card.jpg", "full.jpg", "original.jpg", "thumb.jpg"]
    developed = services.store_photo(by=bob, upload=pictures.upload(PORTRAIT))
    with services.open_picture(developed.pk, "thumb") as same:
        assert same.read() == content
    photo.refresh_from_db()
    assert (photo.pictures_size, photo.look) == (developed.pictures_size, developed.look)
    assert stored_bytes(ann) == before + photo.pictures_size


def test_they_are_made_once(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = looked_at(ann)
    services.open_picture(photo.pk, "card").close()
    monkeypatch.setattr(Darkroom, "develop", None)

    for variant in ("full", "card", "thumb"):
        services.open_picture(photo.pk, variant).close()


def test_one_that_somebody_began_to_write_and_never_ended_is_made_anew(ann: User) -> None:
    photo = looked_at(ann)
    name = storage.variant_name(photo.pk, "full")
    default_storage.save(name, ContentFile(b"\xff\xd8\xff\xe0 and no more"))

    with services.open_picture(photo.pk, "full") as full:
        content = full.read()

    with default_storage.open(name) as kept:
        assert kept.read() == content


def test_a_turned_one_gets_its_pictures_from_the_whole(ann: User) -> None:
    photo = looked_at(ann)
    turned = services.frame(by=ann, photo=photo, framing=Framing.given(rotation=90))
    with services.open_picture(turned.pk, "full") as full:
        content = full.read()
    default_storage.delete(storage.variant_name(turned.pk, "full"))

    with services.open_picture(turned.pk, "full") as again:
        assert again.read() == content


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF", "HEIF"])
def test_a_photo_of_which_only_decoding_tells_whether_it_is_whole_is_developed_at_once(
    ann: User, files: Files, form: str
) -> None:
    content = pictures.heic() if form == "HEIF" else pictures.encoded(pictures.scene(), form)

    looked_at(ann, content)

    assert {"card.jpg", "full.jpg", "thumb.jpg"} < set(names(files))


def test_the_sweep_misses_no_pictures_that_were_never_made(ann: User) -> None:
    photo = looked_at(ann)
    before = sweep_orphans().incomplete
    services.open_picture(photo.pk, "full").close()
    default_storage.delete(storage.variant_name(photo.pk, "card"))

    assert (before, sweep_orphans().incomplete) == ((), (photo.pk,))


def test_of_a_photo_that_went_nothing_is_made(ann: User) -> None:
    photo = looked_at(ann)
    photo_id = photo.pk
    services.delete_photo(by=ann, photo=photo)

    with pytest.raises(NoSuchPicture):
        services.open_picture(photo_id, "full")


def test_of_a_photo_that_goes_while_its_pictures_are_made_nothing_stays(
    ann: User, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = looked_at(ann)
    keep = storage.keep_late

    def keep_too_late(photo_id: UUID, made: dict[str, bytes]) -> None:
        Photo.objects.filter(pk=photo_id).delete()
        keep(photo_id, made)

    monkeypatch.setattr(storage, "keep_late", keep_too_late)

    services.open_picture(photo.pk, "full").close()

    assert names(files) == []
