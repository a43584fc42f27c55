"""Animals, for whoever may look into everything."""

from django.contrib import admin

from biologidex.animals.models import Animal, ConservationStatus, SensitiveTaxon, Taxon
from biologidex.core.admin import Reading, site


@admin.register(Taxon, site=site)
class TaxonAdmin(Reading):
    """The backbone."""

    list_display = ["scientific_name", "rank", "common_name", "source", "source_id"]
    search_fields = ["scientific_name__startswith"]
    exclude = ["parent", "accepted"]
    readonly_fields = ["parent_id", "accepted_id"]


@admin.register(Animal, site=site)
class AnimalAdmin(Reading):
    """What somebody has found."""

    list_display = ["creation_index", "taxon", "verified", "is_sensitive", "conservation_status"]
    list_filter = ["verified", "is_sensitive"]
    search_fields = ["taxon__scientific_name__startswith"]
    list_select_related = ["taxon"]
    ordering = ["creation_index"]


@admin.register(SensitiveTaxon, site=site)
class SensitiveTaxonAdmin(Reading):
    """Whose places are told only roughly."""

    list_display = ["taxon", "standing", "reason", "source"]
    list_filter = ["standing"]
    list_select_related = ["taxon"]


@admin.register(ConservationStatus, site=site)
class ConservationStatusAdmin(Reading):
    """How threatened taxa are."""

    list_display = ["taxon", "status", "source", "set_at"]
    list_filter = ["status"]
    list_select_related = ["taxon"]
