"""Reads about animals."""

from biologidex.animals.selectors.changes import changed_since, worth_a_second_look
from biologidex.animals.selectors.descent import ancestors, is_sensitive, sensitive_animals
from biologidex.animals.selectors.lexicon import is_english, near_misses, nearly
from biologidex.animals.selectors.members import best_known, is_within
from biologidex.animals.selectors.profile import Names, names_of
from biologidex.animals.selectors.rows import (
    ANIMAL_FIELDS,
    ANIMALS,
    NUMBERS,
    TAXONOMY,
    animal_row,
    animal_rows,
    taxonomy_numbers,
)
from biologidex.animals.selectors.search import (
    animals_named,
    is_named,
    search_parts,
    search_taxa,
    taxon_for,
    taxon_named,
)
from biologidex.animals.selectors.validity import Verdict, is_called, judged
from biologidex.animals.selectors.vernaculars import vernaculars

__all__ = [
    "ANIMALS",
    "ANIMAL_FIELDS",
    "NUMBERS",
    "TAXONOMY",
    "Names",
    "Verdict",
    "ancestors",
    "animal_row",
    "animal_rows",
    "animals_named",
    "best_known",
    "changed_since",
    "is_called",
    "is_english",
    "is_named",
    "is_sensitive",
    "is_within",
    "judged",
    "names_of",
    "near_misses",
    "nearly",
    "search_parts",
    "search_taxa",
    "sensitive_animals",
    "taxon_for",
    "taxon_named",
    "taxonomy_numbers",
    "vernaculars",
    "worth_a_second_look",
]
