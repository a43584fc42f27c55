"""Accounts over HTTP: sign up, sign in, stay signed in, read about oneself."""

from typing import cast

from django.contrib.auth.models import update_last_login
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import RefreshToken

from biologidex.accounts import errors, services
from biologidex.accounts.models import User
from biologidex.accounts.serializers import AccountOut, MyselfOut, RefreshIn, SignInIn, SignUpIn
from biologidex.core.api import OpenView
from biologidex.core.throttling import address_of


class SignUp(OpenView):
    """POST users/."""

    def post(self, request: Request) -> Response:
        """Make an account."""
        form = SignUpIn(data=request.data)
        form.is_valid(raise_exception=True)
        user = services.sign_up(**form.validated_data)
        return Response(AccountOut(user).data, status=status.HTTP_201_CREATED)


class SignIn(OpenView):
    """POST auth/login/."""

    def post(self, request: Request) -> Response:
        """Give the tokens that prove who one is."""
        form = SignInIn(data=request.data)
        form.is_valid(raise_exception=True)
        user = services.sign_in(
            name=form.validated_data["username"],
            password=form.validated_data["password"],
            address=address_of(request),
        )
        update_last_login(User, user)
        refresh = RefreshToken.for_user(user)
        access = str(refresh.access_token)
        return Response(
            {
                "access": access,
                "refresh": str(refresh),
                "user": AccountOut(user).data,
                "access_token": access,  # the name under which older programs look for it
            }
        )


class Refresh(OpenView):
    """POST auth/refresh/."""

    def post(self, request: Request) -> Response:
        """Give a new access token. The same refresh token serves until it expires."""
        form = RefreshIn(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            refresh = RefreshToken(form.validated_data["refresh"])
        except TokenError as error:
            raise errors.StaleToken("You are no longer signed in. Please sign in again.") from error
        if not User.objects.filter(pk=refresh.get("user_id"), is_active=True).exists():
            raise errors.StaleToken("This account does not exist any more.")
        return Response({"access": str(refresh.access_token)})


class Myself(APIView):
    """GET users/me/."""

    def get(self, request: Request) -> Response:
        """Tell a person what is known about them."""
        return Response(MyselfOut(cast("User", request.user)).data)


class FriendCode(APIView):
    """GET users/friend_code/."""

    def get(self, request: Request) -> Response:
        """Tell the code by which friends find a person."""
        return Response({"friend_code": cast("User", request.user).friend_code})
