"""Join, sign in, stay signed in."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from biologidex.accounts import services, tokens
from biologidex.accounts.devices import device_of
from biologidex.accounts.serializers import AccessOut, AccountOut, RefreshIn, SignedInOut, SignInIn, SignUpIn
from biologidex.core.api import OpenView
from biologidex.core.throttling import address_of


class SignUp(OpenView):
    """POST users/."""

    rate = "sign_up"

    @extend_schema(tags=["accounts"], operation_id="sign_up", request=SignUpIn, responses={201: AccountOut})
    def post(self, request: Request) -> Response:
        """Make an account. Repeating the call within minutes answers with the same one."""
        form = SignUpIn(data=request.data)
        form.is_valid(raise_exception=True)
        user = services.sign_up(**form.validated_data, address=address_of(request))
        return Response(AccountOut(user).data, status=status.HTTP_201_CREATED)


class SignIn(OpenView):
    """POST auth/login/."""

    rate = "log_in"

    @extend_schema(tags=["accounts"], operation_id="sign_in", request=SignInIn, responses=SignedInOut)
    def post(self, request: Request) -> Response:
        """Give the tokens that prove who one is."""
        form = SignInIn(data=request.data)
        form.is_valid(raise_exception=True)
        user = services.sign_in(
            name=form.validated_data["username"],
            password=form.validated_data["password"],
            address=address_of(request),
        )
        session = services.open_session(user=user, device=device_of(request.headers.get("User-Agent", "")))
        given = tokens.tokens_for(session)
        return Response(
            {
                **given,
                "access_token": given["access"],  # the name under which older programs look for it
                "user": AccountOut(user).data,
            }
        )


class Refresh(OpenView):
    """POST auth/refresh/."""

    rate = "refresh"

    @extend_schema(tags=["accounts"], operation_id="refresh", request=RefreshIn, responses=AccessOut)
    def post(self, request: Request) -> Response:
        """Give a new access token. The same refresh token serves until it expires or its sign-in is ended."""
        form = RefreshIn(data=request.data)
        form.is_valid(raise_exception=True)
        return Response({"access": tokens.refreshed(form.validated_data["refresh"])})
