"""Animals for programs. Reading is open to everybody and the same for all; naming one takes an account."""

from typing import Any, cast
from uuid import UUID

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.animals import selectors, services
from biologidex.animals.conservation import CATEGORIES, code_of
from biologidex.animals.models import Animal
from biologidex.animals.selectors import ANIMALS, NUMBERS
from biologidex.animals.serializers import (
    AnimalOut,
    AnimalTaxonomyOut,
    LineageStepOut,
    NamedIn,
    NamedOut,
    TaxonOut,
)
from biologidex.core.api import OpenView, paged
from biologidex.core.inputs import Inputs
from biologidex.core.replica import reads_replica
from biologidex.core.schema import page_of

LONGEST_NAME = 200
YES, NO = {"true", "1"}, {"false", "0"}
KEEP = 60  # seconds for which a browser need not ask again


class Exactly(django_filters.CharFilter):  # type: ignore[misc]
    """A whole word, in any mixture of cases. SQLite cannot be asked for one of a page's length."""

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name, "iexact", max_length=LONGEST_NAME)


class YesOrNoField(forms.CharField):
    """True or false, as programs write it."""

    def clean(self, value: Any) -> bool | None:
        """Return which of the two; a blank is no answer, and everything else is refused."""
        told = super().clean(value).lower()
        if told not in {"", *YES, *NO}:
            raise ValidationError("Say true or false.")
        return told in YES if told else None


class YesOrNo(django_filters.BooleanFilter):  # type: ignore[misc]
    """Whether something is so."""

    field_class = YesOrNoField


class CategoryField(forms.CharField):
    """A category of the Red List, as code or in words."""

    def clean(self, value: Any) -> str:
        """Return its code, or refuse what is none."""
        told = super().clean(value)
        if told and not code_of(told):
            raise ValidationError(f"This is none of {', '.join(CATEGORIES)}.")
        return code_of(told)


class Category(django_filters.CharFilter):  # type: ignore[misc]
    """A category of the Red List."""

    field_class = CategoryField


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
    conservation_status = Category("conservation_status")
    verified = YesOrNo("verified")

    def by_name(self, animals: "QuerySet[Animal]", name: str, value: str) -> "QuerySet[Animal]":  # noqa: ARG002
        """Keep the animals whose English or scientific names have these words."""
        return animals.filter(pk__in=selectors.animals_named(value).values("pk"))


@reads_replica
class AnimalList(OpenView, GenericAPIView[Animal]):
    """Every animal that has a number."""

    inputs = Inputs((ANIMALS, NUMBERS))
    queryset = Animal.objects.all()
    filterset_class = AnimalFilter
    serializer_class = AnimalOut

    @extend_schema(tags=["animals"], operation_id="animals", responses=page_of(AnimalOut))
    def get(self, request: Request) -> Response:
        """List one page by number, as plain rows: two queries, however many animals."""
        found = self.get_queryset()
        if not AnimalFilter.base_filters.keys().isdisjoint(request.query_params):
            found = self.filter_queryset(found)  # its forms take longer than the rest
        return paged(found, request, view=self, ordering=("creation_index",), told=selectors.animal_rows)


@reads_replica
class RecentAnimals(OpenView):
    """The animals that were numbered last."""

    inputs = Inputs((ANIMALS, NUMBERS))

    @extend_schema(tags=["animals"], operation_id="recent_animals", responses=page_of(AnimalOut))
    def get(self, request: Request) -> Response:
        """List them, the newest first; what only one player knows is not shown off until it is confirmed."""
        confirmed = selectors.animal_rows(Animal.objects.filter(verified=True))
        return paged(confirmed, request, view=self, ordering=("-creation_index",))


@reads_replica
class AnimalDetail(OpenView):
    """One animal."""

    inputs = Inputs((ANIMALS,))

    @extend_schema(tags=["animals"], operation_id="animal", responses=AnimalOut)
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002
        """Tell about it."""
        return Response(selectors.animal_row(pk), headers={"Cache-Control": f"public, max-age={KEEP}"})


@reads_replica
class AnimalTaxonomy(OpenView):
    """Where one animal stands."""

    @extend_schema(tags=["animals"], operation_id="animal_taxonomy", responses=AnimalTaxonomyOut)
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002
        """Tell its taxon and the line of descent above it."""
        animals = Animal.objects.select_related("taxon").prefetch_related("taxon__names")
        animal = get_object_or_404(animals, pk=pk)
        above = LineageStepOut(reversed(selectors.ancestors(animal.taxon)), many=True).data
        return Response({"animal_id": str(pk), "taxon": TaxonOut(animal.taxon).data, "lineage": above})


class LookupOrCreate(APIView):
    """The animal that somebody names."""

    rate = "name"

    @extend_schema(
        tags=["animals"],
        operation_id="animal_lookup_or_create",
        request=NamedIn,
        responses={200: NamedOut, 201: NamedOut},
    )
    def post(self, request: Request) -> Response:
        """Find it under its accepted name, and give it a number if it has none. Repeating the call changes nothing."""
        form = NamedIn(data=request.data)
        form.is_valid(raise_exception=True)
        named = services.Named(**form.validated_data)
        animal, created = services.lookup_or_create(by=cast("User", request.user), named=named)
        shown = Animal.objects.select_related("taxon").get(pk=animal.pk)
        return Response(
            {"animal": AnimalOut(shown).data, "created": created},
            status=status.HTTP_201_CREATED if created else status.HTTP_200_OK,
        )
