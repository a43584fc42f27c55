"""See and end sign-ins; a new password, which ends them too."""

from typing import cast
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts import browser, services, tokens
from biologidex.accounts.models import Session, User
from biologidex.accounts.serializers import ChangePasswordIn, SessionOut
from biologidex.core.api import paged
from biologidex.core.schema import NOTHING, page_of
from biologidex.core.throttling import address_of


def _current(request: Request) -> str | None:
    """Return the id of the sign-in that asks, of a program or of a browser."""
    return tokens.session_of(request) or browser.session_of(request._request)


def _done() -> Response:
    return Response(status=status.HTTP_204_NO_CONTENT)


class Sessions(APIView):
    """GET auth/sessions/."""

    @extend_schema(tags=["accounts"], operation_id="list_sessions", responses=page_of(SessionOut))
    def get(self, request: Request) -> Response:
        """List one's sign-ins, the one in use last first."""
        current = {"current": _current(request)}
        return paged(
            Session.objects.filter(user=cast("User", request.user)),
            request,
            view=self,
            ordering=("-seen_at", "pk"),
            shape=lambda rows: SessionOut(rows, many=True, context=current).data,
        )


class SessionDetail(APIView):
    """DELETE auth/sessions/{id}/."""

    @extend_schema(tags=["accounts"], operation_id="end_session", responses={204: NOTHING})
    def delete(self, request: Request, session_id: UUID) -> Response:
        """End a sign-in of one's own. Its tokens, or its cookie, let nobody in from now on."""
        if not services.end_session(by=cast("User", request.user), session_id=session_id):
            raise Http404
        return _done()


class SignOut(APIView):
    """POST auth/logout/."""

    @extend_schema(tags=["accounts"], operation_id="sign_out", request=None, responses={204: NOTHING})
    def post(self, request: Request) -> Response:
        """End the sign-in that asks."""
        if session_id := _current(request):
            services.end_session(by=cast("User", request.user), session_id=session_id)
        return _done()


class SignOutEverywhere(APIView):
    """POST auth/logout/everywhere/."""

    @extend_schema(
        tags=["accounts"], operation_id="sign_out_everywhere", request=None, responses={204: NOTHING}
    )
    def post(self, request: Request) -> Response:
        """End every sign-in of this person, this one too."""
        services.end_all_sessions(of=cast("User", request.user))
        return _done()


class ChangePassword(APIView):
    """POST auth/password/change/."""

    @extend_schema(
        tags=["accounts"],
        operation_id="change_password",
        request=ChangePasswordIn,
        responses={204: NOTHING},
    )
    def post(self, request: Request) -> Response:
        """Give oneself another password. Every other sign-in ends."""
        form = ChangePasswordIn(data=request.data)
        form.is_valid(raise_exception=True)
        user = cast("User", request.user)
        services.change_password(
            by=user,
            old=form.validated_data["old_password"],
            new=form.validated_data["password"],
            address=address_of(request),
            keep=_current(request),
        )
        if request.auth is None:
            browser.stay(request._request, user)
        return _done()
