"""A place is whole, on Earth, and says who gave it; or there is none."""

import pytest

from biologidex.media.errors import ImpossiblePlace
from biologidex.media.places import NOWHERE, Place


def test_nothing_given_is_no_place() -> None:
    assert Place.given(None, None, source="person") is None
    assert Place.given(None, None, 5.0, source="device") is None


def test_the_equator_and_the_prime_meridian_are_places() -> None:
    assert Place.given(0.0, 0.0, source="person") == Place(0.0, 0.0, None, "person")


@pytest.mark.parametrize(
    ("latitude", "longitude", "missing"), [(1.0, None, "longitude"), (None, 0.0, "latitude")]
)
def test_half_a_place_is_refused_and_not_dropped(
    latitude: float | None, longitude: float | None, missing: str
) -> None:
    with pytest.raises(ImpossiblePlace, match=missing) as refused:
        Place.given(latitude, longitude, source="device")

    assert refused.value.field == missing


def test_a_place_fills_the_columns_that_nowhere_leaves_blank() -> None:
    assert Place(1.0, 2.0, 3.0, "photo").columns().keys() == NOWHERE.keys()
