"""Several animals in one photo: each part is an identification of its own."""

from typing import Any

import pytest

import make
from biologidex.accounts.models import User
from biologidex.core.errors import Forbidden, Invalid
from biologidex.media.framing import Crop
from biologidex.media.models import Photo
from biologidex.vision import parts
from biologidex.vision.errors import Settled
from biologidex.vision.models import AnalysisJob

pytestmark = pytest.mark.django_db
LEFT, RIGHT = Crop(0, 0, 0.5, 1), Crop(0.5, 0, 0.5, 1)


def test_each_part_takes_the_place_of_the_whole(ann: User) -> None:
    whole = make.job(ann)

    jobs = parts.split(by=ann, job=whole, crops=[LEFT, RIGHT])

    assert {job.photo.framing for job in jobs} == {
        "crop=0.0000,0.0000,0.5000,1.0000",
        "crop=0.5000,0.0000,0.5000,1.0000",
    }
    assert {job.photo.parent_id for job in jobs} == {whole.photo_id}
    assert set(AnalysisJob.objects.values_list("pk", flat=True)) == {job.pk for job in jobs}


def test_the_same_part_again_is_the_same_identification(ann: User) -> None:
    photo = make.photo(ann)

    once = parts.start_parts(by=ann, photo=photo, crops=[LEFT])
    again = parts.start_parts(by=ann, photo=photo, crops=[LEFT, LEFT])

    assert {job.pk for job in again} == {once[0].pk}
    assert Photo.objects.count() == 2


def test_a_photo_that_was_turned_stays_turned(ann: User) -> None:
    photo = make.photo(ann)
    turned = parts.media.frame(by=ann, photo=photo, framing=parts.Framing.told({"rotation": 90}))

    job = parts.start_parts(by=ann, photo=turned, crops=[LEFT])[0]

    assert job.photo.framing.startswith("rotation=90;crop=")


def test_only_an_open_whole_photo_of_ones_own_is_split(ann: User, eve: User) -> None:
    whole = make.job(ann)
    filed = make.job(ann, settled_at="2026-01-01T00:00:00Z")
    part = parts.start_parts(by=ann, photo=make.photo(ann), crops=[LEFT])[0]

    with pytest.raises(Forbidden):
        parts.split(by=eve, job=whole, crops=[LEFT])
    with pytest.raises(Settled):
        parts.split(by=ann, job=filed, crops=[LEFT])
    with pytest.raises(Invalid):
        parts.split(by=ann, job=part, crops=[LEFT])
    with pytest.raises(Invalid):
        parts.split(by=ann, job=whole, crops=[])
    assert AnalysisJob.objects.filter(pk=whole.pk).exists()


@pytest.mark.parametrize(
    "told", ["all", {"x": 0}, [{"x": 0, "y": 0, "width": 2, "height": 1}], [{"x": 0}], [None] * 13]
)
def test_what_is_no_list_of_parts_is_refused(told: Any) -> None:
    with pytest.raises(Invalid):
        parts.crops_told(told)


def test_the_whole_picture_is_no_part() -> None:
    assert parts.crops_told([{"x": 0, "y": 0, "width": 1, "height": 1}]) == []
