"""Who may call what: every operation of the API is classified, and each class keeps its promise."""

from typing import Any

import pytest
from django.apps import apps

from api.classes import CLASSES, OPEN, REACHES, Reach
from api.operations import operations
from api.world import World, plant

OTHERS = ("friend", "stranger", "blocked", "blocker", "staff")
SEERS = {"nothing": set(), "find": {"friend"}, "person": set(OTHERS)}  # the find is for friends


def test_every_operation_is_classified_and_no_class_knows_one_that_is_gone(description: Any) -> None:
    known = {operation.name for operation in operations(description)}

    assert known - set().union(*CLASSES) == set(), "Say in tests/api/classes.py what these are about."
    assert set().union(*CLASSES) - known == set()


@pytest.mark.django_db
def test_whoever_has_not_signed_in_reaches_only_what_is_on_the_list(description: Any) -> None:
    world = plant(visibility="public")
    api = world.api("anonymous")
    answers = {
        operation.name: api.generic(operation.method.upper(), world.fill(operation.path)).status_code
        for operation in operations(description)
    }

    assert {name for name, status in answers.items() if status != 401} == OPEN
    # With a single connection, which this test holds, the database cannot be asked how it is.
    unwell = {name for name, status in answers.items() if status >= 500}
    assert unwell <= {"GET /api/v1/health/", "GET /ready/"}


@pytest.mark.django_db
@pytest.mark.parametrize("reach", REACHES, ids=lambda reach: reach.operation)
def test_nobody_changes_or_reads_what_is_anns(reach: Reach) -> None:
    world = plant(visibility="friends")
    before = everything()

    told = {viewer: tried(world, reach, viewer) for viewer in OTHERS}

    assert told == {viewer: expected(reach, viewer) for viewer in OTHERS}
    assert everything() == before
    answered = tried(world, reach, "owner")  # so that the others were not refused for what they sent
    assert answered == reach.by_owner if reach.by_owner else answered < 300


def tried(world: World, reach: Reach, viewer: str) -> int:
    """Try an operation on Ann's thing. Returns the status."""
    path = world.fill(reach.path, **reach.ids(world))
    status: int = getattr(world.api(viewer), reach.method)(path, reach.body(world)).status_code
    return status


def expected(reach: Reach, viewer: str) -> int:
    return 403 if viewer in SEERS[reach.shown] else 404


def everything() -> dict[str, list[str]]:
    """Return every row of every table."""
    return {model._meta.label: sorted(map(repr, model.objects.values())) for model in apps.get_models()}
