"""Reads about animals."""

from biologidex.animals.selectors.descent import ancestors, is_sensitive, sensitive_animals
from biologidex.animals.selectors.search import animals_named, search_parts, search_taxa, taxon_for

__all__ = [
    "ancestors",
    "animals_named",
    "is_sensitive",
    "search_parts",
    "search_taxa",
    "sensitive_animals",
    "taxon_for",
]
