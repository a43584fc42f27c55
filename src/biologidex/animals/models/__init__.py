"""What animals are called, how they are related, and which of them carry a number because somebody found one."""

from biologidex.animals.models.fields import Begins, FoldedField
from biologidex.animals.models.found import Animal, ConservationStatus, DexNumber
from biologidex.animals.models.imports import StagedName, StagedVernacular, TaxonomyImport
from biologidex.animals.models.sensitive import SensitiveTaxon
from biologidex.animals.models.taxa import (
    MADE_BY_PLAYERS,
    Backbone,
    SearchKey,
    Taxon,
    TaxonChange,
    TaxonName,
    TaxonReference,
)

__all__ = [
    "MADE_BY_PLAYERS",
    "Animal",
    "Backbone",
    "Begins",
    "ConservationStatus",
    "DexNumber",
    "FoldedField",
    "SearchKey",
    "SensitiveTaxon",
    "StagedName",
    "StagedVernacular",
    "Taxon",
    "TaxonChange",
    "TaxonName",
    "TaxonReference",
    "TaxonomyImport",
]
