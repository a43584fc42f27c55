"""Friends for programs: ask, answer, part, block. The list of friends with their finds is in dex."""

from typing import Any, cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.core.api import paged
from biologidex.core.schema import NOTHING, listed, page_of
from biologidex.social import selectors, services
from biologidex.social.errors import BadRequest
from biologidex.social.models import Friendship
from biologidex.social.serializers import (
    BlockIn,
    BlockOut,
    FriendshipOut,
    PersonMeantIn,
    RespondIn,
    RespondOut,
    StandingOut,
    block_out,
    friendship_out,
    standing_out,
)

MOST = 500  # of requests in one answer; `friendships/` has all of them, in pages
TAGS = ["social"]
REQUESTS = listed("requests", FriendshipOut)


def _me(request: Request) -> User:
    return cast("User", request.user)


def _said(form: serializers.Serializer[None]) -> dict[str, Any]:
    """Return what was sent, or blame the request as a whole: the existing client shows `detail` here, no fields."""
    if not form.is_valid():
        raise BadRequest(" ".join(str(sentence) for told in form.errors.values() for sentence in told))
    return cast("dict[str, Any]", form.validated_data)


class Friendships(APIView):
    """One's requests and friendships."""

    @extend_schema(tags=TAGS, operation_id="friendships_list", responses=page_of(FriendshipOut))
    def get(self, request: Request) -> Response:
        """List them all, the newest first."""
        me = _me(request)
        return paged(
            selectors.with_people(Friendship.objects.visible_to(me)),
            request,
            view=self,
            ordering=("-created_at", "pk"),
            shape=lambda rows: [friendship_out(row, me) for row in rows],
        )


class Pending(APIView):
    """Requests that wait for one's answer."""

    @extend_schema(tags=TAGS, operation_id="friendships_pending", responses=REQUESTS)
    def get(self, request: Request) -> Response:
        """List the newest 500 of them."""
        rows = selectors.requests_to(_me(request))[:MOST]
        return Response({"requests": [friendship_out(row, _me(request)) for row in rows]})


class Sent(APIView):
    """Requests of one's own that nobody has accepted."""

    @extend_schema(tags=TAGS, operation_id="friendships_sent", responses=REQUESTS)
    def get(self, request: Request) -> Response:
        """List the newest 500 of them."""
        rows = selectors.requests_by(_me(request))[:MOST]
        return Response({"requests": [friendship_out(row, _me(request)) for row in rows]})


class Check(APIView):
    """How one stands with somebody."""

    @extend_schema(
        tags=TAGS,
        operation_id="friendships_check",
        parameters=[OpenApiParameter("user_id", UUID, required=True)],
        responses=StandingOut,
    )
    def get(self, request: Request) -> Response:
        """Tell it as far as one may know."""
        form = BlockIn(data=request.query_params)
        form.is_valid(raise_exception=True)
        me, other = _me(request), services.person_meant(**form.validated_data)
        friendship = Friendship.objects.visible_to(me).between(me, other).first()
        is_blocked = selectors.blocks_of(me).filter(blocked=other).exists()
        return Response(standing_out(me, other, friendship, is_blocked=is_blocked))


class SendRequest(APIView):
    """Ask somebody to be one's friend."""

    rate = "friend_code"

    @extend_schema(
        tags=TAGS,
        operation_id="friendships_send_request",
        request=PersonMeantIn,
        responses={200: FriendshipOut, 201: FriendshipOut},
    )
    def post(self, request: Request) -> Response:
        """Send a request. Sending it again is the same one; whoever has asked oneself becomes a friend at once."""
        whom = services.person_meant(**_said(PersonMeantIn(data=request.data)))
        friendship, is_new = services.ask(by=_me(request), whom=whom)
        shown = selectors.with_people(Friendship.objects.visible_to(_me(request))).get(pk=friendship.pk)
        told = friendship_out(shown, _me(request))
        return Response(told, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class FriendshipDetail(APIView):
    """One request or friendship."""

    @extend_schema(tags=TAGS, operation_id="friendships_retrieve", responses=FriendshipOut)
    def get(self, request: Request, friendship_id: UUID) -> Response:
        """Show it to one of the two."""
        mine = selectors.with_people(Friendship.objects.visible_to(request.user))
        return Response(friendship_out(get_object_or_404(mine, pk=friendship_id), _me(request)))

    @extend_schema(tags=TAGS, operation_id="friendships_destroy", responses={204: NOTHING})
    def delete(self, request: Request, friendship_id: UUID) -> Response:
        """Be done with it: part from a friend, take back a request of one's own, or turn one down."""
        mine = selectors.with_people(Friendship.objects.visible_to(request.user))
        services.end(by=_me(request), friendship=get_object_or_404(mine, pk=friendship_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Respond(APIView):
    """Answer a request."""

    @extend_schema(
        tags=TAGS, operation_id="friendships_respond", request=RespondIn, responses={200: RespondOut}
    )
    def post(self, request: Request, friendship_id: UUID) -> Response:
        """Accept, reject, or block whoever asked. Only the person who was asked can; twice is as good as once."""
        form = RespondIn(data=request.data)
        form.is_valid(raise_exception=True)
        mine = selectors.with_people(Friendship.objects.of(_me(request)))
        asked = get_object_or_404(mine, pk=friendship_id)
        answer, told = {
            "accept": (services.accept, "accepted"),
            "reject": (services.reject, "rejected"),
            "block": (services.block_asker, "blocked"),
        }[form.validated_data["action"]]
        answer(by=_me(request), request=asked)
        return Response({"id": str(friendship_id), "status": told})


class Unfriend(APIView):
    """Part from a friend. The address takes the friendship's id, or the friend's own."""

    @extend_schema(tags=TAGS, operation_id="friendships_unfriend", responses={204: NOTHING})
    def delete(self, request: Request, which: UUID) -> Response:
        """End the friendship for both."""
        services.unfriend(by=_me(request), which=which)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        tags=TAGS, operation_id="friendships_unfriend_post", request=None, responses={204: NOTHING}
    )
    def post(self, request: Request, which: UUID) -> Response:
        """End the friendship for both, for programs that cannot send DELETE."""
        return self.delete(request, which)


class Blocks(APIView):
    """Whom one has blocked."""

    @extend_schema(tags=TAGS, operation_id="blocks_list", responses=page_of(BlockOut))
    def get(self, request: Request) -> Response:
        """List them, the newest first."""
        return paged(
            selectors.blocks_of(_me(request)),
            request,
            view=self,
            ordering=("-created_at", "pk"),
            shape=lambda blocks: [block_out(block) for block in blocks],
        )

    @extend_schema(
        tags=TAGS, operation_id="blocks_create", request=BlockIn, responses={200: BlockOut, 201: BlockOut}
    )
    def post(self, request: Request) -> Response:
        """Block somebody, who is not told. Blocking them again changes nothing."""
        form = BlockIn(data=request.data)
        form.is_valid(raise_exception=True)
        whom = services.person_meant(**form.validated_data)
        block, is_new = services.block(by=_me(request), whom=whom)
        return Response(block_out(block), status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class BlockDetail(APIView):
    """One block. The address takes its id, or the blocked person's."""

    @extend_schema(tags=TAGS, operation_id="blocks_destroy", responses={204: NOTHING})
    def delete(self, request: Request, which: UUID) -> Response:
        """Lift it. Neither a friendship nor a request of before comes back."""
        services.unblock(by=_me(request), which=which)
        return Response(status=status.HTTP_204_NO_CONTENT)
