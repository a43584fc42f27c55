"""The existing client's way: send a photo, see it as PNG, then have it identified."""

import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import Client
from PIL import Image, ImageChops, ImageStat
from rest_framework.test import APIClient

import make
import pictures
from biologidex.accounts.models import User
from biologidex.media import services, storage
from biologidex.media.models import Photo

CONVERT = "/api/v1/images/convert/"
BOUNDARY = "GodotBiologiDexBoundary"
SECRETS = pictures.exif(
    orientation=6, tags={0x9003: "2024:05:01 23:30:00"}, gps=pictures.place(52.5162, 13.3777)
)


@pytest.fixture
def anns(api: APIClient, ann: User) -> APIClient:
    api.force_authenticate(ann)
    return api


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def convert(api: APIClient, content: bytes, **transformations: Any) -> Any:
    """Send it byte for byte as the existing client does, empty line before the first boundary and all."""
    parts = [
        f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="image.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n".encode()
        + content
    ]
    if transformations:
        parts.append(
            f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="transformations"\r\n\r\n'
            f"{json.dumps(transformations)}".encode()
        )
    parts.append(f"\r\n--{BOUNDARY}--\r\n".encode())
    return api.post(CONVERT, data=b"".join(parts), content_type=f"multipart/form-data; boundary={BOUNDARY}")


def png_of(api: APIClient, conversion: Any) -> Image.Image:
    answer = api.get(f"{CONVERT}{conversion.json()['id']}/download/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    image = Image.open(io.BytesIO(body(answer)))
    assert image.format == "PNG"
    return image


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF"])
def test_whatever_the_bytes_are_a_png_comes_back(anns: APIClient, form: str) -> None:
    answer = convert(anns, pictures.encoded(pictures.scene(), form))

    assert answer.status_code == 201
    told = answer.json()
    assert told["metadata"] == {"format": form, "width": 96, "height": 64}
    assert told["transformations"] == {}
    assert told["download_url"] == f"http://testserver{CONVERT}{told['id']}/download/"
    assert told["created_at"] < told["expires_at"]
    assert png_of(anns, answer).size == (96, 64)
    assert anns.get(f"{CONVERT}{told['id']}/").json() == told


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(anns: APIClient, orientation: int) -> None:
    turned = pictures.scene()
    back = {
        2: [Image.Transpose.FLIP_LEFT_RIGHT], 3: [Image.Transpose.ROTATE_180], 4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE], 6: [Image.Transpose.ROTATE_90], 7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }  # fmt: skip
    for step in back.get(orientation, []):
        turned = turned.transpose(step)
    exif = pictures.exif(orientation=orientation)

    image = png_of(anns, convert(anns, pictures.encoded(turned, exif=exif, quality=95))).convert("RGB")

    assert image.size == (96, 64)
    assert [max(range(3), key=image.getpixel(at).__getitem__) for at in ((4, 4), (91, 4), (4, 59))] == [
        0,
        1,
        2,
    ]
    assert min(image.getpixel((91, 59))) > 200


def test_a_large_photo_comes_back_in_a_size_for_cards(anns: APIClient) -> None:
    assert png_of(anns, convert(anns, pictures.jpeg(3000, 1500))).size == (1024, 512)


def test_nothing_of_the_metadata_is_in_the_png(anns: APIClient) -> None:
    content = pictures.jpeg(exif=SECRETS, icc_profile=pictures.DISPLAY_P3, comment=b"my secret garden")

    for transformations in ({}, {"rotation": 90}):
        image = png_of(anns, convert(anns, content, **transformations))
        image.load()
        assert image.info == {}
        assert dict(image.getexif()) == {}


def test_the_same_bytes_again_are_the_same_conversion(anns: APIClient) -> None:
    first, again = convert(anns, pictures.jpeg()), convert(anns, pictures.jpeg())

    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert Photo.objects.count() == 1


def test_a_turn_by_hand_is_another_conversion_and_counts_once(anns: APIClient, ann: User) -> None:
    """The preview shows the pixels as they are stored: who turns them by hand means exactly that."""
    content = pictures.jpeg(exif=pictures.exif(orientation=6))
    first = convert(anns, content)
    turned = convert(anns, content, rotation=90)

    assert turned.json()["transformations"] == {"rotation": 90}
    assert turned.json()["id"] != first.json()["id"]
    assert convert(anns, content, rotation=90.0).json()["id"] == turned.json()["id"]
    assert png_of(anns, first).tobytes() == png_of(anns, turned).tobytes()
    upside_down = png_of(anns, convert(anns, content, rotation=270)).transpose(Image.Transpose.ROTATE_180)
    mean = ImageStat.Stat(ImageChops.difference(upside_down, png_of(anns, turned))).mean
    assert max(mean) < 4  # but for what JPEG rounds


