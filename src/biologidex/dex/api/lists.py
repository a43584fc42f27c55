"""Lists of cards."""

from typing import cast

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.core.api import WelcomeView, paged
from biologidex.core.replica import reads_replica
from biologidex.core.schema import page_of
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import OWN_DEX, card_rows, feed_for, popular_animals
from biologidex.dex.serializers import EntryFilters, EntryOut, PopularOut, entries_out

NEWEST_FIRST = ("-created_at", "pk")
ENTRY_FILTERS = [
    OpenApiParameter("owner", OpenApiTypes.UUID, description="Only this person's cards."),
    OpenApiParameter("animal", OpenApiTypes.UUID, description="Only cards of this animal."),
    OpenApiParameter("visibility", str, description="Only private, friends or public ones."),
    OpenApiParameter("establishment", str, description="Only wild or captive ones."),
]


def filtered(entries: QuerySet[DexEntry], request: Request) -> QuerySet[DexEntry]:
    """Keep the cards that the request's parameters ask for."""
    form = EntryFilters(data=request.query_params)
    form.is_valid(raise_exception=True)
    return entries.filter(**form.validated_data)


def answer_page(
    entries: QuerySet[DexEntry],
    request: Request,
    *,
    view: APIView,
    by_cursor: bool = False,
    size: int | None = None,
) -> Response:
    """Answer with one page of cards, the newest first."""
    return paged(
        entries,
        request,
        view=view,
        ordering=NEWEST_FIRST,
        told=card_rows,
        shape=lambda page: entries_out(page, request),
        by_cursor=by_cursor,
        size=size,
    )


@reads_replica
class MyEntries(APIView):
    """One's own cards."""

    # The existing client looks at the first page only, and could not change a card that is not on it.
    page = 1000
    inputs = OWN_DEX

    @extend_schema(tags=["dex"], operation_id="my_entries", responses=page_of(EntryOut))
    def get(self, request: Request) -> Response:
        """List them, the newest first."""
        own = DexEntry.objects.filter(owner=cast("User", request.user))
        return answer_page(own, request, view=self, size=self.page)


@reads_replica
class Favorites(APIView):
    """One's own favourites."""

    inputs = OWN_DEX

    @extend_schema(tags=["dex"], operation_id="favorites", responses=page_of(EntryOut))
    def get(self, request: Request) -> Response:
        """List them, the newest first."""
        own = DexEntry.objects.filter(owner=cast("User", request.user), is_favorite=True)
        return answer_page(own, request, view=self)


@reads_replica
class Recent(APIView):
    """What was found last."""

    @extend_schema(tags=["dex"], operation_id="recent_entries", responses=page_of(EntryOut))
    def get(self, request: Request) -> Response:
        """List every card that one may see, the newest first."""
        return answer_page(DexEntry.objects.visible_to(request.user), request, view=self)


@reads_replica
class ByAnimal(APIView):
    """Everybody's cards of one animal."""

    @extend_schema(
        tags=["dex"],
        operation_id="entries_by_animal",
        parameters=[OpenApiParameter("animal", OpenApiTypes.UUID, required=True)],
        responses=page_of(EntryOut),
    )
    def get(self, request: Request) -> Response:
        """List those that one may see, the newest first."""
        form = EntryFilters(data=request.query_params, need=("animal",))
        form.is_valid(raise_exception=True)
        entries = DexEntry.objects.visible_to(request.user).filter(animal=form.validated_data["animal"])
        return answer_page(entries, request, view=self)


@reads_replica
class Feed(APIView):
    """What friends found."""

    @extend_schema(tags=["dex"], operation_id="feed", responses=page_of(EntryOut))
    def get(self, request: Request) -> Response:
        """List it, the newest first, by cursor: what is found meanwhile shifts nothing."""
        return answer_page(feed_for(cast("User", request.user)), request, view=self, by_cursor=True)


@reads_replica
class PopularAnimals(WelcomeView):
    """The animals that most people have found."""

    @extend_schema(tags=["animals"], operation_id="popular_animals", responses=page_of(PopularOut))
    def get(self, request: Request) -> Response:
        """List them with the number of people whose find one may see; without signing in, what is public."""
        animals = popular_animals(request.user)
        return paged(animals, request, view=self, ordering=("-finders", "creation_index"), shape=list)
