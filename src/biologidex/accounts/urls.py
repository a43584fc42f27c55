"""Addresses of the accounts, under /api/v1/."""

from django.urls import path

from biologidex.accounts import api

urlpatterns = [
    path("users/", api.SignUp.as_view(), name="users"),
    path("users/me/", api.Myself.as_view(), name="me"),
    path("users/friend_code/", api.FriendCode.as_view(), name="friend-code"),
    path("users/friend_code/regenerate/", api.NewFriendCode.as_view(), name="new-friend-code"),
    path("users/lookup_friend_code/", api.LookUp.as_view(), name="lookup-friend-code"),
    path("users/<uuid:user_id>/", api.Person.as_view(), name="user"),
    path("profiles/<uuid:user_id>/", api.Profile.as_view(), name="profile"),
    path("auth/login/", api.SignIn.as_view(), name="login"),
    path("auth/refresh/", api.Refresh.as_view(), name="refresh"),
    path("auth/logout/", api.SignOut.as_view(), name="logout"),
    path("auth/logout/everywhere/", api.SignOutEverywhere.as_view(), name="logout-everywhere"),
    path("auth/sessions/", api.Sessions.as_view(), name="sessions"),
    path("auth/sessions/<uuid:session_id>/", api.SessionDetail.as_view(), name="session"),
    path("auth/password/change/", api.ChangePassword.as_view(), name="change-password"),
    path("auth/password/reset/", api.AskReset.as_view(), name="ask-reset"),
    path("auth/password/reset/confirm/", api.Reset.as_view(), name="reset"),
    path("auth/email/confirm/", api.ConfirmEmail.as_view(), name="confirm-email"),
    path("auth/email/resend/", api.AskConfirmation.as_view(), name="ask-confirmation"),
]