@pytest.mark.parametrize(
    "told", ["{", "[]", "90", '{"rotation": 45}', '{"flip": true}', '{"crop": {}}', "[" * 900, "x" * 1001]
)
def test_impossible_transformations_are_refused_by_name(anns: APIClient, told: str) -> None:
    answer = anns.post(
        CONVERT, {"image": pictures.upload(pictures.jpeg()), "transformations": told}, format="multipart"
    )

    assert answer.status_code == 400
    assert list(answer.json()) == ["transformations"]
    assert not Photo.objects.exists()


@pytest.mark.parametrize("told", [{}, {"image": "text"}])
def test_without_a_file_it_is_refused_by_name(anns: APIClient, told: dict[str, str]) -> None:
    answer = anns.post(CONVERT, told, format="multipart")

    assert (answer.status_code, list(answer.json())) == (400, ["image"])


def test_what_is_no_photo_is_refused(anns: APIClient) -> None:
    answer = convert(anns, b"This is only a text, whatever its name says.")

    assert (answer.status_code, answer.json()["code"]) == (400, "not_a_photo")


def test_a_file_that_is_too_large_is_refused(anns: APIClient, settings: Any) -> None:
    settings.MAX_UPLOAD_MB = 1

    assert convert(anns, pictures.jpeg() + bytes(1_000_000)).status_code == 413


def test_a_conversion_is_its_owner_s_alone(api: APIClient, ann: User, eve: User) -> None:
    assert convert(api, pictures.jpeg()).status_code == 401
    photo = make.photo(ann)
    for address in (f"{CONVERT}{photo.pk}/", f"{CONVERT}{photo.pk}/download/"):
        api.force_authenticate(None)
        assert api.get(address).status_code == 401
        api.force_authenticate(eve)
        assert api.get(address).status_code == 404
        assert api.get(address.replace(str(photo.pk), str(uuid4()))).status_code == 404


def test_a_png_that_did_not_change_is_not_sent_again(anns: APIClient, ann: User) -> None:
    address = f"{CONVERT}{make.photo(ann).pk}/download/"
    first = anns.get(address)
    body(first)

    again = anns.get(address, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


def test_many_conversions_have_to_wait(anns: APIClient, settings: Any) -> None:
    settings.RATES = settings.RATES | {"upload": (1, 3600)}

    assert convert(anns, pictures.jpeg()).status_code == 201
    assert convert(anns, pictures.jpeg()).status_code == 429


# --- the PNG --------------------------------------------------------------------------------------


def test_the_png_is_made_once_and_kept(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = make.photo(ann)
    with services.open_variant(photo, "dex") as made:
        first = made.read()
    monkeypatch.setattr("biologidex.media.services.photos.darkroom", None)

    with services.open_variant(photo, "dex") as kept:
        assert kept.read() == first
    assert sorted(storage.files_of(photo.pk)) == [
        "card.jpg",
        "dex.png",
        "full.jpg",
        "original.jpg",
        "thumb.jpg",
    ]


@pytest.mark.parametrize("left", [0, 5, 1000])
def test_a_png_that_a_power_cut_left_half_written_is_made_anew(ann: User, left: int) -> None:
    photo = make.photo(ann)
    with services.open_variant(photo, "dex") as made:
        whole = made.read()
    name = storage.variant_name(photo.pk, "dex")
    with open(default_storage.path(name), "wb") as file:  # noqa: PTH123 -- as a write that was cut off
        file.write(whole[:left])

    with services.open_variant(photo, "dex") as again:
        assert again.read() == whole
    with default_storage.open(name) as kept:
        assert kept.read() == whole


def test_two_who_make_it_at_once_leave_one_file(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = make.photo(ann)
    delete = FileSystemStorage.delete

    def another_was_quicker(self: FileSystemStorage, name: str) -> None:
        delete(self, name)
        if "dex.png" not in storage.files_of(photo.pk):
            monkeypatch.setattr(FileSystemStorage, "delete", delete)
            services.open_variant(photo, "dex").close()

    monkeypatch.setattr(FileSystemStorage, "delete", another_was_quicker)
    services.open_variant(photo, "dex").close()

    assert [name for name in storage.files_of(photo.pk) if name.startswith("dex")] == ["dex.png"]


def test_the_address_of_the_png_opens_it_without_a_token(client: Client, ann: User) -> None:
    photo = make.photo(ann)
    address = services.address(photo, "dex", viewer=ann)

    answer = client.get(address)

    assert address.endswith(".png")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["Content-Disposition"] == 'inline; filename="dex.png"'
    with services.open_variant(photo, "dex") as kept:
        assert body(answer) == kept.read()


def test_an_address_does_not_answer_with_another_kind(client: Client, ann: User) -> None:
    photo = make.photo(ann)
    png, jpeg = (services.address(photo, variant, viewer=ann) for variant in ("dex", "card"))

    assert client.get(png.replace(".png", ".jpg")).status_code == 404
    assert client.get(jpeg.replace(".jpg", ".png")).status_code == 404


def test_a_photo_whose_files_are_gone_has_no_png(client: Client, ann: User) -> None:
    photo = make.photo(ann)
    address = services.address(photo, "dex", viewer=ann)
    storage.remove(photo.pk)

    assert client.get(address).status_code == 404
