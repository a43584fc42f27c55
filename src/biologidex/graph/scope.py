"""Whose finds a tree shows, and what they were when it was drawn."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Sum

from biologidex.accounts.models import User
from biologidex.animals.models import Backbone
from biologidex.core.caching import generation
from biologidex.dex.models import DexEntry, DexState
from biologidex.social.selectors import friend_ids, kept_apart_ids

FORMAT = 2  # of what is kept: a new release must not answer with what an older one drew


class Mode(StrEnum):
    """Which finds: one's own; also those of friends; of some friends; of everybody, as far as one may see them."""

    PERSONAL = "personal"
    FRIENDS = "friends"
    SELECTED = "selected"
    GLOBAL = "global"


@dataclass(frozen=True)
class Scope:
    """The people whose finds a tree shows to a viewer.

    `friends` are those of them who are the viewer's friends, with their names. `version` changes with anything that
    the tree may be made of, also with what the viewer may not see: it is part of keys and never told. `generation`
    changes when the viewer has the trees drawn anew. `alone` leaves out what the friends have not found.
    """

    viewer: User
    mode: Mode
    friends: dict[UUID, str]
    apart: frozenset[UUID]
    version: str
    generation: int
    alone: bool = False

    @property
    def known(self) -> list[UUID]:
        """Return the viewer and the friends: those whom a tree tells apart."""
        return [self.viewer.pk, *self.friends]

    def finds(self) -> QuerySet[DexEntry]:
        """Return the finds that the tree shows.

        `visible_to` decides. Beyond it only those are asked for who were in the scope when its version was read:
        otherwise a friendship that begins in between would be kept under the version without it.
        """
        visible = DexEntry.objects.visible_to(self.viewer)
        theirs = Q(owner__in=list(self.friends) if self.alone else self.known)
        if self.mode != Mode.GLOBAL:
            return visible.filter(theirs)
        public = Q(visibility=DexEntry.Visibility.PUBLIC) & ~Q(owner__in=self.apart)
        return visible.filter(theirs | public)

    def told(self) -> QuerySet[DexEntry]:
        """Return the finds of which a tree tells whose they are."""
        return DexEntry.objects.visible_to(self.viewer).filter(owner__in=self.known)


def group_of(viewer: User) -> str:
    """Return the name of all that is kept for a viewer."""
    return f"tree:{viewer.pk}"


def scope_of(viewer: User, mode: Mode, chosen: Iterable[UUID] = (), *, alone: bool = False) -> Scope:
    """Ask the database whose finds the tree shows now. Of the chosen only friends count, and nobody is told.

    `alone` shows what the friends have found without what only the viewer has.
    """
    people = _people(viewer, mode, set(chosen))
    apart: frozenset[UUID] = frozenset()
    drawn_anew = generation(group_of(viewer))
    inputs: list[Any] = [FORMAT, drawn_anew, mode, people, alone]
    inputs.append(list(Backbone.objects.order_by("source").values_list("source", "version", "filled_at")))
    if mode == Mode.GLOBAL:
        apart = frozenset(cast("Iterable[UUID]", kept_apart_ids(viewer)))
        inputs += [sorted(apart), _everybody()]
    return Scope(
        viewer=viewer,
        mode=mode,
        friends={pk: name for pk, name, _ in people if pk != viewer.pk},
        apart=apart,
        version=hashlib.sha256(repr(inputs).encode()).hexdigest()[:32],
        generation=drawn_anew,
        alone=alone,
    )


def _people(viewer: User, mode: Mode, chosen: set[UUID]) -> list[tuple[UUID, str, int | None]]:
    """Return the viewer and the friends in the scope with their names and the versions of their finds."""
    asked = Q(pk=viewer.pk)
    if mode != Mode.PERSONAL:
        friends = Q(pk__in=friend_ids(viewer), is_active=True) & ~Q(pk__in=kept_apart_ids(viewer))
        asked |= friends & Q(pk__in=chosen) if mode == Mode.SELECTED else friends
    people = User.objects.filter(asked).order_by("pk")
    return list(people.values_list("pk", "username", "dex_state__version"))


def _everybody() -> list[Any]:
    """Return what changes whenever anybody's finds do: versions only grow, and whoever goes leaves the count."""
    states = DexState.objects.filter(owner__is_active=True)
    return list(states.aggregate(Count("pk"), Sum("version"), Max("changed_at")).values())
