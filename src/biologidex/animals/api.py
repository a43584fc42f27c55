"""Animals and taxa over HTTP. Everything here is public and blind to who asks."""

import django_filters
from django.db.models import QuerySet, prefetch_related_objects
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from biologidex.animals import selectors
from biologidex.animals.models import Animal
from biologidex.animals.serializers import AnimalOut, SearchIn, TaxonOut, animal_rows
from biologidex.core.api import OpenView, paged
from biologidex.core.schema import listed, page_of

LONGEST_NAME = 200


class Exactly(django_filters.CharFilter):  # type: ignore[misc]
    """A whole word, in any mixture of cases. SQLite cannot be asked for one of a page's length."""

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name, "iexact", max_length=LONGEST_NAME)


class AnimalFilter(django_filters.FilterSet):  # type: ignore[misc]
    """What the list can be narrowed by."""

    search = django_filters.CharFilter(method="by_name")
    rank = Exactly("taxon__rank")
    kingdom = Exactly("taxon__kingdom")
    phylum = Exactly("taxon__phylum")
    class_name = Exactly("taxon__class_name")
    order = Exactly("taxon__order")
    family = Exactly("taxon__family")
    genus = Exactly("taxon__genus")
    species = Exactly("taxon__species")
    conservation_status = Exactly("conservation_status")

    class Meta:
        model = Animal
        fields = ["verified"]

    def by_name(self, animals: "QuerySet[Animal]", name: str, value: str) -> "QuerySet[Animal]":  # noqa: ARG002
        """Keep the animals whose English or scientific names have these words."""
        return animals.filter(pk__in=selectors.animals_named(value).values("pk"))


class AnimalList(OpenView, GenericAPIView[Animal]):
    """GET animals/: every animal that somebody has found, by number."""

    queryset = Animal.objects.all()
    filterset_class = AnimalFilter
    serializer_class = AnimalOut

    @extend_schema(tags=["animals"], operation_id="animals", responses=page_of(AnimalOut))
    def get(self, request: Request) -> Response:
        """List one page, as plain rows: two queries, however many animals."""
        rows = animal_rows(self.filter_queryset(self.get_queryset()))
        return paged(rows, request, view=self, ordering=("creation_index",))


@extend_schema_view(
    get=extend_schema(tags=["animals"], operation_id="animal", description="Show one found animal.")
)
class AnimalDetail(OpenView, RetrieveAPIView[Animal]):
    """GET animals/{id}/."""

    queryset = Animal.objects.select_related("taxon")
    serializer_class = AnimalOut


class TaxonSearch(OpenView):
    """GET taxonomy/search/: taxa for a name that somebody types, best first."""

    @extend_schema(
        tags=["animals"],
        operation_id="taxonomy_search",
        parameters=[SearchIn],
        responses=listed("results", TaxonOut, count=serializers.IntegerField()),
    )
    def get(self, request: Request) -> Response:
        """Find taxa by their names, best first; an unfinished last word is enough."""
        form = SearchIn(data=request.query_params)
        form.is_valid(raise_exception=True)
        taxa = selectors.search_parts(**form.validated_data)
        prefetch_related_objects(taxa, "names")
        return Response({"count": len(taxa), "results": TaxonOut(taxa, many=True).data})
