"""Addresses under /api/v1/. `social/friendships/friends/` is in dex, which knows what friends have found."""

from django.urls import path

from biologidex.social import api

urlpatterns = [
    path("social/friendships/", api.Friendships.as_view(), name="friendships"),
    path("social/friendships/pending/", api.Pending.as_view(), name="friendships-pending"),
    path("social/friendships/sent/", api.Sent.as_view(), name="friendships-sent"),
    path("social/friendships/check/", api.Check.as_view(), name="friendships-check"),
    path("social/friendships/send_request/", api.SendRequest.as_view(), name="friendships-send-request"),
    path("social/friendships/<uuid:friendship_id>/", api.FriendshipDetail.as_view(), name="friendship"),
    path(
        "social/friendships/<uuid:friendship_id>/respond/", api.Respond.as_view(), name="friendship-respond"
    ),
    path("social/friendships/<uuid:which>/unfriend/", api.Unfriend.as_view(), name="friendship-unfriend"),
    path("social/blocks/", api.Blocks.as_view(), name="blocks"),
    path("social/blocks/<uuid:which>/", api.BlockDetail.as_view(), name="block"),
]
