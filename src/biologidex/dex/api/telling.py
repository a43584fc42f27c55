"""What people tell each other, for programs: words on friends' cards, and what one was told meanwhile."""

from typing import cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.core.api import paged
from biologidex.core.schema import page_of
from biologidex.dex import services
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import notices_for, reactions_on
from biologidex.dex.serializers import (
    NotificationOut,
    ReactionIn,
    ReactionsOut,
    ReadIn,
    ReadOut,
    notification_out,
    reactions_out,
)
from biologidex.social import services as social

ONLY_NEW = OpenApiParameter("unread", bool, description="Only what has not been read.")


def _me(request: Request) -> User:
    return cast("User", request.user)


class Reactions(APIView):
    """The words that friends left on a card."""

    @extend_schema(tags=["dex"], operation_id="reactions", responses=ReactionsOut)
    def get(self, request: Request, entry_id: UUID) -> Response:
        """List those that one may hear, on a card that one may see."""
        return self._shown(request, self._entry(request, entry_id))

    @extend_schema(tags=["dex"], operation_id="react", request=ReactionIn, responses=ReactionsOut)
    def put(self, request: Request, entry_id: UUID) -> Response:
        """Leave a word on a friend's card, or another instead. One's own card takes none: it is not found."""
        entry = self._entry(request, entry_id)
        form = ReactionIn(data=request.data)
        form.is_valid(raise_exception=True)
        services.react(by=_me(request), entry=entry, kind=form.validated_data["kind"])
        return self._shown(request, entry)

    @extend_schema(tags=["dex"], operation_id="take_reaction_back", responses=ReactionsOut)
    def delete(self, request: Request, entry_id: UUID) -> Response:
        """Take one's word back. Doing so again changes nothing."""
        entry = self._entry(request, entry_id)
        services.react(by=_me(request), entry=entry, kind="")
        return self._shown(request, entry)

    def _entry(self, request: Request, entry_id: UUID) -> DexEntry:
        return get_object_or_404(DexEntry.objects.visible_to(request.user), pk=entry_id)

    def _shown(self, request: Request, entry: DexEntry) -> Response:
        heard = reactions_on([entry.pk], viewer=_me(request)).get(entry.pk, [])
        return Response(reactions_out(entry.pk, heard))


class Notifications(APIView):
    """What one was told."""

    @extend_schema(
        tags=["social"],
        operation_id="notifications",
        parameters=[ONLY_NEW],
        responses=page_of(NotificationOut),
    )
    def get(self, request: Request) -> Response:
        """List it as far as it still holds, the newest first."""
        told = notices_for(_me(request))
        if request.query_params.get("unread", "").lower() in {"1", "true"}:
            told = told.unread()
        return paged(
            told,
            request,
            view=self,
            ordering=("-created_at", "-pk"),
            told=lambda rows: rows.select_related("actor"),
            shape=lambda rows: [notification_out(row) for row in rows],
        )


class NotificationsRead(APIView):
    """What of it one has read."""

    @extend_schema(tags=["social"], operation_id="notifications_read", request=ReadIn, responses=ReadOut)
    def post(self, request: Request) -> Response:
        """Note that one has read these notifications, or all of one's own."""
        form = ReadIn(data=request.data)
        form.is_valid(raise_exception=True)
        read = social.mark_read(by=_me(request), ids=form.validated_data.get("ids"))
        unread = notices_for(_me(request)).unread().order_by().count()
        return Response({"read": read, "unread": unread})
