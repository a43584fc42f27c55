"""How exactly others are told where an animal was found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import make
from biologidex.accounts.models import User
from biologidex.dex.models import DexEntry
from biologidex.dex.privacy import CELL, centre, place_for

GARDEN = {"latitude": 48.137154, "longitude": 11.576124, "accuracy_m": 5.0, "place_source": "photo"}

MATRIX = [
    # geoprivacy, sensitive, the owner is told, anybody else is told
    ("open", False, "exactly", "exactly"),
    ("open", True, "exactly", "the cell"),
    ("obscured", False, "exactly", "the cell"),
    ("obscured", True, "exactly", "the cell"),
    ("private", False, "exactly", "nothing"),
    ("private", True, "exactly", "nothing"),
]


def told(entry: DexEntry, viewer: User | None) -> str:
    place = place_for(entry, viewer)
    if place is None:
        return "nothing"
    if (place.latitude, place.longitude, place.place_name) == (48.137154, 11.576124, "My garden"):
        return "exactly"
    assert (place.latitude, place.longitude, place.place_name) == (48.1, 11.5, "")
    assert place.is_generalised
    return "the cell"


@pytest.mark.django_db
@pytest.mark.parametrize(("geoprivacy", "sensitive", "owner", "others"), MATRIX)
def test_who_is_told_how_much(
    ann: User, bob: User, eve: User, geoprivacy: str, sensitive: bool, owner: str, others: str
) -> None:
    animal = make.animal(is_sensitive=sensitive)
    make.friends(ann, bob)
    entry = make.dex_entry(ann, animal=animal, geoprivacy=geoprivacy, place_name="My garden", **GARDEN)

    assert [told(entry, viewer) for viewer in (ann, bob, eve, None)] == [owner, others, others, others]


@pytest.mark.django_db
def test_a_generalised_place_says_how_far_off_it_may_be(ann: User) -> None:
    entry = make.dex_entry(ann, **GARDEN)

    place = place_for(entry, None)

    assert place
    assert 13_000 < (place.accuracy_m or 0) < 14_000  # the corner of a cell at 48 degrees


@pytest.mark.django_db
def test_a_name_without_coordinates_is_for_the_owner_alone(ann: User) -> None:
    entry = make.dex_entry(ann, place_name="My garden")

    assert place_for(entry, None) is None
    assert (place_for(entry, ann) or entry).place_name == "My garden"


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_the_middle_of_a_cell_is_on_earth_near_by_and_its_own_middle(
    latitude: float, longitude: float
) -> None:
    north, east = centre(latitude, most=90), centre(longitude, most=180)

    assert abs(north) < 90
    assert abs(east) < 180
    assert max(abs(north - latitude), abs(east - longitude)) <= CELL / 2 + 1e-6
    assert (centre(north, most=90), centre(east, most=180)) == (north, east)


@given(st.lists(st.floats(48.0, 48.19), min_size=2, max_size=30))
def test_many_finds_in_one_garden_tell_no_more_than_one(latitudes: list[float]) -> None:
    assert {centre(latitude, most=90) for latitude in latitudes} == {48.1}
