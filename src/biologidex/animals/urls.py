"""Addresses of animals and taxa under /api/v1/."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from biologidex.animals.api import animals, taxonomy


class TaxonId(IntConverter):
    """A number that every database can be asked for."""

    regex = "[0-9]{1,18}"


register_converter(TaxonId, "taxon")

urlpatterns = [
    path("animals/", animals.AnimalList.as_view(), name="animals"),
    path("animals/recent/", animals.RecentAnimals.as_view(), name="recent-animals"),
    path("animals/lookup_or_create/", animals.LookupOrCreate.as_view(), name="lookup-or-create"),
    path("animals/<uuid:pk>/", animals.AnimalDetail.as_view(), name="animal"),
    path("animals/<uuid:pk>/taxonomy/", animals.AnimalTaxonomy.as_view(), name="animal-taxonomy"),
    path("taxonomy/search/", taxonomy.TaxonSearch.as_view(), name="taxonomy-search"),
    path("taxonomy/validate/", taxonomy.Validate.as_view(), name="taxonomy-validate"),
    path("taxonomy/stats/", taxonomy.TaxonomyStats.as_view(), name="taxonomy-stats"),
    path("taxonomy/sources/", taxonomy.TaxonomySources.as_view(), name="taxonomy-sources"),
    path("taxonomy/<taxon:pk>/", taxonomy.TaxonDetail.as_view(), name="taxon"),
    path("taxonomy/<taxon:pk>/lineage/", taxonomy.TaxonLineage.as_view(), name="taxon-lineage"),
    path("taxonomy/<taxon:pk>/children/", taxonomy.TaxonChildren.as_view(), name="taxon-children"),
]
