"""The map of our own: where marks are, also at the edges of the world."""

from typing import Any

import pytest

from biologidex.config import policy
from biologidex.dex.privacy import ToldPlace
from biologidex.web.locator import locate, tiles_of


def place(latitude: float | None, longitude: float | None, **more: Any) -> ToldPlace:
    told = {"place_name": "", "accuracy_m": None, "place_source": "photo", "is_generalised": False, **more}
    return ToldPlace(latitude=latitude, longitude=longitude, **told)


def test_without_a_place_there_is_no_map() -> None:
    assert locate([]) is None
    assert locate([(place(None, None, place_name="Gredos"), "")]) is None


def test_a_place_is_in_the_middle_of_its_map_with_a_net_around_it() -> None:
    drawn = locate([(place(48.0, 0.0), "Wolf")])

    assert drawn
    left, top, width, height = map(float, drawn.view.split())
    assert (left + width / 2, top + height / 2) == (pytest.approx(0, abs=1e-3), pytest.approx(-48, abs=1e-3))
    assert [line.label for line in drawn.parallels] == ["44°N", "46°N", "48°N", "50°N", "52°N"]
    assert "0°" in [line.label for line in drawn.meridians]


def test_a_map_of_many_places_holds_them_all() -> None:
    places = [place(-34.0, 151.0), place(64.0, -22.0), place(48.0, 11.0)]

    drawn = locate([(one, "") for one in places])

    assert drawn
    left, top, width, height = map(float, drawn.view.split())
    assert all(left < float(mark.x) < left + width for mark in drawn.marks)
    assert all(top < float(mark.y) < top + height for mark in drawn.marks)


@pytest.mark.parametrize(("longitude", "shift"), [(179.9, "180"), (-179.9, "-540")])
def test_over_the_edge_of_the_world_the_land_goes_on(longitude: float, shift: str) -> None:
    drawn = locate([(place(0.0, longitude), "")])

    assert drawn
    assert set(drawn.offsets) == {"-180", shift}
    assert any(line.label.endswith("°W") for line in drawn.meridians)
    assert any(line.label.endswith("°E") for line in drawn.meridians)


@pytest.mark.parametrize("latitude", [90.0, -90.0])
def test_at_the_poles_there_is_still_a_map(latitude: float) -> None:
    drawn = locate([(place(latitude, 0.0), "")])

    assert drawn
    assert "nan" not in repr(drawn)
    assert "inf" not in repr(drawn)


def test_tiles_are_nine_around_the_place_and_those_of_a_cell_show_no_more_than_its_surroundings(
    settings: Any,
) -> None:
    settings.TILES_URL = "/t/{z}/{x}/{y}"

    exact = tiles_of(place(48.0, 11.0))
    cell = tiles_of(place(48.1, 11.1, is_generalised=True))

    assert exact
    assert cell
    assert len(set(exact.addresses)) == 9
    assert exact.addresses[4] == "/t/14/8692/5695"
    assert all(address.startswith("/t/9/") for address in cell.addresses)
    assert 256 <= float(exact.x) <= 512
    assert tiles_of(place(89.0, 0.0)) is None


def test_without_a_server_of_tiles_there_are_none() -> None:
    assert tiles_of(place(48.0, 11.0)) is None


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("", None),
        ("/tiles/{z}/{x}/{y}.png", None),
        ("https://t.example.org/{z}/{x}/{y}", "https://t.example.org"),
    ],
)
def test_pages_may_load_pictures_from_that_server_and_no_other(address: str, host: str | None) -> None:
    allowed = set(policy.pages(address)["img-src"]) - set(policy.PAGES["img-src"])

    assert allowed == ({host} if host else set())
