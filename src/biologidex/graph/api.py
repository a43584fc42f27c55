"""The tree of finds for programs. Everything is drawn for the person who asks, and for nobody else."""

from typing import Any, cast

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.core.api import FileView
from biologidex.core.replica import reads_replica
from biologidex.core.schema import listed
from biologidex.graph import selectors, services
from biologidex.graph.scope import Mode, Scope, scope_of
from biologidex.graph.serializers import (
    ChunkOut,
    FoundInTreeOut,
    InvalidatedOut,
    InvalidateIn,
    NewickIn,
    SearchIn,
    TreeFriendOut,
    TreeIn,
    TreeOut,
)

TAG = "graph"
CELL = [OpenApiParameter(name, int, OpenApiParameter.PATH) for name in ("x", "y")]


def _asked(request: Request, form: type[TreeIn] = TreeIn) -> tuple[Scope, dict[str, Any]]:
    """Read which tree is asked for, and ask the database whose finds that means now."""
    sent = form(data=request.query_params.dict())
    sent.is_valid(raise_exception=True)
    asked: dict[str, Any] = sent.validated_data
    viewer = cast("User", request.user)
    if not asked["use_cache"]:
        services.forget_trees(by=viewer)
    return scope_of(viewer, Mode(asked["mode"]), asked["friend_ids"]), asked


def _answer(request: Request, written: selectors.Written) -> HttpResponseBase:
    """Answer with JSON that is written already, or with 304 if the program has it: then it is not even unpacked."""
    etag = f'"{written.mark}"'
    unchanged: HttpResponseBase | None = get_conditional_response(request._request, etag=etag)
    return unchanged or HttpResponse(written.content, content_type="application/json", headers={"ETag": etag})


@reads_replica
class Tree(APIView):
    """GET graph/tree/: the whole tree, drawn."""

    @extend_schema(operation_id="tree", tags=[TAG], parameters=[TreeIn], request=None, responses=TreeOut)
    def get(self, request: Request) -> HttpResponseBase:
        """Draw the tree of one's own finds, of friends' or of everybody's that one may see."""
        scope, _ = _asked(request)
        return _answer(request, selectors.tree_for(scope))


@extend_schema_view(get=extend_schema(operation_id="evolutionary_tree"))
class EvolutionaryTree(Tree):
    """GET graph/evolutionary-tree/: the same tree under its other name."""


@reads_replica
class Chunk(APIView):
    """GET graph/tree/chunk/{x}/{y}/: one cell of the drawing."""

    @extend_schema(
        operation_id="tree_chunk", tags=[TAG], parameters=[*CELL, TreeIn], request=None, responses=ChunkOut
    )
    def get(self, request: Request, x: str, y: str) -> HttpResponseBase:
        """Return the nodes in the cell and the edges that run through it; the cell right of 0 and below 0 is 0, 0."""
        scope, _ = _asked(request)
        return _answer(request, selectors.chunk_for(scope, (int(x), int(y))))


@reads_replica
class Search(APIView):
    """GET graph/tree/search/: where in the tree something is."""

    @extend_schema(
        operation_id="tree_search",
        tags=[TAG],
        parameters=[SearchIn],
        request=None,
        responses=listed(
            "results", FoundInTreeOut, count=serializers.IntegerField(), q=serializers.CharField()
        ),
    )
    def get(self, request: Request) -> Response:
        """Find animals and groups by their names, best first."""
        scope, asked = _asked(request, SearchIn)
        found = selectors.search(scope, asked["q"], limit=asked["limit"])
        return Response({"q": asked["q"], "count": len(found), "results": found})


@reads_replica
class Newick(FileView):
    """GET graph/tree/newick/: the tree as a file for programs that read phylogenies."""

    @extend_schema(
        operation_id="tree_newick",
        tags=[TAG],
        parameters=[NewickIn],
        request=None,
        responses={(200, "text/plain"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponse:
        """Write the tree down."""
        scope, asked = _asked(request, NewickIn)
        written = selectors.newick_for(scope, ranks=asked["ranks"])
        name = f'attachment; filename="biologidex-{scope.mode}.nwk"'
        return HttpResponse(
            written, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name}
        )


class Invalidate(APIView):
    """POST graph/tree/invalidate/: have one's trees drawn anew."""

    @extend_schema(
        operation_id="tree_invalidate", tags=[TAG], request=InvalidateIn, responses={200: InvalidatedOut}
    )
    def post(self, request: Request) -> Response:
        """Forget what is kept of one's own trees. They are never stale; this is for those who want to be sure."""
        form = InvalidateIn(data=request.data)
        form.is_valid(raise_exception=True)
        services.forget_trees(by=cast("User", request.user))
        return Response({"detail": "Your trees will be drawn anew.", **form.validated_data})


class Friends(APIView):
    """GET graph/tree/friends/: whose finds can be chosen."""

    @extend_schema(
        operation_id="tree_friends",
        tags=[TAG],
        request=None,
        responses=listed("friends", TreeFriendOut, count=serializers.IntegerField()),
    )
    def get(self, request: Request) -> Response:
        """List one's friends by name."""
        friends = selectors.friends_for(cast("User", request.user))
        return Response({"count": len(friends), "friends": friends})
