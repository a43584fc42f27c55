"""Every write about animals."""

from biologidex.animals.services.found import animal_for, found_or_numbered
from biologidex.animals.services.names import Named, lookup_or_create
from biologidex.animals.services.sensitivity import (
    exempt,
    fill_sensitive,
    list_as_sensitive,
    reassess,
    set_status,
    strike,
)

__all__ = [
    "Named",
    "animal_for",
    "exempt",
    "fill_sensitive",
    "found_or_numbered",
    "list_as_sensitive",
    "lookup_or_create",
    "reassess",
    "set_status",
    "strike",
]
