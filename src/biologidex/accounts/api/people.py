"""Oneself, and what others are told of a person."""

from typing import cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts import services
from biologidex.accounts.models import User
from biologidex.accounts.selectors import person_with_code
from biologidex.accounts.serializers import (
    AccountIn,
    ChangedOut,
    CodeIn,
    CodeOut,
    FoundOut,
    MyselfOut,
    PasswordIn,
    PersonOut,
)
from biologidex.core.schema import NOTHING
from biologidex.core.throttling import address_of


def _visible(request: Request, user_id: UUID) -> User:
    people = User.objects.visible_to(cast("User", request.user)).select_related("profile")
    return get_object_or_404(people, pk=user_id)


def _changed(request: Request, person: User) -> Response:
    services.refuse_others(by=cast("User", request.user), person=person)
    form = AccountIn(data=request.data)
    form.is_valid(raise_exception=True)
    counts = services.change_account(
        by=cast("User", request.user), person=person, address=address_of(request), **form.validated_data
    )
    told = dict(MyselfOut(person).data)
    return Response(told if counts else {**told, "new_email": form.validated_data["email"]})


def _deleted(request: Request, person: User) -> Response:
    services.refuse_others(by=cast("User", request.user), person=person)
    form = PasswordIn(data=request.data)
    form.is_valid(raise_exception=True)
    services.delete_account(
        by=cast("User", request.user),
        person=person,
        password=form.validated_data["password"],
        address=address_of(request),
    )
    return Response(status=status.HTTP_204_NO_CONTENT)


class Myself(APIView):
    """users/me/."""

    @extend_schema(tags=["accounts"], operation_id="read_myself", responses=MyselfOut)
    def get(self, request: Request) -> Response:
        """Tell a person what is known about them."""
        return Response(MyselfOut(cast("User", request.user)).data)

    @extend_schema(tags=["accounts"], operation_id="change_myself", request=AccountIn, responses=ChangedOut)
    def patch(self, request: Request) -> Response:
        """Change one's profile, what one usually chooses for finds, or one's e-mail address."""
        return _changed(request, cast("User", request.user))

    @extend_schema(tags=["accounts"], operation_id="put_myself", request=AccountIn, responses=ChangedOut)
    def put(self, request: Request) -> Response:
        """Do the same: what is not named stays."""
        return _changed(request, cast("User", request.user))

    @extend_schema(
        tags=["accounts"], operation_id="delete_myself", request=PasswordIn, responses={204: NOTHING}
    )
    def delete(self, request: Request) -> Response:
        """Close one's account for good. It is erased with everything in it, photos too."""
        return _deleted(request, cast("User", request.user))


class Person(APIView):
    """users/{id}/."""

    @extend_schema(tags=["accounts"], operation_id="read_user", responses=PersonOut)
    def get(self, request: Request, user_id: UUID) -> Response:
        """Tell what everybody may know of a person."""
        return Response(PersonOut(_visible(request, user_id)).data)

    @extend_schema(tags=["accounts"], operation_id="change_user", request=AccountIn, responses=ChangedOut)
    def patch(self, request: Request, user_id: UUID) -> Response:
        """Change oneself; anybody else is refused."""
        return _changed(request, _visible(request, user_id))

    @extend_schema(tags=["accounts"], operation_id="put_user", request=AccountIn, responses=ChangedOut)
    def put(self, request: Request, user_id: UUID) -> Response:
        """Do the same: what is not named stays."""
        return _changed(request, _visible(request, user_id))

    @extend_schema(
        tags=["accounts"], operation_id="delete_user", request=PasswordIn, responses={204: NOTHING}
    )
    def delete(self, request: Request, user_id: UUID) -> Response:
        """Close one's account for good; anybody else is refused."""
        return _deleted(request, _visible(request, user_id))


class Profile(APIView):
    """GET profiles/{user_id}/."""

    @extend_schema(tags=["accounts"], operation_id="read_profile", responses=PersonOut)
    def get(self, request: Request, user_id: UUID) -> Response:
        """Tell what everybody may know of a person."""
        return Response(PersonOut(_visible(request, user_id)).data)


class FriendCode(APIView):
    """GET users/friend_code/."""

    @extend_schema(tags=["accounts"], operation_id="read_friend_code", responses=CodeOut)
    def get(self, request: Request) -> Response:
        """Tell the code by which friends find a person."""
        return Response({"friend_code": cast("User", request.user).friend_code})


class NewFriendCode(APIView):
    """POST users/friend_code/regenerate/."""

    rate = "friend_code"

    @extend_schema(tags=["accounts"], operation_id="renew_friend_code", request=None, responses=CodeOut)
    def post(self, request: Request) -> Response:
        """Take another code. The old one finds nobody from now on."""
        return Response({"friend_code": services.renew_friend_code(by=cast("User", request.user))})


class LookUp(APIView):
    """POST users/lookup_friend_code/."""

    rate = "friend_code"

    @extend_schema(tags=["accounts"], operation_id="lookup_friend_code", request=CodeIn, responses=FoundOut)
    def post(self, request: Request) -> Response:
        """Find whoever gave one their friend code."""
        form = CodeIn(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(
            FoundOut(get_object_or_404(person_with_code(form.validated_data["friend_code"]))).data
        )
