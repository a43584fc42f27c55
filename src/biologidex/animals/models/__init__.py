"""What animals are called, how they are related, and which of them carry a number because somebody found one."""

from biologidex.animals.models.fields import Begins, FoldedField
from biologidex.animals.models.found import Animal, DexNumber
from biologidex.animals.models.imports import StagedName, StagedVernacular, TaxonomyImport
from biologidex.animals.models.sensitive import SensitiveTaxon
from biologidex.animals.models.taxa import Backbone, SearchKey, Taxon, TaxonChange, TaxonName, TaxonReference

__all__ = [
    "Animal",
    "Backbone",
    "Begins",
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
