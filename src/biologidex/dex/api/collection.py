"""What dexes add up to, for programs."""

from typing import cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User, UserProfile
from biologidex.animals.models import Animal
from biologidex.core.replica import reads_replica
from biologidex.core.schema import listed
from biologidex.dex.collection import badges, sets
from biologidex.dex.collection.finds import finds_of, first_card
from biologidex.dex.collection.statistics import stats_of
from biologidex.dex.serializers.collection import (
    BadgesOut,
    DexStatsOut,
    FirstFinderOut,
    SetOut,
    WholeSetOut,
)

TAG = "collection"


def _viewer(request: Request) -> User:
    return cast("User", request.user)


def _person(user_id: UUID) -> User:
    return get_object_or_404(User, pk=user_id, is_active=True)


def _plays(owner: User) -> bool:
    """Whether a person wants to see, and to show, what is a game: badges, sets and streaks."""
    return UserProfile.objects.filter(user=owner, badges_enabled=True).exists()


def _stats(owner: User, viewer: User) -> Response:
    told = stats_of(finds_of(owner, viewer=viewer), today=timezone.now().date())
    if not _plays(owner):
        told |= {"longest_streak": 0, "current_streak": 0, "first_finds": 0}
    return Response({"user_id": str(owner.pk), "username": owner.username, **told})


def _badges(owner: User, viewer: User) -> Response:
    if not _plays(owner):
        return Response({"enabled": False, "badges": []})
    return Response({"enabled": True, "badges": badges.badges_of(finds_of(owner, viewer=viewer))})


@reads_replica
class Stats(APIView):
    """One's own dex in numbers."""

    @extend_schema(tags=[TAG], operation_id="stats", responses=DexStatsOut)
    def get(self, request: Request) -> Response:
        """Count one's own cards."""
        return _stats(_viewer(request), _viewer(request))


@reads_replica
class StatsOf(APIView):
    """Somebody's dex in numbers."""

    @extend_schema(tags=[TAG], operation_id="stats_of", responses=DexStatsOut)
    def get(self, request: Request, user_id: UUID) -> Response:
        """Count the cards that one may see."""
        return _stats(_person(user_id), _viewer(request))


@reads_replica
class Sets(APIView):
    """Sets of animals to complete."""

    @extend_schema(
        tags=[TAG],
        operation_id="sets",
        responses=listed("results", SetOut, count=serializers.IntegerField()),
    )
    def get(self, request: Request) -> Response:
        """List them, with how far one is."""
        finds = finds_of(_viewer(request), viewer=_viewer(request))
        shown = sets.all_sets() if _plays(_viewer(request)) else ()
        told = [sets.progress(one, finds) for one in shown]
        return Response({"count": len(told), "results": told})


@reads_replica
class SetDetail(APIView):
    """One set."""

    @extend_schema(tags=[TAG], operation_id="set", responses=WholeSetOut)
    def get(self, request: Request, key: str) -> Response:
        """Tell which of its animals one has found, and which are missing."""
        one = sets.set_named(key)
        finds = finds_of(_viewer(request), viewer=_viewer(request))
        return Response({**sets.progress(one, finds), "members": sets.members_of(one, finds)})


@reads_replica
class Badges(APIView):
    """One's own badges."""

    @extend_schema(tags=[TAG], operation_id="badges", responses=BadgesOut)
    def get(self, request: Request) -> Response:
        """List all there are, those that are worn first."""
        return _badges(_viewer(request), _viewer(request))


@reads_replica
class BadgesOf(APIView):
    """Somebody's badges."""

    @extend_schema(tags=[TAG], operation_id="badges_of", responses=BadgesOut)
    def get(self, request: Request, user_id: UUID) -> Response:
        """List all there are, as far as the cards that one may see earn them."""
        return _badges(_person(user_id), _viewer(request))


@reads_replica
class FirstFinder(APIView):
    """Who found an animal first here."""

    @extend_schema(tags=[TAG], operation_id="first_finder", responses=FirstFinderOut)
    def get(self, request: Request, animal_id: UUID) -> Response:
        """Tell it, if one may see that very card."""
        animal = get_object_or_404(Animal.objects.only("pk"), pk=animal_id)
        card = first_card(animal.pk, viewer=_viewer(request))
        if card is None:
            return Response({"animal_id": str(animal.pk)})
        return Response(
            {
                "animal_id": str(animal.pk),
                "user_id": str(card.owner_id),
                "username": card.owner.username,
                "entry_id": str(card.pk),
                "is_self": card.owner_id == _viewer(request).pk,
            }
        )
