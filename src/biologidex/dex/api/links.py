"""Links to cards for programs: make one, see which there are, end one."""

from typing import cast
from uuid import UUID

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.core.api import paged
from biologidex.core.schema import NOTHING, page_of
from biologidex.dex import services
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import links_of
from biologidex.dex.serializers import LinkIn, LinkOut, NewLinkOut, link_out


class Links(APIView):
    """The links that one has made to cards of one's own."""

    rate = {"POST": "share"}

    @extend_schema(tags=["dex"], operation_id="links", responses=page_of(LinkOut))
    def get(self, request: Request) -> Response:
        """List them, those that have ended too, the newest first. Their addresses are kept nowhere."""
        return paged(
            links_of(cast("User", request.user)),
            request,
            view=self,
            ordering=("-created_at", "pk"),
            shape=lambda links: [link_out(link) for link in links],
        )

    @extend_schema(tags=["dex"], operation_id="make_link", request=LinkIn, responses={201: NewLinkOut})
    def post(self, request: Request) -> Response:
        """Make a link to a card of one's own. Its address is in this answer, and nowhere afterwards."""
        form = LinkIn(data=request.data)
        form.is_valid(raise_exception=True)
        sent = dict(form.validated_data)
        entry = get_object_or_404(DexEntry.objects.visible_to(request.user), pk=sent.pop("entry"))
        link, token = services.share(by=cast("User", request.user), entry=entry, **sent)
        address = settings.SITE_URL + reverse("web:shared", args=[token])
        answer = Response({**link_out(link), "address": address}, status=status.HTTP_201_CREATED)
        answer["Cache-Control"] = "no-store"
        return answer


class LinkDetail(APIView):
    """One link."""

    @extend_schema(tags=["dex"], operation_id="end_link", responses={204: NOTHING})
    def delete(self, request: Request, link_id: UUID) -> Response:
        """End it: from now on it leads nowhere. Ending it again changes nothing."""
        services.end_link(by=cast("User", request.user), link_id=link_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
