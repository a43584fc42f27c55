"""Addresses of animals and taxa under /api/v1/."""

from django.urls import path

from biologidex.animals.api import AnimalDetail, AnimalList, TaxonSearch

urlpatterns = [
    path("animals/", AnimalList.as_view(), name="animals"),
    path("animals/<uuid:pk>/", AnimalDetail.as_view(), name="animal"),
    path("taxonomy/search/", TaxonSearch.as_view(), name="taxonomy-search"),
]
