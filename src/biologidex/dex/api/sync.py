"""Copies of dexes that programs keep, and what changed since."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.core import clock
from biologidex.core.replica import reads_replica
from biologidex.core.schema import listed
from biologidex.dex.selectors import FRIENDS_DEXES, NEVER, OWN_DEX, changes_for, overview_for, photos_on
from biologidex.dex.serializers import (
    BatchIn,
    BatchOut,
    FriendDexOut,
    SinceIn,
    SyncOut,
    sync_out,
)
from biologidex.social.selectors import friends_named

LAST_SYNC = OpenApiParameter(
    "last_sync", str, description="The `server_time` of the last sync; blank: everything."
)
MYSELF = "self"
NOBODY = "There is no such person."


def _since(request: Request) -> datetime | None:
    form = SinceIn(data=request.query_params)
    form.is_valid(raise_exception=True)
    moment: datetime | None = form.validated_data.get("last_sync")
    return moment


def _answer(request: Request, owner: UUID) -> Response:
    changes = changes_for(cast("User", request.user), {owner: _since(request)})
    return Response(sync_out(changes[owner], request))


@reads_replica
class SyncEntries(APIView):
    """One's own dex."""

    inputs = OWN_DEX

    @extend_schema(tags=["sync"], operation_id="sync_entries", parameters=[LAST_SYNC], responses=SyncOut)
    def get(self, request: Request) -> Response:
        """Tell what changed since the last sync, and what to ask with the next time."""
        return _answer(request, cast("User", request.user).pk)


@reads_replica
class SyncOther(APIView):
    """Somebody's dex, as far as one may see it."""

    @extend_schema(tags=["sync"], operation_id="sync_other", parameters=[LAST_SYNC], responses=SyncOut)
    def get(self, request: Request, user_id: UUID) -> Response:
        """Tell what changed since the last sync, and what to ask with the next time."""
        owner = get_object_or_404(User.objects.only("pk"), pk=user_id, is_active=True)
        return _answer(request, owner.pk)


@reads_replica
class FriendsOverview(APIView):
    """The dexes that friends show."""

    inputs = FRIENDS_DEXES

    @extend_schema(tags=["sync"], operation_id="friends_overview", responses=listed("friends", FriendDexOut))
    def get(self, request: Request) -> Response:
        """List friends, with how much of their dexes one may see."""
        viewer = cast("User", request.user)
        seen = overview_for(viewer)
        told = [
            {
                "user_id": str(pk),
                "username": username,
                "entries": seen[pk][0] if pk in seen else 0,
                "updated_at": clock.stamp(seen[pk][1]) if pk in seen else "",
            }
            for pk, username in friends_named(viewer)
        ]
        return Response({"friends": told})


class BatchSync(APIView):
    """Several dexes at once."""

    @extend_schema(tags=["sync"], operation_id="batch_sync", request=BatchIn, responses=BatchOut)
    def post(self, request: Request) -> Response:
        """Tell what changed in each since its last sync. The number of queries does not depend on theirs."""
        form = BatchIn(data=request.data)
        form.is_valid(raise_exception=True)
        asked: list[dict[str, Any]] = form.validated_data["sync_requests"]
        viewer = cast("User", request.user)
        owners = {one["user_id"]: _owner_id(one["user_id"], viewer) for one in asked}
        known = set(
            User.objects.filter(pk__in=[pk for pk in owners.values() if pk], is_active=True).values_list(
                "pk", flat=True
            )
        )
        since = {
            owners[one["user_id"]]: one.get("last_sync") for one in asked if owners[one["user_id"]] in known
        }
        changes = changes_for(viewer, cast("dict[UUID, datetime | None]", since))
        moment = max((found.moment for found in changes.values()), default=NEVER)
        photos = photos_on([row.pk for found in changes.values() for row in found.entries])
        told = {pk: sync_out(found, request, photos) for pk, found in changes.items()}
        results = {name: told[pk] if pk in known else {"error": NOBODY} for name, pk in owners.items()}
        return Response({"results": results, "server_time": clock.stamp(moment)})


def _owner_id(name: str, viewer: User) -> UUID | None:
    if name == MYSELF:
        return viewer.pk
    try:
        return UUID(name)
    except ValueError:
        return None
