"""Every write about animals."""

from biologidex.animals.services.found import animal_for
from biologidex.animals.services.sensitivity import (
    exempt,
    fill_sensitive,
    list_as_sensitive,
    reassess,
    set_status,
    strike,
)

__all__ = [
    "animal_for",
    "exempt",
    "fill_sensitive",
    "list_as_sensitive",
    "reassess",
    "set_status",
    "strike",
]
