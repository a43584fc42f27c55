"""Who sees a find: a table of every surface, every viewer and every visibility, made from one rule.

The rule stands here once more, in words of its own, so that a fault in the product's cannot hide in the test.
"""

import pytest

from api.surfaces import SURFACES
from api.world import VIEWERS, plant

pytestmark = pytest.mark.django_db

MAY_SEE = {
    "private": {"owner"},
    "friends": {"owner", "friend"},
    "public": {"owner", "friend", "stranger", "staff", "anonymous"},
}
KINDS = {"entry", "photo", "derivative", "feed", "search", "tree", "export", "sync", "page", "collection"}


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("visibility", MAY_SEE)
def test_a_find_is_seen_by_whom_it_is_shown_to_and_by_nobody_else(visibility: str, viewer: str) -> None:
    world = plant(visibility=visibility)
    expected = {
        surface.name: viewer in surface.reach
        and ("anonymous" if surface.is_blind else viewer) in MAY_SEE[visibility]
        for surface in SURFACES
    }

    assert {surface.name: surface.shows(world, viewer) for surface in SURFACES} == expected


def test_the_table_has_every_kind_of_surface_and_no_name_twice() -> None:
    assert {surface.kind for surface in SURFACES} == KINDS
    assert len({surface.name for surface in SURFACES}) == len(SURFACES)
