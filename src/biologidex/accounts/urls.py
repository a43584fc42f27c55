"""Addresses of the accounts, under /api/v1/."""

from django.urls import path

from biologidex.accounts import api

urlpatterns = [
    path("users/", api.SignUp.as_view(), name="users"),
    path("users/me/", api.Myself.as_view(), name="me"),
    path("users/friend_code/", api.FriendCode.as_view(), name="friend-code"),
    path("auth/login/", api.SignIn.as_view(), name="login"),
    path("auth/refresh/", api.Refresh.as_view(), name="refresh"),
]
