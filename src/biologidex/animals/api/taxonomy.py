"""Taxa for programs. Everything here is public and blind to who asks."""

from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from biologidex.animals import selectors
from biologidex.animals.models import Backbone, Taxon
from biologidex.animals.serializers import (
    LineageStepOut,
    SearchIn,
    SourceOut,
    TaxonomyStatsOut,
    TaxonOut,
    ValidateIn,
    ValidateOut,
)
from biologidex.core.api import OpenView, paged
from biologidex.core.replica import reads_replica
from biologidex.core.schema import listed, page_of


@reads_replica
class TaxonSearch(OpenView):
    """Taxa for a name that somebody types."""

    @extend_schema(
        tags=["taxonomy"],
        operation_id="taxonomy_search",
        parameters=[SearchIn],
        responses=listed("results", TaxonOut, count=serializers.IntegerField()),
    )
    def get(self, request: Request) -> Response:
        """Search, best first. Say at least one of `q`, `genus`, `species` and `common_name`."""
        form = SearchIn(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        taxa = selectors.search_parts(**form.validated_data)
        prefetch_related_objects(taxa, "names")
        return Response({"count": len(taxa), "results": TaxonOut(taxa, many=True).data})


@reads_replica
class TaxonDetail(OpenView):
    """One taxon."""

    @extend_schema(tags=["taxonomy"], operation_id="taxon", responses=TaxonOut)
    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """Tell about it."""
        return Response(TaxonOut(get_object_or_404(Taxon.objects.prefetch_related("names"), pk=pk)).data)


@reads_replica
class TaxonLineage(OpenView):
    """The line of descent of one taxon."""

    @extend_schema(
        tags=["taxonomy"],
        operation_id="taxon_lineage",
        responses=page_of(LineageStepOut),
    )
    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """List what it is a part of, from the top down, itself last."""
        taxon = get_object_or_404(Taxon, pk=pk)
        line = [*reversed(selectors.ancestors(taxon)), taxon]
        return Response({"count": len(line), "results": LineageStepOut(line, many=True).data})


@reads_replica
class TaxonChildren(OpenView):
    """What one taxon is made of."""

    @extend_schema(tags=["taxonomy"], operation_id="taxon_children", responses=page_of(LineageStepOut))
    def get(self, request: Request, pk: int) -> Response:
        """List the taxa directly below it, by name."""
        taxon = get_object_or_404(Taxon, pk=pk)
        return paged(
            taxon.children.filter(accepted=None),
            request,
            view=self,
            ordering=("scientific_name", "pk"),
            shape=lambda page: LineageStepOut(page, many=True).data,
        )


class Validate(OpenView):
    """What a name is."""

    rate = "name"

    @extend_schema(
        tags=["taxonomy"], operation_id="taxonomy_validate", request=ValidateIn, responses={200: ValidateOut}
    )
    def post(self, request: Request) -> Response:
        """Say whether it is accepted, a synonym, misspelled, unknown or no scientific name at all."""
        form = ValidateIn(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        verdict = selectors.judged(sent["scientific_name"])
        told = {"valid": verdict.is_valid, "reason": verdict.reason, "accepted_name": ""}
        if verdict.taxon is not None:
            prefetch_related_objects([verdict.taxon], "names")
            told |= {"accepted_name": verdict.taxon.scientific_name, "taxon": TaxonOut(verdict.taxon).data}
            if sent.get("common_name"):
                told["common_name_matches"] = selectors.is_called(verdict.taxon, sent["common_name"])
        return Response(told)


@reads_replica
class TaxonomyStats(OpenView):
    """The taxonomy in numbers."""

    @extend_schema(tags=["taxonomy"], operation_id="taxonomy_stats", responses=TaxonomyStatsOut)
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Tell how much there is of everything."""
        return Response(selectors.taxonomy_numbers())


class TaxonomySources(OpenView):
    """Where the names come from."""

    @extend_schema(
        tags=["taxonomy"],
        operation_id="taxonomy_sources",
        responses=listed("results", SourceOut, count=serializers.IntegerField()),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """List the backbones with their versions."""
        backbones = SourceOut(Backbone.objects.order_by("source"), many=True).data
        return Response({"count": len(backbones), "results": backbones})
