"""Friends, with what they have found. Everything else about friendship is in social, which knows of no finds."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.core.schema import listed
from biologidex.dex.selectors import FRIENDS_DEXES, counts_for
from biologidex.dex.serializers import FriendOut, friend_out
from biologidex.social.selectors import friends_of


class Friends(APIView):
    """One's friends."""

    inputs = FRIENDS_DEXES

    @extend_schema(
        tags=["social"], operation_id="friendships_friends", responses=listed("friends", FriendOut)
    )
    def get(self, request: Request) -> Response:
        """List them by name, with how much of their dexes one may see. Three queries, however many friends."""
        viewer = cast("User", request.user)
        friends = friends_of(viewer)
        counts = counts_for(viewer, friends)
        return Response({"friends": [friend_out(friend, counts.get(friend.pk)) for friend in friends]})
